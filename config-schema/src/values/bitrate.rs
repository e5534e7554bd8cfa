use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{ValueError, serde_as_text, split_unit};

/// A bitrate in whole kbit/s (1 kbit/s = 1000 bit/s), written `500kbit/s`, `20Mbit/s` or `1.5Gbit/s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bitrate(u32);

impl Bitrate {
    /// A bitrate of `kbps` kbit/s.
    pub const fn from_kbps(kbps: u32) -> Self {
        Self(kbps)
    }

    /// In kbit/s.
    pub const fn kbps(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Bitrate {
    /// The largest unit that leaves a whole number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            kbps if kbps >= 1_000_000 && kbps % 1_000_000 == 0 => write!(f, "{}Gbit/s", kbps / 1_000_000),
            kbps if kbps >= 1_000 && kbps % 1_000 == 0 => write!(f, "{}Mbit/s", kbps / 1_000),
            kbps => write!(f, "{kbps}kbit/s"),
        }
    }
}

impl FromStr for Bitrate {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let (number, unit) = split_unit(text);
        let kbps_per_unit = match unit {
            "kbit/s" | "Kbit/s" => 1,
            "Mbit/s" | "mbit/s" => 1_000,
            "Gbit/s" | "gbit/s" => 1_000_000,
            _ => return Err(unknown_unit(number, unit)),
        };
        let kbps = kbps(number, kbps_per_unit)
            .ok_or_else(|| ValueError::new("a bitrate is a number of whole kbit/s, such as 1.5Mbit/s"))?;
        Ok(Self(kbps))
    }
}

/// `1.5` of 1000 → 1500; `None` for what is not a number, does not fit, or leaves part of a kbit/s.
fn kbps(number: &str, per_unit: u32) -> Option<u32> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if fraction.is_empty() || fraction.len() > 6 {
        return None;
    }
    let whole = whole.parse::<u32>().ok()?.checked_mul(per_unit)?;
    let millionths = fraction.parse::<u64>().ok()? * 10u64.pow(6 - fraction.len() as u32);
    let part = millionths * u64::from(per_unit);
    if !part.is_multiple_of(1_000_000) {
        return None;
    }
    whole.checked_add(u32::try_from(part / 1_000_000).ok()?)
}

fn unknown_unit(number: &str, unit: &str) -> ValueError {
    if number.is_empty() {
        return ValueError::new("a bitrate starts with a number, such as 20Mbit/s");
    }
    let bits = if unit.contains('B') { " (bits, not bytes)" } else { "" };
    let unit = match unit.chars().next().map(|c| c.to_ascii_lowercase()) {
        Some('k') => "kbit/s",
        Some('g') => "Gbit/s",
        _ => "Mbit/s",
    };
    ValueError::new(format!("a bitrate needs its unit, kbit/s, Mbit/s or Gbit/s{bits}: write {number}{unit}"))
}

serde_as_text!(Bitrate, "a bitrate such as 20Mbit/s");

impl JsonSchema for Bitrate {
    fn schema_name() -> Cow<'static, str> {
        "Bitrate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]+(\\.[0-9]{1,6})? *([kK]|[mM]|[gG])bit/s$",
            "x-kind": "bitrate",
            "x-allowed": "a bitrate",
            "examples": ["500kbit/s", "20Mbit/s"],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> u32 {
        text.parse::<Bitrate>().unwrap().kbps()
    }

    fn refused(text: &str) -> String {
        text.parse::<Bitrate>().unwrap_err().to_string()
    }

    #[test]
    fn units_are_powers_of_a_thousand() {
        assert_eq!(parsed("500kbit/s"), 500);
        assert_eq!(parsed("20Mbit/s"), 20_000);
        assert_eq!(parsed("20 Mbit/s"), 20_000);
        assert_eq!(parsed("1.5Mbit/s"), 1_500);
        assert_eq!(parsed("0.000001Gbit/s"), 1);
        assert_eq!(parsed("1.25Gbit/s"), 1_250_000);
    }

    #[test]
    fn a_missing_or_foreign_unit_is_answered_with_what_to_write() {
        assert!(refused("20").ends_with("write 20Mbit/s"));
        assert!(refused("20Mbps").ends_with("write 20Mbit/s"));
        assert!(refused("500kB/s").contains("(bits, not bytes): write 500kbit/s"));
        assert!(refused("fast").contains("starts with a number"));
    }

    #[test]
    fn parts_of_a_kilobit_and_numbers_too_large_are_refused() {
        for text in ["0.5kbit/s", "1.2345Mbit/s", "1.Mbit/s", ".5Mbit/s", "1.2.3Mbit/s", "99999Gbit/s"] {
            refused(text);
        }
    }

    proptest! {
        #[test]
        fn every_bitrate_reads_back_as_written(kbps: u32) {
            prop_assert_eq!(parsed(&Bitrate(kbps).to_string()), kbps);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = text.parse::<Bitrate>();
        }
    }
}
