//! A Moonlight client's place in a session.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use punktfunk_core::video::video_budget_kbps;
use punktfunk_gamestream::{Frame, Heard, InputEvent, Link, Seat, SentReport, Taken};

use super::hall::PACKET_BYTES;
use super::input::MoonlightInput;
use crate::app::{Host, StreamGuard, StreamShared, unix_ns};
use crate::session::{self, Slot, SoundSlot};

/// One client's place, its entry in the register of streams, and its input devices.
pub(super) struct HallSeat {
    host: Arc<Host>,
    seat: session::Seat,
    slot: Arc<Slot>,
    sound: Arc<SoundSlot>,
    /// What sound takes of the wire, kbit/s.
    sound_kbps: u32,
    shared: Arc<StreamShared>,
    /// Out of the register once the place is given up: whoever hears of the end finds it free.
    _entry: StreamGuard,
    input: Mutex<MoonlightInput>,
    rate: (u32, u32),
    /// When the last access unit that was taken had been encoded, Unix nanoseconds.
    encoded_at_ns: AtomicU64,
}

impl HallSeat {
    pub(super) fn new(
        host: &Arc<Host>,
        seat: session::Seat,
        (slot, sound, sound_kbps): (Arc<Slot>, Arc<SoundSlot>, u32),
        shared: Arc<StreamShared>,
        entry: StreamGuard,
        rate: (u32, u32),
        link: Link,
    ) -> Self {
        let input = Mutex::new(MoonlightInput::new(host, &shared, link));
        let (host, encoded_at_ns) = (Arc::clone(host), AtomicU64::new(0));
        Self { host, seat, slot, sound, sound_kbps, shared, _entry: entry, input, rate, encoded_at_ns }
    }
}

impl Seat for HallSeat {
    fn open(&self) {
        self.slot.open();
        self.seat.request_idr();
    }

    fn take(&self, wait: Duration) -> Taken {
        match self.slot.take(wait) {
            session::Taken::Next(unit) => {
                self.encoded_at_ns.store(unit.encoded_at_ns, Ordering::Relaxed);
                let (idr, captured_at_ns) = (unit.idr, unit.captured_at_ns);
                let age_ns = unix_ns().saturating_sub(captured_at_ns);
                Taken::Frame(Frame { bytes: unit, idr, captured_at_ns, age_ns })
            }
            session::Taken::Nothing => Taken::Nothing,
            session::Taken::Closed => Taken::Ended,
        }
    }

    fn request_idr(&self) {
        self.seat.request_idr();
    }

    fn listen(&self) {
        self.sound.open();
        self.seat.listen();
    }

    fn hear(&self, wait: Duration) -> Heard {
        match self.sound.take(wait) {
            session::Taken::Next(packet) => Heard::Packet(packet),
            session::Taken::Nothing => Heard::Nothing,
            session::Taken::Closed => Heard::Ended,
        }
    }

    fn input(&self, event: InputEvent) {
        self.input.lock().unwrap_or_else(PoisonError::into_inner).take(event);
    }

    fn sent(&self, report: SentReport) {
        let (counters, now_ns) = (&self.shared.counters, self.host.clock().monotonic_ns());
        let took_ns = unix_ns().saturating_sub(self.encoded_at_ns.load(Ordering::Relaxed));
        counters.sent.record(now_ns, report.bytes);
        counters.send_us.record(now_ns, u32::try_from(took_ns / 1000).unwrap_or(u32::MAX));
        counters.frames.fetch_add(1, Ordering::Relaxed);
        counters.datagrams.fetch_add(report.datagrams.into(), Ordering::Relaxed);
        counters.dropped.fetch_add(report.dropped.into(), Ordering::Relaxed);
        counters.skipped.store(self.slot.skipped(), Ordering::Relaxed);
        counters.fec_percent.store(report.fec_percent.into(), Ordering::Relaxed);
    }

    fn lost(&self, ppm: u32) {
        self.shared.counters.loss_ppm.store(ppm.into(), Ordering::Relaxed);
    }

    fn protected(&self, percent: u8) {
        let (wire_kbps, _) = self.rate;
        // a viewer that shares its pictures counts for no less than half: the others would suffer
        self.seat.set_video_kbps(video_budget_kbps(wire_kbps, self.sound_kbps, PACKET_BYTES, percent));
    }

    fn rate(&self) -> (u32, u32) {
        self.rate
    }
}
