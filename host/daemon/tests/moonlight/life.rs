//! From the PIN to the picture, and out again.

use std::process::Command;
use std::time::{Duration, Instant};

use punktfunk_host::app::{Door, PinFault};
use punktfunk_media::sound::{Channels, Coupling, OpusDecoder, SAMPLE_RATE, TONE_HZ, tone_level};
use punktfunk_trust::Actor;

use crate::client::PairingFailure;
use crate::client::rtsp::Wishes;
use crate::common::{TestHost, decoded, eventually, id};

fn small() -> Wishes {
    Wishes { width: 320, height: 180, refresh_hz: 30, ..Wishes::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_pairs_by_the_command_line_and_sees_the_test_card() {
    let host = TestHost::start().await;
    let mut client = host.client();
    let device = id(&client);
    let runtime_dir = host.runtime_dir();
    let pairing = async {
        let number = host.waiting(device).await.id.to_string();
        tokio::task::spawn_blocking(move || {
            Command::new(env!("CARGO_BIN_EXE_punktfunk-host"))
                .args(["pair", "--runtime-dir"])
                .arg(runtime_dir)
                .args(["moonlight", "--pin", "1234", "--device", &number])
                .output()
                .expect("the command runs")
        })
        .await
        .expect("no panic")
    };
    let (paired, output) = tokio::join!(client.pair("1234"), pairing);
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Moonlight is paired"), "{output:?}");
    assert_eq!(paired, Ok(()));

    let stream = client.stream("launch", &small()).await.expect("a stream");
    let stamps = decoded(&stream, 20);
    assert!(stamps.windows(2).all(|pair| pair[1].frame > pair[0].frame));
    let streams = host.host().streams().list(host.host().clock().monotonic_ns());
    assert_eq!((streams.len(), streams[0].door, streams[0].fingerprint), (1, Door::GameStream, device));
    assert!(streams[0].frames > 0 && streams[0].datagrams > 0);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_is_told_on_both_sides_and_can_be_tried_once_only() {
    let host = TestHost::start().await;
    let mut client = host.client();
    let (theirs, ours) = host.pair(&mut client, "1234", "9999").await;
    assert_eq!(theirs, Err(PairingFailure::WrongPin));
    assert!(matches!(ours, Err(PinFault::Wrong)), "{ours:?}");
    assert!(host.host().trust(|trust, now| trust.pending(now)).is_empty(), "the request is used up");
    assert!(host.host().trust(|trust, _| trust.devices()).is_empty());
    let (theirs, ours) = host.pair(&mut client, "1234", "1234").await;
    assert!(theirs.is_ok() && ours.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_loses_its_stream_within_a_second_and_is_not_paired_any_more() {
    let host = TestHost::start().await;
    let client = host.paired().await;
    let stream = client.stream("launch", &small()).await.expect("a stream");
    decoded(&stream, 3);
    let begun = Instant::now();
    let device = id(&client);
    let _ =
        host.host().trust(|trust, now| trust.revoke(now, &device, Actor::Console)).expect("it was paired");
    assert!(stream.control.is_over_within(Duration::from_secs(10)));
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    eventually("the stream is out of the register", || host.host().streams().is_empty()).await;
    assert_eq!(client.get_tls("serverinfo", "").await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_of_the_native_door_is_a_stranger_at_this_one() {
    let host = TestHost::start().await;
    let client = host.client();
    let device = id(&client);
    host.host().trust(|trust, now| {
        let source = [127, 0, 0, 1].into();
        let _ = trust.knock(now, punktfunk_trust::Knock { device: Some(device), name: "Phone", source });
        let shown = trust.pending(now).remove(0);
        let order = punktfunk_trust::Approve {
            id: shown.id,
            fingerprint: device,
            revision: None,
            name: None,
            grant: None,
            by: Actor::Console,
        };
        trust.approve(now, &order).expect("it waits");
    });
    assert_eq!(client.get_tls("serverinfo", "").await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn open_mode_opens_nothing_here() {
    let host = TestHost::with(|policy| policy.pairing.require = false).await;
    assert_eq!(host.client().get_tls("applist", "").await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clients_watch_one_session() {
    let host = TestHost::start().await;
    let (one, other) = (host.paired().await, host.paired().await);
    let first = one.stream("launch", &small()).await.expect("a stream");
    let second = other.stream("launch", &small()).await.expect("a stream");
    decoded(&first, 5);
    decoded(&second, 5);
    assert_eq!(host.host().sessions().len(), 1);
    assert_eq!(host.host().sessions().list()[0].viewers, 2);
    one.get_tls("cancel", "").await;
    decoded(&second, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_is_closed_unless_the_policy_opens_it_and_warned_of_while_it_does() {
    let closed = TestHost::with(|policy| policy.doors.gamestream.enable = false).await;
    assert_eq!(closed.running().moonlight_addrs(), None);
    let open = TestHost::start().await;
    let attention = open.host().attention();
    let code = |one: &punktfunk_host::app::Attention| serde_json::to_value(one.code).expect("a code");
    assert!(attention.iter().any(|one| code(one) == "weaker_door"), "{attention:?}");
    assert!(!closed.host().attention().iter().any(|one| code(one) == "weaker_door"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_codec_is_sent_that_the_policy_does_not_allow() {
    let host = TestHost::with(|policy| policy.encode.codecs = vec![punktfunk_config::Codec::Hevc]).await;
    let client = host.paired().await;
    if let Ok(stream) = client.stream("launch", &small()).await {
        assert!(stream.control.is_over_within(Duration::from_secs(10)));
    }
    assert!(host.host().sessions().is_empty() && host.host().streams().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tone_of_the_test_card_is_heard() {
    let host = TestHost::start().await;
    let client = host.paired().await;
    let stream = client.stream("launch", &small()).await.expect("a stream");
    let mut decoder = OpusDecoder::open(Channels::Stereo, Coupling::Pairs).expect("a decoder");
    let mut samples = Vec::new();
    while samples.len() < 2 * SAMPLE_RATE as usize {
        if let Some(packet) = stream.audio.next() {
            samples.extend_from_slice(decoder.decode(&packet).expect("it is Opus"));
        }
    }
    let level = |channel: usize, hz: u32| {
        tone_level(samples.iter().skip(channel).step_by(2).copied(), SAMPLE_RATE, hz.into())
    };
    let [left, right] = [TONE_HZ[0], TONE_HZ[1]];
    assert!(level(0, left) > 0.02 && level(1, right) > 0.02, "{} {}", level(0, left), level(1, right));
    assert!(level(0, right) < 0.01 && level(1, left) < 0.01);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_that_is_to_be_silent_sends_no_sound() {
    let host = TestHost::with(|policy| policy.audio.source = punktfunk_config::SoundSource::None).await;
    let client = host.paired().await;
    let stream = client.stream("launch", &small()).await.expect("a stream");
    decoded(&stream, 20);
    assert!(stream.audio.packets.try_recv().is_err());
    host.shut_down().await;
}
