//! A host of its own for every test, and an honest client.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use punktfunk_client::{ConnectError, ConnectOptions, HostPin, NativeClient, Refusal};
use punktfunk_config::{Loaded, Policy, Source};
use punktfunk_core::wire::{CloseCode, Mode};
use punktfunk_host::app::{Host, HostEvent, Watcher};
use punktfunk_host::appliance::BoxFiles;
use punktfunk_host::serve::{Options, Running, start};
use punktfunk_media::decode::Decoder;
use punktfunk_media::testcard::{self, Stamp};
use punktfunk_trust::{Actor, Approve, Device, DeviceId, Identity, PendingView, Role};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Small pictures: what is tested here is not the encoder.
pub(crate) const MODE: Mode = Mode { width: 320, height: 180, refresh_hz: 30 };
/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A running host; dropped, it goes down.
pub(crate) struct TestHost {
    pub(crate) runtime: Runtime,
    running: Option<Running>,
    dir: TempDir,
}

impl TestHost {
    /// A host that demands pairing and shows its test card.
    pub(crate) fn start() -> Self {
        Self::with(|_| {})
    }

    /// The same in open mode.
    pub(crate) fn open() -> Self {
        Self::with(|policy| policy.pairing.require = false)
    }

    /// The same with a policy of one's own.
    pub(crate) fn with(change: impl FnOnce(&mut Policy)) -> Self {
        Self::at((Ipv4Addr::LOCALHOST, 0).into(), change)
    }

    /// The same at another address.
    pub(crate) fn at(native: SocketAddr, change: impl FnOnce(&mut Policy)) -> Self {
        let mut policy = Loaded::default();
        policy.policy.capture.source = Source::TestCard;
        change(&mut policy.policy);
        let dir = tempfile::tempdir().unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let again = policy.clone();
        let options = Options {
            policy,
            read_policy: Box::new(move || Ok(again.clone())),
            state_dir: dir.path().join("state"),
            runtime_dir: dir.path().join("run"),
            screen_socket: "/nonexistent/screen.sock".into(),
            apps_socket: "/nonexistent/apps.sock".into(),
            box_files: BoxFiles::default(),
            native_at: Some(native),
            console_at: Some((Ipv4Addr::LOCALHOST, 0).into()),
            console_limits: punktfunk_host::console::Limits::default(),
            announce: false,
        };
        let running = runtime.block_on(start(options)).unwrap();
        Self { runtime, running: Some(running), dir }
    }

    pub(crate) fn host(&self) -> &Arc<Host> {
        self.running.as_ref().unwrap().host()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().native_addr().unwrap()
    }

    pub(crate) fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub(crate) fn pending(&self) -> Vec<PendingView> {
        self.host().trust(|trust, now| trust.pending(now))
    }

    pub(crate) fn devices(&self) -> Vec<Device> {
        self.host().trust(|trust, _| trust.devices())
    }

    /// Approves what is shown, as the operator at the machine does.
    pub(crate) fn approve(&self, shown: &PendingView) -> Device {
        let order = Approve {
            id: shown.id,
            fingerprint: shown.device,
            revision: Some(shown.revision),
            name: None,
            grant: None,
            by: Actor::Console,
        };
        self.host().trust(|trust, now| trust.approve(now, &order)).unwrap()
    }

    /// Lets an identity in without any wire: it knocks, and is approved.
    pub(crate) fn admit(&self, identity: &Identity) {
        let source = Ipv4Addr::LOCALHOST.into();
        let parked = self.host().knock(Some(identity.id()), "", source, None);
        let shown = self.pending().into_iter().find(|view| view.device == identity.id()).unwrap();
        self.approve(&shown);
        drop(parked);
    }

    pub(crate) fn options(&self, identity: &Arc<Identity>) -> ConnectOptions {
        let address = self.address().to_string().parse().unwrap();
        let pin = HostPin::Fingerprint(self.host().identity().id());
        let mut options = ConnectOptions::new(address, Arc::clone(identity), pin);
        options.mode = MODE;
        options.name = Some("Kitchen tablet".to_owned());
        options.budget = PATIENCE;
        options.dial_budget = PATIENCE;
        options
    }

    /// Connects on a thread of its own, because an unknown device waits.
    pub(crate) fn connect(&self, identity: &Arc<Identity>) -> JoinHandle<Result<NativeClient, ConnectError>> {
        let options = self.options(identity);
        std::thread::spawn(move || NativeClient::connect(options))
    }

    /// Connects a device that is let in at once.
    pub(crate) fn stream(&self, identity: &Arc<Identity>) -> NativeClient {
        NativeClient::connect(self.options(identity)).unwrap()
    }

    /// Waits for an event.
    pub(crate) fn wait_for(&self, events: &mut Watcher, wanted: impl Fn(&HostEvent) -> bool) -> HostEvent {
        let found = async {
            loop {
                let event = events.recv().await.unwrap();
                if wanted(&event) {
                    return event;
                }
            }
        };
        self.runtime.block_on(async { tokio::time::timeout(PATIENCE, found).await }).expect("the event comes")
    }

    /// Waits until `device` knocks, and returns what the operator sees.
    pub(crate) fn wait_for_knock(&self, events: &mut Watcher, device: DeviceId) -> PendingView {
        self.wait_for(events, |event| matches!(event, HostEvent::Knocked { device: d, .. } if *d == device));
        self.pending().into_iter().find(|view| view.device == device).unwrap()
    }

    /// Goes down, and then looks at the sessions that are left.
    pub(crate) fn shut_down_and(&mut self, look: impl FnOnce(&punktfunk_host::session::SessionTable)) {
        let sessions = Arc::clone(self.host().sessions());
        self.shut_down();
        look(&sessions);
    }

    pub(crate) fn shut_down(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.shut_down());
        }
    }
}

impl Drop for TestHost {
    fn drop(&mut self) {
        self.shut_down();
    }
}

pub(crate) fn identity() -> Arc<Identity> {
    Arc::new(Identity::generate(Role::Client).unwrap())
}

/// The refusal with which a connect ended.
pub(crate) fn refusal(outcome: Result<NativeClient, ConnectError>) -> Refusal {
    match outcome.expect_err("the host must refuse") {
        ConnectError::Refused(refusal) => refusal,
        other => panic!("refused for another reason: {other}"),
    }
}

#[track_caller]
pub(crate) fn assert_code(refusal: &Refusal, code: CloseCode) {
    assert_eq!(refusal.meaning(), Some(code), "{refusal}");
}

/// Decodes the next `count` pictures and reads what the test card says on them.
pub(crate) fn decode(client: &NativeClient, count: usize) -> Vec<Stamp> {
    let mut decoder = Decoder::h264().unwrap();
    let mut stamps = Vec::new();
    while stamps.len() < count {
        let frame = client.next_video(PATIENCE).unwrap().expect("pictures come");
        if let Some(picture) = decoder.decode(&frame.bytes).unwrap() {
            stamps.extend(testcard::read(&picture));
        }
    }
    stamps
}
