//! Whether pictures can be encoded, by encoding one.

use punktfunk_config::Policy;
use punktfunk_media::{Codec, EncodeError, EncoderSpec, StatusCard, Want, open_encoder};

use super::Check;
use crate::session::fit;

/// Pixels of the picture that is encoded.
const SIZE: (u32, u32) = (640, 360);

pub(super) fn check(policy: &Policy) -> Vec<Check> {
    match fit::something_to_send(policy) {
        Ok(()) => {
            let tried = |codec| try_out(codec, policy.encode.bitrate.default.kbps());
            fit::codecs(policy).into_iter().map(tried).collect()
        }
        Err(why) => {
            let check = Check::wrong(why.code(), "encoder", why.to_string());
            vec![check.with_all(why.params())]
        }
    }
}

fn try_out(codec: Codec, bitrate_kbps: u32) -> Check {
    let subject = format!("encoder {codec}");
    match encode(codec, bitrate_kbps) {
        Ok((encoder, ms)) => {
            let (width, height) = SIZE;
            let found = format!("{encoder} encoded a picture of {width}x{height} in {ms:.1} ms");
            Check::good("encoder_works", subject, found)
                .with("encoder", encoder)
                .with("size", format_args!("{width}x{height}"))
                .with("ms", format_args!("{ms:.1}"))
        }
        Err(error) => Check::wrong("encoder_fails", subject, error.to_string()).with("reason", error),
    }
}

/// The encoder, and how long it took, milliseconds.
fn encode(codec: Codec, bitrate_kbps: u32) -> Result<(String, f64), EncodeError> {
    let (width, height) = SIZE;
    let spec = EncoderSpec { width, height, refresh_hz: 60, bitrate_kbps, codec, max_slices: 1 };
    let mut encoder = open_encoder(&spec)?;
    let name = encoder.describe().name;
    let card = StatusCard::new(width, height, "punktfunk", &["doctor"]);
    let encoded = encoder.encode(&card.picture(0), Want::Idr)?;
    Ok((name, (encoded.convert + encoded.encode).as_secs_f64() * 1000.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_really_encoded() {
        let checks = check(&Policy::default());
        assert!(!checks.is_empty() && checks.iter().all(|check| check.good), "{checks:?}");
        assert!(checks[0].found.contains("640x360"));
    }

    #[test]
    fn an_encoder_that_the_policy_does_not_allow_is_no_help() {
        let mut policy = Policy::default();
        policy.encode.codecs = vec![punktfunk_config::Codec::Hevc];
        let [check] = &check(&policy)[..] else { panic!("one line says it") };
        assert_eq!((check.code.as_str(), check.good), ("no_codec", false));
        assert_eq!(check.next.as_deref(), Some("add H.264 to encode.codecs"));
    }
}
