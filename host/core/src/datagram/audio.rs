//! Sound: to the client (punktfunk/1 §5.2, §5.3), from it (§5.4) and to its controllers (§5.11).

use super::{open, plane};
use crate::bytes::{Reader, Write};

/// One Opus packet: 5 ms to the client, 10 ms from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioPacket<'a> {
    /// +1 per packet, from 0.
    pub seq: u32,
    /// When it was captured, in Unix ns.
    pub pts_ns: u64,
    /// The packet; empty is silence.
    pub opus: &'a [u8],
}

impl<'a> AudioPacket<'a> {
    /// Bytes in front of the Opus packet.
    pub const HEADER_BYTES: usize = 13;

    /// Reads plane 0xC9.
    #[must_use]
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        Self::read(open(plane::AUDIO, bytes)?)
    }

    /// Reads plane 0xCB.
    #[must_use]
    pub fn decode_microphone(bytes: &'a [u8]) -> Option<Self> {
        Self::read(open(plane::MICROPHONE, bytes)?)
    }

    /// Writes plane 0xC9 into a buffer that may be used again and again.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        self.write(plane::AUDIO, out);
    }

    /// Writes plane 0xCB into a buffer that may be used again and again.
    pub fn encode_microphone_into(&self, out: &mut Vec<u8>) {
        self.write(plane::MICROPHONE, out);
    }

    fn read(mut r: Reader<'a>) -> Option<Self> {
        Some(Self { seq: r.u32().ok()?, pts_ns: r.u64().ok()?, opus: r.rest() })
    }

    fn write(&self, plane: u8, out: &mut Vec<u8>) {
        out.clear();
        out.u8(plane).u32(self.seq).u64(self.pts_ns).raw(self.opus);
    }
}

/// An Opus packet with the one before it, so that a single loss is not heard. Takes the place of plane 0xC9.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedundantAudio<'a> {
    /// Of the newer packet.
    pub seq: u32,
    /// Of the newer packet, in Unix ns.
    pub pts_ns: u64,
    /// The newer packet, at most 65535 bytes.
    pub opus: &'a [u8],
    /// The packet before it; may be empty.
    pub previous: &'a [u8],
}

impl<'a> RedundantAudio<'a> {
    /// Reads plane 0xD2.
    #[must_use]
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        let mut r = open(plane::REDUNDANT_AUDIO, bytes)?;
        let (seq, pts_ns) = (r.u32().ok()?, r.u64().ok()?);
        let length = usize::from(r.u16().ok()?);
        Some(Self { seq, pts_ns, opus: r.take(length).ok()?, previous: r.rest() })
    }

    /// Writes plane 0xD2 into a buffer that may be used again and again.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        let opus = &self.opus[..self.opus.len().min(u16::MAX.into())];
        out.clear();
        out.u8(plane::REDUNDANT_AUDIO).u32(self.seq).u64(self.pts_ns);
        out.u16(opus.len() as u16).raw(opus).raw(self.previous);
    }
}

/// Interleaved little-endian samples of 16 or packed 24 bits, as Welcome says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PcmPacket<'a> {
    /// +1 per packet, from 0.
    pub seq: u32,
    /// When the first sample was captured, in Unix ns.
    pub pts_ns: u64,
    /// The samples.
    pub samples: &'a [u8],
}

impl<'a> PcmPacket<'a> {
    /// Reads plane 0xD3.
    #[must_use]
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        let mut r = open(plane::PCM_AUDIO, bytes)?;
        Some(Self { seq: r.u32().ok()?, pts_ns: r.u64().ok()?, samples: r.rest() })
    }

    /// Writes plane 0xD3 into a buffer that may be used again and again.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        out.clear();
        out.u8(plane::PCM_AUDIO).u32(self.seq).u64(self.pts_ns).raw(self.samples);
    }

    /// The frame duration of a session, in µs: the longest of the ladder whose packet fits into a QUIC
    /// datagram of `limit` bytes (punktfunk/1 §5.3). `None` if not even the shortest does.
    #[must_use]
    pub fn frame_us(rate: u32, bits: u8, channels: u8, limit: usize) -> Option<u16> {
        [5000, 4000, 3000, 2500, 2000, 1500, 1000].into_iter().find(|&us| {
            let samples = u64::from(rate) * u64::from(us) / 1_000_000;
            let bytes = samples * u64::from(channels) * u64::from(bits / 8) + 13;
            bytes <= limit as u64
        })
    }
}

/// What a controller plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PadAudioKind {
    /// Haptics, 5 ms.
    Haptics,
    /// Its speaker, 10 ms.
    Speaker,
}

/// Sound for a controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PadAudio<'a> {
    /// Which controller.
    pub pad: u8,
    /// Which part of it.
    pub kind: PadAudioKind,
    /// +1 per packet.
    pub seq: u32,
    /// When it was captured, in Unix ns.
    pub pts_ns: u64,
    /// The packet.
    pub opus: &'a [u8],
}

impl<'a> PadAudio<'a> {
    /// Reads plane 0xD1.
    #[must_use]
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        let mut r = open(plane::PAD_AUDIO, bytes)?;
        let pad = r.u8().ok()?;
        let kind = match r.u8().ok()? {
            0 => PadAudioKind::Haptics,
            1 => PadAudioKind::Speaker,
            _ => return None,
        };
        Some(Self { pad, kind, seq: r.u32().ok()?, pts_ns: r.u64().ok()?, opus: r.rest() })
    }

    /// Writes plane 0xD1 into a buffer that may be used again and again.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        out.clear();
        let kind = u8::from(self.kind == PadAudioKind::Speaker);
        out.u8(plane::PAD_AUDIO).u8(self.pad).u8(kind).u32(self.seq).u64(self.pts_ns).raw(self.opus);
    }
}
