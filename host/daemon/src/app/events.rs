//! What the host tells those who watch it.

use punktfunk_trust::{DeviceId, DeviceName, PendingId, Via};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that happened on this host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "event")]
#[schema(as = Event)]
pub enum HostEvent {
    /// The first that a reader gets. What follows happened after the event of this number, and nothing is left out.
    #[serde(rename = "hello")]
    Hello {
        /// The number; 0 before the first event since the start of the host.
        seq: u64,
    },
    /// More happened than could be told: look at everything again.
    #[serde(rename = "missed")]
    Missed,
    /// A device knocks and waits for an answer.
    #[serde(rename = "pairing.pending")]
    Knocked {
        /// Its place in the waiting room.
        #[schema(value_type = u64)]
        id: PendingId,
        /// Its fingerprint.
        #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
        device: DeviceId,
    },
    /// A place in the waiting room is gone.
    #[serde(rename = "pairing.answered")]
    Answered {
        /// The place.
        #[schema(value_type = u64)]
        id: PendingId,
        /// The fingerprint of the device that had it.
        #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
        device: DeviceId,
        /// Why it is gone.
        outcome: Outcome,
    },
    /// A PIN was armed.
    #[serde(rename = "pairing.armed")]
    Armed,
    /// The PIN is no longer armed.
    #[serde(rename = "pairing.disarmed")]
    Disarmed,
    /// A device did not know the PIN.
    #[serde(rename = "pairing.wrong_pin")]
    WrongPin {
        /// Its fingerprint.
        #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
        device: DeviceId,
    },
    /// A device is trusted now.
    #[serde(rename = "device.paired")]
    Paired {
        /// Its fingerprint.
        #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
        device: DeviceId,
        /// How it came to be.
        via: Via,
    },
    /// The name or grant of a trusted device has changed.
    #[serde(rename = "device.changed")]
    Changed {
        /// Its fingerprint.
        #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
        device: DeviceId,
    },
    /// A device is trusted no more: revoked, or its time is over.
    #[serde(rename = "device.access_ended")]
    AccessEnded {
        /// Its fingerprint.
        #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
        device: DeviceId,
    },
    /// A stream has started.
    #[serde(rename = "stream.started")]
    StreamStarted {
        /// Its number.
        stream: u64,
        /// The device's fingerprint.
        #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
        device: DeviceId,
        /// The device's name.
        #[schema(value_type = String)]
        name: DeviceName,
    },
    /// A stream has ended.
    #[serde(rename = "stream.ended")]
    StreamEnded {
        /// Its number.
        stream: u64,
        /// The device's fingerprint.
        #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
        device: DeviceId,
    },
    /// The box has an owner.
    #[serde(rename = "owner.claimed")]
    Claimed,
    /// A browser has signed in.
    #[serde(rename = "owner.signed_in")]
    SignedIn {
        /// Its session, as `/browsers` lists it.
        session: String,
    },
    /// The reader's browser is signed in no more; nothing follows. It is told to nobody else.
    #[serde(rename = "session.ended")]
    SessionEnded {
        /// Its session.
        session: String,
    },
    /// There is another password.
    #[serde(rename = "owner.password_changed")]
    PasswordChanged,
    /// The password was forgotten at the box itself: nobody owns it until it is claimed again.
    #[serde(rename = "owner.reset")]
    OwnerReset,
    /// An API token was made.
    #[serde(rename = "owner.token_made")]
    TokenMade {
        /// Which, as `/tokens` lists it.
        token: String,
    },
    /// An API token works no more. If it is the reader's own, nothing follows.
    #[serde(rename = "owner.token_revoked")]
    TokenRevoked {
        /// Which.
        token: String,
    },
    /// Something else wants the owner's eye than before, or nothing any more.
    #[serde(rename = "status.changed")]
    StatusChanged,
    /// Another policy is in force.
    #[serde(rename = "policy.reloaded")]
    PolicyReloaded,
    /// The policy's file could not be put in force; the one before stays.
    #[serde(rename = "policy.failed")]
    PolicyFailed,
    /// The allow-list on disk is behind the one in memory; the status says why.
    #[serde(rename = "store.failed")]
    StoreFailed,
    /// The allow-list is on disk again.
    #[serde(rename = "store.recovered")]
    StoreRecovered,
}

impl HostEvent {
    /// Writes what the owner decided into the log. What strangers can cause at will is not here, but for
    /// streams where everybody is let in.
    pub(super) fn log(&self) {
        let what = match self {
            Self::Paired { .. } => "a device is let in from now on",
            Self::AccessEnded { .. } => "a device is let in no more",
            Self::StreamStarted { .. } => "a stream starts",
            Self::StreamEnded { .. } => "a stream has ended",
            Self::Claimed => "this box has an owner now",
            Self::PasswordChanged => "the console has another password",
            Self::TokenMade { .. } => "an API token was made",
            Self::TokenRevoked { .. } => "an API token works no more",
            _ => return,
        };
        let device = match self {
            Self::Paired { device, .. }
            | Self::AccessEnded { device }
            | Self::StreamStarted { device, .. }
            | Self::StreamEnded { device, .. } => Some(device.brief()),
            _ => None,
        };
        tracing::info!(device, "{what}");
    }
}

/// Why a place in the waiting room is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The device was let in.
    Approved,
    /// It was turned away.
    Denied,
    /// It has not knocked for long.
    Expired,
    /// It had to make room.
    Evicted,
}
