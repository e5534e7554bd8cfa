//! The picture that is drawn.

/// Bytes of one pixel.
const PIXEL: usize = 4;

/// Side of one square of the counter, in pixels.
const SQUARE: usize = 16;

/// Bits of the counter.
const COUNTER_BITS: usize = 32;

/// Pixels as screens take them (blue, green, red, unused), without gaps between rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) bytes: Vec<u8>,
}

impl Picture {
    /// A black picture.
    pub(crate) fn black(width: usize, height: usize) -> Self {
        Self { width, height, bytes: vec![0; width * height * PIXEL] }
    }

    /// Still picture `number`: soft colours, discs with hard edges, and fine lines in grey, so that a shift, a wrong
    /// colour matrix and a lost detail each cost a comparison many decibels.
    pub(crate) fn numbered(number: u8, width: usize, height: usize) -> Self {
        let mut picture = Self::black(width, height);
        for (at, pixel) in picture.bytes.as_chunks_mut::<PIXEL>().0.iter_mut().enumerate() {
            let [blue, green, red] = colour(number, at % width, at / width, width, height);
            *pixel = [blue, green, red, 0xFF];
        }
        picture
    }

    /// Draws another picture into the left upper corner, as far as it fits.
    pub(crate) fn draw(&mut self, other: &Self) {
        let row = self.stride().min(other.stride());
        let to = self.bytes.chunks_exact_mut(self.width * PIXEL);
        to.zip(other.bytes.chunks_exact(other.stride()))
            .for_each(|(to, from)| to[..row].copy_from_slice(&from[..row]));
    }

    /// Draws a number as white and black squares along the upper edge, most significant bit first.
    pub(crate) fn count(&mut self, count: u32) {
        let bits = COUNTER_BITS.min(self.width / SQUARE);
        for line in self.bytes.chunks_exact_mut(self.width * PIXEL).take(SQUARE) {
            for (index, square) in line.chunks_exact_mut(SQUARE * PIXEL).take(bits).enumerate() {
                let set = count >> (COUNTER_BITS - 1 - index) & 1 == 1;
                square.fill(if set { 255 } else { 0 });
            }
        }
    }

    /// Bytes from row to row.
    pub(crate) fn stride(&self) -> usize {
        self.width * PIXEL
    }
}

/// Blue, green and red of one pixel of still picture `number`.
fn colour(number: u8, x: usize, y: usize, width: usize, height: usize) -> [u8; 3] {
    const DISCS: usize = 12;
    let turn = usize::from(number);
    if y * 8 >= height * 7 {
        // Lines of one pixel to four pixels, another order in each picture.
        let thickness = 1 + (x * 4 / width + turn) % 4;
        let level = if (x / thickness).is_multiple_of(2) { 60 } else { 190 };
        return [level; 3];
    }
    let byte = |value: usize| value.to_le_bytes()[0];
    let (across, down) = (byte(x * 200 / width), byte(y * 200 / height));
    let mut colour = [28 + across, 28 + down, 228 - across / 2 - down / 2];
    colour.rotate_left(turn % 3);
    let cell = height.min(width) / 8;
    for disc in 0..DISCS {
        let seed = (disc + 1) * 7919 + turn * 104_729;
        let (left, top) = (seed * 31 % width.max(1), seed * 17 % (height * 7 / 8).max(1));
        let radius = cell / 3 + seed % (cell / 2 + 1);
        let (dx, dy) = (x.abs_diff(left), y.abs_diff(top));
        if dx * dx + dy * dy <= radius * radius {
            // Half of the colour around it: the edges of bolder colours suffer from 4:2:0 alone.
            let own = |shift: usize| 24 + byte((seed >> shift) * 37 % 80);
            return [own(0) + colour[0] / 2, own(3) + colour[1] / 2, own(6) + colour[2] / 2];
        }
    }
    colour
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_differs_from_the_next_in_most_places() {
        let (width, height) = (64, 48);
        for number in 0..8 {
            let (one, other) =
                (Picture::numbered(number, width, height), Picture::numbered(number + 1, width, height));
            let pixels = one.bytes.chunks(PIXEL).zip(other.bytes.chunks(PIXEL));
            let differing =
                pixels.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 16)).count();
            assert!(differing * 2 > width * height, "{number} and {}: {differing}", number + 1);
        }
    }

    #[test]
    fn the_counter_is_read_from_its_squares() {
        let mut picture = Picture::numbered(1, 640, 40);
        picture.count(0x8000_0005);
        let bits = (0..32).map(|bit| u32::from(picture.bytes[((8 * 640) + bit * 16 + 8) * 4] > 127));
        assert_eq!(bits.fold(0, |number, bit| number << 1 | bit), 0x8000_0005);
    }

    #[test]
    fn a_larger_picture_is_drawn_as_far_as_it_fits() {
        let mut picture = Picture::black(4, 4);
        picture.draw(&Picture { width: 6, height: 2, bytes: vec![9; 48] });
        assert_eq!(picture.bytes[..32], [9; 32]);
        assert_eq!(picture.bytes[32..], [0; 32]);
    }
}
