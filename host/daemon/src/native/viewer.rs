//! A client that has passed the gates: from Welcome to the end of its stream (punktfunk/1 §2.3, §8).

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use punktfunk_config::Input;
use punktfunk_core::video::{MediaKeys, StreamParams};
use punktfunk_core::wire::{CloseCode, Hello, HostCaps, HostCaps2, Start, Throttle, VideoCaps, Welcome};
use punktfunk_trust::DeviceId;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::access;
use super::connection::{NEGOTIATION_LIMIT, Peer};
use super::control::{ControlIo, Conversation};
use super::data_socket::DataSocket;
use super::ending::{Ending, Link};
use super::input;
use super::negotiate::Plan;
use super::plane::PlaneOrders;
use super::sender::{Sender, Setup};
use super::sound::SoundSender;
use super::talk::{MOVE_EVERY_NS, Talk};
use super::tls;
use crate::app::{Admitted, CutReason, Host, HostEvent, StreamShared};
use crate::session::{JoinError, Seat, Slot, SoundSlot, SoundWish, Wish, session_source, sound_spec};

/// News of the sender thread that may wait; it sends a handful in a stream's life.
const PLANE_EVENTS: usize = 16;
/// How long a device's older stream may take to end when a newer one takes its place.
const TAKE_OVER_WAIT: Duration = Duration::from_secs(2);
/// The length of Start up to its extension block, which only clients send that were told to (§2.4).
const START_BYTES: usize = 6;

/// Streams to an admitted client until one side ends it.
pub(super) async fn stream(
    host: &Arc<Host>,
    peer: &Peer,
    admitted: &Admitted,
    hello: &Hello,
    mut io: ControlIo,
) -> Result<(), Ending> {
    tls::widen(&peer.connection);
    let policy = host.policy();
    let plan =
        Plan::settle(&policy, hello, peer.source).map_err(|error| Ending::set_up(error.to_string()))?;
    let ways = Ways::default();
    let seat = seat_for(host, admitted.id, &plan, &ways).await?;
    let socket = DataSocket::bind(peer.connection.local_ip(), peer.source, policy.doors.native.data_port)
        .map_err(|error| Ending::set_up(format!("no UDP port could be opened for the pictures: {error}")))?;

    let welcome = welcome(host, &plan, admitted, socket.port())?;
    let params = StreamParams::from_welcome(&welcome).map_err(|fault| Ending::set_up(fault.to_string()))?;
    io.writer.send(&welcome.encode()).await?;
    let start = receive_start(&mut io).await?;

    let clock = host.clock();
    let now_ns = clock.monotonic_ns();
    let plane = Arc::new(PlaneOrders::new(now_ns, plan.fec_percent, plan.wire_kbps, plan.profile.refresh_hz));
    let shared = Arc::new(StreamShared::new(admitted.grant, seat.session_id(), seat.profile()));
    let _entry = host
        .enter_stream(admitted, peer.source, &shared, Box::new(Link(peer.connection.clone())))
        .ok_or_else(|| Ending::typed(CloseCode::AccessEnded))?;
    shared.counters.fec_percent.store(plan.fec_percent.into(), Ordering::Relaxed);
    let (events, news) = mpsc::channel(PLANE_EVENTS);
    let _sender = Sender::start(Setup {
        socket,
        slot: Arc::clone(&ways.pictures),
        peer: peer.source,
        fallback_port: start.port,
        params,
        sealer: welcome.keys.into_host().0,
        plane: Arc::clone(&plane),
        events,
        timing: hello.video_caps.contains(VideoCaps::HOST_TIMING).then(|| peer.connection.clone()),
        shared: Arc::clone(&shared),
        probes: host.probe_turn(),
        clock,
    })
    .map_err(|error| Ending::set_up(format!("the sender's thread could not start: {error}")))?;

    let _sound = SoundSender::start(&ways.sound, peer.connection.clone())
        .map_err(|error| Ending::set_up(format!("the thread for sound could not start: {error}")))?;

    let understands_delivery = hello.video_caps.contains(VideoCaps::PROBE_ACCOUNTING);
    let conversation = Conversation::new(plan.mode(), plan.fec_percent, understands_delivery);
    let input = input::run(host, peer, Arc::clone(&shared));
    let (device, moves) = (admitted.id, Throttle::new(MOVE_EVERY_NS));
    let talk = Talk { host, device, io, conversation, seat, ways, plan, plane, shared, news, moves };
    tokio::select! {
        ending = talk.run() => ending,
        ending = input => ending,
    }
}

/// On what a session hands over to one viewer.
#[derive(Debug, Clone, Default)]
pub(super) struct Ways {
    pub(super) pictures: Arc<Slot>,
    pub(super) sound: Arc<SoundSlot>,
}

/// A place for a new stream. A device that comes back before the host has noticed that it was gone takes over the place
/// of its own oldest stream, when there is none left for it.
async fn seat_for(host: &Arc<Host>, device: DeviceId, plan: &Plan, ways: &Ways) -> Result<Seat, Ending> {
    let mut events = host.watch();
    let seat = take_seat(host, plan, plan.fec_percent, device, ways, false).await;
    match seat {
        Err(Ending::Close(CloseCode::Busy, _))
            if host.streams().cut_oldest(&device, CutReason::Superseded) => {}
        seat => return seat,
    }
    let freed = async {
        loop {
            match events.recv().await {
                Ok(HostEvent::StreamEnded { device: ended, .. }) if ended == device => return,
                // missed events may have been that one
                Err(_) => return,
                Ok(_) => {}
            }
        }
    };
    // whether it was freed or not, the next answer counts
    let _ = timeout(TAKE_OVER_WAIT, freed).await;
    take_seat(host, plan, plan.fec_percent, device, ways, false).await
}

/// Takes a place in a session, or says why there is none.
pub(super) async fn take_seat(
    host: &Arc<Host>,
    plan: &Plan,
    fec_percent: u8,
    device: DeviceId,
    ways: &Ways,
    moving: bool,
) -> Result<Seat, Ending> {
    let (host, ways) = (Arc::clone(host), ways.clone());
    let (profile, format, max_slices) = (plan.profile, plan.sound, plan.max_slices);
    let video_kbps = plan.video_kbps(fec_percent);
    let join = move || {
        let policy = host.policy();
        let source = session_source(&policy, &profile, host.screen_socket());
        let sound = sound_spec(&policy, &source).map(|source| SoundWish { source, format, slot: ways.sound });
        let limit = policy.limits.sessions.into();
        let wish = Wish { profile, video_kbps, max_slices, source, device, limit, sound };
        host.sessions().join(&wish, &ways.pictures, moving)
    };
    // a screen may be waited for, and opening an encoder takes milliseconds, which no other connection should wait for
    let joined = tokio::task::spawn_blocking(join).await;
    match joined.map_err(|_| Ending::set_up("the session's thread broke down; the host's log says why"))? {
        Ok(seat) => Ok(seat),
        Err(error @ (JoinError::Busy { .. } | JoinError::KeptForOthers { .. })) => {
            Err(Ending::close(CloseCode::Busy, error.to_string()))
        }
        Err(error) => Err(Ending::set_up(error.to_string())),
    }
}

fn welcome(host: &Host, plan: &Plan, admitted: &Admitted, data_port: u16) -> Result<Welcome, Ending> {
    let mut random = [0; MediaKeys::RANDOM_BYTES];
    aws_lc_rs::rand::fill(&mut random)
        .map_err(|_| Ending::set_up("the machine's random number generator failed; restart it"))?;
    let mut welcome = plan.welcome(data_port, random);
    (welcome.host_caps, welcome.host_caps2) = caps(&host.policy().input);
    welcome.management_port = host.management_port();
    welcome.grants = crate::input::grants(admitted.grant);
    welcome.expires_in_secs = access::seconds_left(admitted.grant, host.clock().now().wall);
    Ok(welcome)
}

/// What a client may send besides keys and the pointer: what it is not told of, it keeps to itself.
fn caps(input: &Input) -> (HostCaps, HostCaps2) {
    let mut caps = HostCaps::GAMEPAD_STATE;
    caps.set(HostCaps::TEXT, input.keyboard);
    caps.set(HostCaps::PEN, input.pen);
    let mut caps2 = HostCaps2::empty();
    caps2.set(HostCaps2::TOUCH, input.touch);
    caps2.set(HostCaps2::HIRES_SCROLL, input.pointer);
    (caps, caps2)
}

async fn receive_start(io: &mut ControlIo) -> Result<Start, Ending> {
    let payload = timeout(NEGOTIATION_LIMIT, io.reader.next()).await.map_err(|_| {
        Ending::set_up("the device did not start its stream within ten seconds; connect again")
    })??;
    let start = &payload[..payload.len().min(START_BYTES)];
    Start::decode(start).map_err(|error| Ending::set_up(error.to_string()))
}
