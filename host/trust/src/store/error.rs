//! What can be wrong with the store, and the way out.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why the allow-list cannot be opened or saved. Whatever it is: no file has been changed, and no list is assumed empty.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the store.
    #[error(
        "a punktfunk-host runs already{}, with the allow-list in {path}: stop that one, or give this one another --state-dir",
        held_by(*.holder), path = path.display()
    )]
    Locked {
        /// The state folder.
        path: PathBuf,
        /// The process that holds it, if it left its number.
        holder: Option<u32>,
    },
    /// The disk would not let us read it.
    #[error("the allow-list in {path} cannot be read: {source}. Check the folder's owner, mode and disk, then start again", path = path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// A change could not be made durable and was taken back.
    #[error("the change could not be saved in {path}: {source}. Free some space or make the disk writable, then try again", path = path.display())]
    Unsaved {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// What is stored does not fit its own checksums or rules.
    #[error("the allow-list in {path} is damaged: {fault}. {remedy}", path = path.display())]
    Damaged {
        /// The copy that is damaged.
        path: PathBuf,
        /// What is wrong.
        fault: String,
        /// The way back.
        remedy: Remedy,
    },
    /// The database is older than the last change that was confirmed: it has lost its tail, or an old copy was put back.
    #[error("the allow-list in {path} has lost its latest changes: it is at generation {found}, but generation {expected} was saved. {remedy}", path = path.display())]
    LostTail {
        /// The database.
        path: PathBuf,
        /// The generation found.
        found: u64,
        /// The generation that was confirmed.
        expected: u64,
        /// The way back.
        remedy: Remedy,
    },
    /// There has been a list, and now there is none.
    #[error(
        "the allow-list in {path} is gone, although this host has had one. Nothing was changed. Restore {path} from a backup; \
         only if there is none, delete {mark} to begin with an empty list, and let your devices in again",
        path = path.display(), mark = mark.display()
    )]
    Gone {
        /// The folder that held it.
        path: PathBuf,
        /// What says that there has been one.
        mark: PathBuf,
    },
    /// Written by a version of this software that we do not know.
    #[error("the allow-list in {path} is of format {found}, and this version knows only format {known}. Nothing was changed. Start the version that wrote it, or restore a backup made by this one", path = path.display())]
    WrongVersion {
        /// The copy.
        path: PathBuf,
        /// The format found.
        found: u64,
        /// The format known.
        known: u64,
    },
}

fn held_by(pid: Option<u32>) -> String {
    pid.map_or_else(String::new, |pid| format!(" (process {pid})"))
}

/// The copy that can be gone back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastGood {
    /// The file or folder that holds it.
    pub path: PathBuf,
    /// Its generation.
    pub generation: u64,
    /// How many devices are on it.
    pub devices: usize,
}

/// The way back from a damaged store, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// The state folder.
    pub dir: PathBuf,
    /// What can be gone back to, if anything.
    pub last_good: Option<LastGood>,
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.last_good {
            Some(good) => write!(
                f,
                "Nothing was changed. `punktfunk-host restore --last-good` (with the same --state-dir, if you give one) goes back \
                 to the good copy in {} (generation {}, {} devices) and keeps the damaged one beside it",
                good.path.display(),
                good.generation,
                good.devices
            ),
            None => write!(
                f,
                "Nothing was changed, and no good copy is left. Restore {} from a backup; only if there is none, move its \
                 allow-list and allow-list.json away, delete {}, and let your devices in again",
                self.dir.display(),
                super::mark::path(&self.dir).display()
            ),
        }
    }
}

impl StoreError {
    pub(crate) fn unreadable(path: &Path, source: io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), source }
    }

    pub(crate) fn unsaved(path: &Path, source: io::Error) -> Self {
        Self::Unsaved { path: path.to_owned(), source }
    }
}
