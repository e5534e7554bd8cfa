//! Which source a session opens, as the policy says.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use punktfunk_config::{Output, Policy, Source};
use punktfunk_media::SourceSpec;
use punktfunk_media::kms::{self, KmsSpec, ScreenError, ScreenMemory};
use punktfunk_media::testcard::TestCardSpec;

use super::Profile;

/// Where the screen broker listens unless told otherwise.
pub const SCREEN_SOCKET: &str = "/run/punktfunk-screen/screen.sock";

/// How long a start of the machine may take to find its display device once somebody wants to see it.
const DEVICES_WAIT: Duration = Duration::from_secs(5);
/// How often it is looked for meanwhile.
const DEVICES_EVERY: Duration = Duration::from_millis(50);

/// The source for a session of this profile; `socket` is the screen broker's. Blocks for some seconds at most, while the
/// machine is starting. The log says why there is no screen.
pub fn session_source(policy: &Policy, profile: &Profile, socket: &Path) -> SourceSpec {
    let (source, no_screen) = choose(policy, profile, socket);
    if let Some(reason) = no_screen {
        tracing::info!(%reason, "the test card is shown in place of a screen");
    }
    source
}

/// The same for a look at what a session would show.
pub(crate) fn source_spec(policy: &Policy, profile: &Profile, socket: &Path) -> SourceSpec {
    choose(policy, profile, socket).0
}

fn choose(policy: &Policy, profile: &Profile, socket: &Path) -> (SourceSpec, Option<ScreenError>) {
    match &policy.capture.source {
        Source::File(path) => (SourceSpec::File(path.clone()), None),
        Source::Kms => (screen(policy, socket), None),
        Source::Auto => match find_screen(socket) {
            Ok(()) => (screen(policy, socket), None),
            Err(reason) => (test_card(policy, profile), Some(reason)),
        },
        Source::TestCard => (test_card(policy, profile), None),
    }
}

/// Whether this machine has a screen, lit or not, and somebody who may read it. Blocks as [`session_source`] does.
///
/// # Errors
/// That it has none. Whatever else is wrong with it may pass, and is said in its place.
pub(crate) fn find_screen(socket: &Path) -> Result<(), ScreenError> {
    let until = Instant::now() + DEVICES_WAIT;
    let wait = || {
        std::thread::sleep(DEVICES_EVERY);
        Instant::now() < until
    };
    find(socket, Path::new(DEVICES), Path::new(DEVICES_BEING_FOUND), wait)
}

/// Whether nothing but the test card can be shown, although the policy wants the screen. Does not block.
pub(crate) fn has_no_display(policy: &Policy, socket: &Path) -> bool {
    policy.capture.source == Source::Auto && !(socket.exists() && has_card(Path::new(DEVICES)))
}

/// Where the kernel lists graphics cards.
const DEVICES: &str = "/dev/dri";
/// There while udev has devices to make known, and drivers to load for them.
const DEVICES_BEING_FOUND: &str = "/run/udev/queue";

/// `wait` returns after a moment; false when there is no time left.
fn find(
    socket: &Path,
    devices: &Path,
    being_found: &Path,
    mut wait: impl FnMut() -> bool,
) -> Result<(), ScreenError> {
    let is_worth_waiting = socket.exists();
    while !has_card(devices) {
        // Whether more are being found is asked first: the last one found may be the card.
        let may_come = is_worth_waiting && being_found.exists();
        if !(has_card(devices) || may_come && wait()) {
            return Err(ScreenError::NoCard);
        }
    }
    match kms::look(socket) {
        Err(error @ (ScreenError::NoCard | ScreenError::NoBroker { .. })) => Err(error),
        _ => Ok(()),
    }
}

fn has_card(devices: &Path) -> bool {
    let is_card = |name: &std::ffi::OsStr| name.to_str().is_some_and(|name| name.starts_with("card"));
    fs::read_dir(devices).is_ok_and(|entries| entries.flatten().any(|entry| is_card(&entry.file_name())))
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
    use std::cell::Cell;
    use std::path::PathBuf;
    use tempfile::TempDir;

    const PROFILE: Profile = Profile { width: 640, height: 360, refresh_hz: 30, codec: Codec::H264 };

    /// A machine with a socket of the screen's, where nobody listens, and no card.
    struct Machine {
        dir: TempDir,
        waits: Cell<u32>,
    }

    impl Machine {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            fs::create_dir(dir.path().join("dri")).unwrap();
            fs::write(dir.path().join("dri/renderD128"), "").unwrap();
            fs::write(dir.path().join("screen.sock"), "").unwrap();
            Self { dir, waits: Cell::new(0) }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.dir.path().join(name)
        }

        /// A file appears, as udev or the kernel makes it.
        fn make(&self, name: &str) {
            fs::write(self.path(name), "").unwrap();
        }

        /// The code of what is found, with `meanwhile` happening in the wait of that number, of which there are ten.
        fn find(&self, meanwhile: impl Fn(u32)) -> &'static str {
            let wait = || {
                self.waits.set(self.waits.get() + 1);
                meanwhile(self.waits.get());
                self.waits.get() < 10
            };
            find(&self.path("screen.sock"), &self.path("dri"), &self.path("queue"), wait)
                .map_or_else(|error| error.code(), |()| "screen")
        }
    }

    #[test]
    fn a_machine_without_a_display_device_is_not_waited_for() {
        let machine = Machine::new();
        assert_eq!(machine.find(|_| {}), "no_graphics_card");
        assert_eq!(machine.waits.get(), 0);
    }

    #[test]
    fn a_display_device_that_is_being_found_is_waited_for() {
        let machine = Machine::new();
        machine.make("queue");
        let found = machine.find(|wait| {
            if wait == 3 {
                machine.make("dri/card0");
            }
        });
        // Of the file that is no socket nobody can be asked, and that is what is wrong.
        assert_eq!((found, machine.waits.get()), ("screen_service_missing", 3));
    }

    #[test]
    fn once_every_device_is_found_none_is_waited_for_and_never_for_ever() {
        let machine = Machine::new();
        machine.make("queue");
        let done = |wait| {
            if wait == 2 {
                fs::remove_file(machine.path("queue")).unwrap();
            }
        };
        assert_eq!((machine.find(done), machine.waits.get()), ("no_graphics_card", 2));
        machine.make("queue");
        assert_eq!((machine.find(|_| {}), machine.waits.get()), ("no_graphics_card", 10));
    }

    #[test]
    fn without_a_screen_service_nothing_is_waited_for() {
        let machine = Machine::new();
        machine.make("queue");
        fs::remove_file(machine.path("screen.sock")).unwrap();
        assert_eq!((machine.find(|_| {}), machine.waits.get()), ("no_graphics_card", 0));
        machine.make("dri/card0");
        assert_eq!(machine.find(|_| {}), "screen_service_missing");
    }

    #[test]
    fn the_policy_decides_what_is_shown() {
        let mut policy = Policy::default();
        let socket = Path::new("/nonexistent/screen.sock");
        assert!(matches!(source_spec(&policy, &PROFILE, socket), SourceSpec::TestCard(_)));
        assert!(has_no_display(&policy, socket));
        assert!(choose(&policy, &PROFILE, socket).1.is_some(), "nobody would know why");
        policy.capture.source = Source::Kms;
        assert!(!has_no_display(&policy, socket));
        policy.capture.output = Output::Connector("HDMI-A-1".to_owned());
        let SourceSpec::Kms(spec) = source_spec(&policy, &PROFILE, socket) else { panic!("not the screen") };
        assert_eq!(spec.output.as_deref(), Some("HDMI-A-1"));
        policy.capture.source = Source::File("/film.mkv".into());
        assert_eq!(source_spec(&policy, &PROFILE, socket), SourceSpec::File("/film.mkv".into()));
    }
}
