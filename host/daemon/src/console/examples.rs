//! An example for every answer and every body of the document, put together from what its schemas give as examples.

use serde_json::{Map, Value, json};
use utoipa::openapi::{Content, OpenApi, RefOr};

/// Schemas within schemas that are followed; none of ours are deeper.
const DEPTH: usize = 12;
const JSON: &str = "application/json";

/// Gives each JSON body and answer of `document` an example, unless it has one.
pub(super) fn add(document: &mut OpenApi) {
    let schemas = document.components.as_ref().map(|components| &components.schemas);
    let schemas = serde_json::to_value(schemas).unwrap_or_default();
    let give = |content: &mut RefOr<Content>| {
        let RefOr::T(content) = content else { return };
        if content.example.is_none() && content.examples.is_empty() {
            let schema = serde_json::to_value(&content.schema).unwrap_or_default();
            content.example = Some(example(&schema, &schemas, DEPTH));
        }
    };
    for item in document.paths.paths.values_mut() {
        let methods = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in methods.into_iter().flatten() {
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                body.content.get_mut(JSON).into_iter().for_each(give);
            }
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    response.content.get_mut(JSON).into_iter().for_each(give);
                }
            }
        }
    }
}

fn example(schema: &Value, schemas: &Value, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return Value::Null };
    let inner = |schema: &Value| example(schema, schemas, depth);
    if let Some(name) = schema["$ref"].as_str() {
        return inner(&schemas[name.rsplit('/').next().unwrap_or_default()]);
    }
    let given = [&schema["example"], &schema["examples"][0], &schema["enum"][0], &schema["const"]];
    if let Some(given) = given.into_iter().find(|given| !given.is_null()) {
        return given.clone();
    }
    for several in [&schema["oneOf"], &schema["anyOf"]] {
        let mut cases = several.as_array().into_iter().flatten();
        if let Some(case) = cases.find(|case| case["type"] != "null") {
            return inner(case);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().map(inner).filter_map(|part| part.as_object().cloned());
        return parts.flatten().collect::<Map<_, _>>().into();
    }
    let is = |kind: &str| {
        let named = &schema["type"];
        *named == kind || named.as_array().is_some_and(|kinds| kinds.iter().any(|other| *other == kind))
    };
    if is("object") {
        let fields = schema["properties"].as_object().into_iter().flatten();
        return fields.map(|(name, field)| (name.clone(), inner(field))).collect::<Map<_, _>>().into();
    }
    if is("array") {
        return json!([inner(&schema["items"])]);
    }
    if is("string") {
        return json!("…");
    }
    if is("integer") || is("number") {
        return schema.get("minimum").filter(|least| **least != 0).cloned().unwrap_or_else(|| json!(1));
    }
    if is("boolean") { json!(false) } else { Value::Null }
}
