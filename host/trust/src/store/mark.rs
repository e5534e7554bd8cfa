//! A mark beside the store's folder that says: there has been a store here.
//!
//! Both copies live in one folder. When that is lost as a whole, only something outside it can tell the loss from a first
//! start, which begins with an empty list.

use std::path::{Path, PathBuf};

use super::StoreError;
use crate::files::Prepared;

const TEXT: &str = "\
This host has made its allow-list. While this file is here, a host that finds no list refuses to start instead of beginning
with an empty one. Delete it only to begin anew: every device then has to be let in again.
";

/// Whether there has been a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Absent,
    Left,
}

/// What says that `dir` has held an allow-list: a file beside it, `trust.initialised` for `trust`.
#[must_use]
pub fn path(dir: &Path) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(".initialised");
    dir.with_file_name(name)
}

pub(crate) fn look(dir: &Path) -> Result<Mark, StoreError> {
    let path = path(dir);
    match path.try_exists() {
        Ok(true) => Ok(Mark::Left),
        Ok(false) => Ok(Mark::Absent),
        Err(error) => Err(StoreError::unreadable(&path, error)),
    }
}

/// Leaves the mark, durably. A disk that takes nothing does not keep the host from starting; the next start tries again.
pub(crate) fn leave(dir: &Path) {
    let path = path(dir);
    if path.exists() {
        return;
    }
    let left = Prepared::write(&path, TEXT.as_bytes()).and_then(Prepared::place_if_absent);
    if let Err(error) = left {
        tracing::warn!(%error, "{} cannot be written: the loss of the allow-list would go unnoticed", path.display());
    }
}
