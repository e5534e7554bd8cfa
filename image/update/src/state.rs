//! What the box remembers about its updates, in `/var/lib/punktfunk-update`.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::durable;
use crate::hash::Sha256;
use crate::manifest::Manifest;
use crate::signature::Announced;
use crate::version::Version;

/// The most events that are remembered.
pub const MAX_HISTORY: usize = 100;
/// The longest reason that is remembered, in characters.
pub const MAX_REASON: usize = 1000;

const STATE: &str = "state.json";
const JOURNAL: &str = "journal.json";
const LOCK: &str = "lock";
/// How often a state that another process holds is asked for.
const TICK: Duration = Duration::from_millis(50);

/// Everything that outlives a restart, but the journal of a download.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The latest time that was ever seen; the clock is never believed to be earlier.
    pub latest: Option<Timestamp>,
    /// When the newest manifest that was accepted was made; older ones are replays.
    pub newest_manifest: Option<Timestamp>,
    /// When the feed was last heard.
    pub heard: Option<Timestamp>,
    /// When a feed was first asked.
    pub first_asked: Option<Timestamp>,
    /// What the feed offers, if it is not what runs.
    pub available: Option<Version>,
    /// The newest version that has proven itself here; older ones are not installed.
    pub floor: Option<Version>,
    /// The oldest version that the publisher still calls safe.
    pub minimum: Option<Version>,
    /// Keys that signed manifests have announced.
    pub announced: Vec<Announced>,
    /// The version that was installed last and has not proven itself yet.
    pub trial: Option<Trial>,
    /// What happened, oldest first.
    pub history: Vec<Event>,
}

/// A version on probation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// What was installed.
    pub version: Version,
    /// What ran before.
    pub from: Version,
    /// Why its gate did not open, the last time.
    #[serde(default)]
    pub fault: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The version that it happened to.
    pub version: Version,
    /// What.
    pub outcome: Outcome,
    /// Why, in a sentence; empty where there is nothing to say.
    #[serde(default)]
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What can happen to a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is in the idle slot, to be tried at the next start.
    Installed,
    /// It could not be installed.
    Failed,
    /// Its gate did not open; the box starts again.
    GateFailed,
    /// Its gate opened.
    GatePassed,
    /// It has proven itself and stays.
    Good,
    /// The box went back from it.
    WentBack,
    /// Its owner went back from it.
    RolledBack,
    /// Its owner has it installed although it is older than the floor.
    Overridden,
    /// The keys that it announced are trusted from now on.
    KeysAnnounced,
}

/// How far a download got. Everything before these offsets is in the idle slot and on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The manifest that it belongs to.
    pub manifest: Sha256,
    /// For each file in the order of [`Kind::ALL`](crate::manifest::Kind::ALL): bytes written.
    pub written: [u64; 3],
    /// Bytes that came over the network.
    pub fetched: u64,
}

impl Journal {
    /// Nothing is written yet.
    pub fn new(manifest: Sha256) -> Self {
        Self { manifest, written: [0; 3], fetched: 0 }
    }
}

/// Why the state could not be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The system refuses.
    #[error("{path}: {source}; {}", hint(.source))]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is damaged.
    #[error(
        "{path} cannot be read ({why}) and is left as it is. Put back a backup, or move it away: the box then forgets its floor and its history"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Somebody else works on it.
    #[error(
        "another punktfunk-update is at work; wait for it, or see what it does with `punktfunk-update status`"
    )]
    Busy,
}

fn hint(why: &io::Error) -> &'static str {
    match why.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "run it as root, on the box",
        io::ErrorKind::StorageFull => "make room there and try again",
        _ => "nothing else was changed",
    }
}

/// The state of a box. Only one process holds it for writing.
#[derive(Debug)]
pub struct State {
    directory: PathBuf,
    /// What is remembered; [`save`](Self::save) makes it last.
    pub memory: Memory,
    _lock: Option<File>,
}

impl State {
    /// Takes the state for writing, making it where there is none.
    ///
    /// # Errors
    /// [`StateError`], [`StateError::Busy`] when another process still holds it after `patience`.
    pub fn open(directory: &Path, patience: Duration) -> Result<Self, StateError> {
        fs::create_dir_all(directory).map_err(io_error(directory))?;
        let lock_path = directory.join(LOCK);
        let options = File::options().create(true).truncate(false).write(true).open(&lock_path);
        let lock = options.map_err(io_error(&lock_path))?;
        let began = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if began.elapsed() < patience => thread::sleep(TICK),
                Err(TryLockError::WouldBlock) => return Err(StateError::Busy),
                Err(TryLockError::Error(why)) => return Err(io_error(&lock_path)(why)),
            }
        }
        Ok(Self {
            memory: read(&directory.join(STATE))?.unwrap_or_default(),
            directory: directory.to_owned(),
            _lock: Some(lock),
        })
    }

    /// Reads the state, only to look at it.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn look(directory: &Path) -> Result<Memory, StateError> {
        Ok(read(&directory.join(STATE))?.unwrap_or_default())
    }

    /// Makes what is remembered last.
    ///
    /// # Errors
    /// [`StateError::Io`]; then the disk has what it had before.
    pub fn save(&self) -> Result<(), StateError> {
        self.write(STATE, &self.memory)
    }

    /// The time, which never runs backwards: not earlier than any time that was seen before.
    pub fn now(&mut self, clock: Timestamp) -> Timestamp {
        let now = self.memory.latest.map_or(clock, |latest| latest.max(clock));
        self.memory.latest = Some(now);
        now
    }

    /// How far the last download got, if it was of the same manifest.
    ///
    /// # Errors
    /// [`StateError::Io`]; a damaged journal only costs a new download.
    pub fn journal(&self, manifest: &Sha256) -> Result<Option<Journal>, StateError> {
        let journal: Option<Journal> = match read(&self.directory.join(JOURNAL)) {
            Err(StateError::Damaged { .. }) => None,
            read => read?,
        };
        Ok(journal.filter(|journal| &journal.manifest == manifest))
    }

    /// Makes `journal` last.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn save_journal(&self, journal: &Journal) -> Result<(), StateError> {
        self.write(JOURNAL, journal)
    }

    /// Forgets the journal.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn drop_journal(&self) -> Result<(), StateError> {
        let path = self.directory.join(JOURNAL);
        durable::remove(&path).map_err(io_error(&path))
    }

    fn write(&self, name: &str, value: &impl Serialize) -> Result<(), StateError> {
        let path = self.directory.join(name);
        let bytes = serde_json::to_vec_pretty(value).map_err(io::Error::from);
        bytes.and_then(|bytes| durable::replace(&path, &bytes, 0o600)).map_err(io_error(&path))
    }
}

impl Memory {
    /// Remembers an event, and forgets the oldest when there are too many. One that comes again and again is one.
    pub fn record(&mut self, version: &Version, outcome: Outcome, reason: impl Into<String>, at: Timestamp) {
        let reason: String = reason.into().chars().take(MAX_REASON).collect();
        tracing::info!("{version}: {outcome:?} {reason:?}");
        self.history
            .pop_if(|last| &last.version == version && last.outcome == outcome && last.reason == reason);
        self.history.push(Event { version: version.clone(), outcome, reason, at });
        let surplus = self.history.len().saturating_sub(MAX_HISTORY);
        self.history.drain(..surplus);
    }

    /// The oldest version that is installed here without its owner's word.
    pub fn floor(&self) -> Option<&Version> {
        self.floor.as_ref().max(self.minimum.as_ref())
    }

    /// Whether the box or its owner went back from this version.
    pub fn went_back_from(&self, version: &Version) -> Option<&Event> {
        let decisive = |event: &&Event| {
            &event.version == version
                && matches!(event.outcome, Outcome::WentBack | Outcome::RolledBack | Outcome::Good)
        };
        let last = self.history.iter().rev().find(decisive);
        last.filter(|event| event.outcome != Outcome::Good)
    }

    /// Whether its owner has gone back from this version, and not said since that it stays.
    pub fn was_left(&self, version: &Version) -> bool {
        self.went_back_from(version).is_some_and(|event| event.outcome == Outcome::RolledBack)
    }

    /// For how many whole days nothing was heard from the feed, once that is longer than `bearable`.
    pub fn silent_days(&self, bearable: Duration, now: Timestamp) -> Option<u64> {
        let since = self.heard.or(self.first_asked).filter(|_| !bearable.is_zero())?;
        let silence = Duration::try_from(now.duration_since(since)).ok()?;
        (silence >= bearable).then_some(silence.as_secs() / (24 * 3600))
    }

    /// Takes over what a manifest that was accepted says about time and safety.
    pub fn accept(&mut self, manifest: &Manifest, now: Timestamp) {
        self.heard = Some(now);
        self.newest_manifest = self.newest_manifest.max(Some(manifest.created));
        self.minimum = self.minimum.take().max(manifest.minimum_version.clone());
    }
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Option<T>, StateError> {
    let bytes = match fs::read(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes.map_err(io_error(path))?,
    };
    let damaged =
        |why: serde_json::Error| StateError::Damaged { path: path.to_owned(), why: why.to_string() };
    serde_json::from_slice(&bytes).map(Some).map_err(damaged)
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> StateError {
    let path = path.to_owned();
    move |source| StateError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_is_saved_is_read_again_by_one_process_at_a_time() {
        let place = tempfile::tempdir().unwrap();
        let mut state = State::open(place.path(), Duration::ZERO).unwrap();
        assert!(matches!(State::open(place.path(), Duration::ZERO), Err(StateError::Busy)));
        state.memory.record(&"1.2".parse().unwrap(), Outcome::Good, "", time(7));
        state.save().unwrap();
        let memory = state.memory.clone();
        drop(state);
        assert_eq!(State::open(place.path(), Duration::ZERO).unwrap().memory, memory);
    }

    #[test]
    fn a_damaged_state_is_never_replaced_by_an_empty_one() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join(STATE), b"{\"floor\": \"1.").unwrap();
        assert!(matches!(State::open(place.path(), Duration::ZERO), Err(StateError::Damaged { .. })));
        assert_eq!(fs::read(place.path().join(STATE)).unwrap(), b"{\"floor\": \"1.");
    }

    #[test]
    fn time_never_runs_backwards() {
        let place = tempfile::tempdir().unwrap();
        let mut state = State::open(place.path(), Duration::ZERO).unwrap();
        assert_eq!(state.now(time(100)), time(100));
        assert_eq!(state.now(time(5)), time(100));
        assert_eq!(state.now(time(101)), time(101));
    }

    #[test]
    fn the_history_is_bounded() {
        let mut memory = Memory::default();
        let (even, odd): (Version, Version) = ("1.2".parse().unwrap(), "1.3".parse().unwrap());
        for turn in 0..MAX_HISTORY + 10 {
            let version = if turn % 2 == 0 { &even } else { &odd };
            memory.record(version, Outcome::Failed, "x".repeat(5000), time(1));
        }
        assert_eq!(memory.history.len(), MAX_HISTORY);
        assert_eq!(memory.history[0].reason.len(), MAX_REASON);
    }

    #[test]
    fn what_happens_every_hour_is_remembered_once() {
        let mut memory = Memory::default();
        for second in 0..10 {
            memory.record(&"1.2".parse().unwrap(), Outcome::Failed, "no route", time(second));
        }
        assert_eq!((memory.history.len(), memory.history[0].at), (1, time(9)));
    }

    #[test]
    fn a_feed_that_was_not_heard_for_too_long_is_told_and_one_that_was_never_heard_since_it_was_asked() {
        const DAY: i64 = 24 * 3600;
        let bearable = Duration::from_secs(14 * DAY as u64);
        let mut memory = Memory::default();
        assert_eq!(memory.silent_days(bearable, time(1000 * DAY)), None, "it was never asked");
        memory.first_asked = Some(time(0));
        assert_eq!(memory.silent_days(bearable, time(14 * DAY - 1)), None);
        assert_eq!(memory.silent_days(bearable, time(14 * DAY)), Some(14));
        memory.heard = Some(time(10 * DAY));
        assert_eq!(memory.silent_days(bearable, time(20 * DAY)), None);
        assert_eq!(memory.silent_days(bearable, time(34 * DAY + 5)), Some(24));
        assert_eq!(memory.silent_days(Duration::ZERO, time(1000 * DAY)), None, "nobody wants to be told");
        assert_eq!(memory.silent_days(bearable, time(9 * DAY)), None, "the clock went back");
    }

    #[test]
    fn a_version_that_proved_itself_later_is_not_held_against() {
        let mut memory = Memory::default();
        let version: Version = "1.2".parse().unwrap();
        memory.record(&version, Outcome::WentBack, "black screen", time(1));
        assert!(memory.went_back_from(&version).is_some());
        memory.record(&version, Outcome::Good, "", time(2));
        assert!(memory.went_back_from(&version).is_none());
    }
}
