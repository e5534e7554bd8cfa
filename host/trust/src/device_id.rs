//! What a device *is*: the SHA-256 of the certificate whose key it has proven to hold.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A device's fingerprint: SHA-256 over the full DER of its leaf certificate (punktfunk/1 §1.2).
///
/// Compared whole, never by a prefix. Written as 64 lowercase hexadecimal digits; reading also takes upper case and
/// `:` between bytes, the way other tools print fingerprints.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId([u8; 32]);

impl DeviceId {
    /// The fingerprint of a leaf certificate, given its DER.
    #[must_use]
    pub fn from_certificate(der: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest::digest(&digest::SHA256, der).as_ref());
        Self(bytes)
    }

    /// A fingerprint from its 32 raw bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 raw bytes, as the pairing ceremony uses them (punktfunk/1 §3.3).
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// All 64 digits.
impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// Shortened: enough to follow a device through a log, not enough to be mistaken for the identity.
impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceId({})", self.brief())
    }
}

impl DeviceId {
    /// Enough of it to tell devices apart in a log, which is not told all of it.
    pub fn brief(&self) -> String {
        format!("{}…", hex::encode(&self.0[..4]))
    }
}

/// The text is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a fingerprint: write all 64 hexadecimal digits of it")]
pub struct ParseDeviceIdError;

impl FromStr for DeviceId {
    type Err = ParseDeviceIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        match text.len() {
            64 => hex::decode_to_slice(text, &mut bytes).map_err(|_| ParseDeviceIdError)?,
            95 => {
                let mut pairs = text.split(':');
                for byte in &mut bytes {
                    let pair = pairs.next().filter(|pair| pair.len() == 2).ok_or(ParseDeviceIdError)?;
                    hex::decode_to_slice(pair, std::slice::from_mut(byte)).map_err(|_| ParseDeviceIdError)?;
                }
            }
            _ => return Err(ParseDeviceIdError),
        }
        Ok(Self(bytes))
    }
}

impl Serialize for DeviceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DeviceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_fingerprint_is_the_sha256_of_the_whole_certificate() {
        let id = DeviceId::from_certificate(b"abc");
        assert_eq!(id.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_shortened_fingerprint_is_no_fingerprint() {
        let id = DeviceId::from_bytes([0xab; 32]).to_string();
        for length in (0..64).chain([65]) {
            let text: String = id.chars().chain(['a']).take(length).collect();
            assert_eq!(text.parse::<DeviceId>(), Err(ParseDeviceIdError), "{length} digits");
        }
        assert!("zz".repeat(32).parse::<DeviceId>().is_err());
        assert!("é".repeat(32).parse::<DeviceId>().is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes: [u8; 32]) {
            let id = DeviceId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse::<DeviceId>(), Ok(id));
            prop_assert_eq!(id.to_string().to_uppercase().parse::<DeviceId>(), Ok(id));
            let colons = bytes.map(|byte| format!("{byte:02X}")).join(":");
            prop_assert_eq!(colons.parse::<DeviceId>(), Ok(id));
            prop_assert_eq!(serde_json::from_str::<DeviceId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
        }

        #[test]
        fn any_text_is_read_without_panic(text: String) {
            let _ = text.parse::<DeviceId>();
        }
    }
}
