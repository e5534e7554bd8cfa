//! The certificate of this door, in a file of its own: Moonlight understands RSA only, and pins what it has seen.

use std::io;
use std::path::{Path, PathBuf};

use punktfunk_gamestream::{CertificateError, HostCertificate};
use punktfunk_trust::{read_private, replace_private};

/// The file's name in the state directory.
pub(crate) const FILE: &str = "gamestream-identity.pem";
/// Far above what a certificate and a key need.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateFileError {
    /// The file is not a certificate with its key, or none could be made.
    #[error("{path}: {source}", path = .path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Why.
        source: CertificateError,
    },
    /// The disk refused.
    #[error("cannot read or write {path}: {source}. Check the folder's owner, mode and free space", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
}

/// The certificate in `dir`, which is made when there is none yet, and never replaced. Devices that are `paired` know one
/// that is not there any more.
pub(crate) fn load_or_create(dir: &Path, paired: usize) -> Result<HostCertificate, CertificateFileError> {
    let path = dir.join(FILE);
    let io = |source| CertificateFileError::Io { path: path.clone(), source };
    let broken = |source| CertificateFileError::Certificate { path: path.clone(), source };
    match read_private(&path, MAX_FILE_BYTES).map_err(io)? {
        Some(bytes) => HostCertificate::from_pem(&String::from_utf8_lossy(&bytes)).map_err(broken),
        None => {
            let (certificate, text) = HostCertificate::generate().map_err(broken)?;
            replace_private(&path, text.as_bytes()).map_err(io)?;
            if paired > 0 {
                tracing::warn!("{}", lost(&path, paired));
            }
            Ok(certificate)
        }
    }
}

fn lost(path: &Path, paired: usize) -> String {
    let devices = if paired == 1 { "1 device".to_owned() } else { format!("{paired} devices") };
    format!(
        "the certificate that {devices} with Moonlight know this box by was lost, so it has a new one ({path}): restore a \
         backup, or pair them again",
        path = path.display()
    )
}

/// The file in `dir` as it is, for a backup; `None` where the door was never open.
///
/// # Errors
/// [`CertificateFileError`], also when it is damaged.
pub(crate) fn file_in(dir: &Path) -> Result<Option<String>, CertificateFileError> {
    let path = dir.join(FILE);
    let io = |source| CertificateFileError::Io { path: path.clone(), source };
    let Some(bytes) = read_private(&path, MAX_FILE_BYTES).map_err(io)? else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match HostCertificate::from_pem(&text) {
        Ok(_) => Ok(Some(text)),
        Err(source) => Err(CertificateFileError::Certificate { path, source }),
    }
}

/// Puts a certificate with its key in the place of the one in `dir`.
///
/// # Errors
/// [`CertificateFileError`]; then the one from before is there.
pub(crate) fn replace_in(dir: &Path, text: &str) -> Result<(), CertificateFileError> {
    let path = dir.join(FILE);
    let io = |source| CertificateFileError::Io { path: path.clone(), source };
    HostCertificate::from_pem(text)
        .map_err(|source| CertificateFileError::Certificate { path: path.clone(), source })?;
    replace_private(&path, text.as_bytes()).map_err(io)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_stays_the_same_and_a_damaged_one_is_left_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let made = load_or_create(dir.path(), 0).unwrap();
        assert_eq!(load_or_create(dir.path(), 0).unwrap().der(), made.der());
        std::fs::write(dir.path().join(FILE), "cut short").unwrap();
        let error = load_or_create(dir.path(), 0).unwrap_err();
        assert!(error.to_string().contains("damaged"), "{error}");
        assert_eq!(std::fs::read(dir.path().join(FILE)).unwrap(), b"cut short");
    }

    #[test]
    fn one_that_devices_knew_is_missed_aloud() {
        let missed = |paired| {
            let dir = tempfile::tempdir().unwrap();
            let said = crate::logging::said(|| load_or_create(dir.path(), paired).map(|_| ()).unwrap());
            said.replace(&dir.path().display().to_string(), "STATE")
        };
        assert_eq!(missed(0), "");
        insta::assert_snapshot!(missed(2));
    }
}
