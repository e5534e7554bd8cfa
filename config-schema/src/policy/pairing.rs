use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::{DurationText, Fingerprint, duration_text, name as readable_name};

/// Who is let in, and how a new device gets there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Pairing {
    /// `true`: a new device waits until the owner lets it in. `false` is open mode: every device on the
    /// network may watch the screen and use keyboard, pointer and gamepads without being asked for, and
    /// clients trust the box on first sight. Only for a network where everybody may do everything; the
    /// console shows a banner as long as it is so.
    pub require: bool,

    /// How many bytes of a device's own name are kept; the rest is cut off between two characters.
    #[schemars(range(min = 8, max = 64))]
    pub name_length: u8,

    /// The waiting room for devices that have knocked.
    pub pending: Pending,

    /// Pairing with a PIN, as an alternative to approving a waiting device.
    pub pin: Pin,
}

impl Default for Pairing {
    fn default() -> Self {
        Self { require: true, name_length: 64, pending: Pending::default(), pin: Pin::default() }
    }
}

/// The waiting room for devices that have knocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Pending {
    /// How many devices may wait at once. When one more knocks, one of the address with the most places goes: first such
    /// as hold no connection, and of those the one that was quiet for longest.
    #[schemars(range(min = 1, max = 256))]
    pub cap: u16,

    /// How many of them may come from one address.
    #[schemars(range(min = 1, max = 256))]
    pub per_source: u16,

    /// How long a knock is kept after the device was last heard of.
    #[serde(with = "duration_text")]
    #[schemars(with = "DurationText", extend("x-min" = "10s", "x-max" = "24h"))]
    pub ttl: Duration,

    /// How long a knocking device's connection is held open, so that it goes on by itself once approved.
    /// With 0 it is turned away at once and connects again after the approval.
    #[serde(with = "duration_text")]
    #[schemars(with = "DurationText", extend("x-min" = "0s", "x-max" = "1h"))]
    pub hold: Duration,
}

impl Default for Pending {
    fn default() -> Self {
        Self { cap: 32, per_source: 4, ttl: Duration::from_secs(10 * 60), hold: Duration::from_secs(3 * 60) }
    }
}

/// Pairing with a PIN, as an alternative to approving a waiting device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Pin {
    /// How many digits a PIN has. Each PIN is good for one guess, so four are enough.
    #[schemars(range(min = 4, max = 8))]
    pub digits: u8,

    /// How long a PIN can be used after it was asked for.
    #[serde(with = "duration_text")]
    #[schemars(with = "DurationText", extend("x-min" = "15s", "x-max" = "10m"))]
    pub window: Duration,

    /// The rest between two attempts. It doubles with each further attempt from one address, up to five minutes, and wrong
    /// PINs make everybody wait as long; the device that an armed PIN is meant for does not wait for the attempts of others.
    #[serde(with = "duration_text")]
    #[schemars(with = "DurationText", extend("x-min" = "1s", "x-max" = "1m"))]
    pub cooldown: Duration,

    /// Make a PIN without being asked as soon as a device wants to pair, and write it to the log. For a
    /// box without screen and console; whoever reads the log can pair. Such a PIN has at least six digits, and
    /// after three of them that paired nobody the owner has to arm the next one.
    pub auto_arm: bool,
}

impl Default for Pin {
    fn default() -> Self {
        Self {
            digits: 4,
            window: Duration::from_secs(2 * 60),
            cooldown: Duration::from_secs(2),
            auto_arm: false,
        }
    }
}

/// A device that is let in by the policy itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredDevice {
    /// What the console calls the device; at most 64 bytes.
    #[schemars(length(min = 1, max = 64), example = "Kitchen tablet")]
    #[serde(deserialize_with = "readable_name")]
    pub name: String,

    /// The SHA-256 of the device's certificate, 64 hexadecimal digits, as the console and the client show
    /// it. Put it in quotes.
    pub fingerprint: Fingerprint,
}
