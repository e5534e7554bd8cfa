//! Devices that were turned away: how soon they may ask again.

use std::time::Duration;

use crate::{DeviceId, Now};

/// How many turned-away devices are remembered; beyond that the one turned away longest ago is forgotten.
const REMEMBERED: usize = 256;
/// The quiet period after the second denial; it doubles with each further one. The first costs nothing: "not now".
const FIRST_QUIET: Duration = Duration::from_secs(30);
const LONGEST_QUIET: Duration = Duration::from_secs(3600);
/// After this long without a denial all is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 3600);

#[derive(Clone, Copy)]
struct TurnedAway {
    device: DeviceId,
    denials: u32,
    at: Duration,
}

impl TurnedAway {
    fn quiet_until(&self) -> Duration {
        let quiet = match self.denials {
            0 | 1 => Duration::ZERO,
            more => FIRST_QUIET.saturating_mul(1 << (more - 2).min(16)).min(LONGEST_QUIET),
        };
        self.at + quiet
    }
}

/// Who was turned away, and how often.
#[derive(Default)]
pub(crate) struct QuietPeriods(Vec<TurnedAway>);

impl QuietPeriods {
    pub(crate) fn denied(&mut self, now: Now, device: DeviceId) {
        self.0.retain(|entry| entry.at + FORGOTTEN_AFTER > now.monotonic);
        let denials = self.take(&device).map_or(0, |entry| entry.denials);
        if self.0.len() == REMEMBERED {
            self.0.remove(0);
        }
        self.0.push(TurnedAway { device, denials: denials.saturating_add(1), at: now.monotonic });
    }

    /// How long a device has to wait yet before it may knock.
    pub(crate) fn remaining(&self, now: Now, device: &DeviceId) -> Option<Duration> {
        let entry = self.0.iter().find(|entry| entry.device == *device)?;
        let wait = entry.quiet_until().saturating_sub(now.monotonic);
        (wait > Duration::ZERO).then_some(wait)
    }

    pub(crate) fn forgive(&mut self, device: &DeviceId) {
        self.take(device);
    }

    fn take(&mut self, device: &DeviceId) -> Option<TurnedAway> {
        let at = self.0.iter().position(|entry| entry.device == *device)?;
        Some(self.0.remove(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UnixSeconds;

    fn at(seconds: u64) -> Now {
        Now { monotonic: Duration::from_secs(seconds), wall: UnixSeconds(0) }
    }

    fn device(number: u32) -> DeviceId {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_le_bytes());
        DeviceId::from_bytes(bytes)
    }

    #[test]
    fn the_first_denial_costs_nothing_and_each_further_one_doubles_the_wait_up_to_an_hour() {
        let mut quiet = QuietPeriods::default();
        let mut waits = Vec::new();
        for _ in 0..12 {
            quiet.denied(at(10), device(1));
            waits.push(quiet.remaining(at(10), &device(1)).unwrap_or_default().as_secs());
        }
        assert_eq!(waits, [0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]);
        assert_eq!(quiet.remaining(at(10 + 3599), &device(1)), Some(Duration::from_secs(1)));
        assert_eq!(quiet.remaining(at(10 + 3600), &device(1)), None);
        assert_eq!(quiet.remaining(at(10), &device(2)), None);
    }

    #[test]
    fn a_day_without_denials_wipes_the_slate() {
        let mut quiet = QuietPeriods::default();
        for _ in 0..5 {
            quiet.denied(at(0), device(1));
        }
        quiet.denied(at(24 * 3600), device(1));
        assert_eq!(quiet.remaining(at(24 * 3600), &device(1)), None);
    }

    #[test]
    fn memory_of_the_turned_away_is_bounded() {
        let mut quiet = QuietPeriods::default();
        for number in 0..10_000 {
            quiet.denied(at(number.into()), device(number));
            quiet.denied(at(number.into()), device(number));
        }
        assert_eq!(quiet.0.len(), REMEMBERED);
        assert!(quiet.remaining(at(9999), &device(9999)).is_some());
    }
}
