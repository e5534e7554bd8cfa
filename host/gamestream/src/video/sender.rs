//! The thread that sends a stream's pictures: packetise, seal, pace, hand over in batches.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use punktfunk_core::video::{Pace, Pacer};

use super::packetiser::{Batch, FrameMeta, Packetiser};
use crate::crypto::SessionKey;
use crate::house::{Frame, Seat, SentReport, Taken};
use crate::link::Link;
use crate::rtsp::{Announced, PING_SECRET_BYTES};
use crate::socket::StreamSocket;

/// How long the thread waits at a time for a picture before it looks at pings.
const PICTURE_WAIT: Duration = Duration::from_millis(100);
/// How long it waits at a time for the first ping.
const PING_SLICE: Duration = Duration::from_millis(50);
/// How long the client may take to send the first one.
const PING_WITHIN: Duration = Duration::from_secs(10);

/// Everything the thread works with.
pub(crate) struct Setup {
    pub(crate) socket: StreamSocket,
    pub(crate) client: IpAddr,
    pub(crate) ping_secret: [u8; PING_SECRET_BYTES],
    pub(crate) announced: Announced,
    pub(crate) fec_percent: u8,
    pub(crate) key: SessionKey,
    pub(crate) seat: Arc<dyn Seat>,
    pub(crate) link: Link,
}

/// Starts the thread; it ends with the stream.
pub(crate) fn start(setup: Setup) -> io::Result<()> {
    thread::Builder::new().name("moonlight-video".to_owned()).spawn(move || {
        let link = setup.link.clone();
        match first_ping(&setup) {
            Some(to) => Work::new(setup, to).run(),
            None if link.ending().is_none() => {
                tracing::info!("a Moonlight client asked for no pictures; its stream ends");
            }
            None => {}
        }
        link.end();
    })?;
    Ok(())
}

fn first_ping(setup: &Setup) -> Option<SocketAddr> {
    let begun = Instant::now();
    while setup.link.ending().is_none() && begun.elapsed() < PING_WITHIN {
        setup.socket.wait(PING_SLICE);
        let from = setup.socket.pinged_from(setup.client, &setup.ping_secret);
        if from.is_some() {
            return from;
        }
    }
    None
}

struct Work {
    setup: Setup,
    to: SocketAddr,
    packetiser: Packetiser,
    batch: Batch,
    pacer: Pacer,
    /// Parity per cent of a picture as large as the rate allows.
    percent: u8,
    started: Instant,
}

impl Work {
    fn new(setup: Setup, to: SocketAddr) -> Self {
        let Announced { codec, packet_size, least_parity, video_encrypted, .. } = setup.announced;
        let key = video_encrypted.then_some(&setup.key);
        let packetiser = Packetiser::new(codec, packet_size, setup.fec_percent, least_parity, key);
        let (kbps, hz) = setup.seat.rate();
        let (batch, pacer) = (Batch::default(), Pacer::new(kbps, hz));
        let percent = setup.fec_percent;
        Self { setup, to, packetiser, batch, pacer, percent, started: Instant::now() }
    }

    fn run(&mut self) {
        self.setup.seat.open();
        while self.setup.link.ending().is_none() {
            match self.setup.seat.take(PICTURE_WAIT) {
                Taken::Frame(frame) => self.send(&frame),
                Taken::Nothing => {}
                Taken::Ended => return self.setup.link.break_down(),
            }
            let Setup { socket, client, ping_secret, .. } = &self.setup;
            self.to = socket.pinged_from(*client, ping_secret).unwrap_or(self.to);
        }
    }

    fn send(&mut self, frame: &Frame) {
        let meta = FrameMeta {
            idr: frame.idr,
            timestamp: (frame.captured_at_ns / 100 * 9 / 1000) as u32,
            latency: u16::try_from(frame.age_ns / 100_000).unwrap_or(u16::MAX),
        };
        let (kbps, hz) = self.setup.seat.rate();
        if self.packetiser.follow_loss(self.setup.link.loss_ppm()) {
            self.percent = self.packetiser.percent_at(kbps, hz);
            self.setup.seat.protected(self.percent);
        }
        let bytes: &[u8] = (*frame.bytes).as_ref();
        if let Err(error) = self.packetiser.packetise(bytes, meta, &mut self.batch) {
            tracing::warn!(%error, "a picture could not be sent");
            // what follows refers to it
            return self.setup.seat.open();
        }
        self.pacer.set_rate(kbps, hz);
        self.setup.link.add_data_packets(self.batch.data);
        let dropped = self.send_batch();
        let datagrams = (self.batch.count() as u32).saturating_sub(dropped);
        let (bytes, fec_percent) = (self.batch.bytes.len(), self.percent);
        self.setup.seat.sent(SentReport { bytes, datagrams, dropped, fec_percent });
    }

    /// Sends what is in the batch, paced; says how many datagrams were dropped.
    fn send_batch(&mut self) -> u32 {
        let segment = self.batch.segment;
        let (mut next, mut dropped) = (0, 0);
        self.pacer.begin(self.now_ns(), self.batch.count(), segment);
        loop {
            match self.pacer.poll(self.now_ns()) {
                Pace::Send(count) => {
                    let bytes = &self.batch.bytes[next * segment..(next + count) * segment];
                    dropped += self.setup.socket.send(self.to, bytes, segment);
                    next += count;
                }
                Pace::Wait(until) => {
                    thread::sleep(Duration::from_nanos(until.saturating_sub(self.now_ns())));
                }
                Pace::Done => return dropped,
            }
        }
    }

    fn now_ns(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
