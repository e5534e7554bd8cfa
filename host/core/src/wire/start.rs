use super::{ExtensionBlock, HANDSHAKE_MAGIC, StartExtensions};
use crate::DecodeError;
use crate::bytes::{Reader, Write};

/// The client's answer to Welcome (punktfunk/1 §2.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The UDP port the client will bind for video.
    pub port: u16,
    /// Only toward a host that set [`HostCaps2::START_EXTENSIONS`](super::HostCaps2::START_EXTENSIONS).
    pub extensions: Option<ExtensionBlock>,
}

impl Start {
    /// A Start without extensions.
    #[must_use]
    pub fn new(port: u16) -> Self {
        Self { port, extensions: None }
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// For a wrong magic, fewer than 6 bytes, or an extension block that is cut, too big or repeats a tag.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new("Start", payload);
        if r.array::<4>()? != HANDSHAKE_MAGIC {
            return Err(DecodeError::Magic { what: "Start", magic: "PKF1" });
        }
        let port = r.u16()?;
        let extensions = if r.remaining() == 0 { None } else { Some(ExtensionBlock::read(&mut r)?) };
        Ok(Self { port, extensions })
    }

    /// What the known extension tags say; everything absent when there is no block.
    #[must_use]
    pub fn facts(&self) -> StartExtensions {
        self.extensions.as_ref().map(StartExtensions::from_block).unwrap_or_default()
    }

    /// The payload.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.raw(&HANDSHAKE_MAGIC).u16(self.port);
        if let Some(block) = &self.extensions {
            block.write(&mut out);
        }
        out
    }
}
