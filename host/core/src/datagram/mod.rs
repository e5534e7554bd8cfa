//! The small planes in QUIC datagrams (punktfunk/1 §5). They are unreliable, unordered and newest
//! wins. The first byte names the plane.
//!
//! Nothing here can fail: a datagram that is too short, of an unknown plane or with a value that has no
//! meaning is `None`, and is dropped without a word.

mod audio;
mod cursor;
mod feedback;
mod hdr;
mod input;
mod pad;
mod rich;
mod snapshot;
mod timing;

pub use audio::{AudioPacket, PadAudio, PadAudioKind, PcmPacket, RedundantAudio};
pub use cursor::CursorPosition;
pub use feedback::{HidOutput, Lease, MuteLight, Rumble, TriggerMotors};
pub use hdr::HdrMetadata;
pub use input::{Axis, InputEvent, MouseButton, PadAxis, TouchPhase};
pub use pad::{GamepadButtons, GamepadState, MAX_PADS};
pub use rich::{PenSample, RichInput};
pub use snapshot::SnapshotOrder;
pub use timing::{HostTiming, TimingSplit};

/// The first byte of a datagram.
pub(crate) mod plane {
    pub(crate) const INPUT: u8 = 0xc8;
    pub(crate) const AUDIO: u8 = 0xc9;
    pub(crate) const RUMBLE: u8 = 0xca;
    pub(crate) const MICROPHONE: u8 = 0xcb;
    pub(crate) const RICH_INPUT: u8 = 0xcc;
    pub(crate) const HID_OUTPUT: u8 = 0xcd;
    pub(crate) const HDR: u8 = 0xce;
    pub(crate) const TIMING: u8 = 0xcf;
    pub(crate) const CURSOR: u8 = 0xd0;
    pub(crate) const PAD_AUDIO: u8 = 0xd1;
    pub(crate) const REDUNDANT_AUDIO: u8 = 0xd2;
    pub(crate) const PCM_AUDIO: u8 = 0xd3;
}

/// What a client sends.
#[derive(Debug, Clone, PartialEq)]
pub enum ClientDatagram<'a> {
    /// Plane 0xC8.
    Input(InputEvent),
    /// Plane 0xCB: mono Opus, 10 ms.
    Microphone(AudioPacket<'a>),
    /// Plane 0xCC.
    Rich(RichInput<'a>),
}

impl<'a> ClientDatagram<'a> {
    /// Reads a datagram that came from a client.
    #[must_use]
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        match *bytes.first()? {
            plane::INPUT => InputEvent::decode(bytes).map(Self::Input),
            plane::MICROPHONE => AudioPacket::decode_microphone(bytes).map(Self::Microphone),
            plane::RICH_INPUT => RichInput::decode(bytes).map(Self::Rich),
            _ => None,
        }
    }
}

/// What a host sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostDatagram<'a> {
    /// Plane 0xC9.
    Audio(AudioPacket<'a>),
    /// Plane 0xCA.
    Rumble(Rumble),
    /// Plane 0xCD.
    Hid(HidOutput<'a>),
    /// Plane 0xCE.
    Hdr(HdrMetadata),
    /// Plane 0xCF.
    Timing(HostTiming),
    /// Plane 0xD0.
    Cursor(CursorPosition),
    /// Plane 0xD1.
    PadAudio(PadAudio<'a>),
    /// Plane 0xD2.
    RedundantAudio(RedundantAudio<'a>),
    /// Plane 0xD3.
    Pcm(PcmPacket<'a>),
}

impl<'a> HostDatagram<'a> {
    /// Reads a datagram that came from a host.
    #[must_use]
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        match *bytes.first()? {
            plane::AUDIO => AudioPacket::decode(bytes).map(Self::Audio),
            plane::RUMBLE => Rumble::decode(bytes).map(Self::Rumble),
            plane::HID_OUTPUT => HidOutput::decode(bytes).map(Self::Hid),
            plane::HDR => HdrMetadata::decode(bytes).map(Self::Hdr),
            plane::TIMING => HostTiming::decode(bytes).map(Self::Timing),
            plane::CURSOR => CursorPosition::decode(bytes).map(Self::Cursor),
            plane::PAD_AUDIO => PadAudio::decode(bytes).map(Self::PadAudio),
            plane::REDUNDANT_AUDIO => RedundantAudio::decode(bytes).map(Self::RedundantAudio),
            plane::PCM_AUDIO => PcmPacket::decode(bytes).map(Self::Pcm),
            _ => None,
        }
    }
}

/// A reader behind a matching plane byte.
fn open(plane: u8, bytes: &[u8]) -> Option<crate::bytes::Reader<'_>> {
    (*bytes.first()? == plane).then(|| crate::bytes::Reader::new("datagram", &bytes[1..]))
}
