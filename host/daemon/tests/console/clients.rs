//! Devices that are let in.

use std::time::{Duration, Instant};

use punktfunk_config::{DeclaredDevice, Fingerprint};
use punktfunk_host::owner::TokenScope;
use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::Visitor;
use crate::common::{PASSWORD, PATIENCE, TestHost};

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
    let cut = Instant::now();
    while stream.next_video(PATIENCE).is_ok() {}
    // the second that it may take is measured in the booted machine; a busy one needs longer for its own reasons
    assert!(cut.elapsed() < Duration::from_secs(5), "{:?}", cut.elapsed());
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

#[test]
fn a_browser_renames_at_any_time_and_changes_rights_after_a_proof_alone() {
    let host = TestHost::start();
    let place = let_in(&host, "Tablet");
    let mut browser = Visitor::signed_in(&host);
    host.owner().ask(|account, now| account.tick(now.later(Duration::from_secs(3600))));
    browser.send(Method::PATCH, &place, Some(&json!({ "name": "Kitchen" }))).ok();
    let wishes = [
        json!({ "level": "watch" }),
        json!({ "expires_in_secs": 60, "name": "Den" }),
        json!({ "forever": true }),
    ];
    for wish in &wishes {
        browser.send(Method::PATCH, &place, Some(wish)).refused(403, "proof_needed");
    }
    let untouched = host.get("/native/clients").ok();
    assert_eq!((&untouched[0]["name"], &untouched[0]["level"]), (&json!("Kitchen"), &json!("full")));
    browser.post("/proof", &json!({ "password": PASSWORD })).ok();
    for wish in &wishes {
        browser.send(Method::PATCH, &place, Some(wish)).ok();
    }
}

#[test]
fn no_token_for_devices_makes_an_owner() {
    let host = TestHost::start();
    let token = host.token_for(TokenScope::Devices);
    let send = |method: Method, path: &str, body: &Value| {
        host.send(host.https().request(method, host.url(path)).bearer_auth(&token).json(body))
    };
    let knocking = host.knock("Tablet");
    let mut approval = host.approval(&knocking);
    approval["level"] = json!("owner");
    send(Method::POST, &knocking.place("approve"), &approval).refused(403, "forbidden");
    approval["level"] = json!("full");
    send(Method::POST, &knocking.place("approve"), &approval).ok();
    let place = format!("/native/clients/{}", knocking.fingerprint);
    send(Method::PATCH, &place, &json!({ "level": "owner" })).refused(403, "forbidden");
    send(Method::PATCH, &place, &json!({ "level": "play" })).ok();
    assert_eq!(
        host.patch(&place, &json!({ "level": "owner" })).ok()["level"],
        "owner",
        "a token for all does"
    );
}
