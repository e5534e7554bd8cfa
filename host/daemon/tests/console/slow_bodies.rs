//! Bodies and orders that take their time, while their sender loses the right to send them.

use std::io::{Read, Write};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use punktfunk_host::owner::{Account, TokenScope};
use punktfunk_trust::Actor;
use reqwest::Method;

use crate::browser::Visitor;
use crate::common::{Answer, TestHost};
use crate::guards::{Place, places};
use crate::limits::{Tls, tls};

/// A request whose head has been read, and whose body has not come yet.
struct Halted {
    id: String,
    stream: Tls,
}

const BODY: &str = "{}";

impl Halted {
    fn at(host: &TestHost, place: &Place, right: &str) -> Self {
        let mut stream = tls(host);
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\n{right}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Expect: 100-continue\r\nConnection: close\r\n\r\n",
            place.method,
            place.path,
            host.console(),
            BODY.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.flush().unwrap();
        // the host asks for the body once it has looked at the head
        let mut asked = [0; 25];
        stream.read_exact(&mut asked).unwrap();
        assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n", "{}", place.id);
        Self { id: place.id.clone(), stream }
    }

    /// The whole answer, after the body has come at last.
    fn go_on(mut self) -> String {
        self.stream.write_all(BODY.as_bytes()).unwrap();
        self.stream.flush().unwrap();
        let mut answer = Vec::new();
        // how the host hangs up afterwards is none of this
        let _ = self.stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }
}

/// The places that take a body from somebody with rights, apart from those for which `is_left_out`.
fn places_with_a_body(is_left_out: impl Fn(&str) -> bool) -> Vec<Place> {
    let of_strangers = ["claim", "signIn"];
    let mut places = places();
    places
        .retain(|place| place.takes_a_body && !of_strangers.contains(&&*place.id) && !is_left_out(&place.id));
    assert!(places.len() >= 4);
    places
}

#[track_caller]
fn all_are_refused(halted: Vec<Halted>, code: &str) {
    for request in halted {
        let id = request.id.clone();
        let answer = request.go_on();
        assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains(code), "{id}: {answer}");
    }
}

#[test]
fn a_browser_that_is_signed_out_while_it_sends_gets_nothing_done() {
    let host = TestHost::start();
    let thief = Visitor::signed_in(&host);
    let right = format!("Cookie: {}", thief.cookie_header().unwrap());
    let places = places_with_a_body(|_| false);
    let halt = || places.iter().map(|place| Halted::at(&host, place, &right)).collect::<Vec<_>>();

    let halted = halt();
    host.owner().ask(|account, now| {
        for session in account.sessions(now) {
            account.revoke_session(now, session.id, Actor::Console).unwrap();
        }
    });
    all_are_refused(halted, "sign_in_needed");
    assert!(host.owner().ask(|account, _| account.tokens()).is_empty());
}

#[test]
fn a_script_whose_token_is_revoked_while_it_sends_gets_nothing_done() {
    let host = TestHost::start();
    let token = host.token_for(TokenScope::Devices);
    let right = format!("Authorization: Bearer {token}");
    let for_persons = ["backup", "changePassword", "makeToken", "prove", "restore"];
    let places = places_with_a_body(|id| for_persons.contains(&id));
    let halted: Vec<_> = places.iter().map(|place| Halted::at(&host, place, &right)).collect();
    host.owner().ask(|account: &mut Account, now| {
        for token in account.tokens() {
            account.revoke_token(now, token.id, Actor::Console).unwrap();
        }
    });
    all_are_refused(halted, "token_wrong");
}

#[test]
fn an_order_that_waits_for_its_turn_is_not_carried_out_for_a_browser_that_was_signed_out_meanwhile() {
    let host = TestHost::start();
    let browser = Visitor::signed_in(&host);
    let forgive =
        || browser.request(Method::DELETE, &host.url(&format!("/native/ignored/{}", "ab".repeat(32))));
    host.send(forgive()).refused(404, "knock_gone");

    let (busy, is_busy) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let running = Arc::clone(host.host());
    let other = std::thread::spawn(move || {
        running.trust(|_, _| {
            busy.send(()).expect("the test waits for this");
            may_go_on.recv().expect("the test says so");
        });
    });
    is_busy.recv().unwrap();
    let request = forgive();
    let asking = host.runtime.spawn(async move { request.send().await });
    // time to get into the queue; one that is not there yet is refused all the same
    std::thread::sleep(Duration::from_millis(300));
    host.owner().ask(|account, now| {
        for session in account.sessions(now) {
            account.revoke_session(now, session.id, Actor::Console).unwrap();
        }
    });
    go_on.send(()).unwrap();
    other.join().unwrap();
    let answer = host.runtime.block_on(async { Answer::read(asking.await.unwrap().unwrap()).await });
    answer.refused(401, "sign_in_needed");
}
