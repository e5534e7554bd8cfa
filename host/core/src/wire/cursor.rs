use crate::DecodeError;
use crate::bytes::{Reader, Write};

/// A pointer image (punktfunk/1 §2.7, type 0x50): straight rows of R, G, B, A.
#[derive(Clone, PartialEq, Eq)]
pub struct CursorShape {
    /// What the positions on plane 0xD0 refer to.
    pub serial: u32,
    /// Pixels per row, at most 120.
    pub width: u16,
    /// Rows, at most 120.
    pub height: u16,
    /// The pixel that points, from the left.
    pub hot_x: u16,
    /// The pixel that points, from the top.
    pub hot_y: u16,
    /// `width * height * 4` bytes.
    pub rgba: Vec<u8>,
}

impl CursorShape {
    /// The largest width and height, in pixels.
    pub const MAX_SIDE: u16 = 120;

    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (serial, width, height) = (r.u32()?, r.u16()?, r.u16()?);
        let (hot_x, hot_y) = (r.u16()?, r.u16()?);
        let side = width.max(height);
        if side > Self::MAX_SIDE {
            let limit = Self::MAX_SIDE.into();
            return Err(DecodeError::TooLarge { what: "pointer image", limit, got: side.into() });
        }
        let rgba = r.take(usize::from(width) * usize::from(height) * 4)?.to_vec();
        Ok(Self { serial, width, height, hot_x, hot_y, rgba })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.u32(self.serial).u16(self.width).u16(self.height).u16(self.hot_x).u16(self.hot_y).raw(&self.rgba);
    }
}

impl std::fmt::Debug for CursorShape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { serial, width, height, .. } = self;
        write!(f, "CursorShape {{ serial: {serial}, {width}x{height} }}")
    }
}
