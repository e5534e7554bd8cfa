//! SHA-256 and dm-verity root hashes.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A SHA-256, written as 64 small hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_digest(&digest::digest(&digest::SHA256, bytes))
    }

    /// These 32 bytes as a hash.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn from_digest(digest: &digest::Digest) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest.as_ref());
        Self(bytes)
    }
}

/// A hash that is fed piece by piece.
pub struct Hasher(digest::Context);

impl Default for Hasher {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
}

impl Hasher {
    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all bytes.
    pub fn finish(self) -> Sha256 {
        Sha256::from_digest(&self.0.finish())
    }
}

/// Why a text is no hash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 is written as 64 small hexadecimal digits")]
pub struct BadHash;

impl FromStr for Sha256 {
    type Err = BadHash;

    fn from_str(text: &str) -> Result<Self, BadHash> {
        let mut bytes = [0; 32];
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(BadHash);
        }
        hex::decode_to_slice(text, &mut bytes).map_err(|_| BadHash)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

impl TryFrom<String> for Sha256 {
    type Error = BadHash;

    fn try_from(text: String) -> Result<Self, BadHash> {
        text.parse()
    }
}

impl From<Sha256> for String {
    fn from(hash: Sha256) -> Self {
        hash.to_string()
    }
}

/// The root hash of a slot's dm-verity tree; it also gives the slot's partitions their UUIDs, as the discoverable
/// partitions specification says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootHash(pub Sha256);

impl RootHash {
    /// The UUID of the data partition: the first half.
    pub fn usr_uuid(&self) -> Uuid {
        self.half(0)
    }

    /// The UUID of the hash partition: the second half.
    pub fn verity_uuid(&self) -> Uuid {
        self.half(16)
    }

    fn half(&self, from: usize) -> Uuid {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.0.as_bytes()[from..from + 16]);
        Uuid::from_bytes(bytes)
    }
}

impl fmt::Display for RootHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RootHash {
    type Err = BadHash;

    fn from_str(text: &str) -> Result<Self, BadHash> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_hash_names_the_two_partitions() {
        let root: RootHash =
            "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef".parse().unwrap();
        assert_eq!(root.usr_uuid().to_string(), "00112233-4455-6677-8899-aabbccddeeff");
        assert_eq!(root.verity_uuid().to_string(), "01234567-89ab-cdef-0123-456789abcdef");
    }

    #[test]
    fn pieces_hash_like_the_whole() {
        let mut hasher = Hasher::default();
        hasher.update(b"ab");
        hasher.update(b"c");
        assert_eq!(hasher.finish(), Sha256::of(b"abc"));
        assert!(Sha256::of(b"abc").to_string().starts_with("ba7816bf"));
    }
}
