//! A still picture that says why there is no other.

use crate::canvas::{Area, Canvas, Colour};
use crate::font::LINE_DOTS;
use crate::picture::Picture;
use crate::qr::{QUIET_ZONE, Qr};

const BACKDROP: [Colour; 2] = [Colour::rgb(0x1B_22_34), Colour::rgb(0x0B_0E_17)];
const INK: Colour = Colour::rgb(0xF5_F7_FA);
const QUIET: Colour = Colour::rgb(0xB4_BF_CF);
const ACCENT: Colour = Colour::rgb(0xFF_5F_8A);

/// What a card says.
#[derive(Debug, Clone, Copy, Default)]
pub struct CardText<'a> {
    /// What it is about.
    pub title: &'a str,
    /// What is to be typed somewhere, larger than all else.
    pub code: Option<&'a str>,
    /// What is the case and what to do, a paragraph each.
    pub sentences: &'a [&'a str],
    /// What telephones read.
    pub qr: Option<&'a Qr>,
}

/// A title and a few sentences, drawn once and shown as often as wanted.
#[derive(Debug)]
pub struct StatusCard {
    canvas: Canvas,
}

impl StatusCard {
    /// Draws `title` large and each of `sentences` below it as a paragraph. What does not fit is cut off. Sides
    /// are held within 64 to 8192 pixels.
    pub fn new(width: u32, height: u32, title: &str, sentences: &[&str]) -> Self {
        Self::of(width, height, &CardText { title, sentences, ..CardText::default() })
    }

    /// Draws a card, with its QR code at the right. What does not fit is cut off; a QR code whose modules would be smaller
    /// than two pixels is left out. Sides are held within 64 to 8192 pixels.
    #[must_use]
    pub fn of(width: u32, height: u32, text: &CardText<'_>) -> Self {
        let CardText { title, code, sentences, qr } = *text;
        let (width, height) = (width.clamp(64, 8192), height.clamp(64, 8192));
        let mut canvas = Canvas::new(width, height);
        let unit = (height as f32 / 360.0).min(width as f32 / 640.0).max(0.25);
        let all = canvas.everything();
        let rows = all.height();
        canvas.shade(all, |_, y| BACKDROP[0].mixed(BACKDROP[1], (y * 255 / rows) as u8));

        let (left, mut right) = match qr {
            Some(_) => (width as f32 * 0.05, width as f32 * 0.95),
            None => (width as f32 * 0.12, width as f32 * 0.88),
        };
        let place = qr.and_then(|qr| qr_place(&canvas, qr));
        if let Some((area, _)) = place {
            right = area.left as f32 - unit * 8.0;
        }
        let mut y = height as f32 * 0.3;
        canvas.disc((left + unit * 2.0, y - unit * 14.0), unit * 4.0, ACCENT);
        canvas.text(left + unit * 12.0, y - unit * 18.5, unit * 1.3, QUIET, "punktfunk");
        y = canvas.paragraph(left, y, right - left, unit * 3.2, INK, title) + unit * 6.0;
        if let Some(code) = code {
            y = canvas.paragraph(left, y, right - left, unit * 4.0, ACCENT, code) + unit * 6.0;
        }
        for sentence in sentences {
            y = canvas.paragraph(left, y, right - left, unit * 1.6, QUIET, sentence) + unit * LINE_DOTS * 0.4;
        }
        // last, so that no word that is too long stands in it
        if let (Some(qr), Some((area, module))) = (qr, place) {
            draw_qr(&mut canvas, qr, area, module);
        }
        Self { canvas }
    }

    /// The picture, as if taken at `captured_at_ns` (nanoseconds since the Unix epoch).
    pub fn picture(&self, captured_at_ns: u64) -> Picture<'_> {
        self.canvas.picture(captured_at_ns)
    }
}

/// Where the code goes, as large as half of the width and most of the height allow, and the pixels of a module.
fn qr_place(canvas: &Canvas, qr: &Qr) -> Option<(Area, usize)> {
    let whole = canvas.everything();
    let modules = qr.side() + 2 * QUIET_ZONE;
    let module = (whole.width() * 48 / 100).min(whole.height() * 80 / 100) / modules;
    if module < 2 {
        return None;
    }
    let side = module * modules;
    let (left, top) = (whole.width() - whole.width() / 40 - side, (whole.height() - side) / 2);
    Some((Area { left, top, right: left + side, bottom: top + side }, module))
}

/// Dark on light.
fn draw_qr(canvas: &mut Canvas, qr: &Qr, area: Area, module: usize) {
    canvas.shade(area, |x, y| {
        let at = |pixel: usize| (pixel / module).checked_sub(QUIET_ZONE);
        let dark = at(x).zip(at(y)).is_some_and(|(x, y)| qr.is_dark(x, y));
        Colour::rgb(if dark { 0 } else { 0xFF_FF_FF })
    });
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
    fn a_qr_code_stands_whole_at_the_right_and_nothing_is_written_over_it() {
        let qr = Qr::of("https://192.168.100.200:47990/#claim=ABCD-2345").unwrap();
        let words = "W".repeat(400);
        for (width, height) in [(640, 480), (1280, 720), (1920, 1080), (800, 480)] {
            let text = CardText { title: &words, code: Some(&words), sentences: &[&words], qr: Some(&qr) };
            let (area, module) = qr_place(&Canvas::new(width, height), &qr).unwrap();
            assert!(module >= 4, "{width}x{height}: {module} pixels a module");
            let card = StatusCard::of(width, height, &text);
            let Memory::Mapped { stride, data, .. } = card.picture(0).memory else { panic!("drawn here") };
            for (x, y) in (0..qr.side()).flat_map(|y| (0..qr.side()).map(move |x| (x, y))) {
                let at = |edge, module_at| edge + (module_at + QUIET_ZONE) * module + module / 2;
                let pixel = data[at(area.top, y) * stride + at(area.left, x) * 4];
                assert_eq!(pixel < 128, qr.is_dark(x, y), "{width}x{height}: {x} {y}");
            }
        }
    }

    #[test]
    fn any_text_fits_any_size_without_panic() {
        let endless = "W".repeat(10_000) + "\u{202e}\u{1b}[31m\0" + &"word ".repeat(10_000);
        for (width, height) in [(0, 0), (64, 64), (64, 8192), (1920, 1080), (u32::MAX, 64)] {
            let qr = Qr::of("x").unwrap();
            let all = CardText { title: "", code: Some(&endless), sentences: &[], qr: Some(&qr) };
            assert_eq!(StatusCard::of(width, height, &all).picture(7).check(), Ok(()));
            let card = StatusCard::new(width, height, &endless, &[&endless, "", " "]);
            assert_eq!(card.picture(7).check(), Ok(()));
            assert_eq!(card.picture(7).captured_at_ns, 7);
        }
    }
}
