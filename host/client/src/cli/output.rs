//! `--out`: the stream as it came, every decoded picture, or the last one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use ffmpeg_next::frame;
use punktfunk_client::Codec;

use super::picture::{Rgb, write_planes};

/// What a file name's ending asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The access units one after the other, Annex B.
    Stream(Codec),
    /// Raw planar pictures one after the other.
    Planes,
    /// The last picture.
    Png,
    /// The last picture.
    Ppm,
}

impl Kind {
    pub(crate) fn of(path: &Path) -> Result<Self, String> {
        let ending =
            path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "h264" | "264" => Ok(Self::Stream(Codec::H264)),
            "hevc" | "h265" | "265" => Ok(Self::Stream(Codec::Hevc)),
            "yuv" => Ok(Self::Planes),
            "png" => Ok(Self::Png),
            "ppm" => Ok(Self::Ppm),
            _ => Err(format!(
                "{} must end in .h264 or .hevc (the stream), .yuv (all pictures), .png or .ppm (the last picture)",
                path.display()
            )),
        }
    }
}

/// Why nothing is in the file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    #[error("{} cannot be written: {source}. Check the directory, its rights and its free space.", .path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("the last picture cannot be saved: {0}")]
    Picture(String),
    #[error("no picture was decoded, so {} holds none", .0.display())]
    Nothing(PathBuf),
    #[error("no sound came, so {} holds none. `punktfunk-host status` on the host says what it hears.", .0.display())]
    Silent(PathBuf),
}

/// A file that is being written.
pub(crate) struct Output {
    path: PathBuf,
    kind: Kind,
    file: BufWriter<File>,
    last: Option<frame::Video>,
    scratch: Vec<u8>,
    /// The file was there before, and what is in it stays until there is something to put in its place.
    existed: bool,
    written: bool,
}

impl Output {
    /// Creates the file right away: a path that cannot be written is told before anybody has to approve anything.
    pub(crate) fn create(path: &Path, kind: Kind) -> Result<Self, OutputError> {
        let failed = |source| OutputError::Write { path: path.to_owned(), source };
        let existed = path.exists();
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path).map_err(failed)?;
        let file = BufWriter::new(file);
        Ok(Self {
            path: path.to_owned(),
            kind,
            file,
            last: None,
            scratch: Vec::new(),
            existed,
            written: false,
        })
    }

    pub(crate) fn access_unit(&mut self, bytes: &[u8]) -> Result<(), OutputError> {
        match self.kind {
            Kind::Stream(_) => self.write(bytes),
            Kind::Planes | Kind::Png | Kind::Ppm => Ok(()),
        }
    }

    pub(crate) fn picture(&mut self, picture: &frame::Video) -> Result<(), OutputError> {
        match self.kind {
            Kind::Stream(_) => Ok(()),
            Kind::Planes => {
                let mut planes = std::mem::take(&mut self.scratch);
                planes.clear();
                write_planes(picture, &mut planes).map_err(OutputError::Picture)?;
                self.write(&planes)?;
                self.scratch = planes;
                Ok(())
            }
            Kind::Png | Kind::Ppm => {
                self.last = Some(picture.clone());
                Ok(())
            }
        }
    }

    /// Writes what is written last, and makes sure of it.
    pub(crate) fn finish(mut self) -> Result<(), OutputError> {
        if matches!(self.kind, Kind::Png | Kind::Ppm) {
            let last = self.last.take().ok_or_else(|| OutputError::Nothing(self.path.clone()))?;
            let rgb = Rgb::from_decoded(&last).map_err(OutputError::Picture)?;
            let bytes = if self.kind == Kind::Png {
                rgb.to_png().map_err(OutputError::Picture)?
            } else {
                rgb.to_ppm()
            };
            self.write(&bytes)?;
        }
        self.file.flush().map_err(|source| self.failed(source))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), OutputError> {
        if !std::mem::replace(&mut self.written, true) {
            self.file.get_ref().set_len(0).or_else(accept_pipes).map_err(|source| self.failed(source))?;
        }
        self.file.write_all(bytes).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> OutputError {
        OutputError::Write { path: self.path.clone(), source }
    }
}

/// A refused or empty session leaves no empty file behind.
impl Drop for Output {
    fn drop(&mut self) {
        if !self.written && !self.existed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A pipe has no length to cut.
fn accept_pipes(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::InvalidInput { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_what_is_written() {
        let kind = |path: &str| Kind::of(Path::new(path));
        assert_eq!(kind("a.h264"), Ok(Kind::Stream(Codec::H264)));
        assert_eq!(kind("a.b.HEVC"), Ok(Kind::Stream(Codec::Hevc)));
        assert_eq!(kind("/x/a.png"), Ok(Kind::Png));
        assert!(kind("a").is_err() && kind("a.jpg").is_err() && kind(".png").is_err());
    }

    #[test]
    fn without_a_picture_there_is_an_error_and_no_empty_file() {
        let dir = tempfile::tempdir().expect("dir");
        let (new, old) = (dir.path().join("new.png"), dir.path().join("old.png"));
        fs::write(&old, "precious").expect("written");
        for path in [&new, &old] {
            let output = Output::create(path, Kind::Png).expect("created");
            assert!(matches!(output.finish(), Err(OutputError::Nothing(_))));
        }
        assert!(!new.exists() && fs::read(old).expect("there") == b"precious");
    }

    #[test]
    fn what_was_in_the_file_makes_room() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("a.h264");
        fs::write(&path, "something long from before").expect("written");
        let mut output = Output::create(&path, Kind::Stream(Codec::H264)).expect("created");
        output.access_unit(b"new").expect("written");
        output.finish().expect("written");
        assert_eq!(fs::read(path).expect("there"), b"new");
    }

    #[test]
    fn a_path_that_cannot_be_written_is_refused_at_once() {
        let error = Output::create(Path::new("/nonexistent/a.png"), Kind::Png).err().expect("refused");
        assert!(error.to_string().contains("/nonexistent/a.png"));
    }
}
