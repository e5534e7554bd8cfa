//! Sound: RTP packets, parity for every four of them, encryption, and the thread that sends them (GameStream §6).

mod fec;
mod packetiser;
mod seal;
pub(crate) mod sender;
