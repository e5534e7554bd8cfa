use std::fmt;

use input_linux::Key as Evdev;

use crate::Key;

/// A character that somebody typed as such.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Character(pub char);

/// What somebody types is private: it must not reach a log through `{:?}`.
impl fmt::Debug for Character {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Character(..)")
    }
}

/// Keys that change what another key means, as long as they are held.
pub(crate) const MODIFIERS: [Evdev; 8] = [
    Evdev::LeftShift,
    Evdev::RightShift,
    Evdev::LeftCtrl,
    Evdev::RightCtrl,
    Evdev::LeftAlt,
    Evdev::RightAlt,
    Evdev::LeftMeta,
    Evdev::RightMeta,
];

/// The key that a US keyboard has for the character, and whether with shift.
pub(crate) fn stroke(character: Character) -> Option<(Key, bool)> {
    let Character(character) = character;
    let (vk, shift) = match character {
        'a'..='z' => (character.to_ascii_uppercase() as u16, false),
        'A'..='Z' => (character as u16, true),
        '0'..='9' => (character as u16, false),
        ' ' => (0x20, false),
        '\n' | '\r' => (0x0D, false),
        '\t' => (0x09, false),
        '\u{8}' => (0x08, false),
        _ => mark(character)?,
    };
    Some((Key::from_windows_vk(vk)?, shift))
}

/// Marks, by the numbers of their keys.
fn mark(character: char) -> Option<(u16, bool)> {
    const OEM: [(u16, char, char); 11] = [
        (0xC0, '`', '~'),
        (0xBD, '-', '_'),
        (0xBB, '=', '+'),
        (0xDB, '[', '{'),
        (0xDD, ']', '}'),
        (0xDC, '\\', '|'),
        (0xBA, ';', ':'),
        (0xDE, '\'', '"'),
        (0xBC, ',', '<'),
        (0xBE, '.', '>'),
        (0xBF, '/', '?'),
    ];
    const OVER_DIGITS: &str = ")!@#$%^&*(";
    if let Some(digit) = OVER_DIGITS.chars().position(|mark| mark == character) {
        return Some((0x30 + digit as u16, true));
    }
    let (vk, _, shifted) =
        OEM.into_iter().find(|&(_, plain, shifted)| [plain, shifted].contains(&character))?;
    Some((vk, shifted == character))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_printable_character_of_ascii_has_a_stroke_of_its_own() {
        let strokes: BTreeSet<_> = (' '..='~').filter_map(|one| stroke(Character(one))).collect();
        assert_eq!(strokes.len(), 95);
    }

    #[test]
    fn marks_are_where_a_us_keyboard_has_them() {
        for (typed, vk, shift) in
            [('?', 0xBF, true), ('@', 0x32, true), ('-', 0xBD, false), ('"', 0xDE, true), (')', 0x30, true)]
        {
            assert_eq!(stroke(Character(typed)), Some((Key::from_windows_vk(vk).unwrap(), shift)), "{typed}");
        }
    }

    #[test]
    fn what_no_key_of_that_keyboard_types_has_no_stroke() {
        for typed in ['é', 'ß', '€', '日', '\u{7f}', '\0'] {
            assert_eq!(stroke(Character(typed)), None, "{typed}");
        }
    }

    #[test]
    fn what_was_typed_is_not_printed() {
        assert_eq!(format!("{:?}", Character('x')), "Character(..)");
    }
}
