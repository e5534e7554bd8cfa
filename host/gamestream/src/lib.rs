//! The door for Moonlight clients: the GameStream API over HTTP and HTTPS, RTSP, control over ENet, video and sound over RTP.
//!
//! [`GameStreamDoor::bind`] takes the two ports, [`GameStreamDoor::run`] lets clients in. Whoever opens the door says by
//! [`House`] who is trusted, and where pictures come from and input goes; the door itself knows neither.
//!
//! The protocol is older than this project and guards less: a PIN of four digits, which one entry makes one attempt with;
//! requests to pair that anybody on the network can make; sound without a seal. What it can do safely is required: the
//! client's certificate is its identity, RTSP and control are always encrypted, pings and connections count by secret only.

mod api;
mod audio;
mod certificate;
mod control;
mod crypto;
mod door;
#[doc(hidden)]
pub mod fuzz;
mod house;
mod input;
mod link;
#[doc(hidden)]
pub mod measure;
#[cfg(test)]
mod nonces;
mod pairing;
mod query;
mod rtsp;
mod session;
mod socket;
mod video;
mod xml;

pub use certificate::{CertificateError, HostCertificate};
pub use control::message::{HostMessage, Termination};
pub use door::{BindError, DoorOptions, GameStreamDoor};
pub use house::{
    Answer, App, AppRun, Codec, Encryption, Facts, Fingerprint, Frame, Heard, House, Knock, Seat, SentReport,
    Sound, Taken, Wish,
};
pub use input::{Contact, InputEvent, MAX_PADS, PadState};
pub use link::Link;
