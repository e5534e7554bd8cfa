//! What a [`Source`](crate::Source) hands out and an [`Encoder`](crate::Encoder) takes in.

use std::os::fd::BorrowedFd;

/// The longest side of a picture that this crate will touch, in pixels.
pub const MAX_SIDE: u32 = 16_384;

/// One picture, borrowed from whoever made it until the next call on that source.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// Visible width in pixels.
    pub width: u32,
    /// Visible height in pixels.
    pub height: u32,
    /// When the picture was taken, in nanoseconds since the Unix epoch.
    pub captured_at_ns: u64,
    /// Where the pixels are.
    pub memory: Memory<'a>,
}

/// Where a picture's pixels live.
#[derive(Debug, Clone, Copy)]
pub enum Memory<'a> {
    /// Packed RGB in memory that the processor can read.
    Mapped {
        /// How one pixel is laid out.
        format: PixelFormat,
        /// Bytes from one row to the next; a multiple of four.
        stride: usize,
        /// At least `stride × height` bytes.
        data: &'a [u8],
    },
    /// BT.709 limited-range YUV 4:2:0 in memory that the processor can read.
    Yuv(Yuv<'a>),
    /// A buffer on the GPU, to be imported by an encoder that runs there.
    DmaBuf(DmaBuf<'a>),
}

/// Packed RGB layouts, named by the order of the bytes in memory (little endian).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// Blue, green, red, unused: DRM `XRGB8888`, what most screens scan out.
    Bgrx,
    /// Blue, green, red, alpha: DRM `ARGB8888`. Alpha is ignored.
    Bgra,
    /// Red, green, blue, unused: DRM `XBGR8888`.
    Rgbx,
    /// Red, green, blue, alpha: DRM `ABGR8888`. Alpha is ignored.
    Rgba,
    /// Ten bits a channel, blue lowest: DRM `XRGB2101010`.
    Xrgb2101010,
}

impl PixelFormat {
    /// Bytes that one pixel takes. All packed formats here take four.
    pub const BYTES: usize = 4;

    /// The format that a DRM fourcc code names, if it is one that can be read here.
    pub const fn from_fourcc(fourcc: u32) -> Option<Self> {
        Some(match &fourcc.to_le_bytes() {
            b"XR24" => Self::Bgrx,
            b"AR24" => Self::Bgra,
            b"XB24" => Self::Rgbx,
            b"AB24" => Self::Rgba,
            b"XR30" | b"AR30" => Self::Xrgb2101010,
            _ => return None,
        })
    }
}

/// One plane of 8-bit samples.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// Bytes from one row to the next.
    pub stride: usize,
    /// At least `stride × rows` bytes.
    pub data: &'a [u8],
}

/// The planes of a 4:2:0 picture. Chroma planes have half the width and height, rounded up.
#[derive(Debug, Clone, Copy)]
pub enum Yuv<'a> {
    /// Three planes.
    I420 {
        /// Luma.
        y: Plane<'a>,
        /// Blue difference.
        u: Plane<'a>,
        /// Red difference.
        v: Plane<'a>,
    },
    /// Luma, and both chroma signals interleaved, blue difference first.
    Nv12 {
        /// Luma.
        y: Plane<'a>,
        /// Chroma pairs.
        uv: Plane<'a>,
    },
}

/// A picture in GPU memory. Descriptors stay owned by the source.
#[derive(Debug, Clone, Copy)]
pub struct DmaBuf<'a> {
    /// DRM fourcc code.
    pub fourcc: u32,
    /// DRM format modifier.
    pub modifier: u64,
    /// One to four planes, the first ones first.
    pub planes: [Option<DmaBufPlane<'a>>; 4],
}

/// One plane of a [`DmaBuf`].
#[derive(Debug, Clone, Copy)]
pub struct DmaBufPlane<'a> {
    /// The buffer that holds the plane.
    pub fd: BorrowedFd<'a>,
    /// Bytes from the buffer's start to the plane's.
    pub offset: u32,
    /// Bytes from one row to the next.
    pub stride: u32,
}

/// Why a picture cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// A side is zero or beyond [`MAX_SIDE`].
    #[error("a picture of {width}x{height} cannot be handled; both sides must be 1 to {MAX_SIDE} pixels")]
    Size {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The rows are shorter than the width, or not aligned to whole pixels.
    #[error(
        "rows of {stride} bytes do not hold {needed} bytes of whole pixels; the source describes its buffer wrongly"
    )]
    Stride {
        /// Bytes from row to row.
        stride: usize,
        /// Bytes that a row needs.
        needed: usize,
    },
    /// The buffer ends before the picture does.
    #[error(
        "a buffer of {len} bytes ends before its picture of {needed} bytes; the source describes its buffer wrongly"
    )]
    Short {
        /// Bytes there are.
        len: usize,
        /// Bytes needed.
        needed: usize,
    },
    /// GPU memory was handed to something that reads with the processor.
    #[error(
        "the picture is in GPU memory, which the processor does not read; ask the source for mapped pictures"
    )]
    NotMapped,
}

impl Picture<'_> {
    /// Checks sizes, strides and buffer lengths, so that readers need not.
    ///
    /// # Errors
    /// The first [`PictureError`] that holds. [`Memory::DmaBuf`] is never an error here.
    pub fn check(&self) -> Result<(), PictureError> {
        let sides = 1..=MAX_SIDE;
        if !sides.contains(&self.width) || !sides.contains(&self.height) {
            return Err(PictureError::Size { width: self.width, height: self.height });
        }
        let (width, height) = (self.width as usize, self.height as usize);
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        match self.memory {
            Memory::Mapped { stride, data, .. } => {
                if !stride.is_multiple_of(PixelFormat::BYTES) {
                    return Err(PictureError::Stride { stride, needed: width * PixelFormat::BYTES });
                }
                Plane { stride, data }.check(width * PixelFormat::BYTES, height)
            }
            Memory::Yuv(Yuv::I420 { y, u, v }) => {
                y.check(width, height)?;
                u.check(half_width, half_height)?;
                v.check(half_width, half_height)
            }
            Memory::Yuv(Yuv::Nv12 { y, uv }) => {
                y.check(width, height)?;
                uv.check(half_width * 2, half_height)
            }
            Memory::DmaBuf(_) => Ok(()),
        }
    }
}

impl Plane<'_> {
    fn check(&self, row: usize, rows: usize) -> Result<(), PictureError> {
        if self.stride < row {
            return Err(PictureError::Stride { stride: self.stride, needed: row });
        }
        let needed = self.stride.saturating_mul(rows);
        if self.data.len() < needed {
            return Err(PictureError::Short { len: self.data.len(), needed });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(width: u32, height: u32, stride: usize, data: &[u8]) -> Picture<'_> {
        let memory = Memory::Mapped { format: PixelFormat::Bgrx, stride, data };
        Picture { width, height, captured_at_ns: 0, memory }
    }

    #[test]
    fn a_picture_whose_buffer_is_too_short_is_refused() {
        let error = packed(4, 4, 16, &[0; 63]).check().unwrap_err();
        assert_eq!(error, PictureError::Short { len: 63, needed: 64 });
        packed(4, 4, 16, &[0; 64]).check().unwrap();
    }

    #[test]
    fn rows_shorter_than_the_width_are_refused() {
        assert!(matches!(packed(4, 4, 12, &[0; 64]).check(), Err(PictureError::Stride { needed: 16, .. })));
        assert!(matches!(packed(4, 4, 18, &[0; 128]).check(), Err(PictureError::Stride { .. })));
    }

    #[test]
    fn absurd_sizes_are_refused_without_overflow() {
        assert!(matches!(packed(0, 4, 0, &[]).check(), Err(PictureError::Size { .. })));
        assert!(matches!(
            packed(u32::MAX, u32::MAX, usize::MAX & !3, &[]).check(),
            Err(PictureError::Size { .. })
        ));
        assert!(matches!(packed(4, 4, usize::MAX & !3, &[0; 64]).check(), Err(PictureError::Short { .. })));
    }

    #[test]
    fn chroma_planes_of_odd_pictures_are_rounded_up() {
        let plane = |stride, data| Plane { stride, data };
        let memory =
            Memory::Yuv(Yuv::I420 { y: plane(5, &[0; 15]), u: plane(3, &[0; 6]), v: plane(3, &[0; 5]) });
        let picture = Picture { width: 5, height: 3, captured_at_ns: 0, memory };
        assert_eq!(picture.check().unwrap_err(), PictureError::Short { len: 5, needed: 6 });
    }

    #[test]
    fn drm_codes_name_the_formats_that_screens_use() {
        assert_eq!(PixelFormat::from_fourcc(u32::from_le_bytes(*b"XR24")), Some(PixelFormat::Bgrx));
        assert_eq!(PixelFormat::from_fourcc(u32::from_le_bytes(*b"XR30")), Some(PixelFormat::Xrgb2101010));
        assert_eq!(PixelFormat::from_fourcc(u32::from_le_bytes(*b"YUYV")), None);
    }
}
