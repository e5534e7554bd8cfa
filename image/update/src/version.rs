//! Versions of the system, in the one form that every tool on the way orders alike.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A version: two to four numbers with dots between them, such as `1.2.4`.
///
/// The form is narrow on purpose: systemd-boot, systemd-sysupdate and this program order such versions alike, they
/// fit a partition's label (36 characters) and are safe in a file name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(Vec<u32>);

/// The longest text of a version, in bytes: what is left of a label after `punktfunk-verity_`.
pub const MAX_BYTES: usize = 19;

/// Why a text is no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a version: write two to four numbers with dots between them, such as 1.2.4")]
pub struct BadVersion(String);

impl FromStr for Version {
    type Err = BadVersion;

    fn from_str(text: &str) -> Result<Self, BadVersion> {
        // cut before it is shown: what is no version can be long
        let bad = || BadVersion(text.chars().take(2 * MAX_BYTES).collect());
        if text.len() > MAX_BYTES {
            return Err(bad());
        }
        let numbers: Option<Vec<u32>> = text.split('.').map(number).collect();
        numbers.filter(|numbers| (2..=4).contains(&numbers.len())).map(Self).ok_or_else(bad)
    }
}

/// A number without sign or leading zero, so that a version has one spelling only.
fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, number) in self.0.iter().enumerate() {
            let dot = if place == 0 { "" } else { "." };
            write!(f, "{dot}{number}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Version {
    type Error = BadVersion;

    fn try_from(text: String) -> Result<Self, BadVersion> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let mut versions = ["1.10.0", "1.2.4", "1.2", "1.2.0", "2.0", "0.9.9.9"].map(version);
        versions.sort();
        let texts = versions.map(|version| version.to_string());
        assert_eq!(texts, ["0.9.9.9", "1.2", "1.2.0", "1.2.4", "1.10.0", "2.0"]);
    }

    #[test]
    fn only_numbers_with_dots_are_versions() {
        for text in
            ["", "1", "1.", ".1", "1.02", "1.2.3.4.5", "1.2-rc1", "1.+2", "../1.2", "1.2 ", "4294967296.0"]
        {
            assert!(text.parse::<Version>().is_err(), "{text:?}");
        }
        assert!(format!("{}.0", "1".repeat(400)).parse::<Version>().unwrap_err().to_string().len() < 160);
    }
}
