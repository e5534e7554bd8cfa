//! What trust refuses, as the API says it. The sentences are trust's own; only status and code are added here.

use axum::http::StatusCode;
use punktfunk_trust::{ApproveError, ArmError, DenyError, DeviceError, Revocation};

use super::problem::Problem;

impl From<ApproveError> for Problem {
    fn from(error: ApproveError) -> Self {
        let (status, code) = match error {
            ApproveError::NotFound => (StatusCode::NOT_FOUND, "knock_gone"),
            ApproveError::OtherDevice => (StatusCode::CONFLICT, "other_device"),
            ApproveError::Changed { .. } => (StatusCode::CONFLICT, "knock_changed"),
            ApproveError::NotAllowed => (StatusCode::FORBIDDEN, "forbidden"),
            ApproveError::AlreadyOver => (StatusCode::BAD_REQUEST, "already_over"),
            ApproveError::ClockUnknown => (StatusCode::CONFLICT, "clock_unknown"),
            ApproveError::ListFull => (StatusCode::CONFLICT, "list_full"),
            ApproveError::Store(_) => (StatusCode::INSUFFICIENT_STORAGE, "not_saved"),
        };
        Self::new(status, code, error)
    }
}

impl From<DenyError> for Problem {
    fn from(error: DenyError) -> Self {
        let (status, code) = match error {
            DenyError::NotFound => (StatusCode::NOT_FOUND, "knock_gone"),
            DenyError::NotAllowed => (StatusCode::FORBIDDEN, "forbidden"),
            DenyError::ListFull => (StatusCode::CONFLICT, "list_full"),
            DenyError::Store(_) => (StatusCode::INSUFFICIENT_STORAGE, "not_saved"),
        };
        Self::new(status, code, error)
    }
}

impl From<DeviceError> for Problem {
    fn from(error: DeviceError) -> Self {
        let (status, code) = match error {
            DeviceError::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            DeviceError::Declared => (StatusCode::CONFLICT, "declared"),
            DeviceError::NotAllowed => (StatusCode::FORBIDDEN, "forbidden"),
            DeviceError::Name => (StatusCode::BAD_REQUEST, "bad_name"),
            DeviceError::Lifetime => (StatusCode::BAD_REQUEST, "bad_lifetime"),
            DeviceError::Store(_) => (StatusCode::INSUFFICIENT_STORAGE, "not_saved"),
        };
        Self::new(status, code, error)
    }
}

impl From<ArmError> for Problem {
    fn from(error: ArmError) -> Self {
        let (status, code) = match error {
            ArmError::Window => (StatusCode::BAD_REQUEST, "bad_window"),
            ArmError::NotAllowed => (StatusCode::FORBIDDEN, "forbidden"),
        };
        Self::new(status, code, error)
    }
}

/// A revocation always holds; one that is not on disk yet is still a problem that the owner must hear of.
pub(super) fn unsaved(revocation: Revocation) -> Result<(), Problem> {
    match revocation.unsaved {
        None => Ok(()),
        Some(error) => Err(Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "revoked_unsaved",
            format!("the device is out now, but after a restart it would be let in again: {error}"),
        )),
    }
}
