//! What time it is for lifetimes, when the wall clock may lie.
//!
//! It never goes back: within a run the monotonic clock is added, a wall clock that is ahead is followed, and over
//! restarts the latest time that was saved counts. So a clock set back prolongs nothing by more than the box was off.

use std::time::Duration;

use punktfunk_trust::{Now, UnixSeconds};

#[derive(Debug)]
pub(crate) struct Clock {
    monotonic: Duration,
    time: UnixSeconds,
}

impl Clock {
    /// Starts at the wall clock or at the latest time that was saved.
    pub(crate) fn new(now: Now, mark: UnixSeconds) -> Self {
        Self { monotonic: now.monotonic, time: now.wall.max(mark) }
    }

    /// The time now.
    pub(crate) fn read(&mut self, now: Now) -> UnixSeconds {
        let elapsed = now.monotonic.saturating_sub(self.monotonic);
        // whole seconds only, or many readings would lose the parts between them
        let elapsed = Duration::from_secs(elapsed.as_secs());
        self.monotonic += elapsed;
        self.time = self.time.plus(elapsed).max(now.wall);
        self.time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(monotonic_ms: u64, wall: u64) -> Now {
        Now { monotonic: Duration::from_millis(monotonic_ms), wall: UnixSeconds(wall) }
    }

    #[test]
    fn a_clock_set_back_stops_no_time() {
        let mut clock = Clock::new(at(0, 10_000), UnixSeconds(9_000));
        assert_eq!(clock.read(at(100_000, 50)), UnixSeconds(10_100));
        assert_eq!(clock.read(at(200_000, 20_000)), UnixSeconds(20_000));
        for _ in 0..10 {
            clock.read(at(200_900, 0));
        }
        assert_eq!(clock.read(at(201_000, 0)), UnixSeconds(20_001));
    }

    #[test]
    fn after_a_restart_with_a_dead_clock_time_goes_on_where_it_was() {
        let mut clock = Clock::new(at(0, 0), UnixSeconds(10_000));
        assert_eq!(clock.read(at(5_000, 5)), UnixSeconds(10_005));
    }
}
