/// Why bytes from a peer were not taken as a message.
///
/// None of these is worth more than one log line: the peer is broken, hostile or from another time. In the
/// handshake the connection is closed; on a running control stream the message is skipped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The first bytes are not those of this protocol.
    #[error("{what} does not begin with \"{magic}\"; the peer speaks another protocol, close the connection")]
    Magic {
        /// The message that was expected.
        what: &'static str,
        /// The four bytes it begins with.
        magic: &'static str,
    },
    /// The message ends before its mandatory fields do.
    #[error(
        "{what} ends after {got} bytes and needs {need}; it was cut short, ask the peer to send it again"
    )]
    Truncated {
        /// The message or field.
        what: &'static str,
        /// The least number of bytes.
        need: usize,
        /// The bytes that were there.
        got: usize,
    },
    /// A fixed-length message has another length.
    #[error("{what} has {got} bytes and must have exactly {want}; the peer uses another protocol version")]
    Length {
        /// The message.
        what: &'static str,
        /// Its only legal length, in bytes.
        want: usize,
        /// The bytes that were there.
        got: usize,
    },
    /// A count or length is above its bound.
    #[error("{what} is {got} and may be at most {limit}; the message is refused")]
    TooLarge {
        /// The message or field.
        what: &'static str,
        /// The largest legal value.
        limit: usize,
        /// The value that was there.
        got: usize,
    },
    /// A field has a value without a meaning, where guessing one would do harm.
    #[error("{what} has the unknown value {got}; update the older of the two sides")]
    Value {
        /// The field.
        what: &'static str,
        /// The value that was there.
        got: u64,
    },
    /// A text field is not UTF-8.
    #[error("{what} is not UTF-8 text; the message is refused")]
    Text {
        /// The field.
        what: &'static str,
    },
    /// An extension block names one tag twice.
    #[error("extension tag {tag} appears twice; the handshake is refused")]
    DuplicateTag {
        /// The tag.
        tag: u16,
    },
    /// A connection began with a control message that cannot be first.
    #[error(
        "control message 0x{kind:02x} cannot be the first one; a connection begins with Hello or PairRequest"
    )]
    NotFirst {
        /// The message type.
        kind: u8,
    },
}
