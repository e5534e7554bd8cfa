//! The only place of the daemon that reads clocks for the state machines below it.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use punktfunk_trust::Now;

/// The machine's clocks, with the monotonic one counted from the start of the host.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
}

impl Clock {
    /// Starts counting.
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// Both clocks, for trust.
    pub fn now(&self) -> Now {
        Now::read(self.started)
    }

    /// Nanoseconds since the start, never going back, for the wire's state machines.
    pub fn monotonic_ns(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Unix time in nanoseconds: the clock of frame stamps and of clock sync (punktfunk/1 §2.8). 0 before 1970.
pub fn unix_ns() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}
