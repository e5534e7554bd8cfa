//! What the box shows, for somebody who does not stream it.

use std::path::Path;
use std::time::{Duration, Instant};

use punktfunk_config::Policy;
use punktfunk_media::{Codec, SourceError, Thumbnail, open_source};

use super::{Profile, SessionTable, source_spec};
use crate::app::Fault;

/// How long a running session may take to copy its picture.
const COPY_WAIT: Duration = Duration::from_secs(2);
/// How long a source that is opened for one picture may take for it.
const PICTURE_WAIT: Duration = Duration::from_secs(3);
/// What a source is asked for that draws itself.
const PROFILE: Profile = Profile { width: 960, height: 540, refresh_hz: 30, codec: Codec::H264 };

/// A copy of what is shown now: that of a running session, or else one picture of the source that a session would open.
/// Blocks for some seconds at most.
///
/// # Errors
/// Why there is no picture.
pub(crate) fn preview(
    sessions: &SessionTable,
    policy: &Policy,
    screen_socket: &Path,
) -> Result<Thumbnail, Fault> {
    if let Some(fault) = sessions.list().into_iter().next().and_then(|session| session.fault) {
        return Err(fault);
    }
    sessions.snapshot(COPY_WAIT).map_or_else(|| one_picture(policy, screen_socket), Ok)
}

fn one_picture(policy: &Policy, screen_socket: &Path) -> Result<Thumbnail, Fault> {
    let fault = |error: SourceError| Fault::new(error.code(), error.params(), &error.to_string());
    let mut source = open_source(&source_spec(policy, &PROFILE, screen_socket)).map_err(fault)?;
    let until = Instant::now() + PICTURE_WAIT;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match source.next(left).map_err(fault)? {
            Some(picture) => {
                let unreadable = |error: punktfunk_media::PictureError| {
                    Fault::new("picture_unreadable", Vec::new(), &error.to_string())
                };
                return Thumbnail::of(&picture).map_err(unreadable);
            }
            None if left.is_zero() => {
                let told = "the source gave no picture in three seconds; look at the machine's own screen";
                return Err(Fault::new("source_gives_none", Vec::new(), told));
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Clock;
    use punktfunk_config::Source;

    fn previewed(source: Source) -> Result<Thumbnail, Fault> {
        let mut policy = Policy::default();
        policy.capture.source = source;
        preview(&SessionTable::new(Clock::start()), &policy, Path::new("/nonexistent/screen.sock"))
    }

    #[test]
    fn without_a_session_the_source_is_opened_for_one_picture() {
        assert_eq!(previewed(Source::TestCard).unwrap().size(), (960, 540));
    }

    #[test]
    fn a_source_without_a_picture_says_why() {
        let fault = previewed(Source::File("/nonexistent/film.mkv".into())).unwrap_err();
        assert_eq!(
            (fault.code.as_str(), fault.params["path"].as_str()),
            ("file_unplayable", "/nonexistent/film.mkv")
        );
        assert_eq!(previewed(Source::Kms).unwrap_err().code, "screen_service_missing");
    }
}
