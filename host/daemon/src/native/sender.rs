//! The thread that sends one viewer's pictures: packetise, seal, pace, hand over in batches (punktfunk/1 §4).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use punktfunk_core::datagram::{HostTiming, TimingSplit};
use punktfunk_core::video::{
    DatagramBatch, FrameMeta, Pace, Pacer, Packetiser, Sealer, StreamParams, UserFlags,
};
use punktfunk_udp::Sent;
use quinn::Connection;
use tokio::sync::mpsc;

use super::data_socket::DataSocket;
use super::plane::{PlaneEvent, PlaneOrders};
use super::probe::Probe;
use super::punched::PunchedAddress;
use crate::app::{Clock, ProbeTurn, StreamShared, unix_ns};
use crate::session::{AccessUnit, Slot, Taken};

/// How long the thread waits at a time for a picture before it looks at punches.
const PICTURE_WAIT: Duration = Duration::from_millis(250);
/// How long it waits at a time for the first punch before it looks whether the stream has ended.
const PUNCH_SLICE: Duration = Duration::from_millis(50);
/// Filler is made in access units of about this many milliseconds of the probe's rate.
const PROBE_STEP_MS: u64 = 5;
/// Bytes of one filler access unit at the most.
const PROBE_UNIT_MAX: u64 = 1 << 20;

/// Everything the thread works with.
pub(super) struct Setup {
    pub(super) socket: DataSocket,
    pub(super) slot: Arc<Slot>,
    /// The client's address; its port is learned from its punches.
    pub(super) peer: IpAddr,
    /// The port that Start named, for a client whose punches do not arrive.
    pub(super) fallback_port: u16,
    pub(super) params: StreamParams,
    pub(super) sealer: Sealer,
    pub(super) plane: Arc<PlaneOrders>,
    pub(super) events: mpsc::Sender<PlaneEvent>,
    /// Where timing datagrams go, if the client asked for them (§5.7).
    pub(super) timing: Option<Connection>,
    pub(super) shared: Arc<StreamShared>,
    /// Probes of all streams take turns.
    pub(super) probes: ProbeTurn,
    pub(super) clock: Clock,
}

/// The running thread; dropping this ends it within a picture's time.
#[derive(Debug)]
pub(super) struct Sender {
    slot: Arc<Slot>,
}

impl Sender {
    pub(super) fn start(setup: Setup) -> io::Result<Self> {
        let slot = Arc::clone(&setup.slot);
        thread::Builder::new().name("viewer".to_owned()).spawn(move || run(setup))?;
        Ok(Self { slot })
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.slot.close();
    }
}

fn run(setup: Setup) {
    let events = setup.events.clone();
    if let Some(to) = first_punch(&setup) {
        // the receiver is gone only when the stream has ended, which the slot says too
        let _ = events.try_send(PlaneEvent::Ready);
        Work::new(setup, to).run();
    }
    let _ = events.try_send(PlaneEvent::Ended);
}

/// Where the client can be reached; `None` when the stream ends first.
fn first_punch(setup: &Setup) -> Option<PunchedAddress> {
    loop {
        setup.socket.wait(PUNCH_SLICE);
        let mut first = None;
        setup.socket.punches(setup.peer, |from| {
            first.get_or_insert_with(|| PunchedAddress::punched(from, setup.clock.monotonic_ns()));
        });
        if first.is_some() {
            return first;
        }
        if setup.slot.is_closed() {
            return None;
        }
        if setup.clock.monotonic_ns() >= setup.plane.punch_by_ns() {
            tracing::debug!("no punch arrived in time; sending to the port that the device named");
            return Some(PunchedAddress::named(SocketAddr::new(setup.peer, setup.fallback_port)));
        }
    }
}

struct Work {
    setup: Rest,
    address: PunchedAddress,
    packetiser: Packetiser,
    batch: DatagramBatch,
    pacer: Pacer,
    frame_index: u32,
}

/// What is left of the set-up once the packetiser owns its part.
struct Rest {
    socket: DataSocket,
    slot: Arc<Slot>,
    peer: IpAddr,
    plane: Arc<PlaneOrders>,
    events: mpsc::Sender<PlaneEvent>,
    timing: Option<Connection>,
    shared: Arc<StreamShared>,
    probes: ProbeTurn,
    clock: Clock,
}

impl Work {
    fn new(setup: Setup, address: PunchedAddress) -> Self {
        let Setup {
            socket, slot, peer, params, sealer, plane, events, timing, shared, probes, clock, ..
        } = setup;
        let (kbps, hz) = plane.rate();
        Self {
            setup: Rest { socket, slot, peer, plane, events, timing, shared, probes, clock },
            address,
            packetiser: Packetiser::new(params, sealer),
            batch: DatagramBatch::new(),
            pacer: Pacer::new(kbps, hz),
            frame_index: 0,
        }
    }

    fn run(&mut self) {
        loop {
            match self.setup.slot.take(PICTURE_WAIT) {
                Taken::Closed => return,
                Taken::Next(unit) => self.send(&unit),
                Taken::Nothing => {}
            }
            let (address, now_ns) = (&mut self.address, self.setup.clock.monotonic_ns());
            self.setup.socket.punches(self.setup.peer, |from| address.hear(from, now_ns));
            if let Some(probe) = self.setup.plane.take_probe() {
                self.probe(probe);
            }
        }
    }

    fn send(&mut self, unit: &AccessUnit) {
        let (kbps, hz) = self.setup.plane.rate();
        self.pacer.set_rate(kbps, hz);
        self.packetiser.set_fec_percent(self.setup.plane.fec_percent());
        self.packetiser.set_loss(self.setup.plane.loss_ppm());
        let user_flags = if unit.idr { UserFlags::KEY } else { UserFlags::DELTA };
        let meta = FrameMeta { pts_ns: unit.captured_at_ns, frame_index: self.frame_index, user_flags };
        if let Err(error) = self.packetiser.packetise(&unit.bytes, meta, &mut self.batch) {
            tracing::warn!(%error, "a picture could not be sent");
            // what follows refers to it
            return self.setup.slot.open();
        }
        self.frame_index = self.frame_index.wrapping_add(1);
        let sent = self.send_batch();
        let (sent_at_ns, now_ns) = (unix_ns(), self.setup.clock.monotonic_ns());
        let counters = &self.setup.shared.counters;
        counters.sent.record(now_ns, self.batch.bytes().len());
        counters.send_us.record(now_ns, us(unit.encoded_at_ns, sent_at_ns));
        counters.frames.fetch_add(1, Ordering::Relaxed);
        counters.datagrams.fetch_add(sent.datagrams.into(), Ordering::Relaxed);
        counters.dropped.fetch_add(sent.dropped.into(), Ordering::Relaxed);
        counters.skipped.store(self.setup.slot.skipped(), Ordering::Relaxed);
        if let Some(connection) = &self.setup.timing {
            // latest wins: a timing that finds no room is not missed
            let _ = connection.send_datagram(timing(unit, sent_at_ns).encode().into());
        }
    }

    /// Sends what is in the batch, paced.
    fn send_batch(&mut self) -> Sent {
        let Rest { socket, clock, .. } = &self.setup;
        let mut sent = Sent::default();
        let mut next = 0;
        self.pacer.begin(clock.monotonic_ns(), self.batch.count(), self.batch.segment_size());
        loop {
            match self.pacer.poll(clock.monotonic_ns()) {
                Pace::Send(count) => {
                    let bytes = self.batch.range(next..next + count);
                    sent += socket.send(self.address.to(), bytes, self.batch.segment_size());
                    next += count;
                }
                Pace::Wait(until) => {
                    thread::sleep(Duration::from_nanos(until.saturating_sub(clock.monotonic_ns())));
                }
                Pace::Done => return sent,
            }
        }
    }

    /// Sends filler at the probe's rate, and pictures in between; nothing while another stream probes.
    fn probe(&mut self, probe: Probe) {
        let Some(_probing) = self.setup.probes.take() else {
            let declined = PlaneEvent::Probed { bytes: 0, packets: 0, dropped: 0, ms: 0 };
            let _ = self.setup.events.try_send(declined);
            return;
        };
        let begin = self.setup.clock.monotonic_ns();
        let end = begin + u64::from(probe.ms) * 1_000_000;
        let unit = (u64::from(probe.kbps) * PROBE_STEP_MS / 8).clamp(1, PROBE_UNIT_MAX);
        let unit_ns = unit * 8_000_000 / u64::from(probe.kbps.max(1));
        let (mut bytes, mut sent, mut due) = (0_u64, Sent::default(), begin);
        while self.setup.clock.monotonic_ns() < end {
            let Ok(()) = self.packetiser.filler(unit as usize, unix_ns(), &mut self.batch) else { break };
            let segment = self.batch.segment_size();
            sent += self.setup.socket.send(self.address.to(), self.batch.bytes(), segment);
            bytes += self.batch.bytes().len() as u64;
            due += unit_ns;
            let left = due.min(end).saturating_sub(self.setup.clock.monotonic_ns());
            match self.setup.slot.take(Duration::from_nanos(left)) {
                Taken::Closed => return,
                Taken::Next(unit) => self.send(&unit),
                Taken::Nothing => {}
            }
        }
        let took_ns = self.setup.clock.monotonic_ns() - begin;
        let _ = self.setup.events.try_send(PlaneEvent::Probed {
            bytes,
            packets: sent.datagrams + sent.dropped,
            dropped: sent.dropped,
            ms: u32::try_from(took_ns / 1_000_000).unwrap_or(u32::MAX),
        });
    }
}

/// From one moment to another, nanoseconds, in microseconds.
fn us(from: u64, to: u64) -> u32 {
    u32::try_from(to.saturating_sub(from) / 1000).unwrap_or(u32::MAX)
}

fn timing(unit: &AccessUnit, sent_at_ns: u64) -> HostTiming {
    HostTiming {
        pts_ns: unit.captured_at_ns,
        host_us: us(unit.captured_at_ns, sent_at_ns),
        split: Some(TimingSplit {
            queue_us: unit.queue_us(),
            encode_us: unit.encode_us,
            pace_us: us(unit.encoded_at_ns, sent_at_ns),
            legacy: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_timing_add_up_to_the_whole() {
        let unit = AccessUnit {
            captured_at_ns: 1_000_000_000,
            encoded_at_ns: 1_007_000_000,
            encode_us: 5_000,
            ..AccessUnit::default()
        };
        let timing = timing(&unit, 1_009_000_000);
        let split = timing.split.unwrap();
        assert_eq!(timing.host_us, 9_000);
        assert_eq!((split.queue_us, split.encode_us, split.pace_us), (2_000, 5_000, 2_000));
    }
}
