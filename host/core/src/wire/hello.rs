use super::{
    AudioChannels, ClientCaps, Codec, Codecs, Compositor, GamepadKind, HANDSHAKE_MAGIC, Mode, SurroundLayout,
    VideoCaps, VideoFit, WIRE_VERSION, choose_codec,
};
use crate::DecodeError;
use crate::bytes::{Reader, Write, cut};
use crate::datagram::HdrMetadata;

/// The client's first message of a session (punktfunk/1 §2.2).
///
/// Only the magic and the first 20 bytes are mandatory. Everything else is optional by truncation and has the
/// value of [`Hello::new`] when it is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The wire version; compare with [`WIRE_VERSION`] before anything else.
    pub version: u32,
    /// The mode the client would like.
    pub mode: Mode,
    /// The desktop it would like.
    pub compositor: Compositor,
    /// The controller it would like to be seen as.
    pub gamepad: GamepadKind,
    /// The wished bitrate in kbit/s; 0 leaves it to the host.
    pub bitrate_kbps: u32,
    /// The device's name, at most 64 bytes, exactly as it came: untrusted.
    pub name: Option<String>,
    /// The title to start, at most 128 bytes, for instance `steam:570`: untrusted.
    pub launch: Option<String>,
    /// What its video path can do.
    pub video_caps: VideoCaps,
    /// The wished audio channels.
    pub audio_channels: AudioChannels,
    /// The codecs it decodes; empty means HEVC alone.
    pub codecs: Codecs,
    /// The codec it would like best.
    pub preferred: Option<Codec>,
    /// The HDR volume of its screen.
    pub hdr: Option<HdrMetadata>,
    /// What else it can do.
    pub client_caps: ClientCaps,
    /// The largest shard it accepts, in bytes; 0 means that the size must not change in the session.
    pub max_shard: u16,
    /// The wished audio sample rate, in Hz.
    pub audio_rate: u32,
    /// The wished bits per audio sample, 16 or 24.
    pub audio_bits: u8,
    /// The wished surround layout.
    pub surround: SurroundLayout,
    /// How it fits the picture to its screen.
    pub fit: VideoFit,
}

impl Hello {
    /// The longest device name, in bytes.
    pub const MAX_NAME: usize = 64;
    /// The longest title id, in bytes.
    pub const MAX_LAUNCH: usize = 128;
    const HDR_BYTES: usize = 28;

    /// The smallest Hello: a mode, and every other field at its default.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self {
            version: WIRE_VERSION,
            mode,
            compositor: Compositor::Auto,
            gamepad: GamepadKind::Auto,
            bitrate_kbps: 0,
            name: None,
            launch: None,
            video_caps: VideoCaps::empty(),
            audio_channels: AudioChannels::Stereo,
            codecs: Codecs::empty(),
            preferred: None,
            hdr: None,
            client_caps: ClientCaps::empty(),
            max_shard: 0,
            audio_rate: 48_000,
            audio_bits: 16,
            surround: SurroundLayout::Legacy,
            fit: VideoFit::Fit,
        }
    }

    /// The codec of the session, given what the host can make. See [`choose_codec`].
    #[must_use]
    pub fn choose_codec(&self, host: Codecs) -> Option<Codec> {
        choose_codec(self.codecs, self.preferred, host)
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// Only for a wrong magic or fewer than 20 bytes. A different version decodes, so that it can be answered.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new("Hello", payload);
        if r.array::<4>()? != HANDSHAKE_MAGIC {
            return Err(DecodeError::Magic { what: "Hello", magic: "PKF1" });
        }
        let version = r.u32()?;
        let mode = Mode::read(&mut r)?;
        Ok(Self {
            version,
            mode,
            compositor: Compositor::from_wire(r.u8().unwrap_or(0)),
            gamepad: GamepadKind::from_wire(r.u8().unwrap_or(0)),
            bitrate_kbps: r.u32().unwrap_or(0),
            name: optional_text(&mut r, Self::MAX_NAME),
            launch: optional_text(&mut r, Self::MAX_LAUNCH),
            video_caps: VideoCaps::from_bits_retain(r.u8().unwrap_or(0)),
            audio_channels: AudioChannels::from_wire(r.u8().unwrap_or(2)),
            codecs: Codecs::from_bits_retain(r.u8().unwrap_or(0)),
            preferred: Codec::from_wire(r.u8().unwrap_or(0)),
            // What may follow the block is at most 10 bytes, so 28 can only be the block itself.
            hdr: if r.remaining() >= Self::HDR_BYTES { HdrMetadata::read(&mut r).ok() } else { None },
            client_caps: ClientCaps::from_bits_retain(r.u8().unwrap_or(0)),
            max_shard: r.u16().unwrap_or(0),
            audio_rate: r.u32().ok().filter(|&rate| rate != 0).unwrap_or(48_000),
            audio_bits: if r.u8() == Ok(24) { 24 } else { 16 },
            surround: SurroundLayout::from_wire(r.u8().unwrap_or(0)),
            fit: VideoFit::from_wire(r.u8().unwrap_or(0)),
        })
    }

    /// The payload. It ends after the last field that differs from its default. Name and title are cut to
    /// their bounds on a character boundary.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let name = cut(self.name.as_deref().unwrap_or(""), Self::MAX_NAME);
        let launch = cut(self.launch.as_deref().unwrap_or(""), Self::MAX_LAUNCH);
        let mut out = Vec::with_capacity(64 + name.len() + launch.len());
        out.raw(&HANDSHAKE_MAGIC).u32(self.version);
        self.mode.write(&mut out);

        // `end` is where the payload may stop: behind the last field that says something.
        let mut end = out.len();
        let mut mark = |out: &Vec<u8>, said: bool| {
            if said {
                end = out.len();
            }
        };
        out.u8(self.compositor.to_wire());
        mark(&out, self.compositor != Compositor::Auto);
        out.u8(self.gamepad.to_wire());
        mark(&out, self.gamepad != GamepadKind::Auto);
        out.u32(self.bitrate_kbps);
        mark(&out, self.bitrate_kbps != 0);
        put_text(&mut out, name);
        mark(&out, !name.is_empty());
        put_text(&mut out, launch);
        mark(&out, !launch.is_empty());
        out.u8(self.video_caps.bits());
        mark(&out, !self.video_caps.is_empty());
        out.u8(self.audio_channels.to_wire());
        mark(&out, self.audio_channels != AudioChannels::Stereo);
        out.u8(self.codecs.bits());
        mark(&out, !self.codecs.is_empty());
        out.u8(self.preferred.map_or(0, Codec::to_wire));
        mark(&out, self.preferred.is_some());
        if let Some(hdr) = &self.hdr {
            hdr.write(&mut out);
            mark(&out, true);
        }
        out.u8(self.client_caps.bits());
        mark(&out, !self.client_caps.is_empty());
        out.u16(self.max_shard);
        mark(&out, self.max_shard != 0);
        out.u32(self.audio_rate);
        mark(&out, self.audio_rate != 48_000);
        out.u8(self.audio_bits);
        mark(&out, self.audio_bits != 16);
        out.u8(self.surround.to_wire());
        mark(&out, self.surround != SurroundLayout::Legacy);
        out.u8(self.fit.to_wire());
        mark(&out, self.fit != VideoFit::Fit);
        out.truncate(end);
        out
    }
}

/// A length byte and that many bytes. The length always counts, even when the text is not usable.
fn optional_text(r: &mut Reader<'_>, limit: usize) -> Option<String> {
    let length = usize::from(r.u8().ok()?);
    let bytes = r.take(length).ok()?;
    let text = std::str::from_utf8(bytes).ok()?;
    (!text.is_empty() && text.len() <= limit).then(|| text.to_owned())
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    let length = u8::try_from(text.len()).expect("cut to 128 bytes or fewer");
    out.u8(length).raw(text.as_bytes());
}
