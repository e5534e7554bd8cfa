//! The PIN ceremony against a whole host (punktfunk/1 §3.5).

use std::sync::Arc;
use std::time::Duration;

use punktfunk_client::{ConnectError, HostId, PairError, pair};
use punktfunk_core::wire::{CloseCode, PairRequest, PairResult};
use punktfunk_host::app::{AttentionCode, HostEvent};
use punktfunk_trust::{Actor, ArmRequest, DeviceId, Happening, Identity, PinCode};

use crate::common::{TestHost, identity};
use crate::raw::{Raw, Show, read};

/// A host whose attempts need not wait for each other, because a test that waits is a slow test.
fn host() -> TestHost {
    TestHost::with(|policy| policy.pairing.pin.cooldown = Duration::ZERO)
}

fn arm(host: &TestHost, fingerprint: Option<DeviceId>) -> PinCode {
    let request = ArmRequest { window: None, fingerprint };
    host.host().trust(|trust, now| trust.arm(now, &request, Actor::Console)).unwrap().pin
}

fn try_pin(host: &TestHost, device: &Arc<Identity>, pin: &PinCode) -> Result<HostId, PairError> {
    pair(&host.address().to_string().parse().unwrap(), device, "Kitchen tablet", pin)
}

fn wrong(pin: &PinCode) -> PinCode {
    let number: u32 = pin.reveal().parse().unwrap();
    PinCode::parse(&format!("{:04}", (number + 1) % 10_000)).unwrap()
}

#[track_caller]
fn assert_refused(outcome: Result<HostId, PairError>, code: CloseCode) {
    match outcome.expect_err("the host must refuse") {
        PairError::Connect(ConnectError::Refused(refusal)) => {
            assert_eq!(refusal.meaning(), Some(code), "{refusal}");
        }
        other => panic!("refused for another reason: {other}"),
    }
}

#[test]
fn the_right_pin_pairs_both_ways_and_the_device_comes_straight_in() {
    let host = host();
    let device = identity();
    let pin = arm(&host, None);
    assert_eq!(try_pin(&host, &device, &pin).unwrap(), host.host().identity().id());
    let devices = host.devices();
    assert_eq!((devices[0].id, devices[0].name.as_str()), (device.id(), "Kitchen tablet"));
    drop(host.stream(&device));
}

#[test]
fn a_wrong_pin_pairs_nobody_and_there_is_no_second_guess() {
    let host = host();
    let device = identity();
    let pin = arm(&host, None);
    let outcome = try_pin(&host, &device, &wrong(&pin));
    assert!(matches!(outcome, Err(PairError::Ceremony(_))), "{outcome:?}");
    assert_refused(try_pin(&host, &device, &pin), CloseCode::PairingNotArmed);
    assert!(host.devices().is_empty());
}

#[test]
fn without_an_armed_pin_nobody_pairs() {
    let host = host();
    let pin = PinCode::parse("1234").unwrap();
    assert_refused(try_pin(&host, &identity(), &pin), CloseCode::PairingNotArmed);
}

#[test]
fn a_pin_for_one_device_is_no_use_to_another_and_stays_armed() {
    let host = host();
    let (device, neighbour) = (identity(), identity());
    let pin = arm(&host, Some(device.id()));
    assert_refused(try_pin(&host, &neighbour, &pin), CloseCode::PairingForAnother);
    try_pin(&host, &device, &pin).unwrap();
}

#[test]
fn attempts_that_come_too_fast_are_put_off_before_the_arming_is_looked_at() {
    let host = TestHost::with(|policy| policy.pairing.pin.cooldown = Duration::from_secs(60));
    let pin = PinCode::parse("1234").unwrap();
    assert_refused(try_pin(&host, &identity(), &pin), CloseCode::PairingNotArmed);
    assert_refused(try_pin(&host, &identity(), &pin), CloseCode::PairingTooSoon);
}

#[test]
fn pairing_needs_a_certificate() {
    let host = host();
    arm(&host, None);
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Nothing).await.unwrap();
        let request = PairRequest { name: String::new(), spake_a: [0x41; 33] };
        let _stream = raw.say(&request.encode()).await;
        assert_eq!(raw.closed().await.0, Some(CloseCode::CertificateRequired));
    });
}

#[test]
fn a_malformed_key_exchange_does_not_spend_the_pin() {
    let host = host();
    let device = identity();
    let pin = arm(&host, None);
    host.runtime.block_on(async {
        for spake_a in [[0x42; 33], [0xff; 33]] {
            let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
            let _stream = raw.say(&PairRequest { name: String::new(), spake_a }.encode()).await;
            assert_eq!(raw.closed().await.0, Some(CloseCode::SetupFailed));
        }
    });
    try_pin(&host, &device, &pin).unwrap();
}

#[test]
fn a_guess_that_is_broken_off_is_a_guess() {
    let host = host();
    let mut events = host.host().watch();
    let device = identity();
    let pin = arm(&host, None);
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
        let (_ceremony, spake_a) = punktfunk_trust::ClientCeremony::start(
            &wrong(&pin),
            device.id(),
            host.host().identity().id(),
            &mut punktfunk_trust::SystemRandomness::default(),
        );
        let (_send, mut recv) = raw.say(&PairRequest { name: String::new(), spake_a }.encode()).await;
        assert_eq!(read(&mut recv).await.len(), 72);
        raw.hang_up(1).await;
    });
    host.wait_for(&mut events, |event| *event == HostEvent::WrongPin { device: device.id() });
    let newest = host.host().trust(|trust, _| trust.record()).remove(0);
    assert_eq!((newest.what, newest.device), (Happening::Abandoned, Some(device.id())));
    assert_refused(try_pin(&host, &device, &pin), CloseCode::PairingNotArmed);
}

#[test]
fn a_forged_proof_is_answered_with_no() {
    let host = host();
    let device = identity();
    let pin = arm(&host, None);
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
        let (_ceremony, spake_a) = punktfunk_trust::ClientCeremony::start(
            &pin,
            device.id(),
            host.host().identity().id(),
            &mut punktfunk_trust::SystemRandomness::default(),
        );
        let (mut send, mut recv) = raw.say(&PairRequest { name: String::new(), spake_a }.encode()).await;
        read(&mut recv).await;
        let proof = punktfunk_core::wire::PairProof { confirm: [0; 32] };
        send.write_all(&punktfunk_core::wire::frame(&proof.encode())).await.unwrap();
        let result = PairResult::decode(&read(&mut recv).await).unwrap();
        assert!(!result.ok);
        raw.hang_up(0).await;
    });
    assert!(host.devices().is_empty());
}

#[test]
fn a_host_that_arms_by_itself_makes_a_pin_for_the_device_that_asked() {
    let host = TestHost::with(|policy| {
        policy.pairing.pin.cooldown = Duration::ZERO;
        policy.pairing.pin.auto_arm = true;
    });
    let device = identity();
    assert_refused(try_pin(&host, &device, &PinCode::parse("0000").unwrap()), CloseCode::PairingNotArmed);
    let armed = host.host().trust(|trust, now| trust.pairing_status(now)).armed.unwrap();
    assert_eq!(armed.fingerprint, Some(device.id()));
    try_pin(&host, &device, &armed.pin).unwrap();
}

#[test]
fn a_stranger_does_not_get_one_pin_after_the_other() {
    let host = TestHost::with(|policy| {
        policy.pairing.pin.cooldown = Duration::ZERO;
        policy.pairing.pin.auto_arm = true;
    });
    let armed = || host.host().trust(|trust, now| trust.pairing_status(now)).armed;
    let nothing = PinCode::parse("00000000").unwrap();
    for _ in 0..3 {
        // A new key each time, and no wish to know the PIN.
        assert_refused(try_pin(&host, &identity(), &nothing), CloseCode::PairingNotArmed);
        assert_eq!(armed().unwrap().pin.reveal().len(), 6);
        host.host().trust(|trust, now| trust.disarm(now, Actor::Policy));
    }
    let stopped = || host.host().attention().iter().any(|found| found.code == AttentionCode::PinsStopped);
    assert!(stopped());
    assert_refused(try_pin(&host, &identity(), &nothing), CloseCode::PairingNotArmed);
    assert_eq!(armed(), None);
    arm(&host, None);
    assert!(!stopped());
}
