//! Every key of the policy with what it means and allows, read from the generated schema.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use crate::schema::json_schema;

/// Keys by path; the items of a list have `[]` in theirs, as in `devices[].name`.
static KEYS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    let mut keys = BTreeMap::new();
    collect(&mut keys, String::new(), &json_schema());
    keys
});

/// The schema of the key at a node's path (`devices[3].name`).
pub(crate) fn schema_of(path: &str) -> Option<&'static Value> {
    KEYS.get(&normalise(path))
}

/// The keys inside the section at this path.
pub(crate) fn names_in(path: &str) -> Vec<&'static str> {
    schema_of(path).map(property_names).unwrap_or_default()
}

fn property_names(schema: &Value) -> Vec<&str> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.map(|all| all.keys().map(String::as_str).collect()).unwrap_or_default()
}

/// The sections elsewhere that do have a key of this name.
pub(crate) fn homes_of(name: &str) -> Vec<&'static str> {
    let home = |path: &'static String| path.rsplit_once('.').filter(|(_, last)| *last == name);
    KEYS.keys()
        .filter_map(home)
        .map(|(section, _)| section)
        .filter(|section| !section.contains("[]"))
        .collect()
}

/// What may stand here, as the second half of "must be …". A value that is part of a key's (the path in
/// `{ file: PATH }`) is described by its key.
pub(crate) fn allowed(path: &str) -> String {
    let outer = || path.rfind(['.', '[']).map(|end| allowed(&path[..end]));
    schema_of(path).map(describe).or_else(outer).unwrap_or_default()
}

fn collect(keys: &mut BTreeMap<String, Value>, path: String, schema: &Value) {
    for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let inner_path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        collect(keys, inner_path, inner);
    }
    if let Some(items) = schema.get("items") {
        collect(keys, format!("{path}[]"), items);
    }
    keys.insert(path, schema.clone());
}

/// `devices[3].name` → `devices[].name`.
fn normalise(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut index = false;
    for c in path.chars() {
        index = (index || c == '[') && c != ']';
        if !index || c == '[' {
            out.push(c);
        }
    }
    out
}

fn describe(schema: &Value) -> String {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    let number = |key: &str| schema.get(key).and_then(Value::as_u64);
    match (text("x-allowed"), text("x-min"), text("x-max")) {
        (Some(allowed), Some(low), Some(high)) => return format!("{allowed} from {low} to {high}"),
        (Some(allowed), ..) => return allowed.to_owned(),
        _ => {}
    }
    let words = words(schema);
    if !words.is_empty() {
        return one_of(&words);
    }
    match schema_type(schema) {
        "boolean" => "true or false".to_owned(),
        "integer" => match (number("minimum"), number("maximum")) {
            (Some(low), Some(high)) if low == high => low.to_string(),
            (Some(low), Some(high)) => format!("a whole number from {low} to {high}"),
            _ => "a whole number".to_owned(),
        },
        "string" => match number("maxLength") {
            Some(most) => format!("text of 1 to {most} bytes"),
            None => "text".to_owned(),
        },
        "array" => match &schema["items"] {
            items if !self::words(items).is_empty() => format!("a list of {}", one_of(&self::words(items))),
            items if schema_type(items) == "object" => {
                format!("a list of sections ({})", property_names(items).join(", "))
            }
            items => format!("a list, each entry {}", describe(items)),
        },
        "object" => format!("a section with keys of its own ({})", property_names(schema).join(", ")),
        other => other.to_owned(),
    }
}

/// The fixed words that a schema allows.
pub(crate) fn words(schema: &Value) -> Vec<&str> {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let single = schema.get("const").and_then(Value::as_str);
    let branches = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten().flat_map(words);
    listed.chain(single).chain(branches).collect()
}

/// Whether a mapping `{ file: PATH }` may stand here.
pub(crate) fn takes_file(schema: &Value) -> bool {
    let branches = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    branches.filter_map(|branch| branch.get("properties")).any(|keys| keys.get("file").is_some())
}

fn schema_type(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => names.first().and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    }
}

pub(crate) fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
