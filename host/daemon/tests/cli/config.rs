//! `config` and `openapi`: no host, no state, no rights.

use std::path::Path;
use std::process::Stdio;

use crate::common::{Ran, finish, program, run};

fn check(policy: &str) -> Ran {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("my.yaml"), policy).unwrap();
    finish(program().args(["config", "check", "my.yaml"]).current_dir(dir.path()))
}

#[test]
fn a_good_policy_is_said_to_be_good() {
    assert_eq!(check("schema: 1\nname: Den\n").ok(), "my.yaml: a good policy\n");
}

#[test]
fn five_kinds_of_bad_policies_are_refused_with_place_and_remedy() {
    let kinds = [
        ("not_yaml", "name: [Den\n", "my.yaml:1:11"),
        ("unknown_key", "nmae: Den\n", "my.yaml:1:1"),
        ("wrong_type", "pairing: { require: maybe }\n", "my.yaml:1:21"),
        ("out_of_range", "pairing:\n  pin: { digits: 3 }\n", "my.yaml:2:18"),
        ("contradiction", "encode: { bitrate: { default: 50Mbit/s, max: 20Mbit/s } }\n", "my.yaml:1:"),
    ];
    for (kind, policy, place) in kinds {
        let ran = check(policy);
        ran.failed(2, &[place]);
        assert_eq!(ran.out, "");
        insta::assert_snapshot!(kind, ran.err);
    }
}

#[test]
fn a_script_gets_the_faults_as_json() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("my.yaml"), "nmae: Den\n").unwrap();
    let ran = finish(program().args(["config", "check", "my.yaml", "--json"]).current_dir(dir.path()));
    assert_eq!(ran.code, 2);
    assert_eq!(ran.json()["ok"], false);
    assert_eq!(ran.json()["faults"].as_array().unwrap().len(), 1);
    std::fs::write(dir.path().join("my.yaml"), "name: Den\n").unwrap();
    let ran = finish(program().args(["config", "check", "my.yaml", "--json"]).current_dir(dir.path()));
    assert_eq!(ran.json()["ok"], true);
}

#[test]
fn a_policy_that_is_not_there_is_refused() {
    run(["config", "check", "/nonexistent/my.yaml"])
        .failed(2, &["/nonexistent/my.yaml", "is the name right?"]);
    run(["serve", "--config", "/nonexistent/my.yaml"]).failed(2, &["/nonexistent/my.yaml"]);
}

#[test]
fn the_schema_and_the_api_are_those_that_are_checked_in() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let checked_in = |path: &str| -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(root.join(path)).unwrap()).unwrap()
    };
    // not by assert_eq, which would print both, thousands of lines long
    let same = |arguments: &[&str], path: &str| assert!(run(arguments).json() == checked_in(path), "{path}");
    same(&["config", "schema"], "config-schema/policy.schema.json");
    same(&["openapi"], "docs/api/openapi.json");
}

#[test]
fn the_effective_policy_says_where_each_value_comes_from() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("my.yaml"), "name: Den\npairing: { require: true }\n").unwrap();
    let show = |more: &[&str]| {
        finish(program().args(["config", "show", "my.yaml", "--open"]).args(more).current_dir(dir.path()))
    };
    let text = show(&[]).ok();
    let line = |key: &str| text.lines().find(|line| line.trim_start().starts_with(key)).unwrap().to_owned();
    assert!(line("name:").contains("Den") && line("name:").contains("my.yaml"), "{text}");
    assert!(line("require:").contains("false") && line("require:").contains("--open"), "{text}");
    assert!(line("ttl:").contains("default"), "{text}");
    let rows = show(&["--json"]).json();
    let row = rows.as_array().unwrap().iter().find(|row| row["key"] == "pairing.require").unwrap();
    assert_eq!(row["value"], false);
}

#[test]
fn whoever_reads_only_the_beginning_has_read_enough() {
    for line in [&["openapi"][..], &["config", "schema"], &["config", "show", "--json"], &["config", "show"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = program().args(line).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{line:?}");
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = program().args(["config", "check", "/nonexistent/my.yaml"]).stderr(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = program().arg("openapi").stdout(full).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("could not be written"), "{said}");
}

#[test]
fn a_number_that_is_none_is_told_where_numbers_are_shown() {
    for line in [
        &["pair", "approve", "abc"][..],
        &["pair", "deny", "-"],
        &["pair", "moonlight", "--pin", "1", "--device", "x"],
    ] {
        run(line).failed(2, &["that is no number", "pair pending"]);
    }
}

#[test]
fn the_schema_is_printed_as_it_is_checked_in() {
    let schema = run(["config", "schema"]).ok();
    let checked_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config-schema/policy.schema.json");
    assert!(schema == std::fs::read_to_string(checked_in).unwrap());
}

#[test]
fn a_bad_command_line_is_told_so() {
    for line in [
        &["stream"][..],
        &["serve", "--open", "--require-pairing"],
        &["pair", "approve"],
        &["pair", "approve", "first"],
        &["pair", "arm", "--seconds", "14"],
        &["config", "check"],
        &["--log", "punktfunk=loud", "openapi"],
        &[],
    ] {
        run(line).failed(2, &[]);
    }
    assert!(run(["pair", "--help"]).ok().contains("Examples:"));
}
