//! The database: sled, made as durable and as suspicious as an allow-list needs it.

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};

use super::state::{Fault, LEDGER, Records, State, check_ledger, seal_ledger};
use crate::files::{remove_dir_if_there, sync_parent};

/// sled's page cache: an allow-list is small.
const CACHE_BYTES: u64 = 1024 * 1024;
/// sled frees its lock a moment after the last handle is dropped.
const LOCK_TRIES: u32 = 40;
const LOCK_WAIT: Duration = Duration::from_millis(25);

/// An open database. After an error it is good for nothing but being dropped.
pub(crate) struct Tree {
    db: sled::Db,
    path: PathBuf,
}

/// What a database holds, checked.
pub(crate) struct Contents {
    pub(crate) generation: u64,
    pub(crate) records: Records,
    pub(crate) state: State,
}

/// Why a database could not be opened or read.
#[derive(Debug)]
pub(crate) enum TreeError {
    Io(io::Error),
    Fault(Fault),
}

impl Tree {
    /// Builds a database that holds `records`, and puts it in `path` by one rename; what was there goes to `aside`.
    pub(crate) fn build(
        path: &Path,
        aside: &Path,
        generation: u64,
        records: &Records,
    ) -> Result<Self, TreeError> {
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".new");
        let unfinished = PathBuf::from(unfinished);
        remove_dir_if_there(&unfinished).map_err(TreeError::Io)?;
        let tree = Self::open(&unfinished)?;
        tree.write(generation, &Records::new(), records)?;
        drop(tree);
        let put_in_place = || {
            File::open(unfinished.join("conf"))?.sync_all()?;
            File::open(&unfinished)?.sync_all()?;
            if exists(path)? {
                remove_dir_if_there(aside)?;
                renameat2(AT_FDCWD, &unfinished, AT_FDCWD, path, RenameFlags::RENAME_EXCHANGE)?;
                fs::rename(&unfinished, aside)?;
            } else {
                fs::rename(&unfinished, path)?;
            }
            sync_parent(path)
        };
        put_in_place().map_err(TreeError::Io)?;
        Self::open(path)
    }

    /// Opens the database in `path`.
    pub(crate) fn open(path: &Path) -> Result<Self, TreeError> {
        let config = sled::Config::new().path(path).cache_capacity(CACHE_BYTES).flush_every_ms(None);
        let mut tries = 0;
        let db = loop {
            match guarded(|| config.open()) {
                Err(TreeError::Io(error)) if is_lock(&error) && tries < LOCK_TRIES => {
                    tries += 1;
                    std::thread::sleep(LOCK_WAIT);
                }
                other => break other?,
            }
        };
        Ok(Self { db, path: path.to_owned() })
    }

    /// Reads everything; `None` when nothing was ever written.
    pub(crate) fn read(&self) -> Result<Option<Contents>, TreeError> {
        let mut records = Records::new();
        guarded(|| {
            for entry in self.db.iter() {
                let (key, value) = entry?;
                records.insert(key.to_vec(), value.to_vec());
            }
            Ok(())
        })?;
        let Some(ledger) = records.remove(LEDGER) else {
            let nothing = records.is_empty();
            return if nothing { Ok(None) } else { Err(fault("the record of all records is missing")) };
        };
        let generation = check_ledger(&ledger, &records).map_err(TreeError::Fault)?;
        let state = State::from_records(&records).map_err(TreeError::Fault)?;
        Ok(Some(Contents { generation, records, state }))
    }

    /// Turns `from`, which must be what the database holds, into `to`: in one batch, flushed, and on the disk.
    pub(crate) fn write(&self, generation: u64, from: &Records, to: &Records) -> Result<(), TreeError> {
        let mut batch = sled::Batch::default();
        for key in from.keys().filter(|key| !to.contains_key(*key)) {
            batch.remove(key.as_slice());
        }
        for (key, value) in to.iter().filter(|(key, value)| from.get(*key) != Some(value)) {
            batch.insert(key.as_slice(), value.as_slice());
        }
        batch.insert(LEDGER, seal_ledger(generation, to));
        guarded(|| {
            self.db.apply_batch(batch)?;
            self.db.flush()?;
            Ok(())
        })?;
        self.sync().map_err(TreeError::Io)
    }

    /// sled's flush leaves the data in the kernel's hands.
    fn sync(&self) -> io::Result<()> {
        File::open(self.path.join("db"))?.sync_data()
    }
}

/// Whether a database has been begun in `path`.
pub(crate) fn exists(path: &Path) -> io::Result<bool> {
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Runs sled, which answers some kinds of damage and of full disk with a panic.
fn guarded<T>(work: impl FnOnce() -> sled::Result<T>) -> Result<T, TreeError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(error))) => Err(TreeError::Io(error)),
        Ok(Err(sled::Error::Corruption { .. })) => Err(fault("its log is cut short or overwritten")),
        Ok(Err(error)) => Err(fault(&error.to_string())),
        Err(_) => Err(fault("the database gave up on it")),
    }
}

fn fault(what: &str) -> TreeError {
    TreeError::Fault(Fault::Broken(what.to_owned()))
}

fn is_lock(error: &io::Error) -> bool {
    error.to_string().contains("could not acquire lock")
}
