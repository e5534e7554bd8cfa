//! Screens in, access units out: picture sources, colour conversion and encoders; and [`sound`].
//!
//! A [`Source`] hands out [`Picture`]s; an [`Encoder`] turns each into one access unit, converting and scaling inside,
//! so that a GPU encoder can keep a picture on the GPU from end to end.

mod box_art;
mod canvas;
pub mod convert;
pub mod decode;
mod encoder;
mod ffmpeg;
mod file;
mod font;
pub mod heap;
pub mod kms;
mod pace;
mod picture;
mod qr;
mod quality;
pub mod sound;
mod source;
mod status_card;
pub mod testcard;
mod thumbnail;

pub use box_art::{BoxArtError, MAX_BOX_ART_SIDE, check_box_art, draw_box_art};
pub use encoder::{
    Codec, EncodeError, Encoded, Encoder, EncoderInfo, EncoderSpec, MAX_BITRATE_KBPS, MAX_ENCODED_SIDE,
    MAX_REFRESH_HZ, MIN_BITRATE_KBPS, MIN_ENCODED_SIDE, Want, available_codecs, open_encoder,
};
pub use file::{FileSource, FilmClock};
pub use picture::{DmaBuf, DmaBufPlane, MAX_SIDE, Memory, Picture, PictureError, PixelFormat, Plane, Yuv};
pub use qr::Qr;
pub use quality::psnr;
pub use source::{Source, SourceError, SourceInfo, SourceSpec, open_source, open_source_with};
pub use status_card::{CardText, StatusCard};
pub use thumbnail::{MAX_THUMBNAIL_SIDE, Thumbnail, ThumbnailError};
