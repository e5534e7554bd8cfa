//! A test card that people and programs can read.
//!
//! It shows that a stream is alive and right: colours, sharpness, smoothness of motion, frame number and time of
//! day. The same number and time stand on it in a form that [`read`] gets back from a decoded picture, so that
//! loss and latency can be measured from screen to screen.

mod layout;
mod stamp;

use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::pace::{Cadence, Due};
use crate::picture::Picture;
use crate::source::{Source, SourceError, SourceInfo};

pub use layout::TestCard;
pub use stamp::{Stamp, read};

/// The test card to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCardSpec {
    /// Width in pixels, 64 to 8192.
    pub width: u32,
    /// Height in pixels, 64 to 8192.
    pub height: u32,
    /// Pictures a second, 1 to 480.
    pub refresh_hz: u32,
    /// A line that tells hosts apart, such as the host's name.
    pub label: Option<String>,
}

/// A test card drawn afresh at a steady rate.
#[derive(Debug)]
pub struct TestCardSource {
    spec: TestCardSpec,
    card: TestCard,
    cadence: Cadence,
    frame: u64,
}

impl TestCardSource {
    /// Prepares the card.
    ///
    /// # Errors
    /// A size or rate out of bounds.
    pub fn open(spec: &TestCardSpec) -> Result<Self, SourceError> {
        let TestCardSpec { width, height, refresh_hz, .. } = *spec;
        let sides = 64..=8192;
        if !sides.contains(&width) || !sides.contains(&height) || !(1..=480).contains(&refresh_hz) {
            return Err(SourceError::TestCard { width, height, refresh_hz });
        }
        Ok(Self {
            card: TestCard::new(spec),
            cadence: Cadence::new(Duration::from_secs(1) / refresh_hz),
            frame: 0,
            spec: spec.clone(),
        })
    }
}

impl Source for TestCardSource {
    fn describe(&self) -> SourceInfo {
        SourceInfo {
            name: "test card".to_owned(),
            width: self.spec.width,
            height: self.spec.height,
            refresh_hz: f64::from(self.spec.refresh_hz),
        }
    }

    fn next(&mut self, wait: Duration) -> Result<Option<Picture<'_>>, SourceError> {
        let until = Instant::now() + wait;
        while let Due::In(due) = self.cadence.poll(Instant::now()) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            sleep(due.min(left));
        }
        let stamp = Stamp { frame: self.frame, clock_ns: unix_ns() };
        self.frame += 1;
        Ok(Some(self.card.draw(stamp)))
    }
}

pub(crate) fn unix_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
