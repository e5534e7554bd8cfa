//! The interface beside pairing and streams.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::house::OpenDoor;

#[tokio::test(flavor = "multi_thread")]
async fn the_host_tells_what_clients_look_for() {
    let door = OpenDoor::new();
    let info = door.stranger().get("serverinfo", "").await;
    for (name, value) in [
        ("hostname", "Living &lt;Room&gt;"),
        ("appversion", "7.1.431.-1"),
        ("GfeVersion", "3.23.0.74"),
        ("uniqueid", "11111111-2222-3333-4444-555555555555"),
        ("MaxLumaPixelsHEVC", "0"),
        ("ServerCodecModeSupport", "1"),
        ("PairStatus", "0"),
        ("currentgame", "0"),
        ("state", "PUNKTFUNK_SERVER_FREE"),
        ("LocalIP", "127.0.0.1"),
    ] {
        assert_eq!(info.get(name), Some(value), "{name}");
    }
    assert_eq!(info.get("HttpsPort"), Some(door.https_port.to_string().as_str()));
    let (_, root) = info.text.split_once('\n').unwrap();
    assert!(!root.contains("> <") && !root.contains('\n'), "no white space between elements");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_gets_a_handshake_and_then_401_for_every_path() {
    let door = OpenDoor::new();
    let stranger = door.stranger();
    for path in ["serverinfo", "applist", "appasset", "launch", "resume", "cancel", "pair", "nothing"] {
        let answer = stranger.get_tls(path, "").await;
        assert_eq!(answer.status(), 401, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_with_serial_number_0_and_wrong_dates_are_taken_in_both_versions_of_tls() {
    let door = OpenDoor::new();
    let mut client = door.friend().await;
    for only_tls12 in [true, false] {
        client.only_tls12 = only_tls12;
        assert_eq!(
            client.get_tls("serverinfo", "").await.get("PairStatus"),
            Some("1"),
            "TLS 1.2: {only_tls12}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_certificate_without_its_key_opens_nothing() {
    let door = OpenDoor::new();
    let friend = door.friend().await;
    let mut thief = door.stranger();
    thief.certificate_der = friend.certificate_der.clone();
    let answer = thief.try_tls("serverinfo", "").await;
    assert!(answer.is_err(), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_facts_and_pairing_is_answered_over_http() {
    let door = OpenDoor::new();
    let client = door.stranger().http_client();
    for path in ["applist", "appasset", "launch", "resume", "cancel", "", "pin"] {
        let response = client.get(format!("http://{}/{path}", door.http)).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_apps_can_be_read_by_every_client() {
    let door = OpenDoor::new();
    let list = door.friend().await.get_tls("applist", "").await;
    assert!(list.text.ends_with(
        "<root status_code=\"200\"><App><IsHdrSupported>0</IsHdrSupported><AppTitle>Desktop</AppTitle><ID>1</ID></App></root>"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_ends_its_connection_and_probes_without_a_word_are_shrugged_off() {
    let door = OpenDoor::new();
    for _ in 0..20 {
        drop(TcpStream::connect(door.http).await.unwrap());
        drop(TcpStream::connect((door.http.ip(), door.https_port)).await.unwrap());
    }
    let mut stream = TcpStream::connect(door.http).await.unwrap();
    stream.write_all(b"GET /serverinfo HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("connection: close"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_that_holds_its_connections_open_takes_nothing_from_another() {
    let door = OpenDoor::new();
    let mut held = Vec::new();
    for _ in 0..100 {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.9:0".parse().unwrap()).unwrap();
        let mut stream = socket.connect(door.http).await.unwrap();
        let _ = stream.write_all(b"GET /serverinfo HTTP/1.1\r\n").await;
        held.push(stream);
    }
    let answer = tokio::time::timeout(Duration::from_secs(5), door.stranger().get("serverinfo", "")).await;
    assert_eq!(answer.unwrap().status(), 200);
}
