//! The envelope around each control message (GameStream §4.2, control v2).

use punktfunk_core::video::ReplayWindow;

use crate::crypto::{Gcm, NONCE_BYTES, NotAuthentic, SessionKey, TAG_BYTES};

const KIND: u16 = 1;
const HEAD_BYTES: usize = 8 + TAG_BYTES;
/// Type and length of the message inside.
const INNER_HEAD_BYTES: usize = 4;
/// The longest message that is taken; clients send less than 256 bytes.
pub(crate) const MAX_MESSAGE_BYTES: usize = 1024;

/// A message without its envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) kind: u16,
    pub(crate) payload: Vec<u8>,
}

/// Why a message was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EnvelopeError {
    /// It is no envelope, or a length in it is wrong.
    #[error("the message has no proper envelope; it is dropped")]
    Malformed,
    /// It came before.
    #[error("the message came before; it is dropped")]
    Replayed,
    #[error(transparent)]
    NotAuthentic(#[from] NotAuthentic),
}

fn nonce(sequence: u32, letters: [u8; 2]) -> [u8; NONCE_BYTES] {
    let mut nonce = [0; NONCE_BYTES];
    nonce[..4].copy_from_slice(&sequence.to_le_bytes());
    nonce[10..].copy_from_slice(&letters);
    nonce
}

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    Client,
    Host,
}

impl Sender {
    fn letters(self) -> [u8; 2] {
        match self {
            Self::Client => *b"CC",
            Self::Host => *b"HC",
        }
    }
}

/// Seals the messages of one direction.
#[derive(Debug)]
pub(crate) struct Sealing {
    gcm: Gcm,
    sender: Sender,
    /// `None` once all numbers are used up.
    next: Option<u32>,
}

impl Sealing {
    pub(crate) fn new(key: &SessionKey, sender: Sender) -> Self {
        Self { gcm: key.gcm(), sender, next: Some(0) }
    }

    /// The message in its envelope; `None` when every number was used once, for none may be used twice.
    pub(crate) fn seal(&mut self, kind: u16, payload: &[u8]) -> Option<Vec<u8>> {
        let sequence = self.next?;
        self.next = sequence.checked_add(1);
        let length = u16::try_from(payload.len()).ok()?;
        let inner = INNER_HEAD_BYTES + payload.len();
        let outer = u16::try_from(4 + TAG_BYTES + inner).ok()?;
        let mut message = Vec::with_capacity(HEAD_BYTES + inner);
        message.extend_from_slice(&KIND.to_le_bytes());
        message.extend_from_slice(&outer.to_le_bytes());
        message.extend_from_slice(&sequence.to_le_bytes());
        message.extend_from_slice(&[0; TAG_BYTES]);
        message.extend_from_slice(&kind.to_le_bytes());
        message.extend_from_slice(&length.to_le_bytes());
        message.extend_from_slice(payload);
        let tag = self.gcm.seal(nonce(sequence, self.sender.letters()), &mut message[HEAD_BYTES..]);
        message[8..HEAD_BYTES].copy_from_slice(&tag);
        Some(message)
    }
}

/// Opens the messages of one direction, each once.
#[derive(Debug)]
pub(crate) struct Opening {
    gcm: Gcm,
    sender: Sender,
    seen: ReplayWindow,
}

impl Opening {
    pub(crate) fn new(key: &SessionKey, sender: Sender) -> Self {
        Self { gcm: key.gcm(), sender, seen: ReplayWindow::new() }
    }

    /// The message inside. Messages of several channels may overtake each other.
    pub(crate) fn open(&mut self, message: &[u8]) -> Result<Opened, EnvelopeError> {
        let malformed = EnvelopeError::Malformed;
        if message.len() < HEAD_BYTES + INNER_HEAD_BYTES || message.len() > MAX_MESSAGE_BYTES {
            return Err(malformed);
        }
        let (head, sealed) = message.split_at(HEAD_BYTES);
        let field = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        if field(0) != KIND || usize::from(field(2)) != message.len() - 4 {
            return Err(malformed);
        }
        let sequence = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let tag: &[u8; TAG_BYTES] = head[8..].try_into().map_err(|_| malformed)?;
        let plain = self.gcm.open(nonce(sequence, self.sender.letters()), tag, sealed)?;
        if !self.seen.accept(u64::from(sequence)) {
            return Err(EnvelopeError::Replayed);
        }
        let kind = u16::from_le_bytes([plain[0], plain[1]]);
        let length = usize::from(u16::from_le_bytes([plain[2], plain[3]]));
        let payload = plain.get(INNER_HEAD_BYTES..INNER_HEAD_BYTES + length).ok_or(malformed)?;
        Ok(Opened { kind, payload: payload.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::tests::known_key;
    use proptest::prelude::*;

    #[test]
    fn messages_of_both_sides_match_the_known_answers() {
        let mut host = Sealing { next: Some(7), ..Sealing::new(&known_key(), Sender::Host) };
        let rumble = hex::decode("0000000001003412cdab").unwrap();
        assert_eq!(
            hex::encode(host.seal(0x010b, &rumble).unwrap()),
            "01002200070000003decb23982a3b68fd6afe18bc04eb9737d279d7e5175267923357302f853"
        );
        let mut client = Sealing::new(&known_key(), Sender::Client);
        assert_eq!(
            hex::encode(client.seal(0x0302, &[0, 0]).unwrap()),
            "01001a000000000022302723537811166cb9bfead7dad4575cd629f5cafe"
        );
    }

    #[test]
    fn each_message_is_opened_once() {
        let mut client = Sealing::new(&known_key(), Sender::Client);
        let (one, two) = (client.seal(1, b"one").unwrap(), client.seal(2, b"two").unwrap());
        let mut opening = Opening::new(&known_key(), Sender::Client);
        assert_eq!(opening.open(&two).unwrap(), Opened { kind: 2, payload: b"two".to_vec() });
        assert_eq!(opening.open(&one).unwrap().payload, b"one", "channels overtake each other");
        assert_eq!(opening.open(&one), Err(EnvelopeError::Replayed));
    }

    #[test]
    fn a_message_of_the_other_direction_or_key_does_not_open() {
        let mut host = Sealing::new(&known_key(), Sender::Host);
        let message = host.seal(1, b"hello").unwrap();
        let mut opening = Opening::new(&known_key(), Sender::Client);
        assert_eq!(opening.open(&message), Err(EnvelopeError::NotAuthentic(NotAuthentic)));
        let mut opening = Opening::new(&SessionKey::new([9; 16]), Sender::Host);
        assert_eq!(opening.open(&message), Err(EnvelopeError::NotAuthentic(NotAuthentic)));
    }

    #[test]
    fn no_number_is_used_twice() {
        let mut host = Sealing { next: Some(u32::MAX), ..Sealing::new(&known_key(), Sender::Host) };
        assert!(host.seal(1, b"").is_some());
        assert_eq!(host.seal(1, b""), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_opening_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut opening = Opening::new(&known_key(), Sender::Client);
            prop_assert!(opening.open(&bytes).is_err());
            let framed = [&[1, 0, (bytes.len() + 20) as u8, 0][..], &[0; 20], &bytes].concat();
            prop_assert!(opening.open(&framed).is_err());
        }
    }
}
