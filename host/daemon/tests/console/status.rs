//! What the host is doing, while it really does it.

use std::time::Instant;

use punktfunk_client::{NativeClient, SessionEnd};
use punktfunk_config::Source;
use punktfunk_core::wire::CloseCode;
use serde_json::{Value, json};

use crate::common::{PATIENCE, TestHost};

/// Watches the stream until the status says what is `wanted`.
fn status_once(host: &TestHost, stream: &NativeClient, wanted: impl Fn(&Value) -> bool) -> Value {
    let until = Instant::now() + PATIENCE;
    loop {
        let status = host.get("/status").ok();
        if wanted(&status) {
            return status;
        }
        assert!(Instant::now() < until, "{status:#}");
        stream.next_video(PATIENCE).unwrap();
    }
}

fn attention(status: &Value, code: &str) -> Option<Value> {
    status["attention"].as_array().unwrap().iter().find(|one| one["code"] == code).cloned()
}

fn ended(stream: &NativeClient) -> SessionEnd {
    loop {
        if let Err(end) = stream.next_video(PATIENCE) {
            return end;
        }
    }
}

#[test]
fn a_stream_is_shown_with_what_is_measured_of_it() {
    let host = TestHost::start();
    let stream = host.stream("Tablet");
    let status = status_once(&host, &stream, |status| {
        let session = &status["sessions"][0];
        let measured = |part: &str| session["latency_us"][part].is_number();
        status["streams"][0]["fps"].as_u64() > Some(0)
            && session["fps"].as_u64() > Some(0)
            && ["capture", "encode", "send"].iter().all(|part| measured(part))
    });
    let shown = &status["streams"][0];
    assert_eq!(shown["mode"], json!({ "width": 320, "height": 180, "refresh_hz": 30 }));
    assert_eq!((&shown["name"], &shown["level"]), (&json!("Tablet"), &json!("full")));
    assert_eq!((&shown["door"], &shown["codec"]), (&json!("native"), &json!("H.264")));
    assert_eq!(shown["words"].as_array().unwrap().len(), 8);
    assert!(shown["colour"].as_str().unwrap().starts_with('#'));
    assert!(shown["started_at"].as_u64() > Some(1_700_000_000), "{shown}");
    assert!(shown["kbps"].as_u64() > Some(0) && shown["rtt_us"].is_number(), "{shown}");
    let session = &status["sessions"][0];
    assert_eq!(shown["session"], session["id"]);
    assert!(session["kbps"].as_u64() > Some(0) && session["fps"].as_u64() <= Some(60), "{session}");
    for part in ["capture", "encode", "send"] {
        let (median, slowest) = (&session["latency_us"][part], &session["latency_p99_us"][part]);
        assert!(median.as_u64() <= slowest.as_u64() && median.as_u64() < Some(5_000_000), "{session}");
    }
    let software =
        attention(&status, "software_encoder").expect("the processor encodes, and `auto` was asked for");
    assert_eq!(software["severity"], "notice");
    assert_eq!(software["params"]["encoder"], session["encoder"]);
    assert!(software["next"].as_str().is_some_and(|next| !next.is_empty()));
}

#[test]
fn an_ended_stream_is_over_in_good_order_and_its_device_may_come_back() {
    let host = TestHost::start();
    let stream = host.stream("Tablet");
    let id = host.get("/status").ok()["streams"][0]["id"].as_u64().unwrap();
    host.delete(&format!("/streams/{id}")).done();
    let SessionEnd::ByHost(refusal) = ended(&stream) else { panic!("the host ends it") };
    assert_eq!(refusal.meaning(), Some(CloseCode::Done));
    let until = Instant::now() + PATIENCE;
    while host.get("/status").ok()["streams"] != json!([]) {
        assert!(Instant::now() < until, "the stream is still shown");
    }
    host.delete(&format!("/streams/{id}")).refused(404, "stream_gone");
    assert_eq!(host.get("/native/clients").ok()[0]["name"], "Tablet", "it is still let in");
    for wrong in ["/streams/0", "/streams/18446744073709551615"] {
        host.delete(wrong).refused(404, "stream_gone");
    }
    for wrong in ["/streams/-1", "/streams/all", "/streams/99999999999999999999"] {
        host.delete(wrong).refused(400, "bad_path");
    }
}

#[test]
fn a_session_without_its_source_says_why_and_what_to_do() {
    let host = TestHost::with(|policy| policy.capture.source = Source::File("/nonexistent/film.mkv".into()));
    let stream = host.stream("Tablet");
    let status = status_once(&host, &stream, |status| status["sessions"][0]["fault"].is_object());
    let fault = &status["sessions"][0]["fault"];
    assert_eq!(
        (&fault["code"], &fault["params"]["path"]),
        (&json!("file_unplayable"), &json!("/nonexistent/film.mkv"))
    );
    let alarm = &status["attention"][0];
    assert_eq!((&alarm["code"], &alarm["severity"]), (&json!("no_picture"), &json!("alarm")));
    assert_eq!((&alarm["sentence"], &alarm["next"]), (&fault["sentence"], &fault["next"]));
    assert!(fault["next"].as_str().unwrap().contains("give a video file"), "{fault}");
}

#[test]
fn what_is_changed_about_a_device_holds_for_its_running_stream() {
    let host = TestHost::start();
    let stream = host.stream("Tablet");
    let fingerprint = host.get("/native/clients").ok()[0]["fingerprint"].as_str().unwrap().to_owned();
    let place = format!("/native/clients/{fingerprint}");
    let guest = json!({ "name": "Guest", "level": "watch", "expires_in_secs": 3600 });
    let client = host.patch(&place, &guest).ok();
    assert_eq!(
        (&client["name"], &client["level"], &client["streaming"]),
        (&json!("Guest"), &json!("watch"), &json!(1))
    );
    assert!(client["expires_at"].as_u64() > client["paired_at"].as_u64());
    let status = status_once(&host, &stream, |status| status["streams"][0]["level"] == "watch");
    assert_eq!(status["streams"][0]["name"], "Guest");
    host.patch(&place, &json!({ "forever": true, "expires_in_secs": 60 })).refused(400, "bad_lifetime");
    host.patch(&place, &json!({ "expires_in_secs": 0, "name": "Den" })).refused(400, "bad_lifetime");
    assert_eq!(host.get("/native/clients").ok()[0]["name"], "Guest", "all or nothing");
    let again = host.patch(&place, &json!({ "forever": true })).ok();
    assert_eq!((&again["expires_at"], &again["level"]), (&Value::Null, &json!("watch")));
}

#[test]
fn devices_that_wait_want_the_owners_eye() {
    let host = TestHost::start();
    assert_eq!(host.get("/status").ok()["attention"], json!([]));
    let _knocking = host.knock("Tablet");
    let status = host.get("/status").ok();
    let waiting = attention(&status, "knocks_waiting").unwrap();
    assert_eq!((&waiting["severity"], &waiting["params"]), (&json!("notice"), &json!({ "count": "1" })));
}
