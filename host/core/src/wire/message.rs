//! Small values inside control messages.

/// Why the bitrate is what it is (punktfunk/1 §2.7, type 0x06).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BitrateReason {
    /// As asked.
    Granted,
    /// The encoder cannot do more.
    EncoderLimit,
    /// Changes came too fast.
    Cadence,
    /// The path is shared with others.
    Governor,
    /// The operator has fixed it.
    Pinned,
    /// A reason this version does not know.
    Other(u8),
}

impl BitrateReason {
    pub(super) fn from_wire(byte: u8) -> Self {
        match byte {
            0 => Self::Granted,
            1 => Self::EncoderLimit,
            2 => Self::Cadence,
            3 => Self::Governor,
            4 => Self::Pinned,
            other => Self::Other(other),
        }
    }

    pub(super) fn to_wire(self) -> u8 {
        match self {
            Self::Granted => 0,
            Self::EncoderLimit => 1,
            Self::Cadence => 2,
            Self::Governor => 3,
            Self::Pinned => 4,
            Self::Other(other) => other,
        }
    }
}

/// The long form of a probe's result (punktfunk/1 §4.9): what became of the packets on the host's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeDelivery {
    /// Packets the kernel took.
    pub wire_packets: u32,
    /// Packets the send buffer had no room for.
    pub dropped: u32,
}
