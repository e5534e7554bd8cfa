//! The `punktfunk/1` wire and data plane as pure state machines: bytes and time in, bytes and events out.
//!
//! Nothing here owns a socket, reads a clock or draws a random number. Every `now` is an argument in
//! nanoseconds, every key is handed in, and everything that waits says when it wants to be asked again.
//!
//! * [`wire`]: what travels on the QUIC control stream (punktfunk/1 §1.5, §2 and §3.2).
//! * [`datagram`]: the small planes in QUIC datagrams: input, audio, rumble, timing (punktfunk/1 §5).
//! * [`video`]: the sealed UDP data plane with forward error correction (punktfunk/1 §4).
//! * [`clock`]: how the two sides agree on the time (punktfunk/1 §2.8).
#![forbid(unsafe_code)]

mod bytes;
mod error;

pub mod clock;
pub mod datagram;
#[doc(hidden)]
pub mod fuzz;
pub mod video;
pub mod wire;

pub use error::DecodeError;
