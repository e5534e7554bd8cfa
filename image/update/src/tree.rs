//! dm-verity trees: whether a system, its tree and a root hash belong together.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::hash::{Hasher, RootHash, Sha256};

const SUPERBLOCK: usize = 512;
/// The largest block of data or digests, in bytes.
const MAX_BLOCK: usize = 64 << 10;
const MAX_SALT: usize = 256;
/// The most blocks of data: 64 GiB of them, whose digests are 512 MiB.
const MAX_BLOCKS: u64 = 16 << 20;

/// Why a system and its tree are not published.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The dm-verity tree is another's.
    #[error(
        "{path} is not the dm-verity tree with the root hash {expected}, which the UKI boots: give the one that was made with it"
    )]
    OtherTree {
        /// The tree.
        path: PathBuf,
        /// What the UKI boots.
        expected: RootHash,
    },
    /// The system is another's.
    #[error(
        "{usr} is not the system that the dm-verity tree {verity} was made from: give the image that was made with it"
    )]
    OtherSystem {
        /// The system.
        usr: PathBuf,
        /// The tree.
        verity: PathBuf,
    },
}

/// What a tree says of itself.
struct Superblock {
    data_block: usize,
    hash_block: usize,
    blocks: u64,
    salt: Vec<u8>,
}

impl Superblock {
    /// Reads the form that `veritysetup format` makes; `None` for any other.
    fn parse(head: &[u8; SUPERBLOCK]) -> Option<Self> {
        let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let size =
            |at: usize| usize::try_from(number(at)).ok().filter(|size| (512..=MAX_BLOCK).contains(size));
        let blocks = u64::from(number(72)) | u64::from(number(76)) << 32;
        let salt_length = usize::from(u16::from_le_bytes([head[80], head[81]]));
        let is_meant = head.starts_with(b"verity\0\0")
            && (number(8), number(12)) == (1, 1)
            && head[32..64].starts_with(b"sha256\0")
            && (1..=MAX_BLOCKS).contains(&blocks)
            && salt_length <= MAX_SALT;
        let (data_block, hash_block) = (size(64)?, size(68)?);
        (is_meant && hash_block.is_power_of_two()).then(|| Self {
            data_block,
            hash_block,
            blocks,
            salt: head[88..88 + salt_length].to_vec(),
        })
    }

    fn digest(&self, block: &[u8]) -> Sha256 {
        let mut hasher = Hasher::default();
        hasher.update(&self.salt);
        hasher.update(block);
        hasher.finish()
    }

    /// The levels of the tree over the blocks that `data` gives, the one over the data first; each filled up with zeros.
    fn levels(&self, mut data: impl Read) -> io::Result<Vec<Vec<u8>>> {
        let mut block = vec![0; self.data_block];
        let mut level = Vec::new();
        for _ in 0..self.blocks {
            data.read_exact(&mut block)?;
            level.extend_from_slice(self.digest(&block).as_bytes());
        }
        let mut levels = vec![self.filled(level)];
        while let Some(last) = levels.last().filter(|last| last.len() > self.hash_block) {
            let above =
                last.chunks(self.hash_block).flat_map(|block| *self.digest(block).as_bytes()).collect();
            levels.push(self.filled(above));
        }
        Ok(levels)
    }

    fn filled(&self, mut level: Vec<u8>) -> Vec<u8> {
        level.resize(level.len().next_multiple_of(self.hash_block), 0);
        level
    }
}

/// Checks that `verity` is the whole tree over `usr`, and that it has the root hash `expected`.
///
/// # Errors
/// [`TreeError`].
pub fn check_tree(usr: &Path, verity: &Path, expected: RootHash) -> Result<(), TreeError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| TreeError::Io { path, source }
    };
    let open = |path: &Path| File::open(path).map_err(failed(path));
    let other_tree = || TreeError::OtherTree { path: verity.to_owned(), expected };
    let other_system = || TreeError::OtherSystem { usr: usr.to_owned(), verity: verity.to_owned() };
    let mut tree = BufReader::new(open(verity)?);
    let mut head = [0; SUPERBLOCK];
    tree.read_exact(&mut head).map_err(|_| other_tree())?;
    let superblock = Superblock::parse(&head).ok_or_else(other_tree)?;
    // it fills a block of its own; the tree comes after it, from its top down
    let rest = (superblock.hash_block - SUPERBLOCK) as u64;
    io::copy(&mut tree.by_ref().take(rest), &mut io::sink()).map_err(failed(verity))?;
    let mut top = vec![0; superblock.hash_block];
    tree.read_exact(&mut top).map_err(|_| other_tree())?;
    if RootHash(superblock.digest(&top)) != expected {
        return Err(other_tree());
    }
    let mut levels =
        superblock.levels(BufReader::with_capacity(1 << 20, open(usr)?)).map_err(|why| match why.kind() {
            io::ErrorKind::UnexpectedEof => other_system(),
            _ => failed(usr)(why),
        })?;
    if levels.pop() != Some(top) {
        return Err(other_system());
    }
    for level in levels.into_iter().rev() {
        let mut found = vec![0; superblock.hash_block];
        for block in level.chunks(superblock.hash_block) {
            tree.read_exact(&mut found).map_err(|_| other_tree())?;
            if found != block {
                return Err(other_tree());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_superblock_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), SUPERBLOCK), blocks in any::<[u8; 8]>()) {
            let mut head: [u8; SUPERBLOCK] = bytes.try_into().unwrap();
            let _ = Superblock::parse(&head);
            head[..16].copy_from_slice(b"verity\0\0\x01\0\0\0\x01\0\0\0");
            head[32..39].copy_from_slice(b"sha256\0");
            head[72..80].copy_from_slice(&blocks);
            let _ = Superblock::parse(&head);
        }
    }
}
