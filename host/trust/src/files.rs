//! Files that are either whole or not there, readable by nobody else, in folders that nobody else can enter.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::unistd::Uid;

/// Creates `dir` and what is missing above it, mode 0700; an existing folder stays as it is.
pub(crate) fn create_private_dir(dir: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Makes sure that `dir`, if it is there, belongs to this user and lets nobody else in: whoever can change a folder can
/// change what is in it. Access that others have is taken from them, and logged.
pub(crate) fn keep_dir_private(dir: &Path) -> io::Result<()> {
    let metadata = match fs::metadata(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    let (owner, me) = (Uid::from_raw(metadata.uid()), Uid::effective());
    if owner != me {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("the folder {} belongs to user {owner}, and this process is user {me}", dir.display()),
        ));
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        match fs::set_permissions(dir, fs::Permissions::from_mode(0o700)) {
            // Then nobody else can write either; and a box with a failed disk still has to start.
            Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {}
            other => other?,
        }
        tracing::warn!(dir = %dir.display(), "others had access to this folder (mode {mode:03o}); it is for its owner alone now");
    }
    Ok(())
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

/// Opens a file of the state to be read. What was put in its place, a pipe, a device or a link to something else, is an
/// error, and never makes anybody wait.
///
/// # Errors
/// Those of opening, and [`io::ErrorKind::InvalidInput`] when it is no regular file.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let irregular = || io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file");
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOFOLLOW;
    let file = match OpenOptions::new().read(true).custom_flags(flags.bits()).open(path) {
        Err(error) if error.raw_os_error() == Some(Errno::ELOOP as i32) => return Err(irregular()),
        other => other?,
    };
    if file.metadata()?.is_file() { Ok(file) } else { Err(irregular()) }
}

/// Reads a whole file of the state, of at most `limit` bytes; `None` when there is none. One that others could read is
/// closed to them again.
///
/// # Errors
/// Those of [`open_regular`] and of reading, and [`io::ErrorKind::InvalidData`] when it is larger.
#[cfg(feature = "store")]
pub fn read_private(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let bytes = read_limited(path, limit)?;
    if bytes.is_some() {
        make_private(path)?;
    }
    Ok(bytes)
}

/// Puts `bytes` in the place of a file of the state, mode 0600: whole and durably.
///
/// # Errors
/// Those of writing. The file is the one before then, or, when making the new name durable failed, perhaps this one.
#[cfg(feature = "store")]
pub fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    Prepared::write(path, bytes)?.replace()
}

/// Reads a whole file of at most `limit` bytes; `None` when there is none.
pub(crate) fn read_limited(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match open_regular(path) {
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn what_is_no_regular_file_is_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        let refused = |path: &Path| read_limited(path, 100).unwrap_err().kind();
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert_eq!(refused(&path), io::ErrorKind::InvalidInput, "a pipe that nobody writes to");
        fs::remove_file(&path).unwrap();
        fs::write(dir.path().join("other"), b"text").unwrap();
        symlink("other", &path).unwrap();
        assert_eq!(refused(&path), io::ErrorKind::InvalidInput, "a link");
        assert_eq!(refused(Path::new("/dev/zero")), io::ErrorKind::InvalidInput, "a device");
        assert_eq!(refused(dir.path()), io::ErrorKind::InvalidInput, "a folder");
        assert_eq!(read_limited(&dir.path().join("other"), 100).unwrap().unwrap(), b"text");
        assert_eq!(read_limited(&dir.path().join("none"), 100).unwrap(), None);
    }

    #[test]
    fn a_folder_that_others_can_enter_is_closed_to_them() {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o775)).unwrap();
        keep_dir_private(dir.path()).unwrap();
        assert_eq!(fs::metadata(dir.path()).unwrap().permissions().mode() & 0o777, 0o700);
        keep_dir_private(&dir.path().join("none")).unwrap();
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let foreign = if std::os::unix::fs::chown(dir.path(), Some(65534), Some(65534)).is_ok() {
            dir.path()
        } else {
            // Only root can give a folder away; for everybody else, root has some.
            Path::new("/usr")
        };
        let error = keep_dir_private(foreign).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert!(error.to_string().contains("belongs to user"), "{error}");
    }
}
