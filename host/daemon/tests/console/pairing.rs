//! PINs.

use reqwest::Method;
use serde_json::{Value, json};

use crate::common::TestHost;

#[test]
fn a_pin_is_armed_shown_and_taken_back() {
    let host = TestHost::start();
    let idle = host.get("/native/pair").ok();
    assert_eq!((&idle["enabled"], &idle["armed"], &idle["pin"]), (&json!(true), &json!(false), &Value::Null));

    // the body may be left out
    let armed = host.send(host.request(Method::POST, "/native/pair/arm")).ok();
    let pin = armed["pin"].as_str().unwrap();
    assert!(pin.len() == 4 && pin.bytes().all(|digit| digit.is_ascii_digit()));
    assert!((118..=120).contains(&armed["expires_in_secs"].as_u64().unwrap()));
    assert_eq!(host.get("/native/pair").ok()["pin"], pin);

    host.delete("/native/pair").done();
    assert_eq!(host.get("/native/pair").ok()["armed"], false);
    host.delete("/native/pair").done();
}

#[test]
fn a_window_and_a_device_can_be_asked_for() {
    let host = TestHost::start();
    let fingerprint = "ab".repeat(32);
    let armed = host.post("/native/pair/arm", &json!({ "ttl_secs": 15, "fingerprint": fingerprint })).ok();
    assert!(armed["expires_in_secs"].as_u64().unwrap() <= 15);
    assert_eq!(armed["fingerprint"], fingerprint);
    let device: punktfunk_trust::DeviceId = fingerprint.parse().unwrap();
    assert_eq!((&armed["words"], &armed["colour"]), (&json!(device.words()), &json!(device.colour().hex)));
}

#[test]
fn while_a_pin_is_armed_there_is_no_other_until_it_is_taken_back() {
    let host = TestHost::start();
    let first = host.send(host.request(Method::POST, "/native/pair/arm")).ok()["pin"].clone();
    let again = host.send(host.request(Method::POST, "/native/pair/arm"));
    again.refused(409, "pin_armed");
    assert!(again.body["error"].as_str().unwrap().contains("`pair disarm`"));
    assert_eq!(
        host.get("/native/pair").ok()["pin"],
        first,
        "whoever types the first one is not cheated of it"
    );
    host.delete("/native/pair").done();
    host.send(host.request(Method::POST, "/native/pair/arm")).ok();
}

#[test]
fn a_window_out_of_range_arms_nothing() {
    let host = TestHost::start();
    for seconds in [0, 14, 601, u64::MAX] {
        host.post("/native/pair/arm", &json!({ "ttl_secs": seconds })).refused(400, "bad_window");
    }
    host.post("/native/pair/arm", &json!({ "fingerprint": "9f2c" })).refused(400, "bad_fingerprint");
    assert_eq!(host.get("/native/pair").ok()["armed"], false);
}

#[test]
fn in_open_mode_nobody_needs_to_pair() {
    let host = TestHost::with(|policy| policy.pairing.require = false);
    assert_eq!(host.get("/native/pair").ok()["enabled"], false);
    let attention = host.get("/status").ok()["attention"].clone();
    assert_eq!((&attention[0]["code"], &attention[0]["severity"]), (&json!("open_mode"), &json!("warning")));
}
