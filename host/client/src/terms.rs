//! What the host granted.

use std::time::Duration;

use punktfunk_core::wire::{
    AudioChannels, AudioCodec, Chroma, Codec, Colour, GamepadKind, Grants, HostCaps, HostCaps2, Mode,
    SurroundLayout, Welcome,
};

/// The terms of a session as they were at its start (punktfunk/1 §2.3): what decoders are built from, whatever was
/// wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Terms {
    /// The mode that is encoded. [`NativeClient::mode`](crate::NativeClient::mode) follows later changes.
    pub mode: Mode,
    /// The codec of the frames.
    pub codec: Codec,
    /// The wire bit rate that the host configured, in kbit/s; 0 when it did not say.
    pub bitrate_kbps: u32,
    /// Bits per colour sample, 8 or 10.
    pub bit_depth: u8,
    /// The colours.
    pub colour: Colour,
    /// The chroma sampling.
    pub chroma: Chroma,
    /// The sound codec; Opus packets last 5 ms.
    pub audio_codec: AudioCodec,
    /// The sound channels.
    pub audio_channels: AudioChannels,
    /// How surround channels are coupled.
    pub surround: SurroundLayout,
    /// The sound's sample rate in Hz.
    pub audio_rate: u32,
    /// Bits per PCM sample, 16 or 24.
    pub audio_bits: u8,
    /// The controller that is emulated.
    pub gamepad: GamepadKind,
    /// What the host offers; a bit left out must not be used.
    pub host_caps: HostCaps,
    /// What else the host offers.
    pub host_caps2: HostCaps2,
    /// What this device may do.
    pub grants: Grants,
    /// How long this device's access lasts; `None` for ever.
    pub expires_in: Option<Duration>,
    /// The port of the management API, where the host named one.
    pub management_port: Option<u16>,
}

impl Terms {
    pub(crate) fn of(welcome: &Welcome) -> Self {
        Self {
            mode: welcome.mode,
            codec: welcome.codec,
            bitrate_kbps: welcome.bitrate_kbps,
            bit_depth: welcome.bit_depth,
            colour: welcome.colour,
            chroma: welcome.chroma,
            audio_codec: welcome.audio_codec,
            audio_channels: welcome.audio_channels,
            surround: welcome.surround,
            audio_rate: welcome.audio_rate,
            audio_bits: welcome.audio_bits,
            gamepad: welcome.gamepad,
            host_caps: welcome.host_caps,
            host_caps2: welcome.host_caps2,
            grants: welcome.grants,
            expires_in: (welcome.expires_in_secs != 0)
                .then(|| Duration::from_secs(welcome.expires_in_secs.into())),
            management_port: (welcome.management_port != 0).then_some(welcome.management_port),
        }
    }
}
