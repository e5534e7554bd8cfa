//! Pairing by PIN, against a host side made here from the specification's formulas (punktfunk/1 §3.3, §3.4).

mod support;

use std::sync::{Arc, mpsc};
use std::time::Duration;

use aws_lc_rs::hmac;
use punktfunk_client::{ConnectError, Identity, PairError, PinCode, Role, pair};
use punktfunk_core::wire::{PairChallenge, PairMessage, PairProof, PairRequest, PairResult};
use punktfunk_trust::{CeremonyError, DeviceId};
use spake2::{Ed25519Group, Identity as SpakeIdentity, Password, Spake2};
use support::{FakeHost, Visit};

const SOON: Duration = Duration::from_secs(60);

fn device() -> Arc<Identity> {
    Identity::generate(Role::Client).expect("identity").into()
}

fn pin(digits: &str) -> PinCode {
    PinCode::parse(digits).expect("a PIN")
}

fn confirmation(key: &[u8], label: &str, client: DeviceId, host: DeviceId) -> [u8; 32] {
    let data = [label.as_bytes(), client.as_bytes(), host.as_bytes()].concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &data);
    tag.as_ref().try_into().expect("32 bytes")
}

/// The host's part up to the challenge; returns what the client's proof must be.
async fn challenge(visit: &mut Visit, host: DeviceId, pin: &str) -> (PairRequest, [u8; 32]) {
    let request = PairRequest::decode(&visit.receive().await.expect("a first message")).expect("PairRequest");
    let client = visit.device.expect("a certificate");
    let (state, spake_b) = Spake2::<Ed25519Group>::start_b(
        &Password::new(pin),
        &SpakeIdentity::new(client.as_bytes()),
        &SpakeIdentity::new(host.as_bytes()),
    );
    let key = state.finish(&request.spake_a).expect("a sound half");
    let confirm = confirmation(&key, "punktfunk-pair-host", client, host);
    let spake_b = spake_b.try_into().expect("33 bytes");
    visit.send(&PairChallenge { spake_b, confirm }.encode()).await;
    (request, confirmation(&key, "punktfunk-pair-client", client, host))
}

/// A host that takes this PIN, believes itself to be `shown`, and tells what it saw.
fn host_with_pin(
    digits: &'static str,
    seen_as: fn(DeviceId) -> DeviceId,
) -> (FakeHost, mpsc::Receiver<Seen>) {
    let (told, heard) = mpsc::channel();
    let (tell_id, id) = tokio::sync::watch::channel(None);
    let host = FakeHost::start(move |mut visit| {
        let (told, mut id) = (told.clone(), id.clone());
        async move {
            let host: DeviceId = id.wait_for(Option::is_some).await.expect("told").expect("some");
            let (request, expected) = challenge(&mut visit, seen_as(host), digits).await;
            let proof = visit.receive().await.map(|payload| PairProof::decode(&payload).expect("PairProof"));
            let ok = proof.as_ref().is_some_and(|proof| proof.confirm == expected);
            told.send(Seen { name: request.name, device: visit.device, proof_came: proof.is_some(), ok })
                .expect("told");
            visit.send(&PairResult { ok }.encode()).await;
            visit.connection.closed().await;
        }
    });
    tell_id.send_replace(Some(host.id));
    (host, heard)
}

struct Seen {
    name: String,
    device: Option<DeviceId>,
    proof_came: bool,
    ok: bool,
}

#[test]
fn the_right_pin_pairs_both_sides() {
    let (host, heard) = host_with_pin("0426", |id| id);
    let device = device();
    let paired = pair(&host.address, &device, "Ann's phone", &pin("0426")).expect("paired");
    assert_eq!(paired, host.id);
    let seen = heard.recv_timeout(SOON).expect("heard");
    assert!(seen.ok && seen.device == Some(device.id()) && seen.name == "Ann's phone");
    assert_eq!(host.close_code(), Some(0));
}

#[test]
fn with_a_wrong_pin_no_proof_leaves_this_device() {
    let (host, heard) = host_with_pin("1234", |id| id);
    let error = pair(&host.address, &device(), "", &pin("1235")).expect_err("refused");
    assert!(matches!(error, PairError::Ceremony(CeremonyError::WrongPin(_))), "{error}");
    assert_eq!(error.name(), "wrong_pin");
    assert!(!heard.recv_timeout(SOON).expect("heard").proof_came);
    assert_eq!(host.close_code(), Some(1));
}

#[test]
fn somebody_in_the_middle_who_even_knows_the_pin_gets_no_proof() {
    // The real host sees another certificate in its TLS than the client does in its own.
    let (host, heard) = host_with_pin("1234", |_| DeviceId::from_bytes([5; 32]));
    let error = pair(&host.address, &device(), "", &pin("1234")).expect_err("refused");
    assert!(matches!(error, PairError::Ceremony(CeremonyError::WrongPin(_))), "{error}");
    assert!(!heard.recv_timeout(SOON).expect("heard").proof_came);
}

#[test]
fn a_host_that_rejects_the_proof_is_not_paired_with() {
    let (tell_id, id) = tokio::sync::watch::channel(None);
    let host = FakeHost::start(move |mut visit| {
        let mut id = id.clone();
        async move {
            let host: DeviceId = id.wait_for(Option::is_some).await.expect("told").expect("some");
            challenge(&mut visit, host, "1234").await;
            visit.receive().await.expect("a proof");
            visit.send(&PairResult { ok: false }.encode()).await;
            visit.connection.closed().await;
        }
    });
    tell_id.send_replace(Some(host.id));
    let error = pair(&host.address, &device(), "", &pin("1234")).expect_err("refused");
    assert!(matches!(error, PairError::NotAccepted), "{error}");
    assert_eq!(host.close_code(), Some(1));
}

#[test]
fn a_host_that_is_not_armed_says_so() {
    for (code, name) in
        [(0x60, "pairing_not_armed"), (0x61, "pairing_for_another"), (0x62, "pairing_too_soon")]
    {
        let host = FakeHost::start(move |mut visit| async move {
            visit.receive().await;
            visit.close(code, "");
        });
        let error = pair(&host.address, &device(), "", &pin("1234")).expect_err("refused");
        assert_eq!((error.name(), error.close_code()), (name, Some(code)), "{error}");
    }
}

#[test]
fn a_malformed_key_exchange_is_refused_without_a_proof() {
    // Too few points of small order to list them all here; the ceremony's own tests do.
    for spake_b in [[0; 33], [0x42; 33], [[0x42].as_slice(), &[1], &[0; 31]].concat().try_into().expect("33")]
    {
        let (told, heard) = mpsc::channel();
        let host = FakeHost::start(move |mut visit| {
            let told = told.clone();
            async move {
                visit.receive().await;
                visit.send(&PairChallenge { spake_b, confirm: [1; 32] }.encode()).await;
                told.send(visit.receive().await.is_some()).expect("told");
            }
        });
        let error = pair(&host.address, &device(), "", &pin("1234")).expect_err("refused");
        assert!(matches!(error, PairError::Ceremony(_)), "{error}");
        assert!(!heard.recv_timeout(SOON).expect("heard"), "a proof was sent");
    }
}

#[test]
fn another_message_than_the_challenge_breaks_the_protocol() {
    for answer in [vec![], vec![0; 300], PairMessage::Result(PairResult { ok: true }).encode()] {
        let host = FakeHost::start(move |mut visit| {
            let answer = answer.clone();
            async move {
                visit.receive().await;
                visit.send(&answer).await;
                visit.connection.closed().await;
            }
        });
        let error = pair(&host.address, &device(), "", &pin("1234")).expect_err("refused");
        assert!(matches!(error, PairError::Connect(ConnectError::Protocol { .. })), "{error}");
    }
}
