//! The effective policy, for people and for scripts.

use serde::Serialize;
use serde_yaml::Value;

use crate::WEAKER_DOOR;
use crate::origins::{Loaded, Origin, leaves, tree};

/// One key of the effective policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Dotted, as in `pairing.pending.ttl`.
    pub key: String,
    /// As the file would hold it.
    pub value: serde_json::Value,
    /// Where it came from.
    pub origin: Origin,
}

/// Every key with its effective value and origin, in the order of the policy.
pub fn rows(loaded: &Loaded) -> Vec<Row> {
    let row = |(key, value): (String, Value)| Row {
        value: serde_json::to_value(&value).unwrap_or_default(),
        origin: loaded.origins.of(&key).clone(),
        key,
    };
    leaves(&tree(&loaded.policy)).into_iter().map(row).collect()
}

/// The effective policy as YAML, each value followed by where it came from, and below what its owner should know about it.
/// It can be read as a policy again.
pub fn show(loaded: &Loaded) -> String {
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let leaves = leaves(&tree(&loaded.policy));
    for (key, value) in &leaves {
        let parts: Vec<&str> = key.split('.').collect();
        let (sections, name) = parts.split_at(parts.len() - 1);
        let shared = open.iter().zip(sections).take_while(|(a, b)| a == b).count();
        for (depth, section) in sections.iter().enumerate().skip(shared) {
            lines.push((format!("{}{section}:", "  ".repeat(depth)), String::new()));
        }
        open = sections.to_vec();
        let indent = "  ".repeat(sections.len());
        let origin = loaded.origins.of(key).to_string();
        lines.push((format!("{indent}{}:{}", name[0], inline(value)), origin));
        lines.extend(blocks(value, &indent).into_iter().map(|line| (line, String::new())));
    }
    let width = lines.iter().map(|(text, _)| text.chars().count()).filter(|n| *n <= 48).max().unwrap_or(0);
    let align = |(text, origin): (String, String)| match origin.as_str() {
        "" => text + "\n",
        origin => format!("{text:width$}  # {}\n", origin.replace(char::is_control, " ")),
    };
    let warning = if loaded.policy.doors.gamestream.enable {
        format!("# Note: {WEAKER_DOOR}\n")
    } else {
        String::new()
    };
    lines.into_iter().map(align).chain([warning]).collect()
}

/// What stands behind the key on its line.
fn inline(value: &Value) -> String {
    if matches!(value, Value::Null) || is_block(value) { String::new() } else { format!(" {}", flow(value)) }
}

/// Sections in a list, each on lines of its own.
fn blocks(value: &Value, indent: &str) -> Vec<String> {
    let items = value.as_sequence().filter(|_| is_block(value)).into_iter().flatten();
    let item_lines = |item: &Value| {
        let entries = item.as_mapping().cloned().unwrap_or_default();
        let line = |(index, (key, value)): (usize, (Value, Value))| {
            let bullet = if index == 0 { "- " } else { "  " };
            format!("{indent}  {bullet}{}: {}", key.as_str().unwrap_or_default(), flow(&value))
        };
        entries.into_iter().enumerate().map(line).collect::<Vec<_>>()
    };
    items.flat_map(item_lines).collect()
}

fn is_block(value: &Value) -> bool {
    value.as_sequence().and_then(|items| items.first()).is_some_and(Value::is_mapping)
}

/// On one line; text that YAML could take for something else is quoted.
pub(crate) fn flow(value: &Value) -> String {
    match value {
        Value::Sequence(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Mapping(entries) => {
            let entry = |(key, value): (&Value, &Value)| format!("{}: {}", flow(key), flow(value));
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) if is_plain(text) => text.clone(),
        Value::String(text) => serde_json::Value::String(text.clone()).to_string(),
        other => serde_yaml::to_string(other).unwrap_or_default().trim_end().to_owned(),
    }
}

fn is_plain(text: &str) -> bool {
    let tame = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '_' | '/' | '%' | '-');
    let edges = text.starts_with(char::is_alphanumeric) || text.starts_with('/');
    let is_text = matches!(serde_yaml::from_str(text), Ok(Value::String(read)) if read == text);
    text.chars().all(tame) && edges && is_text
}
