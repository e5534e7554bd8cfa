use crate::bundle::BundleError;
use crate::feed::FeedError;
use crate::guard::GuardError;
use crate::install::InstallError;
use crate::offer::OfferError;
use crate::signature::SignatureError;
use crate::slots::SlotError;
use crate::state::StateError;
use crate::trial::TrialError;

/// The verb was refused or failed.
const FAILED: u8 = 1;
/// The command line or the configuration is wrong.
const USAGE: u8 = 2;

/// Why a verb was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// The command line asks for something that makes no sense.
    #[error("{0}")]
    Usage(String),
    /// The policy cannot be used.
    #[error("{0}")]
    Policy(punktfunk_config::Diagnostics),
    /// There is no feed.
    #[error("the policy names no feed: set `update.feed`, or name one with --feed")]
    NoFeed,
    /// The gate's command said no.
    #[error("the gate stays shut: {0}")]
    Gate(String),
    /// A file of keys, or the restart.
    #[error("{0}")]
    Failed(String),
    #[error(transparent)]
    Feed(#[from] FeedError),
    #[error(transparent)]
    Guard(#[from] GuardError),
    #[error(transparent)]
    Offer(#[from] OfferError),
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error(transparent)]
    Slot(#[from] SlotError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Trial(#[from] TrialError),
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl CliError {
    /// The exit code.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::Policy(_)
            | Self::NoFeed
            | Self::Signature(SignatureError::NoKey | SignatureError::BadKey { .. })
            | Self::Offer(OfferError::Signature(SignatureError::NoKey | SignatureError::BadKey { .. }))
            | Self::Feed(FeedError::BadAddress(_)) => USAGE,
            _ => FAILED,
        }
    }

    /// The stable code, for scripts.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Usage(_) => "usage",
            Self::Policy(_) => "policy",
            Self::NoFeed => "no_feed",
            Self::Gate(_) => "gate_shut",
            Self::Failed(_) => "failed",
            Self::Feed(why) | Self::Offer(OfferError::Feed(why)) | Self::Install(InstallError::Feed(why)) => {
                feed(why)
            }
            Self::Guard(why) | Self::Install(InstallError::NotNow(why)) => match why {
                GuardError::Streaming(_) => "streaming",
                GuardError::Unknown(_) => "host_silent",
            },
            Self::Signature(why) | Self::Offer(OfferError::Signature(why)) => match why {
                SignatureError::NoKey => "no_key",
                SignatureError::BadKey { .. } => "bad_key",
                SignatureError::Unreadable(_) | SignatureError::Untrusted => "untrusted",
            },
            Self::Offer(OfferError::Manifest(_)) => "bad_manifest",
            Self::Offer(OfferError::Expired { .. }) => "expired",
            Self::Offer(OfferError::FromTheFuture { .. }) => "clock",
            Self::Offer(OfferError::Replayed { .. }) => "replayed",
            Self::Install(InstallError::BelowFloor { .. }) | Self::Trial(TrialError::Unsafe { .. }) => {
                "below_floor"
            }
            Self::Install(InstallError::WentBack { .. }) => "went_back",
            Self::Install(InstallError::OnTrial(_)) => "on_trial",
            Self::Install(InstallError::NoRoom { .. }) => "no_room",
            Self::Install(InstallError::Index { .. }) => "tampered",
            Self::Install(InstallError::Corrupt(_)) => "corrupt",
            Self::Install(InstallError::Slot(why)) | Self::Trial(TrialError::Slot(why)) | Self::Slot(why) => {
                slot(why)
            }
            Self::Install(InstallError::State(why))
            | Self::Trial(TrialError::State(why))
            | Self::State(why) => match why {
                StateError::Busy => "busy",
                StateError::Io { .. } | StateError::Damaged { .. } => "state",
            },
            Self::Trial(TrialError::NothingElse) => "nothing_else",
            Self::Trial(TrialError::NotProven { .. }) => "not_proven",
            Self::Bundle(_) => "bundle",
        }
    }
}

fn feed(why: &FeedError) -> &'static str {
    match why {
        FeedError::Tampered { .. } => "tampered",
        FeedError::TooLarge { .. } => "too_large",
        _ => "feed",
    }
}

fn slot(why: &SlotError) -> &'static str {
    match why {
        SlotError::NoSlot => "not_a_box",
        _ => "slot",
    }
}
