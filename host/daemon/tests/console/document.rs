//! The OpenAPI document. `UPDATE=1 cargo test -p punktfunk-host` writes it anew.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

fn document() -> Value {
    serde_json::to_value(punktfunk_host::console::openapi()).unwrap()
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &'_ Value)| {
        let item: Vec<_> = item.as_object().unwrap().keys().cloned().collect();
        item.into_iter().map(|method| (method, path.clone())).collect::<Vec<_>>()
    };
    paths
        .iter()
        .flat_map(methods)
        .map(|(method, path)| (format!("{method} {path}"), &document["paths"][&path][&method]))
        .collect()
}

#[test]
fn the_checked_in_document_is_in_step() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/openapi.json");
    let made = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &made).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        checked_in == made,
        "docs/api/openapi.json is out of step; run UPDATE=1 cargo test -p punktfunk-host"
    );
}

#[test]
fn every_operation_has_a_name_of_its_own_a_summary_and_a_place() {
    let document = document();
    let operations = operations(&document);
    let ids: BTreeSet<&str> = operations.iter().map(|(_, it)| it["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), operations.len(), "{ids:?}");
    for (name, operation) in &operations {
        assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 10), "{name}");
        assert!(["account", "host", "pairing"].contains(&operation["tags"][0].as_str().unwrap()), "{name}");
        assert!(name.contains("/api/v1/") || name == "get /metrics", "{name}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{name}");
        }
    }
}

#[test]
fn every_operation_says_how_it_refuses() {
    let document = document();
    assert_eq!(document["security"], json!([{ "session": [] }, { "token": [] }]));
    assert_eq!(document["components"]["securitySchemes"]["session"]["in"], "cookie");
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    for (name, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        let is_open = operation["security"] == json!([{}]);
        assert!(is_open || responses.contains_key("401") && responses.contains_key("403"), "{name}");
        assert!(["408", "421", "429"].iter().all(|status| responses.contains_key(*status)), "{name}");
        for (status, response) in responses {
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{name} {status}");
            if status.starts_with('2') {
                continue;
            }
            let content = &response["content"]["application/problem+json"];
            assert_eq!(content["schema"]["$ref"], "#/components/schemas/Problem", "{name} {status}");
            for (code, example) in content["examples"].as_object().unwrap() {
                assert_eq!(example["value"]["code"], code.as_str());
                assert_eq!(example["value"]["status"].to_string(), *status);
            }
        }
        if operation["requestBody"].is_object() {
            assert!(["400", "413", "415"].iter().all(|status| responses.contains_key(*status)), "{name}");
        }
    }
}

#[test]
fn every_body_and_every_answer_has_an_example_that_is_worth_sending() {
    let document = document();
    for (name, operation) in operations(&document) {
        let body = &operation["requestBody"];
        let answers = operation["responses"].as_object().unwrap();
        let answers = answers.iter().filter(|(status, _)| status.starts_with('2')).map(|(_, answer)| answer);
        for content in answers.chain([body]).filter_map(|part| part["content"].as_object()).flatten() {
            let (kind, content) = content;
            let text = content["example"].to_string() + &content["examples"].to_string();
            assert!(!kind.contains("json") || text != "nullnull", "{name} {kind}");
        }
        // what /api/docs offers to be sent is not refused for its form
        let body = body["content"]["application/json"].to_string();
        assert!(!body.contains("\"…\""), "{name}: a field without an example: {body}");
    }
}

#[test]
fn a_picture_and_a_backup_are_described_as_bytes() {
    let document = document();
    let places =
        [("/api/v1/preview", "get", "image/png"), ("/api/v1/backup", "post", "application/octet-stream")];
    for (path, method, kind) in places {
        let schema = &document["paths"][path][method]["responses"]["200"]["content"][kind]["schema"];
        assert_eq!((&schema["type"], &schema["format"]), (&json!("string"), &json!("binary")), "{path}");
    }
}

#[test]
fn whoever_sends_a_path_or_a_body_that_cannot_be_read_finds_that_in_the_document() {
    let document = document();
    for (name, operation) in operations(&document) {
        let documents = |status: &str, code: &str| {
            let content = &operation["responses"][status]["content"]["application/problem+json"];
            content["examples"][code].is_object()
        };
        if name.contains('{') {
            assert!(documents("400", "bad_path"), "{name}");
        }
        if !name.starts_with("get ") {
            assert!(documents("413", "too_large") && documents("415", "json_only"), "{name}");
        }
    }
}

#[test]
fn what_can_be_told_about_the_machine_is_listed_with_what_wants_the_owners_eye() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let told = schemas["MachineCode"]["enum"].as_array().unwrap();
    for code in schemas["AttentionCode"]["enum"].as_array().unwrap() {
        assert!(told.contains(code), "the doctor tells {code} too");
    }
    for holder in ["Check", "Fault"] {
        assert_eq!(schemas[holder]["properties"]["code"]["$ref"], "#/components/schemas/MachineCode");
    }
}

#[test]
fn every_schema_and_every_field_is_described() {
    let document = document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(schema["description"].is_string(), "{name}");
        for (field, inner) in schema["properties"].as_object().into_iter().flatten() {
            let described = |schema: &Value| schema["description"].is_string();
            let alternatives = inner["oneOf"].as_array();
            assert!(
                described(inner) || alternatives.is_some_and(|all| all.iter().any(described)),
                "{name}.{field}"
            );
        }
    }
}
