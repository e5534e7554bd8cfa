//! The picture as it is seen: the visible part of the screen's buffer with the cursor on it.

use crate::PixelFormat;

/// Four-byte pixels in rows.
#[derive(Clone, Copy)]
pub(super) struct Pixels<'a> {
    pub(super) data: &'a [u8],
    pub(super) stride: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) format: PixelFormat,
}

impl<'a> Pixels<'a> {
    /// A rectangle of a buffer, or `None` if it does not lie in it.
    pub(super) fn cut(buffer: &'a [u8], cut: Cut, format: PixelFormat) -> Option<Self> {
        let row = cut.width.checked_mul(PixelFormat::BYTES)?;
        let left = cut.x.checked_mul(PixelFormat::BYTES)?;
        if cut.width == 0 || cut.height == 0 || left.checked_add(row)? > cut.stride {
            return None;
        }
        let start = cut.y.checked_mul(cut.stride)?.checked_add(left)?.checked_add(cut.offset)?;
        let length = (cut.height - 1).checked_mul(cut.stride)?.checked_add(row)?;
        let data = buffer.get(start..)?;
        // The last row may end with the buffer; whoever needs whole strides looks at the length.
        let whole = length.checked_add(cut.stride - row)?;
        let data = data.get(..whole).or_else(|| data.get(..length))?;
        Some(Self { data, stride: cut.stride, width: cut.width, height: cut.height, format })
    }

    /// Whether the last row, too, is a whole stride long.
    pub(super) fn has_whole_rows(&self) -> bool {
        self.data.len() >= self.stride * self.height
    }

    /// Copies the pixels, leaving no gaps between rows.
    pub(super) fn copy_to(&self, canvas: &mut Vec<u8>) {
        canvas.clear();
        self.rows().for_each(|row| canvas.extend_from_slice(row));
    }

    /// A number that changes when any visible pixel does, but for one chance in 2^64.
    pub(super) fn digest(&self) -> u64 {
        const LANES: usize = 4;
        const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut lanes = [1u64, 2, 3, 4].map(|seed| seed.wrapping_mul(ODD));
        for row in self.rows() {
            let (blocks, rest) = row.as_chunks::<{ 8 * LANES }>();
            for block in blocks {
                for (lane, word) in lanes.iter_mut().zip(block.as_chunks::<8>().0) {
                    *lane = (*lane ^ u64::from_le_bytes(*word)).wrapping_mul(ODD).rotate_left(29);
                }
            }
            for pixel in rest.as_chunks::<4>().0 {
                lanes[0] =
                    (lanes[0] ^ u64::from(u32::from_le_bytes(*pixel))).wrapping_mul(ODD).rotate_left(29);
            }
        }
        lanes.into_iter().fold(0, |sum, lane| (sum ^ lane).wrapping_mul(ODD).rotate_left(31))
    }

    fn rows(&self) -> impl Iterator<Item = &'a [u8]> {
        let row = self.width * PixelFormat::BYTES;
        self.data.chunks(self.stride).take(self.height).map(move |line| &line[..row])
    }
}

/// Where a rectangle lies in a buffer.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    pub(super) offset: usize,
    pub(super) stride: usize,
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Draws a cursor onto gapless rows of `width` pixels, its left upper corner at `position`, which may lie outside.
/// The cursor's colours are already multiplied by their alpha, as cursor planes have it.
pub(super) fn draw_cursor(
    canvas: &mut [u8],
    width: usize,
    format: PixelFormat,
    cursor: &Pixels<'_>,
    position: (i32, i32),
) {
    let (left, top) = (i64::from(position.0), i64::from(position.1));
    let Some(swap) = channel_order(cursor.format) else { return };
    for (row, line) in (top..).zip(cursor.rows()) {
        let Ok(row) = usize::try_from(row) else { continue };
        let Some(target) = canvas.chunks_exact_mut(width * PixelFormat::BYTES).nth(row) else { break };
        let hidden = usize::try_from(-left).unwrap_or(0);
        let start = usize::try_from(left).unwrap_or(0).min(width);
        let visible = line.as_chunks::<4>().0.iter().skip(hidden);
        for (pixel, over) in
            target[start * PixelFormat::BYTES..].as_chunks_mut::<4>().0.iter_mut().zip(visible)
        {
            let alpha = if cursor.format == PixelFormat::Bgrx || cursor.format == PixelFormat::Rgbx {
                255
            } else {
                over[3]
            };
            if alpha == 0 && over[..3] == [0; 3] {
                continue;
            }
            let [blue, green, red] = swap.map(|channel| over[channel]);
            blend(pixel, format, [blue, green, red], alpha);
        }
    }
}

/// Where blue, green and red are in a pixel of eight-bit channels.
fn channel_order(format: PixelFormat) -> Option<[usize; 3]> {
    match format {
        PixelFormat::Bgrx | PixelFormat::Bgra => Some([0, 1, 2]),
        PixelFormat::Rgbx | PixelFormat::Rgba => Some([2, 1, 0]),
        PixelFormat::Xrgb2101010 => None,
    }
}

fn blend(pixel: &mut [u8; 4], format: PixelFormat, over: [u8; 3], alpha: u8) {
    match channel_order(format) {
        Some(order) => {
            for (channel, over) in order.into_iter().zip(over) {
                pixel[channel] =
                    u8::try_from(mix(pixel[channel].into(), over.into(), alpha, 255)).unwrap_or(255);
            }
        }
        None => {
            let mut value = u32::from_le_bytes(*pixel);
            for (index, over) in over.into_iter().enumerate() {
                let shift = 10 * index;
                let wide = u32::from(over) << 2 | u32::from(over) >> 6;
                let mixed = mix(value >> shift & 1023, wide, alpha, 1023);
                value = value & !(1023 << shift) | mixed << shift;
            }
            *pixel = value.to_le_bytes();
        }
    }
}

fn mix(under: u32, over: u32, alpha: u8, most: u32) -> u32 {
    ((under * (255 - u32::from(alpha)) + 127) / 255 + over).min(most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WHITE: [u8; 4] = [255; 4];

    fn pixels(data: &[u8], width: usize, format: PixelFormat) -> Pixels<'_> {
        Pixels { data, stride: width * 4, width, height: data.len() / (width * 4), format }
    }

    #[test]
    fn a_rectangle_is_cut_out_of_a_larger_buffer() {
        let buffer: Vec<u8> = (0..64).collect();
        let cut = Cut { offset: 0, stride: 16, x: 1, y: 1, width: 2, height: 3 };
        let mut canvas = Vec::new();
        let cut = Pixels::cut(&buffer, cut, PixelFormat::Bgrx).expect("it lies in the buffer");
        cut.copy_to(&mut canvas);
        assert_eq!(
            canvas,
            [20, 21, 22, 23, 24, 25, 26, 27, 36, 37, 38, 39, 40, 41, 42, 43, 52, 53, 54, 55, 56, 57, 58, 59]
        );
        assert!(!cut.has_whole_rows());
    }

    #[test]
    fn a_rectangle_that_leaves_its_buffer_is_refused() {
        let buffer = [0; 64];
        let fits = Cut { offset: 0, stride: 16, x: 0, y: 0, width: 4, height: 4 };
        assert!(Pixels::cut(&buffer, fits, PixelFormat::Bgrx).is_some_and(|pixels| pixels.has_whole_rows()));
        for cut in [
            Cut { offset: 1, ..fits },
            Cut { x: 1, ..fits },
            Cut { y: 1, ..fits },
            Cut { height: 5, ..fits },
            Cut { width: 0, ..fits },
            Cut { offset: usize::MAX, ..fits },
            Cut { stride: usize::MAX, ..fits },
            Cut { y: usize::MAX, ..fits },
            Cut { x: usize::MAX, ..fits },
        ] {
            assert!(Pixels::cut(&buffer, cut, PixelFormat::Bgrx).is_none());
        }
    }

    #[test]
    fn an_opaque_cursor_replaces_and_a_clear_one_leaves() {
        let mut canvas = [9u8; 3 * 4];
        let cursor = [1, 2, 3, 255, 0, 0, 0, 0];
        draw_cursor(&mut canvas, 3, PixelFormat::Rgbx, &pixels(&cursor, 2, PixelFormat::Bgra), (1, 0));
        assert_eq!(canvas, [9, 9, 9, 9, 3, 2, 1, 9, 9, 9, 9, 9]);
    }

    #[test]
    fn a_half_clear_cursor_mixes() {
        let mut canvas = [200, 100, 0, 0];
        draw_cursor(
            &mut canvas,
            1,
            PixelFormat::Bgrx,
            &pixels(&[50, 0, 128, 128], 1, PixelFormat::Bgra),
            (0, 0),
        );
        assert_eq!(canvas[..3], [150, 50, 128]);
    }

    #[test]
    fn a_cursor_on_ten_bit_pixels_keeps_white_white() {
        let mut canvas = 0u32.to_le_bytes();
        draw_cursor(&mut canvas, 1, PixelFormat::Xrgb2101010, &pixels(&WHITE, 1, PixelFormat::Bgra), (0, 0));
        assert_eq!(u32::from_le_bytes(canvas), 0x3FFF_FFFF);
    }

    proptest! {
        #[test]
        fn a_cursor_anywhere_stays_on_the_canvas(x: i32, y: i32, near in -5i32..5, near_y in -5i32..5) {
            let cursor = WHITE.repeat(9);
            for position in [(x, y), (near, near_y)] {
                let mut canvas = vec![0; 4 * 4 * 4];
                draw_cursor(&mut canvas, 4, PixelFormat::Bgrx, &pixels(&cursor, 3, PixelFormat::Bgra), position);
                for (index, pixel) in canvas.chunks(4).enumerate() {
                    let (px, py) = ((index % 4) as i64, (index / 4) as i64);
                    let (left, top) = (i64::from(position.0), i64::from(position.1));
                    let covered = (left..left + 3).contains(&px) && (top..top + 3).contains(&py);
                    prop_assert_eq!(pixel[0] == 255, covered);
                }
            }
        }

        #[test]
        fn any_changed_pixel_changes_the_digest(
            data in proptest::collection::vec(any::<u8>(), 4 * 11 * 3),
            at in 0usize..4 * 11 * 3,
            by in 1u8..,
        ) {
            let mut other = data.clone();
            other[at] ^= by;
            let format = PixelFormat::Bgrx;
            prop_assert_ne!(pixels(&data, 11, format).digest(), pixels(&other, 11, format).digest());
        }
    }
}
