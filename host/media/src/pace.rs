//! When the next picture is due.

use std::time::{Duration, Instant};

/// Ticks at a fixed interval, without drift, and without a burst to catch up after a stall.
#[derive(Debug)]
pub(crate) struct Cadence {
    interval: Duration,
    next: Option<Instant>,
}

/// Whether a picture is due.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Now,
    In(Duration),
}

impl Cadence {
    pub(crate) fn new(interval: Duration) -> Self {
        Self { interval, next: None }
    }

    /// Answers for `now`; `Due::Now` moves on to the next tick. The first tick is at the first call.
    pub(crate) fn poll(&mut self, now: Instant) -> Due {
        let due = self.next.unwrap_or(now);
        if due > now {
            return Due::In(due - now);
        }
        let next = due + self.interval;
        self.next = Some(if next < now { now + self.interval } else { next });
        Due::Now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(10);

    #[test]
    fn ticks_do_not_drift_when_the_caller_is_a_little_late() {
        let start = Instant::now();
        let mut cadence = Cadence::new(TICK);
        assert_eq!(cadence.poll(start), Due::Now);
        assert_eq!(cadence.poll(start + TICK * 13 / 10), Due::Now);
        assert_eq!(cadence.poll(start + TICK * 15 / 10), Due::In(TICK / 2));
        assert_eq!(cadence.poll(start + TICK * 2), Due::Now);
    }

    #[test]
    fn a_stall_is_not_made_up_for_with_a_burst() {
        let start = Instant::now();
        let mut cadence = Cadence::new(TICK);
        assert_eq!(cadence.poll(start), Due::Now);
        assert_eq!(cadence.poll(start + TICK * 50), Due::Now);
        assert_eq!(cadence.poll(start + TICK * 50), Due::In(TICK));
    }
}
