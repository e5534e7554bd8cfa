//! Little-endian reading that cannot run past the end, and the matching writing.

use crate::DecodeError;

/// Reads fields in order. A read that does not fit fails *and uses up the rest*, so that in a message whose
/// fields are optional by truncation no later, shorter field is read from a half-cut one.
pub(crate) struct Reader<'a> {
    what: &'static str,
    bytes: &'a [u8],
    at: usize,
}

macro_rules! int {
    ($($name:ident: $type:ty),*) => {$(
        pub(crate) fn $name(&mut self) -> Result<$type, DecodeError> {
            Ok(<$type>::from_le_bytes(self.array()?))
        }
    )*};
}

impl<'a> Reader<'a> {
    pub(crate) fn new(what: &'static str, bytes: &'a [u8]) -> Self {
        Self { what, bytes, at: 0 }
    }

    int!(u8: u8, u16: u16, u32: u32, u64: u64, i16: i16, i32: i32, f32: f32);

    pub(crate) fn flag(&mut self) -> Result<bool, DecodeError> {
        Ok(self.u8()? != 0)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    pub(crate) fn take(&mut self, n: usize) -> Result<&'a [u8], DecodeError> {
        let rest = &self.bytes[self.at..];
        if let Some(field) = rest.get(..n) {
            self.at += n;
            Ok(field)
        } else {
            self.at = self.bytes.len();
            Err(DecodeError::Truncated {
                what: self.what,
                need: self.bytes.len() + n - rest.len(),
                got: self.bytes.len(),
            })
        }
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        self.at = self.bytes.len();
        rest
    }

    pub(crate) fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The end has been reached, as a message of variable length demands.
    pub(crate) fn finish(&self) -> Result<(), DecodeError> {
        if self.remaining() == 0 {
            Ok(())
        } else {
            Err(DecodeError::Length { what: self.what, want: self.at, got: self.bytes.len() })
        }
    }

    pub(crate) fn text(&mut self, n: usize) -> Result<String, DecodeError> {
        let what = self.what;
        let bytes = self.take(n)?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| DecodeError::Text { what })
    }
}

/// Appends little-endian fields.
pub(crate) trait Write {
    fn put(&mut self, bytes: &[u8]);

    fn u8(&mut self, v: u8) -> &mut Self {
        self.put(&[v]);
        self
    }
    fn flag(&mut self, v: bool) -> &mut Self {
        self.u8(u8::from(v))
    }
    fn u16(&mut self, v: u16) -> &mut Self {
        self.put(&v.to_le_bytes());
        self
    }
    fn u32(&mut self, v: u32) -> &mut Self {
        self.put(&v.to_le_bytes());
        self
    }
    fn u64(&mut self, v: u64) -> &mut Self {
        self.put(&v.to_le_bytes());
        self
    }
    fn i16(&mut self, v: i16) -> &mut Self {
        self.put(&v.to_le_bytes());
        self
    }
    fn i32(&mut self, v: i32) -> &mut Self {
        self.put(&v.to_le_bytes());
        self
    }
    fn f32(&mut self, v: f32) -> &mut Self {
        self.put(&v.to_le_bytes());
        self
    }
    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.put(bytes);
        self
    }
}

impl Write for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// The longest prefix of `text` that has at most `limit` bytes and ends on a character boundary.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}
