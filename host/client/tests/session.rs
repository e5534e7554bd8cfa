//! A session with a good host.

mod support;

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use punktfunk_client::{
    CloseCode, Codec, Feedback, HostPin, InputEvent, Mode, NativeClient, Progress, ProgressCallback,
    ReconfigureError, SessionEnd,
};
use punktfunk_core::datagram::{AudioPacket, ClientDatagram, Rumble};
use punktfunk_core::wire::{Codecs, Control, VideoCaps};
use support::{FakeHost, MODE};

const SOON: Duration = Duration::from_secs(60);

#[test]
fn a_client_can_be_shared_between_threads() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<NativeClient>();
}

#[test]
fn frames_arrive_whole_in_order_and_with_their_latency() {
    let host = FakeHost::start(|mut visit| async move {
        let mut video = visit.let_in().await;
        video.punched().await;
        for n in 0..12u8 {
            video.frame(&vec![n; 1 + usize::from(n) * 700], n == 0).await;
        }
        visit.connection.closed().await;
    });
    let client = NativeClient::connect(host.options()).expect("connected");
    assert_eq!((client.host(), client.mode(), client.terms().codec), (host.id, MODE, Codec::H264));
    for n in 0..12u8 {
        let frame = client.next_video(SOON).expect("running").expect("a frame");
        assert_eq!((frame.frame_index, frame.key), (u32::from(n), n == 0));
        assert_eq!(frame.bytes, vec![n; 1 + usize::from(n) * 700]);
        assert!(frame.latency.expect("clocks agree") < SOON);
    }
    let stats = client.stats();
    assert_eq!((stats.frames, stats.lost, stats.recovered, stats.dropped), (12, 0, 0, 0));
    assert!(stats.clock_offset_ns.expect("synchronised").unsigned_abs() < 1_000_000_000);
    assert!(stats.first_frame.expect("first") < SOON);
    client.quit();
    assert_eq!(host.close_code(), Some(0x51));
}

#[test]
fn a_lost_datagram_is_made_good_by_parity() {
    let host = FakeHost::start(|mut visit| async move {
        let mut video = visit.let_in().await;
        video.punched().await;
        for (n, datagram) in video.datagrams(&[3; 5000], true).into_iter().enumerate() {
            if n != 1 {
                video.send(&datagram).await;
            }
        }
        visit.connection.closed().await;
    });
    let client = NativeClient::connect(host.options()).expect("connected");
    assert_eq!(client.next_video(SOON).expect("running").expect("a frame").bytes, [3; 5000]);
    assert_eq!((client.stats().recovered, client.stats().lost), (1, 0));
}

#[test]
fn damaged_foreign_and_repeated_datagrams_do_no_harm() {
    let host = FakeHost::start(|mut visit| async move {
        let mut video = visit.let_in().await;
        video.punched().await;
        for junk in [vec![], vec![0; 7], vec![0xff; 1472], vec![1; 9000]] {
            video.send(&junk).await;
        }
        for mut datagram in video.datagrams(&[1; 3000], true) {
            video.send(&datagram).await;
            video.send(&datagram).await;
            datagram[100] ^= 1;
            video.send(&datagram).await;
        }
        visit.connection.closed().await;
    });
    let client = NativeClient::connect(host.options()).expect("connected");
    assert_eq!(client.next_video(SOON).expect("running").expect("a frame").bytes, [1; 3000]);
    assert_eq!(client.next_video(Duration::from_millis(100)), Ok(None));
}

#[test]
fn a_gap_is_reported_and_nothing_is_to_be_shown_until_a_key_frame() {
    let (told, asked) = mpsc::channel();
    let host = FakeHost::start(move |mut visit| {
        let told = told.clone();
        async move {
            let mut video = visit.let_in().await;
            video.punched().await;
            video.frame(b"0 key", true).await;
            drop(video.datagrams(b"1 lost", false));
            for n in 2..12 {
                video.frame(format!("{n} useless").as_bytes(), false).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            while let Some(message) = visit.control().await {
                if let Control::RfiRequest { first, last } = message {
                    told.send((first, last)).expect("told");
                    video.frame(b"12 key", true).await;
                }
            }
        }
    });
    let client = NativeClient::connect(host.options()).expect("connected");
    let mut shown = Vec::new();
    while shown.len() < 2 {
        let frame = client.next_video(SOON).expect("running").expect("a frame");
        if frame.presentable {
            shown.push(frame.bytes);
        }
    }
    assert_eq!(shown, [b"0 key".to_vec(), b"12 key".to_vec()]);
    assert_eq!(asked.recv_timeout(SOON).expect("asked").0, 1);
    assert_eq!(client.stats().lost, 1);
}

#[test]
fn a_waiting_device_is_told_so_and_goes_on_when_approved() {
    let (approve, approved) = tokio::sync::watch::channel(false);
    let host = FakeHost::start(move |mut visit| {
        let mut approved = approved.clone();
        async move {
            visit.hello().await;
            approved.wait_for(|yes| *yes).await.expect("approved");
            let mut video = visit.welcome(|_| ()).await;
            video.punched().await;
            video.frame(b"hello", true).await;
            visit.connection.closed().await;
        }
    });
    let mut options = host.options();
    let device = options.identity.id();
    options.on_progress = Some(ProgressCallback::new(move |step| {
        if let Progress::WaitingForApproval { device: shown, remaining, .. } = step {
            assert!(shown == device && remaining > Duration::from_secs(10));
            approve.send_replace(true);
        }
    }));
    let client = NativeClient::connect(options).expect("connected");
    assert_eq!(client.next_video(SOON).expect("running").expect("a frame").bytes, b"hello");
    assert!(
        client.stats().first_frame.expect("first") < Duration::from_millis(1400),
        "the owner's time does not count"
    );
}

#[test]
fn the_hello_says_who_asks_and_what_for() {
    let (told, heard) = mpsc::channel();
    let host = FakeHost::start(move |mut visit| {
        let told = told.clone();
        async move {
            let hello = visit.hello().await;
            told.send((hello, visit.device)).expect("told");
            visit.close(0x64, "");
        }
    });
    let mut options = host.options();
    let device = options.identity.id();
    options.name = Some("Küche ".repeat(20));
    options.bitrate_kbps = 7_000;
    options.codecs = Codecs::H264 | Codecs::HEVC;
    options.mode = Mode { width: 1920, height: 1080, refresh_hz: 120 };
    let _ = NativeClient::connect(options.clone());
    let (hello, shown) = heard.recv_timeout(SOON).expect("heard");
    assert_eq!(shown, Some(device));
    assert_eq!((hello.mode, hello.bitrate_kbps, hello.codecs), (options.mode, 7_000, options.codecs));
    assert!(hello.name.as_ref().is_some_and(|name| name.len() <= 64 && name.starts_with("Küche Küche")));
    assert!(hello.video_caps.contains(VideoCaps::HOST_TIMING) && hello.max_shard == 9152);

    options.name = None;
    let _ = NativeClient::connect(options);
    assert_eq!(heard.recv_timeout(SOON).expect("heard").0.name, None);
}

#[test]
fn every_plane_is_pulled_on_its_own() {
    let host = FakeHost::start(|mut visit| async move {
        let mut video = visit.let_in().await;
        video.punched().await;
        let mut bytes = Vec::new();
        for n in 0..100 {
            AudioPacket { seq: n, pts_ns: 5, opus: &[n as u8; 40] }.encode_into(&mut bytes);
            visit.connection.send_datagram(bytes.clone().into()).expect("sent");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let rumble = Rumble { pad: 0, low: 1, high: 2, lease: None };
        visit.connection.send_datagram(rumble.encode().into()).expect("sent");
        visit.send(&Control::AudioState { muted: true }.encode()).await;
        video.frame(b"picture", true).await;
        visit.connection.closed().await;
    });
    let client = Arc::new(NativeClient::connect(host.options()).expect("connected"));
    std::thread::scope(|scope| {
        let feedback =
            scope.spawn(|| [(); 2].map(|()| client.next_feedback(SOON).expect("running").expect("feedback")));
        let picture = scope.spawn(|| client.next_video(SOON).expect("running").expect("a frame"));
        assert_eq!(picture.join().expect("video").bytes, b"picture");
        let feedback = feedback.join().expect("feedback");
        assert!(feedback.iter().any(|f| matches!(f, Feedback::Rumble(rumble) if rumble.high == 2)));
        assert!(feedback.contains(&Feedback::Control(Control::AudioState { muted: true })));
    });
    // Nobody pulled sound meanwhile: the latest packets are there, the oldest are gone.
    let first = client.next_audio(SOON).expect("running").expect("a packet");
    assert!(first.seq >= 30 && first.bytes == [first.seq as u8; 40], "{first:?}");
}

#[test]
fn input_key_frame_wishes_and_mode_changes_reach_the_host() {
    let (told, heard) = mpsc::channel();
    let host = FakeHost::start(move |mut visit| {
        let told = told.clone();
        async move {
            let mut video = visit.let_in().await;
            video.punched().await;
            let key = visit.connection.read_datagram().await.expect("input");
            let Some(ClientDatagram::Input(event)) = ClientDatagram::decode(&key) else { panic!("no input") };
            told.send(event).expect("told");
            let mut in_force = MODE;
            while let Some(message) = visit.control().await {
                match message {
                    Control::RequestKeyframe => video.frame(b"asked for", true).await,
                    Control::Reconfigure(mode) => {
                        let accepted = mode.width <= 1920;
                        in_force = if accepted { mode } else { in_force };
                        visit.send(&Control::Reconfigured { accepted, mode: in_force }.encode()).await;
                    }
                    _ => {}
                }
            }
        }
    });
    let client = NativeClient::connect(host.options()).expect("connected");
    client.send_input(&InputEvent::Key { vk: 0x41, down: true }).expect("sent");
    assert_eq!(heard.recv_timeout(SOON).expect("heard"), InputEvent::Key { vk: 0x41, down: true });
    client.request_keyframe();
    assert_eq!(client.next_video(SOON).expect("running").expect("a frame").bytes, b"asked for");
    let (small, huge) = (Mode { width: 800, ..MODE }, Mode { width: 8000, ..MODE });
    assert_eq!(client.reconfigure(small), Ok(small));
    assert_eq!(client.reconfigure(huge), Err(ReconfigureError::Refused(small)));
    assert_eq!(client.mode(), small);
}

#[test]
fn a_slow_puller_goes_on_with_a_key_frame_instead_of_old_ones() {
    let host = FakeHost::start(|mut visit| async move {
        let mut video = visit.let_in().await;
        video.punched().await;
        for n in 0..40u32 {
            video.frame(&n.to_le_bytes(), n == 0).await;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        while let Some(message) = visit.control().await {
            if message == Control::RequestKeyframe {
                video.frame(b"fresh", true).await;
            }
        }
    });
    let client = NativeClient::connect(host.options()).expect("connected");
    while client.stats().frames < 40 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut seen = Vec::new();
    while seen.last().is_none_or(|bytes| bytes != b"fresh") {
        seen.push(client.next_video(SOON).expect("running").expect("a frame").bytes);
    }
    assert_eq!(seen, [b"fresh"], "what was queued builds on what was dropped");
    assert_eq!(client.stats().dropped, 40);
}

#[test]
fn what_the_host_says_at_the_end_reaches_every_puller() {
    let (arrived, arrival) = tokio::sync::watch::channel(false);
    let host = FakeHost::start(move |mut visit| {
        let mut arrival = arrival.clone();
        async move {
            let mut video = visit.let_in().await;
            video.punched().await;
            video.frame(b"last", true).await;
            arrival.wait_for(|arrived| *arrived).await.expect("told");
            visit.close(0x69, "your pass has ended");
        }
    });
    let client = NativeClient::connect(host.options()).expect("connected");
    while client.stats().frames == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    arrived.send_replace(true);
    assert_eq!(client.next_feedback(SOON).map(|_| ()), client.next_audio(SOON).map(|_| ()));
    assert_eq!(client.next_video(SOON).expect("still there").expect("a frame").bytes, b"last");
    let Err(SessionEnd::ByHost(refusal)) = client.next_video(SOON) else { panic!("not ended") };
    assert_eq!(
        (refusal.meaning(), refusal.reason.as_str()),
        (Some(CloseCode::AccessEnded), "your pass has ended")
    );
    assert!(client.ended().is_some() && client.send_input(&InputEvent::Key { vk: 1, down: true }).is_err());
}

#[test]
fn quitting_from_one_thread_wakes_those_that_wait() {
    let host = FakeHost::start(|mut visit| async move {
        visit.let_in().await;
        visit.connection.closed().await;
    });
    let client = NativeClient::connect(host.options()).expect("connected");
    std::thread::scope(|scope| {
        let waiting = [
            scope.spawn(|| client.next_video(Duration::MAX).map(|_| ())),
            scope.spawn(|| client.next_audio(Duration::MAX).map(|_| ())),
            scope.spawn(|| client.next_feedback(Duration::MAX).map(|_| ())),
        ];
        client.quit();
        for puller in waiting {
            assert_eq!(puller.join().expect("puller"), Err(SessionEnd::Quit));
        }
    });
    assert_eq!(host.close_code(), Some(0x51));
}

#[test]
fn dropping_the_client_says_that_it_may_come_back() {
    let host = FakeHost::start(|mut visit| async move {
        visit.let_in().await;
        visit.connection.closed().await;
    });
    drop(NativeClient::connect(host.options()).expect("connected"));
    assert_eq!(host.close_code(), Some(0));
}

#[test]
fn a_host_that_talks_into_the_clock_sync_is_forgiven() {
    let host = FakeHost::start(|mut visit| async move {
        visit.hello().await;
        let mut early = [Control::AudioState { muted: true }, Control::PadSlots(3)].into_iter();
        let mut welcome = support::a_welcome(9);
        welcome.frames = 0;
        visit.send(&welcome.encode()).await;
        visit.receive().await;
        for _ in 0..8 {
            if let Some(message) = early.next() {
                visit.send(&message.encode()).await;
            }
            visit.answer_clock().await;
        }
        visit.connection.closed().await;
    });
    let client = NativeClient::connect(host.options()).expect("connected");
    assert!(client.stats().clock_offset_ns.is_some());
    assert_eq!(client.next_feedback(SOON), Ok(Some(Feedback::Control(Control::AudioState { muted: true }))));
    assert_eq!(client.next_feedback(SOON), Ok(Some(Feedback::Control(Control::PadSlots(3)))));
}

#[test]
fn first_use_trusts_whoever_answers_and_says_who_it_was() {
    let host = FakeHost::start(|mut visit| async move {
        visit.let_in().await;
        visit.connection.closed().await;
    });
    let mut options = host.options();
    options.pin = HostPin::TrustOnFirstUse;
    assert_eq!(NativeClient::connect(options).expect("connected").host(), host.id);
}
