//! `pair` and `status` against a running host.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::thread::JoinHandle;

use punktfunk_client::{CancelToken, ConnectError, ConnectOptions, HostPin, NativeClient, pair};
use punktfunk_core::wire::Mode;
use punktfunk_trust::{Identity, PinCode, Role};
use serde_json::{Value, json};

use crate::common::{PATIENCE, Place, poll};

struct Device {
    fingerprint: String,
    cancel: CancelToken,
    thread: Option<JoinHandle<Result<NativeClient, ConnectError>>>,
}

impl Device {
    /// Knocks at the host of `place`, and returns when the command line shows it.
    fn knock(place: &Place, name: &str) -> (Self, Value) {
        let identity = Arc::new(Identity::generate(Role::Client).unwrap());
        let address = format!("{}:{}", Ipv4Addr::LOCALHOST, place.udp).parse().unwrap();
        let mut options = ConnectOptions::new(address, Arc::clone(&identity), HostPin::TrustOnFirstUse);
        options.mode = Mode { width: 320, height: 180, refresh_hz: 30 };
        options.name = Some(name.to_owned());
        options.budget = PATIENCE;
        let cancel = options.cancel.clone();
        let thread = Some(std::thread::spawn(move || NativeClient::connect(options)));
        let fingerprint = identity.id().to_string();
        let entry = poll("the knock", || {
            let pending = place.ask(&["pair", "pending", "--json"]).json();
            pending.as_array().unwrap().iter().find(|entry| entry["fingerprint"] == *fingerprint).cloned()
        });
        (Self { fingerprint, cancel, thread }, entry)
    }

    fn outcome(&mut self) -> Result<NativeClient, ConnectError> {
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.cancel.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[test]
fn a_device_is_let_in_renamed_and_thrown_out() {
    let place = Place::new();
    let _host = place.start();
    assert!(place.ask(&["pair", "pending"]).ok().starts_with("Nobody is waiting"));
    assert!(place.ask(&["pair", "list"]).ok().starts_with("Nobody is let in"));

    let (mut device, entry) = Device::knock(&place, "Kitchen tablet");
    let id = entry["id"].to_string();
    let shown = place.ask(&["pair", "pending"]).ok();
    assert!(shown.contains("Kitchen tablet") && shown.contains(&device.fingerprint), "{shown}");

    let other = "ab".repeat(32);
    place.ask(&["pair", "approve", &id, "--fingerprint", &other]).failed(1, &["another fingerprint"]);
    place.ask(&["pair", "approve", "1"]).failed(1, &["nobody waits as 1"]);
    let client = place.ask(&["pair", "approve", &id, "--name", "Tablet", "--json"]).json();
    assert_eq!((&client["name"], &client["fingerprint"]), (&json!("Tablet"), &json!(device.fingerprint)));
    let stream = device.outcome().unwrap();
    assert!(stream.next_video(PATIENCE).unwrap().is_some());
    let status = place.ask(&["status"]).ok();
    assert!(status.starts_with("Den (version ") && status.contains("Tablet at 127.0.0.1"), "{status}");

    let start = &device.fingerprint[..12];
    assert_eq!(place.ask(&["pair", "rename", start, "Den tablet"]).ok(), "it is called Den tablet now\n");
    let listed = place.ask(&["pair", "list", "--json"]).json();
    assert_eq!((&listed[0]["name"], &listed[0]["streaming"]), (&json!("Den tablet"), &json!(1)));

    let refused = place.ask(&["pair", "revoke", &other, "--json"]);
    refused.failed(1, &["no trusted device"]);
    assert_eq!(refused.json()["code"], "not_found");
    assert_eq!(place.ask(&["pair", "revoke", start, "--json"]).json(), json!({ "done": true }));
    while stream.next_video(PATIENCE).is_ok() {}
    assert_eq!(place.ask(&["pair", "list", "--json"]).json(), json!([]));
}

#[test]
fn a_device_is_turned_away_for_now_or_for_good() {
    let place = Place::new();
    let _host = place.start();
    let (_device, entry) = Device::knock(&place, "Neighbour");
    place.ask(&["pair", "deny", &entry["id"].to_string()]).ok();
    place.ask(&["pair", "deny", &entry["id"].to_string()]).failed(1, &["no such device"]);

    let (device, entry) = Device::knock(&place, "Other");
    place.ask(&["pair", "deny", "--ignore", &entry["id"].to_string()]).ok();
    assert!(place.ask(&["pair", "ignored"]).ok().contains(&device.fingerprint));
    place.ask(&["pair", "forgive", "9f2c"]).failed(1, &["not a fingerprint"]);
    place.ask(&["pair", "forgive", &device.fingerprint]).ok();
    assert_eq!(place.ask(&["pair", "ignored", "--json"]).json(), json!([]));
}

#[test]
fn a_look_alike_is_approved_by_its_whole_fingerprint_only() {
    let place = Place::new();
    let _host = place.start();
    let (_known, entry) = Device::knock(&place, "Kitchen tablet");
    place.ask(&["pair", "approve", &entry["id"].to_string()]).ok();
    let (stranger, entry) = Device::knock(&place, "Kitchen tab1et");
    assert!(place.ask(&["pair", "pending"]).ok().contains("CAREFUL"));
    let id = entry["id"].to_string();
    let refused = place.ask(&["pair", "approve", &id, "--json"]);
    refused.failed(1, &["could be mistaken for your Kitchen tablet", "--fingerprint", &stranger.fingerprint]);
    assert_eq!(refused.json()["code"], "looks_like");
    assert_eq!(place.ask(&["pair", "list", "--json"]).json().as_array().unwrap().len(), 1);
    place.ask(&["pair", "approve", &id, "--fingerprint", &stranger.fingerprint[..16]]).failed(1, &["64"]);
    place.ask(&["pair", "approve", &id, "--fingerprint", &stranger.fingerprint]).ok();
}

#[test]
fn a_pin_lets_a_device_in_once() {
    let place = Place::new();
    let _host = place.start();
    let armed = place.ask(&["pair", "arm", "--seconds", "60", "--json"]).json();
    assert_eq!((&armed["armed"], &armed["failures"]), (&json!(true), &json!(0)));
    let pin = PinCode::parse(armed["pin"].as_str().unwrap()).unwrap();
    let identity = Arc::new(Identity::generate(Role::Client).unwrap());
    let address = format!("127.0.0.1:{}", place.udp).parse().unwrap();
    pair(&address, &identity, "Phone", &pin).unwrap();
    let listed = place.ask(&["pair", "list", "--json"]).json();
    assert_eq!((&listed[0]["name"], &listed[0]["paired_by"]), (&json!("Phone"), &json!("pin")));
    pair(&address, &identity, "Phone", &pin).unwrap_err();

    assert!(place.ask(&["pair", "arm"]).ok().starts_with("PIN "));
    assert_eq!(place.ask(&["pair", "disarm"]).ok(), "No PIN is armed now\n");
}

#[test]
fn without_a_host_every_verb_says_how_to_get_one() {
    let place = Place::new();
    for verb in [
        &["status"][..],
        &["pair", "pending"],
        &["pair", "approve", "1"],
        &["pair", "deny", "1"],
        &["pair", "arm"],
        &["pair", "disarm"],
        &["pair", "list"],
        &["pair", "revoke", "ab"],
    ] {
        place.ask(verb).failed(1, &["no host answers", "punktfunk-host serve", "--runtime-dir"]);
    }
    let ran = place.ask(&["status", "--json"]);
    assert_eq!((ran.code, &ran.json()["code"]), (1, &json!("not_running")));
}
