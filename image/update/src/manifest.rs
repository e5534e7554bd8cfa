//! The manifest of a feed: what the newest version is and what its files must be.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::hash::{RootHash, Sha256};
use crate::version::Version;

/// The version of the manifest's own form.
pub const SCHEMA: u32 = 1;
/// The product that this program looks after.
pub const PRODUCT: &str = "punktfunk";
/// The architecture of its images, in systemd's spelling.
pub const ARCHITECTURE: &str = "x86-64";
/// The file in a feed that says it all.
pub const MANIFEST: &str = "manifest.json";
/// The manifest's signature.
pub const SIGNATURE: &str = "manifest.json.minisig";

/// The largest manifest, in bytes.
pub const MAX_MANIFEST_BYTES: u64 = 64 * 1024;
/// The largest signature, in bytes.
pub const MAX_SIGNATURE_BYTES: u64 = 4 * 1024;
/// The largest chunk index, in bytes: that of a slot of about 14 GiB.
pub const MAX_INDEX_BYTES: u64 = 16 * 1024 * 1024;
/// The longest that a manifest may be valid: a feed that is frozen by an attacker is noticed by then.
pub const MAX_VALIDITY: SignedDuration = SignedDuration::from_hours(366 * 24);

const MAX_NEXT_KEYS: usize = 4;
const MAX_NOTES: usize = 4000;

/// A manifest whose every value is within its bounds. Where it came from is not said: see
/// [`signature`](crate::signature).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// Always [`SCHEMA`].
    pub schema: u32,
    /// Always [`PRODUCT`].
    pub product: String,
    /// Always [`ARCHITECTURE`].
    pub architecture: String,
    /// The version of the images.
    pub version: Version,
    /// The oldest version that is still safe to run; a box that has seen this never goes below it again by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_version: Option<Version>,
    /// When the manifest was made.
    pub created: Timestamp,
    /// Until when it may be believed.
    pub expires: Timestamp,
    /// The root hash of the slot's dm-verity tree.
    pub root_hash: RootHash,
    /// What is new, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// Public keys that may sign the manifests after this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next_keys: Vec<String>,
    /// One file of each [`Kind`], in the order of [`Kind::ALL`].
    pub files: Vec<FileEntry>,
}

/// What a file of the feed becomes on the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The read-only system.
    Usr,
    /// Its dm-verity tree.
    Verity,
    /// The unified kernel image that boots it.
    Uki,
}

impl Kind {
    /// All kinds, in the order in which they are put in place.
    pub const ALL: [Self; 3] = [Self::Usr, Self::Verity, Self::Uki];

    /// The largest file of this kind, in bytes.
    pub const fn max_bytes(self) -> u64 {
        match self {
            Self::Usr => 12 << 30,
            Self::Verity => 1 << 30,
            Self::Uki => 512 << 20,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Usr => "usr",
            Self::Verity => "verity",
            Self::Uki => "uki",
        })
    }
}

/// One file of the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// What it becomes.
    pub kind: Kind,
    /// Its name in the feed; never used as a name on the box.
    pub name: FileName,
    /// In bytes.
    pub size: u64,
    /// The hash of the whole file.
    pub sha256: Sha256,
    /// Its chunks.
    pub chunks: IndexEntry,
}

/// The chunk index of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexEntry {
    /// Its name in the feed.
    pub name: FileName,
    /// In bytes.
    pub size: u64,
    /// The hash of the index.
    pub sha256: Sha256,
}

/// A plain file name: letters, digits and `.`, `_`, `+`, `-`, starting with a letter or digit. It cannot leave the
/// directory that it is looked up in, nor change the meaning of an address that it is put into.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

impl FileName {
    /// The longest, in bytes.
    pub const MAX_BYTES: usize = 120;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FileName {
    type Error = ManifestError;

    fn try_from(name: String) -> Result<Self, ManifestError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._+-".contains(&b);
        let good = name.len() <= Self::MAX_BYTES
            && name.bytes().all(plain)
            && name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
        if good { Ok(Self(name)) } else { Err(ManifestError::Name) }
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

/// Why a manifest cannot be used, although it is the publisher's.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is longer than any manifest.
    #[error("the manifest is larger than {MAX_MANIFEST_BYTES} bytes; tell the publisher of the feed")]
    TooLarge,
    /// It is no manifest.
    #[error("the manifest cannot be read ({0}); tell the publisher of the feed")]
    Unreadable(#[from] serde_json::Error),
    /// It is written for newer programs.
    #[error(
        "the manifest has the form {0}, this version reads {SCHEMA}; the feed must offer a version in between first"
    )]
    Newer(u32),
    /// It is for other machines.
    #[error(
        "the feed is for {product} on {architecture}, this box is {PRODUCT} on {ARCHITECTURE}; correct `update.feed` in the policy"
    )]
    Foreign {
        /// The product that it names.
        product: String,
        /// The architecture that it names.
        architecture: String,
    },
    /// A name could be a path.
    #[error("a file name in the manifest is not a plain name; tell the publisher of the feed")]
    Name,
    /// A file has an impossible size.
    #[error(
        "the {kind} file is said to be {size} bytes, at most {limit} are accepted; tell the publisher of the feed"
    )]
    Size {
        /// The file.
        kind: Kind,
        /// Its size as announced.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// Files are missing or there twice.
    #[error(
        "the manifest must list one usr, one verity and one uki file, each under a name of its own; tell the publisher of the feed"
    )]
    Files,
    /// Its times make no sense.
    #[error(
        "the manifest is valid from {created} to {expires}, which is not a time of at most 366 days; tell the publisher of the feed"
    )]
    Validity {
        /// When it was made.
        created: Timestamp,
        /// Until when it is valid.
        expires: Timestamp,
    },
    /// A list or text is too long.
    #[error("the manifest's {0} are too long; tell the publisher of the feed")]
    TooLong(&'static str),
}

impl Manifest {
    /// Reads a manifest; its signature was checked before.
    ///
    /// # Errors
    /// [`ManifestError`], also for values out of bounds.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        if bytes.len() as u64 > MAX_MANIFEST_BYTES {
            return Err(ManifestError::TooLarge);
        }
        let head: Head = serde_json::from_slice(bytes)?;
        if head.schema != SCHEMA {
            return Err(ManifestError::Newer(head.schema));
        }
        if (head.product.as_str(), head.architecture.as_str()) != (PRODUCT, ARCHITECTURE) {
            let short = |text: String| text.chars().filter(char::is_ascii_graphic).take(40).collect();
            return Err(ManifestError::Foreign {
                product: short(head.product),
                architecture: short(head.architecture),
            });
        }
        let body: Body = serde_json::from_slice(bytes)?;
        Self {
            schema: head.schema,
            product: head.product,
            architecture: head.architecture,
            version: body.version,
            minimum_version: body.minimum_version,
            created: body.created,
            expires: body.expires,
            root_hash: body.root_hash,
            notes: body.notes,
            next_keys: body.next_keys,
            files: body.files,
        }
        .checked()
    }

    /// Checks what a publisher is about to sign, or what was read.
    ///
    /// # Errors
    /// The first value that is out of bounds.
    pub fn checked(mut self) -> Result<Self, ManifestError> {
        let (created, expires) = (self.created, self.expires);
        if created >= expires || created.duration_until(expires) > MAX_VALIDITY {
            return Err(ManifestError::Validity { created, expires });
        }
        if self.next_keys.len() > MAX_NEXT_KEYS {
            return Err(ManifestError::TooLong("next keys"));
        }
        if self.notes.len() > MAX_NOTES {
            return Err(ManifestError::TooLong("notes"));
        }
        self.files.sort_by_key(|file| Kind::ALL.iter().position(|kind| *kind == file.kind));
        let mut names: Vec<&FileName> =
            self.files.iter().flat_map(|file| [&file.name, &file.chunks.name]).collect();
        names.sort_by_key(|name| name.as_str());
        let one_of_each = self.files.iter().map(|file| file.kind).eq(Kind::ALL);
        if !one_of_each || names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(ManifestError::Files);
        }
        for file in &self.files {
            let limits = [(file.size, file.kind.max_bytes()), (file.chunks.size, MAX_INDEX_BYTES)];
            if let Some((size, limit)) = limits.into_iter().find(|(size, limit)| *size == 0 || size > limit) {
                return Err(ManifestError::Size { kind: file.kind, size, limit });
            }
        }
        Ok(self)
    }

    /// The file of this kind.
    ///
    /// # Panics
    /// Never for a manifest that was checked: it has one file of each kind.
    pub fn file(&self, kind: Kind) -> &FileEntry {
        self.files.iter().find(|file| file.kind == kind).expect("a checked manifest has each kind")
    }

    /// The bytes of all files together.
    pub fn total_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

#[derive(Deserialize)]
struct Head {
    schema: u32,
    product: String,
    architecture: String,
}

#[derive(Deserialize)]
struct Body {
    version: Version,
    #[serde(default)]
    minimum_version: Option<Version>,
    created: Timestamp,
    expires: Timestamp,
    root_hash: RootHash,
    #[serde(default)]
    notes: String,
    #[serde(default)]
    next_keys: Vec<String>,
    files: Vec<FileEntry>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn good() -> Value {
        let hash = "ab".repeat(32);
        let file = |kind: &str| {
            json!({ "kind": kind, "name": format!("punktfunk_1.2.4.{kind}"), "size": 4096, "sha256": hash,
                "chunks": { "name": format!("punktfunk_1.2.4.{kind}.chunks"), "size": 44, "sha256": hash } })
        };
        json!({ "schema": 1, "product": "punktfunk", "architecture": "x86-64", "version": "1.2.4",
            "created": "2026-11-29T00:00:00Z", "expires": "2027-01-29T00:00:00Z", "root_hash": hash,
            "files": [file("uki"), file("verity"), file("usr")] })
    }

    fn parse(value: &Value) -> Result<Manifest, ManifestError> {
        Manifest::parse(value.to_string().as_bytes())
    }

    /// The same with one value replaced, by its JSON pointer.
    fn with(pointer: &str, value: impl Into<Value>) -> Result<Manifest, ManifestError> {
        let mut changed = good();
        *changed.pointer_mut(pointer).unwrap() = value.into();
        parse(&changed)
    }

    #[test]
    fn files_may_be_listed_in_any_order_and_unknown_keys_are_for_later_versions() {
        let mut value = good();
        value["channel"] = json!("stable");
        let manifest = parse(&value).unwrap();
        assert!(manifest.files.iter().map(|file| file.kind).eq(Kind::ALL));
        assert_eq!(manifest.file(Kind::Uki).name.as_str(), "punktfunk_1.2.4.uki");
    }

    #[test]
    fn a_name_that_could_be_a_path_is_refused() {
        for name in [
            "../etc/passwd",
            "/etc/passwd",
            "a/b",
            "..",
            ".hidden",
            "",
            "a b",
            "a?b",
            "a%2fb",
            "a\u{0}b",
            "ä",
        ] {
            for pointer in ["/files/0/name", "/files/1/chunks/name"] {
                assert!(with(pointer, name).is_err(), "{name:?}");
            }
        }
        assert!(with("/files/0/name", "a".repeat(FileName::MAX_BYTES + 1)).is_err());
    }

    #[test]
    fn an_impossible_size_is_refused() {
        for (pointer, size) in
            [("/files/0/size", 0), ("/files/0/size", u64::MAX), ("/files/2/size", 13 << 30)]
        {
            assert!(matches!(with(pointer, size), Err(ManifestError::Size { .. })), "{pointer} {size}");
        }
        let index = with("/files/0/chunks/size", MAX_INDEX_BYTES + 1);
        assert!(matches!(index, Err(ManifestError::Size { .. })));
        assert!(with("/files/0/size", -1).is_err());
    }

    #[test]
    fn each_kind_is_there_once_under_its_own_name() {
        assert!(matches!(with("/files/0/kind", "usr"), Err(ManifestError::Files)));
        assert!(matches!(with("/files/0/name", "punktfunk_1.2.4.usr"), Err(ManifestError::Files)));
        assert!(matches!(with("/files", json!([])), Err(ManifestError::Files)));
        assert!(with("/files/0/kind", "kernel").is_err());
    }

    #[test]
    fn what_is_for_others_or_from_the_future_says_so() {
        assert!(matches!(with("/product", "toaster"), Err(ManifestError::Foreign { .. })));
        assert!(matches!(with("/architecture", "arm64"), Err(ManifestError::Foreign { .. })));
        assert!(matches!(with("/schema", 2), Err(ManifestError::Newer(2))));
    }

    #[test]
    fn a_manifest_is_not_valid_for_ever() {
        assert!(matches!(with("/expires", "2028-01-01T00:00:00Z"), Err(ManifestError::Validity { .. })));
        assert!(matches!(with("/expires", "2026-11-28T00:00:00Z"), Err(ManifestError::Validity { .. })));
    }

    #[test]
    fn a_manifest_has_its_bounds() {
        assert!(matches!(Manifest::parse(&vec![b' '; 65537]), Err(ManifestError::TooLarge)));
        let mut value = good();
        value["notes"] = json!("x".repeat(MAX_NOTES + 1));
        assert!(matches!(parse(&value), Err(ManifestError::TooLong("notes"))));
        let mut value = good();
        value["next_keys"] = json!(vec!["RW"; MAX_NEXT_KEYS + 1]);
        assert!(matches!(parse(&value), Err(ManifestError::TooLong("next keys"))));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,400}") {
            let _ = Manifest::parse(text.as_bytes());
        }

        #[test]
        fn no_change_of_a_good_one_makes_it_panic(at in 0usize..1200, byte: u8, cut in 0usize..1200) {
            let mut bytes = good().to_string().into_bytes();
            let length = bytes.len();
            bytes[at % length] = byte;
            let _ = Manifest::parse(&bytes);
            bytes.truncate(cut % length);
            let _ = Manifest::parse(&bytes);
        }
    }
}
