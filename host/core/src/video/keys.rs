use aws_lc_rs::aead::{AES_128_GCM, CHACHA20_POLY1305, LessSafeKey, UnboundKey};

use super::{Opener, Sealer};

/// The AEAD of the data plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cipher {
    /// AES-128-GCM, the default.
    Aes128Gcm,
    /// ChaCha20-Poly1305, for clients without AES instructions.
    ChaCha20Poly1305,
}

/// The keys of one session, in one direction each (punktfunk/1 §4.2 and §4.3).
///
/// They can be used up only once, by [`MediaKeys::into_host`] or [`MediaKeys::into_client`], and cannot be
/// cloned: that is what keeps two sealers from counting the same nonces. `Debug` shows no key.
#[derive(PartialEq, Eq)]
pub struct MediaKeys {
    cipher: Cipher,
    aes: [u8; 16],
    chacha: [u8; 32],
    salt: [u8; 4],
}

impl MediaKeys {
    /// How many random bytes [`MediaKeys::from_random`] takes.
    pub const RANDOM_BYTES: usize = 52;

    /// Keys out of fresh bytes of a cryptographic random source, for a host.
    #[must_use]
    pub fn from_random(cipher: Cipher, random: [u8; Self::RANDOM_BYTES]) -> Self {
        let (mut aes, mut chacha, mut salt) = ([0; 16], [0; 32], [0; 4]);
        aes.copy_from_slice(&random[..16]);
        chacha.copy_from_slice(&random[16..48]);
        salt.copy_from_slice(&random[48..]);
        Self::new(cipher, aes, chacha, salt)
    }

    /// Keys as they stand in Welcome. `chacha` counts only with that cipher.
    #[must_use]
    pub fn new(cipher: Cipher, aes: [u8; 16], chacha: [u8; 32], salt: [u8; 4]) -> Self {
        let chacha = if cipher == Cipher::ChaCha20Poly1305 { chacha } else { [0; 32] };
        Self { cipher, aes, chacha, salt }
    }

    /// The cipher these are for.
    #[must_use]
    pub fn cipher(&self) -> Cipher {
        self.cipher
    }

    /// The host's ends: what it sends with, and what it could receive with.
    #[must_use]
    pub fn into_host(self) -> (Sealer, Opener) {
        (Sealer::new(self.key(), self.to_client()), Opener::new(self.key(), self.to_host()))
    }

    /// The client's ends: what it could send with, and what it receives with.
    #[must_use]
    pub fn into_client(self) -> (Sealer, Opener) {
        (Sealer::new(self.key(), self.to_host()), Opener::new(self.key(), self.to_client()))
    }

    /// The key in use is all zero, which no host may send.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match self.cipher {
            Cipher::Aes128Gcm => self.aes == [0; 16],
            Cipher::ChaCha20Poly1305 => self.chacha == [0; 32],
        }
    }

    pub(crate) fn aes_bytes(&self) -> &[u8; 16] {
        &self.aes
    }

    pub(crate) fn chacha_bytes(&self) -> &[u8; 32] {
        &self.chacha
    }

    pub(crate) fn salt(&self) -> [u8; 4] {
        self.salt
    }

    fn key(&self) -> LessSafeKey {
        let key = match self.cipher {
            Cipher::Aes128Gcm => UnboundKey::new(&AES_128_GCM, &self.aes),
            Cipher::ChaCha20Poly1305 => UnboundKey::new(&CHACHA20_POLY1305, &self.chacha),
        };
        LessSafeKey::new(key.expect("the array has the length of the cipher's key"))
    }

    /// The directions share a key, so they must not share nonces: the top bit of the salt tells them apart.
    fn to_client(&self) -> [u8; 4] {
        let [first, rest @ ..] = self.salt;
        [first & 0x7f, rest[0], rest[1], rest[2]]
    }

    fn to_host(&self) -> [u8; 4] {
        let [first, rest @ ..] = self.salt;
        [first | 0x80, rest[0], rest[1], rest[2]]
    }
}

impl std::fmt::Debug for MediaKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MediaKeys({:?}, …)", self.cipher)
    }
}
