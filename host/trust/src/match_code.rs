//! A short code that belongs to one connection alone.

use serde::Serialize;

use crate::words::word;

/// What both ends of one connection can show, and nobody between two connections can make alike: bytes that TLS exports
/// from the secrets of that very handshake, as words.
///
/// A fingerprint's words say which device asks. This says that nothing sits between it and the host: whoever relays holds
/// two connections, and their codes differ. He may try handshakes of his own for as long as one side waits for the
/// other, some ten seconds, so the code has 32 bits and not fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "Vec<&'static str>")]
pub struct MatchCode([u8; Self::BYTES]);

impl MatchCode {
    /// How many bytes are exported, and so how many words it has.
    const BYTES: usize = 4;
    /// What they are exported for; the context is empty.
    const LABEL: &'static [u8] = b"EXPORTER-punktfunk-match-code";

    /// The code of the connection that `export` fills bytes from, given a label and a context.
    ///
    /// # Errors
    /// Those of `export`: the connection has no secrets yet.
    pub fn of<E>(export: impl FnOnce(&mut [u8], &[u8], &[u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut bytes = [0; Self::BYTES];
        export(&mut bytes, Self::LABEL, b"")?;
        Ok(Self(bytes))
    }

    /// The code of a connection that has exported these.
    #[must_use]
    pub fn from_exported(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// One word for each byte, from the list that fingerprints use.
    #[must_use]
    pub fn words(&self) -> [&'static str; Self::BYTES] {
        self.0.map(word)
    }
}

impl From<MatchCode> for Vec<&'static str> {
    fn from(code: MatchCode) -> Self {
        code.words().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_changes_a_word() {
        let code = MatchCode::from_exported([7; 4]);
        for bit in 0..32 {
            let mut bytes = [7; 4];
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(MatchCode::from_exported(bytes).words(), code.words(), "bit {bit}");
        }
    }
}
