//! The negotiation of a stream (GameStream §3).

mod announce;
mod envelope;
mod message;
mod talk;

pub(crate) use announce::Announced;
pub(crate) use envelope::{Received, RtspSeal};
pub(crate) use message::{MAX_MESSAGE_BYTES, Request, RequestFault};
pub(crate) use talk::{Offer, PING_SECRET_BYTES, Step, Talk};
