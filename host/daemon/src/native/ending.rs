//! How a connection ends: every refusal is a close code and one sentence (punktfunk/1 §1.5).

use punktfunk_core::wire::CloseCode;
use quinn::{Connection, ConnectionError, ReadError, VarInt, WriteError};

/// Why a connection is over.
#[derive(Debug)]
pub(super) enum Ending {
    /// The host closes it, with a code and a sentence for the person at the client.
    Close(CloseCode, String),
    /// The peer closed it, or it was lost; there is nobody to talk to.
    Gone,
}

impl Ending {
    /// The host closes with `code`, saying `sentence`.
    pub(super) fn close(code: CloseCode, sentence: impl Into<String>) -> Self {
        Self::Close(code, sentence.into())
    }

    /// The host closes with `code` and its own sentence.
    pub(super) fn typed(code: CloseCode) -> Self {
        Self::close(code, code.sentence())
    }

    /// The session cannot be set up, for a reason the user may read.
    pub(super) fn set_up(sentence: impl Into<String>) -> Self {
        Self::close(CloseCode::SetupFailed, sentence)
    }

    /// Tells the operator when a device that was let in got no stream, or lost it by a fault of this host.
    pub(super) fn report(&self) {
        if let Self::Close(CloseCode::SetupFailed | CloseCode::Busy, sentence) = self {
            tracing::warn!(reason = %sentence, "a device that was let in got no stream");
        }
    }

    /// Puts the ending on the wire.
    pub(super) fn apply(&self, connection: &Connection) {
        match self {
            Self::Close(code, sentence) => close(connection, *code, sentence),
            // frees what quinn still holds when only the stream was lost
            Self::Gone => close(connection, CloseCode::Done, ""),
        }
    }
}

/// Closes `connection` with a code of the protocol.
pub(super) fn close(connection: &Connection, code: CloseCode, sentence: &str) {
    connection.close(VarInt::from_u32(code.code()), sentence.as_bytes());
}

impl From<ConnectionError> for Ending {
    fn from(_: ConnectionError) -> Self {
        Self::Gone
    }
}

impl From<WriteError> for Ending {
    fn from(_: WriteError) -> Self {
        Self::Gone
    }
}

impl From<ReadError> for Ending {
    fn from(_: ReadError) -> Self {
        Self::Gone
    }
}
