use std::time::Duration;

/// A limit on how fast bytes come, told the time from outside.
#[derive(Clone, Copy, Debug)]
pub struct Throttle {
    bytes_per_second: Option<u64>,
    /// When the bytes so far would have come at the limit.
    due: Duration,
}

/// How much may come at once after a pause.
const BURST: Duration = Duration::from_millis(100);

impl Throttle {
    /// A limit in kbit/s, or none.
    pub fn new(kbps: Option<u32>) -> Self {
        let bytes_per_second = kbps.map(|kbps| (u64::from(kbps) * 1000 / 8).max(1));
        Self { bytes_per_second, due: Duration::ZERO }
    }

    /// Counts `bytes` that came at `now`; says how long to wait before the next.
    pub fn after(&mut self, bytes: usize, now: Duration) -> Duration {
        let Some(rate) = self.bytes_per_second else { return Duration::ZERO };
        let nanos = u128::from(bytes as u64) * 1_000_000_000 / u128::from(rate);
        let cost = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        self.due = self.due.max(now.saturating_sub(BURST)) + cost;
        self.due.saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limited_download_takes_its_time() {
        let mut throttle = Throttle::new(Some(8_000));
        let mut now = Duration::from_secs(5);
        for _ in 0..1000 {
            now += throttle.after(10_000, now);
        }
        // 10 MB at 1 MB/s, less the burst
        let took = (now - Duration::from_secs(5)).as_millis();
        assert!((9_890..=10_000).contains(&took), "{took} ms");
    }

    #[test]
    fn a_pause_is_not_saved_up() {
        let mut throttle = Throttle::new(Some(8_000));
        throttle.after(1_000_000, Duration::ZERO);
        let wait = throttle.after(1_000_000, Duration::from_secs(60));
        assert_eq!(wait, Duration::from_millis(900));
    }

    #[test]
    fn without_a_limit_nothing_waits() {
        assert_eq!(Throttle::new(None).after(usize::MAX, Duration::ZERO), Duration::ZERO);
    }
}
