//! How quiet the machine is.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use punktfunk_client::Histogram;

const SLEEP: Duration = Duration::from_millis(1);

/// The load averages over 1, 5 and 15 minutes, and the processors they are for.
pub(crate) fn load() -> String {
    let averages = fs::read_to_string("/proc/loadavg").unwrap();
    let averages = averages.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    let processors = thread::available_parallelism().unwrap();
    format!("{averages} on {processors} processors")
}

/// Sleeps over and over, and notes how much longer than asked each sleep took.
pub(crate) struct Sleeper {
    done: Arc<AtomicBool>,
    thread: JoinHandle<Histogram>,
}

impl Sleeper {
    pub(crate) fn start() -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&done);
        let thread = thread::spawn(move || {
            let mut overshoot = Histogram::new();
            while !seen.load(Ordering::Relaxed) {
                let start = Instant::now();
                sleep(SLEEP);
                overshoot.record(start.elapsed().saturating_sub(SLEEP));
            }
            overshoot
        });
        Self { done, thread }
    }

    pub(crate) fn stop(self) -> Histogram {
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// Median and 99th percentile in milliseconds; NaN where nothing was counted.
pub(crate) fn spread_ms(histogram: &Histogram) -> (f64, f64) {
    let at = |percent| histogram.percentile(percent).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0);
    (at(50), at(99))
}
