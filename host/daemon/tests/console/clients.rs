//! Devices that are let in.

use punktfunk_config::{DeclaredDevice, Fingerprint};
use serde_json::json;

use crate::common::{PATIENCE, TestHost};

fn let_in(host: &TestHost, name: &str) -> String {
    let knocking = host.knock(name);
    host.post(&knocking.place("approve"), &host.approval(&knocking)).ok();
    format!("/native/clients/{}", knocking.fingerprint)
}

#[test]
fn a_device_gets_another_name_and_a_hostile_one_is_cleaned() {
    let host = TestHost::start();
    let place = let_in(&host, "Tablet");
    assert_eq!(host.patch(&place, &json!({ "name": "Kitchen" })).ok()["name"], "Kitchen");
    let hostile = "\u{1b}]0;owned\u{7}Den\u{202e}\u{0}\n<b>".to_owned() + &"x".repeat(300);
    let name = host.patch(&place, &json!({ "name": hostile })).ok()["name"].as_str().unwrap().to_owned();
    assert!(name.len() <= 64 && name.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{name:?}");
    assert_eq!(host.get("/native/clients").ok()[0]["name"], name);
}

#[test]
fn a_name_without_anything_to_show_changes_nothing() {
    let host = TestHost::start();
    let place = let_in(&host, "Tablet");
    for name in ["", " \n\t", "\u{200b}\u{202e}"] {
        host.patch(&place, &json!({ "name": name })).refused(400, "bad_name");
    }
    assert_eq!(host.get("/native/clients").ok()[0]["name"], "Tablet");
}

#[test]
fn a_revoked_device_is_cut_off_and_gone() {
    let host = TestHost::start();
    let knocking = host.knock("Tablet");
    let place = format!("/native/clients/{}", knocking.fingerprint);
    host.post(&knocking.place("approve"), &host.approval(&knocking)).ok();
    let stream = knocking.outcome().unwrap();
    assert!(stream.next_video(PATIENCE).unwrap().is_some());
    host.delete(&place).done();
    let cut = std::time::Instant::now();
    while stream.next_video(PATIENCE).is_ok() {}
    // the second that it may take is measured in the booted machine; a busy one needs longer for its own reasons
    assert!(cut.elapsed() < std::time::Duration::from_secs(5), "{:?}", cut.elapsed());
    assert_eq!(host.get("/native/clients").ok(), json!([]));
    host.delete(&place).refused(404, "not_found");
}

#[test]
fn a_device_that_nobody_knows_can_be_neither_renamed_nor_revoked() {
    let host = TestHost::start();
    let unknown = format!("/native/clients/{}", "ab".repeat(32));
    host.delete(&unknown).refused(404, "not_found");
    host.patch(&unknown, &json!({ "name": "Den" })).refused(404, "not_found");
    for short in ["/native/clients/ab", "/native/clients/..%2fstatus", "/native/clients/-"] {
        host.delete(short).refused(400, "bad_fingerprint");
    }
}

#[test]
fn a_declared_device_is_changed_in_the_policy_only() {
    let fingerprint = "cd".repeat(32);
    let declared = fingerprint.parse::<Fingerprint>().unwrap();
    let host = TestHost::with(|policy| {
        policy.devices.push(DeclaredDevice { name: "Bedroom".to_owned(), fingerprint: declared });
    });
    let place = format!("/native/clients/{fingerprint}");
    host.delete(&place).refused(409, "declared");
    host.patch(&place, &json!({ "name": "Den" })).refused(409, "declared");
    let listed = host.get("/native/clients").ok();
    assert_eq!((&listed[0]["name"], &listed[0]["paired_by"]), (&json!("Bedroom"), &json!("declared")));
}
