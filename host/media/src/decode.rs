//! A low-delay H.264 decoder, for health checks and tests: what was encoded must be seen again.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::{codec, format::Pixel, frame};

use crate::convert::i420_picture;
use crate::ffmpeg as glue;
use crate::picture::{Picture, Plane};

/// Access units longer than this are refused, in bytes.
pub const MAX_ACCESS_UNIT: usize = 64 << 20;

/// Decodes access units one by one, each picture out as soon as its access unit is in.
pub struct Decoder {
    decoder: codec::decoder::Video,
    frame: frame::Video,
}

/// Why an access unit gave no picture.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// FFmpeg has no H.264 decoder.
    #[error(
        "the FFmpeg libraries were built without an H.264 decoder; install a full build (Debian: libavcodec59)"
    )]
    NoDecoder,
    /// The bytes are not a decodable access unit.
    #[error("an access unit of {bytes} bytes cannot be decoded: {reason}; ask the host for a new IDR")]
    Bad {
        /// The access unit's length.
        bytes: usize,
        /// What FFmpeg said.
        reason: String,
    },
    /// The stream is not 8-bit 4:2:0.
    #[error("the stream decodes to {0}, and only 8-bit 4:2:0 is read here; ask the host for SDR video")]
    Format(String),
}

impl Decoder {
    /// An H.264 decoder that holds no picture back.
    ///
    /// # Errors
    /// FFmpeg has no such decoder.
    pub fn h264() -> Result<Self, DecodeError> {
        glue::init();
        let found = codec::decoder::find(codec::Id::H264).ok_or(DecodeError::NoDecoder)?;
        let mut context = codec::Context::new_with_codec(found);
        context.set_flags(codec::Flags::LOW_DELAY);
        let opened = context.decoder().open_as(found).and_then(codec::decoder::Opened::video);
        let decoder = opened.map_err(|_| DecodeError::NoDecoder)?;
        Ok(Self { decoder, frame: frame::Video::empty() })
    }

    /// Decodes one access unit. `Ok(None)` means that it held no picture yet.
    ///
    /// # Errors
    /// A damaged access unit, or one of another format.
    pub fn decode(&mut self, access_unit: &[u8]) -> Result<Option<Picture<'_>>, DecodeError> {
        let bytes = access_unit.len();
        let bad = |reason: String| DecodeError::Bad { bytes, reason };
        if bytes == 0 || bytes > MAX_ACCESS_UNIT {
            return Err(bad(format!("its length is not 1 to {MAX_ACCESS_UNIT}")));
        }
        let packet = ffmpeg::Packet::copy(access_unit);
        self.decoder.send_packet(&packet).map_err(|error| bad(error.to_string()))?;
        match self.decoder.receive_frame(&mut self.frame) {
            Ok(()) => {}
            Err(ffmpeg::Error::Other { errno }) if errno == ffmpeg::error::EAGAIN => return Ok(None),
            Err(error) => return Err(bad(error.to_string())),
        }
        if !matches!(self.frame.format(), Pixel::YUV420P | Pixel::YUVJ420P) || !glue::is_top_down(&self.frame)
        {
            return Err(DecodeError::Format(format!("{:?}", self.frame.format())));
        }
        Ok(Some(yuv_picture(&self.frame)))
    }
}

fn yuv_picture(frame: &frame::Video) -> Picture<'_> {
    let planes = [0, 1, 2].map(|index| Plane { stride: frame.stride(index), data: frame.data(index) });
    i420_picture(frame.width(), frame.height(), 0, planes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testcard::{Stamp, TestCard, TestCardSpec};
    use crate::{Codec, EncoderSpec, Want, open_encoder};
    use proptest::prelude::*;

    #[test]
    fn a_stream_says_that_its_colours_are_bt709_in_limited_range() {
        use ffmpeg_next::color::{Primaries, Range, Space, TransferCharacteristic};
        let (width, height, refresh_hz) = (320, 180, 60);
        let codec = Codec::H264;
        let spec = EncoderSpec { width, height, refresh_hz, bitrate_kbps: 2000, codec, max_slices: 1 };
        let mut encoder = open_encoder(&spec).unwrap();
        let mut card = TestCard::new(&TestCardSpec { width, height, refresh_hz, label: None });
        let mut decoder = Decoder::h264().unwrap();
        let first = encoder.encode(&card.draw(Stamp { frame: 0, clock_ns: 0 }), Want::Any).unwrap();
        assert!(decoder.decode(first.data).unwrap().is_some());
        let frame = &decoder.frame;
        assert_eq!((frame.color_space(), frame.color_range()), (Space::BT709, Range::MPEG));
        assert_eq!(frame.color_primaries(), Primaries::BT709);
        assert_eq!(frame.color_transfer_characteristic(), TransferCharacteristic::BT709);
    }

    #[test]
    fn empty_and_oversized_access_units_are_refused_before_any_copy() {
        let mut decoder = Decoder::h264().unwrap();
        for bytes in [vec![], vec![0; MAX_ACCESS_UNIT + 1]] {
            assert!(
                matches!(decoder.decode(&bytes), Err(DecodeError::Bad { bytes: len, .. }) if len == bytes.len())
            );
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let mut decoder = Decoder::h264().unwrap();
            let framed = [&[0, 0, 0, 1, 0x67][..], &bytes, &[0, 0, 0, 1, 0x65], &bytes].concat();
            let _ = decoder.decode(&bytes);
            let _ = decoder.decode(&framed);
        }
    }
}
