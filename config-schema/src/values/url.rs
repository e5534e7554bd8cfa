use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{ValueError, serde_as_text};

/// An address on the web that starts with `https://` or `http://` and has no blanks. Both will do for updates, because what
/// is trusted is their signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FeedUrl(String);

impl FeedUrl {
    /// The longest that is accepted, in bytes.
    pub const MAX_BYTES: usize = 2048;

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FeedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for FeedUrl {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let visible = text.len() <= Self::MAX_BYTES && text.bytes().all(|b| b.is_ascii_graphic());
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        if visible && host.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueError::new("this is not an address that starts with https:// or http://"))
        }
    }
}

serde_as_text!(FeedUrl, "an address that starts with https:// or http://");

impl JsonSchema for FeedUrl {
    fn schema_name() -> Cow<'static, str> {
        "FeedUrl".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^https?://[!-.0-~][!-~]*$",
            "maxLength": FeedUrl::MAX_BYTES,
            "x-allowed": "an address that starts with https:// or http://",
            "examples": ["https://updates.example.org/stable"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_web_servers_are_taken() {
        for text in ["https://example.org/a", "http://192.168.1.5:8080/feed"] {
            assert_eq!(text.parse::<FeedUrl>().unwrap().as_str(), text);
        }
        for text in ["https://", "http://", "https:///a", "https://a b", "ftp://a", "example.org", ""] {
            assert!(text.parse::<FeedUrl>().is_err(), "{text}");
        }
    }
}
