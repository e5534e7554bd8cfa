//! The order of things on the wire, which an honest client relies on (punktfunk/1 §2.3, §2.8, §4.1, §4.9).

use std::net::UdpSocket;
use std::time::Duration;

use punktfunk_core::video::{Cipher, Opener, PUNCH, PacketFlags, PacketHeader};
use punktfunk_core::wire::{
    CloseCode, Codecs, Control, FecScheme, Grants, Hello, HostCaps, HostCaps2, Mode, Start, VideoCaps,
    Welcome, frame,
};
use punktfunk_trust::{Actor, DenyMode, Grant, Level, Lifetime, TrustSettings};
use quinn::{RecvStream, SendStream};

use crate::common::{MODE, PATIENCE, TestHost, identity};
use crate::raw::{Raw, Show, read};

/// A raw client that has got its Welcome.
struct Client {
    raw: Raw,
    send: SendStream,
    recv: RecvStream,
    welcome: Welcome,
    video: UdpSocket,
}

impl Client {
    async fn welcomed(host: &TestHost, device: &punktfunk_trust::Identity, hello: &Hello) -> Self {
        let raw = Raw::dial(host.address(), Show::Own(device)).await.unwrap();
        let (send, mut recv) = raw.say(&hello.encode()).await;
        let welcome = Welcome::decode(&read(&mut recv).await).unwrap();
        Self { raw, send, recv, welcome, video: video_socket(host) }
    }

    async fn say(&mut self, payload: &[u8]) {
        self.send.write_all(&frame(payload)).await.unwrap();
    }

    async fn start(&mut self) {
        let port = self.video.local_addr().unwrap().port();
        self.say(&Start::new(port).encode()).await;
    }

    async fn hear(&mut self) -> Control {
        Control::decode(&read(&mut self.recv).await).unwrap()
    }

    fn punch(&self) {
        self.video.send_to(PUNCH, ("127.0.0.1", self.welcome.data_port)).unwrap();
    }
}

fn video_socket(host: &TestHost) -> UdpSocket {
    let socket = UdpSocket::bind((host.address().ip(), 0)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

fn hello() -> Hello {
    Hello {
        codecs: Codecs::H264,
        video_caps: VideoCaps::HOST_TIMING | VideoCaps::PROBE_ACCOUNTING,
        max_shard: 9152,
        ..Hello::new(MODE)
    }
}

/// Receives one datagram and opens it.
fn receive(video: &UdpSocket, opener: &mut Opener) -> PacketHeader {
    let mut datagram = [0; 9216];
    let length = video.recv(&mut datagram).expect("a datagram comes");
    let opened = opener.open(&mut datagram[..length]).expect("it is sealed for this client");
    PacketHeader::decode(opened.plaintext).expect("it has a header")
}

#[test]
fn welcome_says_what_the_stream_is() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let client = Client::welcomed(&host, &identity(), &hello()).await;
        let welcome = &client.welcome;
        assert_eq!(welcome.mode, MODE);
        assert_eq!((welcome.fec_scheme, welcome.fec_percent), (FecScheme::Gf16, 10));
        assert_eq!((welcome.block_shards, welcome.shard_bytes), (4096, 1408));
        assert!(welcome.sealed && !welcome.keys.is_zero());
        assert_eq!(welcome.keys.cipher(), Cipher::Aes128Gcm);
        assert_eq!(welcome.host_caps, HostCaps::GAMEPAD_STATE | HostCaps::TEXT | HostCaps::PEN);
        assert_eq!(welcome.host_caps2, HostCaps2::TOUCH | HostCaps2::HIRES_SCROLL);
        assert_eq!(welcome.management_port, host.host().management_port());
        assert_eq!((welcome.frames, welcome.expires_in_secs), (0, 0));
        assert_eq!(welcome.grants, Grants::ALL);
    });
}

#[test]
fn one_port_serves_both_address_families_each_with_shards_that_fit() {
    let host = TestHost::at("[::]:0".parse().unwrap(), |policy| policy.pairing.require = false);
    let port = host.address().port();
    for (address, shard) in [("127.0.0.1", 1408), ("::1", 1388)] {
        host.runtime.block_on(async {
            let host_address = (address.parse::<std::net::IpAddr>().unwrap(), port).into();
            let raw = Raw::dial(host_address, Show::Own(&identity())).await.unwrap();
            let (mut send, mut recv) = raw.say(&hello().encode()).await;
            let welcome = Welcome::decode(&read(&mut recv).await).unwrap();
            assert_eq!(welcome.shard_bytes, shard, "{address}");

            // a client's socket is connected: it takes nothing from another address of the host
            let video = UdpSocket::bind((address, 0)).unwrap();
            video.set_read_timeout(Some(PATIENCE)).unwrap();
            video.connect((address, welcome.data_port)).unwrap();
            let start = Start::new(video.local_addr().unwrap().port()).encode();
            send.write_all(&frame(&start)).await.unwrap();
            video.send(PUNCH).unwrap();
            let (_, mut opener) = welcome.keys.into_client();
            assert_eq!(receive(&video, &mut opener).frame_index, 0, "{address}");
        });
    }
}

#[test]
fn a_client_that_asks_for_chacha20_gets_it_and_keys_are_never_the_same() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let wish = Hello { video_caps: VideoCaps::CHACHA20, ..hello() };
        let device = identity();
        let one = Client::welcomed(&host, &device, &wish).await;
        let two = Client::welcomed(&host, &device, &wish).await;
        assert_eq!(one.welcome.keys.cipher(), Cipher::ChaCha20Poly1305);
        assert_ne!(one.welcome.keys, two.welcome.keys);
    });
}

#[test]
fn between_start_and_the_punch_nothing_but_clock_echoes_is_said() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let mut client = Client::welcomed(&host, &identity(), &hello()).await;
        client.start().await;
        // both are answered, later
        client.say(&Control::SetBitrate { kbps: 5_000 }.encode()).await;
        client.say(&Control::ProbeRequest { kbps: 0, ms: 0 }.encode()).await;
        for t1 in 0..8 {
            client.say(&Control::ClockProbe { t1 }.encode()).await;
            let Control::ClockEcho { t1: echoed, t2, t3 } = client.hear().await else {
                panic!("not an echo")
            };
            assert_eq!(echoed, t1);
            assert!(t3 >= t2 && t2 > 1_700_000_000_000_000_000);
        }
        client.punch();
        assert!(matches!(client.hear().await, Control::BitrateChanged { kbps: 5_000, reason: None }));
        assert!(matches!(client.hear().await, Control::ProbeResult { bytes: 0, .. }));
    });
}

#[test]
fn pictures_go_where_the_punch_came_from_and_a_forged_one_takes_none_away() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let mut client = Client::welcomed(&host, &identity(), &hello()).await;
        // what Start names is not where the punch comes from
        client.say(&Start::new(9).encode()).await;
        client.video.send_to(b"not a punch", ("127.0.0.1", client.welcome.data_port)).unwrap();
        client.punch();
        let port = client.welcome.data_port;
        let (_, mut opener) = client.welcome.keys.into_client();
        let first = receive(&client.video, &mut opener);
        assert_eq!((first.frame_index, first.flags.contains(PacketFlags::FIRST)), (0, true));

        let thief = video_socket(&host);
        thief.send_to(PUNCH, ("127.0.0.1", port)).unwrap();
        // the host looks at punches after every picture
        while receive(&client.video, &mut opener).frame_index < first.frame_index + 20 {}
        thief.set_nonblocking(true).unwrap();
        assert!(thief.recv(&mut [0; 9216]).is_err(), "the thief got a picture");
        drop(client.raw);
    });
}

#[test]
fn without_a_punch_pictures_go_to_the_port_that_start_named() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let mut client = Client::welcomed(&host, &identity(), &hello()).await;
        client.start().await;
        let (_, mut opener) = client.welcome.keys.into_client();
        assert_eq!(receive(&client.video, &mut opener).frame_index, 0);
        drop(client.raw);
    });
}

#[test]
fn a_speed_probe_sends_filler_and_tells_what_became_of_it() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let mut client = Client::welcomed(&host, &identity(), &hello()).await;
        client.start().await;
        client.punch();
        client.say(&Control::ProbeRequest { kbps: 20_000, ms: 200 }.encode()).await;
        let Control::ProbeResult { bytes, packets, ms, delivery } = client.hear().await else {
            panic!("not a result")
        };
        let delivery = delivery.expect("the client understands the long form");
        assert!(ms >= 195, "{ms} ms");
        assert_eq!(delivery.wire_packets + delivery.dropped, packets);
        // within a third of what was asked for, on a busy machine
        let asked = 20_000 * 200 / 8;
        assert!((asked * 2 / 3..asked * 4 / 3).contains(&bytes), "{bytes} of {asked} bytes");
        let (_, mut opener) = client.welcome.keys.into_client();
        let filler =
            (0..packets).filter(|_| receive(&client.video, &mut opener).flags.contains(PacketFlags::FILLER));
        assert!(filler.count() > 10);
    });
}

#[test]
fn a_greedy_speed_probe_stays_within_the_policy() {
    let host = TestHost::with(|policy| {
        policy.pairing.require = false;
        policy.encode.bitrate.max = punktfunk_config::Bitrate::from_kbps(20_000);
    });
    host.runtime.block_on(async {
        let mut client = Client::welcomed(&host, &identity(), &hello()).await;
        client.start().await;
        client.punch();
        client.say(&Control::ProbeRequest { kbps: 10_000_000, ms: 5_000 }.encode()).await;
        let Control::ProbeResult { bytes, ms, .. } = client.hear().await else { panic!("not a result") };
        assert!(bytes > 0 && ms < 2_000, "{bytes} bytes in {ms} ms");
        let most = 2 * 20_000 / 8 * 1_000;
        assert!(bytes < most * 4 / 3, "{bytes} bytes of {most}");
    });
}

#[test]
fn a_wish_above_the_policys_largest_mode_is_granted_smaller() {
    let host = TestHost::with(|policy| {
        policy.pairing.require = false;
        policy.limits.max_mode = "320x180@30".parse().unwrap();
    });
    host.runtime.block_on(async {
        let mode = Mode { width: 8192, height: 4608, refresh_hz: 480 };
        let mut client = Client::welcomed(&host, &identity(), &Hello { mode, ..hello() }).await;
        assert_eq!(client.welcome.mode, MODE);
        client.start().await;
        client.punch();
        client.say(&Control::Reconfigure(Mode { width: 4096, height: 4096, refresh_hz: 60 }).encode()).await;
        let mode = Mode { width: 180, height: 180, refresh_hz: 30 };
        assert_eq!(client.hear().await, Control::Reconfigured { accepted: true, mode });
    });
}

#[test]
fn one_viewer_that_asks_for_almost_nothing_does_not_spoil_the_picture_of_another() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let mut victim = Client::welcomed(&host, &identity(), &hello()).await;
        let mut other = Client::welcomed(&host, &identity(), &hello()).await;
        for client in [&mut victim, &mut other] {
            client.start().await;
            client.punch();
            // answered, so both are under way
            client.say(&Control::Reconfigure(MODE).encode()).await;
            client.hear().await;
        }
        let before = host.host().sessions().list();
        assert_eq!((before.len(), before[0].viewers), (1, 2));
        other.say(&Control::SetBitrate { kbps: 1 }.encode()).await;
        other.say(&Control::LossReport { ppm: 1_000_000 }.encode()).await;
        assert!(matches!(other.hear().await, Control::BitrateChanged { .. }));
        let after = host.host().sessions().list();
        assert_eq!(after.iter().map(|session| session.viewers).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(after[0].video_kbps, before[0].video_kbps);
        assert!(after[1].video_kbps < 1_000, "{} kbit/s", after[1].video_kbps);
        // and its stream goes on
        let (_, mut opener) = other.welcome.keys.into_client();
        receive(&other.video, &mut opener);
    });
}

#[test]
fn lost_frames_are_answered_with_an_idr() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let mut client = Client::welcomed(&host, &identity(), &hello()).await;
        client.start().await;
        client.punch();
        let (video, send) = (client.video.try_clone().unwrap(), &mut client.send);
        let (_, mut opener) = client.welcome.keys.into_client();
        let mut next_key = |after: u32| loop {
            let header = receive(&video, &mut opener);
            if header.user_flags.is_key() && header.frame_index >= after {
                return header.frame_index;
            }
        };
        assert_eq!(next_key(0), 0);
        let lost = Control::RfiRequest { first: 1, last: 1 };
        send.write_all(&frame(&lost.encode())).await.unwrap();
        assert!(next_key(1) >= 1);
    });
}

#[test]
fn a_mode_that_is_in_force_already_is_granted_and_a_hasty_one_has_to_wait() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let mut client = Client::welcomed(&host, &identity(), &hello()).await;
        client.start().await;
        client.punch();
        client.say(&Control::Reconfigure(MODE).encode()).await;
        let granted = Control::Reconfigured { accepted: true, mode: MODE };
        assert_eq!(client.hear().await, granted);
        let wish = |width| Control::Reconfigure(Mode { width, ..MODE }).encode();
        client.say(&wish(400)).await;
        client.say(&wish(480)).await;
        assert_eq!(client.hear().await, Control::Reconfigured { accepted: false, mode: MODE });
        let mode = Mode { width: 480, ..MODE };
        assert_eq!(client.hear().await, Control::Reconfigured { accepted: true, mode });
    });
}

#[test]
fn a_grant_that_changes_is_told_to_the_running_stream() {
    let host = TestHost::start();
    let device = identity();
    host.admit(&device);
    host.runtime.block_on(async {
        let mut client = Client::welcomed(&host, &device, &hello()).await;
        client.start().await;
        client.punch();
        client.say(&Control::Reconfigure(MODE).encode()).await;
        client.hear().await;
        let grant = Grant { level: Level::Watch, lifetime: Lifetime::Permanent };
        host.host().trust(|trust, now| trust.set_grant(now, &device.id(), grant, Actor::Console)).unwrap();
        let update = Control::AccessUpdate { grants: Grants::empty(), remaining_secs: 0 };
        assert_eq!(client.hear().await, update);
    });
}

#[test]
fn a_device_that_is_revoked_between_its_welcome_and_its_start_gets_no_picture() {
    let host = TestHost::start();
    let device = identity();
    host.admit(&device);
    host.runtime.block_on(async {
        let mut client = Client::welcomed(&host, &device, &hello()).await;
        let revoked = host.host().trust(|trust, now| trust.revoke(now, &device.id(), Actor::Console));
        assert!(revoked.is_ok());
        client.start().await;
        client.punch();
        assert_eq!(client.raw.closed().await.0, Some(CloseCode::AccessEnded));
        client.video.set_nonblocking(true).unwrap();
        assert!(client.video.recv(&mut [0; 9216]).is_err());
    });
}

#[test]
fn a_device_that_is_ignored_between_its_welcome_and_its_start_gets_no_picture_in_open_mode() {
    let host = TestHost::start();
    let device = identity();
    drop(host.host().knock(Some(device.id()), "", host.address().ip(), None));
    let waiting = host.pending()[0].id;
    host.host().trust(|trust, now| {
        let settings = TrustSettings { require: false, ..trust.settings().clone() };
        trust.replace_settings(now, settings).unwrap();
    });
    host.runtime.block_on(async {
        let mut client = Client::welcomed(&host, &device, &hello()).await;
        let ignored =
            host.host().trust(|trust, now| trust.deny(now, waiting, DenyMode::Ignore, Actor::Console));
        assert!(ignored.is_ok());
        client.start().await;
        client.punch();
        assert_eq!(client.raw.closed().await.0, Some(CloseCode::AccessEnded));
    });
}

#[test]
fn a_guest_whose_time_is_over_is_sent_away() {
    let host = TestHost::start();
    let device = identity();
    host.admit(&device);
    host.runtime.block_on(async {
        let mut client = Client::welcomed(&host, &device, &hello()).await;
        client.start().await;
        client.punch();
        host.host()
            .trust(|trust, now| {
                let lifetime = Lifetime::Until(now.wall.plus(Duration::from_secs(1)));
                let grant = Grant { level: Level::Full, lifetime };
                trust.set_grant(now, &device.id(), grant, Actor::Console)
            })
            .unwrap();
        assert_eq!(client.raw.closed().await.0, Some(CloseCode::AccessEnded));
    });
}

#[test]
fn a_client_that_never_starts_gives_its_place_back() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let client = Client::welcomed(&host, &identity(), &hello()).await;
        assert_eq!(host.host().sessions().len(), 1);
        let Client { raw, .. } = client;
        raw.hang_up(0x51).await;
    });
    let mut host = host;
    host.shut_down_and(|sessions| assert!(sessions.is_empty()));
}

#[test]
fn nonsense_on_the_control_stream_of_a_session_is_skipped() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let mut client = Client::welcomed(&host, &identity(), &hello()).await;
        client.start().await;
        client.punch();
        for nonsense in [&b""[..], b"PKFc\xee\x01\x02", b"PKFc\x01\x02", b"GET /"] {
            client.say(nonsense).await;
        }
        client.say(&Control::SetBitrate { kbps: 1 }.encode()).await;
        let least = host.host().policy().encode.bitrate.min.kbps();
        assert_eq!(client.hear().await, Control::BitrateChanged { kbps: least, reason: None });
    });
}
