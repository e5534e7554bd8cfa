//! What turns pictures into access units.

mod annexb;
mod software;

use std::fmt;
use std::time::Duration;

use crate::picture::{Picture, PictureError};

pub use software::available_codecs;

/// The longest side that an encoder accepts, in pixels.
pub const MAX_ENCODED_SIDE: u32 = 8192;
/// The shortest side that an encoder accepts, in pixels.
pub const MIN_ENCODED_SIDE: u32 = 64;
/// The highest rate that an encoder accepts, in pictures a second.
pub const MAX_REFRESH_HZ: u32 = 480;
/// Bit rates are held at or above this, in kbit/s.
pub const MIN_BITRATE_KBPS: u32 = 100;
/// Bit rates are held at or below this, in kbit/s.
pub const MAX_BITRATE_KBPS: u32 = 1_000_000;

/// An encoder at work on one stream: one access unit out for every picture in, no B-frames, an IDR only first
/// and when asked for (punktfunk/1 §4.11).
pub trait Encoder: Send {
    /// What is being produced.
    fn describe(&self) -> EncoderInfo;

    /// Encodes one picture. It may have any size and format: conversion and aspect-fit scaling happen inside,
    /// wherever this encoder does them best.
    ///
    /// # Errors
    /// A picture that cannot be read, or a failing encoder. The stream may go on after the former; after the
    /// latter open a new encoder.
    fn encode(&mut self, picture: &Picture<'_>, want: Want) -> Result<Encoded<'_>, EncodeError>;

    /// Encodes the last picture once more, for a viewer who needs a place to start while the screen stands still.
    /// `None` while there has been no picture.
    ///
    /// # Errors
    /// As [`Encoder::encode`].
    fn encode_again(&mut self, want: Want) -> Result<Option<Encoded<'_>>, EncodeError>;

    /// The picture that was encoded last, as the decoder sees it but for its losses; `None` while there has been none, or
    /// where it is out of the processor's reach.
    fn last_picture(&self) -> Option<Picture<'_>>;

    /// Aims at another bit rate from the next picture on, without an IDR. Held within [`MIN_BITRATE_KBPS`] and
    /// [`MAX_BITRATE_KBPS`].
    fn set_bitrate(&mut self, kbps: u32);
}

/// What an access unit must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Whatever is cheapest.
    Any,
    /// A place to start decoding from: parameter sets and an IDR.
    Idr,
}

/// One access unit, valid until the encoder's next call.
#[derive(Debug, Clone, Copy)]
pub struct Encoded<'a> {
    /// Annex B with 4-byte start codes; parameter sets in front of every IDR.
    pub data: &'a [u8],
    /// Whether decoding can start here.
    pub idr: bool,
    /// Time spent on converting and scaling.
    pub convert: Duration,
    /// Time spent on encoding alone.
    pub encode: Duration,
}

/// A video codec of the wire protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// H.264 / AVC.
    H264,
    /// H.265 / HEVC.
    Hevc,
    /// AV1.
    Av1,
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::H264 => "H.264",
            Self::Hevc => "HEVC",
            Self::Av1 => "AV1",
        })
    }
}

/// The stream to produce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncoderSpec {
    /// Width in pixels; 4:2:0 video has even sides, so an odd one loses its last column.
    pub width: u32,
    /// Height in pixels; an odd one loses its last row.
    pub height: u32,
    /// Pictures a second that the bit rate is shared out over.
    pub refresh_hz: u32,
    /// Bit rate of the video alone, in kbit/s.
    pub bitrate_kbps: u32,
    /// The codec.
    pub codec: Codec,
    /// Slices that the client's decoder takes per picture; 1 unless it said that it takes more (video capability
    /// 0x80, punktfunk/1 §2.6). More than one lets large pictures use more than one core.
    pub max_slices: u8,
}

/// What an encoder produces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncoderInfo {
    /// For people: `libx264 ultrafast`.
    pub name: String,
    /// The codec.
    pub codec: Codec,
    /// Width of the decoded picture.
    pub width: u32,
    /// Height of the decoded picture.
    pub height: u32,
    /// Pictures a second that the bit rate is shared out over.
    pub refresh_hz: u32,
    /// Bit rate aimed at, in kbit/s.
    pub bitrate_kbps: u32,
    /// Whether the processor does it.
    pub software: bool,
    /// Whether [`Memory::DmaBuf`](crate::Memory::DmaBuf) pictures are taken.
    pub takes_dma_buf: bool,
}

/// Why nothing was encoded.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// No encoder here produces this codec.
    #[error("this machine has no encoder for {0}; stream H.264, which needs only libx264")]
    Codec(Codec),
    /// The encoder library is missing from FFmpeg.
    #[error(
        "the FFmpeg libraries were built without {0}; install a build that has it (Debian: libavcodec59)"
    )]
    Library(&'static str),
    /// The stream asked for is out of bounds.
    #[error(
        "cannot encode {width}x{height} at {refresh_hz} Hz; sides may be {MIN_ENCODED_SIDE} to {MAX_ENCODED_SIDE} pixels, \
         1 to {MAX_REFRESH_HZ} Hz"
    )]
    Mode {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Pictures a second.
        refresh_hz: u32,
    },
    /// The source's picture cannot be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The encoder did not start or failed at work.
    #[error("{library} failed: {reason}; open the encoder again, with a smaller mode if this repeats")]
    Failed {
        /// The encoder's name.
        library: &'static str,
        /// What it said.
        reason: String,
    },
}

/// Opens the best encoder for `spec` that this machine has.
///
/// # Errors
/// No encoder for the codec, or a mode out of bounds.
pub fn open_encoder(spec: &EncoderSpec) -> Result<Box<dyn Encoder>, EncodeError> {
    Ok(Box::new(software::Software::open(spec)?))
}
