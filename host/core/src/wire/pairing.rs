//! The four pairing messages (punktfunk/1 §3.2). The mathematics behind them live elsewhere: here they are
//! bytes.

use super::CONTROL_MAGIC;
use crate::DecodeError;
use crate::bytes::{Reader, Write, cut};

const SPAKE_BYTES: usize = 33;
const CONFIRM_BYTES: usize = 32;

const REQUEST: u8 = 0x10;
const CHALLENGE: u8 = 0x11;
const PROOF: u8 = 0x12;
const RESULT: u8 = 0x13;

/// Client to host: I would like to pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairRequest {
    /// What the device calls itself, at most 64 bytes: untrusted. Bytes that are not UTF-8 read as U+FFFD.
    pub name: String,
    /// The client's key-exchange message.
    pub spake_a: [u8; SPAKE_BYTES],
}

/// Host to client: its half of the exchange, and the proof that it knows the PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairChallenge {
    /// The host's key-exchange message.
    pub spake_b: [u8; SPAKE_BYTES],
    /// The host's confirmation. The client checks it before it sends anything more.
    pub confirm: [u8; CONFIRM_BYTES],
}

/// Client to host: the proof that it knows the PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairProof {
    /// The client's confirmation.
    pub confirm: [u8; CONFIRM_BYTES],
}

/// Host to client: whether the device is paired now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairResult {
    /// It is.
    pub ok: bool,
}

/// Any of the four.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairMessage {
    /// Type 0x10.
    Request(PairRequest),
    /// Type 0x11.
    Challenge(PairChallenge),
    /// Type 0x12.
    Proof(PairProof),
    /// Type 0x13.
    Result(PairResult),
}

impl PairMessage {
    /// Reads a payload. `None` is a control message that has nothing to do with pairing.
    ///
    /// # Errors
    /// For a wrong magic or any wrong length.
    pub fn decode(payload: &[u8]) -> Result<Option<Self>, DecodeError> {
        let mut r = Reader::new("pairing message", payload);
        if r.array::<4>()? != CONTROL_MAGIC {
            return Err(DecodeError::Magic { what: "pairing message", magic: "PKFc" });
        }
        let message = match r.u8()? {
            REQUEST => {
                let length = usize::from(r.u8()?);
                if length > PairRequest::MAX_NAME {
                    let limit = PairRequest::MAX_NAME;
                    return Err(DecodeError::TooLarge { what: "device name", limit, got: length });
                }
                let name = String::from_utf8_lossy(r.take(length)?).into_owned();
                Self::Request(PairRequest { name, spake_a: spake(&mut r)? })
            }
            CHALLENGE => Self::Challenge(PairChallenge { spake_b: spake(&mut r)?, confirm: r.array()? }),
            PROOF => Self::Proof(PairProof { confirm: r.array()? }),
            RESULT => Self::Result(PairResult { ok: r.u8()? == 1 }),
            _ => return Ok(None),
        };
        r.finish()?;
        Ok(Some(message))
    }

    /// The payload.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        out.raw(&CONTROL_MAGIC);
        match self {
            Self::Request(PairRequest { name, spake_a }) => {
                let name = cut(name, PairRequest::MAX_NAME);
                out.u8(REQUEST).u8(name.len() as u8).raw(name.as_bytes());
                out.u16(SPAKE_BYTES as u16).raw(spake_a);
            }
            Self::Challenge(PairChallenge { spake_b, confirm }) => {
                out.u8(CHALLENGE).u16(SPAKE_BYTES as u16).raw(spake_b).raw(confirm);
            }
            Self::Proof(PairProof { confirm }) => {
                out.u8(PROOF).raw(confirm);
            }
            Self::Result(PairResult { ok }) => {
                out.u8(RESULT).flag(*ok);
            }
        }
        out
    }
}

impl PairRequest {
    /// The longest name, in bytes.
    pub const MAX_NAME: usize = 64;
}

fn spake(r: &mut Reader<'_>) -> Result<[u8; SPAKE_BYTES], DecodeError> {
    let length = usize::from(r.u16()?);
    if length != SPAKE_BYTES {
        return Err(DecodeError::Length { what: "key-exchange message", want: SPAKE_BYTES, got: length });
    }
    r.array()
}

macro_rules! one_of_four {
    ($($type:ident as $variant:ident),*) => {$(
        impl $type {
            /// Reads a payload.
            ///
            /// # Errors
            /// For a wrong magic, another message type, or any wrong length.
            pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
                match PairMessage::decode(payload)? {
                    Some(PairMessage::$variant(message)) => Ok(message),
                    _ => Err(DecodeError::Value {
                        what: "the type of a pairing message",
                        got: payload.get(4).copied().unwrap_or(0).into(),
                    }),
                }
            }

            /// The payload.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                PairMessage::$variant(self.clone()).encode()
            }
        }
    )*};
}

one_of_four!(PairRequest as Request, PairChallenge as Challenge, PairProof as Proof, PairResult as Result);
