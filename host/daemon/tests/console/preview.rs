//! A picture of what the box shows.

use std::time::Instant;

use punktfunk_config::Source;
use reqwest::Response;

use crate::browser::Visitor;
use crate::common::{PATIENCE, TestHost};

const URL: &str = "http://localhost/api/v1/preview";

/// Asks on the control socket, as somebody at the box.
fn ask(host: &TestHost) -> Response {
    host.runtime.block_on(async { host.socket().get(URL).send().await }).unwrap()
}

/// Width and height of the PNG that is answered.
#[track_caller]
fn size(host: &TestHost) -> (u32, u32) {
    let answer = ask(host);
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (200, &"image/png".parse().unwrap())
    );
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let file = host.runtime.block_on(answer.bytes()).unwrap();
    assert_eq!(&file[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn while_nobody_streams_the_source_is_asked_for_one_picture() {
    let host = TestHost::start();
    assert_eq!(size(&host), (960, 540));
    assert_eq!(host.host().sessions().len(), 0, "no session was started for it");
}

#[test]
fn while_somebody_streams_the_picture_is_what_he_sees() {
    let host = TestHost::start();
    let stream = host.stream("Tablet");
    stream.next_video(PATIENCE).unwrap();
    // a machine that is too busy to copy the picture in time shows the source's own, until it is not
    let until = Instant::now() + PATIENCE;
    while size(&host) != (320, 180) {
        assert!(Instant::now() < until, "the source is shown, and not the session");
    }
    assert!(stream.next_video(PATIENCE).unwrap().is_some(), "and he goes on seeing it");
}

#[test]
fn without_a_picture_the_answer_says_why() {
    let host = TestHost::with(|policy| policy.capture.source = Source::File("/nonexistent/film.mkv".into()));
    let answer = ask(&host);
    assert_eq!(answer.status(), 503);
    let problem: serde_json::Value = host.runtime.block_on(answer.json()).unwrap();
    assert_eq!(
        (&problem["code"], &problem["params"]["fault"]),
        (&"no_picture".into(), &"file_unplayable".into())
    );
    assert!(problem["error"].as_str().unwrap().contains("/nonexistent/film.mkv"));
}

#[test]
fn only_the_owner_sees_the_screen() {
    let host = TestHost::start();
    host.send(host.https().get(host.url("/preview"))).refused(403, "unclaimed");
    host.get("/preview").refused(403, "forbidden");
    Visitor::new(&host).get("/preview").refused(401, "sign_in_needed");
    assert_eq!(Visitor::signed_in(&host).get("/preview").kind, "image/png");
}

#[test]
fn many_who_ask_at_once_get_their_picture() {
    let host = TestHost::start();
    let client = host.socket();
    let answers = host.runtime.block_on(async {
        let asking: Vec<_> = (0..20).map(|_| tokio::spawn(client.get(URL).send())).collect();
        let mut statuses = Vec::new();
        for one in asking {
            statuses.push(one.await.unwrap().unwrap().status().as_u16());
        }
        statuses
    });
    assert_eq!(answers, [200; 20]);
}
