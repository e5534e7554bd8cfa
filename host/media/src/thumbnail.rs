//! A small copy of a picture, for people who want to see what is shown without streaming it.

use yuv::{YuvPlanarImage, YuvRange, YuvStandardMatrix};

use crate::convert::{Converter, I420Buffer, fit};
use crate::picture::{Picture, PictureError};

/// The longest side of a thumbnail, in pixels.
pub const MAX_THUMBNAIL_SIDE: u32 = 960;

/// A small copy of a picture. Making one takes about as long as converting a picture for an encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail(I420Buffer);

/// Why a thumbnail could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ThumbnailError {
    /// Its colours could not be converted.
    #[error("the picture could not be converted: {0}; try again")]
    Colours(#[from] yuv::YuvError),
    /// It could not be compressed.
    #[error("the picture could not be compressed: {0}; try again")]
    Compression(#[from] png::EncodingError),
}

impl Thumbnail {
    /// Copies `picture`, no side longer than [`MAX_THUMBNAIL_SIDE`] and none stretched. An odd last row or column is lost.
    ///
    /// # Errors
    /// A picture that cannot be read.
    pub fn of(picture: &Picture<'_>) -> Result<Self, PictureError> {
        let even = |side: u32| (side & !1).max(2);
        let (width, height) = if picture.width.max(picture.height) <= MAX_THUMBNAIL_SIDE {
            (even(picture.width), even(picture.height))
        } else {
            let place = fit(picture.width, picture.height, MAX_THUMBNAIL_SIDE, MAX_THUMBNAIL_SIDE);
            (even(place.width), even(place.height))
        };
        let mut small = I420Buffer::new(width, height);
        Converter::new().convert(picture, &mut small.as_mut())?;
        Ok(Self(small))
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        self.0.size()
    }

    /// As a PNG file. Takes tens of milliseconds.
    ///
    /// # Errors
    /// [`ThumbnailError`], which no picture from [`of`](Self::of) is known to cause.
    pub fn to_png(&self) -> Result<Vec<u8>, ThumbnailError> {
        let (width, height) = self.size();
        let mut rgb = vec![0; width as usize * height as usize * 3];
        let [y, u, v] = self.0.planes();
        let image = YuvPlanarImage {
            y_plane: y.data,
            y_stride: y.stride as u32,
            u_plane: u.data,
            u_stride: u.stride as u32,
            v_plane: v.data,
            v_stride: v.stride as u32,
            width,
            height,
        };
        let (range, matrix) = (YuvRange::Limited, YuvStandardMatrix::Bt709);
        yuv::yuv420_to_rgb(&image, &mut rgb, width * 3, range, matrix)?;
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Fast);
        encoder.write_header()?.write_image_data(&rgb)?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{Memory, PixelFormat};

    fn thumbnail(width: u32, height: u32, bgrx: [u8; 4]) -> Thumbnail {
        let data = bgrx.repeat(width as usize * height as usize);
        let stride = width as usize * PixelFormat::BYTES;
        let memory = Memory::Mapped { format: PixelFormat::Bgrx, stride, data: &data };
        Thumbnail::of(&Picture { width, height, captured_at_ns: 0, memory }).unwrap()
    }

    #[test]
    fn the_longest_side_is_bounded_and_the_shape_is_kept() {
        for (picture, small) in [
            ((1920, 1080), (960, 540)),
            ((3840, 2160), (960, 540)),
            ((1080, 1920), (540, 960)),
            ((640, 360), (640, 360)),
            ((961, 541), (960, 540)),
            ((4096, 2), (960, 2)),
            ((3, 3), (2, 2)),
        ] {
            assert_eq!(thumbnail(picture.0, picture.1, [0; 4]).size(), small, "{picture:?}");
        }
    }

    #[test]
    fn the_file_is_a_picture_of_the_same_colour() {
        let file = thumbnail(1920, 1080, [40, 120, 200, 0]).to_png().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height, info.color_type), (960, 540, png::ColorType::Rgb));
        let near = |pixel: &[u8]| pixel.iter().zip([200_u8, 120, 40]).all(|(a, b)| a.abs_diff(b) <= 4);
        assert!(pixels.chunks(3).all(near), "{:?}", &pixels[..3]);
    }

    #[test]
    fn a_picture_that_cannot_be_read_is_no_thumbnail() {
        let memory = Memory::Mapped { format: PixelFormat::Bgrx, stride: 16, data: &[0; 10] };
        assert!(Thumbnail::of(&Picture { width: 4, height: 4, captured_at_ns: 0, memory }).is_err());
    }
}
