//! The host's shared state: what every door, the console and the command line work on.

mod admission;
mod attention;
mod clock;
mod codes;
mod event_log;
mod events;
mod face;
mod live;
mod pin_requests;
mod policy;
mod shares;
mod status;
mod told;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use punktfunk_config::{Loaded, Policy};
use punktfunk_core::wire::Throttle;
use punktfunk_trust::{Identity, TicketId, Trust};
use tokio::sync::{oneshot, watch};

use crate::appliance::BoxFiles;
use crate::apps::AppDesk;
use crate::session::SessionTable;

use event_log::EventLog;

pub use admission::{Knocked, Parked, StreamGuard, TurnedAway, Verdict};
pub use attention::{Attention, AttentionCode, PolicyTrouble, Severity};
pub(crate) use attention::{NO_DOOR, OPEN_MODE};
pub use clock::{Clock, unix_ns};
pub use codes::MachineCode;
pub use event_log::{KEPT_EVENTS, Numbered, Resumed, Watcher};
pub use events::{HostEvent, Outcome};
pub(crate) use face::{EXAMPLE_CODE, EXAMPLE_FINGERPRINT, EXAMPLE_WORDS, colour, words};
pub use live::{
    CutReason, LiveStream, LiveStreams, Mode, StreamCounters, StreamLink, StreamShared, StreamView,
};
pub use pin_requests::{PinFault, PinRequest, ShownPin};
pub(crate) use policy::warn_of_what_is_missing;
pub use policy::{PolicyError, PolicyInForce, PolicyReader, trust_settings};
pub use punktfunk_trust::{Admitted, Door};
pub use shares::{PadBudget, ProbeTurn, Probing};
pub use status::{InputStatus, Status};
pub use told::Fault;
pub(crate) use told::split;

/// Everything the parts of the daemon share. One per process; tests make as many as they like.
pub struct Host {
    clock: Clock,
    identity: Identity,
    policy: RwLock<PolicyInForce>,
    started_with: PolicyInForce,
    read_policy: PolicyReader,
    trust: Mutex<Trust>,
    waiting: Mutex<HashMap<TicketId, oneshot::Sender<Verdict>>>,
    showing_pins: Mutex<HashMap<TicketId, oneshot::Sender<pin_requests::Entered>>>,
    sessions: Arc<SessionTable>,
    streams: LiveStreams,
    pads: PadBudget,
    apps: AppDesk,
    probes: ProbeTurn,
    knock_lines: Mutex<Throttle>,
    input: Mutex<InputStatus>,
    owner_trouble: Mutex<Option<String>>,
    policy_trouble: Mutex<Option<PolicyTrouble>>,
    events: EventLog,
    boot: String,
    last_attention: Mutex<Vec<Attention>>,
    going_down: watch::Sender<bool>,
    starts_again: AtomicBool,
    native_port: AtomicU16,
    management_port: AtomicU16,
    places: Places,
}

/// Where the host keeps and finds things.
#[derive(Debug, Clone)]
pub struct Places {
    /// Identity and allow-list.
    pub state_dir: PathBuf,
    /// The control socket.
    pub runtime_dir: PathBuf,
    /// Where the screen broker listens.
    pub screen_socket: PathBuf,
    /// Where the runner of apps listens.
    pub apps_socket: PathBuf,
    /// What the programs around the host leave for it.
    pub box_files: BoxFiles,
}

impl Host {
    /// Puts a host together. `read_policy` reads the policy again on [`reload`](Self::reload).
    pub fn new(
        clock: Clock,
        identity: Identity,
        policy: Loaded,
        trust: Trust,
        read_policy: PolicyReader,
        places: Places,
    ) -> Self {
        let policy = PolicyInForce::from(policy);
        Self {
            clock,
            identity,
            native_port: AtomicU16::new(policy.doors.native.port.get()),
            management_port: AtomicU16::new(policy.console.port.get()),
            started_with: policy.clone(),
            policy: RwLock::new(policy),
            read_policy,
            trust: Mutex::new(trust),
            waiting: Mutex::default(),
            showing_pins: Mutex::default(),
            sessions: Arc::new(SessionTable::new(clock)),
            streams: LiveStreams::default(),
            pads: PadBudget::default(),
            apps: AppDesk::new(places.apps_socket.clone()),
            probes: ProbeTurn::default(),
            knock_lines: Mutex::new(Throttle::new(admission::KNOCK_LINE_EVERY_NS)),
            input: Mutex::default(),
            owner_trouble: Mutex::default(),
            policy_trouble: Mutex::default(),
            events: EventLog::default(),
            boot: boot_name(),
            last_attention: Mutex::default(),
            going_down: watch::Sender::new(false),
            starts_again: AtomicBool::new(false),
            places,
        }
    }

    /// The clocks.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The host's certificate and key.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The policy in force.
    pub fn policy(&self) -> PolicyInForce {
        self.policy.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The policy that the host has started with, which says what doors are open.
    pub(crate) fn started_with(&self) -> &Policy {
        &self.started_with
    }

    /// The running sessions.
    pub fn sessions(&self) -> &Arc<SessionTable> {
        &self.sessions
    }

    /// The running streams.
    pub fn streams(&self) -> &LiveStreams {
        &self.streams
    }

    /// The gamepads that all clients share.
    pub fn pad_budget(&self) -> PadBudget {
        self.pads.clone()
    }

    /// The apps of the policy that run.
    pub(crate) fn apps(&self) -> &AppDesk {
        &self.apps
    }

    /// The speed probes of all clients, which take turns.
    pub fn probe_turn(&self) -> ProbeTurn {
        self.probes.clone()
    }

    /// Watches what happens from now on.
    pub fn watch(&self) -> Watcher {
        self.events.watch()
    }

    /// Watches what happens after the event of number `seen`, or from now on.
    pub fn resume(&self, seen: Option<u64>) -> Resumed {
        self.events.resume(seen)
    }

    /// Names this run of the host: numbers of events mean something within it only.
    pub fn boot(&self) -> &str {
        &self.boot
    }

    /// The UDP port that clients connect to.
    pub fn native_port(&self) -> u16 {
        self.native_port.load(Ordering::Relaxed)
    }

    /// The native door is open on this port.
    pub fn set_native_port(&self, port: u16) {
        self.native_port.store(port, Ordering::Relaxed);
    }

    /// The TCP port of the console, as clients are told.
    pub fn management_port(&self) -> u16 {
        self.management_port.load(Ordering::Relaxed)
    }

    /// The console is open on this port.
    pub fn set_management_port(&self, port: u16) {
        self.management_port.store(port, Ordering::Relaxed);
    }

    /// Why the owner's account is not on disk as it holds, if it is not.
    pub(crate) fn note_owner_trouble(&self, why: Option<String>) {
        *lock(&self.owner_trouble) = why;
    }

    /// Where the screen broker listens.
    pub fn screen_socket(&self) -> &Path {
        &self.places.screen_socket
    }

    /// Where the host keeps and finds things.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Tells every part to end what it does.
    pub fn go_down(&self) {
        self.going_down.send_replace(true);
    }

    /// Tells every part to end what it does, so that the host is started again.
    pub fn start_again(&self) {
        self.starts_again.store(true, Ordering::Relaxed);
        self.go_down();
    }

    /// Whether the host goes down to be started again.
    pub fn starts_again(&self) -> bool {
        self.starts_again.load(Ordering::Relaxed)
    }

    /// Waits until the host is told to go down.
    pub async fn going_down(&self) {
        // the sender lives as long as this host
        let _ = self.going_down.subscribe().wait_for(|down| *down).await;
    }

    /// Tells everybody who watches.
    pub(crate) fn tell(&self, event: HostEvent) {
        event.log();
        self.events.tell(event);
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("identity", &self.identity)
            .field("streams", &self.streams)
            .finish_non_exhaustive()
    }
}

/// Eight hex digits that no two runs are likely to share.
fn boot_name() -> String {
    let mut bytes = [0; 4];
    // without randomness the clock has to do
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        bytes = (unix_ns() as u32).to_be_bytes();
    }
    hex::encode(bytes)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
