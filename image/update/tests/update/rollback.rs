//! Undoing an update: whatever its owner does, the box keeps a version to start that has proven itself.

use std::fs;

use crate::support::{Box, Images, Publisher};

/// A box that runs 1.2.3, which is good, and a feed that offers 1.2.4.
fn scene() -> (tempfile::TempDir, Box) {
    let (feed, publisher) = (tempfile::tempdir().expect("a directory"), Publisher::new());
    publisher.publish(&Images::simple("1.2.4"), feed.path(), |_| {});
    let the_box = Box::fed("http://unused.example", &publisher);
    (feed, the_box)
}

fn install(the_box: &Box, feed: &tempfile::TempDir, more: &[&str]) {
    let arguments = ["install", "--feed", feed.path().to_str().expect("a path")];
    the_box.run(&[&arguments, more].concat()).good();
}

/// A box that runs 1.2.3, which is good, and where its owner has insisted on 1.2.2.
fn stepped_down() -> (tempfile::TempDir, Box) {
    let (feed, publisher) = (tempfile::tempdir().expect("a directory"), Publisher::new());
    publisher.publish(&Images::simple("1.2.2"), feed.path(), |_| {});
    let the_box = Box::fed("http://unused.example", &publisher);
    install(&the_box, &feed, &["--allow-downgrade"]);
    (feed, the_box)
}

/// What is started, and how it says that it stands.
fn stands(the_box: &Box) -> (String, Option<String>) {
    let status = the_box.run(&["status", "--json"]).good().json();
    (status["phase"].as_str().expect("a phase").to_owned(), status["waiting"].as_str().map(str::to_owned))
}

#[test]
fn a_version_that_waits_is_cancelled_and_the_good_one_stays() {
    let (feed, the_box) = scene();
    install(&the_box, &feed, &[]);
    let done = the_box.run(&["rollback", "--json"]).good().json();
    assert_eq!((done["next"].as_str(), done["cancelled"].as_str()), (Some("1.2.3"), Some("1.2.4")));
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.3.efi", "punktfunk_1.2.4+0-0.efi"]);
    assert_eq!(stands(&the_box), ("idle".to_owned(), None));
    assert_eq!(the_box.start(), "1.2.3");

    // the timer leaves it at that, its owner need not
    let refused = the_box.run(&["install", "--json", "--feed", feed.path().to_str().unwrap()]);
    assert!(refused.refused("went_back").err().contains("cancelled by its owner"));
    install(&the_box, &feed, &["--again"]);
    assert_eq!(the_box.start(), "1.2.4");
}

#[test]
fn a_version_that_waits_and_was_begun_is_cancelled_too() {
    let (feed, the_box) = scene();
    install(&the_box, &feed, &[]);
    let entry = |name: &str| the_box.entries().join(name);
    fs::rename(entry("punktfunk_1.2.4+3.efi"), entry("punktfunk_1.2.4+1-2.efi")).unwrap();
    the_box.run(&["rollback"]).good();
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.3.efi", "punktfunk_1.2.4+0-2.efi"]);
}

#[test]
fn after_the_box_went_back_by_itself_there_is_nothing_to_go_back_to() {
    let (feed, the_box) = scene();
    install(&the_box, &feed, &[]);
    for _ in 0..3 {
        assert_eq!(the_box.start(), "1.2.4");
        the_box.run(&["gate", "--json", "--", "sh", "-c", "echo no encoder; exit 1"]).refused("gate_shut");
    }
    assert_eq!(the_box.start(), "1.2.3");
    let before = the_box.entry_names();
    let said = the_box.run(&["rollback", "--json"]).refused("not_proven").err();
    assert!(said.contains("no encoder") && said.contains("install --again"), "{said}");
    assert_eq!(the_box.entry_names(), before);
    assert_eq!(before[0], "punktfunk_1.2.3.efi");
}

#[test]
fn a_version_that_stayed_is_left_for_the_one_before_and_only_once() {
    let (feed, the_box) = scene();
    install(&the_box, &feed, &[]);
    assert_eq!(the_box.start(), "1.2.4");
    the_box.run(&["mark-good"]).good();
    assert_eq!(the_box.run(&["rollback", "--json"]).good().json()["next"], "1.2.3");
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.3.efi", "punktfunk_1.2.4+0-0.efi"]);
    assert_eq!(stands(&the_box), ("waiting_for_restart".to_owned(), Some("1.2.3".to_owned())));
    let quiet = the_box.run(&["install", "--auto", "--json", "--feed", feed.path().to_str().unwrap()]);
    assert_eq!(quiet.good().json()["done"], false);
    assert_eq!(the_box.start(), "1.2.3");
    assert_eq!(stands(&the_box), ("idle".to_owned(), None));
    the_box.run(&["rollback", "--json"]).refused("not_proven");
    assert_eq!(the_box.start(), "1.2.3");
}

#[test]
fn its_owner_may_change_their_mind_before_the_restart() {
    let (feed, the_box) = scene();
    install(&the_box, &feed, &[]);
    assert_eq!(the_box.start(), "1.2.4");
    the_box.run(&["mark-good"]).good();
    the_box.run(&["rollback"]).good();
    the_box.run(&["mark-good"]).good();
    assert_eq!(stands(&the_box), ("idle".to_owned(), None));
    assert_eq!(the_box.start(), "1.2.4");
    the_box.run(&["rollback"]).good();
    assert_eq!(the_box.start(), "1.2.3");
}

#[test]
fn a_version_that_was_left_while_it_was_tried_is_not_kept_by_its_gate() {
    let (feed, the_box) = scene();
    install(&the_box, &feed, &[]);
    assert_eq!(the_box.start(), "1.2.4");
    the_box.run(&["rollback"]).good();
    let said = the_box.run(&["gate", "--json", "--", "true"]).refused("gate_shut").err();
    assert!(said.contains("1.2.3 starts next"), "{said}");
    // nor does the gate take the box away from whoever sits in front of it
    assert!(the_box.path("run/punktfunk-update/stay").exists());
    assert_eq!(the_box.start(), "1.2.3");
}

#[test]
fn two_versions_that_are_both_unproven_are_left_as_they_are() {
    let (feed, the_box) = scene();
    install(&the_box, &feed, &[]);
    let entry = |name: &str| the_box.entries().join(name);
    fs::rename(entry("punktfunk_1.2.3.efi"), entry("punktfunk_1.2.3+2-1.efi")).unwrap();
    let before = the_box.entry_names();
    the_box.run(&["rollback", "--json"]).refused("not_proven");
    assert_eq!(the_box.entry_names(), before);
}

#[test]
fn with_an_empty_slot_there_is_nothing_to_go_back_to() {
    let (_feed, the_box) = scene();
    the_box.run(&["rollback", "--json"]).refused("nothing_else");
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.3.efi"]);
}

#[test]
fn an_older_version_that_its_owner_insists_on_is_what_starts_and_stays() {
    let (_feed, the_box) = stepped_down();
    assert_eq!(stands(&the_box), ("waiting_for_restart".to_owned(), Some("1.2.2".to_owned())));
    for _ in 0..2 {
        assert_eq!(the_box.start(), "1.2.2");
        the_box.run(&["gate", "--", "true"]).good();
        the_box.run(&["mark-good"]).good();
    }
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.2.efi", "punktfunk_1.2.3+0-0.efi"]);
}

#[test]
fn an_older_version_that_does_not_stream_is_left_for_the_newer_one_which_proves_itself_again() {
    let (_feed, the_box) = stepped_down();
    for _ in 0..3 {
        assert_eq!(the_box.start(), "1.2.2");
        the_box.run(&["gate", "--json", "--", "sh", "-c", "echo no encoder; exit 1"]).refused("gate_shut");
    }
    assert_eq!(the_box.start(), "1.2.3");
    the_box.run(&["gate", "--", "true"]).good();
    the_box.run(&["mark-good"]).good();
    assert_eq!(the_box.start(), "1.2.3");
    assert_eq!(the_box.entry_names()[1], "punktfunk_1.2.3.efi");
}

#[test]
fn an_older_version_that_waits_is_cancelled_and_the_newer_one_is_as_good_as_before() {
    let (_feed, the_box) = stepped_down();
    assert_eq!(the_box.run(&["rollback", "--json"]).good().json()["cancelled"], "1.2.2");
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.2+0-0.efi", "punktfunk_1.2.3.efi"]);
    assert_eq!(stands(&the_box), ("idle".to_owned(), None));
    assert_eq!(the_box.start(), "1.2.3");
}
