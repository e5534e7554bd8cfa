//! A colour that stands beside a fingerprint's words, so that two devices look different at a glance.

use crate::DeviceId;

/// One of [`COLOURS`] colours, each told apart from the others and from a light and a dark background alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour {
    /// What people call it, in English.
    pub name: &'static str,
    /// `#rrggbb`, sRGB.
    pub hex: &'static str,
}

/// How many colours there are: four bits of a fingerprint, which no one may take for an identity.
pub const COLOURS: usize = 16;

/// The byte that chooses: the first behind those of the [words](DeviceId::words), so that the two together say more than
/// either.
const BYTE: usize = crate::WORDS;

impl DeviceId {
    /// The colour of this fingerprint. It never changes.
    #[must_use]
    pub fn colour(&self) -> Colour {
        PALETTE[usize::from(self.as_bytes()[BYTE]) % COLOURS]
    }
}

/// Never to be reordered: people know their devices by them.
const PALETTE: [Colour; COLOURS] = [
    Colour { name: "red", hex: "#e0352b" },
    Colour { name: "orange", hex: "#d9730d" },
    Colour { name: "amber", hex: "#b07d00" },
    Colour { name: "olive", hex: "#737d10" },
    Colour { name: "lime", hex: "#5a9a1a" },
    Colour { name: "green", hex: "#1e8a3c" },
    Colour { name: "jade", hex: "#12a37a" },
    Colour { name: "teal", hex: "#087c84" },
    Colour { name: "cyan", hex: "#1499c4" },
    Colour { name: "azure", hex: "#1a76e8" },
    Colour { name: "indigo", hex: "#5a5ae0" },
    Colour { name: "violet", hex: "#9645c4" },
    Colour { name: "magenta", hex: "#c92f9f" },
    Colour { name: "pink", hex: "#ea5a8c" },
    Colour { name: "brown", hex: "#8f6548" },
    Colour { name: "slate", hex: "#6b7785" },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What WCAG 2.2 asks of graphics (1.4.11).
    const CONTRAST: f64 = 3.0;
    /// Distance in CIELAB at which two patches are told apart at a glance.
    const APART: f64 = 20.0;

    fn linear(hex: &str) -> [f64; 3] {
        [1, 3, 5].map(|at| {
            let part = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn luminance(hex: &str) -> f64 {
        let [red, green, blue] = linear(hex);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    fn lab(hex: &str) -> [f64; 3] {
        let [red, green, blue] = linear(hex);
        let x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.950_47;
        let z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.088_83;
        let [x, y, z] = [x, luminance(hex), z].map(f64::cbrt);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    #[test]
    fn every_colour_stands_out_on_white_and_on_a_dark_page() {
        for Colour { name, hex } in PALETTE {
            assert!(contrast(hex, "#ffffff") >= CONTRAST, "{name} on white");
            assert!(contrast(hex, "#16181d") >= CONTRAST, "{name} on dark");
        }
    }

    #[test]
    fn no_colour_is_mistaken_for_another() {
        for (at, one) in PALETTE.iter().enumerate() {
            for other in &PALETTE[at + 1..] {
                let squares = lab(one.hex).into_iter().zip(lab(other.hex)).map(|(a, b)| (a - b).powi(2));
                assert!(squares.sum::<f64>().sqrt() >= APART, "{} and {}", one.name, other.name);
            }
        }
        assert_eq!(PALETTE.iter().map(|colour| colour.name).collect::<BTreeSet<_>>().len(), COLOURS);
    }

    #[test]
    fn each_colour_is_as_likely_as_the_others_and_no_word_gives_it_away() {
        let mut bytes = [0x5a; 32];
        let words = DeviceId::from_bytes(bytes).words();
        let mut seen = [0; COLOURS];
        for byte in 0..=u8::MAX {
            bytes[BYTE] = byte;
            let id = DeviceId::from_bytes(bytes);
            seen[PALETTE.iter().position(|colour| *colour == id.colour()).unwrap()] += 1;
            assert_eq!(id.words(), words);
        }
        assert_eq!(seen, [16; COLOURS]);
    }

    #[test]
    fn the_colour_of_a_fingerprint_stays_what_it_is() {
        let colour = DeviceId::from_certificate(b"abc").colour();
        assert_eq!(colour, Colour { name: "orange", hex: "#d9730d" });
    }
}
