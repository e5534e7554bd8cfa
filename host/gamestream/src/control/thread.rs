//! The thread that holds a stream's control connection: input in, orders to the session, messages out.

use std::io;
use std::net::{IpAddr, UdpSocket};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use punktfunk_core::wire::Allowance;
use rusty_enet::{EventNoRef, Host, Packet, PeerID};

use super::enet::{self, Guarded};
use super::envelope::{Opening, Sealing, Sender};
use super::loss::LossMeter;
use super::message::{ClientMessage, HostMessage};
use crate::crypto::SessionKey;
use crate::house::Seat;
use crate::link::Link;

/// How long the thread sleeps at a time; ENet's own timers need to be served.
const SERVICE_EVERY: Duration = Duration::from_millis(10);
/// How long a client may take to connect.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// A client says something ten times a second; after this long without a word it is gone.
const SILENCE: Duration = Duration::from_secs(10);
/// Doublings of the time that an acknowledgement may take; ENet's own default.
const ENET_TIMEOUT_LIMIT: u32 = 32;
/// How long the client may take to acknowledge that the stream ends.
const GOODBYE: Duration = Duration::from_secs(1);
/// Events that are taken in one go, so that a flood keeps nothing else from happening.
const MAX_EVENTS: usize = 256;
/// Key frames that a client may ask for in quick succession.
const IDR_BURST: u32 = 4;
/// And from then on one in this time, nanoseconds: each costs everybody who watches the session.
const IDR_EVERY_NS: u64 = 500_000_000;
/// How long loss is counted before parity follows it.
const LOSS_WINDOW: Duration = Duration::from_millis(500);

/// Everything the thread works with.
pub(crate) struct Setup {
    pub(crate) socket: UdpSocket,
    pub(crate) client: IpAddr,
    pub(crate) secret: u32,
    pub(crate) key: SessionKey,
    pub(crate) seat: Arc<dyn Seat>,
    pub(crate) link: Link,
}

/// Starts the thread. When it ends, the stream is over.
pub(crate) fn start(setup: Setup) -> io::Result<()> {
    let over = Over(setup.link.clone());
    thread::Builder::new().name("moonlight-ctl".to_owned()).spawn(move || {
        let _over = over;
        if let Err(error) = run(setup) {
            tracing::warn!(%error, "the control connection of a Moonlight stream broke down");
        }
    })?;
    Ok(())
}

/// Ends the stream however the thread ends.
struct Over(Link);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.set_over();
    }
}

fn run(setup: Setup) -> io::Result<()> {
    let Setup { socket, client, secret, key, seat, link } = setup;
    let waiting = socket.try_clone()?;
    let mut work = Work {
        host: enet::open(socket, client, secret)?,
        opening: Opening::new(&key, Sender::Client),
        sealing: Sealing::new(&key, Sender::Host),
        peer: None,
        heard: Instant::now(),
        started: Instant::now(),
        idrs: Allowance::new(IDR_BURST, IDR_EVERY_NS),
        idr_waits: false,
        begun: false,
        loss: LossMeter::default(),
        loss_until: Instant::now() + LOSS_WINDOW,
        seat,
        link,
    };
    loop {
        wait(&waiting);
        if !work.turn()? {
            return Ok(());
        }
    }
}

fn wait(socket: &UdpSocket) {
    let mut sockets = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
    let most = PollTimeout::try_from(SERVICE_EVERY).unwrap_or(PollTimeout::ZERO);
    // an interrupted wait is only shorter
    let _ = poll(&mut sockets, most);
}

struct Work {
    host: Host<Guarded>,
    opening: Opening,
    sealing: Sealing,
    peer: Option<PeerID>,
    /// When a message last came that fits the key.
    heard: Instant,
    started: Instant,
    idrs: Allowance,
    /// A request beyond the allowance waits for its turn.
    idr_waits: bool,
    /// The first request for a key frame has come: it begins the stream, and tells of no loss.
    begun: bool,
    loss: LossMeter,
    loss_until: Instant,
    seat: Arc<dyn Seat>,
    link: Link,
}

impl Work {
    /// One round; `false` once the stream is over.
    fn turn(&mut self) -> io::Result<bool> {
        for _ in 0..MAX_EVENTS {
            let Some(event) = self.host.service()?.map(rusty_enet::Event::no_ref) else { break };
            match event {
                EventNoRef::Connect { peer, .. } => self.connected(peer),
                EventNoRef::Disconnect { peer, .. } if Some(peer) == self.peer => {
                    tracing::debug!("a Moonlight client has disconnected");
                    return Ok(false);
                }
                EventNoRef::Receive { peer, packet, .. } if Some(peer) == self.peer => {
                    self.hear(packet.data());
                }
                EventNoRef::Disconnect { .. } | EventNoRef::Receive { .. } => {}
            }
        }
        let now_ns = self.now_ns();
        if self.idr_waits && self.idrs.allow(now_ns) {
            self.idr_waits = false;
            self.seat.request_idr();
        }
        if Instant::now() >= self.loss_until {
            self.loss_until = Instant::now() + LOSS_WINDOW;
            let loss = self.loss.end_window(self.link.take_data_packets());
            self.link.set_loss_ppm(loss.level);
            self.seat.lost(loss.ppm);
        }
        for message in self.link.take_messages() {
            self.say(message);
        }
        if let Some(why) = self.link.ending() {
            self.say_goodbye(HostMessage::Termination(why))?;
            return Ok(false);
        }
        let limit = if self.peer.is_some() { SILENCE } else { CONNECT_WITHIN };
        if self.heard.elapsed() >= limit {
            tracing::info!("a Moonlight client fell silent; its stream ends and can be resumed");
            return Ok(false);
        }
        Ok(true)
    }

    /// A client that comes once more has lost its connection.
    fn connected(&mut self, peer: PeerID) {
        if let Some(old) = self.peer.replace(peer) {
            self.host.peer_mut(old).disconnect_now(0);
        }
        // a short outage is for `SILENCE` to judge, not for ENet, which would give up after five seconds
        let (least, most) = (SILENCE.as_millis() as u32 + 1_000, 3 * SILENCE.as_millis() as u32);
        self.host.peer_mut(peer).set_timeout(ENET_TIMEOUT_LIMIT, least, most);
        self.heard = Instant::now();
    }

    fn hear(&mut self, message: &[u8]) {
        let opened = match self.opening.open(message) {
            Ok(opened) => opened,
            Err(error) => return tracing::debug!(%error, "a control message was dropped"),
        };
        self.heard = Instant::now();
        if let Some(peer) = self.peer {
            self.link.set_round_trip(self.host.peer(peer).round_trip_time());
        }
        match ClientMessage::decode(opened.kind, &opened.payload) {
            // the encoders here keep no long-term references: an IDR is what helps
            ClientMessage::Idr | ClientMessage::Invalidate { .. } => {
                if self.begun {
                    self.loss.on_unrepaired();
                }
                self.begun = true;
                let now = self.idrs.allow(self.now_ns());
                self.idr_waits |= !now;
                if now {
                    self.seat.request_idr();
                }
            }
            ClientMessage::Input(event) => self.seat.input(event),
            ClientMessage::FecStatus(status) => self.loss.on_status(status),
            ClientMessage::Nothing => {}
        }
    }

    fn say(&mut self, message: HostMessage) {
        let Some(peer) = self.peer else { return };
        let (kind, payload) = message.encode();
        let Some(sealed) = self.sealing.seal(kind, &payload) else { return self.link.end() };
        // a peer that takes nothing any more is noticed by its silence
        let _ = self.host.peer_mut(peer).send(0, &Packet::reliable(sealed));
    }

    /// The client hears why before the connection goes, or it would take this for a crash.
    fn say_goodbye(&mut self, message: HostMessage) -> io::Result<()> {
        let Some(peer) = self.peer else { return Ok(()) };
        self.say(message);
        self.host.peer_mut(peer).disconnect_later(0);
        let begun = Instant::now();
        while begun.elapsed() < GOODBYE {
            match self.host.service()?.map(rusty_enet::Event::no_ref) {
                Some(EventNoRef::Disconnect { peer: gone, .. }) if gone == peer => return Ok(()),
                Some(_) => {}
                None => thread::sleep(SERVICE_EVERY / 2),
            }
        }
        Ok(())
    }

    fn now_ns(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
