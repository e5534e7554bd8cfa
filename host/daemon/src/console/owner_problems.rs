//! What the account refuses, as refusals of the API.

use super::problem::Problem;
use super::refusals::{
    ALREADY_CLAIMED, BAD_NAME, CLAIM_CODE_WRONG, ENDED_UNSAVED, LIST_FULL, NOT_FOUND, NOT_SAVED,
    PASSWORD_WEAK, PASSWORD_WRONG, SIGN_IN_NEEDED, SLOW_DOWN, UNCLAIMED, WORKER_LOST,
};
use crate::owner::{
    ClaimError, DeskError, EndError, LimitError, ResetError, SlowDown, TryError, Unsaved, whole_seconds,
};

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Weak(weak) => Self::of(&PASSWORD_WEAK, weak).with("reason", weak.word()),
            DeskError::Claim(error) => error.into(),
            DeskError::Try(error) => error.into(),
            DeskError::Hash(error) => Self::of(&WORKER_LOST, error),
        }
    }
}

impl From<ClaimError> for Problem {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::AlreadyClaimed => Self::of(&ALREADY_CLAIMED, error),
            ClaimError::WrongCode { wait } => {
                Self::of(&CLAIM_CODE_WRONG, error).retry_after(whole_seconds(wait))
            }
            ClaimError::SlowDown(slow_down) => slow_down.into(),
            ClaimError::Unsaved(unsaved) => unsaved.into(),
        }
    }
}

impl From<TryError> for Problem {
    fn from(error: TryError) -> Self {
        match error {
            TryError::Unclaimed => Self::of(&UNCLAIMED, error),
            TryError::SignedOut => Self::of(&SIGN_IN_NEEDED, error),
            TryError::SlowDown(slow_down) => slow_down.into(),
            TryError::Wrong { wait } => Self::of(&PASSWORD_WRONG, error).retry_after(whole_seconds(wait)),
            TryError::Unsaved(unsaved) => unsaved.into(),
        }
    }
}

impl From<LimitError> for Problem {
    fn from(error: LimitError) -> Self {
        let code = match error {
            LimitError::Unclaimed => &UNCLAIMED,
            LimitError::Name => &BAD_NAME,
            LimitError::Full => &LIST_FULL,
            LimitError::Unsaved(_) => &NOT_SAVED,
        };
        Self::of(code, error)
    }
}

impl From<EndError> for Problem {
    fn from(error: EndError) -> Self {
        let code = match error {
            EndError::NotFound => &NOT_FOUND,
            EndError::Unsaved(_) => &ENDED_UNSAVED,
        };
        Self::of(code, error)
    }
}

impl From<ResetError> for Problem {
    fn from(error: ResetError) -> Self {
        Self::of(&ENDED_UNSAVED, error)
    }
}

impl From<SlowDown> for Problem {
    fn from(error: SlowDown) -> Self {
        Self::of(&SLOW_DOWN, error).retry_after(whole_seconds(error.wait))
    }
}

impl From<Unsaved> for Problem {
    fn from(error: Unsaved) -> Self {
        Self::of(&NOT_SAVED, error)
    }
}
