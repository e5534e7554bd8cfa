use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{ValueError, serde_as_text};

/// The SHA-256 of a device's certificate (DER), written as 64 hexadecimal digits; capitals and colons
/// between the bytes are accepted, as other tools print them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    /// 64 small hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let mut digits = Vec::with_capacity(64);
        for (place, c) in text.chars().enumerate() {
            match c.to_digit(16) {
                Some(digit) if digits.len() < 64 => digits.push(digit as u8),
                // `ab:cd:…` has a colon at every third place.
                None if c == ':' && place % 3 == 2 => {}
                _ => return Err(wrong_length(text)),
            }
        }
        if digits.len() != 64 || text.ends_with(':') {
            return Err(wrong_length(text));
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        Ok(Self(bytes))
    }
}

fn wrong_length(text: &str) -> ValueError {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    let others = text.chars().any(|c| c != ':' && !c.is_ascii_hexdigit());
    let found =
        if others { "this has other characters in it".to_owned() } else { format!("this has {digits}") };
    ValueError::new(format!("a fingerprint has exactly 64 hexadecimal digits, {found}"))
}

serde_as_text!(Fingerprint, "a fingerprint of 64 hexadecimal digits");

impl JsonSchema for Fingerprint {
    fn schema_name() -> Cow<'static, str> {
        "Fingerprint".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^([0-9A-Fa-f]{64}|[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31})$",
            "x-allowed": "64 hexadecimal digits in quotes",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_and_colons_read_as_the_same_device() {
        let plain = "9f".repeat(32);
        let colons = vec!["9F"; 32].join(":");
        assert_eq!(plain.parse::<Fingerprint>(), colons.parse::<Fingerprint>());
        assert_eq!(plain.parse::<Fingerprint>().unwrap().to_string(), plain);
    }

    #[test]
    fn what_is_short_long_or_foreign_is_refused() {
        let long = "9f".repeat(33);
        let odd_colons = format!("9:f{}", "9f".repeat(31));
        for text in ["", "9f2c", "9f2c…", &long, &odd_colons, &format!("{}:", vec!["9f"; 32].join(":"))] {
            assert!(text.parse::<Fingerprint>().is_err(), "{text}");
        }
    }
}
