//! Hosts that refuse, break the protocol, or are not who they should be.

mod support;

use std::net::{Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};

use punktfunk_client::{
    ConnectError, ConnectOptions, HostPin, Identity, NativeClient, Progress, ProgressCallback, Role, probe,
};
use punktfunk_core::video::{Cipher, MediaKeys};
use punktfunk_core::wire::{Control, Welcome};
use punktfunk_trust::DeviceId;
use support::{Face, FakeHost, a_welcome};

const SOON: Duration = Duration::from_secs(60);
/// How long the client waits to be let in where it must wait in vain: dialling is within it.
const WAIT: Duration = Duration::from_secs(3);

/// A host that answers Hello with these bytes, length prefix included, and then waits.
fn answering(answer: Vec<u8>) -> FakeHost {
    FakeHost::start(move |mut visit| {
        let answer = answer.clone();
        async move {
            visit.hello().await;
            visit.raw(&answer).await;
            visit.connection.closed().await;
        }
    })
}

fn framed(payload: &[u8]) -> Vec<u8> {
    punktfunk_core::wire::frame(payload)
}

fn error_of(options: ConnectOptions) -> ConnectError {
    NativeClient::connect(options).map(|_| ()).expect_err("no session")
}

#[test]
fn every_close_code_reaches_the_caller_with_the_hosts_sentence() {
    let codes: Vec<u64> = (0x60..=0x6b).chain([0x00, 0x42, 0x52, 0x7777]).collect();
    let (next, codes_left) = std::sync::mpsc::channel();
    let codes_left = std::sync::Mutex::new(codes_left);
    let host = FakeHost::start(move |mut visit| {
        let code = codes_left.lock().expect("codes").recv().expect("a code");
        async move {
            visit.hello().await;
            visit.close(code, "not\u{1b}[31m today");
        }
    });
    for code in codes {
        next.send(code).expect("host");
        let error = error_of(host.options());
        assert_eq!(error.close_code(), Some(code), "{error}");
        assert!(error.to_string().contains("not today") && !error.to_string().contains('\u{1b}'), "{error}");
    }
}

#[test]
fn a_close_that_comes_after_the_broken_stream_still_explains_it() {
    let host = FakeHost::start(|mut visit| async move {
        visit.hello().await;
        let connection = visit.connection.clone();
        drop(visit);
        tokio::time::sleep(Duration::from_millis(20)).await;
        connection.close(0x65u32.into(), b"nobody was there");
    });
    let error = error_of(host.options());
    assert_eq!((error.name(), error.close_code()), ("not_approved", Some(0x65)), "{error}");
}

#[test]
fn a_stream_that_breaks_without_a_close_is_a_lost_connection() {
    let host = FakeHost::start(|mut visit| async move {
        visit.hello().await;
        let connection = visit.connection.clone();
        drop(visit);
        connection.closed().await;
    });
    assert!(matches!(error_of(host.options()), ConnectError::Lost { .. }));
}

#[test]
fn a_welcome_that_makes_no_sense_is_refused() {
    let changed = |change: fn(&mut Welcome)| {
        let mut welcome = a_welcome(50_000);
        change(&mut welcome);
        welcome.encode()
    };
    let mut unknown_cipher = a_welcome(50_000).encode();
    unknown_cipher.push(2);
    let mut wrong_magic = a_welcome(50_000).encode();
    wrong_magic[0] = b'Q';
    let no_key =
        Welcome::new(50_000, support::MODE, MediaKeys::new(Cipher::Aes128Gcm, [0; 16], [0; 32], [1; 4]));
    for (what, payload) in [
        ("nothing", vec![]),
        ("another magic", wrong_magic),
        ("cut", a_welcome(50_000).encode()[..52].to_vec()),
        ("an unknown cipher", unknown_cipher),
        ("an odd shard size", changed(|w| w.shard_bytes = 1407)),
        ("shards too small", changed(|w| w.shard_bytes = 510)),
        ("shards too large", changed(|w| w.shard_bytes = 9154)),
        ("empty blocks", changed(|w| w.block_shards = 0)),
        ("blocks beyond the code", changed(|w| w.block_shards = u16::MAX)),
        ("no encryption", changed(|w| w.sealed = false)),
        ("an all-zero key", no_key.encode()),
        ("another message", Control::RequestKeyframe.encode()),
        ("64 KiB of rubbish", vec![0x5a; 65_535]),
    ] {
        let error = error_of(answering(framed(&payload)).options());
        assert!(matches!(error, ConnectError::Protocol { .. }), "{what}: {error}");
    }
}

#[test]
fn a_message_that_never_ends_runs_into_the_budget() {
    let host = answering(vec![0xff, 0xff, 1, 2, 3]);
    let mut options = host.options();
    options.budget = WAIT;
    assert!(matches!(error_of(options), ConnectError::Unanswered { .. }));
}

#[test]
fn a_host_that_never_answers_runs_into_the_budget_and_is_told_that_we_go() {
    let host = FakeHost::start(|mut visit| async move {
        visit.hello().await;
        visit.connection.closed().await;
    });
    let mut options = host.options();
    options.budget = WAIT;
    let begun = Instant::now();
    assert!(matches!(error_of(options), ConnectError::Unanswered { .. }));
    assert!((WAIT..SOON).contains(&begun.elapsed()));
    assert_eq!(host.close_code(), Some(0x51));
}

#[test]
fn silence_runs_into_the_budget_for_dialling() {
    let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("socket");
    let identity = Identity::generate(Role::Client).expect("identity").into();
    let address = silent.local_addr().expect("address").into();
    let mut options = ConnectOptions::new(address, identity, HostPin::TrustOnFirstUse);
    options.dial_budget = Duration::from_millis(600);
    let error = error_of(options);
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("UDP port"), "{error}");
}

#[test]
fn a_name_that_does_not_exist_says_so() {
    let identity = Identity::generate(Role::Client).expect("identity").into();
    let address = "no-such-host.invalid".parse().expect("address");
    let mut options = ConnectOptions::new(address, identity, HostPin::TrustOnFirstUse);
    options.dial_budget = SOON;
    assert!(matches!(error_of(options), ConnectError::NotFound { .. }));
}

#[test]
fn cancelling_ends_the_wait_at_once() {
    let host = FakeHost::start(|mut visit| async move {
        visit.hello().await;
        visit.connection.closed().await;
    });
    let mut options = host.options();
    let cancel = options.cancel.clone();
    options.on_progress = Some(ProgressCallback::new(move |step| {
        if matches!(step, Progress::WaitingForApproval { .. }) {
            cancel.cancel();
        }
    }));
    assert!(matches!(error_of(options.clone()), ConnectError::Cancelled));
    assert_eq!(host.close_code(), Some(0x51));
    assert!(matches!(error_of(options), ConnectError::Cancelled), "a token stays cancelled");
}

#[test]
fn another_certificate_than_the_pinned_one_is_refused_before_anything_is_asked() {
    let host = FakeHost::start(|visit| async move {
        panic!("the client opened a stream to a host it does not know: {:?}", visit.device);
    });
    let mut options = host.options();
    let pinned = DeviceId::from_bytes([9; 32]);
    options.pin = HostPin::Fingerprint(pinned);
    let error = error_of(options);
    assert!(
        matches!(error, ConnectError::WrongHost { shown, pinned: p } if shown == host.id && p == pinned),
        "{error}"
    );
    assert!(error.to_string().contains(&host.id.to_string()), "{error}");
}

#[test]
fn a_copied_certificate_without_its_key_is_refused_even_when_it_is_the_pinned_one() {
    let honest = Face::honest();
    let thief = Face { key: Identity::generate(Role::Host).expect("identity"), ..honest };
    let host = FakeHost::with_face(&thief, |_| async { panic!("the client believed a stolen certificate") });
    for pin in [HostPin::Fingerprint(host.id), HostPin::TrustOnFirstUse] {
        let mut options = host.options();
        options.pin = pin;
        let error = error_of(options);
        assert!(matches!(error, ConnectError::Insecure { .. }), "{error}");
    }
}

#[test]
fn a_host_of_another_protocol_is_told_apart_from_a_dead_one() {
    let face = Face { alpn: b"pkf2", ..Face::honest() };
    let host = FakeHost::with_face(&face, |_| async { panic!("no common protocol") });
    let error = error_of(host.options());
    assert!(matches!(error, ConnectError::WrongProtocol), "{error}");
}

#[test]
fn a_probe_reads_the_fingerprint_and_asks_for_nothing() {
    let host = FakeHost::start(|_| async { panic!("a probe opens no stream") });
    let identity = Identity::generate(Role::Client).expect("identity").into();
    assert_eq!(probe(&host.address, &identity).expect("reached"), host.id);
}

#[test]
fn rubbish_on_the_control_stream_and_in_datagrams_does_not_end_a_session() {
    let host = FakeHost::start(|mut visit| async move {
        let mut video = visit.let_in().await;
        video.punched().await;
        for n in 0..300usize {
            visit.send(&vec![n as u8; n * 7]).await;
            visit.send(&[b"PKFc", [n as u8].as_slice(), &vec![0xff; n]].concat()).await;
            let _ = visit.connection.send_datagram(vec![0xc0 | (n % 32) as u8; 1 + n % 60].into());
        }
        for _ in 0..5 {
            visit.send(&vec![0xee; 65_535]).await;
        }
        video.frame(b"still here", true).await;
        visit.connection.closed().await;
    });
    let client = NativeClient::connect(host.options()).expect("connected");
    assert_eq!(client.next_video(SOON).expect("running").expect("a frame").bytes, b"still here");
    assert_eq!(client.ended(), None);
}

#[test]
fn a_host_may_not_open_streams_of_its_own() {
    let host = FakeHost::start(|mut visit| async move {
        let mut video = visit.let_in().await;
        video.punched().await;
        let bi = tokio::time::timeout(Duration::from_millis(200), visit.connection.open_bi()).await;
        let uni = tokio::time::timeout(Duration::from_millis(200), visit.connection.open_uni()).await;
        assert!(bi.is_err() && uni.is_err());
        video.frame(b"done", true).await;
        visit.connection.closed().await;
    });
    let client = NativeClient::connect(host.options()).expect("connected");
    assert_eq!(client.next_video(SOON).expect("running").expect("a frame").bytes, b"done");
}
