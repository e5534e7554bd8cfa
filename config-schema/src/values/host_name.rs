use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{ValueError, serde_as_text};

/// A name or address by which browsers call the console, in lower case and without a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostName(String);

impl HostName {
    /// The longest that is accepted, in bytes.
    pub const MAX_BYTES: usize = 253;

    /// In lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HostName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if text.contains("://") || text.contains('/') {
            return Err(ValueError::new("only the name belongs here, without https:// and without a path"));
        }
        if text.contains('*') {
            return Err(ValueError::new("each name is listed by itself; there are no patterns"));
        }
        let address = text.parse::<std::net::Ipv6Addr>().is_ok();
        if text.contains(':') && !address {
            return Err(ValueError::new("only the name belongs here, without a port"));
        }
        let labels = || text.split('.').all(|label| !label.is_empty() && label.len() <= 63);
        let letters = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
        match address || (letters && labels() && text.len() <= Self::MAX_BYTES) {
            true => Ok(Self(text.to_ascii_lowercase())),
            false => Err(ValueError::new("this is not the name of a host, such as box.example.org")),
        }
    }
}

serde_as_text!(HostName, "the name of a host, such as box.example.org");

impl JsonSchema for HostName {
    fn schema_name() -> Cow<'static, str> {
        "HostName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[A-Za-z0-9._:-]+$",
            "maxLength": HostName::MAX_BYTES,
            "x-allowed": "the name of a host",
            "examples": ["box.example.org"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_without_anything_around_it() {
        assert_eq!("Box.Example.org".parse::<HostName>().unwrap().as_str(), "box.example.org");
        for name in ["box", "192.0.2.7", "2001:db8::7", "my_box.lan"] {
            assert!(name.parse::<HostName>().is_ok(), "{name}");
        }
        for text in
            ["", ".", "a..b", "https://box", "box:47990", "*.example.org", "box/console", "b\u{f6}x", "box "]
        {
            assert!(text.parse::<HostName>().is_err(), "{text}");
        }
    }
}
