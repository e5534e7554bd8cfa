//! Every place of the API, and whom it answers: the document names the places, so none can be forgotten.

use std::time::Duration;

use punktfunk_host::owner::TokenScope;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::browser::Visitor;
use crate::common::TestHost;

/// What a place demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// Nothing.
    Anyone,
    /// An owner of the box.
    OnceClaimed,
    Read,
    Devices,
    /// Devices, and of a browser a recent proof of the password.
    Proven,
    All,
    /// All, and of a browser a recent proof of the password.
    AllProven,
    /// A person.
    SignedIn,
    /// A person, and of a browser a recent proof of the password.
    SignedInProven,
    /// A browser's own session.
    OwnSession,
    /// Somebody at the box.
    Local,
}

/// Somebody who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    Nobody,
    Impostor,
    Read,
    Devices,
    All,
    /// A browser whose last proof of the password is old.
    Stale,
    /// A browser that has just signed in.
    Fresh,
    Local,
}

const CALLERS: [Caller; 8] = [
    Caller::Nobody,
    Caller::Impostor,
    Caller::Read,
    Caller::Devices,
    Caller::All,
    Caller::Stale,
    Caller::Fresh,
    Caller::Local,
];

/// By the operation's id. A new place has to be entered here, with what it demands.
const PLACES: &[(&str, Guard)] = &[
    ("acceptClock", Guard::AllProven),
    ("approve", Guard::Proven),
    ("armPin", Guard::Proven),
    ("backup", Guard::SignedInProven),
    ("boxCard", Guard::Local),
    ("changePassword", Guard::OwnSession),
    ("claim", Guard::Anyone),
    ("claimCode", Guard::Local),
    ("deny", Guard::Devices),
    ("disarmPin", Guard::Devices),
    ("doctor", Guard::Read),
    ("endStream", Guard::Devices),
    ("enterPin", Guard::Proven),
    ("events", Guard::Read),
    ("forgive", Guard::Devices),
    ("health", Guard::Anyone),
    ("listBrowsers", Guard::All),
    ("listClients", Guard::Read),
    ("listIgnored", Guard::Read),
    ("listPending", Guard::Read),
    ("listTokens", Guard::All),
    ("makeToken", Guard::SignedInProven),
    ("metrics", Guard::Read),
    ("openapi", Guard::OnceClaimed),
    ("pinStatus", Guard::Read),
    ("policy", Guard::Read),
    ("preview", Guard::SignedIn),
    ("prove", Guard::OwnSession),
    ("record", Guard::Read),
    ("reloadPolicy", Guard::AllProven),
    ("amendClient", Guard::Devices),
    ("resetPassword", Guard::Local),
    ("restore", Guard::SignedInProven),
    ("revokeBrowser", Guard::AllProven),
    ("revokeClient", Guard::Proven),
    ("revokeToken", Guard::AllProven),
    ("session", Guard::Anyone),
    ("signIn", Guard::Anyone),
    ("signOut", Guard::OwnSession),
    ("status", Guard::Read),
];

impl Guard {
    fn admits(self, caller: Caller) -> bool {
        use Caller::{All, Devices, Fresh, Local, Read, Stale};
        let admitted: &[Caller] = match self {
            Self::Anyone | Self::OnceClaimed => return true,
            Self::Read => &[Read, Devices, All, Stale, Fresh, Local],
            Self::Devices => &[Devices, All, Stale, Fresh, Local],
            Self::Proven => &[Devices, All, Fresh, Local],
            Self::All => &[All, Stale, Fresh, Local],
            Self::AllProven => &[All, Fresh, Local],
            Self::SignedIn => &[Stale, Fresh, Local],
            Self::SignedInProven => &[Fresh, Local],
            Self::OwnSession => &[Stale, Fresh],
            Self::Local => &[Local],
        };
        admitted.contains(&caller)
    }
}

pub(crate) struct Place {
    pub(crate) id: String,
    pub(crate) method: Method,
    /// With something in the place of each parameter that is nothing there.
    pub(crate) path: String,
    pub(crate) takes_a_body: bool,
}

/// Every place that the document names.
pub(crate) fn places() -> Vec<Place> {
    let document = serde_json::to_value(punktfunk_host::console::openapi()).unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let filled = path.replace("{fingerprint}", &"0".repeat(64)).replace("{id}", "1");
        assert!(!filled.contains('{'), "{path}: say what stands for its parameter");
        let place = |(method, operation): (&String, &Value)| Place {
            id: operation["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase().parse().unwrap(),
            path: filled.clone(),
            takes_a_body: operation.get("requestBody").is_some(),
        };
        item.as_object().unwrap().iter().map(place).collect::<Vec<_>>()
    };
    document["paths"].as_object().unwrap().iter().flat_map(of_path).collect()
}

fn guard_of(place: &Place) -> Guard {
    let listed = PLACES.iter().find(|(id, _)| *id == place.id);
    listed.unwrap_or_else(|| panic!("{} is new: enter in PLACES what it demands", place.id)).1
}

/// Status and code of the answer; the body of what is answered is not waited for, it may never end.
fn ask(host: &TestHost, request: RequestBuilder) -> (u16, String) {
    host.runtime.block_on(async {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        if status < 400 {
            return (status, String::new());
        }
        let body: Value = response.json().await.unwrap_or_default();
        (status, body["code"].as_str().unwrap_or_default().to_owned())
    })
}

fn is_turned_away(code: &str) -> bool {
    ["sign_in_needed", "token_wrong", "forbidden", "unclaimed", "proof_needed"].contains(&code)
}

#[test]
fn every_place_answers_those_whom_its_guard_admits_and_nobody_else() {
    let host = TestHost::start();
    let tokens = [TokenScope::Read, TokenScope::Devices, TokenScope::All].map(|scope| host.token_for(scope));
    let stale = Visitor::signed_in(&host);
    host.owner().ask(|account, now| account.tick(now.later(Duration::from_secs(3600))));
    let fresh = Visitor::signed_in(&host);
    let (https, socket) = (host.https(), host.socket());

    let mut places = places();
    assert_eq!(places.len(), PLACES.len(), "PLACES lists what is not there any more");
    // what ends the right to ask is asked last
    places.sort_by_key(|place| place.id == "signOut");
    for place in &places {
        let guard = guard_of(place);
        for caller in CALLERS {
            if (place.id.as_str(), caller) == ("resetPassword", Caller::Local) {
                continue; // it would be done
            }
            let (method, url) = (place.method.clone(), format!("https://{}{}", host.console(), place.path));
            let request = match caller {
                Caller::Nobody => https.request(method, url),
                Caller::Impostor => https.request(method, url).bearer_auth(format!("pf_{}", "0".repeat(64))),
                Caller::Read => https.request(method, url).bearer_auth(&tokens[0]),
                Caller::Devices => https.request(method, url).bearer_auth(&tokens[1]),
                Caller::All => https.request(method, url).bearer_auth(&tokens[2]),
                Caller::Stale => stale.request(method, &url),
                Caller::Fresh => fresh.request(method, &url),
                Caller::Local => socket.request(method, format!("http://localhost{}", place.path)),
            };
            let (status, code) = ask(&host, request);
            assert_eq!(
                !is_turned_away(&code),
                guard.admits(caller),
                "{caller:?} at {} ({guard:?}): {status} {code}",
                place.id
            );
            assert!(status < 500 || code == "no_picture", "{}: {status} {code}", place.id);
        }
    }
}

#[test]
fn a_box_without_an_owner_answers_what_its_claim_needs_and_nothing_else() {
    let host = TestHost::start();
    let https = host.https();
    for place in places() {
        let url = format!("https://{}{}", host.console(), place.path);
        let request = https.request(place.method.clone(), url);
        for request in [request.try_clone().unwrap(), request.bearer_auth("pf_00")] {
            let (status, code) = ask(&host, request);
            let is_open = ["health", "session", "claim", "signIn"].contains(&place.id.as_str());
            assert_eq!(code != "unclaimed", is_open, "{}: {status} {code}", place.id);
        }
    }
}
