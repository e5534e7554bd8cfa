//! The operator's bearer token: made on the first start, kept in the state directory, readable by its owner only.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use punktfunk_trust::open_regular;

/// The file's name in the state directory.
pub const TOKEN_FILE: &str = "console.token";

/// Random bytes behind a token; 64 hex digits of text.
const TOKEN_BYTES: usize = 32;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Reading or writing the file failed.
    #[error("cannot keep the API token in {path}: {error}; check the directory's owner and free space")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The file is there, but holds no token.
    #[error("{path} holds no API token; delete it, and the next start makes a new one")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The system's random source failed.
    #[error("the system has no randomness for an API token; try again")]
    Randomness,
}

/// What a bearer token is compared with. Only the digest is kept in memory.
pub struct Token {
    digest: [u8; 32],
}

impl Token {
    /// Reads the token of this host, or makes it on the first start.
    ///
    /// # Errors
    /// The file cannot be read or written, or is damaged; it is never replaced then.
    pub fn load_or_create(state_dir: &Path) -> Result<Self, TokenError> {
        let path = state_dir.join(TOKEN_FILE);
        let text = match read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => create(&path)?,
            Err(error) => return Err(TokenError::File { path, error }),
        };
        let text = text.trim();
        if text.len() != 2 * TOKEN_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(TokenError::Damaged { path });
        }
        Ok(Self { digest: sha256(text.as_bytes()) })
    }

    /// Whether `presented` is the token; takes the same time for every wrong one.
    pub fn matches(&self, presented: &str) -> bool {
        verify_slices_are_equal(&self.digest, &sha256(presented.as_bytes())).is_ok()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

fn read(path: &Path) -> io::Result<String> {
    let file = open_regular(path)?;
    // a token that others could read, because somebody copied the directory, is closed to them again
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    let mut text = String::new();
    file.take(1024).read_to_string(&mut text)?;
    Ok(text)
}

fn create(path: &Path) -> Result<String, TokenError> {
    let mut bytes = [0; TOKEN_BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_| TokenError::Randomness)?;
    let text = hex::encode(bytes);
    write(path, &text).map_err(|error| TokenError::File { path: path.to_owned(), error })?;
    Ok(text)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let fresh = path.with_extension("token.new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_kept_private_and_matches_only_itself() {
        let dir = tempfile::tempdir().unwrap();
        let token = Token::load_or_create(dir.path()).unwrap();
        let path = dir.path().join(TOKEN_FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(token.matches(text.trim()));
        assert!(!token.matches(""));
        assert!(!token.matches(&text.trim()[1..]));
        assert!(Token::load_or_create(dir.path()).unwrap().matches(text.trim()));
    }

    #[test]
    fn a_damaged_token_is_refused_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(TOKEN_FILE);
        std::fs::write(&path, "half").unwrap();
        let refused = Token::load_or_create(dir.path()).unwrap_err();
        assert!(matches!(refused, TokenError::Damaged { .. }));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "half");
    }

    #[test]
    fn a_pipe_in_place_of_the_token_is_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        nix::unistd::mkfifo(&dir.path().join(TOKEN_FILE), nix::sys::stat::Mode::S_IRWXU).unwrap();
        let refused = Token::load_or_create(dir.path()).unwrap_err();
        assert!(matches!(refused, TokenError::File { .. }), "{refused}");
    }
}
