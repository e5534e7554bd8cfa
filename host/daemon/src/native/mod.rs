//! The native door: punktfunk/1 over QUIC (§1 to §5).
//!
//! [`NativeDoor::bind`] takes the port, [`NativeDoor::run`] lets connections in. Each connection is judged by its first
//! message, passes the gates, and then either pairs or streams; whatever happens to it, everything it held is
//! released when its task ends.

mod accept;
mod access;
mod connection;
mod control;
mod data_socket;
mod ending;
mod gate;
mod input;
mod limits;
mod negotiate;
mod pairing;
mod plane;
mod probe;
mod punched;
mod rumble;
mod sender;
mod sound;
mod stream;
mod talk;
mod tls;
mod viewer;

pub use accept::{BindError, NativeDoor};
pub(crate) use negotiate::Plan;
pub use tls::TlsError;
