//! A running stream: what it carries, what the client may ask of it, and how it ends (punktfunk/1 §2.7, §2.8, §4).

use std::time::{Duration, Instant};

use punktfunk_client::{NativeClient, SessionEnd};
use punktfunk_core::wire::{CloseCode, Mode};
use punktfunk_host::app::HostEvent;
use punktfunk_trust::Actor;

use crate::common::{MODE, PATIENCE, TestHost, assert_code, decode, identity, refusal};

/// Takes pictures until one satisfies `wanted`.
fn next_frame(
    client: &NativeClient,
    wanted: impl Fn(&punktfunk_client::VideoFrame) -> bool,
) -> punktfunk_client::VideoFrame {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let frame = client.next_video(PATIENCE).unwrap().expect("pictures come");
        if wanted(&frame) {
            return frame;
        }
    }
    panic!("no such picture came");
}

fn end_of(client: &NativeClient) -> SessionEnd {
    loop {
        if let Err(end) = client.next_video(PATIENCE) {
            return end;
        }
    }
}

#[test]
fn a_stream_begins_with_an_idr_and_counts_its_frames_from_zero() {
    let host = TestHost::open();
    let client = host.stream(&identity());
    let first = client.next_video(PATIENCE).unwrap().unwrap();
    assert!(first.key);
    assert_eq!(first.frame_index, 0);
    let second = client.next_video(PATIENCE).unwrap().unwrap();
    assert_eq!(second.frame_index, 1);
    // a viewer that was too slow for one gets a key again; in time there are others
    next_frame(&client, |frame| !frame.key);
    assert!(first.latency.is_some(), "the clocks are in step");
}

#[test]
fn no_more_pictures_come_than_were_granted_however_few_they_are() {
    let host = TestHost::open();
    let mut options = host.options(&identity());
    options.mode.refresh_hz = 2;
    let client = NativeClient::connect(options).unwrap();
    assert_eq!(client.mode().refresh_hz, 2);
    let taken = || client.next_video(PATIENCE).unwrap().expect("pictures come").pts_ns;
    // the first is sent as soon as somebody looks
    let (_, first) = (taken(), taken());
    let last = [taken(), taken(), taken(), taken()][3];
    assert!(last - first > 1_300_000_000, "{} ms for 4 of them", (last - first) / 1_000_000);
}

#[test]
fn every_frame_is_followed_by_the_hosts_own_timing() {
    let host = TestHost::open();
    let client = host.stream(&identity());
    // one that finds no room is not sent again
    let enough = |frame: &punktfunk_client::VideoFrame| {
        frame.frame_index > 20 && client.stats().host_time.len() > u64::from(frame.frame_index / 2)
    };
    next_frame(&client, enough);
}

#[test]
fn a_requested_key_frame_comes() {
    let host = TestHost::open();
    let client = host.stream(&identity());
    let first = next_frame(&client, |frame| !frame.key);
    client.request_keyframe();
    let key = next_frame(&client, |frame| frame.key);
    assert!(key.frame_index > first.frame_index);
}

#[test]
fn a_mode_change_keeps_the_stream_and_brings_an_idr_of_the_new_size() {
    let host = TestHost::open();
    let client = host.stream(&identity());
    let before = next_frame(&client, |frame| !frame.key);
    let wish = Mode { width: 640, height: 360, refresh_hz: 30 };
    assert_eq!(client.reconfigure(wish).unwrap(), wish);
    // a client that was too slow for a picture gets a key of the old size once more
    let is_small = |bytes: &[u8]| {
        let mut decoder = punktfunk_media::decode::Decoder::h264().unwrap();
        let picture = decoder.decode(bytes).unwrap().unwrap();
        (picture.width, picture.height) == (640, 360)
    };
    let key = next_frame(&client, |frame| frame.key && is_small(&frame.bytes));
    assert!(key.frame_index > before.frame_index);
    assert_eq!(host.host().sessions().len(), 1);
}

#[test]
fn viewers_of_the_same_mode_share_one_session_and_others_get_their_own() {
    let host = TestHost::open();
    let (one, two) = (host.stream(&identity()), host.stream(&identity()));
    decode(&one, 3);
    decode(&two, 3);
    let sessions = host.host().sessions().list();
    assert_eq!((sessions.len(), sessions[0].viewers), (1, 2));
    let mut options = host.options(&identity());
    options.mode = Mode { width: 640, ..MODE };
    let three = NativeClient::connect(options).unwrap();
    decode(&three, 3);
    assert_eq!(host.host().sessions().len(), 2);
}

#[test]
fn one_device_more_than_the_policy_allows_is_told_that_the_host_is_busy() {
    let host = TestHost::with(|policy| {
        policy.pairing.require = false;
        policy.limits.sessions = 1;
    });
    let first = host.stream(&identity());
    decode(&first, 1);
    let mut events = host.host().watch();
    assert_code(&refusal(NativeClient::connect(host.options(&identity()))), CloseCode::Busy);
    // a mode change needs no second place
    client_changes_mode(&first);
    first.quit();
    host.wait_for(&mut events, |event| matches!(event, HostEvent::StreamEnded { .. }));
    drop(host.stream(&identity()));
}

#[test]
fn a_device_that_comes_back_takes_over_its_own_place_on_a_full_host() {
    let host = TestHost::with(|policy| {
        policy.pairing.require = false;
        policy.limits.sessions = 1;
    });
    let device = identity();
    let older = host.stream(&device);
    decode(&older, 1);
    let newer = host.stream(&device);
    decode(&newer, 1);
    let SessionEnd::ByHost(refusal) = end_of(&older) else { panic!("ended in another way") };
    assert_code(&refusal, CloseCode::Superseded);
    assert_eq!(host.host().streams().len(), 1);
}

#[test]
fn one_device_does_not_take_every_seat() {
    let host = TestHost::with(|policy| {
        policy.pairing.require = false;
        policy.limits.sessions = 2;
    });
    let greedy = identity();
    let older = host.stream(&greedy);
    decode(&older, 1);
    let newer = host.stream(&greedy);
    decode(&newer, 1);
    let SessionEnd::ByHost(refusal) = end_of(&older) else { panic!("ended in another way") };
    assert_code(&refusal, CloseCode::Superseded);
    decode(&host.stream(&identity()), 1);
}

fn client_changes_mode(client: &NativeClient) {
    client.reconfigure(Mode { width: 640, height: 360, refresh_hz: 30 }).unwrap();
}

#[test]
fn revoking_a_device_cuts_its_stream_at_once_and_no_other() {
    let host = TestHost::start();
    let (guest, owner) = (identity(), identity());
    host.admit(&guest);
    host.admit(&owner);
    let (theirs, ours) = (host.stream(&guest), host.stream(&owner));
    decode(&theirs, 3);
    decode(&ours, 3);
    let revoked = Instant::now();
    let _ = host.host().trust(|trust, now| trust.revoke(now, &guest.id(), Actor::Console)).unwrap();
    let SessionEnd::ByHost(refusal) = end_of(&theirs) else { panic!("ended in another way") };
    // the second that it may take is measured in the booted machine; a busy one needs longer for its own reasons
    assert!(revoked.elapsed() < Duration::from_secs(5), "took {:?}", revoked.elapsed());
    assert_code(&refusal, CloseCode::AccessEnded);
    let seen = ours.stats().frames;
    next_frame(&ours, |frame| u64::from(frame.frame_index) > seen + 3);
}

#[test]
fn an_idle_host_runs_no_source_and_no_encoder() {
    let host = TestHost::open();
    assert!(host.host().sessions().is_empty());
    let client = host.stream(&identity());
    decode(&client, 1);
    let mut events = host.host().watch();
    client.quit();
    host.wait_for(&mut events, |event| matches!(event, HostEvent::StreamEnded { .. }));
    assert!(host.host().sessions().is_empty());
    assert!(host.host().streams().is_empty());
}

#[test]
fn a_source_without_a_picture_is_shown_as_a_card_with_the_reason() {
    let host = TestHost::with(|policy| {
        policy.pairing.require = false;
        policy.capture.source = punktfunk_config::Source::File("/nonexistent/film.mkv".into());
    });
    let client = host.stream(&identity());
    let frame = client.next_video(PATIENCE).unwrap().unwrap();
    assert!(frame.key);
    next_frame(&client, |frame| frame.frame_index >= 2);
    let fault = host.host().sessions().list()[0].fault.clone().unwrap();
    assert!(fault.sentence.contains("film.mkv"), "{fault:?}");
}

#[test]
fn bit_rates_are_granted_within_the_policy() {
    let host = TestHost::open();
    let mut options = host.options(&identity());
    options.bitrate_kbps = 1_000_000;
    let client = NativeClient::connect(options).unwrap();
    assert_eq!(client.terms().bitrate_kbps, host.host().policy().encode.bitrate.max.kbps());
}
