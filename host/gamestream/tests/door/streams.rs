//! Streams: from launch to the picture, and every way in which they end.

use std::net::{Ipv4Addr, UdpSocket};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use punktfunk_gamestream::{Encryption, HostMessage, InputEvent};
use punktfunk_media::decode::Decoder;
use punktfunk_media::testcard::{self, Stamp};

use crate::client::rtsp::Wishes;
use crate::client::{Moonlight, PATIENCE, Stream, rtsp};
use crate::house::{OpenDoor, lock};

/// Decodes so many frames and reads what the test card says in each. Asks for a key frame after a loss, as clients do.
fn decoded(stream: &Stream, count: usize) -> Vec<Stamp> {
    let mut decoder = Decoder::h264().expect("a decoder");
    let (mut stamps, mut last, mut whole) = (Vec::new(), 0, false);
    let until = Instant::now() + PATIENCE;
    while stamps.len() < count {
        assert!(Instant::now() < until, "only {} pictures came", stamps.len());
        let frame = stream.video.next().expect("pictures come");
        if last > 0 && frame.index != last + 1 {
            whole = false;
        }
        last = frame.index;
        whole |= frame.kind == 2;
        if !whole {
            stream.control.request_idr();
            continue;
        }
        let picture =
            decoder.decode(&frame.unit).expect("the references are whole").expect("no picture is held back");
        stamps.push(testcard::read(&picture).expect("the test card can be read"));
    }
    stamps
}

async fn launch(client: &Moonlight, wishes: &Wishes) -> Stream {
    client.stream("launch", wishes).await.expect("a stream")
}

async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paired_client_sees_the_test_card() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = launch(&client, &Wishes::default()).await;
    let stamps = decoded(&stream, 30);
    assert!(stamps.windows(2).all(|pair| pair[1].frame == pair[0].frame + 1), "{stamps:?}");
    assert!(
        stamps.iter().all(|stamp| stamp.clock_ns == stamp.frame * 1_000),
        "the card is the one that was drawn"
    );
    let info = client.get_tls("serverinfo", "").await;
    assert_eq!((info.get("currentgame"), info.get("state")), (Some("1"), Some("PUNKTFUNK_SERVER_BUSY")));
    assert_eq!(client.get("serverinfo", "").await.get("currentgame"), Some("0"), "strangers learn nothing");
    door.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_slice_of_a_key_frame_lies_in_the_first_packet() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = launch(&client, &Wishes::default()).await;
    let first = stream.video.next().unwrap();
    assert_eq!((first.index, first.kind), (1, 2));
    let slice = first.unit.windows(4).position(|four| four[..3] == [0, 0, 1] && four[3] & 0x1f == 5).unwrap();
    assert!(slice < 1024 - 24, "{slice}");
    assert!(first.unit.starts_with(&[0, 0, 0, 1]) || first.unit.starts_with(&[0, 0, 1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_and_reordered_packets_are_repaired_or_a_key_frame_mends_the_picture() {
    let door = OpenDoor::new();
    for (loss_percent, reorder_percent) in [(5, 0), (15, 0), (5, 10)] {
        let client = door.friend().await;
        let wishes = Wishes { loss_percent, reorder_percent, kbps: 10_000, ..Wishes::default() };
        let stream = launch(&client, &wishes).await;
        let stamps = decoded(&stream, 60);
        assert!(stamps.windows(2).all(|pair| pair[1].frame > pair[0].frame));
        let counters = &stream.video.counters;
        assert!(counters.dropped.load(Ordering::Relaxed) > 0);
        assert!(counters.repaired.load(Ordering::Relaxed) > 0, "parity was put to use at {loss_percent} %");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn small_pictures_get_through_fifteen_percent_of_loss_once_the_client_has_reported_it() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let wishes = Wishes { loss_percent: 15, kbps: 1_000, refresh_hz: 60, ..Wishes::default() };
    let stream = launch(&client, &wishes).await;
    eventually("parity follows", || door.house.protected.load(Ordering::Relaxed) >= 60).await;
    decoded(&stream, 10);
    let stamps = decoded(&stream, 120);
    let drawn = stamps[119].frame - stamps[0].frame + 1;
    assert!(drawn <= 144, "120 of {drawn} pictures came: fewer than 50 of 60");
}

#[tokio::test(flavor = "multi_thread")]
async fn parity_leaves_the_wire_to_pictures_where_nothing_is_lost() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = launch(&client, &Wishes::default()).await;
    decoded(&stream, 60);
    assert_eq!(door.house.protected.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_frame_comes_when_it_is_asked_for_and_when_a_range_was_lost() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = launch(&client, &Wishes::default()).await;
    decoded(&stream, 5);
    let next_key = || {
        (0..200).find_map(|_| stream.video.next().filter(|frame| frame.kind == 2)).map(|frame| frame.index)
    };
    stream.control.request_idr();
    let asked = next_key().expect("a key frame");
    let mut range = [0; 24];
    range[0] = 3;
    stream.control.send(1, 0x0301, &range);
    assert!(next_key().expect("another one") > asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_frame_begins_with_its_parameter_sets() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = launch(&client, &Wishes::default()).await;
    for n in 0..3 {
        let key =
            (0..200).find_map(|_| stream.video.next().filter(|frame| frame.kind == 2)).expect("a key frame");
        let starts = key.unit.windows(4).filter(|four| four[..3] == [0, 0, 1]).map(|four| four[3] & 0x1f);
        let kinds: Vec<u8> = starts.filter(|kind| *kind != 9).take(3).collect();
        assert_eq!(kinds, [7, 8, 5], "key frame {n}");
        stream.control.request_idr();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_input_arrives() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = launch(&client, &Wishes::default()).await;
    for (channel, packet, expected) in [
        (2, "0000000a03000000004180000000", InputEvent::Key { vk: 0x41, down: true, modifiers: 0 }),
        (2, "0000000a04000000004180000000", InputEvent::Key { vk: 0x41, down: false, modifiers: 0 }),
        (3, "0000000807000000fffb012c", InputEvent::MouseMove { dx: -5, dy: 300 }),
        (3, "000000050800000001", InputEvent::MouseButton { button: 1, down: true }),
        (3, "0000000a0a000000ff88ff880000", InputEvent::Scroll { amount: -120, horizontal: false }),
        (3, "000000060100005500f0", InputEvent::Scroll { amount: 240, horizontal: true }),
        (6, "0000000617000000c3a9", InputEvent::Text('é')),
    ] {
        stream.control.input(channel, packet);
        eventually(packet, || door.house.saw(&expected)).await;
    }
    stream.control.input(3, "0000000e0500000002800168000004ff02cf");
    stream.control.input(0x11, "0000000c040000550102a20000301000");
    stream.control.input(0x11, "0000001e0c0000001a00010003001400001011ee0080ff7f0100feff9c0021005500");
    stream.control.input(5, "000000200200005501005a00070000000000803e0000403f0000003f0ad7233c0ad7a33c");
    eventually("pads, touch and positions", || lock(&door.house.inputs).len() >= 11).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn junk_on_the_control_stream_means_nothing_and_ends_nothing() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = launch(&client, &Wishes::default()).await;
    for junk in
        [&b""[..], b"\0", &[0xff; 200], &[1, 0, 22, 0, 0, 0, 0, 0, 9, 9, 9, 9], b"plaintext of an old client"]
    {
        stream.control.raw(junk);
    }
    stream.control.input(3, "ffffffff07000000fffb012c");
    stream.control.send(0, 0x9999, &[7; 100]);
    decoded(&stream, 5);
    stream.control.input(3, "0000000807000000fffb012c");
    eventually("input after junk", || door.house.saw(&InputEvent::MouseMove { dx: -5, dy: 300 })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_makes_a_pad_rumble() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = launch(&client, &Wishes::default()).await;
    decoded(&stream, 1);
    lock(&door.house.links)[0].say(HostMessage::Rumble { pad: 1, low: 0x1234, high: 0xabcd });
    assert_eq!(stream.control.hear(0x010b), Some(hex::decode("0000000001003412cdab").unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_keeps_the_app_and_a_new_key_resumes_it() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    assert_eq!(client.start("resume", [1; 16]).await.unwrap_err().status(), 503, "nothing runs yet");
    let stream = launch(&client, &Wishes::default()).await;
    decoded(&stream, 3);
    stream.control.disconnect();
    eventually("the seat is left", || door.house.seats.load(Ordering::Relaxed) == 0).await;
    let info = client.get_tls("serverinfo", "").await;
    assert_eq!((info.get("currentgame"), info.get("state")), (Some("1"), Some("PUNKTFUNK_SERVER_BUSY")));
    let stream = client.stream("resume", &Wishes::default()).await.unwrap();
    decoded(&stream, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn quitting_ends_the_stream_as_intended_and_leaves_nothing_running() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = launch(&client, &Wishes::default()).await;
    decoded(&stream, 3);
    let answer = client.get_tls("cancel", "").await;
    assert_eq!((answer.status(), answer.get("cancel")), (200, Some("1")));
    assert_eq!(
        stream.control.hear(0x0109),
        Some(vec![0x80, 0x03, 0x00, 0x23]),
        "or the client would call it a crash"
    );
    assert!(stream.control.is_over_within(Duration::from_secs(2)));
    let info = client.get_tls("serverinfo", "").await;
    assert_eq!((info.get("currentgame"), info.get("state")), (Some("0"), Some("PUNKTFUNK_SERVER_FREE")));
    eventually("the seat is left", || door.house.seats.load(Ordering::Relaxed) == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_cut_ends_within_a_second() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = launch(&client, &Wishes::default()).await;
    decoded(&stream, 3);
    let begun = Instant::now();
    lock(&door.house.links)[0].end();
    assert!(stream.control.is_over_within(PATIENCE));
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    eventually("the seat is left", || door.house.seats.load(Ordering::Relaxed) == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_crashed_and_comes_again_takes_the_place_of_its_own_old_stream() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let old = launch(&client, &Wishes::default()).await;
    decoded(&old, 2);
    old.control.die();
    let stream = launch(&client, &Wishes::default()).await;
    decoded(&stream, 3);
    eventually("one seat", || door.house.seats.load(Ordering::Relaxed) == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_falls_silent_is_given_up_and_may_resume() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = launch(&client, &Wishes::default()).await;
    decoded(&stream, 2);
    stream.control.die();
    let begun = Instant::now();
    eventually("the seat is left", || door.house.seats.load(Ordering::Relaxed) == 0).await;
    assert!(begun.elapsed() > Duration::from_secs(8), "{:?}", begun.elapsed());
    assert_eq!(client.get_tls("serverinfo", "").await.get("currentgame"), Some("1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_not_encrypted_is_refused_unless_the_policy_allows_it() {
    let open = Wishes { encryption: 1, ..Wishes::default() };
    let door = OpenDoor::new();
    let refused = door.friend().await.stream("launch", &open).await.err().expect("a refusal");
    assert!(refused.contains("RTSP/1.0 403 "), "{refused}");
    let door = OpenDoor::with(Encryption::Offered);
    let stream = launch(&door.friend().await, &open).await;
    assert!(stream.session.description.contains("encryptionRequested:5\n"));
    decoded(&stream, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_cannot_encrypt_its_negotiation_streams_only_where_the_policy_allows_it() {
    let door = OpenDoor::new();
    let mut old = door.friend().await;
    old.encrypts_rtsp = false;
    let refused = old.stream("launch", &Wishes::default()).await.err().expect("a refusal");
    assert!(refused.contains("too old to encrypt its negotiation"), "{refused}");

    let door = OpenDoor::with(Encryption::Offered);
    let mut old = door.friend().await;
    old.encrypts_rtsp = false;
    let stream = launch(&old, &Wishes::default()).await;
    decoded(&stream, 5);
    stream.control.die();
    // one that can is still held to it
    let client = door.friend().await;
    let host = client.start("launch", [9; 16]).await.expect("a session");
    let plain = rtsp::ask(client.http.ip(), host, None, 1, "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n").await;
    assert!(plain.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_negotiation_is_heard_from_the_address_that_launched_alone() {
    let door = OpenDoor::with(Encryption::Offered);
    let mut old = door.friend().await;
    old.encrypts_rtsp = false;
    let host = old.start("launch", [9; 16]).await.expect("a session");
    let options = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n";
    let stranger = rtsp::ask(Ipv4Addr::new(127, 0, 0, 77).into(), host, None, 1, options).await;
    assert!(stranger.is_err());
    let known = rtsp::ask(old.http.ip(), host, None, 1, options).await.expect("an answer");
    assert_eq!(known.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_house_says_so_and_leaves_nothing_behind() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    door.house.full.store(true, Ordering::Relaxed);
    let refused = client.stream("launch", &Wishes::default()).await.err().expect("a refusal");
    assert!(refused.contains("RTSP/1.0 503 "), "{refused}");
    assert_eq!(door.house.seats.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_launches_are_refused_with_a_reason() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let key = "rikey=000102030405060708090a0b0c0d0e0f&rikeyid=1&corever=1";
    for (query, status) in [
        (format!("appid=2&{key}"), 404),
        ("appid=1&rikeyid=1&corever=1".to_owned(), 400),
        ("appid=1&rikey=0011&rikeyid=1&corever=1".to_owned(), 400),
        ("appid=1&rikey=000102030405060708090a0b0c0d0e0f&corever=1".to_owned(), 400),
        ("appid=1&rikey=000102030405060708090a0b0c0d0e0f&rikeyid=1".to_owned(), 403),
    ] {
        let answer = client.get_tls("launch", &query).await;
        assert_eq!((answer.status(), answer.get("gamesession")), (status, Some("0")), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_know_the_key_negotiates_nothing() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let host = client.start("launch", [7; 16]).await.unwrap();
    let stranger =
        rtsp::ask(client.http.ip(), host, [8; 16], 1, "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n").await;
    assert!(stranger.is_err());
    let junk = tokio::net::TcpStream::connect(host).await.unwrap();
    drop(junk);
    let known = rtsp::ask(client.http.ip(), host, [7; 16], 1, "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n").await;
    assert_eq!(known.unwrap().status, 200, "the session is still there for its client");
}

#[tokio::test(flavor = "multi_thread")]
async fn pings_without_the_secret_get_no_pictures() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let key = [9; 16];
    let rtsp_addr = client.start("launch", key).await.unwrap();
    let session = rtsp::negotiate(client.http.ip(), rtsp_addr, key, &Wishes::default()).await.unwrap();
    let thief = UdpSocket::bind("127.0.0.1:0").unwrap();
    thief.set_read_timeout(Some(Duration::from_millis(700))).unwrap();
    for ping in [&b"PING"[..], b"0123456789abcdef\0\0\0\x01"] {
        thief.send_to(ping, (client.http.ip(), session.video_port)).unwrap();
    }
    assert!(thief.recv_from(&mut [0; 2048]).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_listens_for_a_stream_before_one_is_launched_and_after_it_has_ended() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let host = client.start("launch", [7; 16]).await.unwrap();
    assert!(std::net::TcpStream::connect(host).is_ok());
    client.get_tls("cancel", "").await;
    eventually("the port is closed", || std::net::TcpStream::connect(host).is_err()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_stream_at_once_each_with_its_own_ports_and_key() {
    let door = OpenDoor::new();
    let (one, other) = (door.friend().await, door.friend().await);
    let (first, second) = (launch(&one, &Wishes::default()).await, launch(&other, &Wishes::default()).await);
    decoded(&first, 5);
    decoded(&second, 5);
    one.get_tls("cancel", "").await;
    decoded(&second, 5);
    assert_eq!(other.get_tls("serverinfo", "").await.get("currentgame"), Some("1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_closes_tells_its_clients() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let stream = launch(&client, &Wishes::default()).await;
    decoded(&stream, 2);
    door.close().await;
    assert_eq!(stream.control.hear(0x0109), Some(vec![0x80, 0x03, 0x00, 0x23]));
}
