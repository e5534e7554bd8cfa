//! A WAVE file that is being written: stereo, 16 bits a sample, its lengths put right at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::output::OutputError;

/// Samples a second.
pub(crate) const RATE: u32 = 48_000;
const CHANNELS: u16 = 2;
/// Bytes in front of the samples.
const HEADER_BYTES: u32 = 44;

/// The file.
pub(crate) struct WaveFile {
    path: PathBuf,
    file: BufWriter<File>,
    bytes: u32,
    /// The file was there before, and what is in it stays until there is something to put in its place.
    existed: bool,
}

impl WaveFile {
    /// Creates the file right away: a path that cannot be written is told before anybody has to approve anything.
    pub(crate) fn create(path: &Path) -> Result<Self, OutputError> {
        let existed = path.exists();
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|source| OutputError::Write { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file), bytes: 0, existed })
    }

    /// Adds samples, interleaved. What goes beyond the format's 4 GiB is left out.
    pub(crate) fn write(&mut self, samples: &[i16]) -> Result<(), OutputError> {
        let first = self.bytes == 0;
        let Some(bytes) = self.bytes.checked_add(samples.len() as u32 * 2) else { return Ok(()) };
        if bytes > u32::MAX - HEADER_BYTES {
            return Ok(());
        }
        self.bytes = bytes;
        let mut write = || {
            if first {
                self.file.get_ref().set_len(0)?;
                self.file.write_all(&header(0))?;
            }
            samples.iter().try_for_each(|sample| self.file.write_all(&sample.to_le_bytes()))
        };
        write().map_err(|source| self.failed(source))
    }

    /// Puts the lengths right.
    pub(crate) fn finish(mut self) -> Result<(), OutputError> {
        if self.bytes == 0 {
            return Err(OutputError::Silent(self.path.clone()));
        }
        let mut finish = || -> io::Result<()> {
            self.file.seek(SeekFrom::Start(0))?;
            self.file.write_all(&header(self.bytes))?;
            self.file.flush()
        };
        finish().map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> OutputError {
        OutputError::Write { path: self.path.clone(), source }
    }
}

/// A session without sound leaves no empty file behind.
impl Drop for WaveFile {
    fn drop(&mut self) {
        if self.bytes == 0 && !self.existed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn header(bytes: u32) -> Vec<u8> {
    let frame = CHANNELS * 2;
    let mut header = b"RIFF".to_vec();
    header.extend_from_slice(&(bytes + HEADER_BYTES - 8).to_le_bytes());
    header.extend_from_slice(b"WAVEfmt ");
    header.extend_from_slice(&16_u32.to_le_bytes());
    header.extend_from_slice(&1_u16.to_le_bytes());
    header.extend_from_slice(&CHANNELS.to_le_bytes());
    header.extend_from_slice(&RATE.to_le_bytes());
    header.extend_from_slice(&(RATE * u32::from(frame)).to_le_bytes());
    header.extend_from_slice(&frame.to_le_bytes());
    header.extend_from_slice(&16_u16.to_le_bytes());
    header.extend_from_slice(b"data");
    header.extend_from_slice(&bytes.to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lengths_are_right_at_the_end() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("a.wav");
        fs::write(&path, vec![7; 10_000]).expect("written");
        let mut wave = WaveFile::create(&path).expect("created");
        wave.write(&[1, -1]).expect("written");
        wave.write(&[2, -2]).expect("written");
        wave.finish().expect("written");
        let bytes = fs::read(path).expect("there");
        assert_eq!((bytes.len(), &bytes[..4], &bytes[8..16]), (52, &b"RIFF"[..], &b"WAVEfmt "[..]));
        assert_eq!((&bytes[4..8], &bytes[40..44]), (&[44, 0, 0, 0][..], &[8, 0, 0, 0][..]));
        assert_eq!(bytes[44..], [1, 0, 0xff, 0xff, 2, 0, 0xfe, 0xff]);
    }

    #[test]
    fn without_sound_there_is_an_error_and_no_empty_file() {
        let dir = tempfile::tempdir().expect("dir");
        let (new, old) = (dir.path().join("new.wav"), dir.path().join("old.wav"));
        fs::write(&old, "precious").expect("written");
        for path in [&new, &old] {
            let wave = WaveFile::create(path).expect("created");
            assert!(matches!(wave.finish(), Err(OutputError::Silent(_))));
        }
        assert!(!new.exists() && fs::read(old).expect("there") == b"precious");
        assert!(WaveFile::create(Path::new("/nonexistent/a.wav")).is_err());
    }
}
