use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{ValueError, serde_as_text};

/// A picture's size in pixels and how many there are in a second, written `1920x1080@60`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VideoMode {
    width: u16,
    height: u16,
    refresh_hz: u16,
}

impl VideoMode {
    /// What a side may measure, in pixels.
    pub const SIDES: RangeInclusive<u16> = 64..=8192;
    /// How many pictures a second there may be.
    pub const RATES: RangeInclusive<u16> = 1..=480;

    /// The mode; `None` outside [`SIDES`](Self::SIDES) or [`RATES`](Self::RATES).
    pub const fn new(width: u16, height: u16, refresh_hz: u16) -> Option<Self> {
        let fits = *Self::SIDES.start() <= width
            && width <= *Self::SIDES.end()
            && *Self::SIDES.start() <= height
            && height <= *Self::SIDES.end()
            && *Self::RATES.start() <= refresh_hz
            && refresh_hz <= *Self::RATES.end();
        if fits { Some(Self { width, height, refresh_hz }) } else { None }
    }

    /// In pixels.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// In pixels.
    pub const fn height(self) -> u16 {
        self.height
    }

    /// Pictures a second.
    pub const fn refresh_hz(self) -> u16 {
        self.refresh_hz
    }
}

impl fmt::Display for VideoMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}@{}", self.width, self.height, self.refresh_hz)
    }
}

impl FromStr for VideoMode {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let parts = text.split_once('@').and_then(|(size, hz)| Some((size.split_once('x')?, hz)));
        let ((width, height), hz) = parts.ok_or_else(|| {
            ValueError::new("a mode is width, height and pictures a second, such as 1920x1080@60")
        })?;
        let (Some(width), Some(height), Some(hz)) = (number(width), number(height), number(hz)) else {
            return Err(ValueError::new("a mode is made of whole numbers, such as 1920x1080@60"));
        };
        Self::new(width, height, hz).ok_or_else(|| {
            let (sides, rates) = (Self::SIDES, Self::RATES);
            ValueError::new(format!(
                "a mode has sides of {} to {} pixels and {} to {} pictures a second",
                sides.start(),
                sides.end(),
                rates.start(),
                rates.end()
            ))
        })
    }
}

/// Digits alone, as the schema has it; what is too large for any mode is as good as the largest number.
fn number(text: &str) -> Option<u16> {
    let digits = (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u16::MAX))
}

serde_as_text!(VideoMode, "a mode such as 1920x1080@60");

impl JsonSchema for VideoMode {
    fn schema_name() -> Cow<'static, str> {
        "VideoMode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]{1,5}x[0-9]{1,5}@[0-9]{1,5}$",
            "x-kind": "mode",
            "x-allowed": "a mode: width, height, pictures a second",
            "examples": ["1920x1080@60", "3840x2160@120"],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mode_is_read_as_it_is_written() {
        let mode: VideoMode = "2560x1440@144".parse().unwrap();
        assert_eq!((mode.width(), mode.height(), mode.refresh_hz()), (2560, 1440, 144));
    }

    #[test]
    fn what_is_no_mode_is_answered_with_how_one_looks() {
        for text in
            ["", "1080p", "1920x1080", "1920@60", "x@", "1920 x 1080@60", "+64x64@1", "1920x1080@59.94"]
        {
            let reason = text.parse::<VideoMode>().unwrap_err().to_string();
            assert!(reason.contains("1920x1080@60"), "{text}: {reason}");
        }
    }

    #[test]
    fn what_no_encoder_takes_is_refused() {
        for text in ["63x64@60", "64x8193@60", "99999x64@60", "64x64@0", "64x64@481"] {
            let reason = text.parse::<VideoMode>().unwrap_err().to_string();
            assert!(reason.contains("64 to 8192"), "{text}: {reason}");
        }
    }

    proptest! {
        #[test]
        fn every_mode_reads_back_as_written(width in 64u16..=8192, height in 64u16..=8192, hz in 1u16..=480) {
            let mode = VideoMode::new(width, height, hz).unwrap();
            prop_assert_eq!(mode.to_string().parse::<VideoMode>().unwrap(), mode);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = text.parse::<VideoMode>();
        }
    }
}
