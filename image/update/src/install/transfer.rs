//! Filling the idle slot, chunk by chunk.

use serde::Serialize;

use super::{InstallError, Installer};
use crate::chunks::{Chunk, Index, Known, MAX_CHUNK, Place};
use crate::feed::{FeedError, MAX_REQUEST, Pull, small};
use crate::hash::{Hasher, Sha256};
use crate::manifest::{FileEntry, Kind, Manifest};
use crate::slots::{Running, SlotError, Slots};
use crate::state::Journal;

/// After how many bytes what was written is made to last, and the guard is asked again.
pub const CHECKPOINT: u64 = 16 << 20;

/// What an installation is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Looking through the running slot for what need not be fetched.
    Comparing,
    /// Filling the idle slot.
    Downloading,
    /// Reading everything back.
    Verifying,
}

/// How far an installation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// What it is doing.
    pub stage: Stage,
    /// Bytes of the new version that are done with in this stage.
    pub done: u64,
    /// All bytes of the new version.
    pub total: u64,
    /// Bytes that came over the network.
    pub fetched: u64,
    /// Bytes of what is in place that did not have to.
    pub saved: u64,
}

impl Installer<'_> {
    /// Writes all files into the idle slot from where `journal` says on.
    pub(super) fn transfer(
        &mut self,
        manifest: &Manifest,
        journal: &mut Journal,
    ) -> Result<(), InstallError> {
        let total = manifest.total_bytes();
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            let file = manifest.file(kind);
            if journal.written[number] < file.size {
                self.transfer_file(file, number, total, journal)?;
            }
        }
        Ok(())
    }

    fn transfer_file(
        &mut self,
        file: &FileEntry,
        number: usize,
        total: u64,
        journal: &mut Journal,
    ) -> Result<(), InstallError> {
        let index = self.index(file)?;
        let mut known = Known::new(&index);
        self.tell(Stage::Comparing, journal.written.iter().sum(), total, journal);
        self.look_through_running(file.kind, &index, &mut known)?;
        let start = index.chunks().partition_point(|chunk| chunk.offset < journal.written[number]);
        for chunk in &index.chunks()[..start] {
            known.written(&index, chunk);
        }
        let mut throttle = self.throttle;
        let mut pull = Pull::new(self.source, file.name.as_str(), self.patience, &mut throttle);
        let (mut buffer, fetched_before) = (Vec::with_capacity(MAX_CHUNK), journal.fetched);
        let (mut unsynced, mut until) = (0, 0);
        for (place, chunk) in index.chunks().iter().enumerate().skip(start) {
            if !copy(self.slots, file.kind, known.place(&index, chunk), chunk, &mut buffer)? {
                if chunk.offset >= until {
                    until = run_of_missing(&index, &known, place);
                }
                pull.chunk(chunk, until, &mut buffer)?;
                journal.fetched = fetched_before + pull.fetched();
            }
            self.slots.write_new(file.kind, chunk.offset, &buffer)?;
            known.written(&index, chunk);
            unsynced += u64::from(chunk.length);
            let end = chunk.offset + u64::from(chunk.length);
            let done = journal.written[..number].iter().sum::<u64>() + end;
            self.tell(Stage::Downloading, done, total, journal);
            if unsynced >= CHECKPOINT || end == index.size() {
                self.slots.sync_new(file.kind)?;
                journal.written[number] = end;
                self.state.save_journal(journal)?;
                self.guard.nobody_streams()?;
                unsynced = 0;
            }
        }
        self.throttle = throttle;
        Ok(())
    }

    fn index(&self, file: &FileEntry) -> Result<Index, InstallError> {
        let entry = &file.chunks;
        let name = || entry.name.as_str().to_owned();
        let bytes = small(self.source, entry.name.as_str(), entry.size)?;
        if Sha256::of(&bytes) != entry.sha256 {
            return Err(FeedError::Tampered { name: name() }.into());
        }
        Index::parse(&bytes, file.size).map_err(|why| InstallError::Index { name: name(), why })
    }

    fn look_through_running(&self, kind: Kind, index: &Index, known: &mut Known) -> Result<(), InstallError> {
        match known.look_through(index, Running::new(self.slots, kind)) {
            Ok(()) => Ok(()),
            // what cannot be read cannot be used again, and is fetched instead
            Err(why) => {
                tracing::warn!("the running {kind} file cannot be read ({why}): everything is fetched");
                Ok(())
            }
        }
    }

    /// Reads every file back from the disk and compares it with the manifest.
    pub(super) fn verify(&mut self, manifest: &Manifest, journal: &Journal) -> Result<(), InstallError> {
        let total = manifest.total_bytes();
        let mut done = 0;
        for kind in Kind::ALL {
            let file = manifest.file(kind);
            let (mut hasher, mut offset) = (Hasher::default(), 0);
            let mut buffer = vec![0; MAX_CHUNK];
            while offset < file.size {
                let length = (file.size - offset).min(MAX_CHUNK as u64) as usize;
                let read = self.slots.read_new(kind, offset, &mut buffer[..length])?;
                if read == 0 {
                    return Err(InstallError::Corrupt(kind));
                }
                hasher.update(&buffer[..read]);
                offset += read as u64;
                self.tell(Stage::Verifying, done + offset, total, journal);
            }
            if hasher.finish() != file.sha256 {
                return Err(InstallError::Corrupt(kind));
            }
            done += file.size;
        }
        Ok(())
    }

    fn tell(&mut self, stage: Stage, done: u64, total: u64, journal: &Journal) {
        let fetched = journal.fetched;
        let in_place = if stage == Stage::Verifying { total } else { done };
        (self.progress)(&Progress { stage, done, total, fetched, saved: in_place.saturating_sub(fetched) });
    }
}

/// Where the missing chunks that begin with `place` end without a gap, or are enough for one request.
fn run_of_missing(index: &Index, known: &Known, place: usize) -> u64 {
    let chunks = &index.chunks()[place..];
    let enough = chunks[0].offset + MAX_REQUEST;
    let wanted = |chunk: &&Chunk| chunk.offset < enough && known.place(index, chunk).is_none();
    let missing = chunks.iter().skip(1).take_while(wanted).last();
    let last = missing.unwrap_or(&chunks[0]);
    last.offset + u64::from(last.length)
}

/// Reads a chunk from where it is on the box; false when it is not there, or not as it should be.
fn copy(
    slots: &dyn Slots,
    kind: Kind,
    place: Option<Place>,
    chunk: &Chunk,
    buffer: &mut Vec<u8>,
) -> Result<bool, SlotError> {
    buffer.resize(chunk.length as usize, 0);
    let read = match place {
        None => return Ok(false),
        Some(Place::Running(offset)) => slots.read_running(kind, offset, buffer)?,
        Some(Place::New(offset)) => slots.read_new(kind, offset, buffer)?,
    };
    Ok(read == buffer.len() && Sha256::of(buffer) == chunk.sha256)
}
