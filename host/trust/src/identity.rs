//! The certificate and key that this machine keeps for ever: others pin them.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData};
use x509_parser::pem::Pem;

use crate::DeviceId;
use crate::files::{Prepared, create_private_dir, keep_dir_private, make_private, read_limited};

/// Far above what a certificate and a key need.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Which end of the wire an identity is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The streaming host: certificate for `punktfunk`.
    Host,
    /// A client: certificate for `punktfunk-client`.
    Client,
}

impl Role {
    fn subject(self) -> &'static str {
        match self {
            Self::Host => "punktfunk",
            Self::Client => "punktfunk-client",
        }
    }

    fn file_name(self) -> &'static str {
        match self {
            Self::Host => "host-identity.pem",
            Self::Client => "client-identity.pem",
        }
    }
}

/// A self-signed ECDSA P-256 certificate with its private key (punktfunk/1 §1.2).
///
/// Both live in *one* file, mode 0600, that is put in place by a single rename: there is no moment at which one of them
/// exists without the other.
#[derive(Clone)]
pub struct Identity {
    certificate: Vec<u8>,
    key: Vec<u8>,
    id: DeviceId,
}

impl Identity {
    /// Loads the identity from `dir`, or makes one when there is none yet. `dir` is created with mode 0700 if missing; a host's
    /// is closed to others if it was open to them.
    ///
    /// # Errors
    /// [`IdentityError::Damaged`] when the file exists but is not a certificate with its own key: it is never replaced by a
    /// new identity, because every client would take that for an impostor. [`IdentityError::Io`] when the disk refuses.
    pub fn load_or_create(dir: &Path, role: Role) -> Result<Self, IdentityError> {
        let path = dir.join(role.file_name());
        let failed = |source| IdentityError::Io { path: path.clone(), source };
        // A client's folder is any that its user has chosen, and may hold other things.
        if role == Role::Host {
            keep_dir_private(dir).map_err(failed)?;
        }
        if let Some(identity) = Self::load(&path)? {
            return Ok(identity);
        }
        create_private_dir(dir).map_err(failed)?;
        let (identity, pem) = Self::generate_with_pem(role)?;
        let prepared = Prepared::write(&path, pem.as_bytes()).map_err(failed)?;
        if prepared.place_if_absent().map_err(failed)? {
            return Ok(identity);
        }
        // Another process was faster; its identity is the one.
        Self::load(&path)?.ok_or_else(|| failed(io::ErrorKind::NotFound.into()))
    }

    /// Loads a host's identity from `dir`, or makes one for a host that begins: where there is none, but `mark` says that this
    /// host has been at work, it is lost.
    ///
    /// # Errors
    /// Those of [`load_or_create`](Self::load_or_create), and [`IdentityError::Gone`] when it is lost: it is never replaced by
    /// a new one, because every client would take that for an impostor.
    pub fn load_or_begin(dir: &Path, mark: &Path) -> Result<Self, IdentityError> {
        Self::look_in(dir, mark)?;
        Self::load_or_create(dir, Role::Host)
    }

    /// The id of the host's identity in `dir`, without changing anything; `None` for a host that begins.
    ///
    /// # Errors
    /// Those of [`load_or_begin`](Self::load_or_begin).
    pub fn look_in(dir: &Path, mark: &Path) -> Result<Option<DeviceId>, IdentityError> {
        let path = dir.join(Role::Host.file_name());
        let has_begun =
            mark.try_exists().map_err(|source| IdentityError::Io { path: mark.to_owned(), source })?;
        match Self::read(&path)? {
            None if has_begun => Err(IdentityError::Gone { path, mark: mark.to_owned() }),
            found => Ok(found.map(|identity| identity.id())),
        }
    }

    /// The whole file of the identity in `dir`, certificate and private key, for a backup; `None` when there is none yet.
    ///
    /// # Errors
    /// [`IdentityError::Damaged`] and [`IdentityError::Io`].
    pub fn file_in(dir: &Path, role: Role) -> Result<Option<Vec<u8>>, IdentityError> {
        let path = dir.join(role.file_name());
        if Self::load(&path)?.is_none() {
            return Ok(None);
        }
        read_limited(&path, MAX_FILE_BYTES).map_err(|source| IdentityError::Io { path, source })
    }

    /// Reads the file of an identity.
    ///
    /// # Errors
    /// [`IdentityError::Damaged`] when it is no certificate with its own key.
    pub fn from_file(bytes: &[u8]) -> Result<Self, IdentityError> {
        Self::parse(bytes).map_err(|fault| IdentityError::Damaged {
            path: PathBuf::from("the backup"),
            fault,
            who: "device",
        })
    }

    /// Puts the identity of the file `bytes` into the place of the one in `dir`, at once and durably; one that is another
    /// stays beside it, under a name with `.replaced-1` or a higher number behind it.
    ///
    /// # Errors
    /// [`IdentityError::Damaged`] and [`IdentityError::Io`]; then the one before is still in its place.
    #[cfg(feature = "store")]
    pub fn replace_in(dir: &Path, role: Role, bytes: &[u8]) -> Result<Self, IdentityError> {
        let identity = Self::from_file(bytes)?;
        let path = dir.join(role.file_name());
        let failed = |source| IdentityError::Io { path: path.clone(), source };
        create_private_dir(dir).map_err(failed)?;
        match Self::load(&path) {
            Ok(Some(before)) if before.id() == identity.id() => return Ok(identity),
            // a damaged one is kept as well
            Ok(Some(_)) | Err(IdentityError::Damaged { .. }) => keep_aside(&path).map_err(failed)?,
            Ok(None) => {}
            Err(error) => return Err(error),
        }
        Prepared::write(&path, bytes).and_then(Prepared::replace).map_err(failed)?;
        Ok(identity)
    }

    /// An identity that is stored nowhere.
    ///
    /// # Errors
    /// [`IdentityError::Generate`] when the key generator fails.
    pub fn generate(role: Role) -> Result<Self, IdentityError> {
        Self::generate_with_pem(role).map(|(identity, _)| identity)
    }

    /// The certificate, DER.
    #[must_use]
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// The private key, PKCS#8 DER. For the TLS stack and nothing else.
    #[must_use]
    pub fn key_der(&self) -> &[u8] {
        &self.key
    }

    /// The certificate's fingerprint.
    #[must_use]
    pub fn id(&self) -> DeviceId {
        self.id
    }

    fn generate_with_pem(role: Role) -> Result<(Self, String), IdentityError> {
        let generate = || {
            let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
            let mut params = CertificateParams::new(vec![role.subject().to_owned()])?;
            params.distinguished_name = DistinguishedName::new();
            params.distinguished_name.push(DnType::CommonName, role.subject());
            // Peers pin the certificate and look at no date (punktfunk/1 §1.2). It starts before any clock that this
            // project can meet, a box without a battery included, and ends at the date that RFC 5280 keeps for "never".
            params.not_before = rcgen::date_time_ymd(1970, 1, 1);
            params.not_after = rcgen::date_time_ymd(9999, 12, 31);
            let certificate = params.self_signed(&key)?;
            let pem = certificate.pem() + &key.serialize_pem();
            Ok((Self::from_parts(certificate.der().to_vec(), key.serialize_der()), pem))
        };
        generate().map_err(IdentityError::Generate)
    }

    fn from_parts(certificate: Vec<u8>, key: Vec<u8>) -> Self {
        Self { id: DeviceId::from_certificate(&certificate), certificate, key }
    }

    fn load(path: &Path) -> Result<Option<Self>, IdentityError> {
        let Some(identity) = Self::read(path)? else { return Ok(None) };
        if make_private(path).map_err(|source| IdentityError::Io { path: path.to_owned(), source })? {
            tracing::warn!("the identity file was readable by others; it is mode 0600 again");
        }
        Ok(Some(identity))
    }

    fn read(path: &Path) -> Result<Option<Self>, IdentityError> {
        let read = read_limited(path, MAX_FILE_BYTES);
        let Some(bytes) = read.map_err(|source| IdentityError::Io { path: path.to_owned(), source })? else {
            return Ok(None);
        };
        let damaged = |fault| IdentityError::Damaged { path: path.to_owned(), fault, who: who_pins(path) };
        Self::parse(&bytes).map(Some).map_err(damaged)
    }

    fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        let (mut certificate, mut key) = (None, None);
        for block in Pem::iter_from_buffer(bytes) {
            let block = block.map_err(|_| "it is cut short or not PEM")?;
            let slot = match block.label.as_str() {
                "CERTIFICATE" => &mut certificate,
                "PRIVATE KEY" => &mut key,
                _ => return Err("it holds something that is neither a certificate nor a private key"),
            };
            if slot.replace(block.contents).is_some() {
                return Err("it holds more than one certificate or key");
            }
        }
        let certificate = certificate.ok_or("the certificate is missing")?;
        let key = key.ok_or("the private key is missing")?;
        let (rest, parsed) = x509_parser::parse_x509_certificate(&certificate)
            .map_err(|_| "the certificate cannot be read")?;
        if !rest.is_empty() {
            return Err("something follows the certificate");
        }
        let pair = KeyPair::try_from(key.as_slice()).map_err(|_| "the private key cannot be read")?;
        if pair.subject_public_key_info() != parsed.public_key().raw {
            return Err("the private key belongs to another certificate");
        }
        Ok(Self::from_parts(certificate, key))
    }
}

/// Who has pinned the identity of this file.
fn who_pins(path: &Path) -> &'static str {
    match path.ends_with(Role::Client.file_name()) {
        true => "host",
        false => "device",
    }
}

/// Gives a file a second name, the first that is free.
#[cfg(feature = "store")]
fn keep_aside(path: &Path) -> io::Result<()> {
    for number in 1_u32.. {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".replaced-{number}"));
        match std::fs::hard_link(path, path.with_file_name(name)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            done => return done,
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// The key never prints.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file is there and is not a whole identity.
    #[error(
        "the identity in {path} is damaged: {fault}. Nothing was changed. Put the file back from a backup; only if there is \
         none, move it away and start again, towards a new identity that every {who} has to be paired with again", path = path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: &'static str,
        /// Who has pinned it: devices, or hosts.
        who: &'static str,
    },
    /// This host has had an identity, and now there is none.
    #[error(
        "the identity in {path} is gone, although this host has had one. Nothing was changed. Restore a backup, and only if there \
         is none, delete {mark} to begin with a new identity, which every device takes for another box and has to be paired \
         with again", path = path.display(), mark = mark.display()
    )]
    Gone {
        /// The file.
        path: PathBuf,
        /// What says that there has been one.
        mark: PathBuf,
    },
    /// The disk refused.
    #[error("cannot read or write the identity in {path}: {source}. Check the folder's owner, mode and free space", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// The key generator failed.
    #[error(
        "cannot make a new identity: {0}. Try again; if it stays, the system's random generator is broken"
    )]
    Generate(rcgen::Error),
}

#[cfg(test)]
mod tests;
