use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{ValueError, serde_as_text};

/// An address on the web that starts with `https://` and has no blanks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HttpsUrl(String);

impl HttpsUrl {
    /// The longest that is accepted, in bytes.
    pub const MAX_BYTES: usize = 2048;

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HttpsUrl {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let visible = text.len() <= Self::MAX_BYTES && text.bytes().all(|b| b.is_ascii_graphic());
        let host = text.strip_prefix("https://").filter(|rest| !rest.is_empty() && !rest.starts_with('/'));
        match (host, visible) {
            (Some(_), true) => Ok(Self(text.to_owned())),
            (None, true) if text.starts_with("http://") => Err(ValueError::new(
                "http:// can be read and changed on the way; the address must start with https://",
            )),
            _ => Err(ValueError::new("this is not an address that starts with https://")),
        }
    }
}

serde_as_text!(HttpsUrl, "an address that starts with https://");

impl JsonSchema for HttpsUrl {
    fn schema_name() -> Cow<'static, str> {
        "HttpsUrl".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^https://[!-.0-~][!-~]*$",
            "maxLength": HttpsUrl::MAX_BYTES,
            "x-allowed": "an address that starts with https://",
            "examples": ["https://updates.example.org/stable"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_are_protected_on_their_way_are_taken() {
        assert_eq!("https://example.org/a".parse::<HttpsUrl>().unwrap().as_str(), "https://example.org/a");
        for text in
            ["http://example.org", "https://", "https:///a", "https://a b", "ftp://a", "example.org", ""]
        {
            assert!(text.parse::<HttpsUrl>().is_err(), "{text}");
        }
    }
}
