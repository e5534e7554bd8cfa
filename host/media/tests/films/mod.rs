//! Films to try things out with, written from the format's description: AVI, with bare pictures and bare samples.
#![allow(dead_code, missing_docs, unreachable_pub)]

use std::f64::consts::TAU;

/// Pictures a second.
pub const HZ: u32 = 25;
/// Samples a second: not what is streamed.
pub const RATE: u32 = 44_100;
const SIDE: u32 = 64;

/// A film of so many seconds. In each of them other tones are heard, left and right; without any there is no sound at all.
pub fn film(tones: &[[f64; 2]], seconds: u32) -> Vec<u8> {
    let (frames, sounds) = (HZ * seconds, !tones.is_empty());
    let per_frame = RATE / HZ;
    let mut movie = b"movi".to_vec();
    for frame in 0..frames {
        let shade = (frame * 255 / frames) as u8;
        movie.extend(chunk(b"00db", &vec![shade; (SIDE * SIDE * 3) as usize]));
        if sounds {
            let samples = (0..per_frame).flat_map(|n| {
                let at = f64::from(frame * per_frame + n) / f64::from(RATE);
                let tones = tones.get(at as usize).copied().unwrap_or([0.0; 2]);
                tones.map(|hz| ((TAU * hz * at).sin() * 10_000.0) as i16)
            });
            movie.extend(chunk(b"01wb", &samples.flat_map(i16::to_le_bytes).collect::<Vec<u8>>()));
        }
    }
    let picture_bytes = SIDE * SIDE * 3;
    let main = words(&[
        1_000_000 / HZ,
        0,
        0,
        0,
        frames,
        0,
        1 + u32::from(sounds),
        picture_bytes,
        SIDE,
        SIDE,
        0,
        0,
        0,
        0,
    ]);
    let mut head = [b"hdrl".to_vec(), chunk(b"avih", &main)].concat();
    let format = [
        words(&[40, SIDE, SIDE]),
        [1_u16.to_le_bytes(), 24_u16.to_le_bytes()].concat(),
        words(&[0, picture_bytes, 0, 0, 0, 0]),
    ]
    .concat();
    head.extend(stream(b"vids", b"DIB ", [1, HZ, 0, frames], picture_bytes, 0, &format));
    if sounds {
        let format = [
            [1_u16.to_le_bytes(), 2_u16.to_le_bytes()].concat(),
            words(&[RATE, RATE * 4]),
            [4_u16.to_le_bytes(), 16_u16.to_le_bytes()].concat(),
        ]
        .concat();
        head.extend(stream(b"auds", &[0; 4], [1, RATE, 0, frames * per_frame], RATE * 4, 4, &format));
    }
    let body = [b"AVI ".to_vec(), chunk(b"LIST", &head), chunk(b"LIST", &movie)].concat();
    chunk(b"RIFF", &body)
}

fn stream(
    kind: &[u8; 4],
    handler: &[u8; 4],
    times: [u32; 4],
    buffer: u32,
    sample: u32,
    format: &[u8],
) -> Vec<u8> {
    // flags, priority and language, no delay; scale, rate, start, length; buffer, quality, size of a sample, frame
    let head = [
        kind.to_vec(),
        handler.to_vec(),
        words(&[0, 0, 0]),
        words(&times),
        words(&[buffer, 0, sample, 0, 0]),
    ];
    let list = [b"strl".to_vec(), chunk(b"strh", &head.concat()), chunk(b"strf", format)];
    chunk(b"LIST", &list.concat())
}

fn chunk(name: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    let padding = bytes.len() % 2;
    [&name[..], &(bytes.len() as u32).to_le_bytes(), bytes, &[0][..padding]].concat()
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}
