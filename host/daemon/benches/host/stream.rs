//! A stream of the test card to the reference client, and what the host looks like meanwhile.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use punktfunk_client::{ConnectOptions, Histogram, HostPin, Identity, Mode, NativeClient, Role, Stats};

use crate::machine::{Sleeper, spread_ms};
use crate::process::{HostProcess, Memory};

/// How often memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A stream that shows nothing for so long is broken.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was seen.
pub(crate) struct Watched {
    stats: Stats,
    memory: Vec<Memory>,
    took: Duration,
    cpu: Duration,
    overshoot: Histogram,
}

/// Streams for `time` after the first frame.
pub(crate) fn watch(host: &HostProcess, time: Duration) -> Watched {
    let identity = Identity::load_or_create(&host.dir().join("client"), Role::Client).unwrap();
    let address = host.native().to_string().parse().unwrap();
    let mut options = ConnectOptions::new(address, Arc::new(identity), HostPin::TrustOnFirstUse);
    options.mode = Mode { width: 1280, height: 720, refresh_hz: 60 };
    let client = NativeClient::connect(options).unwrap();
    client.next_video(PATIENCE).unwrap().expect("a first frame");

    let sleeper = Sleeper::start();
    let (start, cpu) = (Instant::now(), host.cpu());
    let mut memory = Vec::new();
    while start.elapsed() < time {
        client.next_video(PATIENCE).unwrap().expect("a next frame");
        if start.elapsed() >= LOOK_EVERY * memory.len() as u32 {
            memory.push(host.memory());
        }
    }
    let (took, cpu) = (start.elapsed(), host.cpu().saturating_sub(cpu));
    let stats = client.stats();
    client.quit();
    Watched { stats, memory, took, cpu, overshoot: sleeper.stop() }
}

impl Watched {
    /// Median and 99th percentile.
    pub(crate) fn added_ms(&self) -> (f64, f64) {
        spread_ms(&self.stats.host_added)
    }

    /// Median and most, in MiB.
    pub(crate) fn resident(&self) -> (f64, f64) {
        let mut resident: Vec<_> = self.memory.iter().map(|memory| memory.resident).collect();
        resident.sort_by(f64::total_cmp);
        (resident[resident.len() / 2], resident[resident.len() - 1])
    }

    /// The last look at memory.
    pub(crate) fn memory(&self) -> Memory {
        self.memory[self.memory.len() - 1]
    }

    /// Processor time of the host per time that passed.
    pub(crate) fn cpu_share(&self) -> f64 {
        self.cpu.as_secs_f64() / self.took.as_secs_f64()
    }

    /// How late a plain sleep woke up meanwhile.
    pub(crate) fn overshoot(&self) -> String {
        let (median, p99) = spread_ms(&self.overshoot);
        format!("a sleep of 1 ms took {median:.2} ms longer, p99 {p99:.2} ms")
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stats { frames, bytes, lost, .. } = self.stats;
        let seconds = self.took.as_secs_f64();
        let (whole, whole_p99) = spread_ms(&self.stats.host_time);
        write!(
            f,
            "{frames} frames, {:.1} a second, {:.1} Mbit/s, {lost} lost; with encoding {whole:.2} ms, p99 {whole_p99:.2} ms",
            frames as f64 / seconds,
            bytes as f64 * 8e-6 / seconds
        )
    }
}
