use super::{
    AudioChannels, AudioCodec, Chroma, Codec, Colour, Compositor, ExtensionBlock, FecScheme, GamepadKind,
    Grants, HANDSHAKE_MAGIC, HostCaps, HostCaps2, Mode, SurroundLayout, WIRE_VERSION,
};
use crate::DecodeError;
use crate::bytes::{Reader, Write};
use crate::video::{Cipher, MediaKeys};

/// The host's answer to Hello (punktfunk/1 §2.3). It owns the media keys, which is why it cannot be cloned:
/// encode it, then move `keys` out into the one sealer or opener they are for.
#[derive(Debug, PartialEq, Eq)]
pub struct Welcome {
    /// The wire version; the client does not look at it.
    pub version: u32,
    /// The host's UDP port for video.
    pub data_port: u16,
    /// The mode that will really be encoded.
    pub mode: Mode,
    /// The parity code.
    pub fec_scheme: FecScheme,
    /// Parity shards per hundred data shards at the start.
    pub fec_percent: u8,
    /// K: data shards in a full block, above 0.
    pub block_shards: u16,
    /// S: bytes in a shard, even, 512…9152.
    pub shard_bytes: u16,
    /// Datagrams are sealed. Anything else is refused by [`StreamParams`](crate::video::StreamParams).
    pub sealed: bool,
    /// The keys and the cipher they are for.
    pub keys: MediaKeys,
    /// How many pictures will be sent; 0 for no end.
    pub frames: u32,
    /// The desktop that is shown.
    pub compositor: Compositor,
    /// The controller that is emulated.
    pub gamepad: GamepadKind,
    /// The bitrate on the wire in kbit/s; 0 if not known.
    pub bitrate_kbps: u32,
    /// Bits per colour sample, 8 or 10.
    pub bit_depth: u8,
    /// The colours.
    pub colour: Colour,
    /// The chroma sampling.
    pub chroma: Chroma,
    /// The audio channels that will be sent.
    pub audio_channels: AudioChannels,
    /// The codec that will be sent.
    pub codec: Codec,
    /// What the host offers.
    pub host_caps: HostCaps,
    /// The port of the management API; 0 for the usual one.
    pub management_port: u16,
    /// What this device may do.
    pub grants: Grants,
    /// Seconds until access ends; 0 for never.
    pub expires_in_secs: u32,
    /// The audio codec that will be sent.
    pub audio_codec: AudioCodec,
    /// The audio sample rate, in Hz.
    pub audio_rate: u32,
    /// Bits per audio sample, 16 or 24.
    pub audio_bits: u8,
    /// How long a PCM packet is, in µs; 0 for Opus.
    pub pcm_frame_us: u16,
    /// What else the host offers.
    pub host_caps2: HostCaps2,
    /// The surround layout that is really encoded.
    pub surround: SurroundLayout,
    /// Only toward a client with
    /// [`ClientCaps::WELCOME_EXTENSIONS`](super::ClientCaps::WELCOME_EXTENSIONS).
    pub extensions: Option<ExtensionBlock>,
}

/// Why a client cannot use a Welcome (punktfunk/1 §2.3, sanity).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WelcomeFault {
    /// The data plane would be in the clear.
    #[error("the host wants to stream without encryption, which is refused; update the host")]
    NotSealed,
    /// The key is all zero.
    #[error("the host sent an all-zero media key; restart the host and report this")]
    ZeroKey,
    /// A parity code that is not known here: GF(2^8), which punktfunk/1 §9.1 lets both ends leave out.
    #[error("the host uses the GF(2^8) parity code, which this client does not have; update the host")]
    Scheme,
    /// S is odd or outside 512…9152.
    #[error("the host's shard size of {0} bytes is not an even number from 512 to 9152; update the host")]
    ShardBytes(u16),
    /// K is 0, or K with its parity is more than the code can carry.
    #[error("the host's block of {0} shards with {1} % parity does not fit the parity code; update the host")]
    Block(u16, u8),
    /// The largest frame would have more blocks than a packet can number.
    #[error("the host's blocks of {0} shards are too small for the largest frame; update the host")]
    TooManyBlocks(u16),
}

impl Welcome {
    const SHORTEST_ACCEPTED: usize = 53;
    const DEFAULT_RATE: u32 = 48_000;
    const AUDIO_RATES: [u32; 5] = [44_100, 48_000, 88_200, 96_000, 176_400];

    /// A Welcome with these keys and this geometry, and every other field at its default: GF(2^16) with 10 %,
    /// K = 4096, S = 1408, 8-bit SDR 4:2:0, stereo Opus, HEVC, Xbox 360 pad, no further capabilities.
    #[must_use]
    pub fn new(data_port: u16, mode: Mode, keys: MediaKeys) -> Self {
        Self {
            version: WIRE_VERSION,
            data_port,
            mode,
            fec_scheme: FecScheme::Gf16,
            fec_percent: 10,
            block_shards: 4096,
            shard_bytes: 1408,
            sealed: true,
            keys,
            frames: 0,
            compositor: Compositor::Auto,
            gamepad: GamepadKind::Xbox360,
            bitrate_kbps: 0,
            bit_depth: 8,
            colour: Colour::SDR,
            chroma: Chroma::Yuv420,
            audio_channels: AudioChannels::Stereo,
            codec: Codec::Hevc,
            host_caps: HostCaps::empty(),
            management_port: 0,
            grants: Grants::ALL,
            expires_in_secs: 0,
            audio_codec: AudioCodec::Opus,
            audio_rate: Self::DEFAULT_RATE,
            audio_bits: 16,
            pcm_frame_us: 0,
            host_caps2: HostCaps2::empty(),
            surround: SurroundLayout::Legacy,
            extensions: None,
        }
    }

    /// Reads a payload. Whether the stream it describes can be received is a second question, answered by
    /// [`StreamParams::from_welcome`](crate::video::StreamParams::from_welcome).
    ///
    /// # Errors
    /// For a wrong magic, fewer than 53 bytes, an unknown cipher, a cut key, or a broken extension block.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new("Welcome", payload);
        if r.array::<4>()? != HANDSHAKE_MAGIC {
            return Err(DecodeError::Magic { what: "Welcome", magic: "PKF1" });
        }
        if payload.len() < Self::SHORTEST_ACCEPTED {
            let (need, got) = (Self::SHORTEST_ACCEPTED, payload.len());
            return Err(DecodeError::Truncated { what: "Welcome", need, got });
        }
        let version = r.u32()?;
        let data_port = r.u16()?;
        let mode = Mode::read(&mut r)?;
        let fec_scheme = FecScheme::from_wire(r.u8()?);
        let fec_percent = r.u8()?;
        let block_shards = r.u16()?;
        let shard_bytes = r.u16()?;
        let sealed = r.flag()?;
        let aes = r.array()?;
        let salt = r.array()?;
        let frames = r.u32()?;
        let compositor = Compositor::from_wire(r.u8().unwrap_or(0));
        let gamepad = GamepadKind::from_wire(r.u8().unwrap_or(0));
        let bitrate_kbps = r.u32().unwrap_or(0);
        let bit_depth = if r.u8() == Ok(10) { 10 } else { 8 };
        let colour = Colour {
            primaries: r.u8().unwrap_or(1),
            transfer: r.u8().unwrap_or(1),
            matrix: r.u8().unwrap_or(1),
            full_range: r.flag().unwrap_or(false),
        };
        let chroma = Chroma::from_wire(r.u8().unwrap_or(1));
        let audio_channels = AudioChannels::from_wire(r.u8().unwrap_or(2));
        let codec = r.u8().ok().and_then(Codec::from_wire).unwrap_or(Codec::Hevc);
        let host_caps = HostCaps::from_bits_retain(r.u8().unwrap_or(0));
        let keys = match r.u8().unwrap_or(0) {
            0 => MediaKeys::new(Cipher::Aes128Gcm, aes, [0; 32], salt),
            1 => MediaKeys::new(Cipher::ChaCha20Poly1305, aes, r.array()?, salt),
            got => return Err(DecodeError::Value { what: "the cipher in Welcome", got: got.into() }),
        };
        Ok(Self {
            version,
            data_port,
            mode,
            fec_scheme,
            fec_percent,
            block_shards,
            shard_bytes,
            sealed,
            keys,
            frames,
            compositor,
            gamepad,
            bitrate_kbps,
            bit_depth,
            colour,
            chroma,
            audio_channels,
            codec,
            host_caps,
            management_port: r.u16().unwrap_or(0),
            grants: r.u32().map_or(Grants::ALL, Grants::from_bits_retain),
            expires_in_secs: r.u32().unwrap_or(0),
            audio_codec: AudioCodec::from_wire(r.u8().unwrap_or(0)),
            audio_rate: r.u32().ok().filter(|x| Self::AUDIO_RATES.contains(x)).unwrap_or(Self::DEFAULT_RATE),
            audio_bits: if r.u8() == Ok(24) { 24 } else { 16 },
            pcm_frame_us: match r.u16().unwrap_or(0) {
                0 => 0,
                us => us.max(1000),
            },
            host_caps2: HostCaps2::from_bits_retain(r.u8().unwrap_or(0)),
            surround: SurroundLayout::from_wire(r.u8().unwrap_or(0)),
            extensions: if r.remaining() == 0 { None } else { Some(ExtensionBlock::read(&mut r)?) },
        })
    }

    /// The payload: at least 68 bytes, and no more than up to the last field that says something. The cipher
    /// byte stands in front of every later field, whatever the cipher: without it the low byte of the
    /// management port would be read as one.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        out.raw(&HANDSHAKE_MAGIC).u32(self.version).u16(self.data_port);
        self.mode.write(&mut out);
        out.u8(self.fec_scheme.to_wire()).u8(self.fec_percent).u16(self.block_shards).u16(self.shard_bytes);
        out.flag(self.sealed).raw(self.keys.aes_bytes()).raw(&self.keys.salt()).u32(self.frames);
        out.u8(self.compositor.to_wire())
            .u8(self.gamepad.to_wire())
            .u32(self.bitrate_kbps)
            .u8(self.bit_depth);
        out.u8(self.colour.primaries).u8(self.colour.transfer).u8(self.colour.matrix);
        out.flag(self.colour.full_range).u8(self.chroma.to_wire());
        out.u8(self.audio_channels.to_wire()).u8(self.codec.to_wire()).u8(self.host_caps.bits());

        let mut end = out.len();
        let mut mark = |out: &Vec<u8>, said: bool| {
            if said {
                end = out.len();
            }
        };
        match self.keys.cipher() {
            Cipher::Aes128Gcm => {
                out.u8(0);
            }
            Cipher::ChaCha20Poly1305 => {
                out.u8(1).raw(self.keys.chacha_bytes());
                mark(&out, true);
            }
        }
        out.u16(self.management_port);
        mark(&out, self.management_port != 0);
        out.u32(self.grants.bits());
        mark(&out, self.grants != Grants::ALL);
        out.u32(self.expires_in_secs);
        mark(&out, self.expires_in_secs != 0);
        out.u8(self.audio_codec.to_wire());
        mark(&out, self.audio_codec != AudioCodec::Opus);
        out.u32(self.audio_rate);
        mark(&out, self.audio_rate != Self::DEFAULT_RATE);
        out.u8(self.audio_bits);
        mark(&out, self.audio_bits != 16);
        out.u16(self.pcm_frame_us);
        mark(&out, self.pcm_frame_us != 0);
        out.u8(self.host_caps2.bits());
        mark(&out, !self.host_caps2.is_empty());
        out.u8(self.surround.to_wire());
        mark(&out, self.surround != SurroundLayout::Legacy);
        if let Some(block) = &self.extensions {
            block.write(&mut out);
            mark(&out, true);
        }
        out.truncate(end);
        out
    }
}
