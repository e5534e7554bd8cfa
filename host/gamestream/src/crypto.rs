//! AES as the protocol uses it: GCM for RTSP, control and video, CBC for sound, bare blocks for pairing. The cipher itself is the provider's.

use std::fmt;

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, DecryptingKey, DecryptionContext, EncryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};

/// Bytes of an AES-128 key.
pub(crate) const KEY_BYTES: usize = 16;
/// Bytes of a GCM tag.
pub(crate) const TAG_BYTES: usize = 16;
/// Bytes of a GCM nonce.
pub(crate) const NONCE_BYTES: usize = 12;

/// The session key that a client chooses anew with each launch and resume. It never prints.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionKey([u8; KEY_BYTES]);

impl SessionKey {
    /// From its bytes.
    pub(crate) fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// For messages that carry their tag.
    pub(crate) fn gcm(&self) -> Gcm {
        let key = UnboundKey::new(&AES_128_GCM, &self.0).expect("the key has the cipher's length");
        Gcm(LessSafeKey::new(key))
    }

    /// For sound, which the protocol gives no tag.
    pub(crate) fn cbc(&self) -> PaddedBlockEncryptingKey {
        let key = UnboundCipherKey::new(&AES_128, &self.0).and_then(PaddedBlockEncryptingKey::cbc_pkcs7);
        key.expect("the key has the cipher's length")
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(..)")
    }
}

/// A message that was changed, or was sealed under another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the message does not fit its tag: it was changed on its way, or belongs to another session; it is dropped"
)]
pub(crate) struct NotAuthentic;

/// AES-128-GCM without additional data, the tag kept apart.
pub(crate) struct Gcm(LessSafeKey);

impl Gcm {
    /// Encrypts in place. The caller never uses a nonce twice.
    pub(crate) fn seal(&self, nonce: [u8; NONCE_BYTES], in_out: &mut [u8]) -> [u8; TAG_BYTES] {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::empty(), in_out)
            .expect("messages are far below what GCM can seal");
        let mut bytes = [0; TAG_BYTES];
        bytes.copy_from_slice(tag.as_ref());
        bytes
    }

    /// The plaintext of `sealed`.
    pub(crate) fn open(
        &self,
        nonce: [u8; NONCE_BYTES],
        tag: &[u8; TAG_BYTES],
        sealed: &[u8],
    ) -> Result<Vec<u8>, NotAuthentic> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let mut plain = vec![0; sealed.len()];
        self.0
            .open_separate_gather(nonce, Aad::empty(), sealed, tag, &mut plain)
            .map_err(|_| NotAuthentic)?;
        Ok(plain)
    }
}

impl fmt::Debug for Gcm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gcm(..)")
    }
}

/// AES-128 block by block without chaining, which pairing asks for.
pub(crate) struct Ecb([u8; KEY_BYTES]);

impl Ecb {
    pub(crate) fn new(key: [u8; KEY_BYTES]) -> Self {
        Self(key)
    }

    /// Encrypts whole blocks in place; `false` when there is a broken one.
    pub(crate) fn encrypt(&self, in_out: &mut [u8]) -> bool {
        self.key().and_then(|key| EncryptingKey::ecb(key).ok()).is_some_and(|key| key.encrypt(in_out).is_ok())
    }

    /// Decrypts whole blocks in place; `false` when there is a broken one.
    pub(crate) fn decrypt(&self, in_out: &mut [u8]) -> bool {
        let key = self.key().and_then(|key| DecryptingKey::ecb(key).ok());
        key.is_some_and(|key| key.decrypt(in_out, DecryptionContext::None).is_ok())
    }

    fn key(&self) -> Option<UnboundCipherKey> {
        UnboundCipherKey::new(&AES_128, &self.0).ok()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The key of the known answers (GameStream §10).
    pub(crate) fn known_key() -> SessionKey {
        SessionKey::new(std::array::from_fn(|n| n as u8))
    }

    #[test]
    fn a_key_never_prints() {
        assert!(!format!("{:?}", known_key()).contains("00"));
    }

    #[test]
    fn a_broken_block_is_noticed() {
        let ecb = Ecb::new([7; 16]);
        assert!(!ecb.encrypt(&mut [0; 15]) && !ecb.decrypt(&mut [0; 17]));
    }
}
