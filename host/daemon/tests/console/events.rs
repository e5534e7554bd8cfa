//! The stream of events.

use std::time::{Duration, Instant};

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::common::{PATIENCE, TestHost};

/// A reader of server-sent events.
struct Reader {
    response: Response,
    text: String,
}

impl Reader {
    fn open(host: &TestHost) -> Self {
        let response =
            host.runtime.block_on(async { host.request(Method::GET, "/events").send().await }).unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    fn next(&mut self, host: &TestHost) -> (String, Value) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let value = event.lines().find_map(|line| line.strip_prefix(name));
                    value.unwrap_or_default().trim().to_owned()
                };
                let (name, data) = (field("event:"), serde_json::from_str(&field("data:")));
                self.text = rest.to_owned();
                return (name, data.unwrap_or(Value::Null));
            }
            assert!(Instant::now() < deadline, "no event comes");
            let chunk = host
                .runtime
                .block_on(async { self.response.chunk().await })
                .unwrap()
                .expect("the stream goes on");
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
fn a_reader_sees_a_knock_and_its_answer_within_a_second() {
    let host = TestHost::start();
    let mut reader = Reader::open(&host);
    let knocking = host.knock("Tablet");
    let since = Instant::now();
    let pending = reader.wait_for(&host, "pairing.pending");
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    let told = json!({ "event": "pairing.pending", "id": knocking.id, "device": knocking.fingerprint });
    assert_eq!(pending, told);

    host.post(&knocking.place("approve"), &host.approval(&knocking)).ok();
    let since = Instant::now();
    let mut answered = None;
    let mut paired = None;
    while answered.is_none() || paired.is_none() {
        match reader.next(&host) {
            (name, data) if name == "pairing.answered" => answered = Some(data),
            (name, data) if name == "device.paired" => paired = Some(data),
            _ => {}
        }
    }
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
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
