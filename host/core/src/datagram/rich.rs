//! Touchpads, motion sensors, pens and raw reports (punktfunk/1 §5.10).

use super::{MAX_PADS, open, plane};
use crate::bytes::{Reader, Write};

/// One event of plane 0xCC.
#[derive(Debug, Clone, PartialEq)]
pub enum RichInput<'a> {
    /// A finger on a controller's touchpad.
    Touchpad {
        /// Which controller, 0…15.
        pad: u8,
        /// Which finger.
        finger: u8,
        /// It touches.
        active: bool,
        /// 0…65535 from the left.
        x: u16,
        /// 0…65535 from the top.
        y: u16,
    },
    /// A controller's motion sensors.
    Motion {
        /// Which controller, 0…15.
        pad: u8,
        /// 20 per degree per second.
        gyro: [i16; 3],
        /// 10000 per g.
        accel: [i16; 3],
    },
    /// A finger on one of several touchpads.
    TouchpadExtended {
        /// Which controller, 0…15.
        pad: u8,
        /// 0 the only one, 1 the left one, 2 the right one.
        surface: u8,
        /// Which finger.
        finger: u8,
        /// Bit 0 touches, bit 1 clicks.
        state: u8,
        /// From the centre.
        x: i16,
        /// From the centre.
        y: i16,
        /// How hard.
        pressure: u16,
    },
    /// A report as the controller sent it.
    Report {
        /// Which controller, 0…15.
        pad: u8,
        /// At most 64 bytes.
        report: &'a [u8],
    },
    /// A pen.
    Pen {
        /// Flags.
        flags: u8,
        /// +1 per datagram.
        seq: u16,
        /// At most 8.
        samples: Vec<PenSample>,
    },
}

/// A pen at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PenSample {
    /// Bit 0 in range, 1 tip, 2 and 3 barrel, 7 predicted.
    pub state: u8,
    /// Which end or tool.
    pub tool: u8,
    /// 0…1 from the left.
    pub x: f32,
    /// 0…1 from the top.
    pub y: f32,
    /// How hard.
    pub pressure: u16,
    /// How far.
    pub distance: u16,
    /// How tilted.
    pub tilt: u8,
    /// Tilted where to.
    pub azimuth: u16,
    /// Turned how far.
    pub roll: u16,
    /// How long after the sample before.
    pub dt: u16,
}

impl<'a> RichInput<'a> {
    /// The longest report, in bytes.
    pub const MAX_REPORT: usize = 64;
    /// The most pen samples in one datagram.
    pub const MAX_SAMPLES: usize = 8;

    /// Reads plane 0xCC.
    #[must_use]
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        let mut r = open(plane::RICH_INPUT, bytes)?;
        Some(match r.u8().ok()? {
            1 => Self::Touchpad {
                pad: pad(&mut r)?,
                finger: r.u8().ok()?,
                active: r.flag().ok()?,
                x: r.u16().ok()?,
                y: r.u16().ok()?,
            },
            2 => Self::Motion { pad: pad(&mut r)?, gyro: vector(&mut r)?, accel: vector(&mut r)? },
            3 => Self::TouchpadExtended {
                pad: pad(&mut r)?,
                surface: r.u8().ok().filter(|&surface| surface <= 2)?,
                finger: r.u8().ok()?,
                state: r.u8().ok()?,
                x: r.i16().ok()?,
                y: r.i16().ok()?,
                pressure: r.u16().ok()?,
            },
            4 => {
                let pad = pad(&mut r)?;
                let length = r.u8().ok().map(usize::from).filter(|&length| length <= Self::MAX_REPORT)?;
                Self::Report { pad, report: r.take(length).ok()? }
            }
            5 => {
                let flags = r.u8().ok()?;
                let count = r.u8().ok().map(usize::from).filter(|&count| count <= Self::MAX_SAMPLES)?;
                let seq = r.u16().ok()?;
                let mut samples = Vec::with_capacity(count);
                for _ in 0..count {
                    samples.push(PenSample::read(&mut r)?);
                }
                Self::Pen { flags, seq, samples }
            }
            _ => return None,
        })
    }

    /// The datagram. Reports and samples are cut to their bounds.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(32);
        out.u8(plane::RICH_INPUT);
        match self {
            Self::Touchpad { pad, finger, active, x, y } => {
                out.u8(1).u8(*pad).u8(*finger).flag(*active).u16(*x).u16(*y);
            }
            Self::Motion { pad, gyro, accel } => {
                out.u8(2).u8(*pad);
                for &component in gyro.iter().chain(accel) {
                    out.i16(component);
                }
            }
            Self::TouchpadExtended { pad, surface, finger, state, x, y, pressure } => {
                out.u8(3).u8(*pad).u8(*surface).u8(*finger).u8(*state).i16(*x).i16(*y).u16(*pressure);
            }
            Self::Report { pad, report } => {
                let report = &report[..report.len().min(Self::MAX_REPORT)];
                out.u8(4).u8(*pad).u8(report.len() as u8).raw(report);
            }
            Self::Pen { flags, seq, samples } => {
                let samples = &samples[..samples.len().min(Self::MAX_SAMPLES)];
                out.u8(5).u8(*flags).u8(samples.len() as u8).u16(*seq);
                for sample in samples {
                    sample.write(&mut out);
                }
            }
        }
        out
    }
}

impl PenSample {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        let (state, tool) = (r.u8().ok()?, r.u8().ok()?);
        let mut place = || r.f32().ok().filter(|place| (0.0..=1.0).contains(place));
        let (x, y) = (place()?, place()?);
        Some(Self {
            state,
            tool,
            x,
            y,
            pressure: r.u16().ok()?,
            distance: r.u16().ok()?,
            tilt: r.u8().ok()?,
            azimuth: r.u16().ok()?,
            roll: r.u16().ok()?,
            dt: r.u16().ok()?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.u8(self.state).u8(self.tool).f32(self.x).f32(self.y).u16(self.pressure).u16(self.distance);
        out.u8(self.tilt).u16(self.azimuth).u16(self.roll).u16(self.dt);
    }
}

fn pad(r: &mut Reader<'_>) -> Option<u8> {
    r.u8().ok().filter(|&pad| pad < MAX_PADS)
}

fn vector(r: &mut Reader<'_>) -> Option<[i16; 3]> {
    Some([r.i16().ok()?, r.i16().ok()?, r.i16().ok()?])
}
