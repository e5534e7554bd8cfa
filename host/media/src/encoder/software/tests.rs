use super::*;
use crate::decode::Decoder;
use crate::encoder::annexb::{NAL_PPS, NAL_SPS};
use crate::testcard::{self, Stamp, TestCard, TestCardSpec};
use crate::{Memory, PixelFormat, psnr};

const FRAME_NS: u64 = 1_000_000_000 / 60;

fn spec(width: u32, height: u32, bitrate_kbps: u32) -> EncoderSpec {
    EncoderSpec { width, height, refresh_hz: 60, bitrate_kbps, codec: Codec::H264, max_slices: 1 }
}

fn card(width: u32, height: u32) -> TestCard {
    TestCard::new(&TestCardSpec { width, height, refresh_hz: 60, label: None })
}

fn stamp(frame: u64) -> Stamp {
    Stamp { frame, clock_ns: 1_700_000_000_000_000_000 + frame * FRAME_NS }
}

/// Content that no encoder gets for free: a textured plane that pans, with sparks that come and go.
struct Moving {
    size: (u32, u32),
    data: Vec<u8>,
}

impl Moving {
    fn new(width: u32, height: u32) -> Self {
        Self { size: (width, height), data: vec![0; (width * height * 4) as usize] }
    }

    fn draw(&mut self, frame: u32) -> Picture<'_> {
        let (width, height) = self.size;
        let noise = |x: u32, y: u32, z: u32| {
            let seed =
                x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77) ^ z.wrapping_mul(0x27D4_EB2F);
            (seed ^ seed >> 15).wrapping_mul(0xC2B2_AE3D) >> 16
        };
        for (index, pixel) in self.data.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let (x, y) = (index as u32 % width, index as u32 / width);
            let texture = noise((x + frame * 3) / 4, (y + frame) / 4, 0);
            let spark = noise(x / 8, y / 8, frame);
            let value = if spark % 16 == 0 { spark } else { texture };
            *pixel = [value as u8, (value >> 4) as u8, (value >> 8) as u8, 0];
        }
        let memory =
            Memory::Mapped { format: PixelFormat::Bgrx, stride: width as usize * 4, data: &self.data };
        Picture { width, height, captured_at_ns: 0, memory }
    }
}

/// Kbit/s over `frames` pictures of moving content at 60 Hz, starting with number `from`.
fn measured_kbps(encoder: &mut Software, moving: &mut Moving, from: u32, frames: u32) -> u32 {
    let mut bytes = 0;
    for frame in from..from + frames {
        bytes += encoder.encode(&moving.draw(frame), Want::Any).unwrap().data.len() as u32;
    }
    bytes / 125 * 60 / frames
}

fn assert_near(kbps: u32, wanted: u32) {
    assert!(kbps.abs_diff(wanted) * 100 <= wanted * 15, "{kbps} kbit/s where {wanted} was asked for");
}

#[test]
fn the_first_access_unit_is_an_idr_behind_its_parameter_sets() {
    let mut encoder = Software::open(&spec(640, 360, 4000)).unwrap();
    let first = encoder.encode(&card(640, 360).draw(stamp(0)), Want::Any).unwrap();
    assert!(first.idr);
    let kinds: Vec<u8> = nal_types(first.data).collect();
    let place = |kind| kinds.iter().position(|k| *k == kind).expect("present");
    assert!(place(NAL_SPS) < place(NAL_PPS) && place(NAL_PPS) < place(NAL_IDR), "{kinds:?}");
}

#[test]
fn every_picture_in_gives_one_access_unit_out_and_an_idr_comes_only_when_asked_for() {
    let mut encoder = Software::open(&spec(640, 360, 2000)).unwrap();
    let (mut moving, mut card) = (Moving::new(640, 360), card(640, 360));
    for frame in 0..90 {
        // cuts between unlike pictures would tempt an encoder into key frames of its own
        let cut = frame / 10 % 2 == 0;
        let picture = if cut { moving.draw(frame) } else { card.draw(stamp(frame.into())) };
        let want = if frame == 35 || frame == 36 { Want::Idr } else { Want::Any };
        let encoded = encoder.encode(&picture, want).unwrap();
        assert!(encoded.data.starts_with(&[0, 0, 0, 1]), "frame {frame}");
        assert_eq!(encoded.idr, matches!(frame, 0 | 35 | 36), "frame {frame}");
        let has_sets = nal_types(encoded.data).any(|kind| kind == NAL_SPS);
        assert_eq!(has_sets, encoded.idr, "frame {frame}");
    }
}

#[test]
fn every_access_unit_decodes_at_once_in_order_and_unlike_b_frames_without_the_next() {
    let mut encoder = Software::open(&spec(640, 360, 4000)).unwrap();
    let (mut card, mut decoder) = (card(640, 360), Decoder::h264().unwrap());
    for frame in 0..60 {
        let encoded = encoder.encode(&card.draw(stamp(frame)), Want::Any).unwrap();
        let picture = decoder.decode(encoded.data).unwrap().expect("one picture for every access unit");
        assert_eq!(testcard::read(&picture).map(|stamp| stamp.frame), Some(frame));
        assert!(!slice_types(encoded.data).any(|kind| kind % 5 == 1), "frame {frame} has a B slice");
    }
}

/// `slice_type` of every slice (H.264 section 7.4.3), the second Exp-Golomb number of its header.
fn slice_types(au: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let slices = (0..au.len().saturating_sub(5))
        .filter(|at| au[*at..].starts_with(&[0, 0, 0, 1]) && matches!(au[at + 4] & 0x1F, 1 | 5));
    slices.map(|at| {
        let mut bits =
            au[at + 5..].iter().flat_map(|byte| (0..8).rev().map(move |bit| u32::from(byte >> bit & 1)));
        let mut golomb = || {
            let zeros = bits.by_ref().take_while(|bit| *bit == 0).count();
            bits.by_ref().take(zeros).fold(1, |value, bit| value << 1 | bit) - 1
        };
        golomb();
        golomb()
    })
}

#[test]
fn the_bit_rate_is_held_on_moving_content() {
    for wanted in [3000, 12_000] {
        let mut encoder = Software::open(&spec(640, 360, wanted)).unwrap();
        let mut moving = Moving::new(640, 360);
        assert_near(measured_kbps(&mut encoder, &mut moving, 0, 300), wanted);
    }
}

#[test]
fn no_access_unit_bursts_far_beyond_the_rate_buffer() {
    let mut encoder = Software::open(&spec(640, 360, 6000)).unwrap();
    let mut moving = Moving::new(640, 360);
    let buffer = 6000 * 1000 / 8 * BUFFER_PICTURES as usize / 60;
    for frame in 0..120 {
        let want = if frame % 40 == 20 { Want::Idr } else { Want::Any };
        let bytes = encoder.encode(&moving.draw(frame), want).unwrap().data.len();
        assert!(bytes < buffer * 3 / 2, "frame {frame}: {bytes} bytes, buffer {buffer}");
    }
}

#[test]
fn the_bit_rate_changes_on_the_fly_without_an_idr() {
    let mut encoder = Software::open(&spec(640, 360, 3000)).unwrap();
    let mut moving = Moving::new(640, 360);
    let mut from = 0;
    for wanted in [3000, 9000, 2000] {
        encoder.set_bitrate(wanted);
        assert_eq!(encoder.describe().bitrate_kbps, wanted);
        // ten pictures to settle
        for frame in from..from + 10 {
            assert_eq!(encoder.encode(&moving.draw(frame), Want::Any).unwrap().idr, frame == 0);
        }
        assert_near(measured_kbps(&mut encoder, &mut moving, from + 10, 120), wanted);
        from += 130;
    }
}

#[test]
fn bit_rates_are_held_within_their_bounds() {
    let mut encoder = Software::open(&spec(640, 360, 0)).unwrap();
    assert_eq!(encoder.describe().bitrate_kbps, MIN_BITRATE_KBPS);
    encoder.set_bitrate(u32::MAX);
    assert_eq!(encoder.describe().bitrate_kbps, MAX_BITRATE_KBPS);
    assert!(encoder.encode(&card(640, 360).draw(stamp(0)), Want::Any).is_ok());
}

#[test]
fn what_is_decoded_looks_like_what_was_shown() {
    let mut encoder = Software::open(&spec(1280, 720, 20_000)).unwrap();
    let (mut card, mut decoder) = (card(1280, 720), Decoder::h264().unwrap());
    for frame in 0..30 {
        let shown = card.draw(stamp(frame));
        let encoded = encoder.encode(&shown, Want::Any).unwrap();
        let seen = decoder.decode(encoded.data).unwrap().unwrap();
        assert_eq!((seen.width, seen.height), (1280, 720));
        assert_eq!(testcard::read(&seen), Some(stamp(frame)));
        let ratio = psnr(&shown, &seen).unwrap().unwrap();
        assert!(ratio > 35.0, "frame {frame}: {ratio:.1} dB");
    }
}

#[test]
fn a_card_shown_smaller_is_still_read_after_decoding() {
    let mut encoder = Software::open(&spec(640, 480, 6000)).unwrap();
    let (mut card, mut decoder) = (card(1280, 720), Decoder::h264().unwrap());
    for frame in 0..10 {
        let encoded = encoder.encode(&card.draw(stamp(frame)), Want::Any).unwrap();
        let seen = decoder.decode(encoded.data).unwrap().unwrap();
        assert_eq!((seen.width, seen.height), (640, 480));
        assert_eq!(testcard::read(&seen), Some(stamp(frame)));
    }
}

#[test]
fn odd_sizes_lose_their_last_column_and_row() {
    let mut encoder = Software::open(&spec(643, 361, 8000)).unwrap();
    let info = encoder.describe();
    assert_eq!((info.width, info.height), (642, 360));
    let (mut card, mut decoder) = (card(643, 361), Decoder::h264().unwrap());
    for frame in 0..5 {
        let encoded = encoder.encode(&card.draw(stamp(frame)), Want::Any).unwrap();
        let seen = decoder.decode(encoded.data).unwrap().unwrap();
        assert_eq!((seen.width, seen.height), (642, 360));
        assert_eq!(testcard::read(&seen), Some(stamp(frame)));
    }
}

#[test]
fn a_source_may_change_its_size_in_the_middle_of_a_stream() {
    let mut encoder = Software::open(&spec(640, 360, 8000)).unwrap();
    let mut decoder = Decoder::h264().unwrap();
    for (frame, (width, height)) in [(640, 360), (1024, 768), (333, 999), (640, 360)].into_iter().enumerate()
    {
        let stamp = stamp(frame as u64);
        let encoded = encoder.encode(&card(width, height).draw(stamp), Want::Any).unwrap();
        let seen = decoder.decode(encoded.data).unwrap().unwrap();
        assert_eq!((seen.width, seen.height), (640, 360));
        if width != 333 {
            assert_eq!(testcard::read(&seen), Some(stamp), "{width}x{height}");
        }
    }
}

#[test]
fn slices_are_used_only_as_far_as_the_client_takes_them() {
    let large = |max_slices| EncoderSpec { max_slices, ..spec(1920, 1080, 20_000) };
    assert_eq!(slices(&large(1), 8), 1);
    assert_eq!(slices(&large(0), 8), 1);
    assert_eq!(slices(&large(8), 2), 2);
    assert_eq!(slices(&EncoderSpec { max_slices: 8, ..spec(1280, 720, 20_000) }, 8), 1);
    let mut encoder = open_with_slices(2);
    let encoded = encoder.encode(&card(640, 360).draw(stamp(0)), Want::Any).unwrap();
    assert_eq!(nal_types(encoded.data).filter(|kind| *kind == NAL_IDR).count(), 2);
    let short = encoded.data.windows(4).any(|w| w[0] != 0 && w[1..] == [0, 0, 1]);
    assert!(!short, "every start code has four bytes");
    assert!(Decoder::h264().unwrap().decode(encoded.data).unwrap().is_some());
}

fn open_with_slices(count: u8) -> Software {
    let spec = spec(640, 360, 4000);
    let mut software = Software::open(&spec).unwrap();
    software.encoder = open_x264(LIBRARY, &spec, "ultrafast", count).unwrap();
    software
}

#[test]
fn the_slower_preset_is_taken_only_where_it_keeps_up() {
    assert_eq!(preset(&spec(1280, 720, 1), 1), "ultrafast");
    assert_eq!(preset(&spec(1280, 720, 1), 4), "superfast");
    assert_eq!(preset(&EncoderSpec { refresh_hz: 30, ..spec(1280, 720, 1) }, 2), "superfast");
}

#[test]
fn a_missing_library_is_named_with_its_remedy() {
    let sentence = match open_x264("libx264_left_out", &spec(640, 360, 4000), "ultrafast", 1) {
        Err(error @ EncodeError::Library("libx264_left_out")) => error.to_string(),
        other => panic!("unexpected: {:?}", other.map(|_| "opened")),
    };
    assert!(sentence.contains("install"), "{sentence}");
}

#[test]
fn codecs_that_software_is_too_slow_for_are_refused() {
    for codec in [Codec::Hevc, Codec::Av1] {
        let refused = Software::open(&EncoderSpec { codec, ..spec(640, 360, 4000) });
        assert!(matches!(refused, Err(EncodeError::Codec(refused)) if refused == codec));
    }
    assert_eq!(available_codecs(), [Codec::H264]);
}

#[test]
fn absurd_modes_are_refused_with_their_bounds() {
    for (width, height, refresh_hz) in
        [(0, 0, 60), (63, 720, 60), (8194, 720, 60), (640, 360, 0), (640, 360, 481)]
    {
        let refused = Software::open(&EncoderSpec { refresh_hz, ..spec(width, height, 4000) });
        assert!(matches!(refused, Err(EncodeError::Mode { .. })), "{width}x{height}@{refresh_hz}");
    }
}

#[test]
fn a_picture_that_cannot_be_read_does_not_end_the_stream() {
    let mut encoder = Software::open(&spec(640, 360, 4000)).unwrap();
    let memory = Memory::Mapped { format: PixelFormat::Bgrx, stride: 2560, data: &[0; 100] };
    let broken = Picture { width: 640, height: 360, captured_at_ns: 0, memory };
    assert!(matches!(encoder.encode(&broken, Want::Any), Err(EncodeError::Picture(_))));
    assert!(encoder.encode(&card(640, 360).draw(stamp(0)), Want::Any).unwrap().idr);
}

#[test]
fn a_standing_picture_can_be_encoded_again_as_a_place_to_start() {
    let mut encoder = Software::open(&spec(320, 180, 2000)).unwrap();
    assert!(encoder.encode_again(Want::Idr).unwrap().is_none());
    let mut card = card(320, 180);
    encoder.encode(&card.draw(stamp(7)), Want::Any).unwrap();
    let again = encoder.encode_again(Want::Idr).unwrap().unwrap();
    assert!(again.idr);
    let mut decoder = Decoder::h264().unwrap();
    let shown = decoder.decode(again.data).unwrap().expect("one picture for every access unit");
    assert_eq!(testcard::read(&shown), Some(stamp(7)));
}
