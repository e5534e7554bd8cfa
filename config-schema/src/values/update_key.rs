use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{ValueError, serde_as_text};

/// A minisign public key: the line of 56 characters that starts with `RW` in a `.pub` file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UpdateKey(String);

impl UpdateKey {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UpdateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UpdateKey {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        // 42 bytes in base64, of which the first two are `Ed`
        let base64 = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
        let is_ed =
            text.starts_with("RW") && text.as_bytes().get(2).is_some_and(|b| (b'Q'..=b'T').contains(b));
        if base64 && is_ed && text.len() == 56 {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueError::new(
                "this is not a minisign public key; it is the line of 56 characters that starts with RW in the publisher's .pub file",
            ))
        }
    }
}

serde_as_text!(UpdateKey, "a minisign public key");

impl JsonSchema for UpdateKey {
    fn schema_name() -> Cow<'static, str> {
        "UpdateKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^RW[Q-T][A-Za-z0-9+/]{53}$",
            "x-allowed": "a minisign public key, 56 characters that start with RW",
            "examples": ["RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_keys_are_taken() {
        let good = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
        assert_eq!(good.parse::<UpdateKey>().unwrap().as_str(), good);
        for text in
            ["", "RW", &good[1..], &format!("{good}="), &good.replace('f', " "), &good.replace("RWQ", "RWZ")]
        {
            assert!(text.parse::<UpdateKey>().is_err(), "{text}");
        }
    }
}
