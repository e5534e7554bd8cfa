use proptest::prelude::*;
use unicode_normalization::is_nfc;

use super::*;

fn clean(raw: &str) -> Option<String> {
    DeviceName::sanitise(raw, MAX_NAME_BYTES).map(|name| name.to_string())
}

#[track_caller]
fn becomes(raw: &str, expected: &str) {
    assert_eq!(clean(raw).as_deref(), Some(expected), "{raw:?}");
}

#[test]
fn an_ordinary_name_stays_as_it_is() {
    for name in ["Phone", "Anna's iPad (2)", "Wohnzimmer-Fernseher", "客厅电视", "تلفاز", "Ünïcödé 📺"]
    {
        becomes(name, name);
    }
}

#[test]
fn ansi_escape_sequences_go_whole() {
    becomes("\u{1b}[31mred\u{1b}[0m", "red");
    becomes("a\u{1b}[2J\u{1b}[1;1Hb", "ab");
    becomes("a\u{1b}]0;title\u{07}b", "ab");
    becomes("a\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\b", "alinkb");
    becomes("a\u{9b}31mb\u{9d}0;t\u{9c}c", "abc");
    becomes("a\u{1b}(Bb\u{1b}cd", "abd");
    becomes("kept\u{1b}]0;never finished", "kept");
    becomes("kept\u{1b}", "kept");
}

#[test]
fn what_cannot_be_seen_or_turns_the_writing_around_is_removed() {
    becomes("a\u{202e}b\u{2066}c\u{200f}d", "abcd");
    becomes("a\u{200b}b\u{200d}c\u{feff}d\u{2060}e\u{00ad}f", "abcdef");
    becomes("a\u{fdd0}b\u{ffff}c\u{10ffff}d\u{e000}e\u{378}f", "abcdef");
    becomes("a\u{3164}\u{2800}\u{115f}\u{fe0f}\u{e0041}b", "ab");
    becomes("a\0b\u{7f}c\u{85}d", "abcd");
}

#[test]
fn white_space_and_newlines_collapse_to_single_spaces() {
    becomes("  a\t\r\n b\u{a0}\u{3000}c\u{2028}d ", "a b c d");
}

#[test]
fn a_name_is_composed_so_that_equal_looks_are_equal_bytes() {
    becomes("e\u{301}", "é");
    becomes("\u{212b}", "Å");
}

#[test]
fn towers_of_marks_are_cut_and_a_name_never_begins_with_one() {
    let tower = format!("x{}", "\u{301}\u{302}\u{303}".repeat(30));
    assert!(clean(&tower).unwrap().chars().count() <= 1 + MAX_MARKS);
    becomes("\u{301}\u{302}a", "a");
    assert_eq!(clean("\u{301}\u{301}"), None);
}

#[test]
fn three_hundred_bytes_are_cut_on_a_character_boundary() {
    assert_eq!(clean(&"x".repeat(300)).unwrap().len(), 64);
    assert_eq!(clean(&"€".repeat(100)).unwrap(), "€".repeat(21));
    assert_eq!(DeviceName::sanitise("Living Room", 7).unwrap().as_str(), "Living");
    assert_eq!(DeviceName::sanitise("x", 0), None);
    assert_eq!(DeviceName::sanitise(&"x".repeat(99), 99).unwrap().as_str().len(), 64);
}

#[test]
fn a_nameless_device_gets_a_label_from_its_fingerprint() {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&[0x9f, 0x2c, 0x41, 0xab]);
    let id = DeviceId::from_bytes(bytes);
    for raw in ["", "  ", "\u{200b}", "\u{1b}[31m", "\n"] {
        assert_eq!(DeviceName::sanitise_or_label(raw, 64, &id).as_str(), "Device 9F2C-41AB");
    }
}

#[test]
fn a_name_read_from_a_file_is_sanitised_too() {
    let name: DeviceName = serde_json::from_str(r#""\u001b[31mTV\u202e""#).unwrap();
    assert_eq!(name.as_str(), "TV");
    assert!(serde_json::from_str::<DeviceName>(r#""\u200b""#).is_err());
}

/// Text made mostly of what attacks are made of.
fn hostile() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        '\u{1b}', '[', ']', 'm', ';', '\u{9b}', '\u{07}', '\n', ' ', '\u{202e}', '\u{200d}', '\u{301}',
        '\u{323}', '\u{1100}', '\u{1161}', '\u{11a8}', '\u{9c7}', '\u{9be}', '\u{ac00}', '\u{fe0f}', 'e',
        'A', '\u{e000}',
    ]);
    prop::collection::vec(prop_oneof![3 => nasty, 1 => any::<char>()], 0..200)
        .prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_comes_in_a_name_is_fit_to_be_shown(raw in hostile(), max in 0_usize..80) {
        let Some(name) = DeviceName::sanitise(&raw, max) else { return Ok(()) };
        let text = name.as_str();
        prop_assert!(!text.is_empty() && text.len() <= max.min(64));
        prop_assert_eq!(text.trim(), text);
        prop_assert!(!text.contains("  "));
        prop_assert!(is_nfc(text));
        for c in text.chars() {
            prop_assert!(!c.is_control() && is_showable(c), "{:?} in {:?}", c, text);
            prop_assert!(c == ' ' || !c.is_whitespace());
        }
        prop_assert!(!is_combining_mark(text.chars().next().unwrap()));
    }

    #[test]
    fn sanitising_twice_changes_nothing(raw in hostile(), max in 1_usize..80) {
        if let Some(once) = DeviceName::sanitise(&raw, max) {
            let twice = DeviceName::sanitise(once.as_str(), max);
            prop_assert_eq!(twice, Some(once));
        }
    }
}
