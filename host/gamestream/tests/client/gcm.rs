//! AES-128-GCM with the tag apart, as every sealed message has it.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

fn key(key: &[u8; 16]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key).expect("a key"))
}

/// Number, letters.
pub fn nonce(sequence: u32, letters: &[u8; 2]) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[..4].copy_from_slice(&sequence.to_le_bytes());
    nonce[10..].copy_from_slice(letters);
    nonce
}

/// Tag and ciphertext.
pub fn seal(secret: &[u8; 16], nonce: [u8; 12], plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut bytes = plain.to_vec();
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = key(secret).seal_in_place_separate_tag(nonce, Aad::empty(), &mut bytes).expect("it seals");
    (tag.as_ref().to_vec(), bytes)
}

/// The plaintext.
pub fn open(secret: &[u8; 16], nonce: [u8; 12], tag: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let mut plain = vec![0; sealed.len()];
    let nonce = Nonce::assume_unique_for_key(nonce);
    key(secret).open_separate_gather(nonce, Aad::empty(), sealed, tag, &mut plain).ok()?;
    Some(plain)
}
