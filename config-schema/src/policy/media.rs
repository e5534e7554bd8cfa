use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::{Backend, Bitrate, Codec, Output, Percent, SoundSource, Source};

/// What is streamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Capture {
    /// Where pictures come from: `auto` the screen where there is one, else the test card; `kms` always the
    /// screen, waiting for one; `test-card` a moving picture for trying things out; `{ file: PATH }` a video
    /// file, again and again.
    #[serde(with = "serde_yaml::with::singleton_map")]
    #[schemars(with = "Source")]
    pub source: Source,

    /// Which screen, by its connector as listed in /sys/class/drm, such as `HDMI-A-1`; `auto` takes the
    /// first that shows a picture.
    pub output: Output,
}

impl Default for Capture {
    fn default() -> Self {
        Self { source: Source::Auto, output: Output::Auto }
    }
}

/// What is heard in a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Audio {
    /// Where sound comes from: `auto` with the screen what the box plays, with the test card a tone, with a video file
    /// its own sound; `system` always what the box plays, from a PipeWire or PulseAudio that runs for the whole system;
    /// `tone` a quiet tone for trying things out; `none` no sound.
    pub source: SoundSource,
}

impl Default for Audio {
    fn default() -> Self {
        Self { source: SoundSource::Auto }
    }
}

/// How pictures are compressed and protected on their way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Encode {
    /// Who compresses: `auto` the graphics card where it can, else the processor; `software` the processor;
    /// `vaapi` the graphics card. This version has only the processor, and says so at start.
    pub backend: Backend,

    /// The codecs that may be used, in any order. Of those that it decodes and that this box can make, a device gets the
    /// one that it prefers, else HEVC, AV1 or H.264, in this order.
    #[schemars(length(min = 1), extend("uniqueItems" = true))]
    pub codecs: Vec<Codec>,

    /// How many bits a second a stream takes.
    pub bitrate: Bitrates,

    /// How much repair data each picture has when a stream begins. From then on it follows the loss that the device
    /// reports, between 5 % and 50 %; 0 % turns it off for good.
    #[schemars(extend("x-min" = "0%", "x-max" = "50%"))]
    pub fec: Percent,
}

impl Default for Encode {
    fn default() -> Self {
        Self {
            backend: Backend::Auto,
            codecs: vec![Codec::Hevc, Codec::H264],
            bitrate: Bitrates::default(),
            fec: Percent::new(10).expect("10 % is a percentage"),
        }
    }
}

/// How many bits a second a stream takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bitrates {
    /// For a client that asks for none.
    #[schemars(extend("x-min" = "100kbit/s", "x-max" = "2Gbit/s"))]
    pub default: Bitrate,

    /// The least that a stream is cut down to.
    #[schemars(extend("x-min" = "100kbit/s", "x-max" = "2Gbit/s"))]
    pub min: Bitrate,

    /// The most that a client can ask for.
    #[schemars(extend("x-min" = "100kbit/s", "x-max" = "2Gbit/s"))]
    pub max: Bitrate,
}

impl Default for Bitrates {
    fn default() -> Self {
        Self {
            default: Bitrate::from_kbps(20_000),
            min: Bitrate::from_kbps(500),
            max: Bitrate::from_kbps(80_000),
        }
    }
}

/// What a client may do besides watching.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Whether clients may type.
    pub keyboard: bool,

    /// Whether clients may move the pointer, click and scroll.
    pub pointer: bool,

    /// Whether clients may touch the screen with their fingers.
    pub touch: bool,

    /// Whether clients may draw on the screen with a pen.
    pub pen: bool,

    /// How many gamepads all clients together may plug in; 0 for none.
    #[schemars(range(min = 0, max = 16))]
    pub gamepads: u8,
}

impl Default for Input {
    fn default() -> Self {
        Self { keyboard: true, pointer: true, touch: true, pen: true, gamepads: 4 }
    }
}

impl Input {
    /// Whether clients may do anything besides watching.
    #[must_use]
    pub fn any(&self) -> bool {
        self.keyboard || self.pointer || self.touch || self.pen || self.gamepads > 0
    }
}
