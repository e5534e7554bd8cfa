//! The picture that clients show for something that can be started.

use std::io::Cursor;

use crate::canvas::{Canvas, Colour};
use crate::font::LINE_DOTS;

/// The shape of a box, as clients lay them out.
const WIDTH: u32 = 300;
const HEIGHT: u32 = 400;
/// The longest side of a picture that somebody else has drawn.
pub const MAX_BOX_ART_SIDE: u32 = 2048;

const INK: Colour = Colour::rgb(0xF5_F7_FA);
const QUIET: Colour = Colour::rgb(0xB4_BF_CF);
const DARK: Colour = Colour::rgb(0x0B_0E_17);
/// What tells the boxes apart from afar.
const HUES: [Colour; 6] = [
    Colour::rgb(0x3B_4C_8C),
    Colour::rgb(0x2C_6E_71),
    Colour::rgb(0x7A_3B_6E),
    Colour::rgb(0x8C_4A_3B),
    Colour::rgb(0x4B_6B_36),
    Colour::rgb(0x6B_5B_2E),
];

/// Why a picture is none.
#[derive(Debug, thiserror::Error)]
pub enum BoxArtError {
    /// It is not a PNG file, or cut short.
    #[error("it is not a whole PNG picture ({0}); give one, or none")]
    NotPng(#[from] png::DecodingError),
    /// It could not be written.
    #[error("a picture could not be written: {0}")]
    NotWritten(#[from] png::EncodingError),
    /// It is too large to hand out.
    #[error("it is {width} × {height} pixels; give one of at most {MAX_BOX_ART_SIDE} pixels a side")]
    TooLarge {
        /// Pixels per line.
        width: u32,
        /// Lines.
        height: u32,
    },
}

/// Draws a box with a name on it, as a PNG file. The same name always looks the same. Takes milliseconds.
///
/// # Errors
/// [`BoxArtError::NotWritten`], which no name is known to cause.
pub fn draw_box_art(name: &str) -> Result<Vec<u8>, BoxArtError> {
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    let (width, height) = (WIDTH as f32, HEIGHT as f32);
    let all = canvas.everything();
    let sum = name.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let hue = HUES[sum % HUES.len()];
    canvas.shade(all, |_, y| hue.mixed(DARK, (y * 255 / HEIGHT as usize) as u8));
    canvas.frame(all, 4, hue);
    canvas.disc((34.0, 46.0), 8.0, Colour::rgb(0xFF_5F_8A));
    canvas.text(52.0, 36.0, 2.6, QUIET, "punktfunk");
    let dot = match name.chars().count() {
        0..=8 => 5.0,
        9..=24 => 4.0,
        _ => 3.0,
    };
    canvas.paragraph(28.0, height * 0.4, width - 56.0, dot, INK, name);
    canvas.line((28.0, height * 0.4 - LINE_DOTS), (width * 0.5, height * 0.4 - LINE_DOTS), 3.0, QUIET);
    write(&canvas)
}

/// Whether a file is a PNG picture that can be handed out. Only its head is looked at.
///
/// # Errors
/// [`BoxArtError`]: why not.
pub fn check_box_art(file: &[u8]) -> Result<(), BoxArtError> {
    let reader = png::Decoder::new(Cursor::new(file)).read_info()?;
    let (width, height) = reader.info().size();
    if width > MAX_BOX_ART_SIDE || height > MAX_BOX_ART_SIDE {
        return Err(BoxArtError::TooLarge { width, height });
    }
    Ok(())
}

fn write(canvas: &Canvas) -> Result<Vec<u8>, BoxArtError> {
    let rgb: Vec<u8> =
        canvas.pixels().iter().flat_map(|[blue, green, red, _]| [*red, *green, *blue]).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&rgb)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(file: &[u8]) -> Vec<u8> {
        let mut reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height, info.color_type), (WIDTH, HEIGHT, png::ColorType::Rgb));
        pixels
    }

    #[test]
    fn a_box_bears_its_name_and_always_the_same() {
        let (one, other) = (draw_box_art("Steam").unwrap(), draw_box_art("Steap").unwrap());
        assert_eq!(one, draw_box_art("Steam").unwrap());
        let (one, other) = (pixels(&one), pixels(&other));
        let ink = |pixels: &[u8]| {
            pixels.as_chunks::<3>().0.iter().filter(|pixel| pixel.iter().all(|part| *part > 200)).count()
        };
        assert!(ink(&one) > 200, "{}", ink(&one));
        assert_ne!(one, other);
        assert!(ink(&pixels(&draw_box_art("").unwrap())) < ink(&one), "the ink is the name's");
    }

    #[test]
    fn any_name_fits() {
        for name in
            ["W".repeat(64), "word ".repeat(12), "日本語".repeat(20), "\u{202e}\u{1b}[31m\0".to_owned()]
        {
            pixels(&draw_box_art(&name).unwrap());
        }
    }

    #[test]
    fn only_pictures_of_a_reasonable_size_are_handed_out() {
        let drawn = draw_box_art("Steam").unwrap();
        check_box_art(&drawn).unwrap();
        for broken in [&b""[..], b"<svg/>", &drawn[..20]] {
            assert!(matches!(check_box_art(broken), Err(BoxArtError::NotPng(_))), "{broken:?}");
        }
        let mut large = Vec::new();
        let mut encoder = png::Encoder::new(&mut large, MAX_BOX_ART_SIDE + 1, 1);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(&vec![0; MAX_BOX_ART_SIDE as usize + 1]).unwrap();
        assert!(matches!(check_box_art(&large), Err(BoxArtError::TooLarge { width: 2049, height: 1 })));
    }
}
