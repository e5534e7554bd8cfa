//! A host of its own for every test.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use punktfunk_config::{Loaded, Policy, Source};
use punktfunk_host::app::{Host, PinFault, ShownPin};
use punktfunk_host::serve::{Options, Running, start};
use punktfunk_media::decode::Decoder;
use punktfunk_media::testcard::{self, Stamp};
use punktfunk_trust::{Actor, Device, DeviceId, Door, PendingView, PinAnswer};
use tempfile::TempDir;

use crate::client::{Moonlight, PATIENCE, PairingFailure, Stream};

pub(crate) struct TestHost {
    running: Option<Running>,
    dir: TempDir,
}

impl TestHost {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Policy)) -> Self {
        let mut policy = Loaded::default();
        policy.policy.capture.source = Source::TestCard;
        policy.policy.doors.gamestream.enable = true;
        change(&mut policy.policy);
        let dir = tempfile::tempdir().expect("a directory");
        let again = policy.clone();
        let options = Options {
            policy,
            read_policy: Box::new(move || Ok(again.clone())),
            state_dir: dir.path().join("state"),
            runtime_dir: dir.path().join("run"),
            screen_socket: "/nonexistent/screen.sock".into(),
            apps_socket: dir.path().join("apps.sock"),
            box_files: Default::default(),
            native_at: Some((Ipv4Addr::LOCALHOST, 0).into()),
            console_at: Some((Ipv4Addr::LOCALHOST, 0).into()),
            console_limits: punktfunk_host::console::Limits::default(),
            announce: false,
        };
        Self { running: Some(start(options).await.expect("a host")), dir }
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs")
    }

    pub(crate) fn host(&self) -> &Arc<Host> {
        self.running().host()
    }

    pub(crate) fn apps_socket(&self) -> std::path::PathBuf {
        self.dir.path().join("apps.sock")
    }

    pub(crate) fn runtime_dir(&self) -> std::path::PathBuf {
        self.dir.path().join("run")
    }

    pub(crate) fn client(&self) -> Moonlight {
        let (http, https) = self.running().moonlight_addrs().expect("the door is open");
        Moonlight::new(http, https.port())
    }

    /// What the owner sees of this client, once it waits.
    pub(crate) async fn waiting(&self, device: DeviceId) -> PendingView {
        let until = Instant::now() + PATIENCE;
        loop {
            let pending = self.host().trust(|trust, now| trust.pending(now));
            if let Some(view) = pending.into_iter().find(|view| view.device == device) {
                assert_eq!(view.door, Door::GameStream);
                return view;
            }
            assert!(Instant::now() < until, "nobody waits");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The owner enters a PIN for this client.
    pub(crate) async fn enter(&self, client: DeviceId, pin: &str) -> Result<Device, PinFault> {
        let shown = self.waiting(client).await;
        let order = PinAnswer {
            id: shown.id,
            fingerprint: shown.device,
            revision: Some(shown.revision),
            by: Actor::Console,
        };
        let pin = ShownPin::parse(pin)?;
        let (ticket, answered) = self.host().trust(|trust, now| trust.answer(now, &order))?;
        self.host().hand_over(ticket, answered, pin).await
    }

    /// Pairs; both sides' outcomes.
    pub(crate) async fn pair(
        &self,
        client: &mut Moonlight,
        shown: &str,
        entered: &str,
    ) -> (Result<(), PairingFailure>, Result<Device, PinFault>) {
        let device = id(client);
        tokio::join!(client.pair(shown), self.enter(device, entered))
    }

    pub(crate) async fn paired(&self) -> Moonlight {
        let mut client = self.client();
        let (theirs, ours) = self.pair(&mut client, "1234", "1234").await;
        assert_eq!(theirs, Ok(()));
        assert_eq!(ours.expect("it is paired").door, Door::GameStream);
        client
    }

    pub(crate) async fn shut_down(mut self) {
        if let Some(running) = self.running.take() {
            running.shut_down().await;
        }
    }
}

pub(crate) fn id(client: &Moonlight) -> DeviceId {
    DeviceId::from_bytes(client.fingerprint())
}

/// Decodes so many frames and reads the test card in each.
pub(crate) fn decoded(stream: &Stream, count: usize) -> Vec<Stamp> {
    let mut decoder = Decoder::h264().expect("a decoder");
    let (mut stamps, mut last, mut whole) = (Vec::new(), 0, false);
    while stamps.len() < count {
        let frame = stream.video.next().expect("pictures come");
        whole &= last + 1 == frame.index;
        last = frame.index;
        whole |= frame.kind == 2;
        if !whole {
            stream.control.request_idr();
            continue;
        }
        let picture = decoder.decode(&frame.unit).expect("it decodes").expect("no picture is held back");
        stamps.push(testcard::read(&picture).expect("the test card can be read"));
    }
    stamps
}

pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
