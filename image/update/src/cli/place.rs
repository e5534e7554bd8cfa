//! A box's things, below a directory that stands for `/`.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use punktfunk_config::{Policy, Update};

use super::PlaceArgs;
use super::error::CliError;
use crate::guard::Host;
use crate::slots::{Disk, DiskPaths, Slots};
use crate::state::{Memory, State};
use crate::status::Status;
use crate::trial::{self, Standing};

/// How long a verb waits for another process to finish.
pub(super) const SHORT: Duration = Duration::from_secs(5);
/// How long the gate does, whose verdict must not be lost.
pub(super) const LONG: Duration = Duration::from_secs(30);

/// Where a box's things are.
#[derive(Debug)]
pub(super) struct Place {
    root: PathBuf,
    policy: Option<PathBuf>,
    disk: Option<PathBuf>,
    esp: PathBuf,
}

/// A box that is worked on: nobody else changes it meanwhile.
pub(super) struct Held {
    pub(super) disk: Disk,
    pub(super) state: State,
    pub(super) standing: Standing,
    pub(super) now: Timestamp,
    /// How long a feed may be silent; zero where there is none.
    silence: Duration,
}

impl Place {
    pub(super) fn new(args: &PlaceArgs) -> Self {
        Self {
            root: args.root.clone(),
            policy: args.config.clone(),
            disk: args.disk.clone(),
            esp: args.esp.clone().unwrap_or_else(|| args.root.join("efi")),
        }
    }

    /// The policy's section for updates; without a file, the defaults.
    pub(super) fn policy(&self) -> Result<Update, CliError> {
        let path = match &self.policy {
            Some(path) => path.clone(),
            None => {
                let path = self.root.join("etc/punktfunk/punktfunk.yaml");
                if !path.exists() {
                    return Ok(Policy::default().update);
                }
                path
            }
        };
        Ok(punktfunk_config::load(path).map_err(CliError::Policy)?.policy.update)
    }

    /// How long the feed may be silent. A policy that cannot be read is told of elsewhere.
    pub(super) fn bearable_silence(&self) -> Duration {
        self.policy()
            .ok()
            .filter(|policy| policy.feed.is_some())
            .map_or(Duration::ZERO, |policy| policy.silence)
    }

    /// The host that runs on this box.
    pub(super) fn host(&self) -> Host {
        Host::new(&self.root.join("run/punktfunk/control.sock"))
    }

    /// The slots.
    pub(super) fn disk(&self) -> Result<Disk, CliError> {
        let (root, disk, esp) = (self.root.clone(), self.disk.clone(), self.esp.clone());
        Ok(Disk::open(&DiskPaths { root, disk, esp })?)
    }

    /// What another process has told the host last.
    pub(super) fn published(&self) -> Option<Status> {
        let bytes = std::fs::read(self.run_dir().join(crate::status::STATUS)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// What is remembered, only to look at it.
    pub(super) fn memory(&self) -> Result<Memory, CliError> {
        Ok(State::look(&self.state_dir())?)
    }

    /// Takes the box for a change, waiting for another process to let go of it: draws the conclusions of how it came up, and says so to the host.
    pub(super) fn hold(&self, patience: Duration) -> Result<Held, CliError> {
        let mut state = State::open(&self.state_dir(), patience)?;
        let disk = self.disk()?;
        let before = state.memory.clone();
        let now = state.now(Timestamp::now());
        let standing = trial::settle(&disk, &mut state.memory, now)?;
        if state.memory != before {
            state.save()?;
        }
        let held = Held { disk, state, standing, now, silence: self.bearable_silence() };
        self.publish(&held.status());
        Ok(held)
    }

    /// Tells the host; a box whose `/run` cannot be written still updates itself.
    pub(super) fn publish(&self, status: &Status) {
        if let Err(why) = status.publish(&self.run_dir()) {
            tracing::warn!("the host cannot be told what is being done: {why}");
        }
    }

    /// Says whether the box is to stay up with its gate shut; unsaid, it starts again.
    pub(super) fn stay(&self, stays: bool) -> std::io::Result<()> {
        let note = self.run_dir().join(crate::gate::STAY);
        if stays {
            std::fs::create_dir_all(self.run_dir())?;
            return std::fs::write(note, "");
        }
        std::fs::remove_file(note).or_else(|why| match why.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(why),
        })
    }

    fn run_dir(&self) -> PathBuf {
        self.root.join("run/punktfunk-update")
    }

    fn state_dir(&self) -> PathBuf {
        self.root.join("var/lib/punktfunk-update")
    }
}

impl Held {
    /// What it is doing, which is nothing yet.
    pub(super) fn status(&self) -> Status {
        let memory = &self.state.memory;
        Status::at_rest(self.disk.running().version.clone(), self.standing.clone(), memory)
            .with_silence(memory.silent_days(self.silence, self.now))
    }
}
