//! A still picture that says why there is no other.

use crate::canvas::{Canvas, Colour};
use crate::font::LINE_DOTS;
use crate::picture::Picture;

const BACKDROP: [Colour; 2] = [Colour::rgb(0x1B_22_34), Colour::rgb(0x0B_0E_17)];
const INK: Colour = Colour::rgb(0xF5_F7_FA);
const QUIET: Colour = Colour::rgb(0xB4_BF_CF);
const ACCENT: Colour = Colour::rgb(0xFF_5F_8A);

/// A title and a few sentences, drawn once and shown as often as wanted.
#[derive(Debug)]
pub struct StatusCard {
    canvas: Canvas,
}

impl StatusCard {
    /// Draws `title` large and each of `sentences` below it as a paragraph. What does not fit is cut off. Sides
    /// are held within 64 to 8192 pixels.
    pub fn new(width: u32, height: u32, title: &str, sentences: &[&str]) -> Self {
        let (width, height) = (width.clamp(64, 8192), height.clamp(64, 8192));
        let mut canvas = Canvas::new(width, height);
        let unit = (height as f32 / 360.0).min(width as f32 / 640.0).max(0.25);
        let all = canvas.everything();
        let rows = all.height();
        canvas.shade(all, |_, y| BACKDROP[0].mixed(BACKDROP[1], (y * 255 / rows) as u8));

        let (left, right) = (width as f32 * 0.12, width as f32 * 0.88);
        let mut y = height as f32 * 0.3;
        canvas.disc((left + unit * 2.0, y - unit * 14.0), unit * 4.0, ACCENT);
        canvas.text(left + unit * 12.0, y - unit * 18.5, unit * 1.3, QUIET, "punktfunk");
        y = canvas.paragraph(left, y, right - left, unit * 3.2, INK, title) + unit * 6.0;
        for sentence in sentences {
            y = canvas.paragraph(left, y, right - left, unit * 1.6, QUIET, sentence) + unit * LINE_DOTS * 0.4;
        }
        Self { canvas }
    }

    /// The picture, as if taken at `captured_at_ns` (nanoseconds since the Unix epoch).
    pub fn picture(&self, captured_at_ns: u64) -> Picture<'_> {
        self.canvas.picture(captured_at_ns)
    }
}
