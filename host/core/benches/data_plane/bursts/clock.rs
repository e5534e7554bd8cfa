use std::thread::sleep;
use std::time::{Duration, Instant};

use super::WARM_UP;
use crate::sample::cpu_ns;

/// When which frame is due; both ends of a stream share it and its clock.
#[derive(Clone)]
pub(crate) struct Schedule {
    start: Instant,
    period: Duration,
    frames: u32,
}

impl Schedule {
    pub(crate) fn new(start: Instant, period: Duration, frames: u32) -> Self {
        Self { start, period, frames }
    }

    /// All frames, the ones that are not counted first.
    pub(crate) fn frames(&self) -> std::ops::Range<u32> {
        0..self.frames
    }

    /// How many are counted.
    pub(crate) fn counted(&self) -> u32 {
        self.frames - WARM_UP
    }

    pub(crate) fn due(&self, frame: u32) -> Instant {
        self.start + self.period * frame
    }

    pub(crate) fn wait_for(&self, frame: u32) {
        sleep(self.due(frame).saturating_duration_since(Instant::now()));
    }

    /// The last frame, and all that is late, has come by then.
    pub(crate) fn end(&self) -> Instant {
        self.due(self.frames) + super::PATIENCE
    }

    pub(crate) fn now_ns(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }
}

/// What one end spends from the first frame that counts to its end, and what it sees arrive.
#[derive(Default)]
pub(crate) struct Meter {
    from: Option<u64>,
    until: u64,
    latencies: Vec<u64>,
}

impl Meter {
    /// This thread is about to work on `frame`.
    pub(crate) fn at(&mut self, frame: u32) {
        if frame >= WARM_UP && self.from.is_none() {
            self.from = Some(cpu_ns());
        }
    }

    /// `frame` has come, so many ns after its sender had it.
    pub(crate) fn seen(&mut self, frame: u32, latency_ns: u64) {
        if frame >= WARM_UP {
            self.latencies.push(latency_ns);
        }
        self.at(frame + 1);
    }

    /// This thread is done.
    pub(crate) fn end(mut self) -> Self {
        self.until = cpu_ns();
        self
    }

    /// In ns.
    pub(crate) fn cpu(&self) -> u64 {
        self.until - self.from.unwrap_or(self.until)
    }

    pub(crate) fn latencies(&self) -> &[u64] {
        &self.latencies
    }
}
