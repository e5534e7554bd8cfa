//! Files that are whole on the disk, or not there at all, whenever the power goes.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Puts `bytes` in place of `path` with the permissions `mode`: after this returns they are on the disk, and a power
/// cut before that leaves the old file.
///
/// # Errors
/// What the system says; the old file is still there.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new().prefix(".new-").tempfile_in(directory)?;
    new.write_all(bytes)?;
    new.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|failed| failed.error)?;
    sync_directory(directory)
}

/// Removes `path`, durably; that it is not there is success.
///
/// # Errors
/// What the system says.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(why) => Err(why),
        Ok(()) => sync_directory(path.parent().unwrap_or(Path::new("."))),
    }
}

/// Waits until the names in `directory` are on the disk.
///
/// # Errors
/// What the system says.
pub fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}
