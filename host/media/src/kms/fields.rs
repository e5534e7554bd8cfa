//! Fixed-length fields of the broker's messages.

use super::protocol::ProtocolError;

/// Appends fields to a message.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn message(version: u16, kind: u16) -> Self {
        let mut out = Self(Vec::with_capacity(512));
        out.u16(version);
        out.u16(kind);
        out
    }

    pub(super) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(super) fn u16(&mut self, value: u16) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn i32(&mut self, value: i32) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    /// Text in a field of `len` bytes; what does not fit is cut off at a character.
    pub(super) fn text(&mut self, text: &str, len: usize) {
        let end = self.0.len() + len;
        self.0.extend(&text.as_bytes()[..text.floor_char_boundary(len)]);
        self.0.resize(end, 0);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Takes fields off the front of a message.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn u8(&mut self) -> Result<u8, ProtocolError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, ProtocolError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, ProtocolError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, ProtocolError> {
        self.array().map(i32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, ProtocolError> {
        self.array().map(u64::from_le_bytes)
    }

    /// Text from a field of `len` bytes. Control characters are refused: names end up in logs and on screens.
    pub(super) fn text(&mut self, len: usize) -> Result<String, ProtocolError> {
        let (field, rest) = self.0.split_at_checked(len).ok_or(ProtocolError::Malformed)?;
        self.0 = rest;
        let used = field.iter().position(|&byte| byte == 0).unwrap_or(len);
        let (text, padding) = field.split_at(used);
        let text = std::str::from_utf8(text).map_err(|_| ProtocolError::Malformed)?;
        if padding.iter().any(|&byte| byte != 0) || text.chars().any(char::is_control) {
            return Err(ProtocolError::Malformed);
        }
        Ok(text.to_owned())
    }

    pub(super) fn end(&self) -> Result<(), ProtocolError> {
        if self.0.is_empty() { Ok(()) } else { Err(ProtocolError::Malformed) }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ProtocolError> {
        let (field, rest) = self.0.split_first_chunk().ok_or(ProtocolError::Malformed)?;
        self.0 = rest;
        Ok(*field)
    }
}
