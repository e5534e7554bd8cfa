//! What would be streamed.

use std::path::Path;
use std::time::Duration;

use punktfunk_config::{Output, Policy, Source};
use punktfunk_media::kms::{self, ScreenError};
use punktfunk_media::{SourceSpec, open_source};

use super::Check;
use crate::session::find_screen;

pub(super) fn check(policy: &Policy, socket: &Path) -> Vec<Check> {
    match &policy.capture.source {
        Source::Auto => match find_screen(socket) {
            Ok(()) => screens(policy, socket),
            Err(error) => vec![no_screen(&error, socket)],
        },
        Source::Kms => screens(policy, socket),
        Source::File(path) => vec![file(path)],
        Source::TestCard => {
            vec![Check::good("test_card_chosen", "picture", "the policy streams the test card")]
        }
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

fn file(path: &Path) -> Check {
    let picture = open_source(&SourceSpec::File(path.to_owned())).and_then(|mut source| {
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

/// Why the test card is streamed.
fn no_screen(error: &ScreenError, socket: &Path) -> Check {
    if matches!(error, ScreenError::NoBroker { .. }) {
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
        let socket = Path::new("/nonexistent/screen.sock");
        let source = std::io::ErrorKind::NotFound.into();
        let found = no_screen(&ScreenError::NoBroker { path: socket.into(), source }, socket);
        assert!(!found.good && found.told().contains("punktfunk-screen"), "{found:?}");
        assert!(no_screen(&ScreenError::NoCard, socket).good);
        let mut policy = Policy::default();
        policy.capture.source = Source::TestCard;
        assert!(check(&policy, socket)[0].good);
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
