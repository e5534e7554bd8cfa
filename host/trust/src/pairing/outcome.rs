//! What became of the last PIN, for whoever armed it and looks away.

use serde::{Deserialize, Serialize};

use crate::{DeviceId, DeviceName, Now, UnixSeconds};

/// The end of an armed PIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LastPin {
    /// How it ended.
    pub outcome: PinOutcome,
    /// When, by the wall clock.
    pub at: UnixSeconds,
    /// The device that used it, if one did.
    pub device: Option<DeviceId>,
    /// What that device is called.
    pub name: Option<DeviceName>,
}

/// How an armed PIN ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PinOutcome {
    /// A device knew it and is let in.
    Paired,
    /// A device did not know it.
    Wrong,
    /// A device broke off before it had shown that it knows it.
    Abandoned,
    /// A device knew it, and could not be let in: the list is full, or could not be saved.
    Failed,
    /// Nobody used it in time.
    Expired,
    /// It was taken back.
    Disarmed,
}

impl LastPin {
    pub(crate) fn unused(now: Now, outcome: PinOutcome) -> Self {
        Self { outcome, at: now.wall, device: None, name: None }
    }

    pub(crate) fn used(now: Now, outcome: PinOutcome, device: DeviceId, name: DeviceName) -> Self {
        Self { outcome, at: now.wall, device: Some(device), name: Some(name) }
    }
}
