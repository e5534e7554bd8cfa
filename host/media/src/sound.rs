//! Sound: where it comes from, and Opus.
//!
//! Everything here speaks in blocks of 5 ms at 48 kHz: interleaved samples from −1 to 1, in the order front left, front
//! right, centre, low frequencies, rear left, rear right, side left, side right.

mod channels;
mod film;
mod hearing;
mod opus;
mod opus_decoder;
mod system;
mod tone;

use std::path::PathBuf;
use std::time::Duration;

pub use channels::{Channels, Coupling, remix};
pub use film::FilmSound;
pub use hearing::{loudness, tone_level};
pub use opus::{FrameLength, OpusEncoder, OpusError, OpusSpec};
pub use opus_decoder::{OpusDecodeError, OpusDecoder};
pub use system::SystemSource;
pub use tone::{TONE_HZ, ToneSource};

use crate::file::FilmClock;

/// Samples a second of every channel.
pub const SAMPLE_RATE: u32 = 48_000;
/// Samples of every channel in a block: 5 ms.
pub const BLOCK_SAMPLES: usize = 240;
/// The time that a block lasts.
pub const BLOCK_TIME: Duration = Duration::from_millis(5);

/// Something that sounds. It is paced by itself: a block comes when its time has.
pub trait SoundSource: Send {
    /// The channels of its blocks; they stay as they are while it lives.
    fn channels(&self) -> Channels;

    /// Writes the next block into `block`, which has room for it, and says when its first sample was heard, Unix
    /// nanoseconds. `None` when nothing came within about `wait`.
    ///
    /// # Errors
    /// The source has gone; another one has to be opened.
    fn next(&mut self, block: &mut [f32], wait: Duration) -> Result<Option<u64>, SoundError>;
}

/// Which sound to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoundSpec {
    /// A steady tone, another one in each ear.
    Tone,
    /// What the box plays.
    System,
    /// The sound of a media file, in step with its pictures.
    Film(PathBuf),
}

/// Why there is no sound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SoundError {
    /// Opus cannot be made.
    #[error(transparent)]
    Opus(#[from] OpusError),
    /// The library that speaks to the sound server is not there.
    #[error(
        "the library that speaks to the sound server is missing ({reason}); install it (Debian: libpulse0), or set audio.source to none"
    )]
    Library {
        /// What the linker said.
        reason: String,
    },
    /// The sound server is not there, or gives nothing.
    #[error(
        "the sound server gives no sound ({reason}); start PipeWire or PulseAudio for the whole system and let this service's user in, or set audio.source to none"
    )]
    Server {
        /// What it said.
        reason: String,
    },
    /// The film's sound cannot be read.
    #[error(
        "the sound of {path} cannot be played ({reason}); give a film whose sound FFmpeg can read, or set audio.source to none",
        path = .path.display()
    )]
    Film {
        /// The film.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl SoundError {
    /// A stable word for this reason, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Opus(OpusError::NoEncoder) => "sound_without_opus",
            Self::Opus(OpusError::Failed { .. }) => "sound_not_encoded",
            Self::Library { .. } => "sound_library_missing",
            Self::Server { .. } => "sound_server_silent",
            Self::Film { .. } => "film_sound_unplayable",
        }
    }

    /// What the [sentence](ToString) is about, by name.
    #[must_use]
    pub fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Opus(OpusError::NoEncoder) => Vec::new(),
            Self::Opus(OpusError::Failed { reason, .. })
            | Self::Library { reason }
            | Self::Server { reason } => {
                vec![("reason", reason.clone())]
            }
            Self::Film { path, reason } => {
                vec![("path", path.display().to_string()), ("reason", reason.clone())]
            }
        }
    }
}

/// Opens a source that has up to `most` channels; a film's sound goes by `clock`, which its pictures move. `None` for a film
/// that has no sound.
///
/// # Errors
/// The reason, with what to do about it.
pub fn open_sound(
    spec: &SoundSpec,
    most: Channels,
    clock: &FilmClock,
) -> Result<Option<Box<dyn SoundSource>>, SoundError> {
    Ok(match spec {
        SoundSpec::Tone => Some(Box::new(ToneSource::new(most))),
        SoundSpec::System => Some(Box::new(SystemSource::open(most, None)?)),
        SoundSpec::Film(path) => {
            FilmSound::open(path, most, clock.clone())?.map(|film| Box::new(film) as Box<dyn SoundSource>)
        }
    })
}
