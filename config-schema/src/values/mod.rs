//! The kinds of value a policy is written in: amounts with units, names of things, addresses.

mod bitrate;
mod capture;
mod duration;
mod encode;
mod fingerprint;
mod host_name;
mod listen;
mod mode;
mod name;
mod percent;
mod port;
mod update_key;
mod url;

pub use bitrate::Bitrate;
pub use capture::{Output, SoundSource, Source};
pub use duration::{format_duration, parse_duration};
pub use encode::{Backend, Codec};
pub use fingerprint::Fingerprint;
pub use host_name::HostName;
pub use listen::Listen;
pub use mode::VideoMode;
pub use percent::Percent;
pub use port::Port;
pub use update_key::UpdateKey;
pub use url::FeedUrl;

pub(crate) use duration::{DurationText, as_text as duration_text};
pub(crate) use name::{is_invisible, name};

/// Why a text is not a value of the kind that was asked for; its sentence says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(String);

impl ValueError {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// Splits `10m` into the number's text and the unit's text; blanks between them are allowed.
fn split_unit(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim_start_matches(' '))
}

/// `Deserialize` from text by `FromStr`, `Serialize` by `Display`.
macro_rules! serde_as_text {
    ($type:ty, $expecting:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $type;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expecting)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                    /// A bare number is answered with what it lacks.
                    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<$type, E> {
                        self.visit_str(&number.to_string())
                    }
                }
                deserializer.deserialize_any(Text)
            }
        }
    };
}
pub(crate) use serde_as_text;
