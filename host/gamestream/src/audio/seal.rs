//! Encryption of sound: AES-128-CBC with an initialisation vector that each packet's number gives (GameStream §6.3).

use aws_lc_rs::cipher::{EncryptionContext, PaddedBlockEncryptingKey};
use aws_lc_rs::iv::FixedLength;

use crate::crypto::SessionKey;

/// Bytes of a block.
const BLOCK: usize = 16;

/// Encrypts payloads.
pub(super) struct Seal {
    key: PaddedBlockEncryptingKey,
    /// `rikeyid` of the launch.
    number: u32,
}

impl Seal {
    pub(super) fn new(key: &SessionKey, number: u32) -> Self {
        Self { key: key.cbc(), number }
    }

    /// Encrypts a payload in place, and pads it.
    pub(super) fn seal(&self, sequence: u16, payload: &mut Vec<u8>) {
        let mut iv = [0; BLOCK];
        iv[..4].copy_from_slice(&self.number.wrapping_add(sequence.into()).to_be_bytes());
        // the protocol's own vector: it comes again after 65536 packets under a key, which is one of its weaknesses
        let iv = EncryptionContext::Iv128(FixedLength::from(iv));
        self.key.less_safe_encrypt(payload, iv).expect("a vector of the cipher's length");
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::tests::known_key;

    #[test]
    fn a_payload_is_sealed_as_the_known_answer_says() {
        let seal = Seal::new(&known_key(), -1_935_365_096_i32 as u32);
        let mut payload: Vec<u8> = (0xc0..0xd4).collect();
        seal.seal(3, &mut payload);
        assert_eq!(hex::encode(payload), "6431c35c6231d0baf04c6892296a11c252da02c952bb914744a57b0711671816");
    }
}
