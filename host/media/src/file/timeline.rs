//! When each picture of a looping file is to be shown.

use std::time::{Duration, Instant};

/// A picture this late means that playing stalled; the clock is then set anew.
const STALL: Duration = Duration::from_millis(500);
/// Gaps between pictures longer than this are cut short: timestamps may be nonsense.
const MAX_GAP: Duration = Duration::from_secs(10);

/// Turns a file's timestamps into moments.
#[derive(Debug)]
pub(super) struct Timeline {
    /// The usual time between two pictures.
    interval: Duration,
    /// The last picture's moment and timestamp in seconds.
    last: Option<(Instant, Option<f64>)>,
}

impl Timeline {
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, last: None }
    }

    /// The moment for a picture with this timestamp in seconds, if it has one.
    pub(super) fn due(&mut self, pts: Option<f64>, now: Instant) -> Instant {
        let due = match self.last {
            None => now,
            Some((shown, before)) => {
                let gap =
                    pts.zip(before).and_then(|(pts, before)| Duration::try_from_secs_f64(pts - before).ok());
                shown + gap.unwrap_or(self.interval).min(MAX_GAP)
            }
        };
        let due = if due + STALL < now { now } else { due };
        self.last = Some((due, pts));
        due
    }

    /// The next picture is the file's first again.
    pub(super) fn start_over(&mut self) {
        if let Some((_, pts)) = &mut self.last {
            *pts = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_millis(40);

    #[test]
    fn pictures_are_as_far_apart_as_their_timestamps() {
        let (mut timeline, now) = (Timeline::new(INTERVAL), Instant::now());
        assert_eq!(timeline.due(Some(7.0), now), now);
        assert_eq!(timeline.due(Some(7.25), now), now + Duration::from_millis(250));
        assert_eq!(timeline.due(None, now), now + Duration::from_millis(290));
    }

    #[test]
    fn a_loop_goes_on_one_interval_after_the_last_picture() {
        let (mut timeline, now) = (Timeline::new(INTERVAL), Instant::now());
        timeline.due(Some(9.0), now);
        timeline.start_over();
        assert_eq!(timeline.due(Some(0.0), now), now + INTERVAL);
    }

    #[test]
    fn nonsense_timestamps_neither_stop_nor_rush_the_film() {
        let (mut timeline, now) = (Timeline::new(INTERVAL), Instant::now());
        timeline.due(Some(0.0), now);
        assert_eq!(timeline.due(Some(1e300), now), now + INTERVAL);
        assert_eq!(timeline.due(Some(-5.0), now), now + INTERVAL * 2);
        assert_eq!(timeline.due(Some(f64::NAN), now), now + INTERVAL * 3);
        assert_eq!(timeline.due(Some(0.0), now), now + INTERVAL * 4);
        assert_eq!(timeline.due(Some(86_400.0), now), now + INTERVAL * 4 + MAX_GAP);
    }

    #[test]
    fn after_a_stall_the_clock_is_set_anew() {
        let (mut timeline, now) = (Timeline::new(INTERVAL), Instant::now());
        timeline.due(Some(0.0), now);
        let later = now + Duration::from_secs(5);
        assert_eq!(timeline.due(Some(0.04), later), later);
    }
}
