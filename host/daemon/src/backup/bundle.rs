//! What is in a backup, and its form on the outside.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use punktfunk_gamestream::HostCertificate;
use punktfunk_trust::{DeviceId, Identity, IdentityError, MoveError, Now, Role, StoreError, UnixSeconds};
use punktfunk_trust::{devices_on, list_document, open_regular};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::dirs::trust_dir;
use crate::gamestream::{CertificateFileError, certificate};

/// The largest file that is taken for a backup, bytes. A full list makes about half a megabyte.
pub const MAX_FILE_BYTES: usize = 2 * 1024 * 1024;
/// The least characters of a passphrase.
pub const LEAST_PASSPHRASE: usize = 10;
/// The form of the document that this version writes.
const VERSION: u32 = 1;
/// What a guess costs, as a power of two: 64 MiB and about a fifth of a second.
const WORK_FACTOR: u8 = 16;
/// The most that opening a file may cost: 256 MiB.
const MOST_WORK: u8 = 18;

/// What is in a backup. It holds the private key of the box; printing it for debugging shows nothing.
#[derive(Clone, Serialize, Deserialize)]
pub struct Bundle {
    punktfunk_backup: u32,
    /// When it was made.
    pub made_at: UnixSeconds,
    /// Certificate and private key, PEM.
    identity: String,
    /// The same of the Moonlight door, which its devices have pinned; a box that never opened it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    moonlight: Option<String>,
    /// The list as the store writes it.
    devices: Value,
    /// The text of the policy file, if there was one.
    pub policy: Option<String>,
}

/// Why there is no backup, or none that can be used.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The passphrase is too short.
    #[error(
        "the passphrase is too short: use at least {LEAST_PASSPHRASE} characters, best four unrelated words or more"
    )]
    ShortPassphrase,
    /// The identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The certificate of the Moonlight door.
    #[error(transparent)]
    Moonlight(#[from] CertificateFileError),
    /// There is nothing to back up.
    #[error("there is no identity in {}: nothing to back up; start the host once, or say where it keeps its state with --state-dir", .0.display())]
    Nothing(PathBuf),
    /// The list.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The list that a backup holds.
    #[error(transparent)]
    List(#[from] MoveError),
    /// The policy file.
    #[error("the policy {} cannot be read: {error}; check its owner and mode", .path.display())]
    Policy {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The encryption failed.
    #[error("the backup could not be encrypted: {0}; try again")]
    Seal(String),
    /// It is no age file, or the passphrase is another.
    #[error("this is no backup, or the passphrase is wrong ({0}); type it again, or use another file")]
    Closed(String),
    /// It is of a newer version, or of another program.
    #[error("what is in the file is no backup that this version reads ({0}); use the version that made it")]
    Foreign(String),
}

impl BundleError {
    /// Whether whoever asked can put it right by another file or passphrase.
    pub fn is_about_the_file(&self) -> bool {
        matches!(
            self,
            Self::Closed(_)
                | Self::Foreign(_)
                | Self::List(_)
                | Self::Identity(IdentityError::Damaged { .. })
        )
    }
}

impl Bundle {
    /// Collects what is kept in `state_dir`, also while a host runs on it, and the text of the policy file.
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn collect(state_dir: &Path, policy: Option<&Path>, now: Now) -> Result<Self, BundleError> {
        let identity = Identity::file_in(state_dir, Role::Host)?;
        let identity = identity.ok_or_else(|| BundleError::Nothing(state_dir.to_owned()))?;
        let devices = list_document(&trust_dir(state_dir))?;
        let foreign = |error: &dyn fmt::Display| BundleError::Foreign(error.to_string());
        Ok(Self {
            punktfunk_backup: VERSION,
            made_at: now.wall,
            identity: String::from_utf8(identity).map_err(|error| foreign(&error))?,
            moonlight: certificate::file_in(state_dir)?,
            devices: serde_json::from_slice(&devices).map_err(|error| foreign(&error))?,
            policy: policy.map(read_policy).transpose()?.flatten(),
        })
    }

    /// The encrypted file.
    ///
    /// # Errors
    /// [`BundleError::ShortPassphrase`] and [`BundleError::Seal`].
    pub fn seal(&self, passphrase: &str) -> Result<Vec<u8>, BundleError> {
        self.seal_at(passphrase, WORK_FACTOR)
    }

    fn seal_at(&self, passphrase: &str, work_factor: u8) -> Result<Vec<u8>, BundleError> {
        if passphrase.chars().count() < LEAST_PASSPHRASE {
            return Err(BundleError::ShortPassphrase);
        }
        let plain = self.document()?;
        let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.to_owned()));
        recipient.set_work_factor(work_factor);
        age::encrypt(&recipient, &plain).map_err(|error| BundleError::Seal(error.to_string()))
    }

    /// Opens an encrypted file and looks everything in it over.
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn open(file: &[u8], passphrase: &str) -> Result<Self, BundleError> {
        if file.len() > MAX_FILE_BYTES {
            return Err(BundleError::Closed(format!("it is larger than {} MiB", MAX_FILE_BYTES >> 20)));
        }
        let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
        identity.set_max_work_factor(MOST_WORK);
        let plain = age::decrypt(&identity, file).map_err(|error| BundleError::Closed(error.to_string()))?;
        Self::of_document(&plain)
    }

    /// The document in plain, for a place as private as the state itself.
    pub(super) fn document(&self) -> Result<Vec<u8>, BundleError> {
        serde_json::to_vec(self).map_err(|error| BundleError::Seal(error.to_string()))
    }

    /// Reads a document and looks it over.
    pub(super) fn of_document(plain: &[u8]) -> Result<Self, BundleError> {
        let bundle: Self =
            serde_json::from_slice(plain).map_err(|error| BundleError::Foreign(error.to_string()))?;
        if bundle.punktfunk_backup != VERSION {
            return Err(BundleError::Foreign(format!("it is of form {}", bundle.punktfunk_backup)));
        }
        bundle.identity()?;
        bundle.moonlight.as_deref().map(HostCertificate::from_pem).transpose().map_err(|error| {
            BundleError::Foreign(format!("the certificate of its Moonlight door: {error}"))
        })?;
        devices_on(&bundle.devices())?;
        Ok(bundle)
    }

    /// Whose backup it is.
    ///
    /// # Errors
    /// What is in it is no certificate with its own key.
    pub fn identity(&self) -> Result<DeviceId, IdentityError> {
        Identity::from_file(self.identity.as_bytes()).map(|identity| identity.id())
    }

    pub(super) fn identity_file(&self) -> &[u8] {
        self.identity.as_bytes()
    }

    pub(super) fn moonlight(&self) -> Option<&str> {
        self.moonlight.as_deref()
    }

    pub(super) fn devices(&self) -> Vec<u8> {
        // a value that was read can be written
        serde_json::to_vec(&self.devices).unwrap_or_default()
    }
}

impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bundle").field("made_at", &self.made_at).finish_non_exhaustive()
    }
}

fn read_policy(path: &Path) -> Result<Option<String>, BundleError> {
    use io::Read as _;
    let mut text = String::new();
    let most = punktfunk_config::MAX_FILE_BYTES as u64;
    let read = std::fs::canonicalize(path).and_then(|path| open_regular(&path));
    match read.and_then(|file| file.take(most).read_to_string(&mut text)) {
        Ok(_) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(BundleError::Policy { path: path.to_owned(), error }),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;

    const PASSPHRASE: &str = "four unrelated words";

    fn home() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        Identity::load_or_create(dir.path(), Role::Host).unwrap();
        dir
    }

    #[test]
    fn a_backup_opens_with_its_passphrase_alone_and_holds_what_it_was_made_of() {
        let dir = home();
        let policy = dir.path().join("policy.yaml");
        std::fs::write(&policy, "name: Den\n").unwrap();
        let bundle = Bundle::collect(dir.path(), Some(&policy), Now::read(Instant::now())).unwrap();
        let file = bundle.seal_at(PASSPHRASE, 4).unwrap();
        assert!(file.starts_with(b"age-encryption.org/v1\n-> scrypt "), "any age program knows it");
        let opened = Bundle::open(&file, PASSPHRASE).unwrap();
        assert_eq!(opened.document().unwrap(), bundle.document().unwrap());
        assert_eq!(opened.policy.as_deref(), Some("name: Den\n"));

        let error = Bundle::open(&file, "four unrelated birds").unwrap_err();
        assert!(matches!(error, BundleError::Closed(_)), "{error}");
        assert!(matches!(bundle.seal("short"), Err(BundleError::ShortPassphrase)));
        assert!(!format!("{bundle:?}").contains("PRIVATE"));
    }

    #[test]
    fn a_state_without_an_identity_has_nothing_to_back_up() {
        let dir = tempfile::tempdir().unwrap();
        let refused = Bundle::collect(dir.path(), None, Now::read(Instant::now())).unwrap_err();
        assert!(refused.to_string().contains("--state-dir"), "{refused}");
    }

    #[test]
    fn what_is_too_costly_to_open_or_of_another_form_is_refused() {
        let dir = home();
        let bundle = Bundle::collect(dir.path(), None, Now::read(Instant::now())).unwrap();
        let file = bundle.seal_at(PASSPHRASE, 4).unwrap();
        let costly = String::from_utf8_lossy(&file[..200]).replacen(" 4\n", " 30\n", 1);
        assert!(Bundle::open(costly.as_bytes(), PASSPHRASE).is_err());
        assert!(Bundle::open(&vec![b'a'; MAX_FILE_BYTES + 1], PASSPHRASE).is_err());
        let newer =
            String::from_utf8(bundle.document().unwrap()).unwrap().replacen("_backup\":1", "_backup\":2", 1);
        assert!(matches!(Bundle::of_document(newer.as_bytes()), Err(BundleError::Foreign(_))));
    }

    proptest! {
        #[test]
        fn no_bytes_are_taken_for_a_backup(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            let framed = [b"age-encryption.org/v1\n".as_slice(), &bytes].concat();
            prop_assert!(Bundle::open(&bytes, PASSPHRASE).is_err());
            prop_assert!(Bundle::open(&framed, PASSPHRASE).is_err());
            prop_assert!(Bundle::of_document(&bytes).is_err());
        }
    }
}
