//! The reference client of `punktfunk/1`: everything a native app needs to stream from a punktfunk host, except a
//! decoder and a screen.
//!
//! * [`NativeClient`]: a session. `Sync`, without async and without lifetimes; each plane is pulled on its own lock.
//! * [`pair`]: pairing by PIN. [`discover`]: hosts on the local network.
//!
//! Bytes are checked by `punktfunk-core` and identities by `punktfunk-trust`; this crate adds sockets, threads and time.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use punktfunk_client::{ConnectOptions, HostPin, Identity, NativeClient, Role};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let identity = Arc::new(Identity::load_or_create("identity".as_ref(), Role::Client)?);
//! let address = "living-room".parse()?;
//! let mut options = ConnectOptions::new(address, identity, HostPin::TrustOnFirstUse);
//! options.name = Some("Kitchen tablet".to_owned());
//!
//! let client = NativeClient::connect(options)?; // waits until the host's owner has approved
//! println!("pin {} from now on", client.host());
//! while let Some(frame) = client.next_video(Duration::from_secs(5))? {
//!     // Hand `frame.bytes`, one H.264 access unit, to a decoder.
//!     if frame.frame_index == 600 {
//!         break;
//!     }
//! }
//! client.quit();
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod address;
mod client;
mod dial;
mod discovery;
mod error;
mod frame;
mod framed;
mod handshake;
mod histogram;
mod meters;
mod options;
mod pairing;
mod plane;
mod probe;
mod session;
mod tasks;
mod terms;
mod tls;
mod video;

pub use address::{AddressError, HostAddress};
pub use client::{InputError, NativeClient, ReconfigureError};
pub use discovery::{DiscoverError, FoundHost, discover};
pub use error::{ConnectError, PairError, Refusal, SessionEnd};
pub use frame::{AudioPacket, Feedback, VideoFrame};
pub use histogram::Histogram;
pub use meters::Stats;
pub use options::{
    CancelToken, ConnectOptions, DIAL_BUDGET, Progress, ProgressCallback, REQUEST_ACCESS_BUDGET,
};
pub use pairing::pair;
pub use probe::probe;
pub use punktfunk_core::datagram::InputEvent;
pub use punktfunk_core::wire::{CloseCode, Codec, Codecs, DEFAULT_PORT, Mode};
pub use punktfunk_trust::{Identity, IdentityError, PinCode, Role};
pub use terms::Terms;
pub use tls::HostPin;

/// A host's fingerprint: SHA-256 over its certificate (punktfunk/1 §1.2).
pub type HostId = punktfunk_trust::DeviceId;
