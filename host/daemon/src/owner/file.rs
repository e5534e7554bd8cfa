//! The account's file in the state directory.

use std::io;
use std::path::{Path, PathBuf};

use punktfunk_trust::{Now, SystemRandomness, read_private, replace_private};

use super::account::{Account, Keeper, OpenError};

/// The file's name in the state directory.
pub const OWNER_FILE: &str = "owner.json";

/// The largest file that is read, in bytes; the largest that is written is about a tenth of it.
const MAX_BYTES: u64 = 1024 * 1024;

/// Why there is no account to work with.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be read or written.
    #[error("cannot keep the owner's account in {path}: {error}; check the directory's owner and free space")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The file is there, but cannot be understood.
    #[error(
        "the owner's account in {path} is damaged ({why}); it was left as it is. Put a copy of it back, or move it away \
         and claim the box again: devices that are let in stay so"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// Opens the account in `state_dir`, or makes a fresh one there.
pub(super) fn open(state_dir: &Path, now: Now) -> Result<Account, FileError> {
    let path = state_dir.join(OWNER_FILE);
    let unusable = |error| FileError::Unusable { path: path.clone(), error };
    let kept = read_private(&path, MAX_BYTES).map_err(unusable)?;
    let keeper = Box::new(OwnerFile(path.clone()));
    let account = Account::open(kept.as_deref(), keeper, Box::new(SystemRandomness::default()), now);
    account.map_err(|error| match error {
        OpenError::Damaged(why) => FileError::Damaged { path, why },
        OpenError::Unsaved(unsaved) => FileError::Unusable { path, error: unsaved.0 },
    })
}

struct OwnerFile(PathBuf);

impl Keeper for OwnerFile {
    fn save(&mut self, text: &[u8]) -> io::Result<()> {
        replace_private(&self.0, text)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    use punktfunk_trust::UnixSeconds;

    use super::*;

    const NOW: Now = Now { monotonic: Duration::ZERO, wall: UnixSeconds(1_700_000_000) };

    #[test]
    fn a_fresh_account_is_kept_private_and_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let code = open(dir.path(), NOW).unwrap().claim_code().unwrap().to_string();
        let path = dir.path().join(OWNER_FILE);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(open(dir.path(), NOW).unwrap().claim_code().unwrap().to_string(), code);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600, "closed to others again");
    }

    #[test]
    fn a_damaged_account_is_refused_and_left_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        open(dir.path(), NOW).unwrap();
        let path = dir.path().join(OWNER_FILE);
        let whole = std::fs::read_to_string(&path).unwrap();
        let newer = whole.replace("\"version\": 1", "\"version\": 2");
        let half = &whole[..whole.len() / 2];
        for damaged in ["", "{}", half, &newer, &whole.replace("mark", "marks")] {
            std::fs::write(&path, damaged).unwrap();
            let refused = open(dir.path(), NOW).unwrap_err();
            assert!(matches!(refused, FileError::Damaged { .. }), "{refused}");
            assert!(refused.to_string().contains("claim the box again"), "{refused}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), damaged);
        }
    }

    #[test]
    fn what_is_no_regular_file_is_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        nix::unistd::mkfifo(&dir.path().join(OWNER_FILE), nix::sys::stat::Mode::S_IRWXU).unwrap();
        let refused = open(dir.path(), NOW).unwrap_err();
        assert!(matches!(refused, FileError::Unusable { .. }), "{refused}");
    }
}
