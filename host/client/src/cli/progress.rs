//! What is shown on standard error while a session runs.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::{Duration, Instant};

use punktfunk_client::Stats;

/// How often the line on a terminal changes.
const TERMINAL_EVERY: Duration = Duration::from_millis(250);
/// How often a line is added where there is no terminal.
const PLAIN_EVERY: Duration = Duration::from_secs(5);
/// Goes back to the start of the line and clears it.
const REWRITE: &str = "\r\x1b[K";

/// One updating line on a terminal, plain lines now and then otherwise.
pub(crate) struct ProgressLine {
    terminal: bool,
    shown: bool,
    last: Instant,
    last_frames: u64,
    last_bytes: u64,
}

impl ProgressLine {
    pub(crate) fn new() -> Self {
        Self {
            terminal: stderr().is_terminal(),
            shown: false,
            last: Instant::now(),
            last_frames: 0,
            last_bytes: 0,
        }
    }

    /// Shows the figures when it is time again.
    pub(crate) fn update(&mut self, stats: impl FnOnce() -> Stats) {
        let since = self.last.elapsed();
        if since < if self.terminal { TERMINAL_EVERY } else { PLAIN_EVERY } {
            return;
        }
        let stats = stats();
        let line = describe(&stats, stats.frames - self.last_frames, stats.bytes - self.last_bytes, since);
        self.last = Instant::now();
        (self.last_frames, self.last_bytes) = (stats.frames, stats.bytes);
        self.shown = true;
        let _ =
            if self.terminal { write!(stderr(), "{REWRITE}{line}") } else { writeln!(stderr(), "{line}") };
    }
}

/// Leaves the terminal's line empty for what comes next, however the session ended.
impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.terminal && self.shown {
            let _ = write!(stderr(), "{REWRITE}");
        }
    }
}

fn describe(stats: &Stats, frames: u64, bytes: u64, since: Duration) -> String {
    if stats.frames == 0 {
        return format!("connected for {:.0} s, no video yet", stats.elapsed.as_secs_f64());
    }
    let seconds = since.as_secs_f64().max(0.001);
    let latency = match stats.latency.percentile(50) {
        Some(p50) => format!("{:.1} ms", p50.as_secs_f64() * 1000.0),
        None => "unknown".to_owned(),
    };
    format!(
        "{:5.1} frames/s  {:6.1} Mbit/s  latency {latency}  {} lost  {} recovered",
        frames as f64 / seconds,
        bytes as f64 * 8.0 / 1e6 / seconds,
        stats.lost,
        stats.recovered,
    )
}
