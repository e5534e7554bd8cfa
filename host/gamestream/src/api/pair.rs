//! Pairing over HTTP, and its last phase over HTTPS (GameStream §2.4).

use std::time::Duration;

use axum::extract::{RawQuery, State};
use tokio::time::timeout;

use super::Api;
use super::attempts::{Attempt, AttemptKey, Stage, Turn};
use super::caller::{Caller, Paired};
use crate::certificate::ClientCertificate;
use crate::house::Fingerprint;
use crate::pairing::{Draw, Keyed, PairingFault, salt};
use crate::query::Query;
use crate::xml::Root;

/// How long an owner may take to enter the PIN.
const PIN_WITHIN: Duration = Duration::from_secs(5 * 60);
/// How often a device that waits for its turn looks whether the one before it has gone.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

fn refused(reason: impl Into<String>) -> Root {
    Root::refusal(400, reason).child("paired", 0)
}

fn paired() -> Root {
    Root::ok().child("paired", 1)
}

/// `/pair` over HTTP: phases 1 to 4. Whatever does not fit ends the attempt.
pub(super) async fn pair(State(api): State<Api>, caller: Caller, RawQuery(query): RawQuery) -> Root {
    let query = Query::parse(query.as_deref());
    let id = query.get("uniqueid").unwrap_or_default();
    let Some(key) = AttemptKey::new(caller.source, id) else { return refused("The id is too long") };
    if query.get("phrase") == Some("getservercert") {
        return begin(&api, &caller, key, &query).await;
    }
    let attempt = api.attempts().take(api.started.elapsed(), &key);
    let Some(attempt) = attempt else { return refused("No PIN was entered for this device; pair again") };
    match next(&api, attempt, &query) {
        Next::Goes(attempt, answer) => {
            if api.attempts().put(api.started.elapsed(), key, *attempt) {
                answer
            } else {
                refused("Too many devices pair at once")
            }
        }
        Next::Proven(knock) => match knock.paired().await {
            Ok(()) => paired(),
            Err(reason) => refused(reason),
        },
        Next::Over(fault) => refused(fault.to_string()),
    }
}

/// Phase 1: the answer is held back until the owner has entered the PIN.
async fn begin(api: &Api, caller: &Caller, key: AttemptKey, query: &Query) -> Root {
    let client = query.get("clientcert").and_then(ClientCertificate::from_hex_pem);
    let salt = query.get("salt").and_then(salt);
    let (Some(client), Some(salt)) = (client, salt) else { return refused("The request is malformed") };
    let device = client.fingerprint();
    api.attempts().begin_anew(&key, device);
    let mut knock = match api.house.knock(device, caller.source) {
        Ok(knock) => knock,
        Err(reason) => return refused(reason),
    };
    let pin = match timeout(PIN_WITHIN, knock.pin()).await {
        Ok(Some(pin)) => pin,
        Ok(None) => return refused("The owner of this host turned the device away"),
        Err(_) => return refused("No PIN was entered on the host in time; pair again"),
    };
    let Ok(Some(turn)) = timeout(PIN_WITHIN, turn(api, &key, device)).await else {
        return refused("Other devices with the same address pair at once; pair again");
    };
    let attempt = Attempt { stage: Stage::Keyed(Keyed::new(client, &salt, &pin)), knock, turn };
    if !api.attempts().put(api.started.elapsed(), key, attempt) {
        return refused("Too many devices pair at once");
    }
    paired().child("plaincert", hex::encode(api.certificate.pem()))
}

/// Waits until no other device with the same key is between its phases.
async fn turn(api: &Api, key: &AttemptKey, device: Fingerprint) -> Option<Turn> {
    let turns = api.attempts().turns(key);
    loop {
        match timeout(LOOK_AGAIN, turns.clone().acquire_owned()).await {
            Ok(permit) => return Some(Turn::new(device, permit.ok()?)),
            Err(_) => api.attempts().expire(api.started.elapsed()),
        }
    }
}

enum Next {
    /// To the next phase, with this answer.
    Goes(Box<Attempt>, Root),
    /// The device knew the PIN.
    Proven(Box<dyn crate::house::Knock>),
    Over(PairingFault),
}

/// Phases 2 to 4.
fn next(api: &Api, attempt: Attempt, query: &Query) -> Next {
    let Attempt { stage, knock, turn } = attempt;
    let field = |name| query.bytes(name).unwrap_or_default();
    let host = &api.certificate;
    let goes = |stage, knock, name, answer: Vec<u8>| {
        Next::Goes(Box::new(Attempt { stage, knock, turn }), paired().child(name, hex::encode(answer)))
    };
    match stage {
        Stage::Keyed(keyed) => {
            let Some(draw) = Draw::random() else { return Next::Over(PairingFault::Malformed) };
            match keyed.challenge(host, draw, &field("clientchallenge")) {
                Ok((stage, answer)) => goes(Stage::Challenged(stage), knock, "challengeresponse", answer),
                Err(fault) => Next::Over(fault),
            }
        }
        Stage::Challenged(challenged) => match challenged.answer(host, &field("serverchallengeresp")) {
            Ok((stage, answer)) => goes(Stage::Answered(stage), knock, "pairingsecret", answer),
            Err(fault) => Next::Over(fault),
        },
        Stage::Answered(answered) => match answered.prove(&field("clientpairingsecret")) {
            Ok(_proven) => Next::Proven(knock),
            Err(PairingFault::WrongPin) => {
                knock.wrong_pin();
                Next::Over(PairingFault::WrongPin)
            }
            Err(fault) => Next::Over(fault),
        },
    }
}

/// `/unpair`: comes unauthenticated from anybody, so that it ends an open attempt of the same address and nothing else. A
/// client calls it when it has seen that the PIN was wrong.
pub(super) async fn unpair(State(api): State<Api>, caller: Caller, RawQuery(query): RawQuery) -> Root {
    let query = Query::parse(query.as_deref());
    let key = AttemptKey::new(caller.source, query.get("uniqueid").unwrap_or_default());
    let attempt = key.and_then(|key| api.attempts().take(api.started.elapsed(), &key));
    if let Some(Attempt { stage: Stage::Answered(_), knock, .. }) = attempt {
        knock.wrong_pin();
    }
    Root::ok()
}

/// `/pair` over HTTPS: phase 5. Whoever gets here is paired.
pub(super) async fn pair_over_tls(_: Paired) -> Root {
    paired()
}
