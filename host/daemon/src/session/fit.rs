//! What a client wishes for, within the policy and what can be encoded.

use punktfunk_config::Policy;
use punktfunk_media::{Codec, MAX_ENCODED_SIDE, MAX_REFRESH_HZ, MIN_ENCODED_SIDE};

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
