//! From any readable picture to BT.709 limited-range I420 of a given size.
//!
//! Pictures of the right size go straight from the source's memory into the target. Others are scaled to fit,
//! with black bars where the shapes differ. Scaling happens on the converted planes: they are less than half as
//! many bytes as packed RGB.

mod fit;
mod planes;
mod scale;

use yuv::{BufferStoreMut, YuvConversionMode, YuvPlanarImageMut, YuvRange, YuvStandardMatrix};

use crate::picture::{Memory, Picture, PictureError, PixelFormat, Plane, Yuv};

pub use fit::{Rect, fit};
pub use planes::{I420Buffer, I420Mut, PlaneMut};

/// Luma of black in limited range.
const BLACK_LUMA: u8 = 16;
/// Chroma of every grey.
const NEUTRAL_CHROMA: u8 = 128;

/// Converts pictures to one size, keeping its buffers from picture to picture.
#[derive(Debug, Default)]
pub struct Converter {
    /// Where the last picture went; bars are painted only when that changes.
    placed: Option<(Rect, u32, u32)>,
    /// A picture at its own size, converted and waiting to be scaled.
    unscaled: I420Buffer,
    /// Ten-bit pictures brought down to eight.
    packed: Vec<u8>,
    scaler: scale::Scaler,
}

impl Converter {
    /// A converter that has seen no picture yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Converts `picture` into `target`. Bars are painted when a picture's place differs from the one before,
    /// so `target` must be the same memory, or a copy of it, from call to call.
    ///
    /// A picture that is at most one pixel larger than the target on a side is cropped and not scaled: that is an
    /// odd-sized screen in a stream with even sides.
    ///
    /// # Errors
    /// A picture that cannot be read; `target` is then unchanged.
    pub fn convert(&mut self, picture: &Picture<'_>, target: &mut I420Mut<'_>) -> Result<(), PictureError> {
        picture.check()?;
        let (width, height) = (target.width, target.height);
        let same_size =
            (width..=width + 1).contains(&picture.width) && (height..=height + 1).contains(&picture.height);
        let place = if same_size {
            Rect { x: 0, y: 0, width, height }
        } else {
            fit(picture.width, picture.height, width, height)
        };
        if matches!(picture.memory, Memory::DmaBuf(_)) {
            return Err(PictureError::NotMapped);
        }
        if self.placed != Some((place, width, height)) {
            if (place.width, place.height) != (width, height) {
                target.fill(BLACK_LUMA, NEUTRAL_CHROMA);
            }
            self.placed = Some((place, width, height));
        }
        if same_size {
            return write_same_size(picture, target, &mut self.packed);
        }
        if let Memory::Yuv(Yuv::I420 { y, u, v }) = picture.memory {
            self.scaler.scale(picture.width, picture.height, [y, u, v], target, place);
            return Ok(());
        }
        // 4:2:0 needs even sides; the odd last column is dropped, not resampled
        let even =
            Picture { width: (picture.width & !1).max(2), height: (picture.height & !1).max(2), ..*picture };
        if even.check().is_err() {
            return Err(PictureError::Size { width: picture.width, height: picture.height });
        }
        self.unscaled.resize(even.width, even.height);
        write_same_size(&even, &mut self.unscaled.as_mut(), &mut self.packed)?;
        self.scaler.scale(even.width, even.height, self.unscaled.planes(), target, place);
        Ok(())
    }
}

/// Writes the top left of `picture` over the whole of `target`, which is no larger.
fn write_same_size(
    picture: &Picture<'_>,
    target: &mut I420Mut<'_>,
    packed: &mut Vec<u8>,
) -> Result<(), PictureError> {
    match picture.memory {
        Memory::Mapped { format, stride, data } => rgb_to_i420(format, stride, data, target, packed)
            .map_err(|_| PictureError::Stride { stride, needed: target.width as usize * PixelFormat::BYTES }),
        Memory::Yuv(Yuv::I420 { y, u, v }) => {
            target.y.copy_from(y);
            target.u.copy_from(u);
            target.v.copy_from(v);
            Ok(())
        }
        Memory::Yuv(Yuv::Nv12 { y, uv }) => {
            target.y.copy_from(y);
            target.deinterleave_chroma(uv);
            Ok(())
        }
        Memory::DmaBuf(_) => Err(PictureError::NotMapped),
    }
}

fn rgb_to_i420(
    format: PixelFormat,
    stride: usize,
    data: &[u8],
    target: &mut I420Mut<'_>,
    packed: &mut Vec<u8>,
) -> Result<(), yuv::YuvError> {
    let (width, height) = (target.width, target.height);
    let mut image = YuvPlanarImageMut {
        y_stride: target.y.stride as u32,
        y_plane: BufferStoreMut::Borrowed(&mut *target.y.data),
        u_stride: target.u.stride as u32,
        u_plane: BufferStoreMut::Borrowed(&mut *target.u.data),
        v_stride: target.v.stride as u32,
        v_plane: BufferStoreMut::Borrowed(&mut *target.v.data),
        width,
        height,
    };
    let (range, matrix, mode) = (YuvRange::Limited, YuvStandardMatrix::Bt709, YuvConversionMode::Balanced);
    let stride = u32::try_from(stride).unwrap_or(u32::MAX);
    match format {
        PixelFormat::Bgrx | PixelFormat::Bgra => {
            yuv::bgra_to_yuv420(&mut image, data, stride, range, matrix, mode)
        }
        PixelFormat::Rgbx | PixelFormat::Rgba => {
            yuv::rgba_to_yuv420(&mut image, data, stride, range, matrix, mode)
        }
        PixelFormat::Xrgb2101010 => {
            let row = width as usize * PixelFormat::BYTES;
            packed.resize(row * height as usize, 0);
            for (from, to) in data.chunks_exact(stride as usize).zip(packed.chunks_exact_mut(row)) {
                ten_bits_to_eight(from, to);
            }
            yuv::bgra_to_yuv420(&mut image, packed, row as u32, range, matrix, mode)
        }
    }
}

/// One row of `XRGB2101010` to blue, green, red, unused.
fn ten_bits_to_eight(from: &[u8], to: &mut [u8]) {
    for (from, to) in from.as_chunks::<4>().0.iter().zip(to.as_chunks_mut::<4>().0) {
        let word = u32::from_le_bytes(*from);
        *to = [(word >> 2) as u8, (word >> 12) as u8, (word >> 22) as u8, 0xFF];
    }
}

/// A converted copy of `picture` at its own size, with odd sides rounded down.
///
/// # Errors
/// A picture that cannot be read.
pub fn to_i420(picture: &Picture<'_>) -> Result<I420Buffer, PictureError> {
    picture.check()?;
    let mut buffer = I420Buffer::new((picture.width & !1).max(2), (picture.height & !1).max(2));
    Converter::new().convert(picture, &mut buffer.as_mut())?;
    Ok(buffer)
}

/// Views three planes as a picture.
pub(crate) fn i420_picture<'a>(
    width: u32,
    height: u32,
    captured_at_ns: u64,
    [y, u, v]: [Plane<'a>; 3],
) -> Picture<'a> {
    Picture { width, height, captured_at_ns, memory: Memory::Yuv(Yuv::I420 { y, u, v }) }
}

#[cfg(test)]
mod tests;
