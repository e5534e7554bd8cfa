//! Which source a session opens, as the policy says.

use std::fs;
use std::path::Path;

use punktfunk_config::{Output, Policy, Source};
use punktfunk_media::SourceSpec;
use punktfunk_media::kms::{KmsSpec, ScreenMemory};
use punktfunk_media::testcard::TestCardSpec;

use super::Profile;

/// Where the screen broker listens unless told otherwise.
pub const SCREEN_SOCKET: &str = "/run/punktfunk-screen/screen.sock";

/// The source for a session of this profile; `socket` is the screen broker's.
pub fn source_spec(policy: &Policy, profile: &Profile, socket: &Path) -> SourceSpec {
    match &policy.capture.source {
        Source::File(path) => SourceSpec::File(path.clone()),
        Source::Kms => screen(policy, socket),
        Source::Auto if has_screen(socket, Path::new("/dev/dri")) => screen(policy, socket),
        Source::Auto | Source::TestCard => test_card(policy, profile),
    }
}

/// Whether nothing but the test card can be shown, although the policy wants the screen.
pub(crate) fn has_no_display(policy: &Policy, socket: &Path) -> bool {
    matches!(policy.capture.source, Source::Auto) && !has_screen(socket, Path::new("/dev/dri"))
}

/// Whether this machine has a display device, and somebody who may read it.
fn has_screen(socket: &Path, devices: &Path) -> bool {
    let is_card = |name: &std::ffi::OsStr| name.to_str().is_some_and(|name| name.starts_with("card"));
    socket.exists()
        && fs::read_dir(devices)
            .is_ok_and(|entries| entries.flatten().any(|entry| is_card(&entry.file_name())))
}

fn screen(policy: &Policy, socket: &Path) -> SourceSpec {
    SourceSpec::Kms(KmsSpec {
        socket: socket.to_owned(),
        output: match &policy.capture.output {
            Output::Auto => None,
            Output::Connector(name) => Some(name.clone()),
        },
        // the encoders here read with the processor
        memory: ScreenMemory::Mapped,
    })
}

fn test_card(policy: &Policy, profile: &Profile) -> SourceSpec {
    SourceSpec::TestCard(TestCardSpec {
        width: profile.width,
        height: profile.height,
        refresh_hz: profile.refresh_hz,
        label: Some(policy.name.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use punktfunk_media::Codec;

    const PROFILE: Profile = Profile { width: 640, height: 360, refresh_hz: 30, codec: Codec::H264 };

    #[test]
    fn the_screen_is_shown_where_there_is_one_and_a_broker_to_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let (socket, devices) = (dir.path().join("screen.sock"), dir.path().join("dri"));
        fs::create_dir(&devices).unwrap();
        fs::write(devices.join("renderD128"), "").unwrap();
        fs::write(&socket, "").unwrap();
        assert!(!has_screen(&socket, &devices));
        fs::write(devices.join("card0"), "").unwrap();
        assert!(has_screen(&socket, &devices));
        fs::remove_file(&socket).unwrap();
        assert!(!has_screen(&socket, &devices));
    }

    #[test]
    fn the_policy_decides_what_is_shown() {
        let mut policy = Policy::default();
        let socket = Path::new("/nonexistent/screen.sock");
        assert!(matches!(source_spec(&policy, &PROFILE, socket), SourceSpec::TestCard(_)));
        policy.capture.source = Source::Kms;
        policy.capture.output = Output::Connector("HDMI-A-1".to_owned());
        let SourceSpec::Kms(spec) = source_spec(&policy, &PROFILE, socket) else { panic!("not the screen") };
        assert_eq!(spec.output.as_deref(), Some("HDMI-A-1"));
        policy.capture.source = Source::File("/film.mkv".into());
        assert_eq!(source_spec(&policy, &PROFILE, socket), SourceSpec::File("/film.mkv".into()));
    }
}
