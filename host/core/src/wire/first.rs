use super::{CONTROL_MAGIC, HANDSHAKE_MAGIC, Hello, PairMessage, PairRequest};
use crate::DecodeError;

/// What a client may begin with; it decides whether this is a session or a pairing (punktfunk/1 §2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstMessage {
    /// A session.
    Hello(Box<Hello>),
    /// A pairing.
    PairRequest(PairRequest),
}

impl FirstMessage {
    /// Reads the first payload of a connection.
    ///
    /// # Errors
    /// If it is anything but a Hello or a PairRequest; the connection is then closed.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        if payload.starts_with(&HANDSHAKE_MAGIC) {
            return Hello::decode(payload).map(|hello| Self::Hello(Box::new(hello)));
        }
        let Some(&kind) = payload.strip_prefix(&CONTROL_MAGIC).and_then(<[u8]>::first) else {
            return Err(DecodeError::Magic { what: "the first message", magic: "PKF1" });
        };
        match PairMessage::decode(payload)? {
            Some(PairMessage::Request(request)) => Ok(Self::PairRequest(request)),
            _ => Err(DecodeError::NotFirst { kind }),
        }
    }
}
