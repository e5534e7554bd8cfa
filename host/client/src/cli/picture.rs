//! Decoded pictures as plain pixels and as files.

use ffmpeg_next::codec::Id;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::util::color::{Range, Space};
use ffmpeg_next::{Packet, Rational, codec, encoder, frame};
use yuv::{YuvPlanarImage, YuvRange, YuvStandardMatrix};

/// 8-bit RGB without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rgb {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Rgb {
    /// Converts by the colours that the stream declares; BT.709 in limited range where it declares none (punktfunk/1
    /// §2.3).
    pub(crate) fn from_decoded(picture: &frame::Video) -> Result<Self, String> {
        let (width, height) = (picture.width(), picture.height());
        let image = YuvPlanarImage {
            y_plane: picture.data(0),
            y_stride: stride(picture, 0)?,
            u_plane: picture.data(1),
            u_stride: stride(picture, 1)?,
            v_plane: picture.data(2),
            v_stride: stride(picture, 2)?,
            width,
            height,
        };
        let full = picture.color_range() == Range::JPEG
            || matches!(picture.format(), Pixel::YUVJ420P | Pixel::YUVJ444P);
        let range = if full { YuvRange::Full } else { YuvRange::Limited };
        let matrix = match picture.color_space() {
            Space::SMPTE170M | Space::BT470BG => YuvStandardMatrix::Bt601,
            Space::BT2020NCL => YuvStandardMatrix::Bt2020,
            _ => YuvStandardMatrix::Bt709,
        };
        let mut pixels = vec![0; width as usize * height as usize * 3];
        let converted = match picture.format() {
            Pixel::YUV420P | Pixel::YUVJ420P => {
                yuv::yuv420_to_rgb(&image, &mut pixels, width * 3, range, matrix)
            }
            Pixel::YUV444P | Pixel::YUVJ444P => {
                yuv::yuv444_to_rgb(&image, &mut pixels, width * 3, range, matrix)
            }
            other => {
                return Err(format!(
                    "pictures in {other:?} cannot be converted; save the stream (.h264) instead"
                ));
            }
        };
        converted.map_err(|error| error.to_string())?;
        Ok(Self { width, height, pixels })
    }

    pub(crate) fn to_ppm(&self) -> Vec<u8> {
        let mut file = format!("P6\n{} {}\n255\n", self.width, self.height).into_bytes();
        file.extend_from_slice(&self.pixels);
        file
    }

    pub(crate) fn to_png(&self) -> Result<Vec<u8>, String> {
        let failed =
            |error: ffmpeg_next::Error| format!("FFmpeg's PNG encoder says {error}; save it as .ppm instead");
        let found =
            encoder::find(Id::PNG).ok_or("FFmpeg has no PNG encoder here; save it as .ppm instead")?;
        let mut settings = codec::Context::new_with_codec(found).encoder().video().map_err(failed)?;
        settings.set_width(self.width);
        settings.set_height(self.height);
        settings.set_format(Pixel::RGB24);
        settings.set_time_base(Rational(1, 1));
        let mut encoder = settings.open_as(found).map_err(failed)?;
        let mut picture = frame::Video::new(Pixel::RGB24, self.width, self.height);
        let (row, stride) = (self.width as usize * 3, picture.stride(0));
        for (to, from) in picture.data_mut(0).chunks_mut(stride).zip(self.pixels.chunks_exact(row)) {
            to[..row].copy_from_slice(from);
        }
        picture.set_pts(Some(0));
        encoder.send_frame(&picture).map_err(failed)?;
        encoder.send_eof().map_err(failed)?;
        let mut packet = Packet::empty();
        encoder.receive_packet(&mut packet).map_err(failed)?;
        packet
            .data()
            .map(<[u8]>::to_vec)
            .ok_or_else(|| "FFmpeg's PNG encoder gave nothing; save it as .ppm instead".to_owned())
    }
}

/// Appends the planes of a picture, row by row without padding.
pub(crate) fn write_planes(picture: &frame::Video, out: &mut Vec<u8>) -> Result<(), String> {
    if !matches!(picture.format(), Pixel::YUV420P | Pixel::YUVJ420P | Pixel::YUV444P | Pixel::YUVJ444P) {
        return Err(format!(
            "pictures in {:?} are not plain 8-bit planes; save the stream (.h264) instead",
            picture.format()
        ));
    }
    for plane in 0..3 {
        let (width, height) = (picture.plane_width(plane) as usize, picture.plane_height(plane) as usize);
        for row in picture.data(plane).chunks(picture.stride(plane)).take(height) {
            out.extend_from_slice(&row[..width]);
        }
    }
    Ok(())
}

fn stride(picture: &frame::Video, plane: usize) -> Result<u32, String> {
    if plane >= picture.planes() {
        return Err(format!(
            "pictures in {:?} cannot be converted; save the stream (.h264) instead",
            picture.format()
        ));
    }
    u32::try_from(picture.stride(plane)).map_err(|_| "the picture is too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose padding holds rubbish that must not be seen.
    fn decoded(width: u32, height: u32, [y, u, v]: [u8; 3]) -> frame::Video {
        ffmpeg_next::init().expect("ffmpeg");
        let mut picture = frame::Video::new(Pixel::YUV420P, width, height);
        for (plane, value) in [y, u, v].into_iter().enumerate() {
            let (used, stride) = (picture.plane_width(plane) as usize, picture.stride(plane));
            for row in picture.data_mut(plane).chunks_mut(stride) {
                row.fill(99);
                row[..used].fill(value);
            }
        }
        picture
    }

    #[test]
    fn limited_range_bt709_is_what_an_undeclared_stream_means() {
        for (yuv, rgb) in
            [([16, 128, 128], [0u8, 0, 0]), ([235, 128, 128], [255, 255, 255]), ([63, 102, 240], [255, 0, 0])]
        {
            let picture = Rgb::from_decoded(&decoded(18, 6, yuv)).expect("converted");
            assert_eq!(picture.pixels.len(), 18 * 6 * 3);
            for pixel in picture.pixels.chunks_exact(3) {
                assert!(pixel.iter().zip(rgb).all(|(a, b)| a.abs_diff(b) <= 2), "{pixel:?} is not {rgb:?}");
            }
        }
    }

    #[test]
    fn a_ppm_has_its_header_and_every_pixel() {
        let file = Rgb::from_decoded(&decoded(4, 2, [235, 128, 128])).expect("converted").to_ppm();
        assert!(file.starts_with(b"P6\n4 2\n255\n"));
        assert_eq!(file.len(), 11 + 4 * 2 * 3);
    }

    #[test]
    fn a_png_decodes_to_the_same_pixels() {
        let rgb = Rgb::from_decoded(&decoded(34, 10, [100, 90, 150])).expect("converted");
        let file = rgb.to_png().expect("encoded");
        let mut decoder = codec::Context::new_with_codec(ffmpeg_next::decoder::find(Id::PNG).expect("png"))
            .decoder()
            .video()
            .expect("png");
        decoder.send_packet(&Packet::copy(&file)).expect("sent");
        let mut picture = frame::Video::empty();
        decoder.send_eof().expect("sent");
        decoder.receive_frame(&mut picture).expect("decoded");
        assert_eq!((picture.format(), picture.width(), picture.height()), (Pixel::RGB24, 34, 10));
        let rows: Vec<u8> =
            picture.data(0).chunks(picture.stride(0)).flat_map(|row| row[..34 * 3].to_vec()).collect();
        assert_eq!(rows, rgb.pixels);
    }

    #[test]
    fn planes_are_written_without_their_padding() {
        let mut out = Vec::new();
        write_planes(&decoded(6, 4, [1, 2, 3]), &mut out).expect("planes");
        assert_eq!(out, [vec![1; 24], vec![2; 6], vec![3; 6]].concat());
    }
}
