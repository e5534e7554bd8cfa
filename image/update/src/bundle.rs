//! Making a feed out of images.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use minisign::{PublicKey, SecretKey};

use crate::chunks::{Index, cut};
use crate::hash::{Hasher, RootHash, Sha256};
use crate::manifest::{
    ARCHITECTURE, FileEntry, FileName, IndexEntry, Kind, MANIFEST, Manifest, ManifestError, PRODUCT, SCHEMA,
    SIGNATURE,
};
use crate::signature::{SignatureError, TrustedKeys};
use crate::tree::{TreeError, check_tree};
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
    /// An image cannot be read.
    #[error("the image for --{kind}, {path}: {source}")]
    Image {
        /// Which of the three.
        kind: Kind,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is nothing to renew.
    #[error("{0} has no manifest to renew: make one out of images, with --release")]
    NoManifest(PathBuf),
    /// What lies in the feed is not the publisher's.
    #[error(
        "the manifest in {path} is not renewed: it was not signed by this key, or was changed since. If another key of yours has signed it, name that one's public key with --signed-by; else make the feed anew out of images"
    )]
    NotYours {
        /// The feed.
        path: PathBuf,
    },
    /// A key or signature is none.
    #[error(transparent)]
    Signature(#[from] SignatureError),
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
    /// The dm-verity tree is another's, or of another system.
    #[error(transparent)]
    Tree(#[from] TreeError),
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
    let [usr, verity, uki] = &ingredients.images;
    for (kind, path) in Kind::ALL.into_iter().zip(&ingredients.images) {
        let failed = |source| BundleError::Image { kind, path: path.clone(), source };
        File::open(path).and_then(|file| file.metadata()).map_err(failed)?;
    }
    let root_hash = root_hash_of(uki)?;
    if let Some(expected) = ingredients.root_hash.filter(|expected| *expected != root_hash) {
        return Err(BundleError::OtherRootHash { path: uki.clone(), found: root_hash, expected });
    }
    check_tree(usr, verity, root_hash)?;
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

/// What is to be different in a manifest that is signed once more.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// When it is made.
    pub created: Timestamp,
    /// Until when boxes may believe it.
    pub expires: Timestamp,
    /// Keys that may sign from now on, if they are not to stay the same.
    pub next_keys: Option<Vec<String>>,
    /// The publisher's other public keys, by which the old manifest may be signed.
    pub signed_by: Vec<String>,
}

/// Signs what a feed offers once more, with a new time: so that it stays valid, or by another key. Nothing is signed that the
/// publisher has not signed before.
///
/// # Errors
/// [`BundleError`].
pub fn renew(renewal: Renewal, key: &SecretKey, directory: &Path) -> Result<Manifest, BundleError> {
    let path = directory.join(MANIFEST);
    let bytes = fs::read(&path).map_err(|why| match why.kind() {
        io::ErrorKind::NotFound => BundleError::NoManifest(directory.to_owned()),
        _ => at(&path)(why),
    })?;
    let own = PublicKey::from_secret_key(key)?.to_base64();
    let mut keys = vec![own.clone()];
    keys.extend(renewal.signed_by);
    let signature = fs::read_to_string(directory.join(SIGNATURE)).unwrap_or_default();
    TrustedKeys::new(&keys, &[])?.check(&bytes, &signature).map_err(|why| match why {
        SignatureError::NoKey | SignatureError::BadKey { .. } => BundleError::Signature(why),
        SignatureError::Unreadable(_) | SignatureError::Untrusted => {
            BundleError::NotYours { path: directory.to_owned() }
        }
    })?;
    let old = Manifest::parse(&bytes)?;
    let mut next_keys = renewal.next_keys.unwrap_or(old.next_keys);
    // whoever believes this manifest has the key that signs it
    next_keys.retain(|next| *next != own);
    let (created, expires) = (renewal.created, renewal.expires);
    publish(Manifest { created, expires, next_keys, ..old }, key, directory)
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

fn at(path: &Path) -> impl FnOnce(io::Error) -> BundleError {
    let path = path.to_owned();
    move |source| BundleError::Io { path, source }
}
