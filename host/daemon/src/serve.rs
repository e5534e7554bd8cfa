//! Puts a host together, keeps it running, takes it down.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use punktfunk_config::{Loaded, Policy};
use punktfunk_trust::{Door, Identity, IdentityError, OpenError, Trust, mark_path};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::app::{
    Clock, Host, HostEvent, NO_DOOR, Places, PolicyReader, trust_settings, warn_of_what_is_missing,
};
use crate::appliance::BoxFiles;
use crate::backup::{Restored, apply_staged};
use crate::banner::reachable_url;
use crate::cli::dirs::trust_dir;
use crate::console::{Console, ConsoleError, Limits};
use crate::discovery::{Announcement, Discovery, SETTLES};
use crate::gamestream::{DoorError, MoonlightDoor};
use crate::native::{BindError, NativeDoor};
use crate::owner::{Desk, FileError, Issue};
use crate::record::{Kept, keep};

/// How long the doors may take to say good-bye.
const GOODBYE: Duration = Duration::from_secs(3);

/// What a host needs to know to start.
pub struct Options {
    /// What it may do.
    pub policy: Loaded,
    /// Reads the policy again when the host is told to.
    pub read_policy: PolicyReader,
    /// Where identity and allow-list are kept; made with mode 0700 when missing.
    pub state_dir: PathBuf,
    /// Where the control socket is.
    pub runtime_dir: PathBuf,
    /// Where the screen broker listens.
    pub screen_socket: PathBuf,
    /// Where the runner of apps listens.
    pub apps_socket: PathBuf,
    /// What the programs around the host leave for it.
    pub box_files: BoxFiles,
    /// Opens the native door on this address instead of on every address at the policy's port, and other doors that the
    /// policy has on free ports of the same address. For tests.
    pub native_at: Option<SocketAddr>,
    /// Opens the console's HTTPS on this address instead of where the policy says. For tests.
    pub console_at: Option<SocketAddr>,
    /// How much the console lets itself be asked.
    pub console_limits: Limits,
    /// Whether to announce the host on the network (mDNS).
    pub announce: bool,
}

/// Why a host did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The host's certificate or key.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The allow-list.
    #[error(transparent)]
    Trust(#[from] OpenError),
    /// The owner's account.
    #[error(transparent)]
    Owner(#[from] FileError),
    /// The native door.
    #[error(transparent)]
    Native(#[from] BindError),
    /// The Moonlight door.
    #[error(transparent)]
    Moonlight(#[from] DoorError),
    /// The console.
    #[error(transparent)]
    Console(#[from] ConsoleError),
}

/// A running host. Dropping it without [`shut_down`](Self::shut_down) leaves its tasks to the runtime.
#[derive(Debug)]
pub struct Running {
    host: Arc<Host>,
    owner: Arc<Desk>,
    native: Option<SocketAddr>,
    moonlight: Option<(SocketAddr, SocketAddr)>,
    console: Option<SocketAddr>,
    tasks: JoinSet<()>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("state_dir", &self.state_dir).finish_non_exhaustive()
    }
}

/// Starts a host inside the current runtime. When this returns, its doors are open.
///
/// # Errors
/// [`StartError`]; then nothing is left running.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let Options {
        policy: loaded,
        read_policy,
        state_dir,
        runtime_dir,
        screen_socket,
        apps_socket,
        box_files,
        native_at,
        console_at,
        console_limits,
        announce,
    } = options;
    finish_restore(&state_dir);
    let clock = Clock::start();
    let identity = Identity::load_or_begin(&state_dir, &mark_path(&trust_dir(&state_dir)))?;
    let policy = &loaded.policy;
    warn_of_what_is_missing(policy, box_files.has_updater());
    let owner = Arc::new(Desk::open(&state_dir, clock)?);
    let trust = Trust::open(&trust_dir(&state_dir), trust_settings(policy), clock.now())?;
    let open_native = policy.doors.native.enable;
    let (address, port) = match native_at {
        Some(at) => (Some(at.ip()), at.port()),
        None => (None::<IpAddr>, policy.doors.native.port.get()),
    };
    let places = Places {
        state_dir: state_dir.clone(),
        runtime_dir: runtime_dir.clone(),
        screen_socket,
        apps_socket,
        box_files,
    };
    let console = Console::bind(&runtime_dir, &console_addresses(console_at, policy))?;
    let host = Arc::new(Host::new(clock, identity, loaded, trust, read_policy, places));
    let mut tasks = JoinSet::new();
    let mut native = None;
    if open_native {
        let door = NativeDoor::bind(&host, port, address)?;
        native = Some(door.local_addr());
        host.set_native_port(door.local_addr().port());
        tasks.spawn(door.run(Arc::clone(&host)));
    }
    let mut moonlight = None;
    if host.policy().doors.gamestream.enable {
        let known = host.trust(|trust, _| trust.devices());
        let paired = known.iter().filter(|device| device.door == Door::GameStream).count();
        let door = MoonlightDoor::open(&state_dir, host.policy().doors.gamestream.port, address, paired)?;
        moonlight = Some((door.http_addr(), door.https_addr()));
        tasks.spawn(door.run(Arc::clone(&host)));
    }
    let console_addr = console.https_addr();
    if let Some(address) = console_addr {
        host.set_management_port(address.port());
        let refused = host.places().box_files.refused_policy().map(|refused| refused.text);
        let shown = Arc::clone(&host);
        let url = Box::new(move || reachable_url(&shown.policy().console.listen, shown.management_port()));
        owner.show_code_on(Issue::new(&runtime_dir, address.port(), refused, url));
    }
    let kept = Arc::new(Kept::open(&state_dir));
    console.serve(&host, &owner, &kept, console_limits, &mut tasks);
    tasks.spawn(keep(Arc::clone(&host), Arc::clone(&owner), kept));
    tasks.spawn(Arc::clone(&host).keep_time());
    if native.is_none() && moonlight.is_none() {
        tracing::warn!("{NO_DOOR}");
    }
    if announce && (native.is_some() || moonlight.is_some()) {
        let open = OpenDoors { native: native.is_some(), moonlight: moonlight.map(|(http, _)| http.port()) };
        tasks.spawn(announcing(Arc::clone(&host), open));
    }
    Ok(Running { host, owner, native, moonlight, console: console_addr, tasks })
}

impl Running {
    /// The shared state.
    pub fn host(&self) -> &Arc<Host> {
        &self.host
    }

    /// The owner's account.
    pub fn owner(&self) -> &Arc<Desk> {
        &self.owner
    }

    /// Where the native door is, if it is open.
    pub fn native_addr(&self) -> Option<SocketAddr> {
        self.native
    }

    /// Where HTTP and HTTPS of the Moonlight door are, if it is open.
    pub fn moonlight_addrs(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.moonlight
    }

    /// Where the console's HTTPS is, if it is open.
    pub fn console_addr(&self) -> Option<SocketAddr> {
        self.console
    }

    /// Tells everybody that the host goes down, and waits until it is.
    pub async fn shut_down(mut self) {
        self.host.go_down();
        let all_done = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(GOODBYE, all_done).await.is_err() {
            tracing::debug!("some connections did not say good-bye in time");
        }
        self.tasks.shutdown().await;
    }
}

/// Carries out a restore that was decided before this start. One that fails is told, and the box goes on as it was.
fn finish_restore(state_dir: &Path) {
    match apply_staged(state_dir) {
        Ok(None) => {}
        Ok(Some(Restored { devices, .. })) => tracing::info!(
            added = devices.added,
            kept = devices.kept,
            held_back = devices.held_back,
            "the backup is in place"
        ),
        Err(error) => tracing::error!("the backup was not put in place: {error}"),
    }
}

fn console_addresses(at: Option<SocketAddr>, policy: &Policy) -> Vec<SocketAddr> {
    let console = &policy.console;
    let listed = console.listen.addresses().into_iter().map(|ip| SocketAddr::new(ip, console.port.get()));
    at.map_or_else(|| listed.collect(), |at| vec![at])
}

/// Keeps what is announced in step with the policy.
async fn announcing(host: Arc<Host>, open: OpenDoors) {
    let mut events = host.watch();
    let mut discovery = Discovery::default();
    loop {
        discovery.announce(announcement(&host, open));
        let next_reload = async {
            tokio::time::sleep(SETTLES).await;
            // events that were missed may have been this one
            while !matches!(events.recv().await, Ok(HostEvent::PolicyReloaded) | Err(_)) {}
        };
        tokio::select! {
            () = next_reload => {}
            () = host.going_down() => return,
        }
    }
}

/// The doors that can be announced.
#[derive(Clone, Copy)]
struct OpenDoors {
    native: bool,
    moonlight: Option<u16>,
}

fn announcement(host: &Host, open: OpenDoors) -> Announcement {
    let policy = host.policy();
    Announcement {
        native: open.native,
        moonlight_port: open.moonlight,
        name: policy.name.clone(),
        fingerprint: host.identity().id(),
        port: host.native_port(),
        management_port: host.management_port(),
        pairing_required: policy.pairing.require,
    }
}

/// Runs a host until the process is told to stop (SIGTERM, SIGINT); SIGHUP reads the policy again.
///
/// # Errors
/// [`StartError`], or the runtime's when signals cannot be caught.
pub async fn run(options: Options) -> Result<Ended, RunError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let runtime_dir = options.runtime_dir.clone();
    let running = start(options).await?;
    crate::banner::print(running.host(), running.owner(), &runtime_dir);
    crate::notify::notify(crate::notify::State::Ready);
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = hang_up.recv() => reload(running.host()).await,
            () = running.host().going_down() => break,
        }
    }
    crate::notify::notify(crate::notify::State::Stopping);
    tracing::info!("going down");
    let ended = if running.host().starts_again() { Ended::ToStartAgain } else { Ended::Told };
    running.shut_down().await;
    Ok(ended)
}

/// Why a host has ended in good order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was told to.
    Told,
    /// It is to be started again: a backup waits to be put in place.
    ToStartAgain,
}

/// Why a host stopped before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Signals cannot be caught.
    #[error("signals cannot be caught: {0}; the machine is out of resources")]
    Signals(#[from] io::Error),
}

async fn reload(host: &Arc<Host>) {
    crate::notify::notify(crate::notify::State::Reloading);
    let reloading = Arc::clone(host);
    match tokio::task::spawn_blocking(move || reloading.reload()).await {
        Ok(Ok(())) => tracing::info!("the policy was read again and is in force"),
        Ok(Err(error)) => {
            tracing::error!("the policy was not replaced, the one before stays in force: {error}");
        }
        Err(error) => tracing::error!(%error, "reading the policy broke down"),
    }
    crate::notify::notify(crate::notify::State::Ready);
}
