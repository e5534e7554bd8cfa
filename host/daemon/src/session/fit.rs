//! What a client wishes for, within the policy and what can be encoded.

use punktfunk_config::{Codec as PolicyCodec, Policy};
use punktfunk_media::{Codec, MAX_ENCODED_SIDE, MAX_REFRESH_HZ, MIN_ENCODED_SIDE, available_codecs};

use super::Profile;

/// The rate for a client that names none.
const DEFAULT_REFRESH_HZ: u32 = 60;

/// The nearest mode that the policy allows and that can be encoded: too large a picture becomes the largest of its shape
/// within `limits.max_mode`, upright or lying.
pub(crate) fn profile(policy: &Policy, wish: (u32, u32, u32), codec: Codec) -> Profile {
    let (width, height, refresh_hz) = wish;
    let most = policy.limits.max_mode;
    let (long, short) = ordered(u32::from(most.width()), u32::from(most.height()));
    let (width, height) = (width.max(1), height.max(1));
    let (most_wide, most_high) = if width >= height { (long, short) } else { (short, long) };
    // the side that is further beyond its limit decides; a multiplication of two u32 fits u64
    let (w, h) = (u64::from(width), u64::from(height));
    let (shrunk, from) = if w * u64::from(most_high) >= h * u64::from(most_wide) {
        (u64::from(most_wide), w)
    } else {
        (u64::from(most_high), h)
    };
    let side = |pixels: u64| {
        let fitting = if from > shrunk { pixels * shrunk / from } else { pixels };
        (u32::try_from(fitting).unwrap_or(MAX_ENCODED_SIDE) & !1).clamp(MIN_ENCODED_SIDE, MAX_ENCODED_SIDE)
    };
    let refresh_hz = match refresh_hz {
        0 => DEFAULT_REFRESH_HZ,
        hz => hz,
    };
    let refresh_hz = refresh_hz.min(most.refresh_hz().into()).min(MAX_REFRESH_HZ);
    Profile { width: side(w), height: side(h), refresh_hz, codec }
}

/// The codecs that the policy allows and this machine can make.
pub(crate) fn codecs(policy: &Policy) -> Vec<Codec> {
    let here = available_codecs();
    allowed(policy).filter(|codec| here.contains(codec)).collect()
}

/// Why no device can get a picture, if so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NothingToSend {
    /// The machine makes none.
    #[error(
        "this machine has no video encoder, so no device gets a picture; install an FFmpeg with libx264 (Debian: libavcodec59)"
    )]
    NoEncoder,
    /// The policy allows none that the machine makes.
    #[error(
        "no device gets a picture, because the policy allows {allowed} only and this machine can make {here} only; add \
         {here} to encode.codecs"
    )]
    NoneAllowed {
        /// What the policy allows.
        allowed: String,
        /// What the machine makes.
        here: String,
    },
}

impl NothingToSend {
    /// A stable word for programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NoEncoder => "no_encoder",
            Self::NoneAllowed { .. } => "no_codec",
        }
    }

    /// What the sentence is about, by name.
    pub(crate) fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NoEncoder => Vec::new(),
            Self::NoneAllowed { allowed, here } => {
                vec![("allowed", allowed.clone()), ("here", here.clone())]
            }
        }
    }
}

/// Whether devices can get pictures under this policy.
pub(crate) fn something_to_send(policy: &Policy) -> Result<(), NothingToSend> {
    something_of(policy, &available_codecs())
}

fn something_of(policy: &Policy, here: &[Codec]) -> Result<(), NothingToSend> {
    if here.is_empty() {
        return Err(NothingToSend::NoEncoder);
    }
    if allowed(policy).any(|codec| here.contains(&codec)) {
        return Ok(());
    }
    let (allowed, here) = (listed(allowed(policy)), listed(here.iter().copied()));
    Err(NothingToSend::NoneAllowed { allowed, here })
}

fn allowed(policy: &Policy) -> impl Iterator<Item = Codec> {
    policy.encode.codecs.iter().map(|codec| match codec {
        PolicyCodec::H264 => Codec::H264,
        PolicyCodec::Hevc => Codec::Hevc,
        PolicyCodec::Av1 => Codec::Av1,
    })
}

/// Codecs as a person lists them.
pub(crate) fn listed(codecs: impl Iterator<Item = Codec>) -> String {
    let names: Vec<String> = codecs.map(|codec| codec.to_string()).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "nothing".to_owned(),
    }
}

fn ordered(one: u32, other: u32) -> (u32, u32) {
    (one.max(other), one.min(other))
}

/// A wish for a bit rate within the policy; 0 wishes for the default.
pub(crate) fn wire_kbps(policy: &Policy, wish: u32) -> u32 {
    let rates = &policy.encode.bitrate;
    match wish {
        0 => rates.default.kbps(),
        wish => wish.clamp(rates.min.kbps(), rates.max.kbps()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowing(codecs: &[PolicyCodec]) -> Policy {
        let mut policy = Policy::default();
        policy.encode.codecs = codecs.to_vec();
        policy
    }

    #[test]
    fn a_policy_without_a_codec_that_can_be_made_says_what_to_add() {
        use PolicyCodec::{Av1, H264, Hevc};
        let said = |policy, here: &[Codec]| something_of(&policy, here).unwrap_err().to_string();
        assert_eq!(something_of(&allowing(&[Hevc, H264]), &[Codec::H264]), Ok(()));
        assert_eq!(
            said(allowing(&[Hevc, Av1]), &[Codec::H264]),
            "no device gets a picture, because the policy allows HEVC and AV1 only and this machine can make H.264 only; \
             add H.264 to encode.codecs"
        );
        assert!(said(allowing(&[Hevc]), &[]).starts_with("this machine has no video encoder"));
        assert_eq!(codecs(&allowing(&[Hevc, H264])), [Codec::H264]);
    }
}
