//! Content-defined chunks: which parts of a new file the box has already.

use std::io::{self, Read};

use fastcdc::v2020::{Normalization, StreamCDC};

use crate::hash::Sha256;
use crate::manifest::MAX_INDEX_BYTES;

/// The shortest chunk but the last, in bytes.
pub const MIN_CHUNK: usize = 8 * 1024;
/// The usual length, in bytes.
pub const AVERAGE_CHUNK: usize = 32 * 1024;
/// The longest chunk, in bytes.
pub const MAX_CHUNK: usize = 128 * 1024;

const MAGIC: &[u8; 8] = b"PFCHUNK1";
const ENTRY_BYTES: usize = 4 + 32;

/// Cuts everything that `source` gives, in order.
pub fn cut<R: Read>(source: R) -> impl Iterator<Item = io::Result<Vec<u8>>> {
    StreamCDC::with_level(source, MIN_CHUNK, AVERAGE_CHUNK, MAX_CHUNK, Normalization::Level1)
        .map(|chunk| chunk.map(|chunk| chunk.data).map_err(io::Error::other))
}

/// One chunk of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Where it starts in the file.
    pub offset: u64,
    /// Its bytes.
    pub length: u32,
    /// Their hash.
    pub sha256: Sha256,
}

/// The chunks of a file in order, without gaps.
///
/// Its bytes are the word `PFCHUNK1` and, for each chunk, its length (4 bytes, little-endian) and its SHA-256.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    chunks: Vec<Chunk>,
    size: u64,
}

/// Why an index cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// It is none.
    #[error("the chunk index is not one of this version's; tell the publisher of the feed")]
    Unreadable,
    /// A chunk is too short or too long.
    #[error("the chunk index has a chunk of {0} bytes; tell the publisher of the feed")]
    Length(u32),
    /// Its chunks are not the file.
    #[error("the chunk index covers {covered} bytes of a file of {size}; tell the publisher of the feed")]
    Size {
        /// The sum of its chunks.
        covered: u64,
        /// The size of the file.
        size: u64,
    },
}

impl Index {
    /// Adds the next chunk.
    pub fn push(&mut self, length: u32, sha256: Sha256) {
        self.chunks.push(Chunk { offset: self.size, length, sha256 });
        self.size += u64::from(length);
    }

    /// The chunks.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// The bytes of the file.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its bytes for the feed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for chunk in &self.chunks {
            bytes.extend_from_slice(&chunk.length.to_le_bytes());
            bytes.extend_from_slice(chunk.sha256.as_bytes());
        }
        bytes
    }

    /// Reads the index of a file of `size` bytes.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn parse(bytes: &[u8], size: u64) -> Result<Self, IndexError> {
        let entries = bytes.strip_prefix(MAGIC).ok_or(IndexError::Unreadable)?;
        if bytes.len() as u64 > MAX_INDEX_BYTES || entries.len() % ENTRY_BYTES != 0 {
            return Err(IndexError::Unreadable);
        }
        let mut index = Self { chunks: Vec::with_capacity(entries.len() / ENTRY_BYTES), size: 0 };
        for entry in entries.chunks_exact(ENTRY_BYTES) {
            let (length, sha256) = entry.split_at(4);
            let length = u32::from_le_bytes(length.try_into().map_err(|_| IndexError::Unreadable)?);
            let sha256 = Sha256::from_bytes(sha256.try_into().map_err(|_| IndexError::Unreadable)?);
            if length == 0 || length as usize > MAX_CHUNK {
                return Err(IndexError::Length(length));
            }
            index.push(length, sha256);
        }
        if index.size == size { Ok(index) } else { Err(IndexError::Size { covered: index.size, size }) }
    }
}

/// Where the bytes of a chunk are on the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this offset of the running slot.
    Running(u64),
    /// At this offset of the slot that is being filled.
    New(u64),
}

/// For each chunk of an index, where its bytes can be had without the network. Costs 13 bytes for each chunk.
pub struct Known {
    /// Numbers of chunks, ordered by hash.
    by_hash: Vec<u32>,
    /// For the first chunk of each hash: its place; [`NOWHERE`], or the offset with [`IN_NEW`] set.
    places: Vec<u64>,
}

const NOWHERE: u64 = u64::MAX;
const IN_NEW: u64 = 1 << 63;

impl Known {
    /// Nothing is known yet.
    pub fn new(index: &Index) -> Self {
        // an index has fewer than 2^19 chunks: see MAX_INDEX_BYTES
        let mut by_hash: Vec<u32> = (0..index.chunks.len() as u32).collect();
        by_hash.sort_by_key(|number| index.chunks[*number as usize].sha256);
        Self { by_hash, places: vec![NOWHERE; index.chunks.len()] }
    }

    /// Looks through `running`, the same file of the running slot.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn look_through(&mut self, index: &Index, running: impl Read) -> io::Result<()> {
        let mut offset = 0;
        for data in cut(running) {
            let data = data?;
            self.note(index, &Sha256::of(&data), offset);
            offset += data.len() as u64;
        }
        Ok(())
    }

    /// Where the bytes of `chunk` are.
    pub fn place(&self, index: &Index, chunk: &Chunk) -> Option<Place> {
        let place = self.places[self.first(index, &chunk.sha256)?];
        match place {
            NOWHERE => None,
            place if place & IN_NEW != 0 => Some(Place::New(place & !IN_NEW)),
            place => Some(Place::Running(place)),
        }
    }

    /// Remembers that `chunk` stands in the new slot now.
    pub fn written(&mut self, index: &Index, chunk: &Chunk) {
        self.note(index, &chunk.sha256, chunk.offset | IN_NEW);
    }

    fn note(&mut self, index: &Index, sha256: &Sha256, place: u64) {
        if let Some(first) = self.first(index, sha256)
            && self.places[first] == NOWHERE
        {
            self.places[first] = place;
        }
    }

    fn first(&self, index: &Index, sha256: &Sha256) -> Option<usize> {
        let hash = |number: &u32| &index.chunks[*number as usize].sha256;
        let at = self.by_hash.partition_point(|number| hash(number) < sha256);
        self.by_hash.get(at).filter(|number| hash(number) == sha256).map(|number| *number as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Bytes that look like nothing in particular.
    fn noise(seed: u64, length: usize) -> Vec<u8> {
        let mut state = seed | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        (0..length).map(|_| next()).collect()
    }

    fn index_of(bytes: &[u8]) -> Index {
        let mut index = Index::default();
        for data in cut(bytes) {
            let data = data.unwrap();
            index.push(data.len() as u32, Sha256::of(&data));
        }
        index
    }

    #[test]
    fn an_index_reads_back_as_it_was_written() {
        let bytes = noise(1, 1_000_000);
        let index = index_of(&bytes);
        assert_eq!(index.size(), 1_000_000);
        assert_eq!(Index::parse(&index.to_bytes(), 1_000_000).unwrap(), index);
        assert_eq!(
            Index::parse(&index.to_bytes(), 999_999),
            Err(IndexError::Size { covered: 1_000_000, size: 999_999 })
        );
    }

    #[test]
    fn bytes_that_moved_are_found_again() {
        let old = noise(1, 2_000_000);
        let new = [&noise(2, 777)[..], &old[..]].concat();
        let index = index_of(&new);
        let mut known = Known::new(&index);
        known.look_through(&index, &old[..]).unwrap();
        let mut missing = 0;
        for chunk in index.chunks() {
            match known.place(&index, chunk) {
                Some(Place::Running(at)) => {
                    let found = &old[at as usize..][..chunk.length as usize];
                    assert_eq!(Sha256::of(found), chunk.sha256);
                }
                _ => missing += chunk.length as usize,
            }
        }
        assert!(missing <= 2 * MAX_CHUNK, "{missing} bytes of {} are to be fetched", new.len());
    }

    #[test]
    fn a_chunk_that_comes_twice_is_fetched_once() {
        let index = index_of(&[0; 10 * MAX_CHUNK]);
        let mut known = Known::new(&index);
        let chunks = index.chunks();
        assert_eq!(known.place(&index, &chunks[0]), None);
        known.written(&index, &chunks[0]);
        assert_eq!(known.place(&index, &chunks[5]), Some(Place::New(0)));
    }

    #[test]
    fn a_chunk_without_length_or_too_long_is_refused() {
        for length in [0, MAX_CHUNK as u32 + 1, u32::MAX] {
            let mut bytes = MAGIC.to_vec();
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(&[7; 32]);
            assert_eq!(Index::parse(&bytes, u64::from(length)), Err(IndexError::Length(length)));
        }
    }

    proptest! {
        #[test]
        fn no_index_from_outside_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), size: u64) {
            let _ = Index::parse(&bytes, size);
            let _ = Index::parse(&[MAGIC, &bytes[..]].concat(), size);
        }
    }
}
