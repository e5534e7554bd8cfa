//! Text of other programs, made fit to be shown on a terminal, on a screen and in a browser.

use std::io::Read as _;
use std::path::Path;

use punktfunk_trust::open_regular;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// What is read of a file at the most, bytes; the rest is left.
pub(super) fn read_some(path: &Path, most: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path).ok()?.take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// At most so many lines of so many characters, without anything that commands a terminal, is invisible or turns the
/// direction of writing. What was left out at the end shows as `…`.
pub(super) fn lines(text: &str, most_lines: usize, most_chars: usize) -> String {
    let mut kept: Vec<String> = text.lines().take(most_lines).map(|it| line(it, most_chars)).collect();
    while kept.last().is_some_and(String::is_empty) {
        kept.pop();
    }
    if text.lines().nth(most_lines).is_some() {
        kept.push("…".to_owned());
    }
    kept.join("\n")
}

/// One line of it.
pub(super) fn line(text: &str, most_chars: usize) -> String {
    let shown = |c: char| match c {
        '\t' => Some(' '),
        // controls, formats, surrogates, private and unassigned characters
        c if c.general_category_group() == GeneralCategoryGroup::Other => None,
        c => Some(c),
    };
    let mut rest = text.chars().filter_map(shown);
    let mut line: String = rest.by_ref().take(most_chars).collect();
    if rest.next().is_some() {
        line.push('…');
    }
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_commands_a_terminal_or_turns_the_writing_is_left() {
        assert_eq!(line("a\u{1b}[2Jb\u{202e}c\u{200b}d\te\u{0}", 99), "a[2Jbcd e");
        assert_eq!(lines("one\r\ntwo\n\n", 9, 9), "one\ntwo");
    }

    #[test]
    fn what_is_too_long_or_too_much_is_cut_and_says_so() {
        assert_eq!(line("äöüß", 3), "äöü…");
        assert_eq!(lines("a\nb\nc", 2, 9), "a\nb\n…");
        assert_eq!(lines("a\nb", 2, 9), "a\nb");
    }
}
