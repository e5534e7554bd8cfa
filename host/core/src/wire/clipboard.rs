//! What the two sides say about their clipboards (punktfunk/1 §2.7 and §5.9). The bytes themselves travel on
//! a stream of their own.

use crate::DecodeError;
use crate::bytes::{Reader, Write, cut};

/// What may be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClipPolicy {
    /// Nothing.
    Off,
    /// Text.
    Text,
    /// Text and files.
    Files,
    /// A policy this version does not know: treat as nothing.
    Other(u8),
}

/// Why it is as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClipReason {
    /// Nothing stands in the way.
    Ok,
    /// The desktop has no clipboard that could be reached.
    NoBackend,
    /// Another session has taken it over.
    TakenOver,
    /// The policy forbids it.
    Policy,
    /// Files are not shared.
    NoFiles,
    /// This device may not.
    NotPermitted,
    /// A reason this version does not know.
    Other(u8),
}

/// The answer to a fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClipStatus {
    /// The bytes follow.
    Ok,
    /// Something newer has been copied.
    Stale,
    /// It cannot be had.
    Unavailable,
    /// It may not be had.
    Denied,
    /// A status this version does not know: no bytes follow.
    Other(u8),
}

macro_rules! byte_codes {
    ($name:ident { $($variant:ident = $value:literal),* }) => {
        impl $name {
            pub(super) fn from_wire(byte: u8) -> Self {
                match byte { $($value => Self::$variant,)* other => Self::Other(other) }
            }
            pub(super) fn to_wire(self) -> u8 {
                match self { $(Self::$variant => $value,)* Self::Other(other) => other }
            }
        }
    };
}

byte_codes!(ClipPolicy { Off = 0, Text = 1, Files = 2 });
byte_codes!(ClipReason { Ok = 0, NoBackend = 1, TakenOver = 2, Policy = 3, NoFiles = 4, NotPermitted = 5 });
byte_codes!(ClipStatus { Ok = 0, Stale = 1, Unavailable = 2, Denied = 3 });

/// One form in which the copied thing can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClipEntry {
    /// Its media type, at most 128 bytes.
    pub mime: String,
    /// Its size in bytes, as claimed.
    pub size: u64,
}

/// Something has been copied (type 0x42).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClipOffer {
    /// Grows with every copy.
    pub seq: u32,
    /// At most 16 forms.
    pub entries: Vec<ClipEntry>,
}

/// A wish for the bytes (type 0x43), on a fetch stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClipFetch {
    /// Of which offer.
    pub seq: u32,
    /// Which file, if it is one.
    pub file: Option<u32>,
    /// In which form, at most 128 bytes.
    pub mime: String,
}

/// What comes before the bytes (type 0x44), on a fetch stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClipFetchHeader {
    /// Whether they come.
    pub status: ClipStatus,
    /// How many, as claimed.
    pub total: u64,
}

impl ClipOffer {
    /// The most forms in one offer.
    pub const MAX_ENTRIES: usize = 16;
    /// The longest media type, in bytes.
    pub const MAX_MIME: usize = 128;

    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let seq = r.u32()?;
        let count = usize::from(r.u8()?);
        if count > Self::MAX_ENTRIES {
            return Err(DecodeError::TooLarge {
                what: "clipboard forms",
                limit: Self::MAX_ENTRIES,
                got: count,
            });
        }
        let mut entries = Vec::with_capacity(count);
        for _ in 0..count {
            entries.push(ClipEntry { mime: read_mime(r)?, size: r.u64()? });
        }
        Ok(Self { seq, entries })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let entries = &self.entries[..self.entries.len().min(Self::MAX_ENTRIES)];
        out.u32(self.seq).u8(entries.len() as u8);
        for ClipEntry { mime, size } in entries {
            write_mime(out, mime);
            out.u64(*size);
        }
    }
}

impl ClipFetch {
    const NO_FILE: u32 = u32::MAX;

    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (seq, file) = (r.u32()?, r.u32()?);
        Ok(Self { seq, file: (file != Self::NO_FILE).then_some(file), mime: read_mime(r)? })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.u32(self.seq).u32(self.file.unwrap_or(Self::NO_FILE));
        write_mime(out, &self.mime);
    }
}

impl ClipFetchHeader {
    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self { status: ClipStatus::from_wire(r.u8()?), total: r.u64()? })
    }

    pub(super) fn write(self, out: &mut Vec<u8>) {
        out.u8(self.status.to_wire()).u64(self.total);
    }
}

fn read_mime(r: &mut Reader<'_>) -> Result<String, DecodeError> {
    let length = usize::from(r.u8()?);
    if length > ClipOffer::MAX_MIME {
        return Err(DecodeError::TooLarge { what: "media type", limit: ClipOffer::MAX_MIME, got: length });
    }
    r.text(length)
}

fn write_mime(out: &mut Vec<u8>, mime: &str) {
    let mime = cut(mime, ClipOffer::MAX_MIME);
    out.u8(mime.len() as u8).raw(mime.as_bytes());
}
