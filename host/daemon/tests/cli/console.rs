//! `console` against a running host.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::common::{PATIENCE, Place, run};

const PASSWORD: &str = "grüne Wolken ziehen";

/// What the console answers, whoever it claims to be.
fn console(
    place: &Place,
    method: Method,
    path: &str,
    body: Option<&Value>,
    token: Option<&str>,
) -> (u16, Value) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = Client::builder().tls_danger_accept_invalid_certs(true).no_proxy().timeout(PATIENCE);
        let url = format!("https://127.0.0.1:{}/api/v1{path}", place.tcp);
        let mut request = client.build().unwrap().request(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    })
}

#[test]
fn whoever_is_at_the_box_reads_the_code_makes_tokens_and_resets_the_password() {
    let place = Place::new();
    let host = place.start();
    let claim_code = || place.ask(&["console", "claim-code", "--json"]).json();
    let fresh = claim_code();
    let code = fresh["code"].as_str().unwrap();
    assert!(
        host.banner.contains(code) && host.banner.contains(fresh["url"].as_str().unwrap()),
        "{}",
        host.banner
    );
    assert_eq!(fresh["url"], format!("https://127.0.0.1:{}", place.tcp));
    let text = place.ask(&["console", "claim-code"]).ok();
    assert!(text.starts_with(&format!("{code}\n")) && text.contains("https://"), "{text}");
    place.ask(&["console", "token", "add", "x", "--scope", "read"]).failed(1, &["no owner", "claim it"]);

    let claim = json!({ "code": code, "password": PASSWORD });
    assert_eq!(console(&place, Method::POST, "/claim", Some(&claim), None).0, 200);
    assert_eq!(claim_code()["claimed"], true);
    assert!(place.ask(&["console", "claim-code"]).ok().contains("reset-password"));

    assert!(place.ask(&["console", "token", "list"]).ok().starts_with("There are no tokens"));
    let made = place.ask(&["console", "token", "add", "dash", "--scope", "read", "--json"]).json();
    let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    assert_eq!(console(&place, Method::GET, "/status", None, Some(token)).0, 200);
    let listed = place.ask(&["console", "token", "list"]).ok();
    assert!(listed.contains(id) && listed.contains("dash (read)") && !listed.contains(token), "{listed}");
    place.ask(&["console", "token", "revoke", id]).ok();
    place.ask(&["console", "token", "revoke", id]).failed(1, &["look at the list"]);
    assert_eq!(console(&place, Method::GET, "/status", None, Some(token)).0, 401);
    assert!(place.ask(&["console", "token", "add", "dash", "--scope", "all"]).ok().starts_with("pf_"));

    let reset = place.ask(&["console", "reset-password", "--json"]).json();
    assert_eq!(claim_code(), reset);
    assert_ne!(reset["code"], code);
    let answer = console(&place, Method::POST, "/sign-in", Some(&json!({ "password": PASSWORD })), None);
    assert_eq!((answer.0, &answer.1["code"]), (403, &json!("unclaimed")));
    host.wait_for_line("was reset on this machine");
}

#[test]
fn a_bad_line_is_told_so_and_help_has_examples() {
    for line in [
        &["console"][..],
        &["console", "token"],
        &["console", "token", "add", "x"],
        &["console", "token", "add", "x", "--scope", "root"],
        &["console", "token", "revoke", "everything"],
    ] {
        run(line).failed(2, &[]);
    }
    assert!(run(["console", "--help"]).ok().contains("Examples:"));
}

#[test]
fn without_a_host_every_verb_says_how_to_get_one() {
    let place = Place::new();
    for verb in
        [&["console", "claim-code"][..], &["console", "reset-password"], &["console", "token", "list"]]
    {
        place.ask(verb).failed(1, &["no host answers", "punktfunk-host serve"]);
    }
}
