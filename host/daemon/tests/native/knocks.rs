//! The waiting room as a client meets it (punktfunk/1 §3.6).

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use punktfunk_client::NativeClient;
use punktfunk_core::wire::{CloseCode, Hello, Welcome};
use punktfunk_host::app::HostEvent;
use punktfunk_trust::{Actor, DenyMode, DeviceId};
use tokio::time::timeout;

use crate::common::{MODE, PATIENCE, TestHost, assert_code, decode, identity, refusal};
use crate::raw::{Raw, Show, read};

#[test]
fn an_approved_device_goes_on_over_the_very_connection_that_knocked() {
    let host = TestHost::start();
    let device = identity();
    let mut events = host.host().watch();
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
        let hello = Hello { codecs: punktfunk_client::Codecs::H264, ..Hello::new(MODE) };
        let (_send, mut recv) = raw.say(&hello.encode()).await;
        while !matches!(events.recv().await.unwrap(), HostEvent::Knocked { .. }) {}
        host.approve(&host.pending()[0]);
        let welcome = Welcome::decode(&read(&mut recv).await).unwrap();
        assert_eq!(welcome.mode, MODE);
        assert_ne!(welcome.data_port, 0);
    });
}

#[test]
fn a_device_that_waits_to_be_let_in_has_its_control_stream_and_nothing_else() {
    let host = TestHost::start();
    let device = identity();
    let mut events = host.host().watch();
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
        let hello = Hello { codecs: punktfunk_client::Codecs::H264, ..Hello::new(MODE) };
        let (_send, mut recv) = raw.say(&hello.encode()).await;
        while !matches!(events.recv().await.unwrap(), HostEvent::Knocked { .. }) {}
        // what it may open is known since the handshake, so that it is open at once or waits
        let at_once = Duration::ZERO;
        assert!(timeout(at_once, raw.connection.open_bi()).await.is_err(), "a second stream");
        assert!(timeout(at_once, raw.connection.open_uni()).await.is_err(), "a stream in one direction");
        host.approve(&host.pending()[0]);
        Welcome::decode(&read(&mut recv).await).unwrap();
        timeout(PATIENCE, raw.connection.open_bi()).await.expect("once it is in it may").unwrap();
    });
}

#[test]
fn a_device_knocks_is_approved_and_gets_pictures_that_can_be_read() {
    let host = TestHost::start();
    let device = identity();
    let mut events = host.host().watch();
    let connecting = host.connect(&device);
    let shown = host.wait_for_knock(&mut events, device.id());
    assert_eq!(shown.name.as_str(), "Kitchen tablet");
    assert!(shown.connected);
    host.approve(&shown);
    let client = connecting.join().unwrap().unwrap();
    let stamps = decode(&client, 10);
    assert!(stamps.is_sorted_by_key(|stamp| stamp.frame));
    assert!(host.pending().is_empty());
    drop(client);

    // and from then on it comes straight in
    drop(host.stream(&device));
}

#[test]
fn a_hostile_name_waits_under_a_clean_one() {
    let host = TestHost::start();
    let device = identity();
    let mut events = host.host().watch();
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
        let name = "\u{1b}[31mKitchen\u{202e}\u{200b} tablet\r\n".to_owned();
        let _stream = raw.say(&Hello { name: Some(name), ..Hello::new(MODE) }.encode()).await;
        while !matches!(events.recv().await.unwrap(), HostEvent::Knocked { .. }) {}
        assert_eq!(host.pending()[0].name.as_str(), "Kitchen tablet");
    });
}

#[test]
fn a_denied_device_is_told_so() {
    let host = TestHost::start();
    let device = identity();
    let mut events = host.host().watch();
    let connecting = host.connect(&device);
    let shown = host.wait_for_knock(&mut events, device.id());
    host.host().trust(|trust, now| trust.deny(now, shown.id, DenyMode::NotNow, Actor::Console)).unwrap();
    assert_code(&refusal(connecting.join().unwrap()), CloseCode::Denied);
    assert!(host.devices().is_empty());
}

#[test]
fn with_hold_zero_a_device_is_turned_away_and_comes_straight_in_once_approved() {
    let host = TestHost::with(|policy| policy.pairing.pending.hold = Duration::ZERO);
    let device = identity();
    assert_code(&refusal(host.connect(&device).join().unwrap()), CloseCode::NotApproved);
    host.approve(&host.pending()[0]);
    drop(host.stream(&device));
}

#[test]
fn nobody_waits_longer_than_the_hold() {
    let host = TestHost::with(|policy| policy.pairing.pending.hold = Duration::from_secs(1));
    let device = identity();
    assert_code(&refusal(host.connect(&device).join().unwrap()), CloseCode::NotApproved);
    // the knock itself stays
    assert_eq!(host.pending().len(), 1);
    assert!(!host.pending()[0].connected);
}

#[test]
fn a_newer_knock_of_the_same_device_takes_the_place_of_the_older() {
    let host = TestHost::start();
    let device = identity();
    let mut events = host.host().watch();
    let older = host.connect(&device);
    host.wait_for_knock(&mut events, device.id());
    let newer = host.connect(&device);
    assert_code(&refusal(older.join().unwrap()), CloseCode::Superseded);
    assert_eq!(host.pending().len(), 1);
    host.approve(&host.pending()[0]);
    drop(newer.join().unwrap().unwrap());
}

#[test]
fn a_device_that_gives_up_waiting_can_still_be_approved() {
    let host = TestHost::start();
    let device = identity();
    let mut events = host.host().watch();
    let options = host.options(&device);
    let cancel = options.cancel.clone();
    let connecting = std::thread::spawn(move || NativeClient::connect(options));
    let shown = host.wait_for_knock(&mut events, device.id());
    cancel.cancel();
    connecting.join().unwrap().unwrap_err();
    host.approve(&shown);
    drop(host.stream(&device));
}

#[test]
fn in_open_mode_everybody_comes_in_and_nobody_is_stored() {
    let host = TestHost::open();
    drop(host.stream(&identity()));
    assert!(host.devices().is_empty());
    assert!(host.pending().is_empty());
}

#[test]
fn a_flood_of_knocks_is_one_line_in_the_log() {
    let host = TestHost::start();
    let log = Arc::<Mutex<Vec<u8>>>::default();
    let written = Arc::clone(&log);
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || Writer(Arc::clone(&written))).finish();
    let begun = Instant::now();
    tracing::subscriber::with_default(subscriber, || {
        for number in 0..500_u32 {
            let device = DeviceId::from_certificate(&number.to_be_bytes());
            let source = Ipv4Addr::from(0x0a00_0000 + number).into();
            drop(host.host().knock(Some(device), "Tablet", source, None));
        }
    });
    assert!(begun.elapsed() < Duration::from_secs(10), "a second line may come after that time");
    assert_eq!(host.pending().len(), 32, "the room is full");
    let log = String::from_utf8(log.lock().unwrap().clone()).unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("a device waits to be let in"), "{log}");
}

struct Writer(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
