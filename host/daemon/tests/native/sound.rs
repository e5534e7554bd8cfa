//! What is heard at the other end of the native door (punktfunk/1 §5.2).

use std::time::{Duration, Instant};

use punktfunk_client::NativeClient;
use punktfunk_core::wire::{AudioChannels, Mode, SurroundLayout};
use punktfunk_media::sound::{Channels, Coupling, OpusDecoder, SAMPLE_RATE, TONE_HZ, loudness, tone_level};

use crate::common::{MODE, PATIENCE, TestHost, decode, identity};

/// Decodes sound until so many samples of every channel are there.
fn hear(client: &NativeClient, channels: Channels, coupling: Coupling, samples: usize) -> Vec<f32> {
    let mut decoder = OpusDecoder::open(channels, coupling).unwrap();
    let mut heard = Vec::new();
    while heard.len() < samples * channels.count() {
        let packet = client.next_audio(PATIENCE).unwrap().expect("sound comes");
        heard.extend_from_slice(decoder.decode(&packet.bytes).unwrap());
    }
    // the codec begins from silence
    heard.split_off(SAMPLE_RATE as usize / 20 * channels.count())
}

/// How loud these tones are in one channel.
fn levels<const N: usize>(heard: &[f32], channels: Channels, channel: usize, hz: [u32; N]) -> [f64; N] {
    let count = channels.count();
    hz.map(|hz| tone_level(heard.iter().skip(channel).step_by(count).copied(), SAMPLE_RATE, hz.into()))
}

#[test]
fn the_test_cards_tones_are_heard_left_and_right() {
    let host = TestHost::open();
    let client = host.stream(&identity());
    let heard = hear(&client, Channels::Stereo, Coupling::Pairs, SAMPLE_RATE as usize);
    let [left, right] = [TONE_HZ[0], TONE_HZ[1]];
    let [in_left, not_in_left] = levels(&heard, Channels::Stereo, 0, [left, right]);
    let [in_right, not_in_right] = levels(&heard, Channels::Stereo, 1, [right, left]);
    assert!(in_left > 0.02 && in_right > 0.02, "{in_left} {in_right}");
    assert!(not_in_left < in_left / 5.0 && not_in_right < in_right / 5.0, "{not_in_left} {not_in_right}");
}

#[test]
fn packets_are_numbered_from_zero_and_carry_the_time_of_their_sound() {
    let host = TestHost::open();
    let client = host.stream(&identity());
    let first = client.next_audio(PATIENCE).unwrap().unwrap();
    assert_eq!(first.seq, 0);
    let second = client.next_audio(PATIENCE).unwrap().unwrap();
    assert!(second.seq > 0 && second.pts_ns > first.pts_ns);
    assert_eq!(first.bytes.len(), second.bytes.len());
    assert!(client.stats().audio_packets >= 2);
}

#[test]
fn a_client_that_wishes_for_surround_gets_what_the_welcome_says() {
    let host = TestHost::open();
    let mut options = host.options(&identity());
    options.audio_channels = AudioChannels::Surround51;
    let client = NativeClient::connect(options).unwrap();
    assert_eq!(client.terms().audio_channels, AudioChannels::Surround51);
    assert_eq!(client.terms().surround, SurroundLayout::Legacy);
    let heard = hear(&client, Channels::Surround51, Coupling::Neighbours, SAMPLE_RATE as usize);
    for (channel, hz) in TONE_HZ.into_iter().take(6).enumerate() {
        let others = TONE_HZ.into_iter().take(6).filter(|other| *other != hz);
        let loudest = others.map(|other| levels(&heard, Channels::Surround51, channel, [other])[0]);
        let loudest = loudest.fold(0.0, f64::max);
        let [level] = levels(&heard, Channels::Surround51, channel, [hz]);
        assert!(level > 0.02 && loudest < level / 3.0, "{channel}: {level}, another {loudest}");
    }
}

#[test]
fn sound_goes_on_through_a_change_of_mode() {
    let host = TestHost::open();
    let client = host.stream(&identity());
    let before = client.next_audio(PATIENCE).unwrap().unwrap();
    client.reconfigure(Mode { width: 640, height: 360, ..MODE }).unwrap();
    let begun = Instant::now();
    loop {
        let packet = client.next_audio(PATIENCE).unwrap().expect("sound comes");
        assert!(packet.seq > before.seq, "the numbers go on");
        if packet.pts_ns > before.pts_ns + 1_000_000_000 {
            break;
        }
        assert!(begun.elapsed() < PATIENCE);
    }
}

#[test]
fn a_stream_without_sound_is_whole_otherwise() {
    let host = TestHost::with(|policy| {
        policy.pairing.require = false;
        policy.audio.source = punktfunk_config::SoundSource::None;
    });
    let client = host.stream(&identity());
    decode(&client, 10);
    assert_eq!(client.next_audio(Duration::from_millis(300)).unwrap(), None);
    assert_eq!(client.stats().audio_packets, 0);
}

#[path = "../../../media/tests/films/mod.rs"]
mod films;

/// A host that shows this film.
fn cinema(film: &[u8]) -> (TestHost, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("film.avi");
    std::fs::write(&path, film).unwrap();
    let host = TestHost::with(|policy| {
        policy.pairing.require = false;
        policy.capture.source = punktfunk_config::Source::File(path);
    });
    (host, dir)
}

#[test]
fn a_film_is_heard_with_its_pictures() {
    let (host, _dir) = cinema(&films::film(&[[440.0, 660.0]; 3], 3));
    let client = host.stream(&identity());
    let heard = hear(&client, Channels::Stereo, Coupling::Pairs, SAMPLE_RATE as usize);
    let [left, right] = [440, 660];
    let [in_left, not_in_left] = levels(&heard, Channels::Stereo, 0, [left, right]);
    let [in_right, not_in_right] = levels(&heard, Channels::Stereo, 1, [right, left]);
    assert!(in_left > 0.1 && in_right > 0.1, "{in_left} {in_right}");
    assert!(not_in_left < in_left / 5.0 && not_in_right < in_right / 5.0, "{not_in_left} {not_in_right}");
    assert_eq!(host.host().sessions().list()[0].sound, Some(punktfunk_host::session::SoundShown::Film));
}

#[test]
fn a_film_without_sound_is_silent_and_nothing_is_wrong_with_it() {
    let (host, _dir) = cinema(&films::film(&[], 3));
    let client = host.stream(&identity());
    for _ in 0..10 {
        client.next_video(PATIENCE).unwrap().expect("pictures come");
    }
    assert_eq!(client.next_audio(Duration::from_millis(300)).unwrap(), None);
    let session = &host.host().sessions().list()[0];
    assert_eq!((session.sound, &session.sound_fault), (None, &None));
}

#[test]
fn two_devices_hear_the_same_and_one_that_goes_takes_nothing_from_the_other() {
    let host = TestHost::open();
    let (one, other) = (host.stream(&identity()), host.stream(&identity()));
    hear(&one, Channels::Stereo, Coupling::Pairs, 4_800);
    one.quit();
    let heard = hear(&other, Channels::Stereo, Coupling::Pairs, SAMPLE_RATE as usize / 2);
    assert!(loudness(heard) > 0.02);
    assert_eq!(host.host().sessions().len(), 1);
}
