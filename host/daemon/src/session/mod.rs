//! Sessions: one source and one encoder on a thread of their own, and the same for sound, fanned out to the viewers of all doors.

pub(crate) mod fit;
mod hand_over;
mod meter;
mod pipeline;
mod preview;
mod screen;
#[allow(clippy::module_inception)] // the type's own file
mod session;
mod slot;
mod sound;
mod source;
mod table;
mod view;

pub use hand_over::Taken;
pub use meter::{Flow, Pace, Spread, Timings};
pub(crate) use preview::preview;
pub use session::Profile;
pub use slot::{DEPTH, Slot};
pub use sound::{SOUND_DEPTH, SoundPacket, SoundShown, SoundSlot, SoundWish, sound_spec};
pub use source::{SCREEN_SOCKET, session_source};
pub(crate) use source::{find_screen, has_no_display, source_spec};
pub use table::{JoinError, Seat, SessionTable, Wish};
pub use view::{LatencyUs, SessionView};

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

impl AsRef<[u8]> for AccessUnit {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl AccessUnit {
    /// Microseconds from the picture to the beginning of its encoding.
    pub fn queue_us(&self) -> u32 {
        let whole = self.encoded_at_ns.saturating_sub(self.captured_at_ns) / 1000;
        u32::try_from(whole).unwrap_or(u32::MAX).saturating_sub(self.encode_us)
    }
}
