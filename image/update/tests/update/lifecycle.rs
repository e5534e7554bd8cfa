//! An update from the feed to a slot that stays.

use crate::support::server::Server;
use crate::support::{Box, Images, Publisher};

#[test]
fn a_new_version_is_installed_tried_and_kept() {
    let feed = tempfile::tempdir().unwrap();
    let (publisher, server) = (Publisher::new(), Server::new(feed.path()));
    let the_box = Box::fed(&server.address, &publisher);
    let new = Images::simple("1.2.4");
    publisher.publish(&new, feed.path(), |_| {});

    let found = the_box.run(&["check", "--json"]).good().json();
    assert_eq!((found["newer"].as_bool(), found["offered"].as_str()), (Some(true), Some("1.2.4")));
    let installed = the_box.run(&["install", "--json"]).good().json();
    assert_eq!(installed["status"]["phase"], "waiting_for_restart");
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.3.efi", "punktfunk_1.2.4+3.efi"]);
    assert_eq!(
        the_box.labels(),
        [
            "esp",
            "punktfunk-verity_1.2.3",
            "punktfunk_1.2.3",
            "punktfunk-verity_1.2.4",
            "punktfunk_1.2.4",
            "punktfunk-data"
        ]
    );
    assert!(the_box.slot(1, new.usr.len()) == new.usr);
    let again = the_box.run(&["install", "--json"]).good().json();
    assert_eq!(again["done"], false);

    assert_eq!(the_box.start(), "1.2.4");
    let status = the_box.run(&["status", "--json"]).good().json();
    assert_eq!((status["running"].as_str(), status["phase"].as_str()), (Some("1.2.4"), Some("on_trial")));
    the_box.run(&["install", "--json"]).good();
    the_box.run(&["gate", "--", "true"]).good();
    the_box.run(&["mark-good"]).good();
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.3.efi", "punktfunk_1.2.4.efi"]);
    let status = the_box.run(&["status", "--json"]).good().json();
    assert_eq!((status["phase"].as_str(), status["last"]["outcome"].as_str()), (Some("idle"), Some("good")));
    assert_eq!(status["floor"], "1.2.4");
}

#[test]
fn a_version_that_does_not_pass_its_gate_is_left_with_the_reason() {
    let feed = tempfile::tempdir().unwrap();
    let publisher = Publisher::new();
    let the_box = Box::fed("http://unused.example", &publisher);
    publisher.publish(&Images::simple("1.2.4"), feed.path(), |_| {});
    let address = feed.path().to_str().unwrap();

    the_box.run(&["install", "--feed", address]).good();
    for _ in 0..3 {
        assert_eq!(the_box.start(), "1.2.4");
        let shut =
            the_box.run(&["gate", "--json", "--", "sh", "-c", r#"echo '{"reason":"no encoder"}'; exit 1"#]);
        shut.refused("gate_shut");
    }
    assert_eq!(the_box.start(), "1.2.3");
    let status = the_box.run(&["status", "--json"]).good().json();
    assert_eq!(
        (status["running"].as_str(), status["last"]["outcome"].as_str()),
        (Some("1.2.3"), Some("went_back"))
    );
    let reason = status["last"]["reason"].as_str().unwrap();
    assert!(reason.contains("no encoder") && reason.contains("3 tries"), "{reason}");
    let refused = the_box.run(&["install", "--feed", address, "--json"]).refused("went_back");
    assert!(refused.err().contains("no encoder"));
    the_box.run(&["install", "--feed", address, "--again"]).good();
    assert_eq!(the_box.start(), "1.2.4");
}

/// Where the gate says that the box is to stay up although it stayed shut.
fn stays_up(the_box: &Box) -> bool {
    the_box.path("run/punktfunk-update/stay").exists()
}

#[test]
fn a_flashed_box_whose_gate_stays_shut_stays_up_and_says_why_because_nothing_else_could_start() {
    let the_box = Box::fed("http://unused.example", &Publisher::new());
    let entry = |name: &str| the_box.entries().join(name);
    std::fs::rename(entry("punktfunk_1.2.3.efi"), entry("punktfunk_1.2.3+3.efi")).unwrap();
    // also the start that has used up its last try
    for tries in ["+2-1", "+1-2", "+0-3", "+0-3"] {
        assert_eq!(the_box.start(), "1.2.3");
        the_box.run(&["gate", "--json", "--", "sh", "-c", "echo no encoder; exit 1"]).refused("gate_shut");
        assert!(stays_up(&the_box));
        assert_eq!(the_box.entry_names(), [format!("punktfunk_1.2.3{tries}.efi")]);
    }
    let status = the_box.run(&["status", "--json"]).good().json();
    assert_eq!(
        (status["phase"].as_str(), status["last"]["outcome"].as_str()),
        (Some("on_trial"), Some("gate_failed"))
    );
    let reason = status["last"]["reason"].as_str().unwrap();
    assert!(reason.contains("no encoder") && reason.contains("stays up"), "{reason}");

    the_box.run(&["gate", "--", "true"]).good();
    assert!(!stays_up(&the_box));
    the_box.run(&["mark-good"]).good();
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.3.efi"]);
}

#[test]
fn a_box_whose_gate_stays_shut_starts_again_as_long_as_another_version_could_start() {
    let feed = tempfile::tempdir().unwrap();
    let publisher = Publisher::new();
    let the_box = Box::fed("http://unused.example", &publisher);
    publisher.publish(&Images::simple("1.2.4"), feed.path(), |_| {});
    the_box.run(&["install", "--feed", feed.path().to_str().unwrap()]).good();
    let shut = || the_box.run(&["gate", "--json", "--", "false"]).refused("gate_shut");
    for _ in 0..3 {
        assert_eq!(the_box.start(), "1.2.4");
        shut();
        assert!(!stays_up(&the_box));
    }
    // and the one before does not pass its gate either, when both were tried for nothing
    assert_eq!(the_box.start(), "1.2.3");
    let entry = |name: &str| the_box.entries().join(name);
    std::fs::rename(entry("punktfunk_1.2.3.efi"), entry("punktfunk_1.2.3+0-3.efi")).unwrap();
    shut();
    assert!(stays_up(&the_box));
}
