//! The boot partition (ESP), where unified kernel images lie.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};

use super::{Entry, SlotError};
use crate::durable;
use crate::version::Version;

/// Where the boot loader looks for unified kernel images.
pub const ENTRIES: &str = "EFI/Linux";
/// A new UKI while it is written; the boot loader only takes what ends in `.efi`.
pub const PENDING: &str = "punktfunk-update.part";

/// A mounted boot partition.
#[derive(Debug)]
pub(super) struct Esp {
    entries: PathBuf,
}

impl Esp {
    pub(super) fn open(mounted: &Path) -> Result<Self, SlotError> {
        let entries = mounted.join(ENTRIES);
        if entries.is_dir() { Ok(Self { entries }) } else { Err(SlotError::NoBootPartition(entries)) }
    }

    pub(super) fn list(&self) -> Result<Vec<Entry>, SlotError> {
        let failed = |source| SlotError::Io { path: self.entries.clone(), source };
        let mut found = Vec::new();
        for file in fs::read_dir(&self.entries).map_err(failed)? {
            let file = file.map_err(failed)?;
            // a power cut can leave an empty file behind, which boots nothing
            if file.metadata().is_ok_and(|file| file.len() > 0) {
                found.extend(file.file_name().to_str().and_then(Entry::parse));
            }
        }
        found.sort_by(|a, b| a.file_name().cmp(b.file_name()));
        Ok(found)
    }

    /// The UKI that boots `version`.
    pub(super) fn of(&self, version: &Version) -> Result<PathBuf, SlotError> {
        let entry = self.list()?.into_iter().find(|entry| &entry.version == version);
        entry.map(|entry| self.path(&entry)).ok_or_else(|| SlotError::NoEntry(version.clone()))
    }

    pub(super) fn remove(&self, entry: &Entry) -> Result<(), SlotError> {
        let path = self.path(entry);
        durable::remove(&path).map_err(SlotError::io(path))
    }

    pub(super) fn rename(&self, from: &Entry, to: &Entry) -> Result<(), SlotError> {
        self.put(&self.path(from), to)
    }

    pub(super) fn commit(&self, entry: &Entry) -> Result<(), SlotError> {
        self.put(&self.pending(), entry)
    }

    pub(super) fn pending(&self) -> PathBuf {
        self.entries.join(PENDING)
    }

    pub(super) fn write_pending(&self, offset: u64, bytes: &[u8]) -> Result<(), SlotError> {
        let path = self.pending();
        let write = || {
            let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
            file.write_all_at(bytes, offset)
        };
        write().map_err(SlotError::io(&path))
    }

    pub(super) fn sync_pending(&self) -> Result<(), SlotError> {
        let path = self.pending();
        sync(&path).map_err(SlotError::io(path))
    }

    pub(super) fn drop_pending(&self) -> Result<(), SlotError> {
        let path = self.pending();
        durable::remove(&path).map_err(SlotError::io(path))
    }

    pub(super) fn room(&self, going: &[Entry]) -> Result<u64, SlotError> {
        let free = nix::sys::statvfs::statvfs(&self.entries)
            .map_err(|why| SlotError::Io { path: self.entries.clone(), source: why.into() })?;
        let freed = going.iter().map(|entry| self.path(entry)).chain([self.pending()]);
        let freed: u64 = freed.filter_map(|path| fs::metadata(path).ok()).map(|file| file.len()).sum();
        Ok(free.blocks_available() * free.fragment_size() + freed)
    }

    fn path(&self, entry: &Entry) -> PathBuf {
        self.entries.join(entry.file_name())
    }

    fn put(&self, from: &Path, to: &Entry) -> Result<(), SlotError> {
        let path = self.path(to);
        let put = || {
            fs::rename(from, &path)?;
            // On FAT the new name says that the file is empty until the file itself is written back.
            sync(&path)?;
            durable::sync_directory(&self.entries)
        };
        put().map_err(SlotError::io(&path))
    }
}

/// Waits for the disk and forgets the cached copy.
pub(super) fn sync(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    file.sync_all()?;
    // only advice: what stays cached is the same bytes
    let _ = posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED);
    Ok(())
}
