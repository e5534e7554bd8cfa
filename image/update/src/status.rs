//! What the box is doing about updates, for people, scripts and the console.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::durable;
use crate::install::{Progress, Stage};
use crate::state::{Event, Memory, Outcome};
use crate::trial::Standing;
use crate::version::Version;

/// The file in the runtime directory that the host reads.
pub const STATUS: &str = "status.json";

/// The state of a box's updates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// What runs.
    pub running: Option<Version>,
    /// What the feed offers beyond that, unless the box went back from it.
    pub available: Option<Version>,
    /// What is in the other slot and starts next.
    pub waiting: Option<Version>,
    /// What is being done.
    pub phase: Phase,
    /// How far it is, while something is being done.
    pub progress: Option<Share>,
    /// The last thing that happened to a version.
    pub last: Option<Event>,
    /// When the feed was last heard.
    pub heard: Option<Timestamp>,
    /// For how many days nothing was heard from it, once that is longer than the policy bears.
    #[serde(default)]
    pub silent_days: Option<u64>,
    /// The oldest version that is installed without its owner's word.
    pub floor: Option<Version>,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing.
    Idle,
    /// The running version is on trial.
    OnTrial,
    /// A new version waits for a restart.
    WaitingForRestart,
    /// The slots are compared.
    Comparing,
    /// The idle slot is filled.
    Downloading,
    /// The idle slot is read back.
    Verifying,
}

/// How far something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// From 0 to 100.
    pub percent: u8,
    /// Bytes that are done with.
    pub done: u64,
    /// All bytes.
    pub total: u64,
    /// Bytes that came over the network.
    pub fetched: u64,
    /// Bytes that need not come over the network.
    pub saved: u64,
}

impl Status {
    /// What `memory` says while nothing is being done.
    pub fn at_rest(running: Option<Version>, standing: Standing, memory: &Memory) -> Self {
        let phase = match &standing {
            Standing::Good => Phase::Idle,
            Standing::OnTrial => Phase::OnTrial,
            Standing::OtherWaits(_) | Standing::Left(_) => Phase::WaitingForRestart,
        };
        let waiting = match standing {
            Standing::OtherWaits(next) | Standing::Left(next) => Some(next),
            Standing::Good | Standing::OnTrial => None,
        };
        Self {
            available: memory.available.clone().filter(|version| {
                Some(version) > running.as_ref() && memory.went_back_from(version).is_none()
            }),
            waiting,
            running,
            phase,
            progress: None,
            last: memory.history.last().cloned(),
            heard: memory.heard,
            silent_days: None,
            floor: memory.floor().cloned(),
        }
    }

    /// The same, with what is said of a feed that is not heard.
    pub fn with_silence(mut self, days: Option<u64>) -> Self {
        self.silent_days = days;
        self
    }

    /// The same in the midst of an installation.
    pub fn during(mut self, progress: &Progress) -> Self {
        self.phase = match progress.stage {
            Stage::Comparing => Phase::Comparing,
            Stage::Downloading => Phase::Downloading,
            Stage::Verifying => Phase::Verifying,
        };
        let Progress { done, total, fetched, saved, .. } = *progress;
        let percent = (done.min(total) * 100).checked_div(total).unwrap_or(100) as u8;
        self.progress = Some(Share { percent, done, total, fetched, saved });
        self
    }

    /// Puts it where the host reads it, whole or not at all.
    ///
    /// # Errors
    /// What the system says.
    pub fn publish(&self, runtime_dir: &Path) -> io::Result<()> {
        fs::create_dir_all(runtime_dir)?;
        fs::set_permissions(runtime_dir, fs::Permissions::from_mode(0o755))?;
        let bytes = serde_json::to_vec(self)?;
        durable::replace(&runtime_dir.join(STATUS), &bytes, 0o644)
    }

    /// For a person.
    pub fn describe(&self) -> String {
        let running = self.running.as_ref().map_or("an unknown version".to_owned(), ToString::to_string);
        let mut text = match (self.phase, &self.waiting) {
            (Phase::OnTrial, _) => format!("{running} runs, on trial\n"),
            (_, Some(waiting)) => format!("{running} runs; {waiting} is installed and waits for a restart\n"),
            _ => format!("{running} runs\n"),
        };
        if let Some(version) =
            self.available.as_ref().filter(|version| Some(*version) != self.waiting.as_ref())
        {
            text += &format!("  available   {version}: put it in place with `punktfunk-update install`\n");
        }
        if let Some(Share { percent, fetched, saved, .. }) = self.progress {
            text +=
                &format!("  at work     {percent} %, {} fetched, {} saved\n", bytes(fetched), bytes(saved));
        }
        if let Some(Event { version, outcome, reason, at }) = &self.last {
            let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
            text += &format!("  last        {version} {}{reason} ({})\n", words(*outcome), shown(*at));
        }
        match self.heard {
            Some(at) => text += &format!("  feed        last heard {}\n", shown(at)),
            None => text += "  feed        never heard; ask with `punktfunk-update check`\n",
        }
        if let Some(days) = self.silent_days {
            text += &format!(
                "              nothing for {days} days: ask with `punktfunk-update check`, which says what is wrong\n"
            );
        }
        if let Some(floor) = &self.floor {
            text += &format!("  floor       {floor}\n");
        }
        text
    }
}

/// An outcome in words that go after a version.
pub fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Installed => "was installed",
        Outcome::Failed => "was not installed",
        Outcome::GateFailed => "did not pass its gate",
        Outcome::GatePassed => "passed its gate",
        Outcome::Good => "has proven itself",
        Outcome::WentBack => "did not prove itself",
        Outcome::RolledBack => "was left",
        Outcome::Overridden => "was forced",
        Outcome::KeysAnnounced => "announced keys",
    }
}

/// `1.5 MiB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let (mut value, mut unit) = (bytes as f64 / 1024.0, 0);
    while value >= 1024.0 && unit < UNITS.len() - 1 {
        (value, unit) = (value / 1024.0, unit + 1);
    }
    if bytes < 1024 { format!("{bytes} bytes") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// `2026-11-29 01:02:03 UTC`.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn shown(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_in_units_that_fit() {
        assert_eq!(
            [bytes(0), bytes(1023), bytes(1024), bytes(3 << 29)],
            ["0 bytes", "1023 bytes", "1.0 KiB", "1.5 GiB"]
        );
    }

    #[test]
    fn the_host_reads_a_whole_status_that_everybody_may_see() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("run");
        let status = Status::at_rest("1.2".parse().ok(), Standing::Good, &Memory::default());
        status.publish(&directory).unwrap();
        let file = directory.join(STATUS);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(serde_json::from_slice::<Status>(&fs::read(&file).unwrap()).unwrap(), status);
    }
}
