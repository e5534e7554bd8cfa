//! The code by which somebody shows that he is at the box.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use punktfunk_trust::Randomness;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// No letter or digit that is taken for another.
const ALPHABET: &[u8; 30] = b"ABCDEFGHJKMNPQRSTVWXYZ23456789";
/// Characters of a code: one of 6 * 10^11, so that the delay between tries is all that guessing meets.
const LENGTH: usize = 8;

/// A claim code. Shown as `XXXX-XXXX`; printing it for debugging shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimCode([u8; LENGTH]);

impl ClaimCode {
    pub(crate) fn new(random: &mut dyn Randomness) -> Self {
        Self(std::array::from_fn(|_| {
            let at = random.below(ALPHABET.len() as u64);
            ALPHABET[usize::try_from(at).unwrap_or_default()]
        }))
    }

    /// Whether `typed` is this code; case, spaces and dashes do not count.
    pub(crate) fn is(&self, typed: &str) -> bool {
        parse(typed).is_some_and(|typed| verify_slices_are_equal(&typed, &self.0).is_ok())
    }
}

fn parse(typed: &str) -> Option<[u8; LENGTH]> {
    let mut letters =
        typed.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).map(|byte| byte.to_ascii_uppercase());
    let mut code = [0; LENGTH];
    for place in &mut code {
        *place = letters.next().filter(|letter| ALPHABET.contains(letter))?;
    }
    letters.next().is_none().then_some(code)
}

/// The text is no claim code.
#[derive(Debug, thiserror::Error)]
#[error("a claim code has eight letters and digits, such as ABCD-2345")]
pub struct BadClaimCode;

impl FromStr for ClaimCode {
    type Err = BadClaimCode;

    fn from_str(text: &str) -> Result<Self, BadClaimCode> {
        parse(text).map(Self).ok_or(BadClaimCode)
    }
}

impl fmt::Display for ClaimCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = std::str::from_utf8(&self.0).unwrap_or_default();
        let (left, right) = text.split_at(LENGTH / 2);
        write!(f, "{left}-{right}")
    }
}

impl fmt::Debug for ClaimCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClaimCode(…)")
    }
}

impl Serialize for ClaimCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClaimCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use punktfunk_trust::SystemRandomness;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let code = ClaimCode(*b"ABCD2345");
        assert_eq!(code.to_string(), "ABCD-2345");
        for typed in ["ABCD-2345", "abcd2345", " ab cd-23 45 "] {
            assert!(code.is(typed), "{typed}");
        }
        for typed in ["", "ABCD-234", "ABCD-23455", "ABCD-2346", "ABCD_2345", "ÄBCD-2345", "ABCD-2345\0"] {
            assert!(!code.is(typed), "{typed}");
        }
    }

    #[test]
    fn codes_differ_and_use_the_whole_alphabet() {
        let mut random = SystemRandomness::default();
        let codes: Vec<ClaimCode> = (0..500).map(|_| ClaimCode::new(&mut random)).collect();
        assert!(ALPHABET.iter().all(|letter| codes.iter().any(|code| code.0.contains(letter))));
        assert!(codes.iter().skip(1).all(|code| *code != codes[0]));
    }

    #[test]
    fn a_code_is_not_printed_by_accident() {
        assert_eq!(format!("{:?}", ClaimCode(*b"ABCD2345")), "ClaimCode(…)");
    }
}
