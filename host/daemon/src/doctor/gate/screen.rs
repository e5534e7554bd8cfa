//! Whether the screen could be read. A television that is off or not there is no fault of the machine.

use std::fs;
use std::path::Path;

use punktfunk_config::{Output, Policy, Source};
use punktfunk_media::kms;

use crate::doctor::Check;
use crate::doctor::screen::{self, line};

/// What is found while no screen is on, or not the one that the policy asks for.
const DARK: [&str; 2] = ["no_screen_on", "no_such_output"];

pub(super) fn check(policy: &Policy, socket: &Path, devices: &Path) -> Vec<Check> {
    const SUBJECT: &str = "picture";
    match policy.capture.source {
        Source::Kms => {}
        Source::Auto if has_card(devices) => {}
        Source::Auto => {
            let found = "this machine has no display device, so the test card is streamed";
            return vec![Check::good("no_graphics_card", SUBJECT, found)];
        }
        Source::TestCard | Source::File(_) => return screen::check(policy, socket),
    }
    let output = match &policy.capture.output {
        Output::Auto => None,
        Output::Connector(name) => Some(name.as_str()),
    };
    kms::probe(socket, output).into_iter().map(line).map(forgive_darkness).collect()
}

fn has_card(devices: &Path) -> bool {
    let is_card = |entry: fs::DirEntry| entry.file_name().to_string_lossy().starts_with("card");
    fs::read_dir(devices).is_ok_and(|entries| entries.flatten().any(is_card))
}

fn forgive_darkness(check: Check) -> Check {
    match DARK.contains(&check.code.as_str()) {
        true => Check { good: true, ..check },
        false => check,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_with_a_display_device_needs_its_screen_service() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("screen.sock");
        let policy = Policy::default();
        assert!(check(&policy, &socket, dir.path()).iter().all(|check| check.good));
        fs::write(dir.path().join("card0"), "").unwrap();
        let found = check(&policy, &socket, dir.path());
        assert!(!found[0].good && found[0].told().contains("systemctl start punktfunk-screen"), "{found:?}");
    }

    #[test]
    fn a_screen_that_is_off_is_no_fault_and_one_that_cannot_be_read_is() {
        let check = |code| forgive_darkness(Check::wrong(code, "picture", "something; do something"));
        assert!(check("no_screen_on").good && check("no_such_output").good);
        assert!(!check("screen_service_powerless").good && !check("screen_gives_none").good);
    }

    #[test]
    fn a_policy_that_streams_the_test_card_needs_no_screen_service() {
        let mut policy = Policy::default();
        policy.capture.source = Source::TestCard;
        let found = check(&policy, Path::new("/nonexistent/screen.sock"), Path::new("/dev/dri"));
        assert!(found.iter().all(|check| check.good), "{found:?}");
    }
}
