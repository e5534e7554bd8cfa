use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{ValueError, split_unit};

const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads a span of time: whole numbers with `ms`, `s`, `m`, `h` or `d`, largest unit first, as in
/// `10m` or `1h30m`. A lone `0` needs no unit.
///
/// # Errors
/// A sentence that says what to write when the unit is missing or unknown, or the number too large.
pub fn parse_duration(text: &str) -> Result<Duration, ValueError> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let mut rest = text;
    let mut total: u64 = 0;
    let mut smallest = u64::MAX;
    loop {
        let (number, tail) = split_unit(rest);
        let unit_end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, after) = tail.split_at(unit_end);
        let millis = unit_millis(number, unit)?;
        if millis >= smallest {
            return Err(ValueError::new("a duration names each unit once, the largest first, as in 1h30m"));
        }
        smallest = millis;
        total = number
            .parse::<u64>()
            .ok()
            .and_then(|n| n.checked_mul(millis))
            .and_then(|n| n.checked_add(total))
            .ok_or_else(|| ValueError::new("a duration is made of whole numbers, as in 90s or 1h30m"))?;
        rest = after.trim_start_matches(' ');
        if rest.is_empty() {
            return Ok(Duration::from_millis(total));
        }
    }
}

/// Writes a span of time so that [`parse_duration`] reads it back: `10m`, `1h30m`, `1s500ms`, `0s`.
/// Parts of a millisecond are dropped.
pub fn format_duration(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if rest == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, millis) in UNITS {
        // Days are read but written in hours: 36h says more than 1d12h.
        if unit != "d" && rest >= millis {
            text.push_str(&format!("{}{unit}", rest / millis));
            rest %= millis;
        }
    }
    text
}

fn unit_millis(number: &str, unit: &str) -> Result<u64, ValueError> {
    if number.is_empty() {
        return Err(ValueError::new("a duration starts with a number, such as 10m"));
    }
    UNITS.into_iter().find(|(name, _)| *name == unit).map(|(_, millis)| millis).ok_or_else(|| {
        let suggestion = match unit.chars().next() {
            Some('h' | 'H') => "h",
            Some('d' | 'D') => "d",
            Some('m' | 'M') if !unit.starts_with("mi") || unit.starts_with("min") => "m",
            Some('m') => "ms",
            _ => "s",
        };
        ValueError::new(format!("a duration needs its unit, ms, s, m, h or d: write {number}{suggestion}"))
    })
}

/// The schema of a duration; the value itself is a [`std::time::Duration`].
pub(crate) struct DurationText;

impl JsonSchema for DurationText {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "pattern": "^(0|([0-9]+ *d)? *([0-9]+ *h)? *([0-9]+ *m)? *([0-9]+ *s)? *([0-9]+ *ms)?)$",
            "minLength": 1,
            "minimum": 0,
            "maximum": 0,
            "x-kind": "duration",
            "x-allowed": "a duration",
            "examples": ["2s", "10m", "1h30m"],
        })
    }
}

/// For `#[serde(with)]`: a `Duration` as its text.
pub(crate) mod as_text {
    use std::fmt;
    use std::time::Duration;

    use serde::de::{Deserializer, Error, Visitor};
    use serde::ser::Serializer;

    pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::format_duration(*duration))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Duration;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration such as 10m")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
                super::parse_duration(text).map_err(E::custom)
            }
            /// `hold: 0` is clear without a unit; any other bare number is refused with a hint.
            fn visit_u64<E: Error>(self, number: u64) -> Result<Duration, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_any(Text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> String {
        parse_duration(text).unwrap_err().to_string()
    }

    #[test]
    fn units_reach_from_milliseconds_to_days() {
        for (text, millis) in [
            ("250ms", 250),
            ("2s", 2_000),
            ("10m", 600_000),
            ("10 m", 600_000),
            ("1h30m", 5_400_000),
            ("1h 30m", 5_400_000),
            ("1d", 86_400_000),
            ("0", 0),
            ("0s", 0),
        ] {
            assert_eq!(parse_duration(text).unwrap(), Duration::from_millis(millis), "{text}");
        }
    }

    #[test]
    fn a_missing_or_foreign_unit_is_answered_with_what_to_write() {
        assert!(refused("10").ends_with("write 10s"));
        assert!(refused("10min").ends_with("write 10m"));
        assert!(refused("5 minutes").ends_with("write 5m"));
        assert!(refused("3sec").ends_with("write 3s"));
        assert!(refused("soon").contains("starts with a number"));
        assert!(refused("").contains("starts with a number"));
    }

    #[test]
    fn fractions_repeated_units_and_numbers_too_large_are_refused() {
        for text in ["1.5h", "1m1m", "1s1m", "-1s", "99999999999999999999s", "999999999999999d"] {
            refused(text);
        }
    }

    proptest! {
        #[test]
        fn every_duration_reads_back_as_written(millis in 0..=u64::MAX) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(parse_duration(&format_duration(duration)).unwrap(), duration);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = parse_duration(&text);
        }
    }
}
