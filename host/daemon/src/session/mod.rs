//! Sessions: one source and one encoder on a thread of their own, fanned out to the viewers of all doors.

mod pipeline;
mod screen;
#[allow(clippy::module_inception)] // the type's own file
mod session;
mod slot;
mod source;
mod table;

pub use session::{Profile, SessionView};
pub use slot::{DEPTH, Slot, Taken};
pub use source::{SCREEN_SOCKET, source_spec};
pub use table::{JoinError, Seat, SessionTable, Wish};

/// One encoded picture on its way to the viewers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessUnit {
    /// Annex B bytes.
    pub bytes: Vec<u8>,
    /// Decoding can start here.
    pub idr: bool,
    /// When the picture was taken, Unix nanoseconds.
    pub captured_at_ns: u64,
    /// When the encoder was done, Unix nanoseconds.
    pub encoded_at_ns: u64,
    /// Microseconds spent on converting and encoding.
    pub encode_us: u32,
}
