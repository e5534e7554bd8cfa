use super::*;
use crate::convert::{Converter, I420Buffer};
use crate::psnr;

pub(crate) fn spec(width: u32, height: u32) -> TestCardSpec {
    TestCardSpec { width, height, refresh_hz: 60, label: Some("living room".to_owned()) }
}

const STAMP: Stamp = Stamp { frame: 1234, clock_ns: 1_700_000_000_123_456_789 };

/// The card of one size shown in a stream of another.
fn scaled(card: (u32, u32), stream: (u32, u32)) -> I420Buffer {
    let mut card = TestCard::new(&spec(card.0, card.1));
    let mut scaled = I420Buffer::new(stream.0, stream.1);
    Converter::new().convert(&card.draw(STAMP), &mut scaled.as_mut()).unwrap();
    scaled
}

#[test]
fn the_stamp_is_read_back_from_the_picture_as_drawn() {
    let mut card = TestCard::new(&spec(1280, 720));
    for frame in [0, 1, u64::from(u32::MAX), (1 << 48) - 1] {
        let stamp = Stamp { frame, ..STAMP };
        assert_eq!(read(&card.draw(stamp)), Some(stamp));
    }
}

#[test]
fn the_stamp_survives_scaling_down_and_up() {
    for stream in [(1280, 720), (640, 360), (426, 240), (2560, 1440), (1366, 768)] {
        assert_eq!(read(&scaled((1280, 720), stream).picture(0)), Some(STAMP), "{stream:?}");
    }
}

#[test]
fn the_stamp_is_found_between_black_bars() {
    for (card, stream) in [((1280, 720), (1024, 768)), ((1024, 768), (1920, 1080)), ((800, 600), (600, 800))]
    {
        assert_eq!(read(&scaled(card, stream).picture(0)), Some(STAMP), "{card:?} in {stream:?}");
    }
}

#[test]
fn every_size_in_bounds_can_be_drawn() {
    for (width, height) in [(64, 64), (65, 99), (64, 2000), (2000, 64), (319, 177), (3840, 2160)] {
        let mut card = TestCard::new(&spec(width, height));
        assert_eq!(card.draw(STAMP).check(), Ok(()));
    }
}

#[test]
fn absurd_cards_are_refused_with_their_bounds() {
    for (width, height, refresh_hz) in [(0, 720, 60), (1280, 9000, 60), (1280, 720, 0), (1280, 720, 481)] {
        let spec = TestCardSpec { width, height, refresh_hz, label: None };
        let sentence = TestCardSource::open(&spec).unwrap_err().to_string();
        assert!(sentence.contains("64 to 8192"), "{sentence}");
    }
}

#[test]
fn the_source_counts_its_pictures_and_returns_without_one_when_none_is_due() {
    let mut source = TestCardSource::open(&TestCardSpec { refresh_hz: 480, ..spec(320, 180) }).unwrap();
    for frame in 0..3 {
        let picture = source.next(Duration::from_secs(5)).unwrap().expect("a picture within five seconds");
        let stamp = read(&picture).unwrap();
        assert_eq!((stamp.frame, stamp.clock_ns), (frame, picture.captured_at_ns));
    }
    let mut slow = TestCardSource::open(&TestCardSpec { refresh_hz: 1, ..spec(320, 180) }).unwrap();
    let first = Instant::now();
    assert!(slow.next(Duration::ZERO).unwrap().is_some());
    let second = slow.next(Duration::ZERO).unwrap().is_some();
    assert!(!second || first.elapsed() >= Duration::from_secs(1), "before its time");
}

#[test]
fn a_frame_redraws_all_that_moves_and_nothing_else() {
    let spec = spec(640, 360);
    let (mut worn, mut fresh) = (TestCard::new(&spec), TestCard::new(&spec));
    for frame in 0..50 {
        worn.draw(Stamp { frame, clock_ns: frame * 77_000_000 });
    }
    assert_eq!(psnr(&worn.draw(STAMP), &fresh.draw(STAMP)).unwrap(), Some(f64::INFINITY));
    let next = Stamp { frame: STAMP.frame + 1, clock_ns: STAMP.clock_ns + 16_666_667 };
    assert!(psnr(&worn.draw(next), &fresh.draw(STAMP)).unwrap().unwrap().is_finite());
}
