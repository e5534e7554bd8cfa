//! What is heard at the other end.

use std::net::UdpSocket;
use std::sync::atomic::Ordering;
use std::time::Duration;

use punktfunk_gamestream::Encryption;
use punktfunk_media::sound::{
    BLOCK_SAMPLES, Channels, Coupling, FrameLength, OpusDecoder, OpusEncoder, OpusSpec, SAMPLE_RATE, TONE_HZ,
    tone_level,
};

use crate::client::rtsp::{self, Wishes};
use crate::client::{PATIENCE, Stream};
use crate::house::OpenDoor;

/// Decodes so many packets, silence in the place of what is lost, the beginning left out.
fn heard(stream: &Stream, channels: Channels, coupling: Coupling, packets: usize) -> Vec<f32> {
    let mut decoder = OpusDecoder::open(channels, coupling).expect("a decoder");
    let (mut samples, mut lengths) = (Vec::new(), Vec::new());
    while lengths.len() < packets {
        let packet = stream.audio.next();
        lengths.push(packet.as_ref().map_or(0, Vec::len));
        match packet {
            Some(packet) => samples.extend_from_slice(decoder.decode(&packet).expect("it is Opus")),
            None => samples.extend(std::iter::repeat_n(0.0, 240 * channels.count())),
        }
    }
    let longest = lengths.iter().max();
    assert!(lengths.iter().all(|length| *length == 0 || Some(length) == longest), "{lengths:?}");
    samples.split_off(SAMPLE_RATE as usize / 20 * channels.count())
}

/// Every channel has its own tone, and little of another's: at these rates the two of a pair leak a tenth into each other.
#[track_caller]
fn assert_in_place(samples: &[f32], channels: Channels) {
    let count = channels.count();
    for channel in 0..count {
        let level = |hz: u32| {
            tone_level(samples.iter().skip(channel).step_by(count).copied(), SAMPLE_RATE, hz.into())
        };
        for (other, hz) in TONE_HZ.into_iter().take(count).enumerate() {
            let range = if other == channel { 0.04..0.06 } else { 0.0..0.0125 };
            assert!(range.contains(&level(hz)), "{hz} Hz in channel {channel}: {}", level(hz));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_packets_of_every_six_may_be_lost_and_the_tone_is_whole() {
    let door = OpenDoor::new();
    for loss_percent in [0, 5, 15] {
        let client = door.friend().await;
        let wishes = Wishes { loss_percent, ..Wishes::default() };
        let stream = client.stream("launch", &wishes).await.expect("a stream");
        let samples = heard(&stream, Channels::Stereo, Coupling::Pairs, 400);
        let counters = &stream.audio.counters;
        let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        assert!(count(&counters.parity) > 0);
        if loss_percent == 0 {
            assert_eq!((count(&counters.repaired), count(&counters.lost)), (0, 0));
        } else {
            assert!(count(&counters.dropped) > 10 && count(&counters.repaired) > 10, "{counters:?}");
            // three of six are lost by chance now and then
            assert!(count(&counters.lost) * 20 < 400, "{counters:?}");
        }
        if loss_percent < 15 {
            assert_in_place(&samples, Channels::Stereo);
        }
        let left = tone_level(samples.iter().step_by(2).copied(), SAMPLE_RATE, TONE_HZ[0].into());
        assert!(left > 0.035, "{loss_percent} %: {left}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn surround_is_heard_by_what_was_announced() {
    let door = OpenDoor::new();
    for (channels, number) in [(Channels::Surround51, 6), (Channels::Surround71, 8)] {
        for high_quality in [false, true] {
            let client = door.friend().await;
            let wishes = Wishes { channels: number, high_quality, ..Wishes::default() };
            let stream = client.stream("launch", &wishes).await.expect("a stream");
            let coupling = if high_quality { Coupling::Nothing } else { Coupling::Pairs };
            let (streams, coupled, mapping) = coupling.mapping(channels);
            assert_eq!(announced(&stream, number, high_quality), [&[streams, coupled], mapping].concat());
            assert_in_place(&heard(&stream, channels, coupling, 200), channels);
        }
    }
}

/// Streams, coupled ones and mapping, as a client reads them out of the description.
fn announced(stream: &Stream, channels: u32, high_quality: bool) -> Vec<u8> {
    let start = format!("a=fmtp:97 surround-params={channels}");
    let lines: Vec<&str> =
        stream.session.description.lines().filter_map(|line| line.strip_prefix(&start)).collect();
    let mut digits: Vec<u8> = lines[usize::from(high_quality)].bytes().map(|digit| digit - b'0').collect();
    assert_eq!(digits.len(), 2 + channels as usize);
    if !high_quality {
        // clients move the last one to the place of the low frequencies
        let last = digits.pop().expect("a digit");
        digits.insert(2 + 3, last);
    }
    digits
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_client_gets_packets_of_ten_milliseconds() {
    let door = OpenDoor::new();
    let wishes = Wishes { packet_ms: 10, ..Wishes::default() };
    let stream = door.friend().await.stream("launch", &wishes).await.expect("a stream");
    assert_in_place(&heard(&stream, Channels::Stereo, Coupling::Pairs, 120), Channels::Stereo);
}

/// The old flags without the one that asks for sealed sound.
const OPEN_SOUND: u32 = 135;

#[tokio::test(flavor = "multi_thread")]
async fn sound_is_sealed_for_a_client_that_asks_for_it_by_the_old_flag_alone() {
    let door = OpenDoor::new();
    let wishes = Wishes { encryption: 3, ..Wishes::default() };
    let stream = door.friend().await.stream("launch", &wishes).await.expect("a stream");
    assert_in_place(&heard(&stream, Channels::Stereo, Coupling::Pairs, 200), Channels::Stereo);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_for_open_sound_gets_it_open() {
    let door = OpenDoor::with(Encryption::Offered);
    let wishes = Wishes { encryption: 3, old_flags: OPEN_SOUND, ..Wishes::default() };
    let stream = door.friend().await.stream("launch", &wishes).await.expect("a stream");
    assert_in_place(&heard(&stream, Channels::Stereo, Coupling::Pairs, 200), Channels::Stereo);
}

#[tokio::test(flavor = "multi_thread")]
async fn open_sound_is_refused_where_encryption_is_required() {
    let door = OpenDoor::new();
    let wishes = Wishes { encryption: 3, old_flags: OPEN_SOUND, ..Wishes::default() };
    let refusal = door.friend().await.stream("launch", &wishes).await.err().expect("a refusal");
    assert!(refusal.starts_with("ANNOUNCE") && refusal.contains("403"), "{refusal}");
}

/// A parity of four packets needs them equally long, whatever is heard.
#[test]
fn noise_and_silence_make_packets_of_one_length() {
    for length in [FrameLength::Ms5, FrameLength::Ms10] {
        let spec = OpusSpec { channels: Channels::Stereo, coupling: Coupling::Pairs, length, kbps: 256 };
        let mut encoder = OpusEncoder::open(spec).expect("libopus");
        let (mut state, mut lengths) = (1_u32, Vec::new());
        for block in 0..200 {
            let loud = (block / 20 % 2) as f32;
            let sample = |_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                loud * (state as i32 as f32 / i32::MAX as f32)
            };
            let samples: Vec<f32> = (0..BLOCK_SAMPLES * 2).map(sample).collect();
            lengths.extend(encoder.encode(&samples, Channels::Stereo).expect("it works").map(<[u8]>::len));
        }
        assert!(lengths.len() >= 100 && lengths.iter().all(|other| *other == lengths[0]), "{lengths:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pings_without_the_secret_get_no_sound() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let key = [9; 16];
    let rtsp_addr = client.start("launch", key).await.expect("a launch");
    let session =
        rtsp::negotiate(client.http.ip(), rtsp_addr, key, &Wishes::default()).await.expect("a session");
    let thief = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    thief.set_read_timeout(Some(Duration::from_millis(700))).expect("a time-out");
    for ping in [&b"PING"[..], b"0123456789abcdef\0\0\0\x01"] {
        thief.send_to(ping, (client.http.ip(), session.audio_port)).expect("sent");
    }
    assert!(thief.recv_from(&mut [0; 2048]).is_err());
    let secret = session.ping_secret.as_bytes();
    thief.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    thief.send_to(&[secret, &[0, 0, 0, 1]].concat(), (client.http.ip(), session.audio_port)).expect("sent");
    assert!(thief.recv_from(&mut [0; 2048]).is_ok(), "whoever knows it is the client");
}
