//! What the host tells those who watch it.

use punktfunk_trust::{DeviceId, DeviceName, PendingId, Via};
use serde::Serialize;

/// Something that happened on this host. Serialised as its fields, with [`name`](Self::name) beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum HostEvent {
    /// A device knocks and waits for an answer.
    Knocked {
        /// Its place in the waiting room.
        id: PendingId,
        /// Its fingerprint.
        device: DeviceId,
    },
    /// A place in the waiting room is gone.
    Answered {
        /// The place.
        id: PendingId,
        /// The fingerprint of the device that had it.
        device: DeviceId,
        /// Why it is gone.
        outcome: Outcome,
    },
    /// A PIN was armed.
    Armed,
    /// The PIN is no longer armed.
    Disarmed,
    /// A device did not know the PIN.
    WrongPin {
        /// Its fingerprint.
        device: DeviceId,
    },
    /// A device is trusted now.
    Paired {
        /// Its fingerprint.
        device: DeviceId,
        /// How it came to be.
        via: Via,
    },
    /// The name or grant of a trusted device has changed.
    Changed {
        /// Its fingerprint.
        device: DeviceId,
    },
    /// A device is trusted no more: revoked, or its time is over.
    AccessEnded {
        /// Its fingerprint.
        device: DeviceId,
    },
    /// A stream has started.
    StreamStarted {
        /// Its number.
        stream: u64,
        /// The device's fingerprint.
        device: DeviceId,
        /// The device's name.
        name: DeviceName,
    },
    /// A stream has ended.
    StreamEnded {
        /// Its number.
        stream: u64,
        /// The device's fingerprint.
        device: DeviceId,
    },
    /// Another policy is in force.
    PolicyReloaded,
    /// The allow-list on disk is behind the one in memory; the status says why.
    StoreFailed,
    /// The allow-list is on disk again.
    StoreRecovered,
    /// More happened than could be told: look at the lists again.
    Missed,
}

/// Why a place in the waiting room is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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

impl HostEvent {
    /// The stable name of this kind of event.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Knocked { .. } => "pairing.pending",
            Self::Answered { .. } => "pairing.answered",
            Self::Armed => "pairing.armed",
            Self::Disarmed => "pairing.disarmed",
            Self::WrongPin { .. } => "pairing.wrong_pin",
            Self::Paired { .. } => "device.paired",
            Self::Changed { .. } => "device.changed",
            Self::AccessEnded { .. } => "device.access_ended",
            Self::StreamStarted { .. } => "stream.started",
            Self::StreamEnded { .. } => "stream.ended",
            Self::PolicyReloaded => "policy.reloaded",
            Self::StoreFailed => "store.failed",
            Self::StoreRecovered => "store.recovered",
            Self::Missed => "missed",
        }
    }
}
