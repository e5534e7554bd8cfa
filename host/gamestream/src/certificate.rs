//! Certificates as pairing uses them: whole, by their signature, and by their key (GameStream §2.2, §2.4).

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{self, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use x509_parser::pem::Pem;

use crate::house::Fingerprint;

/// The longest PEM text of a client's certificate, bytes.
const MAX_PEM_BYTES: usize = 8 * 1024;
/// Bytes of an RSA-2048 signature.
pub(crate) const SIGNATURE_BYTES: usize = 256;

/// The host's certificate and key for this door: RSA-2048, which is what clients understand. Keep its PEM text for ever:
/// clients pin it.
pub struct HostCertificate {
    der: Vec<u8>,
    /// The certificate alone, as clients get it.
    pem: String,
    key_der: Vec<u8>,
    key: RsaKeyPair,
    signature: Vec<u8>,
}

/// Why there is no certificate for this door.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The stored text is not a certificate with its key.
    #[error(
        "the certificate of the Moonlight door is damaged: {0}. Put it back from a backup; only if there is none, move it \
         away, and a new one is made that every Moonlight client has to be paired with again"
    )]
    Damaged(&'static str),
    /// The key generator failed.
    #[error(
        "cannot make a certificate for the Moonlight door: {0}. Try again; if it stays, the system's random generator is broken"
    )]
    Generate(#[from] rcgen::Error),
}

impl HostCertificate {
    /// Makes one, and the text to keep: certificate and private key.
    ///
    /// # Errors
    /// The key generator failed.
    pub fn generate() -> Result<(Self, String), CertificateError> {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "punktfunk");
        // clients pin it and look at no date; 2049 is the last year of the short form of dates
        params.not_before = rcgen::date_time_ymd(1970, 1, 1);
        params.not_after = rcgen::date_time_ymd(2049, 12, 31);
        let text = params.self_signed(&key)?.pem() + &key.serialize_pem();
        Self::from_pem(&text).map(|certificate| (certificate, text))
    }

    /// Reads the text that [`generate`](Self::generate) gave.
    ///
    /// # Errors
    /// [`CertificateError::Damaged`].
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        let damaged = CertificateError::Damaged;
        let (mut der, mut key_der) = (None, None);
        for block in Pem::iter_from_buffer(text.as_bytes()) {
            let block = block.map_err(|_| damaged("it is cut short or not PEM"))?;
            let slot = match block.label.as_str() {
                "CERTIFICATE" => &mut der,
                "PRIVATE KEY" => &mut key_der,
                _ => {
                    return Err(damaged(
                        "it holds something that is neither a certificate nor a private key",
                    ));
                }
            };
            if slot.replace(block.contents).is_some() {
                return Err(damaged("it holds more than one certificate or key"));
            }
        }
        let der = der.ok_or(damaged("the certificate is missing"))?;
        let key_der = key_der.ok_or(damaged("the private key is missing"))?;
        let key = RsaKeyPair::from_pkcs8(&key_der).map_err(|_| damaged("the private key cannot be read"))?;
        let parts = Parts::of(&der).ok_or(damaged("the certificate cannot be read"))?;
        if parts.key != signature::KeyPair::public_key(&key).as_ref() {
            return Err(damaged("the private key belongs to another certificate"));
        }
        let pem = certificate_text(text).ok_or(damaged("the certificate is missing"))?;
        Ok(Self { signature: parts.signature, der, pem, key_der, key })
    }

    /// The certificate, DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The private key, PKCS#8 DER; for TLS and nothing else.
    pub(crate) fn key_der(&self) -> &[u8] {
        &self.key_der
    }

    /// The certificate's text, as pairing hands it out.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// The signature in the certificate.
    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Signs; `None` when the machine has no randomness.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
        Some(signature)
    }
}

/// The key never prints.
impl fmt::Debug for HostCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostCertificate")
            .field("fingerprint", &fingerprint(&self.der))
            .finish_non_exhaustive()
    }
}

/// A client's certificate. Its serial number is 0, its dates may be wrong, and it vouches for nothing but its key.
#[derive(Clone, Debug)]
pub(crate) struct ClientCertificate {
    fingerprint: Fingerprint,
    key: Vec<u8>,
    signature: Vec<u8>,
}

impl ClientCertificate {
    /// From the hexadecimal form of its PEM text, as pairing carries it.
    pub(crate) fn from_hex_pem(text: &str) -> Option<Self> {
        if text.len() > 2 * MAX_PEM_BYTES {
            return None;
        }
        let pem = hex::decode(text).ok()?;
        let block = Pem::iter_from_buffer(&pem).next()?.ok()?;
        let parts = (block.label == "CERTIFICATE").then(|| Parts::of(&block.contents))??;
        Some(Self { fingerprint: fingerprint(&block.contents), key: parts.key, signature: parts.signature })
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The signature in the certificate.
    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Whether the holder of its key has signed this.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.key).verify(message, signature).is_ok()
    }
}

/// What identifies a certificate.
pub(crate) fn fingerprint(der: &[u8]) -> Fingerprint {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, der).as_ref());
    Fingerprint(bytes)
}

struct Parts {
    key: Vec<u8>,
    signature: Vec<u8>,
}

impl Parts {
    fn of(der: &[u8]) -> Option<Self> {
        let (rest, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
        let key = certificate.public_key().subject_public_key.data.to_vec();
        let signature = certificate.signature_value.data.to_vec();
        rest.is_empty().then_some(Self { key, signature })
    }
}

/// The text of the certificate alone, out of the text that also holds the key.
fn certificate_text(text: &str) -> Option<String> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let from = text.find(BEGIN)?;
    let to = from + text[from..].find(END)? + END.len();
    Some(text[from..to].replace('\r', "") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_the_same_after_it_was_kept_as_text() {
        let (made, text) = HostCertificate::generate().unwrap();
        let read = HostCertificate::from_pem(&text).unwrap();
        assert_eq!((made.der(), made.signature()), (read.der(), read.signature()));
        assert_eq!(made.signature().len(), SIGNATURE_BYTES);
        assert!(!made.pem().contains("PRIVATE"), "clients get the certificate alone");
        let client = ClientCertificate::from_hex_pem(&hex::encode(made.pem())).unwrap();
        let signed = read.sign(b"message").unwrap();
        assert!(client.has_signed(b"message", &signed) && !client.has_signed(b"massage", &signed));
        assert_eq!(client.fingerprint(), fingerprint(made.der()));
    }

    #[test]
    fn a_damaged_certificate_is_told_and_never_replaced() {
        let (_, text) = HostCertificate::generate().unwrap();
        let (_, other) = HostCertificate::generate().unwrap();
        let split = text.find("-----BEGIN PRIVATE").unwrap();
        let other_split = other.find("-----BEGIN PRIVATE").unwrap();
        for damaged in [
            "",
            &text[..split],
            &text[split..],
            &text.replace('A', "!"),
            &format!("{}{}", &text[..split], &other[other_split..]),
        ] {
            assert!(matches!(HostCertificate::from_pem(damaged), Err(CertificateError::Damaged(_))));
        }
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        for text in
            ["", "zz", "00", &hex::encode("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
        {
            assert!(ClientCertificate::from_hex_pem(text).is_none(), "{text}");
        }
        assert!(ClientCertificate::from_hex_pem(&"0".repeat(2 * MAX_PEM_BYTES + 2)).is_none());
    }
}
