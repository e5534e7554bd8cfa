//! What time it is, when the wall clock may lie.
//!
//! Within a run time only goes forward: from the moment the clock was first believed, monotonic time is added, and a wall
//! clock that is ahead is followed. Over restarts a persisted mark says how late it has been already; a wall clock clearly
//! before that is not believed until it has caught up.

use std::time::Duration;

use crate::{Now, UnixSeconds};

/// How far behind the mark the wall clock may be at a start: time servers correct by less.
const SLACK: Duration = Duration::from_secs(300);

pub(crate) struct Clock {
    mark: UnixSeconds,
    /// A moment at which the time was known.
    anchor: Option<Anchor>,
    time: Option<UnixSeconds>,
}

struct Anchor {
    monotonic: Duration,
    time: UnixSeconds,
}

impl Clock {
    pub(crate) fn new(now: Now, mark: UnixSeconds) -> Self {
        let mut clock = Self { mark, anchor: None, time: None };
        clock.advance(now);
        clock
    }

    pub(crate) fn advance(&mut self, now: Now) {
        let running = match &self.anchor {
            Some(anchor) => anchor.time.plus(now.monotonic.saturating_sub(anchor.monotonic)),
            None if now.wall.plus(SLACK) >= self.mark => self.mark,
            None => return,
        };
        if self.anchor.is_none() || now.wall > running {
            self.anchor = Some(Anchor { monotonic: now.monotonic, time: now.wall.max(running) });
        }
        self.time = Some(now.wall.max(running));
    }

    /// The time, if it is known.
    pub(crate) fn time(&self) -> Option<UnixSeconds> {
        self.time
    }

    /// The latest that it was ever believed to be.
    pub(crate) fn mark(&self) -> UnixSeconds {
        self.time.map_or(self.mark, |time| time.max(self.mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(monotonic: u64, wall: u64) -> Now {
        Now { monotonic: Duration::from_secs(monotonic), wall: UnixSeconds(wall) }
    }

    #[test]
    fn a_clock_set_back_during_a_run_changes_nothing() {
        let mut clock = Clock::new(at(0, 10_000), UnixSeconds(9_000));
        clock.advance(at(100, 50));
        assert_eq!(clock.time(), Some(UnixSeconds(10_100)));
        clock.advance(at(200, 20_000));
        clock.advance(at(300, 20_000));
        assert_eq!(clock.time(), Some(UnixSeconds(20_100)));
    }

    #[test]
    fn a_clock_set_back_over_a_restart_is_unknown_until_it_has_caught_up() {
        let mut clock = Clock::new(at(0, 0), UnixSeconds(10_000));
        assert_eq!(clock.time(), None);
        clock.advance(at(500, 500));
        assert_eq!(clock.time(), None);
        assert_eq!(clock.mark(), UnixSeconds(10_000));
        clock.advance(at(600, 30_000));
        assert_eq!(clock.time(), Some(UnixSeconds(30_000)));
    }

    #[test]
    fn a_small_correction_by_a_time_server_is_no_lie() {
        let clock = Clock::new(at(0, 9_800), UnixSeconds(10_000));
        assert_eq!(clock.time(), Some(UnixSeconds(10_000)), "but time does not go back");
    }
}
