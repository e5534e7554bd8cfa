//! The sound of a session: one source, one encoder for each format that is wanted, fanned out to those who listen.

mod fan;
mod pipeline;
mod slot;
mod source;

use std::sync::Arc;

use punktfunk_media::sound::{OpusSpec, SoundSpec};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) use fan::SoundFan;
pub(super) use pipeline::spawn;
pub use slot::{SOUND_DEPTH, SoundSlot};
pub use source::sound_spec;

/// One packet of sound on its way to the viewers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SoundPacket {
    /// The Opus packet.
    pub opus: Vec<u8>,
    /// When its first sample was heard, Unix nanoseconds.
    pub captured_at_ns: u64,
}

impl AsRef<[u8]> for SoundPacket {
    fn as_ref(&self) -> &[u8] {
        &self.opus
    }
}

/// What is heard in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = SoundHeard)]
pub enum SoundShown {
    /// The test tone.
    Tone,
    /// What the box plays.
    System,
    /// The sound of the video file that is shown.
    Film,
}

impl From<&SoundSpec> for SoundShown {
    fn from(spec: &SoundSpec) -> Self {
        match spec {
            SoundSpec::Tone => Self::Tone,
            SoundSpec::System => Self::System,
            SoundSpec::Film(_) => Self::Film,
        }
    }
}

/// What a viewer wants to hear.
#[derive(Debug, Clone)]
pub struct SoundWish {
    /// Where the sound comes from, when this viewer's session is the first to need to know.
    pub source: SoundSpec,
    /// What it is encoded as.
    pub format: OpusSpec,
    /// Where it is put.
    pub slot: Arc<SoundSlot>,
}
