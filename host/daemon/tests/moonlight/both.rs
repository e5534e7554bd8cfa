//! Both doors at once.

use std::sync::Arc;
use std::time::Duration;

use punktfunk_client::{ConnectOptions, HostPin, NativeClient};
use punktfunk_core::wire::Mode;
use punktfunk_media::decode::Decoder;
use punktfunk_media::testcard::{self, Stamp};
use punktfunk_trust::{Identity, Role};

use crate::client::PATIENCE;
use crate::client::rtsp::Wishes;
use crate::common::{TestHost, decoded};

const KBPS: u32 = 5_000;

/// Decodes so many pictures of the native stream and reads the test card in each.
fn seen(client: &NativeClient, count: usize) -> Vec<Stamp> {
    let mut decoder = Decoder::h264().expect("a decoder");
    let mut stamps = Vec::new();
    while stamps.len() < count {
        let frame = client.next_video(PATIENCE).expect("a stream").expect("pictures come");
        if let Some(picture) = decoder.decode(&frame.bytes).expect("it decodes") {
            stamps.push(testcard::read(&picture).expect("the test card can be read"));
        }
    }
    stamps
}

#[tokio::test(flavor = "multi_thread")]
async fn a_native_client_and_a_moonlight_client_see_the_same_pictures_of_one_session() {
    let host = TestHost::with(|policy| policy.pairing.require = false).await;
    let moonlight = host.paired().await;
    let wishes = Wishes { width: 320, height: 180, refresh_hz: 30, kbps: KBPS, ..Wishes::default() };
    let theirs = moonlight.stream("launch", &wishes).await.expect("a stream");
    decoded(&theirs, 3);

    let address = host.running().native_addr().expect("the native door is open").to_string();
    let identity = Arc::new(Identity::generate(Role::Client).expect("an identity"));
    let pin = HostPin::Fingerprint(host.host().identity().id());
    let mut options = ConnectOptions::new(address.parse().expect("an address"), identity, pin);
    options.mode = Mode { width: 320, height: 180, refresh_hz: 30 };
    options.bitrate_kbps = KBPS;
    (options.budget, options.dial_budget) = (PATIENCE, PATIENCE);
    let native = tokio::task::spawn_blocking(move || NativeClient::connect(options));
    let native = native.await.expect("no panic").expect("a stream");

    let seen = tokio::task::spawn_blocking(move || (seen(&native, 60), native));
    let theirs = tokio::task::spawn_blocking(move || (decoded(&theirs, 60), theirs));
    let ((ours, _native), (theirs, _stream)) =
        (seen.await.expect("no panic"), theirs.await.expect("no panic"));

    assert_eq!(host.host().sessions().len(), 1, "one source and one encoder for both");
    assert_eq!(host.host().sessions().list()[0].viewers, 2);
    let both = ours.iter().filter(|stamp| theirs.contains(stamp)).count();
    let same_frames =
        ours.iter().filter(|ours| theirs.iter().any(|theirs| theirs.frame == ours.frame)).count();
    assert_eq!(both, same_frames, "a picture is the same at both doors");
    assert!(both >= 30, "only {both} pictures came to both: {ours:?} {theirs:?}");
    tokio::time::timeout(Duration::from_secs(30), host.shut_down()).await.expect("it goes down");
}
