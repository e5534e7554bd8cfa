//! What a controller is told to do (punktfunk/1 §5.5).

use super::{open, plane};
use crate::bytes::Write;

/// Absolute motor strengths, 0…65535. Zeros stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rumble {
    /// Which controller.
    pub pad: u16,
    /// The heavy motor.
    pub low: u16,
    /// The light motor.
    pub high: u16,
    /// How long this holds; without one it holds until the next.
    pub lease: Option<Lease>,
}

/// The second form of [`Rumble`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Orders the datagrams of one pad; see [`SnapshotOrder`](super::SnapshotOrder).
    pub seq: u8,
    /// The pad falls silent this many ms after the last datagram.
    pub ttl_ms: u16,
    /// The third form of [`Rumble`]; without it both are 0.
    pub triggers: Option<TriggerMotors>,
}

/// The motors in the triggers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TriggerMotors {
    /// Left.
    pub left: u16,
    /// Right.
    pub right: u16,
}

impl Rumble {
    /// Reads plane 0xCA in the longest form that fits.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut r = open(plane::RUMBLE, bytes)?;
        let (pad, low, high) = (r.u16().ok()?, r.u16().ok()?, r.u16().ok()?);
        let lease = if r.remaining() >= 3 {
            let (seq, ttl_ms) = (r.u8().ok()?, r.u16().ok()?);
            let triggers = if r.remaining() >= 4 {
                Some(TriggerMotors { left: r.u16().ok()?, right: r.u16().ok()? })
            } else {
                None
            };
            Some(Lease { seq, ttl_ms, triggers })
        } else {
            None
        };
        Some(Self { pad, low, high, lease })
    }

    /// The datagram: 7, 10 or 14 bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(14);
        out.u8(plane::RUMBLE).u16(self.pad).u16(self.low).u16(self.high);
        if let Some(Lease { seq, ttl_ms, triggers }) = self.lease {
            out.u8(seq).u16(ttl_ms);
            if let Some(TriggerMotors { left, right }) = triggers {
                out.u16(left).u16(right);
            }
        }
        out
    }
}

/// The light beside the mute key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MuteLight {
    /// Dark.
    Off,
    /// Lit.
    On,
    /// Breathing.
    Pulse,
}

/// Lights, triggers and raw reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HidOutput<'a> {
    /// The light bar.
    LightBar {
        /// Which controller.
        pad: u8,
        /// Red, green, blue.
        rgb: [u8; 3],
    },
    /// The player lights.
    PlayerLights {
        /// Which controller.
        pad: u8,
        /// The low five bits.
        bits: u8,
    },
    /// An adaptive trigger.
    Trigger {
        /// Which controller.
        pad: u8,
        /// The right one, not the left.
        right: bool,
        /// The effect, 1…11 bytes.
        effect: &'a [u8],
    },
    /// A pulse on a trackpad.
    TrackpadPulse {
        /// Which controller.
        pad: u8,
        /// The left one, not the right.
        left: bool,
        /// Its strength.
        amplitude: u16,
        /// Its period in µs.
        period_us: u16,
        /// How many.
        count: u16,
    },
    /// A report as the controller's driver wrote it.
    Report {
        /// Which controller.
        pad: u8,
        /// A feature report, not an output report.
        feature: bool,
        /// At most 64 bytes.
        report: &'a [u8],
    },
    /// Where the controller's sound goes.
    AudioRouting {
        /// Which controller.
        pad: u16,
        /// Flags.
        flags: u8,
        /// The bytes for the controller.
        raw: [u8; 6],
    },
    /// The light beside the mute key.
    Mute {
        /// Which controller.
        pad: u8,
        /// What it does.
        light: MuteLight,
    },
}

impl<'a> HidOutput<'a> {
    /// The longest trigger effect, in bytes.
    pub const MAX_EFFECT: usize = 11;
    /// The longest report, in bytes.
    pub const MAX_REPORT: usize = 64;

    /// Reads plane 0xCD.
    #[must_use]
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        let mut r = open(plane::HID_OUTPUT, bytes)?;
        Some(match r.u8().ok()? {
            1 => Self::LightBar { pad: r.u8().ok()?, rgb: r.array().ok()? },
            2 => Self::PlayerLights { pad: r.u8().ok()?, bits: r.u8().ok()? & 0x1f },
            3 => {
                let (pad, right, effect) = (r.u8().ok()?, bit(r.u8().ok()?)?, r.rest());
                let fits = (1..=Self::MAX_EFFECT).contains(&effect.len());
                fits.then_some(Self::Trigger { pad, right, effect })?
            }
            4 => Self::TrackpadPulse {
                pad: r.u8().ok()?,
                left: bit(r.u8().ok()?)?,
                amplitude: r.u16().ok()?,
                period_us: r.u16().ok()?,
                count: r.u16().ok()?,
            },
            5 => {
                let (pad, feature, report) = (r.u8().ok()?, bit(r.u8().ok()?)?, r.rest());
                (report.len() <= Self::MAX_REPORT).then_some(Self::Report { pad, feature, report })?
            }
            6 => Self::AudioRouting { pad: r.u16().ok()?, flags: r.u8().ok()?, raw: r.array().ok()? },
            7 => {
                let pad = r.u8().ok()?;
                let light = match r.u8().ok()? {
                    0 => MuteLight::Off,
                    1 => MuteLight::On,
                    2 => MuteLight::Pulse,
                    _ => return None,
                };
                Self::Mute { pad, light }
            }
            _ => return None,
        })
    }

    /// The datagram. Effects and reports are cut to their bounds.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16);
        out.u8(plane::HID_OUTPUT);
        match *self {
            Self::LightBar { pad, rgb } => out.u8(1).u8(pad).raw(&rgb),
            Self::PlayerLights { pad, bits } => out.u8(2).u8(pad).u8(bits),
            Self::Trigger { pad, right, effect } => {
                out.u8(3).u8(pad).flag(right).raw(&effect[..effect.len().min(Self::MAX_EFFECT)])
            }
            Self::TrackpadPulse { pad, left, amplitude, period_us, count } => {
                out.u8(4).u8(pad).flag(left).u16(amplitude).u16(period_us).u16(count)
            }
            Self::Report { pad, feature, report } => {
                out.u8(5).u8(pad).flag(feature).raw(&report[..report.len().min(Self::MAX_REPORT)])
            }
            Self::AudioRouting { pad, flags, raw } => out.u8(6).u16(pad).u8(flags).raw(&raw),
            Self::Mute { pad, light } => {
                let mode = match light {
                    MuteLight::Off => 0,
                    MuteLight::On => 1,
                    MuteLight::Pulse => 2,
                };
                out.u8(7).u8(pad).u8(mode)
            }
        };
        out
    }
}

fn bit(byte: u8) -> Option<bool> {
    match byte {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}
