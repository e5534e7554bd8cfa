//! What a client announces about the stream that it wants (GameStream §3.4). Every number is hostile until it is bounded.

use std::collections::HashMap;

use crate::house::{Codec, Sound};

/// Bits of what is encrypted.
pub(crate) const CONTROL_V2: u32 = 1;
pub(crate) const VIDEO: u32 = 2;
pub(crate) const AUDIO: u32 = 4;

/// Bit of the old flags by which clients ask for encrypted sound, whatever was offered.
const SOUND_SEALED: u32 = 0x20;

const MAX_LINES: usize = 256;

/// The stream that a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Announced {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) refresh_hz: u32,
    pub(crate) packet_size: usize,
    /// The user's own setting: everything on the wire, kbit/s.
    pub(crate) wire_kbps: u32,
    pub(crate) least_parity: u8,
    pub(crate) codec: Codec,
    pub(crate) max_slices: u8,
    pub(crate) video_encrypted: bool,
    pub(crate) sound: Sound,
    pub(crate) sound_encrypted: bool,
}

/// Why a stream is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AnnounceFault {
    /// Something is missing or beyond all reason.
    #[error("the device announced no usable {0}; update its app")]
    Bad(&'static str),
    /// It leaves open what must not be open.
    #[error(
        "the device does not encrypt its {0}; update its app, or allow that in doors.gamestream.encryption"
    )]
    Open(&'static str),
}

impl AnnounceFault {
    /// The response's status.
    pub(crate) fn status(self) -> u16 {
        match self {
            Self::Bad(_) => 400,
            Self::Open(_) => 403,
        }
    }
}

struct Attributes<'a>(HashMap<&'a str, &'a str>);

impl Attributes<'_> {
    fn number(&self, name: &str) -> Option<u32> {
        self.0.get(name)?.parse().ok()
    }

    fn within(&self, name: &'static str, least: u32, most: u32) -> Result<u32, AnnounceFault> {
        let number = self.number(name).filter(|number| (least..=most).contains(number));
        number.ok_or(AnnounceFault::Bad(name))
    }

    /// The sound: whoever asks for nothing known gets stereo.
    fn sound(&self) -> Sound {
        let high = self.number("x-nv-audio.surround.AudioQuality") == Some(1);
        let (channels, coupled, kbps) = match (self.number("x-nv-audio.surround.numChannels"), high) {
            (Some(6), false) => (6, true, 256),
            (Some(6), true) => (6, false, 768),
            (Some(8), false) => (8, true, 450),
            (Some(8), true) => (8, false, 1024),
            _ => (2, true, 256),
        };
        let packet_ms = if self.number("x-nv-aqos.packetDuration") == Some(10) { 10 } else { 5 };
        Sound { channels, coupled, kbps, packet_ms }
    }
}

/// Stereo for whoever says that little is enough, kbit/s.
const LITTLE_KBPS: u32 = 96;

impl Announced {
    /// The client has said that its sound may take little.
    pub(crate) fn with_little_sound(mut self) -> Self {
        if self.sound.channels == 2 {
            self.sound.kbps = LITTLE_KBPS;
        }
        self
    }

    /// Reads the body. `required` refuses a client that would not encrypt pictures and sound.
    pub(crate) fn parse(body: &str, required: bool) -> Result<Self, AnnounceFault> {
        let attributes = body.lines().take(MAX_LINES).filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("a=")?.split_once(':')?;
            Some((name.trim(), value.trim()))
        });
        let attributes = Attributes(attributes.collect());
        if attributes.number("x-nv-general.useReliableUdp") != Some(13) {
            return Err(AnnounceFault::Open("control stream"));
        }
        let encrypted = attributes.number("x-ss-general.encryptionEnabled").unwrap_or(0);
        if encrypted & CONTROL_V2 == 0 {
            return Err(AnnounceFault::Open("control stream"));
        }
        if required && encrypted & VIDEO == 0 {
            return Err(AnnounceFault::Open("pictures"));
        }
        let sound_encrypted = encrypted & AUDIO != 0
            || attributes.number("x-nv-general.featureFlags").unwrap_or(0) & SOUND_SEALED != 0;
        if required && !sound_encrypted {
            return Err(AnnounceFault::Open("sound"));
        }
        let codec = match attributes.number("x-nv-vqos[0].bitStreamFormat") {
            Some(0) | None => Codec::H264,
            Some(1) => Codec::Hevc,
            Some(_) => return Err(AnnounceFault::Bad("codec")),
        };
        if attributes.number("x-nv-video[0].dynamicRangeMode").unwrap_or(0) != 0
            || attributes.number("x-ss-video[0].chromaSamplingType").unwrap_or(0) != 0
        {
            return Err(AnnounceFault::Bad("colour format"));
        }
        let packet_size = attributes.within("x-nv-video[0].packetSize", 256, 1392)?;
        let kbps = attributes
            .number("x-ml-video.configuredBitrateKbps")
            .or_else(|| attributes.number("x-nv-vqos[0].bw.maximumBitrateKbps"))
            .ok_or(AnnounceFault::Bad("bit rate"))?;
        let small = |number: Option<u32>, most: u32| number.unwrap_or(1).clamp(1, most) as u8;
        Ok(Self {
            width: attributes.within("x-nv-video[0].clientViewportWd", 64, 8192)?,
            height: attributes.within("x-nv-video[0].clientViewportHt", 64, 8192)?,
            refresh_hz: attributes.within("x-nv-video[0].maxFPS", 1, 480)?,
            packet_size: packet_size as usize & !15,
            wire_kbps: kbps.clamp(100, 1_000_000),
            least_parity: attributes.number("x-nv-vqos[0].fec.minRequiredFecPackets").unwrap_or(0).min(16)
                as u8,
            codec,
            max_slices: small(attributes.number("x-nv-video[0].videoEncoderSlicesPerFrame"), 8),
            video_encrypted: encrypted & VIDEO != 0,
            sound: attributes.sound(),
            sound_encrypted,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An announcement as a client makes it, each attribute followed by one space.
    pub(crate) fn body(changes: &[(&str, &str)]) -> String {
        let usual = [
            ("x-ml-general.featureFlags", "3"),
            ("x-ss-general.encryptionEnabled", "7"),
            ("x-ss-video[0].chromaSamplingType", "0"),
            ("x-nv-video[0].clientViewportWd", "1280"),
            ("x-nv-video[0].clientViewportHt", "720"),
            ("x-nv-video[0].maxFPS", "60"),
            ("x-nv-video[0].packetSize", "1360"),
            ("x-ml-video.configuredBitrateKbps", "10000"),
            ("x-nv-vqos[0].fec.minRequiredFecPackets", "2"),
            ("x-nv-general.featureFlags", "167"),
            ("x-nv-general.useReliableUdp", "13"),
            ("x-nv-video[0].videoEncoderSlicesPerFrame", "1"),
            ("x-nv-vqos[0].bitStreamFormat", "0"),
            ("x-nv-video[0].dynamicRangeMode", "0"),
            ("x-nv-audio.surround.numChannels", "2"),
            ("x-nv-aqos.packetDuration", "5"),
        ];
        let value =
            |name, value| changes.iter().find(|(changed, _)| *changed == name).map_or(value, |(_, new)| *new);
        let lines: String =
            usual.iter().map(|(name, usual)| format!("a={name}:{} \r\n", value(*name, usual))).collect();
        format!(
            "v=0\r\no=android 0 14 IN IPv4 127.0.0.1\r\ns=NVIDIA Streaming Client\r\n{lines}t=0 0\r\nm=video 47998  \r\n"
        )
    }

    #[test]
    fn a_usual_announcement_is_understood() {
        let announced = Announced::parse(&body(&[]), true).unwrap();
        assert_eq!((announced.width, announced.height, announced.refresh_hz), (1280, 720, 60));
        assert_eq!((announced.packet_size, announced.wire_kbps, announced.least_parity), (1360, 10_000, 2));
        assert!(announced.video_encrypted);
    }

    #[test]
    fn sound_is_what_the_client_asks_for_or_stereo() {
        let sound = |changes: &[(&str, &str)]| Announced::parse(&body(changes), true).unwrap().sound;
        let stereo = Sound { channels: 2, coupled: true, kbps: 256, packet_ms: 5 };
        assert_eq!(sound(&[]), stereo);
        assert_eq!(sound(&[("x-nv-audio.surround.numChannels", "7")]), stereo);
        assert_eq!(sound(&[("x-nv-aqos.packetDuration", "10")]).packet_ms, 10);
        assert_eq!(sound(&[("x-nv-aqos.packetDuration", "4000000000")]).packet_ms, 5);
        let six = ("x-nv-audio.surround.numChannels", "6");
        assert_eq!(sound(&[six]), Sound { channels: 6, ..stereo });
        let parse = |flags, encrypted| {
            let changes =
                [("x-nv-general.featureFlags", flags), ("x-ss-general.encryptionEnabled", encrypted)];
            Announced::parse(&body(&changes), false).unwrap().sound_encrypted
        };
        assert!(parse("167", "1") && parse("135", "5"), "either flag asks for it");
        assert!(!parse("135", "1"));
    }

    #[test]
    fn an_open_stream_is_refused_where_encryption_is_required() {
        let parse = |encrypted, required| {
            Announced::parse(&body(&[("x-ss-general.encryptionEnabled", encrypted)]), required)
        };
        assert_eq!(parse("1", true), Err(AnnounceFault::Open("pictures")));
        let open_sound = [("x-ss-general.encryptionEnabled", "3"), ("x-nv-general.featureFlags", "135")];
        assert_eq!(Announced::parse(&body(&open_sound), true), Err(AnnounceFault::Open("sound")));
        assert!(!parse("1", false).unwrap().video_encrypted);
        assert_eq!(parse("6", false), Err(AnnounceFault::Open("control stream")), "control is never open");
        let old = Announced::parse(&body(&[("x-nv-general.useReliableUdp", "1")]), false);
        assert_eq!(old.unwrap_err().status(), 403);
    }

    #[test]
    fn numbers_beyond_reason_are_refused() {
        for (name, value) in [
            ("x-nv-video[0].clientViewportWd", "100000"),
            ("x-nv-video[0].clientViewportHt", "0"),
            ("x-nv-video[0].maxFPS", "-1"),
            ("x-nv-video[0].packetSize", "16"),
            ("x-nv-video[0].packetSize", "4000000000"),
            ("x-nv-vqos[0].bitStreamFormat", "2"),
            ("x-nv-video[0].dynamicRangeMode", "1"),
        ] {
            assert!(
                matches!(Announced::parse(&body(&[(name, value)]), true), Err(AnnounceFault::Bad(_))),
                "{name}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in "(a=[a-z0-9.:\\[\\] -]{0,60}\r\n){0,20}") {
            let _ = Announced::parse(&text, true);
        }
    }
}
