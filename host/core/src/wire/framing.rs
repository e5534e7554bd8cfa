use crate::DecodeError;

/// The longest payload a frame can carry, in bytes (punktfunk/1 §2.1).
pub const MAX_PAYLOAD: usize = u16::MAX as usize;

/// A payload with its `u16` length in front, ready for the stream (punktfunk/1 §2.1).
///
/// # Panics
/// If the payload is longer than [`MAX_PAYLOAD`]. Every message of this crate is bounded below that.
#[must_use]
pub fn frame(payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).expect("messages are bounded below 64 KiB");
    let mut out = Vec::with_capacity(2 + payload.len());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(payload);
    out
}

/// Takes stream bytes in any pieces and gives back whole payloads, in order.
///
/// Holds at most twice the longest frame it accepts; whoever pushes must take the payloads out in between.
#[derive(Debug)]
pub struct FrameReader {
    limit: usize,
    buffer: Vec<u8>,
    /// Where the next payload's length prefix starts.
    front: usize,
    /// Where the first length prefix starts that has not been checked against the limit.
    scan: usize,
}

impl Default for FrameReader {
    fn default() -> Self {
        Self::with_limit(MAX_PAYLOAD)
    }
}

impl FrameReader {
    /// A reader for payloads of any legal length.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader that refuses payloads above `limit` bytes, for peers that are not trusted yet.
    #[must_use]
    pub fn with_limit(limit: usize) -> Self {
        Self { limit: limit.min(MAX_PAYLOAD), buffer: Vec::new(), front: 0, scan: 0 }
    }

    /// Adds bytes from the stream.
    ///
    /// # Errors
    /// [`DecodeError::TooLarge`] as soon as a length prefix is above the limit, or when payloads are left
    /// lying here. The stream cannot be read further after that.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        let unread = self.buffer.len() - self.front + bytes.len();
        let most = 2 * (2 + self.limit).max(2 + 4096);
        if unread > most {
            return Err(DecodeError::TooLarge { what: "unread control data", limit: most, got: unread });
        }
        self.buffer.drain(..self.front);
        self.scan -= self.front;
        self.front = 0;
        self.buffer.extend_from_slice(bytes);
        while let Some(length) = self.length_at(self.scan) {
            if length > self.limit {
                return Err(DecodeError::TooLarge { what: "control frame", limit: self.limit, got: length });
            }
            self.scan += 2 + length;
        }
        Ok(())
    }

    /// Bytes that are held and not yet given out.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.buffer.len() - self.front
    }

    fn length_at(&self, at: usize) -> Option<usize> {
        let prefix = self.buffer.get(at..at + 2)?;
        Some(usize::from(u16::from_le_bytes([prefix[0], prefix[1]])))
    }
}

impl Iterator for FrameReader {
    type Item = Vec<u8>;

    /// The next whole payload, or `None` until more bytes are pushed.
    fn next(&mut self) -> Option<Vec<u8>> {
        let start = self.front + 2;
        let end = start + self.length_at(self.front)?;
        if end > start + self.limit {
            return None;
        }
        let payload = self.buffer.get(start..end)?.to_vec();
        self.front = end;
        Some(payload)
    }
}
