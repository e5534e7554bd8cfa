//! What is in the envelopes (GameStream §4.3, §4.4).

use crate::input::InputEvent;

/// What a client says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ClientMessage {
    /// The next picture is to be an IDR. Also the first message of a stream.
    Idr,
    /// Pictures were lost: references to them must not be made.
    Invalidate {
        /// Index of the first.
        first: u32,
        /// Index of the last.
        last: u32,
    },
    /// Input.
    Input(InputEvent),
    /// How a picture arrived that was not whole at once.
    FecStatus(FecStatus),
    /// It is there, or has something to say that means nothing here.
    Nothing,
}

/// How the packets of a block arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FecStatus {
    /// Data packets of the block.
    pub(crate) data: u32,
    /// Packets that had arrived, of data and parity, when the client was done with the block.
    pub(crate) received: u32,
    /// Packets that had not, although a later one had.
    pub(crate) missing: u32,
}

const IDR: u16 = 0x0302;
const INPUT: u16 = 0x0206;
const INVALIDATE: u16 = 0x0301;
const FEC_STATUS: u16 = 0x5502;

impl ClientMessage {
    /// What a message of this kind says. Unknown kinds and wrong lengths say nothing.
    pub(crate) fn decode(kind: u16, payload: &[u8]) -> Self {
        let decoded = match kind {
            IDR => Some(Self::Idr),
            INPUT => InputEvent::decode(payload).map(Self::Input),
            INVALIDATE if payload.len() == 24 => {
                let field =
                    |at| u32::from_le_bytes([payload[at], payload[at + 1], payload[at + 2], payload[at + 3]]);
                Some(Self::Invalidate { first: field(0), last: field(8) })
            }
            FEC_STATUS if payload.len() == 21 => {
                let field = |at| u32::from(u16::from_be_bytes([payload[at], payload[at + 1]]));
                let (data, received, missing) = (field(10), field(14) + field(16), field(8));
                Some(Self::FecStatus(FecStatus { data, received, missing }))
            }
            _ => None,
        };
        decoded.unwrap_or(Self::Nothing)
    }
}

/// What the host says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostMessage {
    /// A pad's motors.
    Rumble {
        /// Its number, 0 to 15.
        pad: u16,
        /// The low-frequency motor, 0 to 65535.
        low: u16,
        /// The high-frequency motor, 0 to 65535.
        high: u16,
    },
    /// The motors in a pad's triggers.
    TriggerRumble {
        /// Its number, 0 to 15.
        pad: u16,
        /// The left one, 0 to 65535.
        left: u16,
        /// The right one, 0 to 65535.
        right: u16,
    },
    /// The colour of a pad's light.
    Led {
        /// Its number, 0 to 15.
        pad: u16,
        /// Red, green and blue.
        rgb: [u8; 3],
    },
    /// The stream ends.
    Termination(Termination),
}

/// Why a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Termination {
    /// As intended.
    Normal,
    /// The pictures cannot be made any more.
    NoPicture,
}

impl HostMessage {
    /// Whether this means nothing any more once `next` is said.
    pub(crate) fn is_replaced_by(&self, next: &Self) -> bool {
        match (self, next) {
            (Self::Rumble { pad, .. }, Self::Rumble { pad: other, .. }) => pad == other,
            _ => false,
        }
    }

    /// Kind and payload.
    pub(crate) fn encode(self) -> (u16, Vec<u8>) {
        let words = |head: &[u8], words: &[u16]| {
            head.iter().copied().chain(words.iter().flat_map(|word| word.to_le_bytes())).collect()
        };
        match self {
            Self::Rumble { pad, low, high } => (0x010b, words(&[0; 4], &[pad, low, high])),
            Self::TriggerRumble { pad, left, right } => (0x5500, words(&[], &[pad, left, right])),
            Self::Led { pad, rgb } => {
                let mut payload: Vec<u8> = words(&[], &[pad]);
                payload.extend(rgb);
                (0x5502, payload)
            }
            Self::Termination(why) => {
                let code = match why {
                    Termination::Normal => 0x8003_0023_u32,
                    Termination::NoPicture => 0x800e_9403,
                };
                (0x0109, code.to_be_bytes().to_vec())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_the_host_says_is_laid_out_as_the_protocol_wants() {
        let encoded = |message: HostMessage| {
            let (kind, payload) = message.encode();
            format!("{kind:04x} {}", hex::encode(payload))
        };
        let rumble = HostMessage::Rumble { pad: 1, low: 0x1234, high: 0xabcd };
        assert_eq!(encoded(rumble), "010b 0000000001003412cdab");
        assert_eq!(
            encoded(HostMessage::TriggerRumble { pad: 2, left: 1, right: 0x100 }),
            "5500 020001000001"
        );
        assert_eq!(encoded(HostMessage::Led { pad: 3, rgb: [1, 2, 3] }), "5502 0300010203");
        assert_eq!(encoded(HostMessage::Termination(Termination::Normal)), "0109 80030023");
    }

    #[test]
    fn a_lost_range_and_a_fec_status_are_understood() {
        let mut range = [0; 24];
        (range[0], range[8]) = (3, 5);
        assert_eq!(ClientMessage::decode(0x0301, &range), ClientMessage::Invalidate { first: 3, last: 5 });
        let status = hex::decode("00000007000a0008000200140004001200030f0001").unwrap();
        let expected = ClientMessage::FecStatus(FecStatus { data: 20, received: 21, missing: 2 });
        assert_eq!(ClientMessage::decode(0x5502, &status), expected);
    }

    proptest! {
        #[test]
        fn no_bytes_make_decoding_panic(kind in any::<u16>(), bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            ClientMessage::decode(kind, &bytes);
            for kind in [IDR, INPUT, INVALIDATE, FEC_STATUS] {
                ClientMessage::decode(kind, &bytes);
            }
        }
    }
}
