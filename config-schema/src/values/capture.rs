use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{ValueError, serde_as_text};

/// Where pictures come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(extend("x-allowed" = "auto, kms, test-card or { file: PATH }"))]
pub enum Source {
    /// The screen where there is one, else the test card.
    Auto,
    /// The screen, as the kernel shows it; waits for one while there is none.
    Kms,
    /// A picture made for trying things out: a moving card with a frame counter and a clock.
    TestCard,
    /// A video file, by its absolute path, again and again.
    File(#[schemars(regex(pattern = "^/"))] PathBuf),
}

/// Where the sound of a stream comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SoundSource {
    /// What goes with the pictures: what the box plays with its screen, a tone with the test card, the sound of a video
    /// file.
    Auto,
    /// What the box plays on its default output.
    System,
    /// A quiet steady tone, another one in each ear, for trying things out.
    Tone,
    /// No sound.
    None,
}

/// Which of the machine's video connectors is streamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The first connector that shows a picture.
    Auto,
    /// This connector, by the name that the kernel gives it, such as `HDMI-A-1`.
    Connector(String),
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Connector(name) => name,
        })
    }
}

impl FromStr for Output {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        if is_connector(text) {
            return Ok(Self::Connector(text.to_owned()));
        }
        Err(ValueError::new("an output is auto or a connector as listed in /sys/class/drm, such as HDMI-A-1"))
    }
}

/// `HDMI-A-1`, `DP-2`, `eDP-1`: a type, perhaps a letter, and a number without a leading zero.
fn is_connector(name: &str) -> bool {
    let Some((kind, number)) = name.rsplit_once('-') else { return false };
    let (kind, letter) = kind.split_once('-').unwrap_or((kind, "A"));
    !kind.is_empty()
        && name.len() <= 32
        && kind.bytes().all(|b| b.is_ascii_alphabetic())
        && letter.len() == 1
        && letter.bytes().all(|b| b.is_ascii_uppercase())
        && !number.is_empty()
        && !number.starts_with('0')
        && number.bytes().all(|b| b.is_ascii_digit())
}

serde_as_text!(Output, "auto or a connector such as HDMI-A-1");

impl JsonSchema for Output {
    fn schema_name() -> Cow<'static, str> {
        "Output".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(auto|[A-Za-z]+(-[A-Z])?-[1-9][0-9]*)$",
            "maxLength": 32,
            "x-allowed": "auto or a connector such as HDMI-A-1",
            "examples": ["HDMI-A-1", "DP-2"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connectors_are_named_as_the_kernel_names_them() {
        for name in ["HDMI-A-1", "DP-2", "eDP-1", "DVI-D-1", "Virtual-1", "LVDS-1", "DSI-12"] {
            assert_eq!(name.parse::<Output>().unwrap(), Output::Connector(name.to_owned()));
        }
        for name in [
            "",
            "HDMI",
            "HDMI-A",
            "HDMI-A-",
            "HDMI-A-0",
            "HDMI 1",
            "card0-HDMI-A-1",
            "-1",
            "../x-1",
            "HDMI-a-1",
        ] {
            assert!(name.parse::<Output>().is_err(), "{name}");
        }
    }
}
