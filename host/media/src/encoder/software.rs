//! H.264 on the processor: libx264 through FFmpeg.

use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use ffmpeg_next as ffmpeg;
use ffmpeg_next::codec::encoder::video::Encoder as OpenEncoder;
use ffmpeg_next::{color, format::Pixel, frame, picture};

use super::annexb::{NAL_IDR, lengthen_start_codes, nal_types};
use super::{
    Codec, EncodeError, Encoded, Encoder, EncoderInfo, EncoderSpec, MAX_BITRATE_KBPS, MAX_ENCODED_SIDE,
    MAX_REFRESH_HZ, MIN_BITRATE_KBPS, MIN_ENCODED_SIDE, Want,
};
use crate::convert::{Converter, I420Mut};
use crate::ffmpeg as glue;
use crate::picture::{Memory, Picture, Plane, Yuv};

const LIBRARY: &str = "libx264";
/// Pictures' worth of bits that the rate buffer holds: bursts above it would wait in the network.
const BUFFER_PICTURES: u32 = 2;
/// Pixels a second, per core, up to which the slower and better preset keeps up beside everything else.
const SUPERFAST_PIXELS_PER_CORE: u64 = 15_000_000;
/// Pixels in a picture from which a second slice pays for itself.
const PIXELS_PER_SLICE: u64 = 1_000_000;
/// Slices beyond this cost more in bits than they gain in time.
const MAX_SLICES: u64 = 4;

/// The codecs that this machine can encode without a GPU.
pub fn available_codecs() -> Vec<Codec> {
    glue::init();
    ffmpeg::encoder::find_by_name(LIBRARY).map(|_| Codec::H264).into_iter().collect()
}

pub(super) struct Software {
    spec: EncoderSpec,
    preset: &'static str,
    encoder: OpenEncoder,
    converter: Converter,
    frame: frame::Video,
    packet: ffmpeg::Packet,
    access_unit: Vec<u8>,
    pictures: i64,
}

impl Software {
    pub(super) fn open(spec: &EncoderSpec) -> Result<Self, EncodeError> {
        glue::init();
        if spec.codec != Codec::H264 {
            return Err(EncodeError::Codec(spec.codec));
        }
        let spec = bounded(spec)?;
        let cores = available_parallelism().map_or(1, NonZero::get) as u64;
        let preset = preset(&spec, cores);
        let encoder = open_x264(LIBRARY, &spec, preset, slices(&spec, cores))?;
        Ok(Self {
            preset,
            encoder,
            converter: Converter::new(),
            frame: frame::Video::new(Pixel::YUV420P, spec.width, spec.height),
            packet: ffmpeg::Packet::empty(),
            access_unit: Vec::new(),
            pictures: 0,
            spec,
        })
    }

    fn convert(&mut self, picture: &Picture<'_>) -> Result<(), EncodeError> {
        glue::make_writable(&mut self.frame).map_err(failed)?;
        let mut target = I420Mut::new(self.spec.width, self.spec.height, glue::i420_planes(&mut self.frame));
        Ok(self.converter.convert(picture, &mut target)?)
    }

    fn compress(&mut self, want: Want) -> Result<bool, EncodeError> {
        let kind = if want == Want::Idr { picture::Type::I } else { picture::Type::None };
        self.frame.set_kind(kind);
        self.frame.set_pts(Some(self.pictures));
        self.pictures += 1;
        self.encoder.send_frame(&self.frame).map_err(failed)?;
        self.encoder.receive_packet(&mut self.packet).map_err(failed)?;
        self.access_unit.clear();
        lengthen_start_codes(self.packet.data().unwrap_or_default(), &mut self.access_unit);
        Ok(nal_types(&self.access_unit).any(|kind| kind == NAL_IDR))
    }
}

impl Encoder for Software {
    fn describe(&self) -> EncoderInfo {
        EncoderInfo {
            name: format!("{LIBRARY} {}", self.preset),
            codec: self.spec.codec,
            width: self.spec.width,
            height: self.spec.height,
            refresh_hz: self.spec.refresh_hz,
            bitrate_kbps: self.spec.bitrate_kbps,
            software: true,
            takes_dma_buf: false,
        }
    }

    fn encode(&mut self, picture: &Picture<'_>, want: Want) -> Result<Encoded<'_>, EncodeError> {
        let start = Instant::now();
        self.convert(picture)?;
        let converted = Instant::now();
        let idr = self.compress(want)?;
        Ok(Encoded { data: &self.access_unit, idr, convert: converted - start, encode: converted.elapsed() })
    }

    fn encode_again(&mut self, want: Want) -> Result<Option<Encoded<'_>>, EncodeError> {
        if self.pictures == 0 {
            return Ok(None);
        }
        let start = Instant::now();
        let idr = self.compress(want)?;
        Ok(Some(Encoded { data: &self.access_unit, idr, convert: Duration::ZERO, encode: start.elapsed() }))
    }

    fn last_picture(&self) -> Option<Picture<'_>> {
        let plane = |index| Plane { stride: self.frame.stride(index), data: self.frame.data(index) };
        let yuv = Yuv::I420 { y: plane(0), u: plane(1), v: plane(2) };
        let EncoderSpec { width, height, .. } = self.spec;
        (self.pictures > 0).then_some(Picture { width, height, captured_at_ns: 0, memory: Memory::Yuv(yuv) })
    }

    fn set_bitrate(&mut self, kbps: u32) {
        self.spec.bitrate_kbps = kbps.clamp(MIN_BITRATE_KBPS, MAX_BITRATE_KBPS);
        glue::set_rate(&mut self.encoder, self.spec.bitrate_kbps, buffer_kbits(&self.spec));
    }
}

/// The spec with even sides and a bit rate that can be held, or why it cannot be had.
fn bounded(spec: &EncoderSpec) -> Result<EncoderSpec, EncodeError> {
    let sides = MIN_ENCODED_SIDE..=MAX_ENCODED_SIDE;
    let EncoderSpec { width, height, refresh_hz, .. } = *spec;
    if !sides.contains(&width) || !sides.contains(&height) || !(1..=MAX_REFRESH_HZ).contains(&refresh_hz) {
        return Err(EncodeError::Mode { width, height, refresh_hz });
    }
    Ok(EncoderSpec {
        width: width & !1,
        height: height & !1,
        bitrate_kbps: spec.bitrate_kbps.clamp(MIN_BITRATE_KBPS, MAX_BITRATE_KBPS),
        ..spec.clone()
    })
}

fn preset(spec: &EncoderSpec, cores: u64) -> &'static str {
    let pixels_a_second = u64::from(spec.width) * u64::from(spec.height) * u64::from(spec.refresh_hz);
    if pixels_a_second <= SUPERFAST_PIXELS_PER_CORE * cores { "superfast" } else { "ultrafast" }
}

fn slices(spec: &EncoderSpec, cores: u64) -> u8 {
    let worthwhile = (u64::from(spec.width) * u64::from(spec.height)).div_ceil(PIXELS_PER_SLICE);
    worthwhile.min(cores).min(MAX_SLICES).min(u64::from(spec.max_slices)).max(1) as u8
}

fn buffer_kbits(spec: &EncoderSpec) -> u32 {
    (spec.bitrate_kbps.saturating_mul(BUFFER_PICTURES) / spec.refresh_hz).max(1)
}

fn open_x264(
    library: &'static str,
    spec: &EncoderSpec,
    preset: &str,
    slices: u8,
) -> Result<OpenEncoder, EncodeError> {
    let codec = ffmpeg::encoder::find_by_name(library).ok_or(EncodeError::Library(library))?;
    let mut video = ffmpeg::codec::Context::new_with_codec(codec).encoder().video().map_err(failed)?;
    video.set_width(spec.width);
    video.set_height(spec.height);
    video.set_format(Pixel::YUV420P);
    video.set_time_base((1, spec.refresh_hz as i32));
    video.set_frame_rate(Some((spec.refresh_hz as i32, 1)));
    video.set_max_b_frames(0);
    video.set_colorspace(color::Space::BT709);
    video.set_color_primaries(color::Primaries::BT709);
    video.set_color_transfer_characteristic(color::TransferCharacteristic::BT709);
    video.set_color_range(color::Range::MPEG);
    glue::set_rate(&mut video, spec.bitrate_kbps, buffer_kbits(spec));
    glue::set_slices(&mut video, slices);
    let mut options = ffmpeg::Dictionary::new();
    options.set("preset", preset);
    options.set("tune", "zerolatency");
    options.set("forced-idr", "1");
    // an IDR comes when asked for and at no other time
    options.set("x264-params", "keyint=infinite:scenecut=0");
    video.open_with(options).map_err(failed)
}

fn failed(error: ffmpeg::Error) -> EncodeError {
    EncodeError::Failed { library: LIBRARY, reason: error.to_string() }
}

#[cfg(test)]
mod tests;
