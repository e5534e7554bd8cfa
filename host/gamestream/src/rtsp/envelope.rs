//! Encrypted RTSP: one envelope around each whole message (GameStream §3.2).

use crate::crypto::{Gcm, NONCE_BYTES, NotAuthentic, SessionKey, TAG_BYTES};

use super::message::MAX_MESSAGE_BYTES;

const HEAD_BYTES: usize = 8 + TAG_BYTES;
const ENCRYPTED: u32 = 1 << 31;

/// What the bytes of a connection are so far.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// Not whole yet.
    Incomplete,
    /// A whole message, opened.
    Message(Vec<u8>),
    /// Nothing that belongs here.
    Refused,
}

/// Opens and seals the messages of one session, over all of its connections.
#[derive(Debug)]
pub(crate) struct RtspSeal {
    gcm: Gcm,
    /// The highest number that came; each is good once.
    heard: u32,
    next: u32,
}

fn nonce(sequence: u32, letters: [u8; 2]) -> [u8; NONCE_BYTES] {
    let mut nonce = [0; NONCE_BYTES];
    nonce[..4].copy_from_slice(&sequence.to_le_bytes());
    nonce[10..].copy_from_slice(&letters);
    nonce
}

impl RtspSeal {
    pub(crate) fn new(key: &SessionKey) -> Self {
        Self { gcm: key.gcm(), heard: 0, next: 1 }
    }

    /// Looks at what came over a connection so far.
    pub(crate) fn open(&mut self, bytes: &[u8]) -> Received {
        let Some(head) = bytes.first_chunk::<HEAD_BYTES>() else { return Received::Incomplete };
        let word = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (length, sequence) = ((word(0) & !ENCRYPTED) as usize, word(4));
        if word(0) & ENCRYPTED == 0 || length > MAX_MESSAGE_BYTES || bytes.len() > HEAD_BYTES + length {
            return Received::Refused;
        }
        if bytes.len() < HEAD_BYTES + length {
            return Received::Incomplete;
        }
        let Ok(tag) = head[8..].try_into() else { return Received::Refused };
        match self.gcm.open(nonce(sequence, *b"CR"), tag, &bytes[HEAD_BYTES..]) {
            Ok(plain) if sequence > self.heard => {
                self.heard = sequence;
                Received::Message(plain)
            }
            Ok(_) | Err(NotAuthentic) => Received::Refused,
        }
    }

    /// The message in its envelope.
    pub(crate) fn seal(&mut self, message: &[u8]) -> Vec<u8> {
        let sequence = self.next;
        // one message a connection, a few connections a session: this never comes round
        self.next = self.next.saturating_add(1);
        let mut sealed = message.to_vec();
        let tag = self.gcm.seal(nonce(sequence, *b"HR"), &mut sealed);
        let length = ENCRYPTED | message.len() as u32;
        [&length.to_be_bytes()[..], &sequence.to_be_bytes(), &tag, &sealed].concat()
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
        let sealed = RtspSeal::new(&known_key()).seal(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
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
            assert_eq!(seal.open(&message[..cut]), Received::Incomplete);
        }
        assert_eq!(seal.open(&message), Received::Message(b"OPTIONS".to_vec()));
        assert_eq!(seal.open(&message), Received::Refused, "a copy of it means nothing");
        let longer = [message, vec![0]].concat();
        assert_eq!(RtspSeal::new(&known_key()).open(&longer), Received::Refused);
    }

    #[test]
    fn another_sessions_message_is_refused() {
        let message = seal_as_client(&SessionKey::new([1; 16]), 1, b"OPTIONS");
        assert_eq!(RtspSeal::new(&known_key()).open(&message), Received::Refused);
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
