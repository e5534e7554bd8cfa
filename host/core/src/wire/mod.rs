//! What travels on the control stream (punktfunk/1 §2) and at its end (§1.5).
//!
//! Every message type decodes from and encodes to a *payload*; [`frame`] and [`FrameReader`] add and remove
//! the length prefix. The first message a client sends is told apart by [`FirstMessage`]; after the handshake
//! everything is a [`Control`].

mod caps;
mod clipboard;
mod close;
mod control;
mod cursor;
mod extension;
mod first;
mod framing;
mod gates;
mod hello;
mod message;
mod pairing;
mod start;
mod welcome;

pub use caps::{
    AudioChannels, AudioCodec, Chroma, ClientCaps, Codec, Codecs, Colour, Compositor, FecScheme, GamepadKind,
    Grants, HostCaps, HostCaps2, Mode, SurroundLayout, VideoCaps, VideoFit, choose_codec,
};
pub use clipboard::{ClipEntry, ClipFetch, ClipFetchHeader, ClipOffer, ClipPolicy, ClipReason, ClipStatus};
pub use close::{CloseCode, STREAM_CANCELLED};
pub use control::Control;
pub use cursor::CursorShape;
pub use extension::{ExtensionBlock, Preset, StartExtensions};
pub use first::FirstMessage;
pub use framing::{FrameReader, MAX_PAYLOAD, frame};
pub use gates::{Allowance, IdrGate, ProbeGate, ReconfigureGate, Recover, RfiGate, Throttle};
pub use hello::Hello;
pub use message::{BitrateReason, ProbeDelivery};
pub use pairing::{PairChallenge, PairMessage, PairProof, PairRequest, PairResult};
pub use start::Start;
pub use welcome::{Welcome, WelcomeFault};

/// The wire version in Hello and Welcome (punktfunk/1 §2.2). There is no negotiation: another number is
/// refused with [`CloseCode::WireVersion`].
pub const WIRE_VERSION: u32 = 2;

/// The application protocol name in TLS (punktfunk/1 §1.2).
pub const ALPN: &[u8] = b"pkf1";

/// The default UDP port of the QUIC endpoint (punktfunk/1 §1.1).
pub const DEFAULT_PORT: u16 = 9777;

/// The first bytes of a handshake message: Hello, Welcome, Start.
pub(crate) const HANDSHAKE_MAGIC: [u8; 4] = *b"PKF1";
/// The first bytes of every other message on the control stream.
pub(crate) const CONTROL_MAGIC: [u8; 4] = *b"PKFc";
