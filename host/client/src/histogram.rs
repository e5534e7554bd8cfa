//! Percentiles of durations in constant memory.

use std::time::Duration;

/// Sub-buckets per power of two, as a number of bits: 5 bits keep a reading within about 3 % of the truth.
const RESOLUTION_BITS: u32 = 5;
const SUB_BUCKETS: u64 = 1 << RESOLUTION_BITS;
const BUCKETS: usize = ((64 - RESOLUTION_BITS + 1) as usize) << RESOLUTION_BITS;

/// Counts durations in buckets whose width grows with the value.
#[derive(Clone)]
pub struct Histogram {
    counts: Box<[u32]>,
    total: u64,
}

impl Histogram {
    /// An empty histogram; about 8 KiB, however much is counted.
    #[must_use]
    pub fn new() -> Self {
        Self { counts: vec![0; BUCKETS].into_boxed_slice(), total: 0 }
    }

    /// Counts one duration.
    pub fn record(&mut self, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let count = &mut self.counts[bucket(nanoseconds)];
        *count = count.saturating_add(1);
        self.total += 1;
    }

    /// How many durations were counted.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.total
    }

    /// Whether nothing was counted yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The duration that `percent` (0…100) of all counted ones do not exceed; `None` while nothing was counted.
    #[must_use]
    pub fn percentile(&self, percent: u8) -> Option<Duration> {
        let rank = (self.total * u64::from(percent.min(100))).div_ceil(100).max(1);
        let mut seen = 0;
        for (index, &count) in self.counts.iter().enumerate() {
            seen += u64::from(count);
            if seen >= rank {
                return Some(Duration::from_nanos(middle(index)));
            }
        }
        None
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Histogram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Histogram")
            .field("len", &self.total)
            .field("p50", &self.percentile(50))
            .field("p99", &self.percentile(99))
            .finish()
    }
}

fn bucket(value: u64) -> usize {
    if value < SUB_BUCKETS {
        return value as usize;
    }
    let shift = value.ilog2() - RESOLUTION_BITS;
    let within = (value >> shift) - SUB_BUCKETS;
    (((u64::from(shift) + 1) << RESOLUTION_BITS) + within) as usize
}

fn middle(index: usize) -> u64 {
    let (group, within) = (index as u64 >> RESOLUTION_BITS, index as u64 % SUB_BUCKETS);
    if group == 0 {
        return within;
    }
    let shift = group - 1;
    ((SUB_BUCKETS + within) << shift) + ((1 << shift) >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_histogram_has_no_percentile() {
        assert_eq!(Histogram::new().percentile(50), None);
    }

    #[test]
    fn percentiles_split_what_was_counted() {
        let mut histogram = Histogram::new();
        for milliseconds in 1..=100 {
            histogram.record(Duration::from_millis(milliseconds));
        }
        for (percent, truth) in [(0, 1.0), (50, 50.0), (99, 99.0), (100, 100.0)] {
            let read = histogram.percentile(percent).expect("counted").as_secs_f64() * 1000.0;
            assert!((read / truth - 1.0).abs() < 0.035, "p{percent} read {read}, is {truth}");
        }
    }

    proptest! {
        #[test]
        fn any_value_is_found_again_within_its_resolution(value: u64) {
            let read = middle(bucket(value));
            prop_assert!(read.abs_diff(value) <= value >> RESOLUTION_BITS, "{value} became {read}");
        }
    }
}
