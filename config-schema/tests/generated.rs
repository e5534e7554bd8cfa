//! What is made from the types and checked in is in step with them. `UPDATE=1 cargo test -p punktfunk-config`
//! makes it anew.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use punktfunk_config::{json_schema, parse, reference_markdown, yaml_blocks};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn in_step(path: &str, made: &str) {
    let path = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    let how = "is out of step; run UPDATE=1 cargo test -p punktfunk-config";
    assert!(checked_in == made, "{} {how}", path.display());
}

#[test]
fn the_checked_in_schema_is_in_step() {
    let schema = serde_json::to_string_pretty(&json_schema()).unwrap() + "\n";
    in_step("config-schema/policy.schema.json", &schema);
}

#[test]
fn the_checked_in_reference_is_in_step() {
    in_step("docs/policy.md", &reference_markdown());
}

#[test]
fn the_schema_is_one_of_its_draft() {
    let schema = json_schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    jsonschema::draft202012::meta::validate(&schema).unwrap();
}

#[test]
fn every_section_is_closed_and_every_key_described() {
    let optional = [".update.feed", ".update.bandwidth", ".apps.art"];
    fn walk(path: &str, schema: &Value, optional: &[&str]) {
        let Some(properties) = schema["properties"].as_object() else {
            return;
        };
        assert_eq!(schema["additionalProperties"], false, "{path}");
        for (name, inner) in properties {
            let path = format!("{path}.{name}");
            assert!(inner["description"].as_str().is_some_and(|text| text.len() > 15), "{path}");
            let required =
                path.starts_with(".devices.") || [".apps.name", ".apps.command"].contains(&path.as_str());
            assert!(
                required || !inner["default"].is_null() || optional.contains(&path.as_str()),
                "{path} has no default"
            );
            walk(&path, inner, optional);
            walk(&path, &inner["items"], optional);
        }
    }
    walk("", &json_schema(), &optional);
}

#[test]
fn every_policy_in_the_book_is_read_and_every_wrong_one_refused() {
    let mut pages = vec![root().join("README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    let mut read = 0;
    for page in pages.into_iter().filter(|page| page.exists()) {
        for block in yaml_blocks(&std::fs::read_to_string(&page).unwrap()) {
            let place = format!("{}:{}", page.display(), block.line);
            match (parse(&block.text, &place), block.wrong) {
                (Ok(_), true) => panic!("{place}: this block is marked wrong, but is read"),
                (Err(faults), false) => panic!("the block at {place}:\n{faults}"),
                _ => read += 1,
            }
        }
    }
    assert!(read >= 2, "docs/policy.md alone has two blocks");
}
