//! Frame number and clock as black and white cells, readable by machine after coding and scaling.
//!
//! Two rows of 64 cells, most significant bit first: 48 bits of frame number, 64 bits of clock, and a checksum
//! of 16 bits over both. A bright line around the whole card lets a reader find it inside black bars.

use crate::canvas::{Area, Canvas, Colour};
use crate::convert;
use crate::picture::{Memory, Picture, Plane, Yuv};

const COLUMNS: usize = 64;
const ROWS: usize = 2;
/// The strip's place on the card, in parts of its width and height: left, top, right, bottom.
const STRIP: [f32; 4] = [0.04, 0.88, 0.96, 0.95];
/// Luma that only the card's bright edge exceeds along the card's border.
const EDGE_LUMA: u8 = 70;
/// The least difference in luma between a black and a white cell.
const MIN_CONTRAST: u32 = 60;

/// What a test card says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Number of the frame, counted from 0; the lower 48 bits.
    pub frame: u64,
    /// When it was drawn, in nanoseconds since the Unix epoch.
    pub clock_ns: u64,
}

impl Stamp {
    fn bits(self) -> u128 {
        let body = u128::from(self.frame & ((1 << 48) - 1)) << 64 | u128::from(self.clock_ns);
        body << 16 | u128::from(checksum(body))
    }

    fn from_bits(bits: u128) -> Option<Self> {
        let body = bits >> 16;
        (checksum(body) == bits as u16).then_some(Self { frame: (body >> 64) as u64, clock_ns: body as u64 })
    }
}

fn checksum(body: u128) -> u16 {
    crc16(&body.to_be_bytes()[2..])
}

/// CRC-16 with polynomial 0x1021, starting from all ones.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| crc << 1 ^ if crc >> 15 == 1 { 0x1021 } else { 0 })
    })
}

/// The strip's place on a canvas that is all card.
pub(super) fn strip(canvas: &Canvas) -> Area {
    let [left, top, right, bottom] = STRIP;
    canvas.area(left, top, right, bottom)
}

/// Draws the cells.
pub(super) fn draw(canvas: &mut Canvas, stamp: Stamp) {
    let bits = stamp.bits();
    let [left, top, right, bottom] = STRIP;
    let (step, row_step) = ((right - left) / COLUMNS as f32, (bottom - top) / ROWS as f32);
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let bit = bits >> (127 - (row * COLUMNS + column)) & 1;
            let (x, y) = (left + column as f32 * step, top + row as f32 * row_step);
            let colour = Colour::rgb(if bit == 1 { 0xF5_F7_FA } else { 0 });
            canvas.fill(canvas.area(x, y, x + step, y + row_step), colour);
        }
    }
}

/// Reads the stamp off a test card, decoded and scaled as may be, with or without black bars. `None` when the
/// picture is not a test card, or is too damaged to tell.
pub fn read(picture: &Picture<'_>) -> Option<Stamp> {
    picture.check().ok()?;
    let (width, height) = (picture.width as usize, picture.height as usize);
    if let Memory::Yuv(Yuv::I420 { y, .. } | Yuv::Nv12 { y, .. }) = picture.memory {
        return read_luma(y, width, height);
    }
    let converted = convert::to_i420(picture).ok()?;
    let (width, height) = converted.size();
    read_luma(converted.planes()[0], width as usize, height as usize)
}

fn read_luma(luma: Plane<'_>, width: usize, height: usize) -> Option<Stamp> {
    let card = find_card(luma, width, height)?;
    let (card_width, card_height) = (card.width() as f32, card.height() as f32);
    let [left, top, right, bottom] = STRIP;
    let (step, row_step) = ((right - left) / COLUMNS as f32, (bottom - top) / ROWS as f32);
    let mut cells = [[0u32; COLUMNS]; ROWS];
    for (row, cells) in cells.iter_mut().enumerate() {
        for (column, cell) in cells.iter_mut().enumerate() {
            let x = card.left as f32 + (left + (column as f32 + 0.5) * step) * card_width;
            let y = card.top as f32 + (top + (row as f32 + 0.5) * row_step) * card_height;
            *cell = mean(luma, (x, step * card_width), (y, row_step * card_height), width, height);
        }
    }
    let all = cells.as_flattened();
    let (low, high) = (*all.iter().min()?, *all.iter().max()?);
    if high - low < MIN_CONTRAST {
        return None;
    }
    let middle = (low + high) / 2;
    Stamp::from_bits(all.iter().fold(0, |bits, cell| bits << 1 | u128::from(*cell > middle)))
}

/// Mean luma of the middle half of a cell given by centre and size along both axes.
fn mean(luma: Plane<'_>, (x, w): (f32, f32), (y, h): (f32, f32), width: usize, height: usize) -> u32 {
    let span = |centre: f32, size: f32, limit: usize| {
        let from = ((centre - size / 4.0) as usize).min(limit - 1);
        from..((centre + size / 4.0).ceil() as usize).clamp(from + 1, limit)
    };
    let (columns, rows) = (span(x, w, width), span(y, h, height));
    let count = (columns.len() * rows.len()) as u32;
    let row_sum =
        |row| luma.data[row * luma.stride..][columns.clone()].iter().map(|v| u32::from(*v)).sum::<u32>();
    rows.map(row_sum).sum::<u32>() / count
}

/// The card inside black bars, found by its bright edge half-way along each side.
fn find_card(luma: Plane<'_>, width: usize, height: usize) -> Option<Area> {
    let bright = |x: usize, y: usize| luma.data[y * luma.stride + x] > EDGE_LUMA;
    let (middle_x, middle_y) = (width / 2, height / 2);
    let left = (0..width / 2).find(|x| bright(*x, middle_y))?;
    let right = (width / 2..width).rev().find(|x| bright(*x, middle_y))? + 1;
    let top = (0..height / 2).find(|y| bright(middle_x, *y))?;
    let bottom = (height / 2..height).rev().find(|y| bright(middle_x, *y))? + 1;
    Some(Area { left, top, right, bottom })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_well_known_one() {
        assert_eq!(crc16(b"123456789"), 0x29B1);
    }

    #[test]
    fn a_flipped_cell_is_noticed() {
        let stamp = Stamp { frame: 0xAB_CDEF, clock_ns: 1_700_000_000_123_456_789 };
        assert_eq!(Stamp::from_bits(stamp.bits()), Some(stamp));
        for bit in 0..128 {
            assert_eq!(Stamp::from_bits(stamp.bits() ^ 1 << bit), None);
        }
    }

    #[test]
    fn pictures_without_a_card_give_no_stamp() {
        for luma in [0, 16, 128, 255] {
            let plane = Plane { stride: 64, data: &[luma; 64 * 64] };
            assert_eq!(read_luma(plane, 64, 64), None);
        }
    }
}
