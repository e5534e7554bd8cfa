//! A session as it is shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::meter::Spread;
use super::sound::SoundShown;
use crate::app::Fault;

/// One source through one encoder; several streams may share it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// Its number, unique while the host runs.
    pub id: u64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Pictures a second at the most.
    pub refresh_hz: u32,
    /// The codec's name.
    #[schema(example = "H.264")]
    pub codec: String,
    /// Bit rate of the video that the encoder aims at, kbit/s.
    pub video_kbps: u32,
    /// What is being shown.
    #[schema(example = "HDMI-A-1")]
    pub source: String,
    /// Why a still picture is shown in its place, if one is.
    pub fault: Option<Fault>,
    /// The encoder at work.
    #[schema(example = "libx264 ultrafast")]
    pub encoder: String,
    /// Whether the processor encodes.
    pub software: bool,
    /// What is heard; absent while there is no sound.
    pub sound: Option<SoundShown>,
    /// Why there is no sound although there should be, if so.
    pub sound_fault: Option<Fault>,
    /// Pictures encoded so far.
    pub frames: u64,
    /// Pictures encoded a second, measured over the last two. A screen that stands still makes few.
    pub fps: u32,
    /// Bit rate of the video that was encoded, kbit/s, measured over the last two seconds.
    pub kbps: u32,
    /// Where time goes, the middle one of the last two seconds.
    pub latency_us: LatencyUs,
    /// Where time goes, the longest but for one in a hundred of the last two seconds.
    pub latency_p99_us: LatencyUs,
    /// Streams that share it.
    pub viewers: usize,
}

/// Where time goes on this host, in microseconds; absent without a picture to measure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Latency)]
pub struct LatencyUs {
    /// From taking a picture to the beginning of its encoding.
    #[schema(example = 900)]
    pub capture: Option<u32>,
    /// Converting and encoding it.
    #[schema(example = 4700)]
    pub encode: Option<u32>,
    /// From there to its last datagram, over all streams.
    #[schema(example = 600)]
    pub send: Option<u32>,
}

impl SessionView {
    /// Adds how long sending took.
    pub(crate) fn with_send(mut self, send: &Spread) -> Self {
        self.latency_us.send = send.percentile(50);
        self.latency_p99_us.send = send.percentile(99);
        self
    }
}

impl LatencyUs {
    /// The duration that `percent` of all are no longer than; how long sending took is added later.
    pub(super) fn at(percent: u64, capture: &Spread, encode: &Spread) -> Self {
        Self { capture: capture.percentile(percent), encode: encode.percentile(percent), send: None }
    }
}
