use super::{open, plane};
use crate::DecodeError;
use crate::bytes::{Reader, Write};

/// The colour volume of a screen or of a picture (punktfunk/1 §5.6). The same 28 bytes stand in Hello.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct HdrMetadata {
    /// Green, blue, red as (x, y), in 1/50000.
    pub primaries: [(u16, u16); 3],
    /// White as (x, y), in 1/50000.
    pub white: (u16, u16),
    /// Largest luminance, in 0.0001 cd/m².
    pub max_luminance: u32,
    /// Smallest luminance, in 0.0001 cd/m².
    pub min_luminance: u32,
    /// Brightest pixel, in nits; 0 for unknown.
    pub max_cll: u16,
    /// Brightest picture on average, in nits; 0 for unknown.
    pub max_fall: u16,
}

impl HdrMetadata {
    /// Reads plane 0xCE.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        Self::read(&mut open(plane::HDR, bytes)?).ok()
    }

    /// The datagram, 29 bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![plane::HDR];
        self.write(&mut out);
        out
    }

    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut point = || Ok::<_, DecodeError>((r.u16()?, r.u16()?));
        let primaries = [point()?, point()?, point()?];
        let white = point()?;
        Ok(Self {
            primaries,
            white,
            max_luminance: r.u32()?,
            min_luminance: r.u32()?,
            max_cll: r.u16()?,
            max_fall: r.u16()?,
        })
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for (x, y) in self.primaries.into_iter().chain([self.white]) {
            out.u16(x).u16(y);
        }
        out.u32(self.max_luminance).u32(self.min_luminance).u16(self.max_cll).u16(self.max_fall);
    }
}
