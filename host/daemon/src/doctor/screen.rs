//! What would be streamed.

use std::fs;
use std::path::Path;
use std::time::Duration;

use punktfunk_config::{Output, Policy, Source};
use punktfunk_media::{Codec, SourceSpec, kms, open_source};

use super::Check;
use crate::session::{Profile, source_spec};

/// Any profile does: what is opened does not depend on it.
const PROFILE: Profile = Profile { width: 640, height: 360, refresh_hz: 30, codec: Codec::H264 };

pub(super) fn check(policy: &Policy, socket: &Path) -> Vec<Check> {
    match source_spec(policy, &PROFILE, socket) {
        SourceSpec::Kms(_) => screens(policy, socket),
        spec @ SourceSpec::File(_) => vec![file(&spec)],
        SourceSpec::TestCard(_) => vec![test_card(policy, socket, Path::new("/dev/dri"))],
    }
}

fn screens(policy: &Policy, socket: &Path) -> Vec<Check> {
    let output = match &policy.capture.output {
        Output::Auto => None,
        Output::Connector(name) => Some(name.as_str()),
    };
    kms::probe(socket, output).into_iter().map(line).collect()
}

pub(super) fn line(finding: kms::Finding) -> Check {
    let kms::Finding { code, params, subject, good, found } = finding;
    let check = match good {
        true => Check::good(code, subject, found),
        false => Check::wrong(code, subject, found),
    };
    check.with_all(params)
}

fn file(spec: &SourceSpec) -> Check {
    let picture = open_source(spec).and_then(|mut source| {
        let size = source.next(Duration::from_secs(1))?.map(|picture| (picture.width, picture.height));
        Ok(size)
    });
    match picture {
        Ok(Some((width, height))) => {
            Check::good("file_plays", "picture", format!("the file gives {width}x{height}"))
                .with("size", format_args!("{width}x{height}"))
        }
        Ok(None) => Check::wrong(
            "file_empty",
            "picture",
            "the file of capture.source gives none; choose another in the policy",
        ),
        Err(error) => Check::wrong(error.code(), "picture", error.to_string()).with_all(error.params()),
    }
}

fn test_card(policy: &Policy, socket: &Path, devices: &Path) -> Check {
    if policy.capture.source == Source::TestCard {
        return Check::good("test_card_chosen", "picture", "the policy streams the test card");
    }
    let is_card = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with("card");
    let has_card = fs::read_dir(devices).is_ok_and(|entries| entries.flatten().any(|entry| is_card(&entry)));
    if has_card {
        let found = format!(
            "this machine has a display device, but nobody hands out its screen at {}, so the test card is streamed; \
             start punktfunk-screen",
            socket.display()
        );
        return Check::wrong("screen_service_missing", "screen service", found)
            .with("path", socket.display());
    }
    Check::good(
        "no_graphics_card",
        "picture",
        "this machine has no display device, so the test card is streamed",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_that_nobody_hands_out_is_wrong() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("screen.sock");
        let mut policy = Policy::default();
        assert!(test_card(&policy, &socket, dir.path()).good);
        fs::write(dir.path().join("card0"), "").unwrap();
        let found = test_card(&policy, &socket, dir.path());
        assert!(!found.good && found.told().contains("punktfunk-screen"), "{found:?}");
        policy.capture.source = Source::TestCard;
        assert!(test_card(&policy, &socket, dir.path()).good);
    }

    #[test]
    fn a_screen_service_that_is_not_there_is_wrong() {
        let mut policy = Policy::default();
        policy.capture.source = Source::Kms;
        let checks = check(&policy, Path::new("/nonexistent/screen.sock"));
        assert!(checks.iter().any(|check| check.subject == "screen service" && !check.good), "{checks:?}");
    }

    #[test]
    fn a_file_that_is_not_there_is_wrong() {
        let mut policy = Policy::default();
        policy.capture.source = Source::File("/nonexistent/film.mkv".into());
        assert!(!check(&policy, Path::new("/nonexistent/screen.sock"))[0].good);
    }
}
