//! An update waits for viewers, and for the time that the policy allows.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixListener;

use crate::support::{Box, Done, Images, Publisher};

/// A host on the box that says so many streams.
fn host_with(the_box: &Box, streams: usize) {
    let directory = the_box.path("run/punktfunk");
    fs::create_dir_all(&directory).expect("a directory");
    let listener = UnixListener::bind(directory.join("control.sock")).expect("a socket");
    let streams = vec![serde_json::json!({ "name": "TV" }); streams];
    let body = serde_json::json!({ "name": "Box", "streams": streams }).to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if stream.read(&mut [0; 1024]).unwrap_or(0) > 0 {
                let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            }
        }
    });
}

/// A box with this window in its policy, and 1.2.4 in its feed.
fn scene(window: &str) -> (tempfile::TempDir, Box) {
    let (feed, publisher) = (tempfile::tempdir().expect("a directory"), Publisher::new());
    publisher.publish(&Images::simple("1.2.4"), feed.path(), |_| {});
    let policy = format!("schema: 1\nupdate: {{ keys: ['{}'], window: {window} }}\n", publisher.key());
    let the_box = Box::new(&Images::simple("1.2.3"), 8 << 20, &policy);
    (feed, the_box)
}

#[test]
fn nobody_who_streams_is_disturbed_unless_the_owner_says_so() {
    let (feed, the_box) = scene("idle");
    host_with(&the_box, 1);
    let feed = feed.path().to_str().unwrap();
    let said = the_box.run(&["install", "--json", "--feed", feed]).refused("streaming").err();
    assert!(said.contains("--now"), "{said}");
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.3.efi"]);
    the_box.run(&["install", "--now", "--feed", feed]).good();
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.3.efi", "punktfunk_1.2.4+3.efi"]);
}

#[test]
fn the_timer_finds_a_stream_in_order_and_comes_again() {
    let (feed, the_box) = scene("idle");
    host_with(&the_box, 2);
    let done = the_box.run(&["install", "--auto", "--json", "--feed", feed.path().to_str().unwrap()]).good();
    assert_eq!(done.json()["done"], false);
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.3.efi"]);
}

#[test]
fn the_timer_installs_when_nobody_streams() {
    let (feed, the_box) = scene("idle");
    host_with(&the_box, 0);
    let done = the_box.run(&["install", "--auto", "--json", "--feed", feed.path().to_str().unwrap()]).good();
    assert_eq!(done.json()["status"]["waiting"], "1.2.4");
}

#[test]
fn by_hand_means_by_hand_but_the_owner_is_told() {
    let (feed, the_box) = scene("manual");
    let done = the_box.run(&["install", "--auto", "--json", "--feed", feed.path().to_str().unwrap()]).good();
    assert_eq!(done.json()["done"], false);
    assert_eq!(the_box.entry_names(), ["punktfunk_1.2.3.efi"]);
    let status = fs::read(the_box.path("run/punktfunk-update/status.json")).unwrap();
    let status: serde_json::Value = serde_json::from_slice(&status).unwrap();
    assert_eq!(status["available"], "1.2.4");
}

#[test]
fn a_box_without_a_feed_is_quiet() {
    let (_feed, the_box) = scene("idle");
    let done = the_box.run(&["install", "--auto", "--json"]).good();
    assert_eq!(done.json()["done"], false);
    assert_eq!(the_box.run(&["check", "--json"]).code(), 2);
}

/// A box with 1.2.4 in place, somebody who streams from it, and what is called instead of `systemctl`.
fn streaming_with_a_version_in_place() -> (tempfile::TempDir, Box) {
    let (feed, the_box) = scene("idle");
    the_box.run(&["install", "--feed", feed.path().to_str().expect("a path")]).good();
    host_with(&the_box, 1);
    let script = the_box.path("systemctl");
    let text = format!("#!/bin/sh\necho \"$@\" >> {}\n", the_box.path("restarted").display());
    fs::write(&script, text).expect("a script");
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a script");
    (feed, the_box)
}

/// Runs the client where nothing but the box's own `systemctl` is found.
fn run(the_box: &Box, arguments: &[&str]) -> Done {
    Done(the_box.command(arguments).env("PATH", the_box.path("")).output().expect("the client"))
}

fn restarts(the_box: &Box) -> String {
    fs::read_to_string(the_box.path("restarted")).unwrap_or_default()
}

#[test]
fn a_box_is_not_restarted_into_what_waits_while_somebody_streams_unless_its_owner_says_so() {
    let (feed, the_box) = streaming_with_a_version_in_place();
    let install = ["install", "--reboot", "--json", "--feed", feed.path().to_str().unwrap()];
    let said = run(&the_box, &install).refused("streaming").err();
    assert!(said.contains("--now"), "{said}");
    assert_eq!(restarts(&the_box), "");
    run(&the_box, &[&install[..], &["--now"]].concat()).good();
    assert_eq!(restarts(&the_box), "reboot\n");
}

#[test]
fn a_box_is_not_restarted_to_go_back_while_somebody_streams_unless_its_owner_says_so() {
    let (_feed, the_box) = streaming_with_a_version_in_place();
    assert_eq!(the_box.start(), "1.2.4");
    let before = the_box.entry_names();
    run(&the_box, &["rollback", "--reboot", "--json"]).refused("streaming");
    assert_eq!((restarts(&the_box).as_str(), the_box.entry_names()), ("", before));
    run(&the_box, &["rollback", "--reboot", "--now"]).good();
    assert_eq!(restarts(&the_box), "reboot\n");
    assert_eq!(the_box.start(), "1.2.3");
}

#[test]
fn what_waits_is_cancelled_without_a_restart() {
    let (_feed, the_box) = streaming_with_a_version_in_place();
    run(&the_box, &["rollback", "--reboot"]).good();
    assert_eq!(restarts(&the_box), "");
    assert_eq!(the_box.start(), "1.2.3");
}
