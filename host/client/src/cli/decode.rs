//! Software decoding of what was received, with as little delay as the decoder allows.

use std::time::{Duration, Instant};

use ffmpeg_next as ffmpeg;
use ffmpeg_next::codec::flag::Flags;
use ffmpeg_next::codec::{Id, threading};
use ffmpeg_next::util::log::Level;
use ffmpeg_next::{Packet, codec, decoder, frame};
use punktfunk_client::{Codec, Codecs, VideoFrame};

/// A decoder for one session.
pub(crate) struct Decoder {
    inner: decoder::Video,
    picture: frame::Video,
}

/// Why nothing can be decoded.
#[derive(Debug, thiserror::Error)]
#[error(
    "this machine cannot decode {codec} ({reason}). Install FFmpeg's decoder for it, or ask for another --codec."
)]
pub(crate) struct NoDecoder {
    codec: Codec,
    reason: String,
}

/// The codecs this machine has a decoder for.
pub(crate) fn decodable() -> Codecs {
    [Codec::H264, Codec::Hevc, Codec::Av1]
        .into_iter()
        .filter(|&codec| id_of(codec).and_then(decoder::find).is_some())
        .collect()
}

impl Decoder {
    pub(crate) fn open(codec: Codec) -> Result<Self, NoDecoder> {
        let failed = |reason: String| NoDecoder { codec, reason };
        ffmpeg::init().map_err(|error| failed(error.to_string()))?;
        // What the decoder has to say about a damaged stream is counted, not printed into the progress line.
        ffmpeg::util::log::set_level(Level::Fatal);
        let found = id_of(codec).and_then(decoder::find).ok_or_else(|| failed("there is none".to_owned()))?;
        let mut context = codec::Context::new_with_codec(found);
        context.set_flags(Flags::LOW_DELAY);
        // Frame threads would hold pictures back; slice threads do not.
        context.set_threading(threading::Config {
            kind: threading::Type::Slice,
            count: 2,
            ..Default::default()
        });
        let inner = context.decoder().video().map_err(|error| failed(error.to_string()))?;
        Ok(Self { inner, picture: frame::Video::empty() })
    }

    /// Decodes one access unit, hands every picture that comes out to `each`, and returns the time the decoder took.
    pub(crate) fn decode(
        &mut self,
        unit: &VideoFrame,
        mut each: impl FnMut(&frame::Video),
    ) -> Result<Duration, ffmpeg::Error> {
        let begun = Instant::now();
        let mut handed_on = Duration::ZERO;
        let mut packet = Packet::copy(&unit.bytes);
        packet.set_pts(Some(unit.frame_index.into()));
        self.inner.send_packet(&packet)?;
        while self.inner.receive_frame(&mut self.picture).is_ok() {
            let handing = Instant::now();
            each(&self.picture);
            handed_on += handing.elapsed();
        }
        Ok(begun.elapsed().saturating_sub(handed_on))
    }
}

fn id_of(codec: Codec) -> Option<Id> {
    match codec {
        Codec::H264 => Some(Id::H264),
        Codec::Hevc => Some(Id::HEVC),
        Codec::Av1 => Some(Id::AV1),
        Codec::PyroWave => None,
    }
}
