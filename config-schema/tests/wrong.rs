//! Every wrong example is refused, in the words that its owner reads.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use punktfunk_config::{Diagnostics, parse_bytes};

fn wrong_examples() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/wrong");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let name = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    files.iter().map(|path| (name(path), std::fs::read(path).unwrap())).collect()
}

fn faults(text: impl AsRef<[u8]>) -> Diagnostics {
    parse_bytes(text.as_ref(), "punktfunk.yaml").unwrap_err()
}

/// The lines for scripts.
fn lines(text: impl AsRef<[u8]>) -> Vec<String> {
    faults(text).lines().collect()
}

#[test]
fn each_wrong_example_is_refused_in_words_that_help() {
    let examples = wrong_examples();
    assert!(examples.len() >= 20);
    for (name, text) in examples {
        insta::assert_snapshot!(name, faults(text).report(false));
    }
}

#[test]
fn scripts_get_one_line_for_each_fault() {
    let text =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/wrong/contradictions.yaml")).unwrap();
    insta::assert_snapshot!("lines_for_scripts", lines(text).join("\n"));
}

#[test]
fn faults_are_also_data() {
    let diagnostics = faults("input: { gamepads: 99 }");
    insta::assert_snapshot!("faults_as_data", serde_json::to_string_pretty(&diagnostics).unwrap());
}

#[test]
fn colour_comes_only_when_asked_for() {
    let diagnostics = faults("limits: { sessions: 0 }");
    assert!(!diagnostics.report(false).contains('\x1b'));
    assert!(diagnostics.report(true).contains("\x1b[1;31merror"));
}

#[test]
fn a_file_cannot_steer_the_terminal_it_is_shown_on() {
    let text = "\"\\e[31mred\u{202e}\": \u{9b}1m\u{7}\nname: [\"\u{1b}]0;owned\u{7}\"]\n";
    let report = format!("{}{}", faults(text).report(false), lines(text).join("\n"));
    assert!(!report.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{report:?}");
}

#[test]
fn a_file_that_is_too_large_is_refused_unread() {
    let text = "#".repeat(punktfunk_config::MAX_FILE_BYTES + 1);
    assert_eq!(lines(&text), ["the file is larger than 256 KiB"]);
    assert_eq!(punktfunk_config::parse(&text, "x").unwrap_err().lines().count(), 1);
    parse_bytes(&text.as_bytes()[1..], "x").unwrap();
}

#[test]
fn a_file_in_another_encoding_is_named_as_such() {
    assert_eq!(lines(b"\xff\xfen\0a\0m\0e\0"), ["the file is UTF-16 text"]);
    assert_eq!(lines(b"schema: 1\nname: K\xfcche\n"), ["line 2 holds bytes that are not UTF-8 text"]);
}

#[test]
fn a_missing_file_is_a_fault_of_that_file() {
    let diagnostics = punktfunk_config::load("/nonexistent/punktfunk.yaml").unwrap_err();
    assert_eq!(diagnostics.file, "/nonexistent/punktfunk.yaml");
    assert!(diagnostics.faults[0].reason.starts_with("cannot read the file"));
}

#[test]
fn an_alias_bomb_is_refused_before_it_grows() {
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, of) in
        ["b", "c", "d", "e", "f", "g", "h", "i"].iter().zip(["a", "b", "c", "d", "e", "f", "g", "h"])
    {
        bomb.push_str(&format!("{name}: &{name} [{}]\n", vec![format!("*{of}"); 9].join(", ")));
    }
    assert!(!lines(&bomb).is_empty());
}

#[test]
fn nesting_without_end_is_refused_quickly() {
    let half = punktfunk_config::MAX_FILE_BYTES / 2;
    for deep in ["[".repeat(2 * half), "{a: ".repeat(half / 2), "- ".repeat(half), "? ".repeat(half)] {
        assert!(!lines(&deep).is_empty());
    }
}

#[test]
fn a_file_of_nothing_but_faults_is_told_in_part() {
    let text: String = (0..20_000).map(|n| format!("key{n}: 1\n")).collect();
    let diagnostics = faults(text);
    assert_eq!(diagnostics.faults.len(), 50);
    assert!(diagnostics.more);
    assert!(diagnostics.report(false).ends_with("more than 50 faults, the first 50 shown\n"));
}

#[test]
fn a_fault_points_at_its_exact_place() {
    let diagnostics = faults("schema: 1\npairing:\n  pending: { cap: 32, ttl: 10 }\n");
    let mark = diagnostics.faults[0].mark.unwrap();
    assert_eq!((mark.line, mark.column, mark.length), (3, 28, 2));
}

#[test]
fn a_fault_behind_the_end_is_shown_at_the_last_line_that_says_anything() {
    for text in ["name: [a", "name: [a\n", "name: [a\n\n  \n"] {
        let report = faults(text).report(false);
        assert!(report.contains("punktfunk.yaml:1:9\n") && report.contains("1 | name: [a\n"), "{report}");
    }
}

#[test]
fn a_truth_value_in_quotes_is_to_lose_them() {
    let report = faults("input: { keyboard: \"true\" }").report(false);
    assert!(report.contains("leave out the quotes"), "{report}");
}

#[test]
fn a_file_that_cannot_be_read_comes_with_something_to_do() {
    let missing = punktfunk_config::load("/nonexistent/my.yaml").unwrap_err().report(false);
    assert!(missing.contains("`ls /nonexistent` shows"), "{missing}");
    let folder = punktfunk_config::load(env!("CARGO_MANIFEST_DIR")).unwrap_err().report(false);
    assert!(folder.contains("name the file in that folder"), "{folder}");
}
