//! How a connection ends: every refusal is a close code and one sentence (punktfunk/1 §1.5).

use std::time::Duration;

use punktfunk_core::wire::CloseCode;
use quinn::{Connection, ConnectionError, ReadError, VarInt, WriteError};

use crate::app::{CutReason, Door, StreamLink, TurnedAway};

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

/// The close code for a device that is turned away.
pub(super) fn code_of(why: TurnedAway) -> CloseCode {
    match why {
        TurnedAway::NoCertificate => CloseCode::CertificateRequired,
        TurnedAway::Denied => CloseCode::Denied,
        TurnedAway::NotApproved => CloseCode::NotApproved,
        TurnedAway::Superseded => CloseCode::Superseded,
    }
}

/// What the rest of the host holds of a stream of this door.
pub(super) struct Link(pub(super) Connection);

impl StreamLink for Link {
    fn cut(&self, why: CutReason) {
        let (code, sentence) = match why {
            CutReason::AccessEnded => (CloseCode::AccessEnded, CloseCode::AccessEnded.sentence()),
            CutReason::Superseded => (CloseCode::Superseded, CloseCode::Superseded.sentence()),
            CutReason::EndedByOwner => {
                (CloseCode::Done, "The owner of the host has ended this stream; connect again to go on.")
            }
        };
        close(&self.0, code, sentence);
    }

    fn round_trip(&self) -> Option<Duration> {
        Some(self.0.rtt())
    }

    fn door(&self) -> Door {
        Door::Native
    }
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
