//! Opus: libopus through FFmpeg, packets of one length, each out as soon as its samples are in.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::codec::encoder::audio::Encoder as OpenEncoder;
use ffmpeg_next::format::Sample;
use ffmpeg_next::format::sample::Type;
use ffmpeg_next::frame;

use super::channels::{Channels, Coupling, MAX_CHANNELS, remix};
use super::{BLOCK_SAMPLES, SAMPLE_RATE};
use crate::ffmpeg as glue;

const LIBRARY: &str = "libopus";
/// The bit rates that libopus takes for a channel, kbit/s.
const KBPS_PER_CHANNEL: std::ops::RangeInclusive<u32> = 6..=256;

/// What a packet lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FrameLength {
    /// 5 ms.
    #[default]
    Ms5,
    /// 10 ms.
    Ms10,
}

impl FrameLength {
    /// In milliseconds.
    #[must_use]
    pub fn ms(self) -> u32 {
        match self {
            Self::Ms5 => 5,
            Self::Ms10 => 10,
        }
    }

    /// Samples of every channel.
    #[must_use]
    pub fn samples(self) -> usize {
        self.ms() as usize * SAMPLE_RATE as usize / 1000
    }
}

/// What to encode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OpusSpec {
    /// The channels.
    pub channels: Channels,
    /// Which of them are pairs.
    pub coupling: Coupling,
    /// What a packet lasts.
    pub length: FrameLength,
    /// Bits, kbit/s.
    pub kbps: u32,
}

impl OpusSpec {
    /// Bytes of every packet.
    #[must_use]
    pub fn packet_bytes(&self) -> usize {
        (self.kbps * self.length.ms() / 8) as usize
    }
}

/// Why there is no Opus.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpusError {
    /// FFmpeg has no such encoder.
    #[error(
        "the FFmpeg libraries were built without libopus, and there is no sound; install a full build (Debian: libavcodec59)"
    )]
    NoEncoder,
    /// It was opened and does not work.
    #[error(
        "libopus cannot encode {channels} channels at {kbps} kbit/s ({reason}), and there is no sound; restart the service"
    )]
    Failed {
        /// How many channels.
        channels: usize,
        /// Bit rate, kbit/s.
        kbps: u32,
        /// What FFmpeg said.
        reason: String,
    },
}

/// An encoder of one sound.
pub struct OpusEncoder {
    spec: OpusSpec,
    encoder: OpenEncoder,
    frame: frame::Audio,
    packet: ffmpeg::Packet,
    /// The next packet's samples, in our channels.
    samples: Vec<f32>,
    encoded: i64,
}

impl OpusEncoder {
    /// Opens one.
    ///
    /// # Errors
    /// [`OpusError`].
    pub fn open(spec: OpusSpec) -> Result<Self, OpusError> {
        glue::init();
        let count = spec.channels.count() as u32;
        let kbps = spec.kbps.clamp(KBPS_PER_CHANNEL.start() * count, KBPS_PER_CHANNEL.end() * count);
        let spec = OpusSpec { kbps, ..spec };
        let codec = ffmpeg::encoder::find_by_name(LIBRARY).ok_or(OpusError::NoEncoder)?;
        let open = || {
            let mut audio = ffmpeg::codec::Context::new_with_codec(codec).encoder().audio()?;
            audio.set_rate(SAMPLE_RATE as i32);
            audio.set_format(Sample::F32(Type::Packed));
            audio.set_channel_layout(spec.channels.layout());
            audio.set_bit_rate(spec.kbps as usize * 1000);
            audio.set_time_base((1, SAMPLE_RATE as i32));
            let mut options = ffmpeg::Dictionary::new();
            options.set("application", "lowdelay");
            options.set("frame_duration", &spec.length.ms().to_string());
            // parity of several packets needs them equally long
            options.set("vbr", "off");
            if spec.coupling == Coupling::Nothing && spec.channels != Channels::Stereo {
                options.set("mapping_family", "255");
            }
            audio.open_with(options)
        };
        let encoder = open().map_err(|error| failed(&spec, error))?;
        let frame =
            frame::Audio::new(Sample::F32(Type::Packed), spec.length.samples(), spec.channels.layout());
        let samples = Vec::with_capacity(spec.length.samples() * spec.channels.count());
        Ok(Self { spec, encoder, frame, packet: ffmpeg::Packet::empty(), samples, encoded: 0 })
    }

    /// What it makes.
    #[must_use]
    pub fn spec(&self) -> OpusSpec {
        self.spec
    }

    /// Takes a block of such channels, and gives a packet where one is full.
    ///
    /// # Errors
    /// libopus failed; a new encoder may work.
    pub fn encode(&mut self, block: &[f32], channels: Channels) -> Result<Option<&[u8]>, OpusError> {
        let mut mixed = [0.0; BLOCK_SAMPLES * MAX_CHANNELS];
        let mixed = &mut mixed[..BLOCK_SAMPLES * self.spec.channels.count()];
        remix(block, channels, mixed, self.spec.channels);
        self.samples.extend_from_slice(mixed);
        if self.samples.len() < self.spec.length.samples() * self.spec.channels.count() {
            return Ok(None);
        }
        let outcome = self.compress();
        self.samples.clear();
        outcome.map_err(|error| failed(&self.spec, error))?;
        Ok(self.packet.data())
    }

    fn compress(&mut self) -> Result<(), ffmpeg::Error> {
        glue::make_writable(&mut self.frame)?;
        let feed = self.spec.coupling.feed(self.spec.channels);
        let to = self.frame.data_mut(0).chunks_exact_mut(4 * feed.len());
        for (sample, to) in self.samples.chunks_exact(feed.len()).zip(to) {
            for (channel, to) in feed.iter().zip(to.chunks_exact_mut(4)) {
                to.copy_from_slice(&sample[*channel].to_ne_bytes());
            }
        }
        self.frame.set_rate(SAMPLE_RATE);
        self.frame.set_pts(Some(self.encoded));
        self.encoded += self.spec.length.samples() as i64;
        self.encoder.send_frame(&self.frame)?;
        self.encoder.receive_packet(&mut self.packet)
    }
}

fn failed(spec: &OpusSpec, error: ffmpeg::Error) -> OpusError {
    OpusError::Failed { channels: spec.channels.count(), kbps: spec.kbps, reason: error.to_string() }
}

#[cfg(test)]
mod tests;
