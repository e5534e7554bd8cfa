//! Keys by name and text as key strokes: Windows virtual-key codes on a US keyboard (punktfunk/1 §5.1.1).

/// One key going down and up again, with Shift held or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stroke {
    pub(crate) key: u8,
    pub(crate) shift: bool,
}

pub(crate) const LEFT_SHIFT: u8 = 0xa0;

/// Names besides single characters, `f1`…`f24` and `0x..` codes.
const NAMES: &[(&str, u8)] = &[
    ("backspace", 0x08),
    ("tab", 0x09),
    ("enter", 0x0d),
    ("pause", 0x13),
    ("capslock", 0x14),
    ("esc", 0x1b),
    ("space", 0x20),
    ("pageup", 0x21),
    ("pagedown", 0x22),
    ("end", 0x23),
    ("home", 0x24),
    ("left", 0x25),
    ("up", 0x26),
    ("right", 0x27),
    ("down", 0x28),
    ("printscreen", 0x2c),
    ("insert", 0x2d),
    ("delete", 0x2e),
    ("super", 0x5b),
    ("menu", 0x5d),
    ("numlock", 0x90),
    ("scrolllock", 0x91),
    ("shift", LEFT_SHIFT),
    ("rightshift", 0xa1),
    ("ctrl", 0xa2),
    ("rightctrl", 0xa3),
    ("alt", 0xa4),
    ("rightalt", 0xa5),
];

/// The characters that are not letters or digits: plain, shifted, key.
const SIGNS: &[(char, char, u8)] = &[
    ('1', '!', 0x31),
    ('2', '@', 0x32),
    ('3', '#', 0x33),
    ('4', '$', 0x34),
    ('5', '%', 0x35),
    ('6', '^', 0x36),
    ('7', '&', 0x37),
    ('8', '*', 0x38),
    ('9', '(', 0x39),
    ('0', ')', 0x30),
    (';', ':', 0xba),
    ('=', '+', 0xbb),
    (',', '<', 0xbc),
    ('-', '_', 0xbd),
    ('.', '>', 0xbe),
    ('/', '?', 0xbf),
    ('`', '~', 0xc0),
    ('[', '{', 0xdb),
    ('\\', '|', 0xdc),
    (']', '}', 0xdd),
    ('\'', '"', 0xde),
];

/// Reads `a,enter,f5,0x42` as the keys to press, one after the other.
pub(crate) fn parse_keys(text: &str) -> Result<Vec<Stroke>, String> {
    text.split(',').map(|name| parse_key(name.trim())).collect()
}

/// Reads text as the strokes that type it on a US keyboard.
pub(crate) fn parse_text(text: &str) -> Result<Vec<Stroke>, String> {
    text.chars().map(|c| stroke_of(c).ok_or_else(|| format!("{c:?} is not on a US keyboard"))).collect()
}

fn parse_key(name: &str) -> Result<Stroke, String> {
    let lower = name.to_ascii_lowercase();
    let plain = |key| Ok(Stroke { key, shift: false });
    if let Some(&(_, key)) = NAMES.iter().find(|(known, _)| *known == lower) {
        return plain(key);
    }
    if let Some(code) = lower.strip_prefix("0x") {
        return match u8::from_str_radix(code, 16) {
            Ok(key @ 0x08..=0xfe) => plain(key),
            _ => Err(format!("{name:?} is not a virtual-key code from 0x08 to 0xfe")),
        };
    }
    if let Some(number @ 1..=24) = lower.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()) {
        return plain(0x6f + number);
    }
    let mut characters = lower.chars();
    match (characters.next().and_then(stroke_of), characters.next()) {
        (Some(stroke), None) => Ok(stroke),
        _ => Err(format!(
            "there is no key {name:?}; write a character, a code like 0x41, f1…f24, or one of: {}",
            names()
        )),
    }
}

fn stroke_of(character: char) -> Option<Stroke> {
    let plain = |key| Some(Stroke { key, shift: false });
    match character {
        ' ' => plain(0x20),
        '\t' => plain(0x09),
        '\n' => plain(0x0d),
        'a'..='z' => plain(character.to_ascii_uppercase() as u8),
        'A'..='Z' => Some(Stroke { key: character as u8, shift: true }),
        _ => SIGNS.iter().find_map(|&(low, high, key)| {
            (character == low || character == high).then_some(Stroke { key, shift: character == high })
        }),
    }
}

fn names() -> String {
    NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_are_known_by_name_character_and_code() {
        let keys = parse_keys("a, Enter,f1,F24,0x42,:,space").expect("keys");
        assert_eq!(
            codes(&keys),
            [
                (0x41, false),
                (0x0d, false),
                (0x70, false),
                (0x87, false),
                (0x42, false),
                (0xba, true),
                (0x20, false)
            ]
        );
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_known_ones() {
        for bad in ["", "a,,b", "f25", "0x07", "0xff", "0x", "ab", "é"] {
            assert!(parse_keys(bad).is_err(), "{bad:?}");
        }
        assert!(parse_keys("return").expect_err("unknown").contains("enter"));
    }

    #[test]
    fn text_is_typed_with_shift_where_the_us_keyboard_needs_it() {
        let strokes = parse_text("Hi!").expect("text");
        assert_eq!(codes(&strokes), [(0x48, true), (0x49, false), (0x31, true)]);
        assert!(parse_text("ß").expect_err("not there").contains('ß'));
    }

    fn codes(strokes: &[Stroke]) -> Vec<(u8, bool)> {
        strokes.iter().map(|stroke| (stroke.key, stroke.shift)).collect()
    }

    proptest! {
        #[test]
        fn every_printable_ascii_text_can_be_typed(text in "[ -~]{0,80}") {
            prop_assert_eq!(parse_text(&text).map(|strokes| strokes.len()), Ok(text.len()));
        }

        #[test]
        fn any_key_list_is_parsed_without_panic(text in "\\PC{0,40}") {
            let _ = parse_keys(&text);
        }
    }
}
