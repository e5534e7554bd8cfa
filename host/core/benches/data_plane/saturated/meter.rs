use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crate::sample::cpu_ns;

/// One way in one round.
pub(super) const RUN: Duration = Duration::from_millis(250);
/// The part of it that opens windows and fills caches, and is not counted.
const WARM_UP: Duration = Duration::from_millis(50);
/// A sender looks whether the receiver is still there this often.
const LOOK: Duration = Duration::from_millis(20);

/// What one end did.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// Datagrams with payload after the warm-up.
    pub(super) datagrams: u64,
    /// Of this thread, for them.
    pub(super) cpu_ns: u64,
    pub(super) wall_ns: u64,
    /// Datagrams with payload from the start.
    pub(super) all: u64,
}

/// Counts what this thread does.
pub(super) struct Meter {
    start: Instant,
    from: Option<(Instant, u64)>,
    tally: Tally,
}

impl Meter {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), from: None, tally: Tally::default() }
    }

    /// So many datagrams more; `false` when the run is over.
    pub(super) fn add(&mut self, datagrams: u64) -> bool {
        let now = Instant::now();
        self.tally.all += datagrams;
        if let Some((from, cpu)) = self.from {
            self.tally.datagrams += datagrams;
            self.tally.cpu_ns = cpu_ns() - cpu;
            self.tally.wall_ns = (now - from).as_nanos() as u64;
        } else if now - self.start >= WARM_UP {
            self.from = Some((now, cpu_ns()));
        }
        now - self.start < RUN
    }

    pub(super) fn end(self) -> Tally {
        self.tally
    }
}

/// How far the sender is ahead, in datagrams.
#[derive(Default)]
pub(super) struct Window {
    sender: OnceLock<Thread>,
    arrived: AtomicU64,
    waits: AtomicBool,
    done: AtomicBool,
}

impl Window {
    /// The sender, which has sent so many, waits until no more than `ahead` of them are on their way.
    pub(super) fn wait(&self, sent: u64, ahead: u64) {
        self.sender.get_or_init(thread::current);
        while sent.saturating_sub(self.arrived.load(Ordering::SeqCst)) > ahead {
            self.waits.store(true, Ordering::SeqCst);
            if sent.saturating_sub(self.arrived.load(Ordering::SeqCst)) > ahead {
                thread::park_timeout(LOOK);
            }
        }
    }

    /// The receiver has got so many.
    pub(super) fn arrived(&self, total: u64) {
        self.arrived.store(total, Ordering::SeqCst);
        if self.waits.swap(false, Ordering::SeqCst) {
            self.sender.get().inspect(|sender| sender.unpark());
        }
    }

    /// The sender has sent its last.
    pub(super) fn end(&self) {
        self.done.store(true, Ordering::SeqCst);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.done.load(Ordering::SeqCst)
    }
}
