//! Arming without an owner, for a box that nobody looks at: how often, and for whom.
//!
//! Whoever asks gets the PIN armed for its own fingerprint, so without an end a stranger could have one guess after the
//! other. The budget ends that: only an owner, or a device that has paired, fills it again. A restart fills it too, but
//! not past the wrong PINs, which are counted on disk.

use std::time::Duration;

use super::desk::ArmError;
use crate::{DeviceId, Now};

/// PINs that are made without an owner before one is needed.
pub(crate) const AUTO_ARMINGS: usize = 3;
/// The fewest digits of such a PIN: nobody chose the moment, so a guess has to be worth less.
pub(crate) const AUTO_DIGITS: u8 = 6;

/// Why no PIN was made without an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AutoArmError {
    /// Another PIN is armed, and is not replaced.
    #[error("a PIN is armed already: use that one, or wait until its time is over")]
    Armed,
    /// This device has spent its PIN of this window.
    #[error("this device has just had a PIN: it gets another one when the window of that is over")]
    HadOne,
    /// The budget is used up, or too many PINs were wrong.
    #[error(
        "no more PINs are made without being asked, because none of the last ones led to a pairing: make one with \
         `punktfunk-host pair arm`"
    )]
    Stopped,
    /// Nothing could be armed at all.
    #[error(transparent)]
    Arm(#[from] ArmError),
}

/// The PINs that were made without an owner since the last sign of one.
#[derive(Default)]
pub(crate) struct AutoArm {
    /// For whom, and when the window ends; never more than [`AUTO_ARMINGS`].
    given: Vec<(DeviceId, Duration)>,
    /// That it has stopped was said.
    told: bool,
}

impl AutoArm {
    pub(crate) fn is_used_up(&self) -> bool {
        self.given.len() >= AUTO_ARMINGS
    }

    /// Whether the window of a PIN for this device is not over yet, spent or not.
    pub(crate) fn has_had_one(&self, now: Now, device: &DeviceId) -> bool {
        self.given.iter().any(|(whose, until)| whose == device && now.monotonic < *until)
    }

    pub(crate) fn note(&mut self, device: DeviceId, until: Duration) {
        self.given.push((device, until));
    }

    /// True once after it has stopped.
    pub(crate) fn is_to_be_told(&mut self) -> bool {
        !std::mem::replace(&mut self.told, true)
    }

    /// An owner has acted, or a device has paired.
    pub(crate) fn refill(&mut self) {
        *self = Self::default();
    }
}
