use std::fs;

use super::*;
use crate::file::FileSource;
use crate::sound::{loudness, tone_level};
use crate::source::Source as _;

#[path = "../../../tests/films/mod.rs"]
mod films;

const WAIT: Duration = Duration::from_secs(5);
/// Samples at the beginning that are not looked at: what is found there is still on its way.
const SETTLING: usize = SAMPLE_RATE as usize / 10 * 2;

/// Listens for so many blocks to a film whose pictures are at `position` now.
fn listen(sound: &mut FilmSound, clock: &FilmClock, pass: u64, position: f64, blocks: usize) -> Vec<f32> {
    let (begun, mut heard) = (Instant::now(), Vec::new());
    let mut block = [0.0; BLOCK_SAMPLES * 2];
    for _ in 0..blocks {
        let at = Instant::now();
        clock.beat(at, FilmTime { pass, position: position + (at - begun).as_secs_f64() });
        while sound.next(&mut block, WAIT).unwrap().is_none() {}
        heard.extend_from_slice(&block);
    }
    heard
}

fn tone(heard: &[f32], channel: usize, hz: f64) -> f64 {
    tone_level(heard.iter().skip(channel).step_by(2).copied(), SAMPLE_RATE, hz)
}

fn written(film: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("film.avi");
    fs::write(&path, film).unwrap();
    (dir, path)
}

#[test]
fn a_film_is_heard_where_its_pictures_are_and_from_the_start_again_with_them() {
    let (_dir, path) = written(&films::film(&[[400.0, 600.0], [1000.0, 1400.0], [0.0, 0.0]], 3));
    let clock = FilmClock::default();
    let mut sound = FilmSound::open(&path, Channels::Surround71, clock.clone()).unwrap().unwrap();
    assert_eq!(sound.channels(), Channels::Stereo);
    let second = listen(&mut sound, &clock, 1, 1.2, 100).split_off(SETTLING);
    assert!(tone(&second, 0, 1000.0) > 0.25 && tone(&second, 1, 1400.0) > 0.25);
    assert!(tone(&second, 1, 1000.0) < 0.01 && tone(&second, 0, 400.0) < 0.01);
    let first = listen(&mut sound, &clock, 2, 0.0, 100).split_off(SETTLING);
    assert!(tone(&first, 0, 400.0) > 0.25 && tone(&first, 1, 600.0) > 0.25);
    assert!(tone(&first, 0, 1000.0) < 0.01);
    let jumped = listen(&mut sound, &clock, 2, 2.3, 60).split_off(SETTLING);
    assert!(loudness(jumped) < 0.001, "the third second is silent");
}

#[test]
fn a_film_that_stands_still_is_not_heard() {
    let (_dir, path) = written(&films::film(&[[400.0, 600.0]], 1));
    let mut sound = FilmSound::open(&path, Channels::Stereo, FilmClock::default()).unwrap().unwrap();
    assert_eq!(sound.next(&mut [0.0; BLOCK_SAMPLES * 2], Duration::from_millis(20)), Ok(None));
}

#[test]
fn pictures_and_sound_of_one_file_go_together() {
    let (_dir, path) = written(&films::film(&[[400.0, 600.0], [1000.0, 1400.0]], 2));
    let clock = FilmClock::default();
    let mut pictures = FileSource::open_with(&path, clock.clone()).unwrap();
    let mut sound = FilmSound::open(&path, Channels::Stereo, clock.clone()).unwrap().unwrap();
    let showing = std::thread::spawn(move || {
        // through the end, and into the first second again
        for _ in 0..films::HZ * 2 + films::HZ * 4 / 5 {
            while pictures.next(WAIT).unwrap().is_none() {}
        }
    });
    let mut block = [0.0; BLOCK_SAMPLES * 2];
    let (mut seconds, mut again) = ([Vec::new(), Vec::new()], Vec::new());
    while !showing.is_finished() {
        if sound.next(&mut block, WAIT).unwrap().is_none() {
            continue;
        }
        let Some(time) = clock.at(Instant::now()) else { continue };
        // away from where one tone becomes the other
        match (time.pass, time.position) {
            (1, 0.2..0.8) => seconds[0].extend_from_slice(&block),
            (1, 1.2..1.8) => seconds[1].extend_from_slice(&block),
            (2, 0.2..0.7) => again.extend_from_slice(&block),
            _ => {}
        }
    }
    showing.join().unwrap();
    for (heard, hz, other) in
        [(&seconds[0], 400.0, 1000.0), (&seconds[1], 1000.0, 400.0), (&again, 400.0, 1000.0)]
    {
        assert!(heard.len() > SAMPLE_RATE as usize / 5, "{}", heard.len());
        assert!(tone(heard, 0, hz) > 0.2 && tone(heard, 0, other) < 0.03, "{hz} Hz: {}", tone(heard, 0, hz));
    }
}

#[test]
fn a_film_without_sound_has_none_and_one_that_is_no_film_says_so() {
    let (_dir, path) = written(&films::film(&[], 1));
    assert!(FilmSound::open(&path, Channels::Stereo, FilmClock::default()).unwrap().is_none());
    let (_dir, path) = written(b"not a film, whatever it is called");
    let error = FilmSound::open(&path, Channels::Stereo, FilmClock::default()).err().unwrap();
    assert!(error.to_string().contains("film.avi"), "{error}");
}

#[test]
fn a_film_that_claims_a_sample_a_second_is_silent_and_not_blown_up() {
    const SAMPLES: u32 = 8_192;
    let bytes = SAMPLES * 4;
    let mut wave = Vec::new();
    wave.extend_from_slice(b"RIFF");
    wave.extend_from_slice(&(36 + bytes).to_le_bytes());
    wave.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    for number in [1_u32, 4, 4 | 16 << 16] {
        wave.extend_from_slice(&number.to_le_bytes());
    }
    wave.extend_from_slice(b"data");
    wave.extend_from_slice(&bytes.to_le_bytes());
    wave.resize(44 + bytes as usize, 0x40);
    let (_dir, path) = written(&wave);
    let clock = FilmClock::default();
    let mut sound = FilmSound::open(&path, Channels::Stereo, clock.clone()).unwrap().unwrap();
    assert!(listen(&mut sound, &clock, 1, 0.0, 3).iter().all(|sample| *sample == 0.0));
}
