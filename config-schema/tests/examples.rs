//! The examples are read, and the checked-in schema says the same of them by an independent validator.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use punktfunk_config::{Policy, load, parse};
use serde_json::Value;

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|e| e == "yaml")).collect();
    assert!(!files.is_empty());
    files
}

fn validator() -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(&punktfunk_config::json_schema()).unwrap()
}

/// As a validator sees the file. A section without anything in it is no value to JSON Schema.
fn json(path: &PathBuf) -> Value {
    fn without_null(value: Value) -> Value {
        match value {
            Value::Object(entries) => {
                entries.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_null(v))).collect()
            }
            Value::Array(items) => items.into_iter().map(without_null).collect(),
            other => other,
        }
    }
    without_null(serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

#[test]
fn every_example_is_read_and_valid_by_the_schema() {
    let validator = validator();
    for path in files("examples") {
        load(&path).unwrap_or_else(|faults| panic!("{faults}"));
        let errors: Vec<String> = validator.iter_errors(&json(&path)).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
    }
}

#[test]
fn the_schema_refuses_what_a_schema_can_refuse() {
    let validator = validator();
    for name in
        ["unknown_keys", "wrong_types", "wrong_units", "unknown_words", "not_a_section", "newer_version"]
    {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("examples/wrong/{name}.yaml"));
        assert!(!validator.is_valid(&json(&path)), "{name}");
    }
}

#[test]
fn the_default_policy_is_valid_by_the_schema() {
    let mut value = serde_json::to_value(Policy::default()).unwrap();
    // Written out, a key without a value is null.
    value["update"].as_object_mut().unwrap().remove("feed");
    let errors: Vec<String> = validator().iter_errors(&value).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn serde_yaml_alone_reads_the_same_values() {
    for path in files("examples") {
        let text = std::fs::read_to_string(&path).unwrap();
        // It has no notion of a section without anything in it.
        let text = text.replace("limits:\nupdate", "update");
        let alone: Policy = serde_yaml::from_str(&text).unwrap();
        assert_eq!(alone, load(&path).unwrap().policy, "{}", path.display());
    }
}

#[test]
fn nothing_in_the_file_is_the_default_policy() {
    for text in [
        "",
        "\n\n",
        "# only a remark\n",
        "---\n",
        "{}",
        "schema: 1",
        "pairing:\n",
        "pairing: {}\n",
        "\u{feff}",
    ] {
        assert_eq!(parse(text, "x").unwrap().policy, Policy::default(), "{text:?}");
    }
}

#[test]
fn json_is_yaml_too() {
    let loaded = parse("{\n\t\"schema\": 1,\n\t\"limits\": {\"sessions\": 2}\n}\n", "x").unwrap();
    assert_eq!(loaded.policy.limits.sessions, 2);
}

#[test]
fn line_ends_of_other_systems_are_read() {
    let loaded = parse("schema: 1\r\nname: Living Room\r\nlimits:\r\n  sessions: 2\r\n", "x").unwrap();
    assert_eq!((loaded.policy.name.as_str(), loaded.policy.limits.sessions), ("Living Room", 2));
}
