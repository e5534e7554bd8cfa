//! What no honest client sends.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use crate::common::TestHost;

/// Every place that reads a body.
const WITH_BODY: [(Method, &str); 4] = [
    (Method::POST, "/native/pending/1/approve"),
    (Method::POST, "/native/pending/1/deny"),
    (Method::POST, "/native/pair/arm"),
    (Method::PATCH, "/native/clients/00"),
];

#[test]
fn a_body_that_is_no_json_is_refused_everywhere() {
    let host = TestHost::start();
    for (method, path) in WITH_BODY {
        let send = |kind: &str, body: &str| {
            let request = host.request(method.clone(), path).header(CONTENT_TYPE, kind);
            host.send(request.body(body.to_owned()))
        };
        for broken in ["{", "{\"fingerprint\":", "\u{1}", "[1", "nul"] {
            send("application/json", broken).refused(400, "bad_json");
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
            send(kind, "{\"name\":\"x\",\"fingerprint\":\"00\"}").refused(415, "json_only");
        }
    }
}

#[test]
fn a_body_with_unknown_or_mistaken_keys_is_refused() {
    let host = TestHost::start();
    for (method, path) in WITH_BODY {
        for body in [json!({ "fingerprnt": "00" }), json!([]), json!("ignore"), json!({ "ignore": "yes" })] {
            host.send(host.request(method.clone(), path).json(&body)).refused(400, "bad_json");
        }
    }
    assert_eq!(host.get("/native/pair").ok()["armed"], false);
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let host = TestHost::start();
    let large = json!({ "name": "x".repeat(17 * 1024), "fingerprint": "00" });
    for (method, path) in WITH_BODY {
        host.send(host.request(method, path).json(&large)).refused(413, "too_large");
    }
}

#[test]
fn a_place_that_is_not_there_and_a_method_that_it_does_not_take_are_problems_too() {
    let host = TestHost::start();
    for path in ["/", "/nothing", "/native", "/native/pending/1/approve/2"] {
        host.get(path).refused(404, "not_found");
    }
    host.send(host.request(Method::PUT, "/status")).refused(405, "method_not_allowed");
    host.delete("/native/pending").refused(405, "method_not_allowed");
    host.get("/native/pair/arm").refused(405, "method_not_allowed");
}
