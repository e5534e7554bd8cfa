//! What is in force, where it came from, and flags over the file.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use punktfunk_config::{Loaded, Origin, Source, parse, rows, show};

const FILE: &str = "\
schema: 1
name: 'Living Room: TV'
devices:
  - name: Kitchen tablet
    fingerprint: \"9f2c4d7be0a1835566f0c3d2b1a4978800112233445566778899aabbccddeeff\"
pairing:
  pending: { ttl: 1h30m }
console:
  listen: [192.168.1.20, \"fd00::20\"]
capture:
  source: { file: /srv/video/demo.mkv }
update:
";

fn loaded() -> Loaded {
    let mut loaded = parse(FILE, "punktfunk.yaml").unwrap();
    loaded.override_with_flag("--open", "pairing.require", false).unwrap();
    loaded.override_with_flag("--port", "doors.native.port", 9800).unwrap();
    loaded
}

#[test]
fn the_effective_policy_is_shown_with_the_origin_of_each_value() {
    insta::assert_snapshot!("show", show(&loaded()));
}

#[test]
fn scripts_get_a_row_for_each_key() {
    let rows = rows(&loaded());
    let picked =
        ["name", "pairing.require", "pairing.pending.ttl", "devices", "capture.source", "update.feed"];
    let rows: Vec<_> = rows.into_iter().filter(|row| picked.contains(&row.key.as_str())).collect();
    assert_eq!(rows.len(), picked.len());
    insta::assert_snapshot!("rows", serde_json::to_string_pretty(&rows).unwrap());
}

#[test]
fn what_is_shown_can_be_read_again() {
    let loaded = loaded();
    assert_eq!(parse(&show(&loaded), "shown").unwrap().policy, loaded.policy);
}

#[test]
fn each_key_says_where_its_value_came_from() {
    let loaded = loaded();
    let file = |line| Origin::File { file: "punktfunk.yaml".to_owned(), line };
    assert_eq!(loaded.origins.of("name"), &file(2));
    assert_eq!(loaded.origins.of("pairing.pending.ttl"), &file(7));
    assert_eq!(loaded.origins.of("pairing.pending.hold"), &Origin::Default);
    assert_eq!(loaded.origins.of("pairing.require"), &Origin::Flag { flag: "--open".to_owned() });
    assert_eq!(loaded.origins.of("update.window"), &Origin::Default);
}

#[test]
fn a_flag_takes_what_the_file_would_hold() {
    let mut loaded = Loaded::default();
    loaded.override_with_flag("--bitrate", "encode.bitrate.default", "5Mbit/s").unwrap();
    loaded.override_with_flag("--source", "capture.source", "test-card").unwrap();
    assert_eq!(loaded.policy.encode.bitrate.default.kbps(), 5_000);
    assert_eq!(loaded.policy.capture.source, Source::TestCard);
}

#[test]
fn a_wrong_flag_is_told_at_the_flag_and_changes_nothing() {
    let before = loaded();
    let mut loaded = before.clone();
    let mut reports = String::new();
    reports += &loaded.override_with_flag("--sessions", "limits.sessions", 0).unwrap_err().report(false);
    reports += &loaded.override_with_flag("--port", "doors.native.port", "many").unwrap_err().report(false);
    reports += &loaded
        .override_with_flag("--bitrate", "encode.bitrate.default", "1Gbit/s")
        .unwrap_err()
        .report(false);
    reports += &loaded.override_with_flag("--ttl", "pairing.pending.ttl", "10").unwrap_err().report(false);
    reports += &loaded.override_with_flag("--x", "pairing.nothing", true).unwrap_err().report(false);
    assert!(loaded.override_with_flag("--x", "pairing", serde_json::json!({ "require": false })).is_err());
    insta::assert_snapshot!("wrong_flags", reports);
    assert_eq!(loaded, before);
}
