use super::{open, plane};
use crate::bytes::Write;

/// Where an access unit's time went on the host (punktfunk/1 §5.7), sent once after its last datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostTiming {
    /// Names the access unit: its capture time in Unix ns.
    pub pts_ns: u64,
    /// From capture to the last datagram handed over, in µs.
    pub host_us: u32,
    /// The parts of it.
    pub split: Option<TimingSplit>,
}

/// The parts of [`HostTiming::host_us`], in µs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimingSplit {
    /// From capture to the encoder.
    pub queue_us: u32,
    /// In the encoder.
    pub encode_us: u32,
    /// From the encoder to the last datagram.
    pub pace_us: u32,
    /// A figure that only older hosts add.
    pub legacy: Option<i32>,
}

impl HostTiming {
    /// Reads plane 0xCF in any of its three lengths; a longer one reads as the longest known.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut r = open(plane::TIMING, bytes)?;
        let (pts_ns, host_us) = (r.u64().ok()?, r.u32().ok()?);
        let split = if r.remaining() >= 12 {
            Some(TimingSplit {
                queue_us: r.u32().ok()?,
                encode_us: r.u32().ok()?,
                pace_us: r.u32().ok()?,
                legacy: r.i32().ok(),
            })
        } else {
            None
        };
        Some(Self { pts_ns, host_us, split })
    }

    /// The datagram: 13, 25 or 29 bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(29);
        out.u8(plane::TIMING).u64(self.pts_ns).u32(self.host_us);
        if let Some(TimingSplit { queue_us, encode_us, pace_us, legacy }) = self.split {
            out.u32(queue_us).u32(encode_us).u32(pace_us);
            if let Some(legacy) = legacy {
                out.i32(legacy);
            }
        }
        out
    }
}
