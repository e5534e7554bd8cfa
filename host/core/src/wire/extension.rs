use crate::DecodeError;
use crate::bytes::{Reader, Write, cut};

/// A list of tagged values behind Start or Welcome (punktfunk/1 §2.5). Tags are unique; unknown ones are
/// kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExtensionBlock {
    entries: Vec<(u16, Vec<u8>)>,
}

impl ExtensionBlock {
    /// The largest block, header included, in bytes.
    pub const MAX_BYTES: usize = 4096;
    /// The most entries.
    pub const MAX_ENTRIES: usize = 64;

    /// An empty block.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a tag.
    #[must_use]
    pub fn get(&self, tag: u16) -> Option<&[u8]> {
        self.entries.iter().find(|(t, _)| *t == tag).map(|(_, value)| value.as_slice())
    }

    /// All entries, in their order.
    pub fn entries(&self) -> impl Iterator<Item = (u16, &[u8])> {
        self.entries.iter().map(|(tag, value)| (*tag, value.as_slice()))
    }

    /// Appends an entry.
    ///
    /// # Errors
    /// If the tag is there already, or the block would leave its bounds.
    pub fn insert(&mut self, tag: u16, value: &[u8]) -> Result<(), DecodeError> {
        if self.get(tag).is_some() {
            return Err(DecodeError::DuplicateTag { tag });
        }
        let bytes = 2 + self.body_len() + 4 + value.len();
        at_most("extension block", Self::MAX_BYTES, bytes)?;
        at_most("extension count", Self::MAX_ENTRIES, self.entries.len() + 1)?;
        self.entries.push((tag, value.to_vec()));
        Ok(())
    }

    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let body_len = usize::from(r.u16()?);
        at_most("extension block", Self::MAX_BYTES, 2 + body_len)?;
        let mut body = Reader::new("extension block", r.take(body_len)?);
        let mut block = Self::new();
        while body.remaining() > 0 {
            let tag = body.u16()?;
            let length = usize::from(body.u16()?);
            block.insert(tag, body.take(length)?)?;
        }
        Ok(block)
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.u16(self.body_len() as u16);
        for (tag, value) in &self.entries {
            out.u16(*tag).u16(value.len() as u16).raw(value);
        }
    }

    fn body_len(&self) -> usize {
        self.entries.iter().map(|(_, value)| 4 + value.len()).sum()
    }
}

fn at_most(what: &'static str, limit: usize, got: usize) -> Result<(), DecodeError> {
    if got > limit { Err(DecodeError::TooLarge { what, limit, got }) } else { Ok(()) }
}

/// What the known tags of Start say (punktfunk/1 §2.5). A malformed value reads as absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StartExtensions {
    /// What the client calls its program, for logs only: untrusted.
    pub label: Option<String>,
    /// The client reads the reason byte of [`Control::BitrateChanged`](super::Control::BitrateChanged).
    pub reads_bitrate_reason: bool,
    /// The preset its user chose, for display only: untrusted.
    pub preset: Option<Preset>,
}

/// A named bundle of client settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// Printable ASCII, at most 32 bytes.
    pub id: String,
    /// At most 64 bytes.
    pub name: String,
}

impl StartExtensions {
    const LABEL: u16 = 2;
    const ABR: u16 = 3;
    const PRESET: u16 = 4;
    const MAX_LABEL: usize = 96;

    pub(super) fn from_block(block: &ExtensionBlock) -> Self {
        let label = block.get(Self::LABEL).filter(|value| value.len() <= Self::MAX_LABEL);
        Self {
            label: label.and_then(|value| std::str::from_utf8(value).ok()).map(str::to_owned),
            reads_bitrate_reason: block.get(Self::ABR).and_then(<[u8]>::first).is_some_and(|b| b & 1 != 0),
            preset: block.get(Self::PRESET).and_then(Preset::read),
        }
    }

    /// The block that says this. Texts are cut to their bounds.
    #[must_use]
    pub fn to_block(&self) -> ExtensionBlock {
        let mut entries = Vec::new();
        if let Some(label) = &self.label {
            entries.push((Self::LABEL, cut(label, Self::MAX_LABEL).as_bytes().to_vec()));
        }
        if self.reads_bitrate_reason {
            entries.push((Self::ABR, vec![1]));
        }
        if let Some(preset) = &self.preset {
            entries.push((Self::PRESET, preset.write()));
        }
        ExtensionBlock { entries }
    }
}

impl Preset {
    fn read(value: &[u8]) -> Option<Self> {
        let mut r = Reader::new("preset", value);
        let id_len = usize::from(r.u8().ok()?);
        let id = r.text(id_len).ok()?;
        let name_len = usize::from(r.u8().ok()?);
        let name = r.text(name_len).ok()?;
        let printable = id.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        (id.len() <= 32 && name.len() <= 64 && printable && r.remaining() == 0).then_some(Self { id, name })
    }

    fn write(&self) -> Vec<u8> {
        let (id, name) = (cut(&self.id, 32), cut(&self.name, 64));
        let mut out = Vec::new();
        out.u8(id.len() as u8).raw(id.as_bytes()).u8(name.len() as u8).raw(name.as_bytes());
        out
    }
}
