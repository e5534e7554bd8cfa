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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;

    const SENTENCE: &str = "Plug in a display or an HDMI dummy; the picture comes back by itself.";

    /// The picture as characters, darker ones for brighter pixels, each standing for 3×6 pixels.
    fn as_text(picture: &Picture<'_>) -> String {
        let Memory::Mapped { stride, data, .. } = picture.memory else { panic!("drawn by the processor") };
        let brightness = |column: u32, row: u32| {
            let pixels = (0..6).flat_map(|y| (0..3).map(move |x| (column * 3 + x, row * 6 + y)));
            pixels.map(|(x, y)| u32::from(data[y as usize * stride + x as usize * 4 + 1])).sum::<u32>() / 18
        };
        let row = |row| (0..picture.width / 3).map(|column| ink(brightness(column, row))).collect::<String>();
        (0..picture.height / 6).map(|y| row(y).trim_end().to_owned() + "\n").collect()
    }

    fn ink(brightness: u32) -> char {
        match brightness {
            0..60 => ' ',
            60..100 => '.',
            100..150 => 'o',
            _ => '#',
        }
    }

    #[test]
    fn a_card_shows_title_and_sentences() {
        let card = StatusCard::new(640, 360, "No display", &[SENTENCE]);
        insta::assert_snapshot!(as_text(&card.picture(0)));
    }

    #[test]
    fn any_text_fits_any_size_without_panic() {
        let endless = "W".repeat(10_000) + "\u{202e}\u{1b}[31m\0" + &"word ".repeat(10_000);
        for (width, height) in [(0, 0), (64, 64), (64, 8192), (1920, 1080), (u32::MAX, 64)] {
            let card = StatusCard::new(width, height, &endless, &[&endless, "", " "]);
            assert_eq!(card.picture(7).check(), Ok(()));
            assert_eq!(card.picture(7).captured_at_ns, 7);
        }
    }
}
