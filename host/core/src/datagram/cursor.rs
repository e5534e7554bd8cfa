use super::{open, plane};
use crate::bytes::Write;

/// Where the pointer is (punktfunk/1 §5.8), once per picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CursorPosition {
    /// The shape it has.
    pub serial: u32,
    /// It is to be seen.
    pub visible: bool,
    /// The host would like relative motion now.
    pub relative_wanted: bool,
    /// The pixel it points at, from the left.
    pub x: i32,
    /// The pixel it points at, from the top.
    pub y: i32,
}

impl CursorPosition {
    /// Reads plane 0xD0.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut r = open(plane::CURSOR, bytes)?;
        let serial = r.u32().ok()?;
        let flags = r.u8().ok()?;
        let (x, y) = (r.i32().ok()?, r.i32().ok()?);
        Some(Self { serial, visible: flags & 1 != 0, relative_wanted: flags & 2 != 0, x, y })
    }

    /// The datagram.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(14);
        let flags = u8::from(self.visible) | u8::from(self.relative_wanted) << 1;
        out.u8(plane::CURSOR).u32(self.serial).u8(flags).i32(self.x).i32(self.y);
        out
    }
}
