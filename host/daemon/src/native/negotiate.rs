//! What a stream will be: the client's wishes (Hello, punktfunk/1 §2.2) within the policy and this machine's means.

use std::net::IpAddr;

use punktfunk_config::Policy;
use punktfunk_core::video::{Cipher, MIN_SHARD_BYTES, MediaKeys, video_budget_kbps};
use punktfunk_core::wire::{Codec, Codecs, Hello, Mode, VideoCaps, Welcome};
use punktfunk_media::Codec as MediaCodec;
use punktfunk_media::sound::OpusSpec;

use super::sound;
use crate::session::Profile;
use crate::session::fit::{self, wire_kbps};

/// Shard payload towards IPv4 peers: 1472 bytes of UDP payload with header and tag (§2.3).
const SHARD_IPV4: u16 = 1408;
/// Shard payload towards IPv6 peers, whose header is 20 bytes longer.
const SHARD_IPV6: u16 = 1388;

/// What a stream will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Mode and codec.
    pub(crate) profile: Profile,
    /// The codec as the wire names it.
    pub(crate) codec: Codec,
    /// Bits on the wire, kbit/s.
    pub(crate) wire_kbps: u32,
    /// S, bytes of a shard.
    pub(crate) shard: u16,
    /// FEC at the start, per cent.
    pub(crate) fec_percent: u8,
    /// Whether the client computes ChaCha20 faster than AES.
    pub(crate) chacha: bool,
    /// Slices per picture that the client decodes.
    pub(crate) max_slices: u8,
    /// What the client gets to hear.
    pub(crate) sound: OpusSpec,
}

/// No codec is left.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoCodec {
    /// For anybody.
    #[error(
        "this host cannot send a picture to any device; its owner sees why in the console or with `punktfunk-host doctor`"
    )]
    NothingToSend,
    /// The client and this host have none in common.
    #[error(
        "this host sends {host} and the device takes none of that; choose {host} on the device, if it can decode it"
    )]
    NotDecoded {
        /// What this host can send.
        host: String,
    },
}

impl Plan {
    /// Settles a stream for `peer`.
    pub(crate) fn settle(policy: &Policy, hello: &Hello, peer: IpAddr) -> Result<Self, NoCodec> {
        let host = fit::codecs(policy);
        let codec = hello.choose_codec(on_the_wire(&host)).ok_or_else(|| match host.is_empty() {
            true => NoCodec::NothingToSend,
            false => NoCodec::NotDecoded { host: fit::listed(host.into_iter()) },
        })?;
        let largest = if peer.to_canonical().is_ipv4() { SHARD_IPV4 } else { SHARD_IPV6 };
        let shard = match hello.max_shard {
            0 => largest,
            most => largest.min(most & !1).max(MIN_SHARD_BYTES),
        };
        let wire_kbps = wire_kbps(policy, hello.bitrate_kbps);
        Ok(Self {
            profile: profile(policy, hello.mode, codec),
            codec,
            wire_kbps,
            sound: sound::format(hello, wire_kbps),
            shard,
            fec_percent: policy.encode.fec.get(),
            chacha: hello.video_caps.contains(VideoCaps::CHACHA20),
            max_slices: if hello.video_caps.contains(VideoCaps::MULTI_SLICE) { 4 } else { 1 },
        })
    }

    /// The granted mode.
    pub(crate) fn mode(&self) -> Mode {
        let Profile { width, height, refresh_hz, .. } = self.profile;
        Mode { width, height, refresh_hz }
    }

    /// Bits that are left for the video itself, kbit/s (§4.12).
    pub(crate) fn video_kbps(&self, fec_percent: u8) -> u32 {
        video_budget_kbps(self.wire_kbps, sound::reserve_kbps(&self.sound), self.shard, fec_percent)
    }

    /// The Welcome to such a stream, with keys of its own; whom it welcomes is for the caller to add.
    pub(crate) fn welcome(&self, data_port: u16, random: [u8; MediaKeys::RANDOM_BYTES]) -> Welcome {
        let cipher = if self.chacha { Cipher::ChaCha20Poly1305 } else { Cipher::Aes128Gcm };
        let mut welcome = Welcome::new(data_port, self.mode(), MediaKeys::from_random(cipher, random));
        welcome.fec_percent = self.fec_percent;
        welcome.shard_bytes = self.shard;
        welcome.bitrate_kbps = self.wire_kbps;
        welcome.codec = self.codec;
        (welcome.audio_channels, welcome.surround) = sound::on_the_wire(&self.sound);
        welcome
    }
}

/// The nearest mode that the policy allows and that can be encoded.
pub(super) fn profile(policy: &Policy, wish: Mode, codec: Codec) -> Profile {
    fit::profile(policy, (wish.width, wish.height, wish.refresh_hz), media_codec(codec))
}

fn on_the_wire(codecs: &[MediaCodec]) -> Codecs {
    let wire = |codec: &MediaCodec| match codec {
        MediaCodec::H264 => Codec::H264,
        MediaCodec::Hevc => Codec::Hevc,
        MediaCodec::Av1 => Codec::Av1,
    };
    codecs.iter().map(wire).collect()
}

fn media_codec(codec: Codec) -> MediaCodec {
    match codec {
        Codec::Hevc => MediaCodec::Hevc,
        Codec::Av1 => MediaCodec::Av1,
        // PyroWave is never among the host's codecs
        Codec::H264 | Codec::PyroWave => MediaCodec::H264,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V4: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const V6: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

    fn hello() -> Hello {
        let mut hello = Hello::new(Mode { width: 1280, height: 720, refresh_hz: 60 });
        hello.codecs = Codecs::H264 | Codecs::HEVC;
        hello
    }

    #[test]
    fn shards_fit_the_path_and_the_client() {
        let policy = Policy::default();
        let shard =
            |max_shard, peer| Plan::settle(&policy, &Hello { max_shard, ..hello() }, peer).unwrap().shard;
        assert_eq!(shard(0, V4), 1408);
        assert_eq!(shard(9152, V6), 1388);
        assert_eq!(shard(1001, V4), 1000);
        assert_eq!(shard(1, V4), 512);
        assert_eq!(shard(0, "::ffff:10.0.0.1".parse().unwrap()), 1408);
    }

    #[test]
    fn absurd_modes_become_the_nearest_that_can_be_encoded() {
        let granted = |width, height, refresh_hz| {
            let mode = Mode { width, height, refresh_hz };
            Plan::settle(&Policy::default(), &Hello { mode, ..hello() }, V4).unwrap().mode()
        };
        assert_eq!(granted(0, 0, 0), Mode { width: 64, height: 64, refresh_hz: 60 });
        assert_eq!(granted(1281, 721, 60), Mode { width: 1280, height: 720, refresh_hz: 60 });
        assert_eq!(granted(u32::MAX, 0, 60), Mode { width: 3840, height: 64, refresh_hz: 60 });
        let most = granted(u32::MAX, u32::MAX, u32::MAX);
        assert_eq!(most, Mode { width: 2160, height: 2160, refresh_hz: 120 });
    }

    #[test]
    fn a_wish_beyond_the_policy_becomes_the_largest_picture_of_its_shape() {
        let mut policy = Policy::default();
        policy.limits.max_mode = "1920x1080@60".parse().unwrap();
        let granted = |width, height| {
            let wish = Mode { width, height, refresh_hz: 144 };
            let Profile { width, height, refresh_hz, .. } = profile(&policy, wish, Codec::H264);
            (width, height, refresh_hz)
        };
        assert_eq!(granted(3840, 2160), (1920, 1080, 60));
        assert_eq!(granted(2560, 1080), (1920, 810, 60));
        assert_eq!(granted(2532, 1170), (1920, 886, 60));
        assert_eq!(granted(1170, 2532), (886, 1920, 60));
        assert_eq!(granted(1600, 1200), (1440, 1080, 60));
        assert_eq!(granted(1280, 720), (1280, 720, 60));
    }

    #[test]
    fn bit_rates_stay_within_the_policy() {
        let policy = Policy::default();
        assert_eq!(wire_kbps(&policy, 0), policy.encode.bitrate.default.kbps());
        assert_eq!(wire_kbps(&policy, 1), policy.encode.bitrate.min.kbps());
        assert_eq!(wire_kbps(&policy, u32::MAX), policy.encode.bitrate.max.kbps());
    }

    #[test]
    fn sound_headers_and_parity_come_out_of_the_wire_budget() {
        let plan = Plan::settle(&Policy::default(), &hello(), V4).unwrap();
        let exact = (20_000 - 356) * 1408 * 100 / (1472 * 110);
        assert!(plan.video_kbps(10).abs_diff(exact) <= 1);
    }

    #[test]
    fn a_client_without_a_common_codec_is_told_what_there_is() {
        let mut hello = hello();
        hello.codecs = Codecs::PYROWAVE;
        assert_eq!(
            Plan::settle(&Policy::default(), &hello, V4).unwrap_err().to_string(),
            "this host sends H.264 and the device takes none of that; choose H.264 on the device, if it can decode it"
        );
    }

    #[test]
    fn a_host_with_nothing_to_send_does_not_blame_the_client() {
        let mut policy = Policy::default();
        policy.encode.codecs = vec![punktfunk_config::Codec::Av1];
        assert_eq!(Plan::settle(&policy, &hello(), V4), Err(NoCodec::NothingToSend));
    }
}
