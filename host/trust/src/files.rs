//! Files that are either whole or not there, readable by nobody else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Creates `dir` and what is missing above it, mode 0700; an existing folder stays as it is.
pub(crate) fn create_private_dir(dir: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// A finished, durable file that has not taken its place yet; dropped, it leaves nothing behind.
pub(crate) struct Prepared {
    temporary: PathBuf,
    target: PathBuf,
}

impl Prepared {
    /// Writes and syncs `bytes` beside `target`, mode 0600. All that can fail for want of space fails here.
    pub(crate) fn write(target: &Path, bytes: &[u8]) -> io::Result<Self> {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        name.push(format!(".{}-{serial}.tmp", std::process::id()));
        let prepared = Self { temporary: target.with_file_name(name), target: target.to_owned() };
        // A file of that name is left over from a killed process that had our number.
        remove_if_there(&prepared.temporary)?;
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&prepared.temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(prepared)
    }

    /// Takes the target's place, at once and durably.
    #[cfg(feature = "store")]
    pub(crate) fn replace(self) -> io::Result<()> {
        fs::rename(&self.temporary, &self.target)?;
        sync_parent(&self.target)
    }

    /// Takes the target's place unless something is there already; says whether it did.
    pub(crate) fn place_if_absent(self) -> io::Result<bool> {
        match fs::hard_link(&self.temporary, &self.target) {
            Ok(()) => sync_parent(&self.target).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Reads a whole file of at most `limit` bytes; `None` when there is none.
pub(crate) fn read_limited(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("the file is larger than {limit} bytes"),
        ));
    }
    Ok(Some(bytes))
}

/// Takes reading and writing from everybody but the owner; says whether that was needed.
pub(crate) fn make_private(path: &Path) -> io::Result<bool> {
    let mode = fs::metadata(path)?.permissions().mode();
    let loose = mode & 0o077 != 0;
    if loose {
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(loose)
}

/// Makes a created, renamed or removed directory entry durable.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// Removes a folder with all that is in it, if there is one.
#[cfg(feature = "store")]
pub(crate) fn remove_dir_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
