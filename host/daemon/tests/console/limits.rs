//! Those who take their time, and those who come in crowds.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use punktfunk_host::console::{Limits, socket_path};
use reqwest::Method;
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use crate::browser::Visitor;
use crate::common::{TestHost, pinned};

/// What the host allows itself, and something for a busy machine.
const SLOW: Duration = Duration::from_secs(20);

/// A connection to the console on which nothing has been said yet.
pub(crate) type Tls = StreamOwned<ClientConnection, TcpStream>;

pub(crate) fn tls(host: &TestHost) -> Tls {
    let config = Arc::new(pinned(host.host().identity().certificate_der()));
    let connection = ClientConnection::new(config, ServerName::try_from("localhost").unwrap()).unwrap();
    StreamOwned::new(connection, dial(host))
}

fn dial(host: &TestHost) -> TcpStream {
    let stream = TcpStream::connect(host.console()).unwrap();
    stream.set_read_timeout(Some(SLOW)).unwrap();
    stream
}

/// Reads until the host hangs up; returns after how long.
#[track_caller]
fn hung_up(mut stream: impl std::io::Read) -> Duration {
    let since = Instant::now();
    let mut rest = Vec::new();
    if let Err(error) = stream.read_to_end(&mut rest) {
        use std::io::ErrorKind::{TimedOut, WouldBlock};
        assert!(![TimedOut, WouldBlock].contains(&error.kind()), "the host still waits after {SLOW:?}");
    }
    since.elapsed()
}

#[test]
fn a_connection_that_never_says_anything_is_closed() {
    let host = TestHost::start();
    hung_up(dial(&host));
}

#[test]
fn a_tls_connection_without_a_request_is_closed() {
    let host = TestHost::start();
    let mut stream = tls(&host);
    stream.conn.complete_io(&mut stream.sock).unwrap();
    hung_up(stream);
}

#[test]
fn a_request_that_drips_in_is_cut_off() {
    let host = TestHost::start();
    let mut stream = tls(&host);
    stream.write_all(b"GET /api/v1/health HTTP/1.1\r\nHost: x\r\nX-Slow: ").unwrap();
    stream.flush().unwrap();
    hung_up(stream);
}

#[test]
fn a_crowd_of_connections_is_bounded_and_leaves_again() {
    let host = TestHost::start();
    let crowd: Vec<TcpStream> = (0..150).map(|_| dial(&host)).collect();
    // those who came last found no slot, and are closed at once, long before any time limit
    for mut stream in crowd.iter().skip(130) {
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        match stream.read(&mut [0; 1]) {
            Ok(read) => assert_eq!(read, 0),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
        }
    }
    drop(crowd);
    let deadline = Instant::now() + SLOW;
    let health = || host.runtime.block_on(async { host.https().get(host.url("/health")).send().await });
    while health().is_err() {
        assert!(Instant::now() < deadline, "the slots do not come back");
    }
}

#[test]
fn strangers_on_the_control_socket_take_nothing_from_the_operator() {
    let host = TestHost::start();
    let open: Vec<UnixStream> =
        (0..8).map(|_| UnixStream::connect(socket_path(host.runtime_dir())).unwrap()).collect();
    let request = host.socket().get("http://localhost/api/v1/status");
    assert_eq!(host.runtime.block_on(async { request.send().await }).unwrap().status(), 200);
    drop(open);
}

#[test]
fn a_request_that_takes_too_long_is_told_so() {
    let host = TestHost::limited(Limits { request: Duration::from_millis(200), ..Limits::default() });
    let mut stream = tls(&host);
    let head = format!(
        "POST /api/v1/sign-in HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\
         Connection: close\r\n\r\n{{",
        host.console()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.flush().unwrap();
    let mut answer = Vec::new();
    // how the host hangs up afterwards is none of this
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"too_slow\""), "{answer}");
}

#[test]
fn whoever_asks_too_often_is_told_when_to_try_again_and_takes_nothing_from_the_owner() {
    let host = TestHost::limited(Limits { burst: 20, per_second: 1, from_here: 1, ..Limits::default() });
    let mut owner = Visitor::signed_in(&host);
    let ask = || host.send(host.https().get(host.url("/health")));
    let refused = (0..40).map(|_| ask()).find(|answer| answer.status != 200).unwrap();
    refused.refused(429, "too_many_requests");
    assert!(refused.body["retry_after_secs"].as_u64().is_some_and(|wait| wait >= 1));
    assert_eq!(owner.get("/session").ok()["signed_in"], true);
    let script = |token: &str| {
        let request = host.https().request(Method::GET, host.url("/status")).bearer_auth(token);
        host.send(request).status
    };
    assert_eq!(script(host.token()), 200);
    let mut wrong = (0..40).map(|_| script("pf_none"));
    assert_eq!(
        wrong.find(|status| *status != 401),
        Some(429),
        "what shows no right counts for where it is from"
    );
}
