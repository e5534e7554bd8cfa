//! Where a film is, for its sound.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A film whose pictures have stopped for this long stands still.
const STANDS_STILL: Duration = Duration::from_secs(1);

/// Where the pictures of a session's film are. Clones tell the same.
#[derive(Debug, Clone, Default)]
pub struct FilmClock(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    last: Option<Beat>,
    passes: u64,
}

/// A picture that was shown.
#[derive(Debug, Clone, Copy)]
struct Beat {
    at: Instant,
    time: FilmTime,
}

/// Where a film is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FilmTime {
    /// Counts how often it has begun.
    pub(crate) pass: u64,
    /// Seconds, as the file's timestamps count them.
    pub(crate) position: f64,
}

impl FilmClock {
    /// The number of a pass that begins.
    pub(super) fn next_pass(&self) -> u64 {
        let mut state = self.lock();
        state.passes += 1;
        state.passes
    }

    /// A picture is shown.
    pub(crate) fn beat(&self, at: Instant, time: FilmTime) {
        self.lock().last = Some(Beat { at, time });
    }

    /// Where the film is at `now`; `None` while it stands still, or was not begun.
    pub(crate) fn at(&self, now: Instant) -> Option<FilmTime> {
        let beat = self.lock().last?;
        let since = now.saturating_duration_since(beat.at);
        let position = beat.time.position + since.as_secs_f64();
        (since < STANDS_STILL).then_some(FilmTime { position, ..beat.time })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_goes_on_between_its_pictures_and_stands_still_without_them() {
        let (clock, now) = (FilmClock::default(), Instant::now());
        assert_eq!(clock.at(now), None);
        clock.beat(now, FilmTime { pass: 2, position: 7.0 });
        let since = Duration::from_millis(250);
        assert_eq!(clock.clone().at(now + since), Some(FilmTime { pass: 2, position: 7.25 }));
        assert_eq!(clock.at(now + STANDS_STILL), None);
    }
}
