//! What is kept of the record when the host goes down: decisions and tries, no mere knocks, newest first in one bounded file.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use punktfunk_trust::{Happening, read_private, replace_private};
use serde::{Deserialize, Serialize};

use super::{Book, Recorded, Recording};

/// The file's name in the state directory.
pub const RECORD_FILE: &str = "record.json";

/// Lines that are kept: with those of a run, no more than one request answers.
const MOST: usize = 480;
/// The largest file that is read, in bytes; the largest that is written is about half of it.
const MAX_BYTES: u64 = 1024 * 1024;
const VERSION: u8 = 1;

/// The record of the runs before this one, and the file for the next.
#[derive(Debug)]
pub struct Kept {
    path: PathBuf,
    earlier: Vec<Recorded>,
    written: Mutex<Vec<Recorded>>,
}

#[derive(Serialize, Deserialize)]
struct Document {
    version: u8,
    lines: Vec<Recorded>,
}

impl Kept {
    /// Reads what was kept in `state_dir`. A record that cannot be read is no reason not to stream: it is moved aside, and
    /// the log says so.
    pub fn open(state_dir: &Path) -> Self {
        let path = state_dir.join(RECORD_FILE);
        let earlier = read(&path).unwrap_or_else(|error| {
            let aside = path.with_extension("json.damaged");
            let moved = std::fs::rename(&path, &aside).is_ok();
            let path = path.display();
            tracing::warn!(
                moved,
                "the record of earlier runs in {path} cannot be read: {error}; a new one is begun"
            );
            Vec::new()
        });
        Self { path, written: Mutex::new(earlier.clone()), earlier }
    }

    /// The record of earlier runs, newest first.
    pub fn earlier(&self) -> &[Recorded] {
        &self.earlier
    }

    /// The number of a book's last line from an earlier run; 0 if there is none.
    pub fn last(&self, book: Book) -> u64 {
        self.earlier.iter().filter(|line| line.book == book).map(|line| line.number).max().unwrap_or(0)
    }

    /// Keeps what is worth it of `lines`, the whole record, newest first; the disk is left alone where that has not changed.
    ///
    /// # Errors
    /// Those of writing; then the file is what it was before.
    pub fn save(&self, lines: Vec<Recorded>) -> io::Result<()> {
        let lines: Vec<_> = lines.into_iter().filter(is_kept).take(MOST).collect();
        let mut written = self.written.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *written == lines {
            return Ok(());
        }
        let document = Document { version: VERSION, lines };
        replace_private(&self.path, &serde_json::to_vec(&document)?)?;
        *written = document.lines;
        Ok(())
    }
}

/// Anybody on the network can knock, as often as he likes: nothing is written for that.
fn is_kept(line: &Recorded) -> bool {
    line.what != Recording::Admission(Happening::Knocked)
}

fn read(path: &Path) -> io::Result<Vec<Recorded>> {
    let Some(bytes) = read_private(path, MAX_BYTES)? else { return Ok(Vec::new()) };
    let Document { version, mut lines } = serde_json::from_slice(&bytes)?;
    if version != VERSION {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it has version {version}")));
    }
    lines.truncate(MOST);
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::owner::OwnerHappening;

    fn line(number: u64, what: Recording) -> Recorded {
        let book = if matches!(what, Recording::Owner(_)) { Book::Owner } else { Book::Admission };
        Recorded {
            number,
            book,
            at: 1_700_000_000,
            what,
            fingerprint: None,
            words: None,
            colour: None,
            name: Some("Kitchen tablet".to_owned()),
            browser: None,
            system: None,
            by: None,
            source: Some("192.168.1.23".to_owned()),
        }
    }

    #[test]
    fn decisions_come_back_in_their_order_and_numbers_go_on() {
        let dir = tempfile::tempdir().unwrap();
        let kept = Kept::open(dir.path());
        assert_eq!((kept.earlier(), kept.last(Book::Owner)), (&[][..], 0));
        let lines = vec![
            line(7, Recording::Admission(Happening::Revoked)),
            line(3, Recording::Owner(OwnerHappening::WrongPassword)),
            line(2, Recording::Admission(Happening::Approved)),
        ];
        kept.save(lines.clone()).unwrap();
        let kept = Kept::open(dir.path());
        assert_eq!(kept.earlier(), lines);
        assert_eq!((kept.last(Book::Admission), kept.last(Book::Owner)), (7, 3));
    }

    #[test]
    fn knocks_are_not_written_and_the_file_does_not_grow() {
        let dir = tempfile::tempdir().unwrap();
        let kept = Kept::open(dir.path());
        kept.save(vec![line(1, Recording::Admission(Happening::Knocked))]).unwrap();
        assert!(!dir.path().join(RECORD_FILE).exists(), "a knock alone writes nothing");
        let many =
            (0..5000).rev().map(|number| line(number, Recording::Admission(Happening::WrongPin))).collect();
        kept.save(many).unwrap();
        let kept = Kept::open(dir.path());
        assert_eq!((kept.earlier().len(), kept.last(Book::Admission)), (MOST, 4999));
    }

    #[test]
    fn a_damaged_record_is_put_aside_and_a_new_one_begun() {
        let dir = tempfile::tempdir().unwrap();
        for damaged in ["", "{", r#"{"version":2,"lines":[]}"#, r#"{"version":1,"lines":[{"number":1}]}"#] {
            std::fs::write(dir.path().join(RECORD_FILE), damaged).unwrap();
            assert_eq!(Kept::open(dir.path()).earlier(), &[]);
            assert_eq!(std::fs::read_to_string(dir.path().join("record.json.damaged")).unwrap(), damaged);
        }
        let kept = Kept::open(dir.path());
        kept.save(vec![line(1, Recording::Admission(Happening::Denied))]).unwrap();
        assert_eq!(Kept::open(dir.path()).earlier().len(), 1);
    }
}
