//! The enumerations and bit sets of punktfunk/1 §2.6.

use bitflags::bitflags;

use crate::DecodeError;
use crate::bytes::{Reader, Write};

/// An enumeration on the wire where every unknown number reads as one known value.
macro_rules! wire_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $value:literal,)* } else $other:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$vmeta])* $variant = $value,)* }

        impl $name {
            /// Every value, in wire order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The value a wire byte stands for. Unknown bytes read as the default of the specification.
            #[must_use]
            pub fn from_wire(byte: u8) -> Self {
                match byte { $($value => Self::$variant,)* _ => Self::$other }
            }

            /// The byte on the wire.
            #[must_use]
            pub fn to_wire(self) -> u8 {
                self as u8
            }
        }

        impl Default for $name {
            fn default() -> Self { Self::$other }
        }
    };
}

/// A picture size and rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mode {
    /// Pixels per line.
    pub width: u32,
    /// Lines.
    pub height: u32,
    /// Pictures per second, in Hz.
    pub refresh_hz: u32,
}

impl Mode {
    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self { width: r.u32()?, height: r.u32()?, refresh_hz: r.u32()? })
    }

    pub(crate) fn write(self, out: &mut Vec<u8>) {
        out.u32(self.width).u32(self.height).u32(self.refresh_hz);
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}@{}", self.width, self.height, self.refresh_hz)
    }
}

wire_enum! {
    /// The desktop a client wishes for, or the one a host runs.
    Compositor {
        /// Whatever the host has.
        Auto = 0,
        /// KDE's KWin.
        KWin = 1,
        /// Any compositor on wlroots.
        Wlroots = 2,
        /// GNOME's Mutter.
        Mutter = 3,
        /// Valve's gamescope.
        Gamescope = 4,
        /// Hyprland.
        Hyprland = 5,
        /// The Windows desktop.
        Windows = 6,
    } else Auto
}

wire_enum! {
    /// A make of game controller. [`GamepadKind::Xbox360`] is the safe one for a host to offer.
    GamepadKind {
        /// Whatever fits.
        Auto = 0,
        /// Xbox 360.
        Xbox360 = 1,
        /// DualSense.
        DualSense = 2,
        /// Xbox One or Series.
        XboxOne = 3,
        /// DualShock 4.
        DualShock4 = 4,
        /// Steam Controller.
        SteamController = 5,
        /// Steam Deck.
        SteamDeck = 6,
        /// DualSense Edge.
        DualSenseEdge = 7,
        /// Switch Pro.
        SwitchPro = 8,
        /// Steam Controller 2 by wire.
        SteamController2 = 9,
        /// Steam Controller 2 through its dongle.
        SteamController2Dongle = 10,
        /// Xbox Elite 2.
        XboxElite2 = 11,
        /// 8BitDo Ultimate 2.
        EightBitDoUltimate2 = 12,
        /// 8BitDo Pro 2.
        EightBitDoPro2 = 13,
        /// 8BitDo Pro 3.
        EightBitDoPro3 = 14,
        /// HORIPAD for Steam.
        HoripadSteam = 15,
        /// A pair of Joy-Cons.
        JoyConPair = 16,
        /// Switch 2 Pro.
        Switch2Pro = 17,
        /// Switch 2 GameCube.
        Switch2GameCube = 18,
    } else Auto
}

wire_enum! {
    /// How surround channels are coupled into Opus streams (punktfunk/1 §5.2).
    SurroundLayout {
        /// The old map, which couples centre and bass.
        Legacy = 0,
        /// The usual map.
        Standard = 1,
        /// Every channel a stream of its own.
        Uncoupled = 2,
    } else Legacy
}

wire_enum! {
    /// What a client does when the picture does not have the shape of its screen.
    VideoFit {
        /// Whole picture, bars at the sides.
        Fit = 0,
        /// Whole screen, edges cut.
        Crop = 1,
        /// Whole screen, shape changed.
        Stretch = 2,
    } else Fit
}

wire_enum! {
    /// The number of audio channels.
    AudioChannels {
        /// Two.
        Stereo = 2,
        /// Six.
        Surround51 = 6,
        /// Eight.
        Surround71 = 8,
    } else Stereo
}

wire_enum! {
    /// The code that makes parity shards (punktfunk/1 §4.8).
    FecScheme {
        /// Cauchy over GF(2^8), at most 255 shards in a block. Known by name only: nothing here makes it.
        Gf8 = 0,
        /// Leopard over GF(2^16), the one in use.
        Gf16 = 1,
    } else Gf8
}

wire_enum! {
    /// Chroma sampling.
    Chroma {
        /// A quarter of the colour samples.
        Yuv420 = 1,
        /// All of them.
        Yuv444 = 3,
    } else Yuv420
}

/// What the host sends as audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AudioCodec {
    /// Opus, on plane 0xC9 or 0xD2.
    #[default]
    Opus,
    /// Integer samples, on plane 0xD3.
    Pcm,
    /// A codec this version does not know: play nothing.
    Other(u8),
}

impl AudioCodec {
    /// The meaning of a wire byte.
    #[must_use]
    pub fn from_wire(byte: u8) -> Self {
        match byte {
            0 => Self::Opus,
            2 => Self::Pcm,
            other => Self::Other(other),
        }
    }

    /// The byte on the wire.
    #[must_use]
    pub fn to_wire(self) -> u8 {
        match self {
            Self::Opus => 0,
            Self::Pcm => 2,
            Self::Other(other) => other,
        }
    }
}

/// Code points of ITU-T H.273 for the colours of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour {
    /// Primaries: 1 for BT.709, 9 for BT.2020.
    pub primaries: u8,
    /// Transfer: 1 for SDR, 16 for PQ.
    pub transfer: u8,
    /// Matrix: 1 for BT.709, 9 for BT.2020 non-constant luminance.
    pub matrix: u8,
    /// Levels 0…255 instead of 16…235.
    pub full_range: bool,
}

impl Colour {
    /// BT.709, limited range.
    pub const SDR: Self = Self { primaries: 1, transfer: 1, matrix: 1, full_range: false };
}

impl Default for Colour {
    fn default() -> Self {
        Self::SDR
    }
}

/// One video codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Codec {
    /// H.264.
    H264 = 0x01,
    /// HEVC, which is what an unset field means.
    Hevc = 0x02,
    /// AV1.
    Av1 = 0x04,
    /// PyroWave, a wavelet codec for wired networks; chosen only when a client prefers it.
    PyroWave = 0x08,
}

impl Codec {
    /// The codec of exactly this bit.
    #[must_use]
    pub fn from_wire(byte: u8) -> Option<Self> {
        [Self::H264, Self::Hevc, Self::Av1, Self::PyroWave].into_iter().find(|c| c.to_wire() == byte)
    }

    /// Its bit.
    #[must_use]
    pub fn to_wire(self) -> u8 {
        self as u8
    }
}

impl std::fmt::Display for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::H264 => "h264",
            Self::Hevc => "hevc",
            Self::Av1 => "av1",
            Self::PyroWave => "pyrowave",
        })
    }
}

impl From<Codec> for Codecs {
    fn from(codec: Codec) -> Self {
        Self::from_bits_retain(codec.to_wire())
    }
}

impl FromIterator<Codec> for Codecs {
    fn from_iter<I: IntoIterator<Item = Codec>>(codecs: I) -> Self {
        codecs.into_iter().fold(Self::empty(), |all, one| all | one.into())
    }
}

bitflags! {
    /// A set of video codecs.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Codecs: u8 {
        /// [`Codec::H264`].
        const H264 = 0x01;
        /// [`Codec::Hevc`].
        const HEVC = 0x02;
        /// [`Codec::Av1`].
        const AV1 = 0x04;
        /// [`Codec::PyroWave`].
        const PYROWAVE = 0x08;
    }

    /// What the client's video path can do (Hello). Bits without a name are kept.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct VideoCaps: u8 {
        /// Ten bits per sample.
        const TEN_BIT = 0x01;
        /// HDR.
        const HDR = 0x02;
        /// Full chroma.
        const YUV444 = 0x04;
        /// Wants a host timing datagram per access unit.
        const HOST_TIMING = 0x08;
        /// Understands the long form of the probe's result.
        const PROBE_ACCOUNTING = 0x10;
        /// Understands streamed access units (punktfunk/1 §4.7).
        const STREAMED = 0x20;
        /// Wants ChaCha20-Poly1305.
        const CHACHA20 = 0x40;
        /// Decodes slices as they come.
        const MULTI_SLICE = 0x80;
    }

    /// What else the client can do (Hello). Bits without a name are kept.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct ClientCaps: u8 {
        /// Draws the pointer itself.
        const CURSOR = 0x01;
        /// Reports its display's phase.
        const PHASE_LOCK = 0x02;
        /// Takes audio with redundancy.
        const REDUNDANT_AUDIO = 0x04;
        /// Plays controller audio.
        const PAD_AUDIO = 0x08;
        /// Takes PCM audio.
        const HIRES_AUDIO = 0x10;
        /// Wants the host's speakers to stay on.
        const KEEP_SPEAKERS = 0x20;
        /// Reads the extension block of Welcome.
        const WELCOME_EXTENSIONS = 0x40;
    }

    /// What the host offers (Welcome). A bit left out is a promise that the client will not use it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct HostCaps: u8 {
        /// Takes whole gamepad states (input kind 12).
        const GAMEPAD_STATE = 0x01;
        /// Shares its clipboard.
        const CLIPBOARD = 0x02;
        /// Takes text input.
        const TEXT = 0x04;
        /// Sends the pointer apart from the picture.
        const CURSOR = 0x08;
        /// Takes pen input.
        const PEN = 0x10;
        /// Sends audio with redundancy.
        const REDUNDANT_AUDIO = 0x20;
        /// Sends controller audio.
        const PAD_AUDIO = 0x40;
        /// Sends PCM audio.
        const HIRES_AUDIO = 0x80;
    }

    /// What else the host offers (Welcome).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct HostCaps2: u8 {
        /// Marks repeated pictures.
        const REPEATS_FLAGGED = 0x01;
        /// Takes touch input.
        const TOUCH = 0x02;
        /// Reads the extension block of Start.
        const START_EXTENSIONS = 0x04;
        /// Takes high-resolution scrolling (input kind 16).
        const HIRES_SCROLL = 0x08;
        /// Answers probes before the first picture.
        const RAMP = 0x10;
        /// Reads a delivery report in every window.
        const DELIVERY_REPORTS = 0x20;
        /// Takes input edges on the control stream.
        const INPUT_EDGES = 0x40;
    }

    /// What a device may do in this session. [`Grants::ALL`] is also what an absent field means.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct Grants: u32 {
        /// Game controllers.
        const GAMEPAD = 0x01;
        /// Mouse and touch.
        const POINTER = 0x02;
        /// Keys and text.
        const KEYBOARD = 0x04;
        /// The clipboard.
        const CLIPBOARD = 0x08;
        /// The microphone.
        const MICROPHONE = 0x10;
        /// Starting titles.
        const LAUNCH = 0x20;
        /// Sleep, restart, shut down.
        const POWER = 0x40;
        /// Changing the library.
        const MANAGE_GAMES = 0x80;
    }
}

impl Grants {
    /// Everything, with the bits of the newest clients.
    pub const ALL: Self = Self::from_bits_retain(0xff);
}

impl Default for Grants {
    fn default() -> Self {
        Self::ALL
    }
}

/// The codec of a session (punktfunk/1 §2.6): the client's preferred one if both have it, else HEVC, AV1,
/// H.264 in this order. PyroWave is taken only as the preferred one. `None` closes with
/// [`CloseCode::SetupFailed`](super::CloseCode::SetupFailed).
#[must_use]
pub fn choose_codec(client: Codecs, preferred: Option<Codec>, host: Codecs) -> Option<Codec> {
    let client = if client.is_empty() { Codecs::HEVC } else { client };
    let shared = client & host;
    preferred
        .into_iter()
        .chain([Codec::Hevc, Codec::Av1, Codec::H264])
        .find(|&codec| shared.contains(codec.into()))
}
