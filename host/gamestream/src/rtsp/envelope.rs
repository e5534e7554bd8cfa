//! Encrypted RTSP: one envelope around each whole message (GameStream §3.2).

use crate::crypto::{Gcm, NONCE_BYTES, SessionKey, TAG_BYTES};

use super::message::MAX_MESSAGE_BYTES;

const HEAD_BYTES: usize = 8 + TAG_BYTES;
const ENCRYPTED: u32 = 1 << 31;

/// What the bytes of a connection are so far, going by the length in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// Not whole yet.
    Incomplete,
    /// As long as a whole message says.
    Whole,
    /// Nothing that belongs here.
    Refused,
}

/// Judges the bytes that came over a connection so far.
pub(crate) fn length_of(bytes: &[u8]) -> Length {
    let Some(head) = bytes.first_chunk::<4>() else { return Length::Incomplete };
    let word = u32::from_be_bytes(*head);
    let whole = HEAD_BYTES + (word & !ENCRYPTED) as usize;
    match bytes.len() {
        _ if word & ENCRYPTED == 0 || whole > HEAD_BYTES + MAX_MESSAGE_BYTES => Length::Refused,
        count if count < whole => Length::Incomplete,
        count if count == whole => Length::Whole,
        _ => Length::Refused,
    }
}

/// Opens and seals the messages of one session, over all of its connections.
#[derive(Debug)]
pub(crate) struct RtspSeal {
    gcm: Gcm,
    /// The highest number that came; each is good once.
    heard: u32,
    /// `None` once all numbers are used up.
    next: Option<u32>,
}

fn nonce(sequence: u32, letters: [u8; 2]) -> [u8; NONCE_BYTES] {
    let mut nonce = [0; NONCE_BYTES];
    nonce[..4].copy_from_slice(&sequence.to_le_bytes());
    nonce[10..].copy_from_slice(&letters);
    nonce
}

impl RtspSeal {
    pub(crate) fn new(key: &SessionKey) -> Self {
        Self { gcm: key.gcm(), heard: 0, next: Some(1) }
    }

    /// Opens a whole message; `None` when it is none of this session, or came before.
    pub(crate) fn open(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        if length_of(bytes) != Length::Whole {
            return None;
        }
        let (head, sealed) = bytes.split_first_chunk::<HEAD_BYTES>()?;
        let sequence = u32::from_be_bytes([head[4], head[5], head[6], head[7]]);
        let plain = self.gcm.open(nonce(sequence, *b"CR"), head[8..].try_into().ok()?, sealed).ok()?;
        (sequence > self.heard).then(|| {
            self.heard = sequence;
            plain
        })
    }

    /// The message in its envelope; `None` when every number was used once, for none may be used twice.
    pub(crate) fn seal(&mut self, message: &[u8]) -> Option<Vec<u8>> {
        let sequence = self.next?;
        self.next = sequence.checked_add(1);
        let mut sealed = message.to_vec();
        let tag = self.gcm.seal(nonce(sequence, *b"HR"), &mut sealed);
        let length = ENCRYPTED | message.len() as u32;
        Some([&length.to_be_bytes()[..], &sequence.to_be_bytes(), &tag, &sealed].concat())
    }
}

/// Seals as a client does. For tests.
#[cfg(test)]
pub(crate) fn seal_as_client(key: &SessionKey, sequence: u32, message: &[u8]) -> Vec<u8> {
    let mut sealed = message.to_vec();
    let tag = key.gcm().seal(nonce(sequence, *b"CR"), &mut sealed);
    let length = ENCRYPTED | message.len() as u32;
    [&length.to_be_bytes()[..], &sequence.to_be_bytes(), &tag, &sealed].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::tests::known_key;
    use proptest::prelude::*;

    #[test]
    fn an_answer_matches_the_known_one() {
        let sealed = RtspSeal::new(&known_key()).seal(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n").unwrap();
        assert_eq!(
            hex::encode(sealed),
            "8000001c00000001f1734c68fca6356daf5717bc54c6f6a2600872b43a271f6b4fc685cedf9a7cb84351077c0cc521456e1d06e9"
        );
    }

    #[test]
    fn a_message_opens_once_it_is_whole_and_only_once() {
        let message = seal_as_client(&known_key(), 1, b"OPTIONS");
        let mut seal = RtspSeal::new(&known_key());
        for cut in 0..message.len() {
            assert_eq!((length_of(&message[..cut]), seal.open(&message[..cut])), (Length::Incomplete, None));
        }
        assert_eq!(seal.open(&message).as_deref(), Some(&b"OPTIONS"[..]));
        assert_eq!(seal.open(&message), None, "a copy of it means nothing");
        let longer = [message, vec![0]].concat();
        assert_eq!((length_of(&longer), RtspSeal::new(&known_key()).open(&longer)), (Length::Refused, None));
        assert_eq!(length_of(b"OPTIONS rtsp"), Length::Refused, "plain text is none");
        assert_eq!(length_of(&[0xff; 4]), Length::Refused, "and nothing is waited for that is too long");
    }

    #[test]
    fn no_number_is_used_twice() {
        let mut seal = RtspSeal { next: Some(u32::MAX), ..RtspSeal::new(&known_key()) };
        assert!(seal.seal(b"last").is_some());
        assert_eq!(seal.seal(b"one more"), None);
    }

    #[test]
    fn another_sessions_message_is_refused() {
        let message = seal_as_client(&SessionKey::new([1; 16]), 1, b"OPTIONS");
        assert_eq!(RtspSeal::new(&known_key()).open(&message), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_opening_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            RtspSeal::new(&known_key()).open(&bytes);
            let framed = [&[0x80, 0, 0, bytes.len() as u8][..], &bytes].concat();
            RtspSeal::new(&known_key()).open(&framed);
        }
    }
}
