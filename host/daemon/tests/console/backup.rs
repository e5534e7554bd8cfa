//! Backup and restore over the console.

use std::io::{Read, Write};
use std::net::Ipv4Addr;
use std::os::unix::net::UnixStream;
use std::time::Instant;

use punktfunk_host::backup::{Bundle, staged_path};
use reqwest::Method;
use serde_json::json;

use crate::common::{PATIENCE, TestHost};

const PASSPHRASE: &str = "four unrelated words";

/// Asks on the control socket, as somebody at the box.
fn backup(host: &TestHost) -> Vec<u8> {
    host.runtime.block_on(async {
        let request =
            host.socket().post("http://localhost/api/v1/backup").json(&json!({ "passphrase": PASSPHRASE }));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("punktfunk-backup.age"));
        answer.bytes().await.unwrap().to_vec()
    })
}

fn restore(host: &TestHost, file: &[u8], passphrase: &str) -> crate::common::Answer {
    let body = json!({ "passphrase": passphrase, "file": hex::encode(file) });
    host.send(host.socket().request(Method::POST, "http://localhost/api/v1/restore").json(&body))
}

#[test]
fn a_backup_of_one_box_makes_another_box_the_same_at_its_next_start() {
    let old = TestHost::start();
    drop(old.stream("Tablet"));
    let file = backup(&old);
    assert!(Bundle::open(&file, PASSPHRASE).is_ok());

    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let new = TestHost::built(|_| {}, Some(state.clone()), Ipv4Addr::LOCALHOST);
    assert_ne!(new.host().identity().id(), old.host().identity().id());
    let decided = restore(&new, &file, PASSPHRASE).ok();
    assert_eq!(decided["fingerprint"], old.host().identity().id().to_string());
    assert!(staged_path(&state).exists());
    let until = Instant::now() + PATIENCE;
    while !new.host().starts_again() {
        assert!(Instant::now() < until, "the host never ends");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    drop(new);

    let again = TestHost::built(|_| {}, Some(state.clone()), Ipv4Addr::LOCALHOST);
    assert_eq!(again.host().identity().id(), old.host().identity().id());
    let names: Vec<String> =
        again.host().trust(|trust, _| trust.devices()).iter().map(|device| device.name.to_string()).collect();
    assert_eq!(names, ["Tablet"]);
    assert!(!staged_path(&state).exists());
}

#[test]
fn what_is_no_backup_or_has_another_passphrase_is_refused_and_changes_nothing() {
    let host = TestHost::start();
    let file = backup(&host);
    restore(&host, &file, "another passphrase").refused(422, "backup_bad");
    restore(&host, b"no backup", PASSPHRASE).refused(422, "backup_bad");
    let short = json!({ "passphrase": "short" });
    host.send(host.socket().post("http://localhost/api/v1/backup").json(&short))
        .refused(400, "passphrase_short");
    assert!(!host.host().starts_again());
}

#[test]
fn a_backup_may_be_larger_than_other_bodies_but_not_without_end() {
    let host = TestHost::start();
    restore(&host, &vec![7; 100 * 1024], PASSPHRASE).refused(422, "backup_bad");

    let body = json!({ "passphrase": PASSPHRASE, "file": hex::encode(vec![7; 3 * 1024 * 1024]) }).to_string();
    let head = format!(
        "POST /api/v1/restore HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut socket = UnixStream::connect(host.socket_path()).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut sender = socket.try_clone().unwrap();
    // it hangs up on whoever goes on sending; the answer is there all the same
    let sending = std::thread::spawn(move || sender.write_all((head + &body).as_bytes()));
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    let _ = sending.join().unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("too_large"), "{answer}");
}
