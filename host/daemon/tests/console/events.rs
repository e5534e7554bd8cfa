//! The stream of events.

use std::time::{Duration, Instant};

use punktfunk_host::owner::TokenScope;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::browser::Visitor;
use crate::common::{PATIENCE, TestHost};

/// A reader of server-sent events.
struct Reader {
    response: Response,
    text: String,
    /// The id of the last event.
    last: String,
}

impl Reader {
    fn open(host: &TestHost) -> Self {
        Self::sent(host, host.request(Method::GET, "/events"))
    }

    /// Comes back after the event of this id.
    fn resumed(host: &TestHost, last: &str) -> Self {
        Self::sent(host, host.request(Method::GET, "/events").header("last-event-id", last))
    }

    fn sent(host: &TestHost, request: RequestBuilder) -> Self {
        let response = host.runtime.block_on(async { request.send().await }).unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new(), last: String::new() }
    }

    fn next(&mut self, host: &TestHost) -> (String, Value) {
        self.next_or_end(host).expect("the stream goes on")
    }

    /// `None` when the host ends the stream.
    fn next_or_end(&mut self, host: &TestHost) -> Option<(String, Value)> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let value = event.lines().find_map(|line| line.strip_prefix(name));
                    value.unwrap_or_default().trim().to_owned()
                };
                let (name, data) = (field("event:"), serde_json::from_str(&field("data:")));
                self.last = field("id:");
                self.text = rest.to_owned();
                return Some((name, data.unwrap_or(Value::Null)));
            }
            assert!(Instant::now() < deadline, "no event comes");
            let chunk = host.runtime.block_on(async { self.response.chunk().await }).unwrap()?;
            self.text += std::str::from_utf8(&chunk).unwrap();
        }
    }

    fn wait_for(&mut self, host: &TestHost, wanted: &str) -> Value {
        loop {
            let (name, data) = self.next(host);
            if name == wanted {
                return data;
            }
        }
    }
}

#[test]
fn a_reader_sees_a_knock_and_its_answer() {
    let host = TestHost::start();
    let mut reader = Reader::open(&host);
    let knocking = host.knock("Tablet");
    let pending = reader.wait_for(&host, "pairing.pending");
    let told = json!({ "event": "pairing.pending", "id": knocking.id, "device": knocking.fingerprint });
    assert_eq!(pending, told);

    host.post(&knocking.place("approve"), &host.approval(&knocking)).ok();
    let mut answered = None;
    let mut paired = None;
    while answered.is_none() || paired.is_none() {
        match reader.next(&host) {
            (name, data) if name == "pairing.answered" => answered = Some(data),
            (name, data) if name == "device.paired" => paired = Some(data),
            _ => {}
        }
    }
    assert_eq!(answered.unwrap()["outcome"], "approved");
    assert_eq!(paired.unwrap()["via"], "approval");
}

#[test]
fn arming_and_disarming_are_told() {
    let host = TestHost::start();
    let mut reader = Reader::open(&host);
    host.post("/native/pair/arm", &json!({})).ok();
    // the PIN itself is for those who ask for it
    assert_eq!(reader.wait_for(&host, "pairing.armed"), json!({ "event": "pairing.armed" }));
    host.delete("/native/pair").done();
    reader.wait_for(&host, "pairing.disarmed");
}

#[test]
fn an_open_event_stream_does_not_hold_the_host_up_when_it_goes_down() {
    let host = TestHost::start();
    let reader = Reader::open(&host);
    let since = Instant::now();
    drop(host);
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    drop(reader);
}

#[test]
fn a_reader_that_comes_back_gets_what_happened_meanwhile() {
    let host = TestHost::start();
    let mut reader = Reader::open(&host);
    let (name, hello) = reader.next(&host);
    assert_eq!(name, "hello");
    assert!(reader.last.ends_with(&format!("-{}", hello["seq"])), "{} {hello}", reader.last);
    host.post("/native/pair/arm", &json!({})).ok();
    reader.wait_for(&host, "pairing.armed");
    let last = reader.last.clone();
    drop(reader);
    host.delete("/native/pair").done();

    let mut again = Reader::resumed(&host, &last);
    assert_eq!(again.next(&host).0, "hello");
    assert_eq!(again.last, last);
    let mut told = Vec::new();
    while told.last().is_none_or(|name| name != "pairing.disarmed") {
        told.push(again.next(&host).0);
    }
    assert!(!told.iter().any(|name| ["missed", "pairing.armed"].contains(&name.as_str())), "{told:?}");
}

#[test]
fn a_reader_from_before_a_restart_or_from_nowhere_is_told_that_it_missed_something() {
    let host = TestHost::start();
    for last in ["00000000-1", "x", "", "00000000-18446744073709551615"] {
        let mut reader = Reader::resumed(&host, last);
        assert_eq!(reader.next(&host).0, "hello");
        assert_eq!(reader.next(&host).0, "missed", "{last:?}");
    }
}

#[test]
fn what_wants_the_owners_eye_now_is_told() {
    let host = TestHost::start();
    let mut reader = Reader::open(&host);
    let _knocking = host.knock("Tablet");
    reader.wait_for(&host, "status.changed");
}

#[test]
fn a_failed_reload_of_the_policy_is_told() {
    let host = TestHost::start();
    let mut reader = Reader::open(&host);
    host.write_policy("nmae: Attic\n");
    host.post("/policy/reload", &json!({})).refused(422, "policy_bad");
    reader.wait_for(&host, "policy.failed");
}

#[test]
fn the_stream_of_a_revoked_token_ends() {
    let host = TestHost::start();
    let token = host.token_for(TokenScope::Read);
    let request = host.https().get(host.url("/events")).bearer_auth(&token);
    let mut reader = Reader::sent(&host, request);
    assert_eq!(reader.next(&host).0, "hello");
    let listed = host.get("/tokens").ok();
    let id =
        listed.as_array().unwrap().iter().find(|listed| listed["scope"] == "read").unwrap()["id"].clone();
    host.delete(&format!("/tokens/{}", id.as_str().unwrap())).done();
    assert_eq!(reader.wait_for(&host, "owner.token_revoked")["token"], id);
    assert_eq!(reader.next_or_end(&host), None);
}

#[test]
fn a_browser_that_is_signed_out_elsewhere_is_told_so_and_no_other_is() {
    let host = TestHost::start();
    let (one, mut other) = (Visitor::signed_in(&host), Visitor::signed_in(&host));
    let events = |visitor: &Visitor<'_>| {
        let request =
            host.https().get(host.url("/events")).header("cookie", visitor.cookie_header().unwrap());
        Reader::sent(&host, request)
    };
    let (mut ends, mut goes_on) = (events(&one), events(&other));
    let browsers = other.get("/browsers").ok();
    // the newer ones of a host that was claimed behind its back; neither is the claimer's
    let session = |current: bool| {
        let listed = browsers.as_array().unwrap().iter().filter(|listed| listed["label"] != "Test");
        let mut fitting = listed.filter(|listed| listed["current"] == current);
        fitting.next().unwrap()["id"].as_str().unwrap().to_owned()
    };
    let ended = session(false);
    other.send(Method::DELETE, &format!("/browsers/{ended}"), None).done();
    assert_eq!(ends.wait_for(&host, "session.ended")["session"], ended);
    assert_eq!(ends.next_or_end(&host), None);
    host.post("/native/pair/arm", &json!({})).ok();
    loop {
        let (name, _) = goes_on.next(&host);
        assert_ne!(name, "session.ended");
        if name == "pairing.armed" {
            return;
        }
    }
}
