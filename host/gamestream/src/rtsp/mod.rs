//! The negotiation of a stream (GameStream §3).

pub(crate) mod announce;
mod arriving;
mod envelope;
mod message;
mod scheme;
mod talk;

pub(crate) use announce::Announced;
pub(crate) use arriving::Arriving;
pub(crate) use envelope::{Length, RtspSeal, length_of};
pub(crate) use message::Request;
pub(crate) use scheme::{Carrier, Scheme};
pub(crate) use talk::{Offer, PING_SECRET_BYTES, Step, Talk};
