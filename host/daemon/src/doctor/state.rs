//! The state directory: private, writable, with room, and an allow-list that can be opened.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use nix::sys::statvfs::statvfs;
use nix::unistd::{AccessFlags, Uid, access};
use punktfunk_config::Policy;
use punktfunk_trust::{Identity, IdentityError, Now, Trust, mark_path};

use tempfile::TempDir;

use super::Check;
use crate::app::Status;
use crate::app::trust_settings;
use crate::cli::dirs::trust_dir;

/// Space that an allow-list may need to grow, bytes.
const ROOM: u64 = 16 << 20;
/// The largest allow-list that is copied to be looked at, bytes.
const COPY_LIMIT: u64 = 256 << 20;
/// The lists of the largest that this holds are two folders deep.
const COPY_DEPTH: u8 = 4;

pub(super) fn check(dir: &Path, policy: &Policy, running: Option<&Status>) -> Vec<Check> {
    let metadata = match fs::metadata(dir) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let found = format!("{} is not there yet; the first start makes it", dir.display());
            return vec![Check::good("state_missing", "state directory", found).with("path", dir.display())];
        }
        Err(error) => {
            let found = format!("{} cannot be looked at: {error}; try again with sudo", dir.display());
            return vec![
                Check::wrong("state_unreadable", "state directory", found).with("path", dir.display()),
            ];
        }
    };
    let mut checks = vec![folder(dir, &metadata), room(dir)];
    checks.extend(identity(dir));
    checks.push(match running {
        Some(status) => {
            let found = format!("{} devices; held by the running host", status.paired);
            Check::good("list_held", "allow-list", found).with("devices", status.paired)
        }
        None => allow_list(&trust_dir(dir), policy),
    });
    checks
}

fn folder(dir: &Path, metadata: &fs::Metadata) -> Check {
    const SUBJECT: &str = "state directory";
    let (mode, owner) = (metadata.permissions().mode() & 0o777, metadata.uid());
    let dir_shown = dir.display();
    if !metadata.is_dir() {
        let told = format!("{dir_shown} is no folder; move it away, or choose another --state-dir");
        return Check::wrong("state_no_folder", SUBJECT, told).with("path", dir_shown);
    }
    if mode & 0o077 != 0 {
        let found =
            format!("{dir_shown} has mode {mode:03o}, so others may read keys in it; chmod 700 {dir_shown}");
        return Check::wrong("state_open", SUBJECT, found)
            .with("path", dir_shown)
            .with("mode", format_args!("{mode:03o}"));
    }
    let me = Uid::effective();
    if !me.is_root() && (owner != me.as_raw() || access(dir, AccessFlags::W_OK).is_err()) {
        let found = format!(
            "{dir_shown} belongs to user {owner}, and this is user {me}; run this as that user, or with sudo"
        );
        return Check::wrong("state_foreign", SUBJECT, found)
            .with("path", dir_shown)
            .with("owner", owner)
            .with("user", me);
    }
    let found = format!("{dir_shown} is private and can be written by its owner (user {owner})");
    Check::good("state_private", SUBJECT, found).with("path", dir_shown).with("owner", owner)
}

/// Who the box is, if that is wrong; a host that begins has no identity yet.
fn identity(dir: &Path) -> Option<Check> {
    let code = |error: &IdentityError| match error {
        IdentityError::Gone { .. } => "identity_gone",
        IdentityError::Damaged { .. } => "identity_damaged",
        IdentityError::Io { .. } | IdentityError::Generate(_) => "identity_unreadable",
    };
    let found = Identity::look_in(dir, &mark_path(&trust_dir(dir)));
    found.err().map(|error| Check::wrong(code(&error), "identity", error.to_string()))
}

fn room(dir: &Path) -> Check {
    const SUBJECT: &str = "free space";
    match statvfs(dir) {
        Ok(disk) => {
            let free = disk.blocks_available().saturating_mul(disk.fragment_size());
            let found = format!("{} MiB where the state is kept", free >> 20);
            match free >= ROOM {
                true => Check::good("space", SUBJECT, found),
                false => {
                    let told = format!("only {found}; free some, or no device can be let in");
                    Check::wrong("space_short", SUBJECT, told)
                }
            }
            .with("mib", free >> 20)
        }
        Err(error) => {
            let told = format!("{} cannot be asked for its space: {error}; check the disk", dir.display());
            Check::wrong("space_unknown", SUBJECT, told)
        }
    }
}

/// Opens a copy: opening the list itself would write to it, and might leave files of another user in it.
fn allow_list(dir: &Path, policy: &Policy) -> Check {
    const SUBJECT: &str = "allow-list";
    let mark = mark_path(dir);
    if !dir.exists() && !mark.exists() {
        return Check::good("list_missing", SUBJECT, "not there yet; the first start makes it");
    }
    if is_locked(&dir.join("allow-list/db")) {
        let found = "a host is running on it that does not answer here; say where with --runtime-dir";
        return Check::wrong("list_locked", SUBJECT, found);
    }
    let (all, copy) = match copied(dir, &mark) {
        Ok(copied) => copied,
        Err(error) => {
            let found = format!("{} cannot be read: {error}; check its owner and the disk", dir.display());
            return Check::wrong("list_unreadable", SUBJECT, found);
        }
    };
    match Trust::open(&copy, trust_settings(policy), Now::read(Instant::now())) {
        Ok(trust) => {
            let devices = trust.devices().len();
            Check::good("list_good", SUBJECT, format!("{devices} devices")).with("devices", devices)
        }
        Err(error) => {
            let sentence = error.to_string();
            let state = dir.parent().unwrap_or(dir);
            let told = sentence.replace(&*all.path().to_string_lossy(), &state.to_string_lossy());
            Check::wrong("list_damaged", SUBJECT, told)
        }
    }
}

/// The allow-list and the mark beside it, in a folder that goes away.
fn copied(dir: &Path, mark: &Path) -> io::Result<(TempDir, PathBuf)> {
    let all = tempfile::tempdir()?;
    let to = all.path().join("trust");
    fs::create_dir(&to)?;
    if dir.exists() {
        copy(dir, &to, &mut COPY_LIMIT.clone(), COPY_DEPTH)?;
    }
    if mark.exists() {
        fs::write(mark_path(&to), "")?;
    }
    Ok((all, to))
}

fn is_locked(file: &Path) -> bool {
    File::open(file).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn copy(from: &Path, to: &Path, left: &mut u64, depth: u8) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() && depth > 0 {
            fs::create_dir(&target)?;
            copy(&entry.path(), &target, left, depth - 1)?;
        } else if kind.is_file() {
            let size = entry.metadata()?.len();
            *left = left.checked_sub(size).ok_or(io::ErrorKind::FileTooLarge)?;
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(checks: &'a [Check], subject: &str) -> &'a Check {
        checks.iter().find(|check| check.subject == subject).unwrap()
    }

    fn look(dir: &Path) -> Vec<Check> {
        check(dir, &Policy::default(), None)
    }

    fn private_dir() -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
        dir
    }

    #[test]
    fn a_state_that_is_not_there_yet_is_no_fault_and_is_not_made() {
        let dir = private_dir();
        let missing = dir.path().join("state");
        assert!(look(&missing).iter().all(|check| check.good));
        assert!(!missing.exists());
        assert!(found(&look(dir.path()), "allow-list").good);
        assert!(!dir.path().join("trust").exists());
    }

    #[test]
    fn a_state_that_others_can_read_is_wrong() {
        let dir = private_dir();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let checks = look(dir.path());
        let folder = found(&checks, "state directory");
        assert!(!folder.good && folder.told().contains("chmod 700"), "{folder:?}");
    }

    #[test]
    fn a_damaged_allow_list_is_told_with_its_own_path_and_left_as_it_is() {
        let dir = private_dir();
        let trust = dir.path().join("trust");
        let now = Now::read(Instant::now());
        drop(Trust::open(&trust, trust_settings(&Policy::default()), now).unwrap());
        assert!(found(&look(dir.path()), "allow-list").good);

        let file = trust.join("allow-list/db");
        fs::write(&file, b"torn").unwrap();
        let checks = look(dir.path());
        let list = found(&checks, "allow-list");
        assert!(!list.good && list.told().contains(trust.to_str().unwrap()), "{list:?}");
        assert_eq!(fs::read(&file).unwrap(), b"torn");
    }

    #[test]
    fn an_allow_list_that_is_gone_is_told() {
        let dir = private_dir();
        let trust = dir.path().join("trust");
        let now = Now::read(Instant::now());
        drop(Trust::open(&trust, trust_settings(&Policy::default()), now).unwrap());
        fs::remove_dir_all(&trust).unwrap();
        let checks = look(dir.path());
        let list = found(&checks, "allow-list");
        assert!(!list.good && list.told().contains(mark_path(&trust).to_str().unwrap()), "{list:?}");
        assert!(!trust.exists());
    }

    #[test]
    fn an_allow_list_that_a_host_holds_is_not_taken_for_damaged() {
        let dir = private_dir();
        let now = Now::read(Instant::now());
        let _held = Trust::open(&dir.path().join("trust"), trust_settings(&Policy::default()), now).unwrap();
        let checks = look(dir.path());
        assert!(found(&checks, "allow-list").told().contains("--runtime-dir"), "{checks:?}");
    }
}
