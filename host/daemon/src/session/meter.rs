//! What a session or a stream has done in the last two seconds: rates, and how long things took. One thread writes,
//! anybody reads; there is no lock and no allocation on the writer's side.

use std::array::from_fn;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// Time is counted in slices of this length, nanoseconds.
const SLICE_NS: u64 = 250_000_000;
/// Slices that are looked at, the one being filled not counted: two seconds.
const WINDOW: u64 = 8;
/// Slices that are kept. One more than the window and the one being filled, so that a reader who is late finds its last one.
const KEPT: usize = 10;

/// Durations below this have a cell each, microseconds.
const EXACT: u32 = 16;
/// And from there on each doubling has this many.
const CELLS_PER_DOUBLING: usize = 8;
/// Longer durations count as this, microseconds: half a minute.
const LONGEST_US: u32 = (1 << 25) - 1;
const CELLS: usize = EXACT as usize + 21 * CELLS_PER_DOUBLING;

/// How often something happens, and how much comes of it.
#[derive(Debug, Default)]
pub struct Flow {
    ring: Ring<FlowCells>,
    first: AtomicU64,
}

#[derive(Debug, Default)]
struct FlowCells {
    count: AtomicU64,
    bytes: AtomicU64,
}

/// How fast something goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// Times a second.
    pub per_second: u32,
    /// Kilobits a second.
    pub kbps: u32,
}

impl Flow {
    /// It happened once more, and made `bytes`.
    pub fn record(&self, now_ns: u64, bytes: usize) {
        let slice = slice_of(now_ns);
        // the first slice began before the first record
        let _ = self.first.compare_exchange(0, slice, Relaxed, Relaxed);
        let cells = self.ring.at(slice);
        cells.count.fetch_add(1, Relaxed);
        cells.bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// The pace over the last two seconds, or since the beginning if that is shorter.
    pub fn pace(&self, now_ns: u64) -> Pace {
        let (first, current) = (self.first.load(Relaxed), slice_of(now_ns));
        let since = current.saturating_sub(WINDOW).max(first + 1);
        if first == 0 || since >= current {
            return Pace::default();
        }
        let (mut count, mut bytes) = (0_u64, 0_u64);
        for cells in self.ring.between(since, current - 1) {
            count += cells.count.load(Relaxed);
            bytes += cells.bytes.load(Relaxed);
        }
        let ms = (current - since) * (SLICE_NS / 1_000_000);
        let rounded = |amount: u64| u32::try_from((amount + ms / 2) / ms).unwrap_or(u32::MAX);
        Pace { per_second: rounded(count * 1000), kbps: rounded(bytes * 8) }
    }
}

/// How long something takes.
#[derive(Debug, Default)]
pub struct Timings {
    ring: Ring<TimingCells>,
}

#[derive(Debug)]
struct TimingCells([AtomicU32; CELLS]);

impl Default for TimingCells {
    fn default() -> Self {
        Self(from_fn(|_| AtomicU32::new(0)))
    }
}

impl Timings {
    /// It took this long, microseconds.
    pub fn record(&self, now_ns: u64, took_us: u32) {
        self.ring.at(slice_of(now_ns)).0[cell_of(took_us)].fetch_add(1, Relaxed);
    }

    /// Adds what the last two seconds brought to `spread`.
    pub fn collect(&self, now_ns: u64, spread: &mut Spread) {
        let current = slice_of(now_ns);
        for cells in self.ring.between(current.saturating_sub(WINDOW), current) {
            for (sum, cell) in spread.0.iter_mut().zip(&cells.0) {
                *sum += u64::from(cell.load(Relaxed));
            }
        }
    }

    /// What the last two seconds brought.
    pub fn spread(&self, now_ns: u64) -> Spread {
        let mut spread = Spread::default();
        self.collect(now_ns, &mut spread);
        spread
    }
}

/// How durations are spread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread([u64; CELLS]);

impl Default for Spread {
    fn default() -> Self {
        Self([0; CELLS])
    }
}

impl Spread {
    /// The duration that `percent` of all are no longer than, microseconds, to within a sixteenth; `None` without any.
    pub fn percentile(&self, percent: u64) -> Option<u32> {
        let wanted = (self.count() * percent).div_ceil(100).max(1);
        let mut seen = 0;
        self.0.iter().enumerate().find_map(|(cell, count)| {
            seen += count;
            (seen >= wanted).then(|| middle_of(cell))
        })
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// The slices of the last while; older ones are overwritten.
#[derive(Debug)]
struct Ring<T>([Slice<T>; KEPT]);

#[derive(Debug, Default)]
struct Slice<T> {
    /// Counts up from 1 with time; 0 was never written.
    number: AtomicU64,
    cells: T,
}

impl<T: Default> Default for Ring<T> {
    fn default() -> Self {
        Self(from_fn(|_| Slice::default()))
    }
}

trait Clear {
    fn clear(&self);
}

impl<T: Clear> Ring<T> {
    /// The slice of this number, for the one writer.
    fn at(&self, number: u64) -> &T {
        let slice = &self.0[number as usize % KEPT];
        if slice.number.load(Relaxed) != number {
            slice.cells.clear();
            slice.number.store(number, Relaxed);
        }
        &slice.cells
    }
}

impl<T> Ring<T> {
    /// What was written into these slices, both ends included.
    fn between(&self, first: u64, last: u64) -> impl Iterator<Item = &T> {
        let within = move |slice: &&Slice<T>| (first.max(1)..=last).contains(&slice.number.load(Relaxed));
        self.0.iter().filter(within).map(|slice| &slice.cells)
    }
}

impl Clear for FlowCells {
    fn clear(&self) {
        self.count.store(0, Relaxed);
        self.bytes.store(0, Relaxed);
    }
}

impl Clear for TimingCells {
    fn clear(&self) {
        for cell in &self.0 {
            cell.store(0, Relaxed);
        }
    }
}

fn slice_of(now_ns: u64) -> u64 {
    now_ns / SLICE_NS + 1
}

fn cell_of(us: u32) -> usize {
    let us = us.min(LONGEST_US);
    if us < EXACT {
        return us as usize;
    }
    let doubling = us.ilog2();
    let part = (us >> (doubling - 3)) as usize % CELLS_PER_DOUBLING;
    EXACT as usize + (doubling - EXACT.ilog2()) as usize * CELLS_PER_DOUBLING + part
}

fn middle_of(cell: usize) -> u32 {
    let Some(beyond) = cell.checked_sub(EXACT as usize) else { return cell as u32 };
    let (doubling, part) = (beyond / CELLS_PER_DOUBLING, beyond % CELLS_PER_DOUBLING);
    let width = 2_u32 << doubling;
    (CELLS_PER_DOUBLING + part) as u32 * width + width / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;
    const SECOND: u64 = 1000 * MS;

    #[test]
    fn a_pace_is_that_of_the_last_two_seconds() {
        let flow = Flow::default();
        assert_eq!(flow.pace(5 * SECOND), Pace::default());
        for n in 0..600 {
            flow.record(n * SECOND / 60, 12_500);
        }
        assert_eq!(flow.pace(10 * SECOND), Pace { per_second: 60, kbps: 6_000 });
        for n in 0..40 {
            flow.record(10 * SECOND + n * SECOND / 10, 12_500);
        }
        assert_eq!(flow.pace(14 * SECOND), Pace { per_second: 10, kbps: 1_000 });
        assert_eq!(flow.pace(15 * SECOND), Pace { per_second: 5, kbps: 500 }, "one second of the two");
        assert_eq!(flow.pace(17 * SECOND), Pace::default());
    }

    #[test]
    fn the_pace_of_what_has_just_begun_is_not_diluted() {
        let flow = Flow::default();
        for n in 0..60 {
            flow.record(100 * SECOND + n * SECOND / 60, 0);
        }
        assert_eq!(flow.pace(101 * SECOND).per_second, 60);
    }

    #[test]
    fn percentiles_are_within_a_sixteenth_of_the_truth() {
        for truth in [0_u32, 3, 15, 16, 17, 100, 4_711, 16_666, 999_999, LONGEST_US] {
            let timings = Timings::default();
            timings.record(SECOND, truth);
            let told = timings.spread(SECOND).percentile(50).unwrap();
            assert!(told.abs_diff(truth) <= truth / 16, "{told} for {truth}");
        }
    }

    #[test]
    fn the_median_and_the_slowest_percent_are_told_apart_and_old_ones_are_forgotten() {
        let timings = Timings::default();
        for n in 0..100 {
            timings.record(SECOND + n * MS, if n < 98 { 8 } else { 12 });
        }
        let spread = timings.spread(2 * SECOND);
        assert_eq!((spread.count(), spread.percentile(50), spread.percentile(99)), (100, Some(8), Some(12)));
        assert_eq!(timings.spread(4 * SECOND).percentile(50), None);
    }

    #[test]
    fn durations_beyond_all_reason_stay_in_the_last_cell() {
        assert_eq!(cell_of(u32::MAX), CELLS - 1);
        let mut last = 0;
        for us in 0..100_000 {
            assert!((last..=last + 1).contains(&cell_of(us)), "{us}");
            last = cell_of(us);
        }
    }
}
