//! What a request has to pass before anybody looks at what it asks for.

use std::net::SocketAddr;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Method};
use serde_json::json;

use crate::browser::Visitor;
use crate::common::{Answer, PASSWORD, PATIENCE, TestHost, pinned};

/// What every answer says, whatever it is.
const ALWAYS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
         font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
];

/// A browser for which the name server of somebody else says that `name` is this host.
fn rebound(host: &TestHost, name: &str, old_http: bool) -> Client {
    let builder = Client::builder()
        .tls_backend_preconfigured(pinned(host.host().identity().certificate_der()))
        .resolve(name, SocketAddr::new(host.console().ip(), 0))
        .no_proxy()
        .timeout(PATIENCE);
    if old_http { builder.http1_only().build().unwrap() } else { builder.build().unwrap() }
}

#[test]
fn a_page_that_has_its_own_name_point_at_the_box_gets_no_answer() {
    let host = TestHost::with(|policy| policy.console.hosts = vec!["tv.example.org".parse().unwrap()]);
    let port = host.console().port();
    let token = host.token().to_owned();
    for old_http in [true, false] {
        for path in ["/api/v1/health", "/api/v1/session", "/api/v1/status", "/", "/nothing"] {
            let ask = |name: &str| {
                let client = rebound(&host, name, old_http);
                client.get(format!("https://{name}:{port}{path}")).bearer_auth(&token)
            };
            host.send(ask("evil.example")).refused(421, "wrong_host");
            for own in ["tv.example.org", "localhost"] {
                let answer = host.runtime.block_on(async { ask(own).send().await }).unwrap();
                assert_ne!(answer.status(), 421, "{own}");
            }
        }
    }
    let two = host.https().get(host.url("/health")).header("host", "evil.example");
    host.send(two).refused(421, "wrong_host");
}

#[test]
fn a_person_who_comes_by_a_wrong_name_is_told_so_on_a_page() {
    let host = TestHost::start();
    let page = rebound(&host, "evil.example", false)
        .get(format!("https://evil.example:{}/", host.console().port()))
        .header("accept", "text/html,application/xhtml+xml;q=0.9");
    let response = host.runtime.block_on(async { page.send().await }).unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (421, &"text/html; charset=utf-8".parse().unwrap())
    );
    let text = host.runtime.block_on(async { response.text().await }).unwrap();
    assert!(text.contains("console.hosts") && !text.contains("evil.example"), "{text}");
}

#[test]
fn what_another_site_has_a_browser_send_changes_nothing() {
    let host = TestHost::start();
    let owner = Visitor::signed_in(&host);
    let arm = || owner.bare_request(Method::POST, &host.url("/native/pair/arm"));
    let own = format!("https://{}", host.console());
    for request in [
        arm().header("origin", "https://evil.example"),
        arm().header("origin", "null"),
        arm().header("origin", format!("http://{}", host.console())),
        arm().header("origin", "https://127.0.0.1"),
        arm().header("sec-fetch-site", "cross-site"),
        arm().header("sec-fetch-site", "same-site"),
        arm().header("origin", &own).header("sec-fetch-site", "cross-site"),
    ] {
        host.send(request).refused(403, "cross_site");
    }
    assert_eq!(host.get("/native/pair").ok()["armed"], false);
    host.send(arm().header("origin", &own).header("sec-fetch-site", "same-origin")).ok();
}

#[test]
fn a_form_is_no_way_to_ask() {
    let host = TestHost::start();
    let owner = Visitor::signed_in(&host);
    // these places read no body, so nothing but the gate looks at what kind it is
    for path in ["/sign-out", "/policy/reload", "/native/pair/arm", "/sign-in"] {
        for kind in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"] {
            let form = owner.request(Method::POST, &host.url(path)).header(CONTENT_TYPE, kind);
            host.send(form.body("{\"password\":\"x\"}")).refused(415, "json_only");
        }
    }
    let session = owner.bare_request(Method::GET, &host.url("/session"));
    assert_eq!(host.send(session).ok()["signed_in"], true);
}

#[test]
fn an_oversized_body_is_refused_whoever_sends_it_and_wherever() {
    let host = TestHost::start();
    let large = json!({ "password": "x".repeat(17 * 1024) });
    for path in ["/sign-in", "/claim", "/sign-out", "/policy/reload", "/nothing"] {
        host.send(host.https().post(host.url(path)).json(&large)).refused(413, "too_large");
    }
    host.claim();
    Visitor::new(&host).sign_in(&"x".repeat(2000)).refused(401, "password_wrong");
    assert!(PASSWORD.len() < 1024);
}

#[test]
fn every_answer_tells_the_browser_to_be_careful() {
    let host = TestHost::start();
    let port = host.console().port();
    let evil = rebound(&host, "evil.example", false).get(format!("https://evil.example:{port}/"));
    let requests = [
        host.https().get(host.url("/health")),
        host.https().get(host.url("/status")),
        host.https().get(host.url("/nothing")),
        host.https().put(host.url("/health")),
        host.https().get(format!("https://{}/", host.console())),
        host.https().get(format!("https://{}/api/docs", host.console())),
        evil,
    ];
    for request in requests {
        let response = host.runtime.block_on(async { request.send().await }).unwrap();
        for (name, value) in ALWAYS {
            let found = response.headers().get_all(name).iter().collect::<Vec<_>>();
            assert_eq!(found, [value], "{name} of {}", response.url());
        }
    }
}

#[test]
fn a_refusal_to_wait_says_so_in_its_header_too() {
    let host = TestHost::start();
    host.claim();
    let request = Visitor::new(&host).request(Method::POST, &host.url("/sign-in"));
    let request = request.json(&json!({ "password": "not the password" }));
    let response = host.runtime.block_on(async { request.send().await }).unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    let answer = host.runtime.block_on(Answer::read(response));
    answer.refused(401, "password_wrong");
}
