//! Encrypted or plain: how the messages of one session travel (GameStream §2.7, §3.2).

use super::envelope::{Length, RtspSeal, length_of};
use super::message::{Request, RequestFault};
use crate::crypto::SessionKey;

/// What the answer to a launch says in front of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Each message in an envelope, which shows whose session it belongs to.
    Encrypted,
    /// As text. Nothing but the address that it comes from shows whose it is.
    Plain,
}

impl Scheme {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Encrypted => "rtspenc",
            Self::Plain => "rtsp",
        }
    }

    /// Judges the bytes that came over a connection so far.
    pub(crate) fn length_of(self, bytes: &[u8]) -> Length {
        match self {
            Self::Encrypted => length_of(bytes),
            Self::Plain => match Request::parse(bytes) {
                Ok(_) => Length::Whole,
                Err(RequestFault::Incomplete) => Length::Incomplete,
                Err(RequestFault::Malformed) => Length::Refused,
            },
        }
    }

    /// Takes messages apart, and puts them together, for one session.
    pub(crate) fn carrier(self, key: &SessionKey) -> Carrier {
        match self {
            Self::Encrypted => Carrier(Some(RtspSeal::new(key))),
            Self::Plain => Carrier(None),
        }
    }
}

/// The messages of one session, over all of its connections.
#[derive(Debug)]
pub(crate) struct Carrier(Option<RtspSeal>);

impl Carrier {
    /// What a whole message says; `None` when it is none of this session.
    pub(crate) fn open(&mut self, bytes: Vec<u8>) -> Option<Vec<u8>> {
        match &mut self.0 {
            Some(seal) => seal.open(&bytes),
            None => Some(bytes),
        }
    }

    /// What goes over the wire; `None` when no more can be said safely.
    pub(crate) fn close(&mut self, message: String) -> Option<Vec<u8>> {
        match &mut self.0 {
            Some(seal) => seal.seal(message.as_bytes()),
            None => Some(message.into_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::tests::known_key;
    use crate::rtsp::envelope::seal_as_client;

    const PLAIN: &[u8] =
        b"ANNOUNCE streamid=control/13/0 RTSP/1.0\r\nCSeq: 6\r\nContent-length: 5\r\n\r\nv=0\r\n";

    #[test]
    fn a_plain_message_is_whole_once_its_body_is() {
        for cut in 0..PLAIN.len() {
            assert_eq!(Scheme::Plain.length_of(&PLAIN[..cut]), Length::Incomplete, "{cut}");
        }
        assert_eq!(Scheme::Plain.length_of(PLAIN), Length::Whole);
        assert_eq!(Scheme::Plain.length_of(b"GET / HTTP/1.1\r\n\r\n"), Length::Refused);
        assert_eq!(Scheme::Plain.length_of(&[b'x'; 40_000]), Length::Refused, "nothing grows for ever");
    }

    #[test]
    fn neither_scheme_takes_the_messages_of_the_other() {
        let sealed = seal_as_client(&known_key(), 1, PLAIN);
        assert_eq!(Scheme::Encrypted.length_of(PLAIN), Length::Refused);
        assert_eq!(Scheme::Encrypted.carrier(&known_key()).open(PLAIN.to_vec()), None);
        let plain = Scheme::Plain.carrier(&known_key()).open(sealed).unwrap();
        assert_eq!(Request::parse(&plain), Err(RequestFault::Incomplete));
    }

    #[test]
    fn a_plain_answer_is_the_text_itself() {
        let answer = "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n";
        assert_eq!(Scheme::Plain.carrier(&known_key()).close(answer.to_owned()).unwrap(), answer.as_bytes());
    }
}
