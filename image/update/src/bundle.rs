//! Making a feed out of images.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use minisign::SecretKey;

use crate::chunks::{Index, cut};
use crate::hash::{Hasher, RootHash, Sha256};
use crate::manifest::{
    ARCHITECTURE, FileEntry, FileName, IndexEntry, Kind, MANIFEST, Manifest, ManifestError, PRODUCT, SCHEMA,
    SIGNATURE,
};
use crate::version::Version;

/// What a feed is made of.
#[derive(Clone, Debug)]
pub struct Ingredients {
    /// The version of the images.
    pub version: Version,
    /// The oldest version that is still safe to run.
    pub minimum_version: Option<Version>,
    /// When it is made.
    pub created: Timestamp,
    /// Until when boxes may believe it.
    pub expires: Timestamp,
    /// What is new.
    pub notes: String,
    /// Keys that may sign from now on.
    pub next_keys: Vec<String>,
    /// The images, in the order of [`Kind::ALL`].
    pub images: [PathBuf; 3],
    /// The root hash, if it is to be another than the UKI's; then it is refused.
    pub root_hash: Option<RootHash>,
}

/// Why no feed was made.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The UKI boots no slot.
    #[error(
        "{0} has no usrhash=… in its command line: make it with the root hash of the slot, as `image/` does"
    )]
    NoRootHash(PathBuf),
    /// The UKI boots another slot.
    #[error("{path} boots {found}, not {expected}: give the UKI that belongs to these images")]
    OtherRootHash {
        /// The UKI.
        path: PathBuf,
        /// What it boots.
        found: RootHash,
        /// What was expected.
        expected: RootHash,
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
    /// A value is out of bounds.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// It cannot be signed.
    #[error("the manifest cannot be signed: {0}")]
    Sign(#[from] minisign::PError),
}

/// Writes a signed feed into `directory`; the manifest and its signature come last, so that a directory that a web server
/// already shows is never ahead of its files. Files of older versions stay, for boxes that are in the midst of them.
///
/// # Errors
/// [`BundleError`].
pub fn make(ingredients: &Ingredients, key: &SecretKey, directory: &Path) -> Result<Manifest, BundleError> {
    fs::create_dir_all(directory).map_err(at(directory))?;
    let [_, verity, uki] = &ingredients.images;
    let root_hash = root_hash_of(uki)?;
    if let Some(expected) = ingredients.root_hash.filter(|expected| *expected != root_hash) {
        return Err(BundleError::OtherRootHash { path: uki.clone(), found: root_hash, expected });
    }
    check_tree(verity, root_hash)?;
    let mut files = Vec::new();
    for (kind, image) in Kind::ALL.into_iter().zip(&ingredients.images) {
        files.push(add(kind, image, &ingredients.version, directory)?);
    }
    let manifest = Manifest {
        schema: SCHEMA,
        product: PRODUCT.to_owned(),
        architecture: ARCHITECTURE.to_owned(),
        version: ingredients.version.clone(),
        minimum_version: ingredients.minimum_version.clone(),
        created: ingredients.created,
        expires: ingredients.expires,
        root_hash,
        notes: ingredients.notes.clone(),
        next_keys: ingredients.next_keys.clone(),
        files,
    };
    publish(manifest, key, directory)
}

/// Signs what a feed offers once more, with a new time: so that it stays valid, or by another key.
///
/// # Errors
/// [`BundleError`].
pub fn renew(
    created: Timestamp,
    expires: Timestamp,
    next_keys: Vec<String>,
    key: &SecretKey,
    directory: &Path,
) -> Result<Manifest, BundleError> {
    let path = directory.join(MANIFEST);
    let manifest = Manifest::parse(&fs::read(&path).map_err(at(&path))?)?;
    publish(Manifest { created, expires, next_keys, ..manifest }, key, directory)
}

fn publish(manifest: Manifest, key: &SecretKey, directory: &Path) -> Result<Manifest, BundleError> {
    let manifest = manifest.checked()?;
    let bytes = serde_json::to_vec_pretty(&manifest).map_err(ManifestError::from)?;
    // it must be readable by the boxes too, also its length
    Manifest::parse(&bytes)?;
    let comment = format!("{PRODUCT} {} made {}", manifest.version, manifest.created);
    let signature = minisign::sign(None, key, &bytes[..], Some(&comment), None)?.into_string();
    for (name, bytes) in [(MANIFEST, &bytes[..]), (SIGNATURE, signature.as_bytes())] {
        let path = directory.join(name);
        crate::durable::replace(&path, bytes, 0o644).map_err(at(&path))?;
    }
    Ok(manifest)
}

/// Copies an image into the feed, hashing and cutting it on the way.
fn add(kind: Kind, image: &Path, version: &Version, directory: &Path) -> Result<FileEntry, BundleError> {
    let name = format!("{PRODUCT}_{version}.{kind}");
    let index_name = format!("{name}.chunks");
    let source = File::open(image).map_err(at(image))?;
    let path = directory.join(&name);
    let mut copy = tempfile::NamedTempFile::new_in(directory).map_err(at(directory))?;
    let (mut hasher, mut index) = (Hasher::default(), Index::default());
    for chunk in cut(source) {
        let chunk = chunk.map_err(at(image))?;
        hasher.update(&chunk);
        index.push(chunk.len() as u32, Sha256::of(&chunk));
        copy.write_all(&chunk).map_err(at(&path))?;
    }
    readable(copy.as_file())
        .and_then(|()| copy.persist(&path).map(drop).map_err(|why| why.error))
        .map_err(at(&path))?;
    let bytes = index.to_bytes();
    let index_path = directory.join(&index_name);
    crate::durable::replace(&index_path, &bytes, 0o644).map_err(at(&index_path))?;
    Ok(FileEntry {
        kind,
        name: FileName::try_from(name)?,
        size: index.size(),
        sha256: hasher.finish(),
        chunks: IndexEntry {
            name: FileName::try_from(index_name)?,
            size: bytes.len() as u64,
            sha256: Sha256::of(&bytes),
        },
    })
}

fn readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

/// The root hash in a UKI's command line.
fn root_hash_of(uki: &Path) -> Result<RootHash, BundleError> {
    const WORD: &[u8] = b"usrhash=";
    let bytes = fs::read(uki).map_err(at(uki))?;
    let found = bytes.windows(WORD.len() + 64).find_map(|window| {
        let text = window.strip_prefix(WORD)?;
        std::str::from_utf8(text).ok()?.parse().ok()
    });
    found.ok_or_else(|| BundleError::NoRootHash(uki.to_owned()))
}

/// Checks that the top of a dm-verity tree hashes to `expected`: the salted SHA-256 of the block behind the superblock.
fn check_tree(verity: &Path, expected: RootHash) -> Result<(), BundleError> {
    const SUPERBLOCK: usize = 512;
    let mut head = [0; SUPERBLOCK];
    let mut file = BufReader::new(File::open(verity).map_err(at(verity))?);
    let wrong = || BundleError::OtherTree { path: verity.to_owned(), expected };
    file.read_exact(&mut head).map_err(|_| wrong())?;
    let number =
        |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]) as usize;
    let (block, salt_length) = (number(68), usize::from(u16::from_le_bytes([head[80], head[81]])));
    let is_tree = head.starts_with(b"verity\0\0") && head[32..64].starts_with(b"sha256\0");
    if !is_tree || !(SUPERBLOCK..=65536).contains(&block) || salt_length > 256 {
        return Err(wrong());
    }
    let mut top = vec![0; block];
    // the superblock fills a block of its own
    io::copy(&mut file.by_ref().take((block - SUPERBLOCK) as u64), &mut io::sink()).map_err(at(verity))?;
    file.read_exact(&mut top).map_err(|_| wrong())?;
    let mut hasher = Hasher::default();
    hasher.update(&head[88..88 + salt_length]);
    hasher.update(&top);
    if RootHash(hasher.finish()) == expected { Ok(()) } else { Err(wrong()) }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BundleError {
    let path = path.to_owned();
    move |source| BundleError::Io { path, source }
}
