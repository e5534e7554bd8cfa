//! Whatever a file holds, it is read or refused in words.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use punktfunk_config::{Loaded, parse, parse_bytes, show};

/// Pieces from which policies, and things that are nearly policies, are made.
const PIECES: &[&str] = &[
    "schema: 1",
    "name: x",
    "pairing:",
    "pending:",
    "ttl: 10m",
    "hold: 3m",
    "cap: 3",
    "devices:",
    "- ",
    "  ",
    "    ",
    "\n",
    "\n  ",
    "\t",
    "{",
    "}",
    "[",
    "]",
    ", ",
    ": ",
    "#",
    "\"",
    "'",
    "|",
    ">",
    "&a ",
    "*a",
    "!!str ",
    "? ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "<<: ",
    "encode:",
    "bitrate:",
    "default: 20Mbit/s",
    "capture:",
    "source:",
    "file: /x",
    "null",
    "~",
    "0x1f",
    "1e9",
    ".inf",
    "-1",
    "yes",
    "true",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "ü",
    "🕹",
    "\\",
    "listen: [::1]",
    "fec: 10%",
    "limits:",
    "sessions: 4",
    "\u{0}",
];

fn examples() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// Either a policy, or at least one fault with something to say; and nothing that panics when shown.
fn read_or_refused(bytes: &[u8]) {
    match parse_bytes(bytes, "x") {
        Ok(loaded) => assert_eq!(parse(&show(&loaded), "shown").unwrap().policy, loaded.policy),
        Err(diagnostics) => {
            assert!(!diagnostics.faults.is_empty());
            assert!(diagnostics.faults.iter().all(|fault| !fault.reason.is_empty()));
            assert_eq!(diagnostics.lines().filter(|line| line.contains('\n')).count(), 0);
            assert!(diagnostics.report(true).len() > 20);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..300)) {
        read_or_refused(&bytes);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,200}") {
        read_or_refused(text.as_bytes());
    }

    #[test]
    fn any_heap_of_pieces_is_read_or_refused(pieces in vec(select(PIECES), 0..40)) {
        read_or_refused(pieces.concat().as_bytes());
    }

    #[test]
    fn any_damaged_example_is_read_or_refused(
        example in select(examples()),
        cuts in vec((any::<prop::sample::Index>(), 0usize..4, select(PIECES)), 1..6),
    ) {
        let mut bytes = example.into_bytes();
        for (at, drop, piece) in cuts {
            let at = at.index(bytes.len() + 1);
            let end = (at + drop).min(bytes.len());
            bytes.splice(at..end, piece.bytes());
        }
        read_or_refused(&bytes);
    }

    #[test]
    fn any_policy_that_flags_can_make_reads_back_as_written(
        name in "[A-Za-z0-9äß桜 .:#'\"{}\\[\\],&*!|>%@`-]{1,16}",
        sessions in 1u8..=32,
        hold in 0u64..=600_000,
        kbps in 20_000u32..=2_000_000,
        source in select(vec![
            serde_json::json!("auto"), serde_json::json!("test-card"),
            serde_json::json!({ "file": "/srv/a: b, {c} #d.mkv" }), serde_json::json!({ "file": "/srv/\n" }),
        ]),
        listen in select(vec![serde_json::json!("local"), serde_json::json!(["10.0.0.1", "::1"])]),
        require: bool,
    ) {
        prop_assume!(!name.trim().is_empty());
        let mut loaded = Loaded::default();
        loaded.override_with_flag("a", "name", &name).unwrap();
        loaded.override_with_flag("a", "limits.sessions", sessions).unwrap();
        loaded.override_with_flag("a", "pairing.pending.hold", format!("{hold}ms")).unwrap();
        loaded.override_with_flag("a", "encode.bitrate.max", format!("{kbps}kbit/s")).unwrap();
        loaded.override_with_flag("a", "capture.source", source).unwrap();
        loaded.override_with_flag("a", "console.listen", listen).unwrap();
        loaded.override_with_flag("a", "pairing.require", require).unwrap();
        prop_assert_eq!(&loaded.policy.name, &name);
        let written = serde_yaml::to_string(&loaded.policy).unwrap();
        prop_assert_eq!(&parse(&written, "written").unwrap().policy, &loaded.policy);
        prop_assert_eq!(&parse(&show(&loaded), "shown").unwrap().policy, &loaded.policy);
    }
}

#[test]
fn the_default_policy_reads_back_as_written() {
    let default = Loaded::default();
    let written = serde_yaml::to_string(&default.policy).unwrap();
    assert_eq!(parse(&written, "written").unwrap().policy, default.policy);
}
