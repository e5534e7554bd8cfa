//! What one picture costs on its way to an access unit: `cargo bench -p punktfunk-media`.
//!
//! Wall times are medians and 99th percentiles over many frames; the processor time beside them is steadier on a
//! busy machine. Conversion is also given as a multiple of copying the same picture, measured in the same run.
#![allow(clippy::print_stdout, reason = "a bench reports to its reader")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot run has nothing to recover")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};
use punktfunk_media::convert::{Converter, I420Buffer};
use punktfunk_media::decode::Decoder;
use punktfunk_media::testcard::{Stamp, TestCard, TestCardSpec, read};
use punktfunk_media::{Codec, EncoderSpec, Memory, Picture, Want, open_encoder};

const FRAMES: u64 = 240;
const WARM_UP: u64 = 20;

fn main() {
    for (width, height) in [(1280, 720), (1920, 1080)] {
        println!("{width}x{height}, {FRAMES} frames");
        let copy = copying(width, height);
        let convert = converting((width, height), (width, height));
        let scale = converting((width * 3 / 2, height * 3 / 2), (width, height));
        drawing(width, height).print("draw test card");
        copy.print("copy Bgrx");
        convert.print("Bgrx to I420");
        println!("  {:<24} {:>8.2} × copy (processor time)", "", convert.cpu / copy.cpu);
        scale.print("Bgrx to I420, from 1.5 ×");
        for (max_slices, refresh_hz) in [(1, 60), (8, 60), (1, 20)] {
            encoding(width, height, refresh_hz, max_slices);
        }
    }
}

/// Times of many rounds, in milliseconds.
struct Times {
    wall: Vec<f64>,
    cpu: f64,
}

impl Times {
    fn of(mut round: impl FnMut(u64) -> Duration) -> Self {
        let mut wall = Vec::new();
        let mut start = cpu_now();
        for frame in 0..WARM_UP + FRAMES {
            if frame == WARM_UP {
                (start, wall) = (cpu_now(), Vec::new());
            }
            wall.push(round(frame).as_secs_f64() * 1e3);
        }
        let cpu = (cpu_now() - start).as_secs_f64() * 1e3 / FRAMES as f64;
        wall.sort_by(f64::total_cmp);
        Self { wall, cpu }
    }

    fn print(&self, what: &str) {
        let at = |part: f64| self.wall[((self.wall.len() - 1) as f64 * part) as usize];
        println!(
            "  {what:<24} median {:>6.2} ms   p99 {:>6.2} ms   processor {:>6.2} ms",
            at(0.5),
            at(0.99),
            self.cpu
        );
    }
}

fn cpu_now() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).unwrap().into()
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn card(width: u32, height: u32) -> TestCard {
    TestCard::new(&TestCardSpec { width, height, refresh_hz: 60, label: None })
}

fn stamp(frame: u64) -> Stamp {
    Stamp { frame, clock_ns: frame * 16_666_667 }
}

fn drawing(width: u32, height: u32) -> Times {
    let mut card = card(width, height);
    Times::of(|frame| timed(|| assert!(black_box(card.draw(stamp(frame))).width == width)))
}

fn copying(width: u32, height: u32) -> Times {
    let mut card = card(width, height);
    let Picture { memory: Memory::Mapped { data, .. }, .. } = card.draw(stamp(0)) else {
        return Times::of(|_| Duration::ZERO);
    };
    let mut copy = vec![0; data.len()];
    Times::of(|_| timed(|| black_box(&mut copy).copy_from_slice(black_box(data))))
}

fn converting(from: (u32, u32), to: (u32, u32)) -> Times {
    let (mut card, mut converter) = (card(from.0, from.1), Converter::new());
    let mut out = I420Buffer::new(to.0, to.1);
    let picture = card.draw(stamp(0));
    Times::of(|_| timed(|| converter.convert(black_box(&picture), &mut out.as_mut()).unwrap()))
}

fn encoding(width: u32, height: u32, refresh_hz: u32, max_slices: u8) {
    let spec =
        EncoderSpec { width, height, refresh_hz, bitrate_kbps: 20_000, codec: Codec::H264, max_slices };
    let mut encoder = open_encoder(&spec).unwrap();
    let (mut card, mut decoder) = (card(width, height), Decoder::h264().unwrap());
    let mut access_units = Vec::new();
    let times = Times::of(|frame| {
        let picture = card.draw(stamp(frame));
        let encoded = encoder.encode(&picture, Want::Any).unwrap();
        access_units.push(encoded.data.to_vec());
        encoded.encode
    });
    times.print(&format!("{}, {refresh_hz} Hz, {max_slices} sl.", encoder.describe().name));
    let mut units = access_units.iter().zip(0..);
    let decode = Times::of(|_| {
        let (unit, frame) = units.next().unwrap();
        let start = Instant::now();
        let picture = decoder.decode(unit).unwrap().unwrap();
        let spent = start.elapsed();
        assert_eq!(read(&picture).map(|stamp| stamp.frame), Some(frame));
        spent
    });
    decode.print("  decoded again");
}
