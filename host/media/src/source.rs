//! Where pictures come from.

use std::path::PathBuf;
use std::time::Duration;

use crate::file::{FileSource, FilmClock};
use crate::kms::{KmsSource, KmsSpec, ScreenError};
use crate::picture::Picture;
use crate::testcard::{TestCardSource, TestCardSpec};

/// Something that produces pictures: a screen, a media file, a test card.
pub trait Source: Send {
    /// What is being shown now. Size and rate may change while a source lives (a screen's mode, for instance).
    fn describe(&self) -> SourceInfo;

    /// The next picture, waiting at most `wait` for it. `Ok(None)` means that nothing new came in that time;
    /// ask again.
    ///
    /// # Errors
    /// Why there is no picture at the moment. A session shows the error's sentence as a still picture
    /// ([`StatusCard`](crate::StatusCard)) and goes on asking, since a screen may come back.
    fn next(&mut self, wait: Duration) -> Result<Option<Picture<'_>>, SourceError>;
}

/// What a source shows.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceInfo {
    /// For people: `test card`, a connector's name, a file's name.
    pub name: String,
    /// Picture width in pixels.
    pub width: u32,
    /// Picture height in pixels.
    pub height: u32,
    /// Pictures a second; 0 where unknown.
    pub refresh_hz: f64,
}

/// Which source to open.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceSpec {
    /// The built-in test card; needs no display.
    TestCard(TestCardSpec),
    /// A media file, shown in a loop.
    File(PathBuf),
    /// The machine's own screen, through the screen broker.
    Kms(KmsSpec),
}

/// Why a source cannot be opened or has no picture.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The machine's own screen cannot be shown at the moment.
    #[error(transparent)]
    Screen(#[from] ScreenError),
    /// The media file cannot be opened or decoded.
    #[error("cannot play {path}: {reason}; give a video file that FFmpeg can read", path = path.display())]
    File {
        /// The file as it was given.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The test card cannot have this size or rate.
    #[error(
        "a test card of {width}x{height} at {refresh_hz} Hz cannot be drawn; sides may be 64 to 8192 pixels, 1 to 480 Hz"
    )]
    TestCard {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Pictures a second.
        refresh_hz: u32,
    },
}

impl SourceError {
    /// A stable word for this reason, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Screen(error) => error.code(),
            Self::File { .. } => "file_unplayable",
            Self::TestCard { .. } => "test_card_mode",
        }
    }

    /// What the [sentence](ToString) is about, by name.
    #[must_use]
    pub fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Screen(error) => error.params(),
            Self::File { path, reason } => {
                vec![("path", path.display().to_string()), ("reason", reason.clone())]
            }
            Self::TestCard { width, height, refresh_hz } => {
                vec![("mode", format!("{width}x{height}@{refresh_hz}"))]
            }
        }
    }
}

/// Opens a source.
///
/// # Errors
/// The reason, with what to do about it.
pub fn open_source(spec: &SourceSpec) -> Result<Box<dyn Source>, SourceError> {
    open_source_with(spec, FilmClock::default())
}

/// The same. A film tells by `clock` where it is.
///
/// # Errors
/// The reason, with what to do about it.
pub fn open_source_with(spec: &SourceSpec, clock: FilmClock) -> Result<Box<dyn Source>, SourceError> {
    Ok(match spec {
        SourceSpec::TestCard(card) => Box::new(TestCardSource::open(card)?),
        SourceSpec::File(path) => Box::new(FileSource::open_with(path, clock)?),
        SourceSpec::Kms(screen) => Box::new(KmsSource::new(screen.clone())),
    })
}
