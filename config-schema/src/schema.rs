use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::Value;

use crate::policy::Policy;

/// The policy's JSON Schema (draft 2020-12): for editors, other validators and the NixOS module. It is also
/// checked in as `config-schema/policy.schema.json`.
///
/// Limits that JSON Schema cannot say about texts with units stand in `x-min` and `x-max`, and contradictions
/// between keys are found by [`crate::parse`] alone.
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let generator = settings.with_transform(RecursiveTransform(tidy)).into_generator();
    generator.into_root_schema_for::<Policy>().to_value()
}

/// `uint8` and its like are Rust's, not JSON Schema's; and a description's line breaks are the source's.
fn tidy(schema: &mut schemars::Schema) {
    if schema.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("uint")) {
        schema.remove("format");
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}
