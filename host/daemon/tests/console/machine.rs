//! The machine and the policy: health, metrics, the record, the clock.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use punktfunk_host::owner::TokenScope;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::browser::Visitor;
use crate::common::{Answer, PASSWORD, PATIENCE, TestHost};

fn rows(policy: &Value) -> &Vec<Value> {
    policy["rows"].as_array().unwrap()
}

fn row<'a>(policy: &'a Value, path: &str) -> &'a Value {
    rows(policy).iter().find(|row| row["path"] == path).unwrap()
}

#[test]
fn every_key_of_the_policy_comes_with_its_origin_its_default_and_what_it_is_for() {
    let host = TestHost::start();
    host.write_policy("name: Attic\npairing: { pending: { ttl: 5m } }\n");
    let policy = host.post("/policy/reload", &json!({})).ok();
    assert_eq!(policy, host.get("/policy").ok());
    assert_eq!((&policy["file"], &policy["problem"]), (&json!("policy.yaml"), &Value::Null));
    for row in rows(&policy) {
        assert!(row["description"].as_str().is_some_and(|text| text.len() > 10), "{row}");
        assert_eq!(
            row["origin"] == "default",
            row["value"] == row["default"] && row["place"].is_null(),
            "{row}"
        );
    }
    let ttl = row(&policy, "pairing.pending.ttl");
    assert_eq!((&ttl["value"], &ttl["default"]), (&json!("5m"), &json!("10m")));
    assert_eq!((&ttl["origin"], &ttl["place"]), (&json!("file"), &json!("policy.yaml:2")));
    let read = punktfunk_config::parse(policy["yaml"].as_str().unwrap(), "copied.yaml").unwrap();
    assert_eq!((read.policy.name.as_str(), read.policy.pairing.pending.ttl.as_secs()), ("Attic", 300));
    assert_eq!(host.get("/status").ok()["name"], "Attic");
}

#[test]
fn a_bad_policy_changes_nothing_and_is_told_until_a_good_one_is_read() {
    let host = TestHost::start();
    let before = host.get("/policy").ok();
    host.write_policy("nmae: Attic\n");
    let refused = host.post("/policy/reload", &json!({}));
    refused.refused(422, "policy_bad");
    assert!(refused.body["error"].as_str().unwrap().contains("policy.yaml:1:1"), "{:?}", refused.body);
    let after = host.get("/policy").ok();
    assert_eq!((&after["rows"], &after["yaml"]), (&before["rows"], &before["yaml"]));
    assert!(after["problem"]["text"].as_str().unwrap().contains("did you mean"), "{after}");
    assert!(after["problem"]["at"].as_u64() > Some(1_700_000_000));
    let attention = host.get("/status").ok()["attention"][0].clone();
    assert_eq!((&attention["code"], &attention["severity"]), (&json!("policy_bad"), &json!("warning")));

    host.write_policy("name: Attic\n");
    assert_eq!(host.post("/policy/reload", &json!({})).ok()["problem"], Value::Null);
    assert!(!host.get("/status").ok()["attention"].to_string().contains("policy_bad"));
}

#[test]
fn every_probe_of_the_doctor_is_answered_with_a_code_and_what_is_wrong_with_what_to_do() {
    let host = TestHost::start();
    let checks = host.get("/doctor").ok();
    let checks = checks.as_array().unwrap();
    let codes: BTreeSet<&str> = checks.iter().map(|check| check["code"].as_str().unwrap()).collect();
    for expected in
        ["policy_read", "state_private", "list_held", "host_answers", "encoder_works", "clock_plausible"]
    {
        assert!(codes.contains(expected), "{expected} is not among {codes:?}");
    }
    for check in checks {
        assert!(check["subject"].is_string() && check["found"].is_string(), "{check}");
        if check["good"] == false {
            assert!(check["next"].as_str().is_some_and(|next| next.len() > 5), "{check}");
        }
    }
}

#[test]
fn the_doctor_looks_at_the_policy_on_disk() {
    let host = TestHost::start();
    host.write_policy("nmae: Attic\n");
    let checks = host.get("/doctor").ok();
    let policy = checks.as_array().unwrap().iter().find(|check| check["subject"] == "policy").unwrap();
    assert_eq!((&policy["code"], &policy["good"]), (&json!("policy_bad"), &json!(false)));
    assert!(policy["params"]["text"].as_str().unwrap().contains("policy.yaml:1:1"), "{policy}");
}

#[test]
fn the_record_names_the_browser_that_gave_an_order_also_when_it_is_signed_out() {
    const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36";
    let host = TestHost::start();
    let mut owner = Visitor::called(&host, CHROME);
    owner.sign_in(PASSWORD).ok();
    owner.post("/native/pair/arm", &json!({})).ok();
    let line = |what: &str| {
        let record = host.get("/record").ok();
        record.as_array().unwrap().iter().find(|line| line["what"] == what).cloned().unwrap()
    };
    let browsers = host.get("/browsers").ok();
    let shown =
        browsers.as_array().unwrap().iter().find(|browser| browser["label"] == "Chrome on Linux").unwrap();
    assert_eq!((&shown["browser"], &shown["system"]), (&json!("Chrome"), &json!("Linux")));
    let is_it = |by: &Value| {
        assert_eq!((&by["kind"], &by["name"]), (&json!("browser"), &json!("Chrome on Linux")), "{by}");
        assert_eq!((&by["browser"], &by["system"]), (&json!("Chrome"), &json!("Linux")));
    };
    is_it(&line("armed")["by"]);
    owner.post("/sign-out", &json!({})).done();
    is_it(&line("armed")["by"]);
    assert_eq!(
        (&line("signed_out")["browser"], &line("signed_out")["name"]),
        (&json!("Chrome"), &json!("Chrome on Linux"))
    );
    assert_eq!(line("token_made")["browser"], Value::Null, "a token is no browser");
}

#[test]
fn the_record_says_who_knocked_from_where_and_who_decided() {
    let host = TestHost::start();
    let _ = host.token();
    let knocking = host.knock("Tablet");
    host.post(&knocking.place("deny"), &json!({})).done();
    let record = host.get("/record").ok();
    let lines = record.as_array().unwrap();
    let line = |what: &str| lines.iter().find(|line| line["what"] == what).unwrap();
    let knocked = line("knocked");
    assert_eq!((&knocked["fingerprint"], &knocked["name"]), (&json!(knocking.fingerprint), &json!("Tablet")));
    let device: punktfunk_trust::DeviceId = knocking.fingerprint.parse().unwrap();
    assert_eq!(
        (&knocked["words"], &knocked["colour"]),
        (&json!(device.words()), &json!(device.colour().hex))
    );
    assert_eq!(line("claimed")["words"], Value::Null);
    assert_eq!((&knocked["source"], &knocked["by"]), (&json!("127.0.0.1"), &Value::Null));
    let by = |what: &str| (line(what)["by"]["kind"].clone(), line(what)["by"]["name"].clone());
    assert_eq!(by("denied"), (json!("token"), json!("Test")));
    assert_eq!(line("denied")["words"], knocked["words"]);
    assert_eq!((&line("claimed")["book"], &line("denied")["book"]), (&json!("owner"), &json!("admission")));
    // all of this was within a second or two; the order is that in which it happened
    let order: Vec<_> = lines.iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(order, ["denied", "knocked", "token_made", "claimed"]);

    assert_eq!(host.get("/record?limit=1").ok().as_array().unwrap().len(), 1);
    assert_eq!(host.get("/record?limit=0").ok(), json!([]));
    for wrong in ["limit=-1", "limit=all", "limit=99999999", "limt=1"] {
        host.get(&format!("/record?{wrong}")).refused(400, "bad_query");
    }
}

#[test]
fn who_was_let_in_by_whom_is_still_told_after_a_restart_and_a_mere_knock_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let start = || TestHost::built(|_| {}, Some(dir.path().join("state")), Ipv4Addr::LOCALHOST);
    let host = start();
    let knocking = host.knock("Tablet");
    host.post(&knocking.place("deny"), &json!({})).done();
    let denied = host.get("/record").ok()[0].clone();
    assert_eq!(denied["what"], "denied");
    drop((knocking, host));

    // claimed already
    let host = start();
    let mut owner = Visitor::new(&host);
    owner.sign_in(PASSWORD).ok();
    let record = owner.get("/record").ok();
    let told: Vec<_> = record.as_array().unwrap().iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(told, ["signed_in", "denied", "token_made", "claimed"]);
    assert_eq!(record[1], denied, "with the script that decided, and all that it was told with");
    let numbers = |book: &str| {
        let lines = record.as_array().unwrap().iter().filter(|line| line["book"] == book);
        lines.map(|line| line["number"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(numbers("owner"), [3, 2, 1], "numbers go on, so that none names two lines");
}

#[test]
fn the_clock_is_accepted_on_the_owners_word() {
    let host = TestHost::start();
    host.post("/clock/accept", &json!({})).done();
    let reader = host.token_for(TokenScope::Read);
    host.send(host.https().post(host.url("/clock/accept")).bearer_auth(reader)).refused(403, "forbidden");
}

fn metrics(host: &TestHost, token: Option<&str>) -> (u16, String) {
    let url = format!("https://{}/metrics", host.console());
    let request = token.iter().fold(host.https().get(url), RequestBuilder::bearer_auth);
    host.runtime.block_on(async {
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    })
}

#[test]
fn metrics_are_for_a_token_that_may_look_and_name_no_device() {
    let host = TestHost::start();
    let reader = host.token_for(TokenScope::Read);
    assert_eq!(metrics(&host, None).0, 401);
    let stream = host.stream("Grandma's tablet");
    stream.next_video(PATIENCE).unwrap();
    let (status, text) = metrics(&host, Some(&reader));
    assert_eq!(status, 200);
    assert!(text.contains("\npunktfunk_streams 1\n"), "{text}");
    assert!(text.contains("punktfunk_stream_frames_total{stream=\"1\",session=\"1\"} "), "{text}");
    assert!(!text.contains("tablet") && !text.contains("127.0.0.1"), "{text}");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("punktfunk_") && value.parse::<f64>().is_ok(), "{line}");
        let family = name.split('{').next().unwrap();
        assert_eq!(text.matches(&format!("# TYPE {family} ")).count(), 1, "{line}");
    }
}

#[test]
fn what_became_of_a_pin_is_told_and_the_pin_only_to_those_who_may_use_it() {
    let host = TestHost::start();
    let reader = host.token_for(TokenScope::Read);
    let look =
        |token: &str| -> Answer { host.send(host.https().get(host.url("/native/pair")).bearer_auth(token)) };
    host.post("/native/pair/arm", &json!({})).ok();
    let (seen, mine) = (look(&reader).ok(), look(host.token()).ok());
    assert_eq!((&seen["armed"], &seen["pin"]), (&json!(true), &Value::Null));
    assert!(mine["pin"].is_string() && mine["last"].is_null(), "{mine}");
    host.delete("/native/pair").done();
    let last = look(&reader).ok()["last"].clone();
    assert_eq!((&last["outcome"], &last["name"]), (&json!("disarmed"), &Value::Null));
    assert!(last["at"].as_u64() > Some(1_700_000_000), "{last}");
}
