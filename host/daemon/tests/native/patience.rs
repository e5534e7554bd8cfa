//! What happens when one side says nothing for long (punktfunk/1 §1.3, §2.1). These tests take the real ten seconds, all
//! at the same time.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use punktfunk_core::wire::{CloseCode, Codecs, Hello, PairRequest, Welcome};
use punktfunk_host::app::HostEvent;
use punktfunk_trust::{ClientCeremony, SystemRandomness};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::common::{MODE, PATIENCE, TestHost, identity};
use crate::raw::{Raw, Show, read};

/// Beyond the idle time-out of 8 s, below every patience of 10 s.
const LONG: Duration = Duration::from_secs(9);

fn hello() -> Hello {
    Hello { codecs: Codecs::H264, ..Hello::new(MODE) }
}

/// The close after about ten seconds of nothing. `since` is before the host can have begun to wait, however late it
/// answers.
async fn sent_away(raw: &Raw, since: Instant) -> (Option<CloseCode>, String) {
    let closed = raw.closed().await;
    let waited = since.elapsed();
    assert!((LONG..PATIENCE).contains(&waited), "after {waited:?}");
    closed
}

/// The type of the packet that answers a fresh handshake: whether its source is asked to prove its address.
async fn is_asked_to_retry(host: SocketAddr) -> bool {
    const RETRY: u8 = 0b11; // RFC 9000, 17.2
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    socket.send_to(&Raw::first_flight().await, host).await.unwrap();
    let mut answer = [0; 2048];
    timeout(PATIENCE, socket.recv(&mut answer)).await.expect("the host answers").unwrap();
    answer[0] >> 4 & 0b11 == RETRY
}

/// Dials for ever: whatever the host answers is lost on the way, so that the client says again what it has said.
async fn dial_without_hearing(host: SocketAddr) {
    let relay = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let dialling = Raw::dial(relay.local_addr().unwrap(), Show::Nothing);
    let forwarding = async {
        let mut datagram = [0; 2048];
        loop {
            let (length, from) = relay.recv_from(&mut datagram).await.unwrap();
            if from != host {
                relay.send_to(&datagram[..length], host).await.unwrap();
            }
        }
    };
    tokio::select! { _ = dialling => {}, () = forwarding => {} }
}

#[test]
fn handshakes_that_are_never_finished_hold_no_places_however_long_their_packets_drip() {
    /// As many as there are places without a proof of address.
    const DRIPS: usize = 16;
    let host = TestHost::start();
    host.runtime.block_on(async {
        let since = Instant::now();
        let address = host.address();
        let drips: Vec<_> = (0..DRIPS).map(|_| tokio::spawn(dial_without_hearing(address))).collect();
        while !is_asked_to_retry(address).await {
            assert!(since.elapsed() < LONG, "the places are taken");
        }
        // past the limit; the last packets, about seven seconds after the first, have put the idle time-out off until later
        tokio::time::sleep(Duration::from_secs(12).saturating_sub(since.elapsed())).await;
        assert!(!is_asked_to_retry(address).await, "the places are free again");
        drips.iter().for_each(tokio::task::JoinHandle::abort);
    });
}

#[test]
fn a_client_that_opens_no_stream_is_sent_away_after_ten_seconds() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let since = Instant::now();
        let raw = Raw::dial(host.address(), Show::Own(&identity())).await.unwrap();
        assert_eq!(sent_away(&raw, since).await.0, Some(CloseCode::SetupFailed));
    });
}

#[test]
fn a_client_that_says_half_a_hello_is_sent_away_after_ten_seconds() {
    let host = TestHost::start();
    host.runtime.block_on(async {
        let since = Instant::now();
        let raw = Raw::dial(host.address(), Show::Own(&identity())).await.unwrap();
        let _stream = raw.write(&[20, 0, b'P', b'K']).await;
        assert_eq!(sent_away(&raw, since).await.0, Some(CloseCode::SetupFailed));
    });
    assert!(host.pending().is_empty());
}

#[test]
fn a_client_that_makes_no_room_for_its_welcome_is_let_go_of_after_ten_seconds() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let since = Instant::now();
        let raw = Raw::dial_without_room(host.address(), Show::Own(&identity())).await.unwrap();
        let _stream = raw.say(&hello().encode()).await;
        assert_eq!(sent_away(&raw, since).await.0, Some(CloseCode::Done));
    });
}

#[test]
fn a_client_that_takes_its_welcome_and_does_not_start_is_sent_away_after_ten_seconds() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let since = Instant::now();
        let raw = Raw::dial(host.address(), Show::Own(&identity())).await.unwrap();
        let (_send, mut recv) = raw.say(&hello().encode()).await;
        Welcome::decode(&read(&mut recv).await).unwrap();
        assert_eq!(sent_away(&raw, since).await.0, Some(CloseCode::SetupFailed));
    });
    let mut host = host;
    host.shut_down_and(|sessions| assert!(sessions.is_empty()));
}

#[test]
fn a_parked_device_is_held_beyond_the_idle_time_out_and_then_goes_on() {
    let host = TestHost::start();
    let device = identity();
    let mut events = host.host().watch();
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
        let (_send, mut recv) = raw.say(&hello().encode()).await;
        while !matches!(events.recv().await.unwrap(), HostEvent::Knocked { .. }) {}
        // the host's own keep-alives hold it: this client sends none
        assert!(timeout(LONG, raw.connection.closed()).await.is_err());
        host.approve(&host.pending()[0]);
        Welcome::decode(&read(&mut recv).await).unwrap();
    });
}

#[test]
fn a_person_may_take_their_time_with_the_pin() {
    let host = TestHost::start();
    let device = identity();
    let request = punktfunk_trust::ArmRequest::default();
    let by = punktfunk_trust::Actor::Console;
    let pin = host.host().trust(|trust, now| trust.arm(now, &request, by)).unwrap().pin;
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
        let own = host.host().identity().id();
        let (_ceremony, spake_a) =
            ClientCeremony::start(&pin, device.id(), own, &mut SystemRandomness::default());
        let (_send, mut recv) = raw.say(&PairRequest { name: String::new(), spake_a }.encode()).await;
        read(&mut recv).await;
        assert!(timeout(LONG, raw.connection.closed()).await.is_err());
        raw.hang_up(1).await;
    });
}

#[test]
fn a_client_that_vanishes_is_let_go_of_and_its_place_is_free_again() {
    let host = TestHost::open();
    let mut events = host.host().watch();
    let device = identity();
    // a runtime that is thrown away takes its connections with it, without a word to the host
    let theirs = tokio::runtime::Runtime::new().unwrap();
    let raw = theirs.block_on(async {
        let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
        let (mut send, mut recv) = raw.say(&hello().encode()).await;
        Welcome::decode(&read(&mut recv).await).unwrap();
        let start = punktfunk_core::wire::Start::new(9).encode();
        send.write_all(&punktfunk_core::wire::frame(&start)).await.unwrap();
        (raw, send, recv)
    });
    host.wait_for(&mut events, |event| matches!(event, HostEvent::StreamStarted { .. }));
    theirs.shutdown_background();
    host.wait_for(&mut events, |event| matches!(event, HostEvent::StreamEnded { .. }));
    assert!(host.host().sessions().is_empty());
    std::mem::forget(raw);
}
