//! Answering those who wait.

use std::time::Duration;

use punktfunk_client::{ConnectError, Progress};
use punktfunk_core::wire::CloseCode;
use serde_json::{Value, json};

use crate::common::{Knocking, PATIENCE, TestHost};

fn shown(host: &TestHost, knocking: &Knocking) -> Value {
    let pending = host.get("/native/pending").ok();
    let entry = pending.as_array().unwrap().iter().find(|entry| entry["id"] == knocking.id);
    entry.expect("it is listed").clone()
}

#[track_caller]
fn nothing_was_stored(host: &TestHost) {
    assert_eq!(host.get("/native/clients").ok(), json!([]));
}

#[test]
fn an_approved_device_is_let_in_over_the_connection_that_waits() {
    let host = TestHost::start();
    let knocking = host.knock("Kitchen tablet");
    let entry = shown(&host, &knocking);
    assert_eq!(entry["name"], "Kitchen tablet");
    assert_eq!(entry["fingerprint"], knocking.fingerprint.as_str());
    assert_eq!((&entry["connected"], &entry["knocks"]), (&json!(true), &json!(1)));

    let body =
        json!({ "fingerprint": entry["fingerprint"], "revision": entry["revision"], "name": "Tablet" });
    let client = host.post(&knocking.place("approve"), &body).ok();
    assert_eq!((&client["name"], &client["paired_by"]), (&json!("Tablet"), &json!("approval")));
    let stream = knocking.outcome().unwrap();
    assert!(stream.next_video(PATIENCE).unwrap().is_some());

    assert_eq!(host.get("/native/pending").ok(), json!([]));
    assert_eq!(host.get("/native/clients").ok()[0]["streaming"], 1);
    let status = host.get("/status").ok();
    assert_eq!((&status["paired"], &status["pending"]), (&json!(1), &json!(0)));
    assert_eq!(status["streams"][0]["name"], "Tablet");
}

#[test]
fn the_device_and_the_owner_see_the_same_code_of_the_connection_that_waits() {
    let host = TestHost::start();
    let (told, heard) = std::sync::mpsc::channel();
    let knocking = host.knock_with("Tablet", move |step| {
        if let Progress::WaitingForApproval { code, .. } = step {
            told.send(code).unwrap();
        }
    });
    let code = heard.recv_timeout(PATIENCE).unwrap().unwrap();
    assert_eq!(shown(&host, &knocking)["match_code"], json!(code.words()));
    // a relay holds a connection of its own, and its code is another one
    let relayed = host.knock("Tablet");
    let other = &shown(&host, &relayed)["match_code"];
    assert!(other.is_array() && *other != json!(code.words()), "{other}");
}

#[test]
fn an_approval_for_another_fingerprint_is_refused_and_stores_nothing() {
    let host = TestHost::start();
    let (one, other) = (host.knock("One"), host.knock("Other"));
    let body = json!({ "fingerprint": other.fingerprint, "revision": shown(&host, &one)["revision"] });
    host.post(&one.place("approve"), &body).refused(409, "other_device");
    nothing_was_stored(&host);
    assert_eq!(host.get("/native/pending").ok().as_array().unwrap().len(), 2);
}

#[test]
fn an_approval_of_what_is_no_longer_shown_is_refused() {
    let host = TestHost::start();
    let knocking = host.knock("Tablet");
    let entry = shown(&host, &knocking);
    let stale = entry["revision"].as_u64().unwrap() - 1;
    let body = json!({ "fingerprint": knocking.fingerprint, "revision": stale });
    host.post(&knocking.place("approve"), &body).refused(409, "knock_changed");
    nothing_was_stored(&host);
}

#[test]
fn a_place_that_nobody_has_can_neither_be_approved_nor_denied() {
    let host = TestHost::start();
    let knocking = host.knock("Tablet");
    let body = host.approval(&knocking);
    host.post("/native/pending/1/approve", &body).refused(404, "knock_gone");
    host.post("/native/pending/1/deny", &json!({})).refused(404, "knock_gone");
    host.post("/native/pending/-1/approve", &body).refused(400, "bad_path");
    host.post("/native/pending/all/deny", &json!({})).refused(400, "bad_path");
    nothing_was_stored(&host);
}

#[test]
fn an_approval_without_the_revision_that_was_shown_is_refused() {
    let host = TestHost::start();
    let knocking = host.knock("Tablet");
    let body = json!({ "fingerprint": knocking.fingerprint });
    host.post(&knocking.place("approve"), &body).refused(400, "bad_json");
    nothing_was_stored(&host);
}

#[test]
fn a_guest_can_stay_for_ten_years_and_not_longer_than_calendars_go() {
    let host = TestHost::start();
    let knocking = host.knock("Tablet");
    let revision = shown(&host, &knocking)["revision"].clone();
    let within = |seconds: u64| {
        let fingerprint = knocking.fingerprint.as_str();
        json!({ "fingerprint": fingerprint, "revision": revision, "expires_in_secs": seconds })
    };
    for seconds in [315_360_001, u64::MAX / 2 + 1, u64::MAX] {
        host.post(&knocking.place("approve"), &within(seconds)).refused(400, "bad_lifetime");
    }
    nothing_was_stored(&host);
    host.post(&knocking.place("approve"), &within(315_360_000)).ok();
}

#[test]
fn a_shortened_fingerprint_approves_nobody() {
    let host = TestHost::start();
    let knocking = host.knock("Tablet");
    for fingerprint in [&knocking.fingerprint[..16], "", "*"] {
        let body = json!({ "fingerprint": fingerprint, "revision": 1 });
        host.post(&knocking.place("approve"), &body).refused(400, "bad_fingerprint");
    }
    nothing_was_stored(&host);
}

#[test]
fn a_denied_device_is_told_so_and_its_place_is_gone() {
    let host = TestHost::start();
    let knocking = host.knock("Tablet");
    // the body may be left out
    host.send(host.request(reqwest::Method::POST, &knocking.place("deny"))).done();
    assert_eq!(host.get("/native/pending").ok(), json!([]));
    let Err(ConnectError::Refused(refusal)) = knocking.outcome() else { panic!("not refused") };
    assert_eq!(refusal.meaning(), Some(CloseCode::Denied));
}

#[test]
fn an_ignored_device_is_not_shown_again_until_it_is_forgiven() {
    let host = TestHost::start();
    let knocking = host.knock("Neighbour");
    host.post(&knocking.place("deny"), &json!({ "ignore": true })).done();
    let ignored = host.get("/native/ignored").ok();
    assert_eq!(ignored[0]["fingerprint"], knocking.fingerprint.as_str());
    assert_eq!(ignored[0]["name"], "Neighbour");

    let place = format!("/native/ignored/{}", knocking.fingerprint);
    host.delete(&place).done();
    assert_eq!(host.get("/native/ignored").ok(), json!([]));
    host.delete(&place).refused(404, "knock_gone");
    host.delete("/native/ignored/9f2c").refused(400, "bad_fingerprint");
}

#[test]
fn a_hostile_name_is_shown_clean() {
    let host = TestHost::start();
    let knocking = host.knock("\u{1b}[31mKitchen\u{202e}\u{200b} tablet\r\n");
    assert_eq!(shown(&host, &knocking)["name"], "Kitchen tablet");
}

#[test]
fn a_name_that_looks_like_a_known_one_is_flagged() {
    let host = TestHost::start();
    let known = host.knock("Kitchen tablet");
    host.post(&known.place("approve"), &host.approval(&known)).ok();
    let original = &shown(&host, &host.knock("Kitchen tab1et"))["looks_like"];
    assert_eq!(original["name"], "Kitchen tablet");
    let device: punktfunk_trust::DeviceId = known.fingerprint.parse().unwrap();
    assert_eq!(
        (&original["words"], &original["colour"]),
        (&json!(device.words()), &json!(device.colour().hex))
    );
}

#[test]
fn ages_are_in_seconds() {
    let host = TestHost::with(|policy| policy.pairing.pending.hold = Duration::ZERO);
    let knocking = host.knock("Tablet");
    let entry = shown(&host, &knocking);
    assert!(entry["age_secs"].as_u64().unwrap() < PATIENCE.as_secs());
    assert!(entry["first_seen"].as_u64() <= entry["last_seen"].as_u64());
}

#[test]
fn a_waiting_device_is_shown_with_what_a_person_compares() {
    let host = TestHost::start();
    let knocking = host.knock("Tablet");
    let entry = shown(&host, &knocking);
    let device: punktfunk_trust::DeviceId = knocking.fingerprint.parse().unwrap();
    assert_eq!(entry["words"], json!(device.words()));
    assert_eq!((&entry["colour"], &entry["via"]), (&json!(device.colour().hex), &json!("approve")));
    assert_eq!(entry["looks_like"], Value::Null);
    host.post(&knocking.place("deny"), &json!({ "ignore": true })).done();
    let ignored = host.get("/native/ignored").ok();
    assert_eq!((&ignored[0]["words"], &ignored[0]["colour"]), (&entry["words"], &entry["colour"]));
}

#[test]
fn a_device_can_be_let_in_as_a_guest_who_may_only_watch() {
    let host = TestHost::start();
    let knocking = host.knock("Guest");
    let with = |extra: &Value| {
        let mut body = host.approval(&knocking);
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        host.post(&knocking.place("approve"), &body)
    };
    with(&json!({ "expires_in_secs": 0 })).refused(400, "already_over");
    with(&json!({ "level": "king" })).refused(400, "bad_json");
    nothing_was_stored(&host);
    let client = with(&json!({ "level": "watch", "expires_in_secs": 3600 })).ok();
    assert_eq!((&client["level"], &client["declared"]), (&json!("watch"), &json!(false)));
    let ends_in = client["expires_at"].as_u64().unwrap() - client["paired_at"].as_u64().unwrap();
    assert!((3600..=3600 + PATIENCE.as_secs()).contains(&ends_in), "{client}");
}
