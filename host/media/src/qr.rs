//! A link as a square that telephones read.

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules that have to be around the dark ones.
pub(crate) const QUIET_ZONE: usize = 4;

/// A QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    side: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// The code of a text; `None` for one that is too long for any (about 1800 bytes).
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        // a seventh of it may be covered by reflections
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let side = code.size();
        let dark = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        let dark = dark.map(|(x, y)| code.get_module(x, y)).collect();
        Some(Self { side: usize::try_from(side).ok()?, dark })
    }

    /// Modules on a side, without the quiet ones around.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// Whether a module is dark; those outside are not.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.side && y < self.side && self.dark[y * self.side + x]
    }

    /// The code in characters of half a line each, light on dark as terminals are; two modules stand above one another in
    /// each.
    #[must_use]
    pub fn text(&self) -> String {
        let all = self.side + 2 * QUIET_ZONE;
        let light = |x: usize, y: usize| {
            let inside = |at: usize| at.checked_sub(QUIET_ZONE);
            y < all && !inside(x).zip(inside(y)).is_some_and(|(x, y)| self.is_dark(x, y))
        };
        let character = |x, y| match (light(x, y), light(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        let line = |y| (0..all).map(|x| character(x, y)).collect::<String>() + "\n";
        (0..all).step_by(2).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_eyes_and_light_around_them() {
        let qr = Qr::of("https://192.168.1.20:47990/#claim=ABCD-2345").unwrap();
        let last = qr.side() - 1;
        for (x, y) in [(0, 0), (last, 0), (0, last)] {
            assert!(qr.is_dark(x, y), "{x} {y}");
        }
        assert!(!qr.is_dark(last + 1, 0) && !qr.is_dark(7, 7));
        let text = qr.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), (qr.side() + 2 * QUIET_ZONE).div_ceil(2));
        assert!(lines[0].chars().all(|c| c == '█') && lines[0].chars().count() == qr.side() + 2 * QUIET_ZONE);
        assert!(lines[QUIET_ZONE / 2].starts_with("████ ▄▄▄▄▄ "), "{text}");
    }

    #[test]
    fn a_text_that_is_too_long_has_no_code() {
        assert_eq!(Qr::of(&"x".repeat(5000)), None);
    }
}
