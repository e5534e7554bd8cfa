//! Devices that are let in.

use serde::{Deserialize, Serialize};

use crate::pairing::Proven;
use crate::{DeviceId, DeviceName, Door, Grant, UnixSeconds};

/// A device that may come in without asking.
///
/// Only an approval, a finished PIN ceremony or the policy makes one: there is no public constructor, and it cannot be
/// deserialised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Device {
    /// Its fingerprint, which is its identity.
    pub id: DeviceId,
    /// What the owner calls it.
    pub name: DeviceName,
    /// What it may do, and until when.
    pub grant: Grant,
    /// When it was let in; for declared devices, when the policy was read.
    pub paired_at: UnixSeconds,
    /// How it was let in.
    pub via: Via,
    /// The door at which it was let in.
    pub door: Door,
    /// When it last came in, if it has. Saved with the next change, so a power cut may set it back.
    pub last_seen: Option<UnixSeconds>,
}

/// How a device was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// The owner approved its knock.
    Approval,
    /// It knew the PIN.
    Pin,
    /// The policy declares it.
    Declared,
}

/// Who gives an order. The caller has authenticated it; trust checks what it may do, and keeps it in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The web console, without saying who used it.
    Console,
    /// A signed-in session of the web console.
    Browser(u64),
    /// A script that asks the web console with a token.
    Token(u64),
    /// The local control socket, with the peer's user id.
    Local {
        /// Unix user id of the peer.
        uid: u32,
    },
    /// A paired device; it needs [`Right::Approve`](crate::Right::Approve).
    Device(DeviceId),
    /// The host itself, as its policy or start-up flags say.
    Policy,
}

impl Device {
    pub(crate) fn approved(id: DeviceId, name: DeviceName, grant: Grant, at: UnixSeconds) -> Self {
        Self { id, name, grant, paired_at: at, via: Via::Approval, door: Door::Native, last_seen: None }
    }

    pub(crate) fn paired(proven: &Proven, grant: Grant, at: UnixSeconds) -> Self {
        let (id, name) = (proven.client, proven.name.clone());
        Self { id, name, grant, paired_at: at, via: Via::Pin, door: Door::Native, last_seen: None }
    }

    /// Paired by a PIN that it has shown itself.
    pub(crate) fn answered(id: DeviceId, name: DeviceName, grant: Grant, at: UnixSeconds) -> Self {
        Self { id, name, grant, paired_at: at, via: Via::Pin, door: Door::GameStream, last_seen: None }
    }

    pub(crate) fn declared(id: DeviceId, name: DeviceName, at: UnixSeconds) -> Self {
        Self {
            id,
            name,
            grant: Grant::FULL,
            paired_at: at,
            via: Via::Declared,
            door: Door::Native,
            last_seen: None,
        }
    }
}
