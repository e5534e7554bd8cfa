//! What strangers can do, and what they cannot.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use punktfunk_gamestream::{Encryption, Fingerprint, HostMessage};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::PATIENCE;
use crate::client::control::Control;
use crate::client::rtsp::{self, Wishes};
use crate::house::{OpenDoor, lock};

/// What this machine listens to on this address: TCP ports, and UDP ports.
fn listening(address: Ipv4Addr) -> (HashSet<u16>, HashSet<u16>) {
    let here = format!("{:08X}:", u32::from_le_bytes(address.octets()));
    let ports = |table: &str, state: &str| {
        let text = std::fs::read_to_string(format!("/proc/self/net/{table}")).expect("a table of sockets");
        let of = |line: &str| {
            let mut fields = line.split_whitespace().skip(1);
            let port = fields.next()?.strip_prefix(&here)?;
            (fields.nth(1)? == state).then(|| u16::from_str_radix(port, 16).expect("a port"))
        };
        text.lines().filter_map(of).collect()
    };
    (ports("tcp", "0A"), ports("udp", "07"))
}

async fn until_closed(what: &str, mut stream: TcpStream) {
    let closed = tokio::time::timeout(Duration::from_secs(20), async {
        let mut bytes = [0; 512];
        while !matches!(stream.read(&mut bytes).await, Ok(0) | Err(_)) {}
    });
    assert!(closed.await.is_ok(), "{what} is kept open");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_listens_beyond_the_two_ports_until_a_session_is_pending() {
    let address = Ipv4Addr::new(127, 0, 0, 77);
    let door = OpenDoor::on(address, Encryption::Required);
    let two = HashSet::from([door.http.port(), door.https_port]);
    assert_eq!(listening(address), (two.clone(), HashSet::new()));
    let client = door.friend().await;
    client.get_tls("serverinfo", "").await;
    assert_eq!(listening(address), (two.clone(), HashSet::new()), "pairing opens nothing");
    let host = client.start("launch", [3; 16]).await.expect("a session");
    let (tcp, udp) = listening(address);
    assert!(tcp.contains(&host.port()) && tcp.len() == 3 && udp.len() == 3, "{tcp:?} {udp:?}");
    client.get_tls("cancel", "").await;
    let until = Instant::now() + PATIENCE;
    while listening(address) != (two.clone(), HashSet::new()) {
        assert!(Instant::now() < until, "{:?}", listening(address));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_dawdle_hold_up_no_negotiation() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let host = client.start("launch", [7; 16]).await.expect("a session");
    let mut held = Vec::new();
    for n in 0..40 {
        let mut stream = TcpStream::connect(host).await.expect("a connection");
        // some say nothing, some the beginning of a message
        if n % 2 == 0 {
            let _ = stream.write_all(&[0x80, 0, 0x10, 0, 0, 0]).await;
        }
        held.push(stream);
    }
    let begun = Instant::now();
    rtsp::negotiate(client.http.ip(), host, [7; 16], &Wishes::default()).await.expect("a stream");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn half_open_connections_are_closed_in_time() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let host = client.start("launch", [7; 16]).await.expect("a session");
    // the session would end with its first word missing
    rtsp::ask(client.http.ip(), host, [7; 16], 1, "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        .await
        .expect("an answer");
    let https = SocketAddr::new(door.http.ip(), door.https_port);
    let mut held = Vec::new();
    let cases: [(&str, SocketAddr, &[u8]); 6] = [
        ("HTTP without a word", door.http, b""),
        ("half a request", door.http, b"GET /serverinfo HTTP/1.1\r\nHost:"),
        ("TLS without a word", https, b""),
        ("half a handshake", https, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
        ("RTSP without a word", host, b""),
        ("half a message", host, &[0x80, 0, 1, 0, 0, 0, 0, 2]),
    ];
    for (what, to, said) in cases {
        let mut stream = TcpStream::connect(to).await.expect("a connection");
        stream.write_all(said).await.expect("room for a few bytes");
        held.push(tokio::spawn(until_closed(what, stream)));
    }
    for one in held {
        one.await.expect("it is closed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_attempts_to_pair_a_second_from_one_address_change_nothing_for_another() {
    let door = OpenDoor::new();
    let flood = tokio::spawn({
        let (http, https_port) = (door.http, door.https_port);
        async move {
            let mut attacker = crate::client::Moonlight::new(http, https_port);
            attacker.from = Some(IpAddr::from([127, 0, 0, 9]));
            let certificate = hex::encode(attacker.certificate_pem());
            let mut open = tokio::task::JoinSet::new();
            for n in 0_u32.. {
                let query = format!(
                    "uniqueid={n}&phrase=getservercert&salt={}&clientcert={certificate}",
                    "00".repeat(16)
                );
                let (client, url) = (attacker.http_client(), format!("http://{http}/pair?{query}"));
                open.spawn(async move { client.get(url).send().await.is_ok() });
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    });
    let other = door.stranger();
    let mut slowest = Duration::ZERO;
    for _ in 0..30 {
        let begun = Instant::now();
        assert_eq!(other.get("serverinfo", "").await.status(), 200);
        slowest = slowest.max(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    let mut client = door.stranger();
    let device = Fingerprint(client.fingerprint());
    let (paired, ()) = tokio::join!(client.pair("1234"), door.house.answer(device, Some("1234")));
    assert_eq!(paired, Ok(()));
    flood.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_without_the_secret_does_not_come_about_and_takes_nothing_from_the_client() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let key = [9; 16];
    let host = client.start("launch", key).await.expect("a session");
    let local = client.http.ip();
    let session = rtsp::negotiate(local, host, key, &Wishes::default()).await.expect("a stream");
    let mut strangers = tokio::task::JoinSet::new();
    for wrong in [0, session.connect_data ^ 1, session.connect_data.swap_bytes()] {
        let port = session.control_port;
        strangers.spawn_blocking(move || Control::connect(local, local, port, wrong, key).is_ok());
    }
    assert!(strangers.join_all().await.iter().all(|connected| !connected));
    let known = Control::connect(local, local, session.control_port, session.connect_data, key);
    assert!(known.is_ok(), "{:?}", known.err());
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_follow_the_secret_and_not_whoever_knows_the_port() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = client.stream("launch", &Wishes::default()).await.expect("a stream");
    stream.video.next().expect("pictures come");
    let thief = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    thief.set_read_timeout(Some(Duration::from_millis(700))).expect("a time-out");
    let to = (client.http.ip(), stream.session.video_port);
    let almost = [&stream.session.ping_secret.as_bytes()[..15], b"!\0\0\0\x09"].concat();
    for ping in [&b"PING"[..], &[0; 20], &almost, stream.session.ping_secret.as_bytes()] {
        thief.send_to(ping, to).expect("room for a datagram");
    }
    assert!(thief.recv_from(&mut [0; 2048]).is_err());
    stream.video.next().expect("they still go to the client");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_connects_once_more_gets_no_number_twice() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = client.stream("launch", &Wishes::default()).await.expect("a stream");
    let rumble = HostMessage::Rumble { pad: 0, low: 1, high: 2 };
    let link = lock(&door.house.links)[0].clone();
    for _ in 0..3 {
        link.say(rumble);
        stream.control.hear(0x010b).expect("it rumbles");
    }
    stream.control.die();
    let session = &stream.session;
    let local = client.http.ip();
    let key = client.last_key();
    let again = Control::connect(local, local, session.control_port, session.connect_data, key)
        .expect("a connection");
    for _ in 0..3 {
        link.say(rumble);
        again.hear(0x010b).expect("it rumbles");
    }
    let (first, second) = (lock(&stream.control.numbers).clone(), lock(&again.numbers).clone());
    assert_eq!((first, second), (vec![0, 1, 2], vec![3, 4, 5]), "the counter goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_key_is_good_for_one_stream() {
    let door = OpenDoor::new();
    let (client, other) = (door.friend().await, door.friend().await);
    client.start("launch", [5; 16]).await.expect("a session");
    for (verb, who) in [("launch", &client), ("resume", &client), ("launch", &other)] {
        let refused = who.start(verb, [5; 16]).await.expect_err("its counters would begin anew");
        assert_eq!(refused.status(), 400, "{verb}");
    }
    client.start("resume", [6; 16]).await.expect("another key is fine");
}
