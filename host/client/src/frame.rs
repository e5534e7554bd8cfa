//! What is pulled from the planes.

use std::time::Duration;

use punktfunk_core::datagram::{CursorPosition, HdrMetadata, Rumble};
use punktfunk_core::video::AccessUnit;
use punktfunk_core::wire::Control;

/// One access unit, whole and in order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VideoFrame {
    /// Counts up by one per access unit of the session; a gap is a loss.
    pub frame_index: u32,
    /// When the host captured the picture: its Unix time in nanoseconds.
    pub pts_ns: u64,
    /// Whether decoding can begin here.
    pub key: bool,
    /// Whether it should be shown. After a loss it is not, until the picture is whole again; it must still be decoded.
    pub presentable: bool,
    /// From capture to reassembled here; `None` while the clocks are not synchronised.
    pub latency: Option<Duration>,
    /// The access unit: Annex B for H.264 and HEVC, with parameter sets in front of every key frame (punktfunk/1
    /// §4.11).
    pub bytes: Vec<u8>,
}

impl VideoFrame {
    pub(crate) fn new(unit: AccessUnit, latency: Option<Duration>) -> Self {
        Self {
            frame_index: unit.frame_index,
            pts_ns: unit.pts_ns,
            key: unit.user_flags.is_key(),
            presentable: unit.presentable,
            latency,
            bytes: unit.bytes,
        }
    }
}

/// One packet of sound, as it came: unordered, possibly with gaps (punktfunk/1 §5.2, §5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AudioPacket {
    /// Counts up by one per packet.
    pub seq: u32,
    /// When the host captured the first sample: its Unix time in nanoseconds.
    pub pts_ns: u64,
    /// One Opus packet of 5 ms, or interleaved samples where the host chose PCM; empty is silence.
    pub bytes: Vec<u8>,
}

/// Everything else that a host tells while a session runs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Feedback {
    /// Motors of a controller (punktfunk/1 §5.5).
    Rumble(Rumble),
    /// Lights, triggers and raw reports of a controller: the whole datagram, for
    /// [`HidOutput::decode`](punktfunk_core::datagram::HidOutput::decode).
    Hid(Vec<u8>),
    /// The colour volume of the picture (punktfunk/1 §5.6).
    Hdr(HdrMetadata),
    /// Where the pointer is (punktfunk/1 §5.8).
    Cursor(CursorPosition),
    /// A message about the session's state, for instance a changed bit rate or muted sound (punktfunk/1 §2.7).
    Control(Control),
}
