use std::fs;

use super::*;
use crate::testcard::{self, Stamp, TestCard, TestCardSpec};
use crate::{Codec, EncoderSpec, Want, open_encoder};

/// Writes a raw H.264 file of `frames` test cards.
fn film(path: &Path, width: u32, height: u32, frames: u64) {
    let spec =
        EncoderSpec { width, height, refresh_hz: 60, bitrate_kbps: 8000, codec: Codec::H264, max_slices: 1 };
    let mut encoder = open_encoder(&spec).unwrap();
    let mut card = TestCard::new(&TestCardSpec { width, height, refresh_hz: 60, label: None });
    let mut bytes = Vec::new();
    for frame in 0..frames {
        bytes.extend_from_slice(
            encoder.encode(&card.draw(Stamp { frame, clock_ns: 1 }), Want::Any).unwrap().data,
        );
    }
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_file_is_shown_in_order_and_then_from_the_start_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("film.h264");
    film(&path, 1280, 720, 4);
    let mut source = FileSource::open(&path).unwrap();
    let info = source.describe();
    assert_eq!((info.name.as_str(), info.width, info.height), ("film.h264", 1280, 720));
    let mut shown = Vec::new();
    while shown.len() < 10 {
        if let Some(picture) = source.next(Duration::from_secs(5)).unwrap() {
            shown.push(testcard::read(&picture).expect("a readable card").frame);
        }
    }
    assert_eq!(shown, [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]);
}

#[test]
fn a_still_picture_is_a_film_of_one_frame() {
    // P6 is the plainest picture format that FFmpeg reads; its RGB pixels also take the way through `to_bgra`
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("red.ppm");
    let pixels = [255u8, 0, 0].repeat(128 * 64);
    fs::write(&path, [b"P6 128 64 255\n".as_slice(), &pixels].concat()).unwrap();
    let mut source = FileSource::open(&path).unwrap();
    for _ in 0..3 {
        let picture = source.next(Duration::from_secs(5)).unwrap().expect("a picture");
        let Memory::Mapped { format: PixelFormat::Bgra, data, .. } = picture.memory else {
            panic!("{:?}", picture.memory)
        };
        assert_eq!((picture.width, picture.height, &data[..4]), (128, 64, &[0, 0, 255, 255][..]));
    }
}

#[test]
fn nothing_is_shown_before_its_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("film.h264");
    film(&path, 640, 360, 3);
    let begun = Instant::now();
    let mut source = FileSource::open(&path).unwrap();
    let interval = Duration::from_secs_f64(1.0 / source.describe().refresh_hz);
    for shown in 0..3 {
        // a machine that was busy meanwhile finds the picture due at once, but never before its time
        while source.next(Duration::ZERO).unwrap().is_none() {}
        assert!(begun.elapsed() >= interval * shown, "picture {shown} after {:?}", begun.elapsed());
    }
}

#[test]
fn files_that_cannot_be_played_are_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("notes.txt");
    fs::write(&text, "not a film, whatever it is called").unwrap();
    let cut_off = dir.path().join("cut-off.h264");
    film(&cut_off, 640, 360, 1);
    let head = fs::read(&cut_off).unwrap()[..24].to_vec();
    fs::write(&cut_off, head).unwrap();
    for path in
        [dir.path().join("absent.mkv"), dir.path().to_owned(), text, cut_off, "http://localhost/x.mkv".into()]
    {
        let sentence = FileSource::open(&path).map(|_| ()).unwrap_err().to_string();
        assert!(
            sentence.contains(&path.display().to_string()) && sentence.contains("give a video file"),
            "{sentence}"
        );
    }
}
