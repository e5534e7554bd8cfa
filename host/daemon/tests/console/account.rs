//! Claiming the box, signing in and out.

use serde_json::json;

use crate::browser::Visitor;
use crate::common::{PASSWORD, TestHost};

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
    assert_eq!((&after["proven_for_secs"], &after["reauth_secs"]), (&json!(300), &json!(300)));
    assert!(owner.has(SESSION) && owner.has(KNOWN));
    assert_eq!(owner.get("/status").ok()["fingerprint"], host.host().identity().id().to_string());

    owner.send(reqwest::Method::POST, "/sign-out", None).done();
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
    let body = json!({ "code": "AAAA-AAAA", "password": PASSWORD });
    let refused = visitor.post("/claim", &body);
    refused.refused(403, "claim_code_wrong");
    assert_eq!(refused.body["retry_after_secs"], 1);
    let too_soon = visitor.post("/claim", &json!({ "code": host.claim_code(), "password": PASSWORD }));
    // a busy machine may take the second that the right code has to wait
    if too_soon.status != 200 {
        too_soon.refused(429, "slow_down");
        assert!(!host.owner().is_claimed());
    }
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
fn a_wrong_password_is_refused_and_the_next_try_has_to_wait() {
    let host = TestHost::start();
    host.claim();
    let mut visitor = Visitor::new(&host);
    for _ in 0..4 {
        host.owner().ask(|account, now| {
            let source = [127, 0, 0, 1].into();
            // tries that were paid for and never answered are wrong ones
            let _ = account.attempt(now, punktfunk_host::owner::From::Outside { source, known: None });
        });
        let _ = visitor.sign_in("not the password");
    }
    let refused = visitor.sign_in(PASSWORD);
    if refused.status == 429 {
        refused.refused(429, "slow_down");
        assert!(refused.body["retry_after_secs"].as_u64().is_some_and(|wait| wait > 0), "{:?}", refused.body);
    }
}
