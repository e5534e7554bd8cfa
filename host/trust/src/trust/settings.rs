//! What the policy says about trust.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::pairing::{WINDOW_MAX, WINDOW_MIN};
use crate::waiting::Limits;
use crate::{Device, DeviceId, DeviceName, MAX_DEVICES, MAX_NAME_BYTES, MAX_PIN_DIGITS, MIN_PIN_DIGITS, Now};

/// The largest waiting room that a policy may ask for.
pub(crate) const MAX_PENDING: usize = 256;
/// The longest that a place may be kept or a connection held.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);
/// The longest cooldown between attempts to pair.
const LONGEST_COOLDOWN: Duration = Duration::from_secs(60);

/// What the policy says about trust. The defaults are those of the specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustSettings {
    /// Whether unknown devices have to be let in by somebody. Without it every device with a certificate comes in (open mode),
    /// and none of them is stored.
    pub require: bool,
    /// Places in the waiting room, 1 to 256.
    pub pending_cap: usize,
    /// Places for one source, an IPv4 address or an IPv6 /64; 1 to `pending_cap`.
    pub pending_per_source: usize,
    /// How long a place is kept after the last knock, up to a day.
    pub pending_ttl: Duration,
    /// How long a waiting connection is held open, up to a day; zero closes it at once.
    pub pending_hold: Duration,
    /// Digits of a PIN, 4 to 8.
    pub pin_digits: u8,
    /// How long a PIN is armed unless asked otherwise, 15 to 600 seconds.
    pub pin_window: Duration,
    /// The least time between two attempts to pair, of whomever; up to a minute.
    pub pin_cooldown: Duration,
    /// The longest device name in bytes, 1 to 64.
    pub name_bytes: usize,
    /// Devices that the policy lets in; at most [`MAX_DEVICES`], no fingerprint twice.
    pub declared: Vec<DeclaredDevice>,
}

/// A device that the policy lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredDevice {
    /// Its fingerprint.
    pub id: DeviceId,
    /// What it is called; may be empty.
    pub name: String,
}

impl Default for TrustSettings {
    fn default() -> Self {
        Self {
            require: true,
            pending_cap: 32,
            pending_per_source: 4,
            pending_ttl: Duration::from_secs(600),
            pending_hold: Duration::from_secs(180),
            pin_digits: 4,
            pin_window: Duration::from_secs(120),
            pin_cooldown: Duration::from_secs(2),
            name_bytes: MAX_NAME_BYTES,
            declared: Vec::new(),
        }
    }
}

/// Settings that cannot be put in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A number is out of its range.
    #[error("{what} is out of range: {allowed}")]
    OutOfRange {
        /// Which setting.
        what: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A device is declared twice.
    #[error("the device {} is declared twice: keep one of the two entries", .0)]
    DeclaredTwice(DeviceId),
}

impl TrustSettings {
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        let rules = [
            ((1..=MAX_PENDING).contains(&self.pending_cap), "pairing.pending.cap", "1 to 256"),
            (
                (1..=self.pending_cap).contains(&self.pending_per_source),
                "pairing.pending.per_source",
                "1 to pairing.pending.cap",
            ),
            (
                self.pending_ttl > Duration::ZERO && self.pending_ttl <= LONGEST_WAIT,
                "pairing.pending.ttl",
                "more than 0, up to 24h",
            ),
            (self.pending_hold <= LONGEST_WAIT, "pairing.pending.hold", "0 to 24h"),
            ((MIN_PIN_DIGITS..=MAX_PIN_DIGITS).contains(&self.pin_digits), "pairing.pin.digits", "4 to 8"),
            ((WINDOW_MIN..=WINDOW_MAX).contains(&self.pin_window), "pairing.pin.window", "15s to 600s"),
            (self.pin_cooldown <= LONGEST_COOLDOWN, "pairing.pin.cooldown", "0 to 60s"),
            ((1..=MAX_NAME_BYTES).contains(&self.name_bytes), "the length of a device name", "1 to 64 bytes"),
            (self.declared.len() <= MAX_DEVICES, "the number of declared devices", "up to 1024"),
        ];
        if let Some((_, what, allowed)) = rules.into_iter().find(|(holds, ..)| !holds) {
            return Err(SettingsError::OutOfRange { what, allowed });
        }
        let mut seen = std::collections::BTreeSet::new();
        match self.declared.iter().find(|device| !seen.insert(device.id)) {
            Some(twice) => Err(SettingsError::DeclaredTwice(twice.id)),
            None => Ok(()),
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            cap: self.pending_cap,
            per_source: self.pending_per_source,
            ttl: self.pending_ttl,
            hold: self.pending_hold,
        }
    }

    pub(crate) fn declared_devices(&self, now: Now) -> BTreeMap<DeviceId, Device> {
        let device = |declared: &DeclaredDevice| {
            let name = DeviceName::sanitise_or_label(&declared.name, self.name_bytes, &declared.id);
            (declared.id, Device::declared(declared.id, name, now.wall))
        };
        self.declared.iter().map(device).collect()
    }
}
