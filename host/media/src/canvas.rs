//! A `Bgrx` picture to draw on.

use crate::font::{Font, LINE_DOTS, text_width};
use crate::picture::{Memory, Picture, PixelFormat};

/// Blue, green, red.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) [u8; 3]);

impl Colour {
    /// From red, green and blue as web pages write them.
    pub(crate) const fn rgb(value: u32) -> Self {
        let [blue, green, red, _] = value.to_le_bytes();
        Self([blue, green, red])
    }

    /// This colour, `part`/255 of the way to `other`.
    pub(crate) fn mixed(self, other: Self, part: u8) -> Self {
        let part = u32::from(part);
        let mix = |a: u8, b: u8| ((u32::from(a) * (255 - part) + u32::from(b) * part + 127) / 255) as u8;
        Self([mix(self.0[0], other.0[0]), mix(self.0[1], other.0[1]), mix(self.0[2], other.0[2])])
    }
}

/// Left, top, right and bottom edge in pixels; right and bottom are outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) right: usize,
    pub(crate) bottom: usize,
}

impl Area {
    pub(crate) fn width(&self) -> usize {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> usize {
        self.bottom - self.top
    }
}

/// Pixels and the font to write on them with. Everything drawn is clipped to the edges.
#[derive(Debug)]
pub(crate) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
    font: Font,
}

impl Canvas {
    pub(crate) fn new(width: u32, height: u32) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self { width, height, pixels: vec![0; width * height * PixelFormat::BYTES], font: Font::default() }
    }

    pub(crate) fn picture(&self, captured_at_ns: u64) -> Picture<'_> {
        let stride = self.width * PixelFormat::BYTES;
        let memory = Memory::Mapped { format: PixelFormat::Bgrx, stride, data: &self.pixels };
        Picture { width: self.width as u32, height: self.height as u32, captured_at_ns, memory }
    }

    /// Blue, green, red and nothing, line by line.
    pub(crate) fn pixels(&self) -> &[[u8; 4]] {
        self.pixels.as_chunks::<4>().0
    }

    /// The area that lies at these parts (0 to 1) of the whole, from left, top, right and bottom edge.
    pub(crate) fn area(&self, left: f32, top: f32, right: f32, bottom: f32) -> Area {
        let (width, height) = (self.width as f32, self.height as f32);
        let at = |part: f32, whole: f32| (part * whole).round().clamp(0.0, whole) as usize;
        let (left, top) = (at(left, width), at(top, height));
        Area { left, top, right: at(right, width).max(left), bottom: at(bottom, height).max(top) }
    }

    pub(crate) fn everything(&self) -> Area {
        Area { left: 0, top: 0, right: self.width, bottom: self.height }
    }

    pub(crate) fn fill(&mut self, area: Area, Colour([blue, green, red]): Colour) {
        for row in self.rows(area) {
            row.fill([blue, green, red, 0xFF]);
        }
    }

    /// A frame of `thickness` pixels along the inside of the area's edges.
    pub(crate) fn frame(&mut self, area: Area, thickness: usize, colour: Colour) {
        let Area { left, top, right, bottom } = area;
        self.fill(Area { bottom: (top + thickness).min(bottom), ..area }, colour);
        self.fill(Area { top: bottom.saturating_sub(thickness).max(top), ..area }, colour);
        self.fill(Area { right: (left + thickness).min(right), ..area }, colour);
        self.fill(Area { left: right.saturating_sub(thickness).max(left), ..area }, colour);
    }

    /// Colours every pixel by its position inside the area.
    pub(crate) fn shade(&mut self, area: Area, colour: impl Fn(usize, usize) -> Colour) {
        for (y, row) in self.rows(area).enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                let Colour([blue, green, red]) = colour(x, y);
                *pixel = [blue, green, red, 0xFF];
            }
        }
    }

    /// Mixes `colour` into every pixel of the area by `cover` (0 to 1) at its centre.
    pub(crate) fn blend(&mut self, area: Area, colour: Colour, cover: impl Fn(f32, f32) -> f32) {
        let (left, top) = (area.left as f32 + 0.5, area.top as f32 + 0.5);
        for (y, row) in self.rows(area).enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                let part = cover(left + x as f32, top + y as f32);
                if part > 0.0 {
                    mix_in(pixel, colour, (part.min(1.0) * 255.0) as u8);
                }
            }
        }
    }

    /// A round dot with a soft edge.
    pub(crate) fn disc(&mut self, (x, y): (f32, f32), radius: f32, colour: Colour) {
        let area = self.around((x, y), (x, y), radius);
        self.blend(area, colour, |px, py| radius + 0.5 - (px - x).hypot(py - y));
    }

    /// A line with round ends and a soft edge.
    pub(crate) fn line(&mut self, from: (f32, f32), to: (f32, f32), thickness: f32, colour: Colour) {
        let radius = thickness / 2.0;
        let area = self.around(from, to, radius);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let squared = (dx * dx + dy * dy).max(f32::EPSILON);
        self.blend(area, colour, |px, py| {
            let along = (((px - from.0) * dx + (py - from.1) * dy) / squared).clamp(0.0, 1.0);
            radius + 0.5 - (px - from.0 - along * dx).hypot(py - from.1 - along * dy)
        });
    }

    /// Writes one line with dots of `dot` pixels; `x`, `y` is its top left corner. Characters beyond the right
    /// edge are left out.
    pub(crate) fn text(&mut self, x: f32, y: f32, dot: f32, colour: Colour, text: &str) {
        let mut pen = x;
        for c in text.chars() {
            if pen >= self.width as f32 {
                break;
            }
            let glyph = self.font.glyph(c, dot);
            let (left, top) = ((pen - glyph.bearing).round() as isize, (y - dot / 2.0).round() as isize);
            pen += glyph.advance;
            for (row, ink) in glyph.coverage.chunks_exact(glyph.width.max(1)).enumerate() {
                let Ok(y) = usize::try_from(top + row as isize) else { continue };
                if y >= self.height {
                    break;
                }
                let start = y * self.width;
                let pixels = &mut self.pixels.as_chunks_mut::<4>().0[start..start + self.width];
                for (column, part) in ink.iter().enumerate() {
                    let x = usize::try_from(left + column as isize).ok();
                    if let Some(pixel) = x.and_then(|x| pixels.get_mut(x)).filter(|_| *part > 0) {
                        mix_in(pixel, colour, *part);
                    }
                }
            }
        }
    }

    /// Writes a line whose right edge is at `x`.
    pub(crate) fn text_right(&mut self, x: f32, y: f32, dot: f32, colour: Colour, text: &str) {
        self.text(x - text_width(text, dot), y, dot, colour, text);
    }

    /// Writes several lines, broken at blanks so that none is wider than `width`, and returns where the next one
    /// would start.
    pub(crate) fn paragraph(
        &mut self,
        x: f32,
        mut y: f32,
        width: f32,
        dot: f32,
        colour: Colour,
        text: &str,
    ) -> f32 {
        for line in broken(text, width, dot) {
            self.text(x, y, dot, colour, &line);
            y += LINE_DOTS * dot;
        }
        y
    }

    /// A copy of the pixels in an area, for [`Canvas::restore`].
    pub(crate) fn save(&mut self, area: Area) -> Vec<[u8; 4]> {
        self.rows(area).flat_map(|row| row.iter().copied()).collect()
    }

    pub(crate) fn restore(&mut self, area: Area, saved: &[[u8; 4]]) {
        for (row, saved) in self.rows(area).zip(saved.chunks_exact(area.width().max(1))) {
            row.copy_from_slice(saved);
        }
    }

    fn around(&self, from: (f32, f32), to: (f32, f32), radius: f32) -> Area {
        let reach = radius + 1.0;
        let edge = |value: f32, whole: usize| value.clamp(0.0, whole as f32) as usize;
        Area {
            left: edge(from.0.min(to.0) - reach, self.width),
            top: edge(from.1.min(to.1) - reach, self.height),
            right: edge((from.0.max(to.0) + reach).ceil(), self.width),
            bottom: edge((from.1.max(to.1) + reach).ceil(), self.height),
        }
    }

    fn rows(&mut self, area: Area) -> impl Iterator<Item = &mut [[u8; 4]]> {
        let (left, right) = (area.left.min(self.width), area.right.min(self.width));
        let rows = self.pixels.as_chunks_mut::<4>().0.chunks_exact_mut(self.width.max(1));
        rows.take(area.bottom).skip(area.top).map(move |row| &mut row[left.min(right)..right])
    }
}

fn mix_in(pixel: &mut [u8; 4], colour: Colour, part: u8) {
    let [blue, green, red, _] = *pixel;
    let Colour([blue, green, red]) = Colour([blue, green, red]).mixed(colour, part);
    *pixel = [blue, green, red, 0xFF];
}

/// `text` in lines no wider than `width`, unless a single word is.
fn broken(text: &str, width: f32, dot: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), dot) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_beyond_the_edges_is_clipped() {
        let mut canvas = Canvas::new(64, 64);
        let white = Colour::rgb(0xFF_FF_FF);
        canvas.fill(Area { left: 60, top: 60, right: 900, bottom: 900 }, white);
        canvas.disc((-5.0, 70.0), 20.0, white);
        canvas.line((-100.0, -100.0), (500.0, 300.0), 9.0, white);
        canvas.text(-20.0, -8.0, 6.0, white, "clipped on all sides, however long this line becomes");
        canvas.text(10.0, 60.0, 6.0, white, "gy");
        canvas.frame(Area { left: 2, top: 2, right: 3, bottom: 3 }, 40, white);
        assert_eq!(canvas.picture(0).check(), Ok(()));
    }

    #[test]
    fn long_sentences_are_broken_between_words() {
        let lines = broken("plug a display in or let the box make one", 120.0, 2.0);
        assert!(lines.len() > 1 && lines.iter().all(|line| text_width(line, 2.0) <= 120.0), "{lines:?}");
        assert_eq!(lines.join(" "), "plug a display in or let the box make one");
    }

    #[test]
    fn what_was_saved_comes_back() {
        let mut canvas = Canvas::new(64, 64);
        canvas.shade(canvas.everything(), |x, y| Colour([x as u8, y as u8, 7]));
        let (before, area) = (canvas.pixels.clone(), canvas.area(0.1, 0.2, 0.7, 0.9));
        let saved = canvas.save(area);
        canvas.fill(area, Colour::rgb(0));
        assert_ne!(canvas.pixels, before);
        canvas.restore(area, &saved);
        let opaque = before.as_chunks::<4>().0.iter().zip(canvas.pixels.as_chunks::<4>().0);
        assert!(opaque.clone().all(|(a, b)| a[..3] == b[..3]));
    }
}
