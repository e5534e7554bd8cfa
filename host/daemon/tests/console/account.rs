//! Claiming the box, signing in and out.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use punktfunk_config::Loaded;
use punktfunk_host::appliance::BoxFiles;
use punktfunk_host::console::BASE;
use punktfunk_host::owner::{From, ISSUE_FILE, OWNER_FILE};
use punktfunk_host::serve::{Options, start};
use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::Visitor;
use crate::common::{Answer, PASSWORD, PATIENCE, TestHost};

/// Where these tests ask from.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The longest that anybody has to wait.
const LONGEST: Duration = Duration::from_secs(900);

const SESSION: &str = "__Host-punktfunk";
const KNOWN: &str = "__Host-punktfunk-known";

#[test]
fn whoever_reads_the_code_at_the_box_claims_it_and_signs_in_again_later() {
    let host = TestHost::start();
    let mut owner = Visitor::new(&host);
    let before = owner.get("/session").ok();
    assert_eq!((&before["claimed"], &before["signed_in"]), (&json!(false), &json!(false)));

    let after = owner.post("/claim", &json!({ "code": host.claim_code(), "password": PASSWORD })).ok();
    assert_eq!((&after["claimed"], &after["signed_in"]), (&json!(true), &json!(true)));
    assert_eq!(after["reauth_secs"], 300);
    // less of it is left on a busy machine
    assert!((1..=300).contains(&after["proven_for_secs"].as_u64().unwrap()), "{after}");
    assert!(owner.has(SESSION) && owner.has(KNOWN));
    assert_eq!(owner.get("/status").ok()["fingerprint"], host.host().identity().id().to_string());

    owner.send(Method::POST, "/sign-out", None).done();
    assert!(!owner.has(SESSION) && owner.has(KNOWN));
    owner.get("/status").refused(401, "sign_in_needed");
    assert_eq!(owner.get("/session").ok()["signed_in"], false);
    assert_eq!(owner.sign_in(PASSWORD).ok()["signed_in"], true);
    owner.get("/status").ok();
}

#[test]
fn a_box_without_an_owner_answers_nothing_but_its_claim() {
    let host = TestHost::start();
    let mut visitor = Visitor::new(&host);
    for path in ["/status", "/native/pending", "/native/clients", "/events", "/tokens", "/openapi.json"] {
        visitor.get(path).refused(403, "unclaimed");
    }
    visitor.sign_in(PASSWORD).refused(403, "unclaimed");
    visitor.get("/health").ok();
    visitor.get("/session").ok();
}

#[test]
fn a_wrong_claim_code_claims_nothing_and_costs_time() {
    let host = TestHost::start();
    let mut visitor = Visitor::new(&host);
    let refused = visitor.post("/claim", &json!({ "code": "AAAA-AAAA", "password": PASSWORD }));
    refused.refused(403, "claim_code_wrong");
    assert_eq!(refused.body["retry_after_secs"], 1);
    assert!(!host.owner().is_claimed());

    host.owner().ask(|account, now| {
        // wrong again after the wait, and again: the next ones have to wait for minutes
        for tries in 1..8_u32 {
            account.present_code(now.later(LONGEST * tries), "AAAA-AAAA", HERE).unwrap_err();
        }
    });
    let too_soon = visitor.post("/claim", &json!({ "code": host.claim_code(), "password": PASSWORD }));
    too_soon.refused(429, "slow_down");
    assert!(too_soon.body["retry_after_secs"].as_u64().unwrap() > 60, "{:?}", too_soon.body);
    assert!(!host.owner().is_claimed());
}

#[test]
fn a_box_is_claimed_once() {
    let host = TestHost::start();
    let code = host.claim_code();
    host.claim();
    let body = json!({ "code": code, "password": "another good password" });
    Visitor::new(&host).post("/claim", &body).refused(409, "already_claimed");
    Visitor::new(&host).sign_in(PASSWORD).ok();
}

#[test]
fn a_weak_password_claims_nothing_and_costs_no_try() {
    let host = TestHost::start();
    let mut visitor = Visitor::new(&host);
    for (password, reason) in
        [("short", "too_short"), ("password1234", "obvious"), (&"long ".repeat(300), "too_long")]
    {
        let refused = visitor.post("/claim", &json!({ "code": "AAAA-AAAA", "password": password }));
        refused.refused(400, "password_weak");
        assert_eq!(refused.body["params"]["reason"], reason);
    }
    visitor.post("/claim", &json!({ "code": host.claim_code(), "password": PASSWORD })).ok();
}

#[test]
fn a_wrong_password_is_refused_and_says_how_long_to_wait() {
    let host = TestHost::start();
    host.claim();
    let refused = Visitor::new(&host).sign_in("not the password");
    refused.refused(401, "password_wrong");
    assert_eq!(refused.body["retry_after_secs"], 1);
    assert!(refused.cookies.is_empty());
}

#[test]
fn a_neighbour_who_guesses_delays_strangers_and_neither_the_owners_browser_nor_one_that_was_here() {
    let host = TestHost::start();
    let mut signed_in = Visitor::signed_in(&host);
    let mut was_here = Visitor::signed_in(&host);
    was_here.send(Method::POST, "/sign-out", None).done();
    guess_for_long(&host);

    let refused = Visitor::new(&host).sign_in(PASSWORD);
    refused.refused(429, "slow_down");
    assert!(refused.body["retry_after_secs"].as_u64().unwrap() > 60, "{:?}", refused.body);
    signed_in.get("/status").ok();
    signed_in.post("/proof", &json!({ "password": PASSWORD })).ok();
    was_here.sign_in(PASSWORD).ok();
    was_here.forget(KNOWN);
    was_here.sign_in(PASSWORD).refused(429, "slow_down");
}

#[test]
fn delays_and_sessions_outlast_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let start = || TestHost::built(|_| {}, Some(dir.path().join("state")), Ipv4Addr::LOCALHOST);
    let host = start();
    let owner = Visitor::signed_in(&host);
    let mut gone = Visitor::signed_in(&host);
    gone.send(Method::POST, "/sign-out", None).done();
    guess_for_long(&host);
    let (owner, gone) = (owner.cookies(), gone.cookies());
    drop(host);

    let host = start();
    let mut owner = Visitor::with(&host, owner);
    owner.get("/status").ok();
    assert_eq!(owner.get("/session").ok()["signed_in"], true);
    assert_eq!(Visitor::with(&host, gone).get("/session").ok()["signed_in"], false);
    Visitor::new(&host).sign_in(PASSWORD).refused(429, "slow_down");
}

#[test]
fn a_session_that_was_idle_for_too_long_is_over() {
    let host = TestHost::start();
    let mut visitor = Visitor::signed_in(&host);
    let month = Duration::from_secs(31 * 24 * 3600);
    host.owner().ask(|account, now| account.tick(now.later(month)));
    visitor.get("/status").refused(401, "sign_in_needed");
}

#[test]
fn weighty_things_ask_for_the_password_again_after_a_while() {
    let host = TestHost::start();
    let mut visitor = Visitor::signed_in(&host);
    visitor.post("/native/pair/arm", &json!({})).ok();
    let_the_proof_lapse(&host);
    visitor.post("/native/pair/arm", &json!({})).refused(403, "proof_needed");
    assert_eq!(visitor.get("/session").ok()["proven_for_secs"], 0);
    visitor.get("/status").ok();
    visitor.post("/proof", &json!({ "password": "not the password" })).refused(401, "password_wrong");
    let proven = after_the_wait(|| visitor.post("/proof", &json!({ "password": PASSWORD }))).ok();
    assert!(proven["proven_for_secs"].as_u64() > Some(200), "{proven}");
    host.delete("/native/pair").done();
    visitor.post("/native/pair/arm", &json!({})).ok();
}

#[test]
fn a_new_password_signs_every_other_browser_out() {
    const NEW: &str = "drei Hunde im Regen";
    let host = TestHost::start();
    let (mut one, mut other) = (Visitor::signed_in(&host), Visitor::signed_in(&host));
    let change = |visitor: &mut Visitor<'_>, current: &str, new: &str| {
        visitor.send(Method::PUT, "/password", Some(&json!({ "current": current, "new": new })))
    };
    change(&mut one, PASSWORD, "short").refused(400, "password_weak");
    change(&mut one, "not the password", NEW).refused(401, "password_wrong");
    other.get("/status").ok();
    after_the_wait(|| change(&mut one, PASSWORD, NEW)).ok();
    one.get("/status").ok();
    other.get("/status").refused(401, "sign_in_needed");
    Visitor::new(&host).sign_in(NEW).ok();
    Visitor::new(&host).sign_in(PASSWORD).refused(401, "password_wrong");
}

#[test]
fn a_browser_is_signed_out_from_another_one_and_what_it_reads_ends() {
    let host = TestHost::start();
    let (mut one, mut other) = (Visitor::signed_in(&host), Visitor::signed_in(&host));
    let id = other.get("/session").ok()["session_id"].as_str().unwrap().to_owned();
    let listed = one.get("/browsers").ok();
    let entry = listed.as_array().unwrap().iter().find(|entry| entry["id"] == id.as_str()).unwrap();
    assert_eq!((&entry["current"], &entry["source"]), (&json!(false), &json!("127.0.0.1")));

    let events = other.request(Method::GET, &host.url("/events"));
    let mut events = host.runtime.block_on(async { events.send().await }).unwrap();
    assert_eq!(events.status(), 200);
    one.send(Method::DELETE, &format!("/browsers/{id}"), None).done();
    let mut text = String::new();
    host.runtime.block_on(async {
        // ends by itself, or the request's own time limit fails the test
        while let Some(chunk) = events.chunk().await.expect("the stream ends in an orderly way") {
            text += std::str::from_utf8(&chunk).unwrap();
        }
    });
    assert!(text.contains("session.ended") && text.contains(&id), "{text}");
    other.get("/status").refused(401, "sign_in_needed");
    one.send(Method::DELETE, &format!("/browsers/{id}"), None).refused(404, "not_found");
    one.send(Method::DELETE, "/browsers/all", None).refused(400, "bad_path");
}

#[test]
fn a_token_is_shown_once_does_what_its_scope_says_and_can_be_revoked() {
    let host = TestHost::start();
    let mut owner = Visitor::signed_in(&host);
    let made = owner.post("/tokens", &json!({ "name": "Dash\u{202e}board", "scope": "read" }));
    assert_eq!(made.status, 201, "{:?}", made.body);
    let (id, token) = (made.body["id"].as_str().unwrap(), made.body["token"].as_str().unwrap());
    let ask = |path: &str| host.send(host.https().get(host.url(path)).bearer_auth(token));
    ask("/status").ok();
    let listed = owner.get("/tokens").ok();
    assert_eq!((&listed[0]["id"], &listed[0]["name"]), (&json!(id), &json!("Dashboard")));
    assert!(listed[0]["last_used"].is_u64() && !listed.to_string().contains(token));

    owner.post("/native/pair/arm", &json!({})).ok();
    assert!(owner.get("/native/pair").ok()["pin"].is_string());
    assert!(ask("/native/pair").ok()["pin"].is_null(), "whoever may only look lets nobody in");
    owner.post("/tokens", &json!({ "name": "\u{200b}", "scope": "read" })).refused(400, "bad_name");
    owner.send(Method::DELETE, &format!("/tokens/{id}"), None).done();
    ask("/status").refused(401, "token_wrong");
}

#[test]
fn the_password_is_reset_at_the_box_alone() {
    let host = TestHost::start();
    let mut owner = Visitor::signed_in(&host);
    let token = host.token().to_owned();
    let issue = host.runtime_dir().join(ISSUE_FILE);
    assert!(!issue.exists(), "the screen shows no code of a box with an owner");
    for verb in [host.request(Method::POST, "/reset-password"), host.request(Method::GET, "/claim-code")] {
        host.send(verb).refused(403, "forbidden");
    }
    owner.send(Method::POST, "/reset-password", None).refused(403, "forbidden");

    let at_the_box =
        |method: Method, path: &str| host.socket().request(method, format!("http://localhost{BASE}{path}"));
    let before = host.send(at_the_box(Method::GET, "/claim-code")).ok();
    assert_eq!((&before["claimed"], &before["code"]), (&json!(true), &Value::Null));
    let code = host.send(at_the_box(Method::POST, "/reset-password")).ok()["code"].clone();
    assert!(std::fs::read_to_string(&issue).unwrap().contains(code.as_str().unwrap()));
    owner.get("/status").refused(403, "unclaimed");
    let mut visitor = Visitor::new(&host);
    visitor.post("/claim", &json!({ "code": code, "password": "drei Hunde im Regen" })).ok();
    assert!(!issue.exists());
    owner.get("/status").refused(401, "sign_in_needed");
    host.send(host.https().get(host.url("/status")).bearer_auth(&token)).refused(401, "token_wrong");
}

#[test]
fn a_damaged_account_stops_the_host_and_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    drop(TestHost::built(|_| {}, Some(state.clone()), Ipv4Addr::LOCALHOST));
    std::fs::write(state.join(OWNER_FILE), "{").unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let error = runtime.block_on(start(options(state.clone(), dir.path().join("run")))).unwrap_err();
    assert!(error.to_string().contains("claim the box again"), "{error}");
    assert_eq!(std::fs::read_to_string(state.join(OWNER_FILE)).unwrap(), "{");
}

/// Somebody at this machine's address guesses, and waits between his tries as he has to: the next one has to wait for
/// minutes, however slow this test is.
fn guess_for_long(host: &TestHost) {
    host.owner().ask(|account, now| {
        for tries in 1..8_u32 {
            account.attempt(now.later(LONGEST * tries), From::Outside { source: HERE, known: None }).unwrap();
        }
    });
}

fn let_the_proof_lapse(host: &TestHost) {
    // whoever has seen a later time does not go back
    host.owner().ask(|account, now| account.tick(now.later(Duration::from_secs(3600))));
}

/// Tries until it is not too soon any more.
fn after_the_wait(mut ask: impl FnMut() -> Answer) -> Answer {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = ask();
        if answer.status != 429 || Instant::now() > deadline {
            return answer;
        }
    }
}

fn options(state_dir: PathBuf, runtime_dir: PathBuf) -> Options {
    Options {
        policy: Loaded::default(),
        read_policy: Box::new(|| Ok(Loaded::default())),
        state_dir,
        runtime_dir,
        screen_socket: "/nonexistent/screen.sock".into(),
        apps_socket: "/nonexistent/apps.sock".into(),
        box_files: BoxFiles::default(),
        native_at: Some((Ipv4Addr::LOCALHOST, 0).into()),
        console_at: Some((Ipv4Addr::LOCALHOST, 0).into()),
        console_limits: punktfunk_host::console::Limits::default(),
        announce: false,
    }
}
