use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};

use super::{ReplayWindow, SEAL_BYTES};

const SEQ_BYTES: usize = 8;
const TAG_BYTES: usize = 16;

/// Encrypts datagrams (punktfunk/1 §4.3).
///
/// Owns the sequence number, which is the nonce: it only grows, and there is no way to copy a sealer or to
/// set it back. Made by [`MediaKeys`](super::MediaKeys).
pub struct Sealer {
    key: LessSafeKey,
    salt: [u8; 4],
    next: u64,
}

/// All sequence numbers are used up; the session must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("every sequence number of this session has been used; end it and start a new one")]
pub struct SealError;

/// Why a datagram was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It has no room for a sequence number and a tag.
    #[error("the datagram is too short to be sealed; drop it")]
    Short,
    /// It was not sealed with this key, or changed on the way.
    #[error("the datagram is forged or damaged; drop it")]
    Forged,
    /// It came before, or is older than anything that is still waited for.
    #[error("the datagram is a replay or far too late; drop it")]
    Replayed,
}

impl Sealer {
    pub(super) fn new(key: LessSafeKey, salt: [u8; 4]) -> Self {
        Self { key, salt, next: 0 }
    }

    /// Seals a datagram in place: 8 bytes for the sequence number, the plaintext, 16 bytes for the tag.
    /// Returns the sequence number it got.
    ///
    /// # Errors
    /// When all 2⁶⁴ sequence numbers are used up.
    ///
    /// # Panics
    /// If the datagram is shorter than 24 bytes.
    pub fn seal(&mut self, datagram: &mut [u8]) -> Result<u64, SealError> {
        let seq = self.next;
        self.next = seq.checked_add(1).ok_or(SealError)?;
        let (number, rest) = datagram.split_at_mut(SEQ_BYTES);
        let (plaintext, tag_place) = rest.split_at_mut(rest.len() - TAG_BYTES);
        let aad = seq.to_be_bytes();
        number.copy_from_slice(&aad);
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce(self.salt, aad), Aad::from(aad), plaintext)
            .map_err(|_| SealError)?;
        tag_place.copy_from_slice(tag.as_ref());
        Ok(seq)
    }

    /// How many datagrams have been sealed.
    #[must_use]
    pub fn sealed(&self) -> u64 {
        self.next
    }
}

/// Decrypts datagrams and drops what has been seen before.
pub struct Opener {
    key: LessSafeKey,
    salt: [u8; 4],
    window: ReplayWindow,
}

/// The inside of a genuine datagram.
#[derive(Debug)]
pub struct Opened<'a> {
    /// Its sequence number.
    pub seq: u64,
    /// What was sealed.
    pub plaintext: &'a mut [u8],
}

impl Opener {
    pub(super) fn new(key: LessSafeKey, salt: [u8; 4]) -> Self {
        Self { key, salt, window: ReplayWindow::new() }
    }

    /// Opens a datagram in place. On an error its bytes mean nothing any more.
    ///
    /// # Errors
    /// See [`OpenError`]. Only a genuine datagram moves the replay window.
    pub fn open<'a>(&mut self, datagram: &'a mut [u8]) -> Result<Opened<'a>, OpenError> {
        if datagram.len() < SEAL_BYTES {
            return Err(OpenError::Short);
        }
        let (number, sealed) = datagram.split_at_mut(SEQ_BYTES);
        let aad = <[u8; SEQ_BYTES]>::try_from(&*number).map_err(|_| OpenError::Short)?;
        let plaintext = self
            .key
            .open_in_place(nonce(self.salt, aad), Aad::from(aad), sealed)
            .map_err(|_| OpenError::Forged)?;
        let seq = fresh(&mut self.window, aad)?;
        Ok(Opened { seq, plaintext })
    }

    /// Opens a datagram into a place elsewhere, which must have 24 bytes less, and returns its sequence number. On
    /// an error the bytes of that place mean nothing any more.
    pub(super) fn open_into(&mut self, datagram: &[u8], plaintext: &mut [u8]) -> Result<u64, OpenError> {
        let (&aad, sealed) = datagram.split_first_chunk::<SEQ_BYTES>().ok_or(OpenError::Short)?;
        let (sealed, tag) = sealed.split_last_chunk::<TAG_BYTES>().ok_or(OpenError::Short)?;
        self.key
            .open_separate_gather(nonce(self.salt, aad), Aad::from(aad), sealed, tag, plaintext)
            .map_err(|_| OpenError::Forged)?;
        fresh(&mut self.window, aad)
    }
}

fn fresh(window: &mut ReplayWindow, seq: [u8; SEQ_BYTES]) -> Result<u64, OpenError> {
    let seq = u64::from_be_bytes(seq);
    if window.accept(seq) { Ok(seq) } else { Err(OpenError::Replayed) }
}

fn nonce(salt: [u8; 4], seq: [u8; SEQ_BYTES]) -> Nonce {
    let mut bytes = [0; 12];
    bytes[..4].copy_from_slice(&salt);
    bytes[4..].copy_from_slice(&seq);
    Nonce::assume_unique_for_key(bytes)
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealer({} sealed)", self.next)
    }
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opener")
    }
}
