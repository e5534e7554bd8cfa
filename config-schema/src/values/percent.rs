use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::ValueError;

/// A whole share of a hundred, written `10%` (or just `10`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u8);

impl Percent {
    /// `value` percent; `None` over 100.
    pub const fn new(value: u8) -> Option<Self> {
        if value <= 100 { Some(Self(value)) } else { None }
    }

    /// 0 to 100.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

impl std::str::FromStr for Percent {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let number = text.strip_suffix('%').unwrap_or(text).trim_end_matches(' ');
        let whole = number.bytes().all(|b| b.is_ascii_digit()).then(|| number.parse().ok()).flatten();
        whole
            .and_then(Self::new)
            .ok_or_else(|| ValueError::new("a share is a whole number of percent up to 100, such as 10%"))
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrText;
        impl Visitor<'_> for NumberOrText {
            type Value = Percent;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a percentage such as 10%")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Percent, E> {
                text.parse().map_err(E::custom)
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Percent, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_any(NumberOrText)
    }
}

impl JsonSchema for Percent {
    fn schema_name() -> Cow<'static, str> {
        "Percent".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "pattern": "^[0-9]{1,3} *%?$",
            "minimum": 0,
            "maximum": 100,
            "x-kind": "percent",
            "x-allowed": "a percentage",
            "examples": ["10%"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_may_be_left_out() {
        assert_eq!("10%".parse::<Percent>().unwrap().get(), 10);
        assert_eq!("10 %".parse::<Percent>().unwrap().get(), 10);
        assert_eq!("10".parse::<Percent>().unwrap().get(), 10);
    }

    #[test]
    fn more_than_the_whole_and_fractions_are_refused() {
        for text in ["101%", "1.5%", "-1%", "+5%", "%", "", "ten"] {
            assert!(text.parse::<Percent>().is_err(), "{text}");
        }
    }
}
