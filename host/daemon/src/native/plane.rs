//! What the tasks of one stream and its sender thread tell each other; nothing of it is touched per packet.

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use punktfunk_core::video::PUNCH_WAIT_NS;

use super::probe::Probe;

/// The longest that clock sync may hold off the punch deadline, in nanoseconds after Start.
const SYNC_LIMIT_NS: u64 = 10_000_000_000;

/// Orders to the sender thread.
#[derive(Debug)]
pub(super) struct PlaneOrders {
    punch_by_ns: AtomicU64,
    latest_punch_by_ns: u64,
    fec_percent: AtomicU8,
    loss_ppm: AtomicU32,
    /// Refresh rate in the upper half, kbit/s in the lower: both change together.
    rate: AtomicU64,
    probe: Mutex<Option<Probe>>,
}

/// News from the sender thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaneEvent {
    /// The client's address is known, or assumed: pictures may come.
    Ready,
    /// A probe is over.
    Probed {
        /// Bytes offered to the kernel.
        bytes: u64,
        /// Datagrams offered to the kernel.
        packets: u32,
        /// Datagrams that it had no room for.
        dropped: u32,
        /// How long it took, milliseconds.
        ms: u32,
    },
    /// The thread has ended.
    Ended,
}

impl PlaneOrders {
    pub(super) fn new(now_ns: u64, fec_percent: u8, wire_kbps: u32, refresh_hz: u32) -> Self {
        Self {
            punch_by_ns: AtomicU64::new(now_ns + PUNCH_WAIT_NS),
            latest_punch_by_ns: now_ns + SYNC_LIMIT_NS,
            fec_percent: AtomicU8::new(fec_percent),
            loss_ppm: AtomicU32::new(0),
            rate: AtomicU64::new(pack(wire_kbps, refresh_hz)),
            probe: Mutex::default(),
        }
    }

    /// The client is still synchronising its clock and has not bound its socket: the wait begins anew.
    pub(super) fn still_syncing(&self, now_ns: u64) {
        let by = (now_ns + PUNCH_WAIT_NS).min(self.latest_punch_by_ns);
        self.punch_by_ns.fetch_max(by, Ordering::Relaxed);
    }

    /// Until when the first punch is waited for.
    pub(super) fn punch_by_ns(&self) -> u64 {
        self.punch_by_ns.load(Ordering::Relaxed)
    }

    pub(super) fn set_fec_percent(&self, percent: u8) {
        self.fec_percent.store(percent, Ordering::Relaxed);
    }

    pub(super) fn fec_percent(&self) -> u8 {
        self.fec_percent.load(Ordering::Relaxed)
    }

    /// The loss that small pictures are guarded against, parts per million.
    pub(super) fn set_loss_ppm(&self, ppm: u32) {
        self.loss_ppm.store(ppm, Ordering::Relaxed);
    }

    pub(super) fn loss_ppm(&self) -> u32 {
        self.loss_ppm.load(Ordering::Relaxed)
    }

    /// The bit rate on the wire, kbit/s, and the picture rate, Hz, that sending is paced to.
    pub(super) fn set_rate(&self, wire_kbps: u32, refresh_hz: u32) {
        self.rate.store(pack(wire_kbps, refresh_hz), Ordering::Relaxed);
    }

    pub(super) fn rate(&self) -> (u32, u32) {
        let rate = self.rate.load(Ordering::Relaxed);
        (rate as u32, (rate >> 32) as u32)
    }

    pub(super) fn order_probe(&self, probe: Probe) {
        *self.probe.lock().unwrap_or_else(PoisonError::into_inner) = Some(probe);
    }

    pub(super) fn take_probe(&self) -> Option<Probe> {
        self.probe.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn pack(wire_kbps: u32, refresh_hz: u32) -> u64 {
    u64::from(refresh_hz) << 32 | u64::from(wire_kbps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_sync_holds_off_the_punch_deadline_but_not_for_ever() {
        let plane = PlaneOrders::new(0, 10, 20_000, 60);
        assert_eq!(plane.punch_by_ns(), PUNCH_WAIT_NS);
        plane.still_syncing(1_000_000_000);
        assert_eq!(plane.punch_by_ns(), 1_000_000_000 + PUNCH_WAIT_NS);
        plane.still_syncing(60_000_000_000);
        assert_eq!(plane.punch_by_ns(), SYNC_LIMIT_NS);
    }
}
