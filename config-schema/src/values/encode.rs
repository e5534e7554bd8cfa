use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who compresses the pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    /// The graphics card where it can, else the processor.
    #[default]
    Auto,
    /// The processor.
    Software,
    /// The graphics card, through VA-API.
    Vaapi,
}

/// A video codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Codec {
    /// H.264 (AVC): every client decodes it.
    H264,
    /// H.265 (HEVC): a better picture at the same bitrate.
    Hevc,
    /// AV1: better again, on recent hardware.
    Av1,
}
