//! Opus back into samples, for health checks and tests: what was encoded must be heard again.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::{codec, frame};

use super::SAMPLE_RATE;
use super::channels::{Channels, Coupling};
use crate::ffmpeg as glue;

/// Packets longer than this are refused, in bytes.
const MAX_PACKET: usize = 16 << 10;

/// Decodes packets one by one.
pub struct OpusDecoder {
    decoder: codec::decoder::Audio,
    frame: frame::Audio,
    channels: usize,
    samples: Vec<f32>,
}

/// Why a packet is not heard.
#[derive(Debug, thiserror::Error)]
pub enum OpusDecodeError {
    /// FFmpeg has no such decoder.
    #[error("the FFmpeg libraries were built without libopus; install a full build (Debian: libavcodec59)")]
    NoDecoder,
    /// The bytes are no packet of this sound.
    #[error("an Opus packet of {bytes} bytes cannot be decoded ({reason}); it is dropped")]
    Bad {
        /// Its length.
        bytes: usize,
        /// What is wrong with it.
        reason: String,
    },
}

impl OpusDecoder {
    /// A decoder of these channels, coded like this.
    ///
    /// # Errors
    /// FFmpeg has no such decoder.
    pub fn open(channels: Channels, coupling: Coupling) -> Result<Self, OpusDecodeError> {
        glue::init();
        let found = codec::decoder::find_by_name("libopus").ok_or(OpusDecodeError::NoDecoder)?;
        let mut context = codec::Context::new_with_codec(found);
        glue::set_extradata(&mut context, &head(channels, coupling))
            .map_err(|_| OpusDecodeError::NoDecoder)?;
        let opened = context.decoder().open_as(found).and_then(codec::decoder::Opened::audio);
        let decoder = opened.map_err(|_| OpusDecodeError::NoDecoder)?;
        Ok(Self { decoder, frame: frame::Audio::empty(), channels: channels.count(), samples: Vec::new() })
    }

    /// The samples of a packet, interleaved.
    ///
    /// # Errors
    /// It is none of this sound.
    pub fn decode(&mut self, packet: &[u8]) -> Result<&[f32], OpusDecodeError> {
        let bad = |reason: String| OpusDecodeError::Bad { bytes: packet.len(), reason };
        if packet.is_empty() || packet.len() > MAX_PACKET {
            return Err(bad(format!("its length is not 1 to {MAX_PACKET}")));
        }
        self.decoder.send_packet(&ffmpeg::Packet::copy(packet)).map_err(|error| bad(error.to_string()))?;
        self.samples.clear();
        while self.decoder.receive_frame(&mut self.frame).is_ok() {
            let bytes = &self.frame.data(0)[..self.frame.samples() * self.channels * 2];
            let samples = bytes.chunks_exact(2).map(|two| i16::from_ne_bytes([two[0], two[1]]));
            self.samples.extend(samples.map(|sample| f32::from(sample) / 32768.0));
        }
        Ok(&self.samples)
    }
}

/// The head of an Opus stream as files carry it (RFC 7845 §5.1), which is how the decoder learns of the mapping.
fn head(channels: Channels, coupling: Coupling) -> Vec<u8> {
    let (streams, coupled, mapping) = coupling.mapping(channels);
    let family = if channels == Channels::Stereo { 0 } else { 255 };
    let mut head = b"OpusHead\x01".to_vec();
    head.push(channels.count() as u8);
    head.extend_from_slice(&0_u16.to_le_bytes());
    head.extend_from_slice(&SAMPLE_RATE.to_le_bytes());
    head.extend_from_slice(&0_u16.to_le_bytes());
    head.push(family);
    if family != 0 {
        head.extend_from_slice(&[streams, coupled]);
        // FFmpeg takes the head's channels for Vorbis's order, and gives out its own, which is ours
        let places: &[usize] = match channels {
            Channels::Stereo => &[0, 1],
            Channels::Surround51 => &[0, 2, 1, 4, 5, 3],
            Channels::Surround71 => &[0, 2, 1, 6, 7, 4, 5, 3],
        };
        head.extend(places.iter().map(|place| mapping[*place]));
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_make_the_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut decoder = OpusDecoder::open(Channels::Surround51, Coupling::Pairs).unwrap();
            let _ = decoder.decode(&bytes);
            let _ = decoder.decode(&bytes);
        }
    }
}
