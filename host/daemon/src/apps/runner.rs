//! The runner: starts the policy's apps as the user that it runs as.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use punktfunk_config::{App, Policy};
use tokio::io::{AsyncReadExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::groups::{AppGroup, AppGroups};
use super::said::{Answer, Order, hear, say};
use super::session::surroundings;

/// Connections at once, each of which may have an app.
const MOST: usize = 16;
/// How long nobody is let in after a failure to do so.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);
/// How long the host may take to say what it wants.
const FIRST_WORD: Duration = Duration::from_secs(5);
/// How long an app may take to end when it is told to; after that it is killed.
const FAREWELL: Duration = Duration::from_secs(5);

/// Reads the policy as it is now; a sentence when it cannot.
type ReadPolicy = dyn Fn() -> Result<Policy, String> + Send + Sync;

/// Why the runner does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    /// Its socket cannot be made.
    #[error(
        "the socket {path} cannot be made: {source}; give --socket a path in a folder that this user may write to, and run one \
         runner only", path = .path.display()
    )]
    Socket {
        /// Where it was to be.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
}

/// The runner, listening.
pub struct Runner {
    listener: UnixListener,
    host: u32,
    read_policy: Arc<ReadPolicy>,
    groups: Option<Arc<AppGroups>>,
}

impl Runner {
    /// Listens at `socket`, for nobody but the user with number `host`. Must be called within a runtime.
    ///
    /// # Errors
    /// [`RunnerError::Socket`].
    pub fn bind(
        socket: &Path,
        host: u32,
        read_policy: impl Fn() -> Result<Policy, String> + Send + Sync + 'static,
    ) -> Result<Self, RunnerError> {
        let failed = |source| RunnerError::Socket { path: socket.to_owned(), source };
        // one that nobody answers at is left over
        if socket.exists() && std::os::unix::net::UnixStream::connect(socket).is_err() {
            std::fs::remove_file(socket).map_err(failed)?;
        }
        let listener = UnixListener::bind(socket).map_err(failed)?;
        // everybody may knock; who it is, the kernel says
        std::fs::set_permissions(socket, Permissions::from_mode(0o666)).map_err(failed)?;
        Ok(Self { listener, host, read_policy: Arc::new(read_policy), groups: None })
    }

    /// Gives each app a control group, so that nothing that it starts outlives it.
    #[must_use]
    pub fn in_groups(mut self, groups: AppGroups) -> Self {
        self.groups = Some(Arc::new(groups));
        self
    }

    /// Serves the host for ever.
    pub async fn run(self) {
        let room = Arc::new(Semaphore::new(MOST));
        loop {
            let accepted = self.listener.accept().await;
            let known = accepted.and_then(|(stream, _)| Ok((stream.peer_cred()?.uid(), stream)));
            let stream = match known {
                Ok((caller, stream)) if caller == self.host => stream,
                Ok((caller, _)) => {
                    tracing::warn!(
                        caller,
                        "another user than the host's asked for an app and was turned away"
                    );
                    continue;
                }
                Err(error) => {
                    tracing::warn!(%error, "a caller could not be let in");
                    sleep(ACCEPT_AGAIN).await;
                    continue;
                }
            };
            let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
                tracing::warn!("no more than {MOST} apps run at once");
                continue;
            };
            let (read_policy, groups) = (Arc::clone(&self.read_policy), self.groups.clone());
            tokio::spawn(async move {
                let _place = place;
                if let Err(error) = serve(stream, &*read_policy, groups.as_deref()).await {
                    tracing::debug!(%error, "the host went away");
                }
            });
        }
    }
}

/// An app that was started.
struct Started {
    child: Child,
    group: Option<AppGroup>,
}

/// Serves one connection, to whose end an app lives.
async fn serve(stream: UnixStream, read_policy: &ReadPolicy, groups: Option<&AppGroups>) -> io::Result<()> {
    let (from, mut to) = stream.into_split();
    let mut from = BufReader::new(from);
    let Ok(Some(Order { start })) = timeout(FIRST_WORD, hear(&mut from)).await else { return Ok(()) };
    let mut started = match app_of(read_policy, &start).and_then(|app| launch(&app, groups)) {
        Ok(started) => started,
        Err(refusal) => {
            tracing::warn!("{refusal}");
            return say(&mut to, &Answer::Refused(refusal)).await;
        }
    };
    tracing::info!(app = start, "started");
    let told = say(&mut to, &Answer::Running).await;
    let mut anything = [0; 1];
    let ended = tokio::select! {
        ended = started.child.wait(), if told.is_ok() => Some(ended),
        // the host says nothing more: this is its end
        _ = from.read(&mut anything) => None,
    };
    let Some(status) = ended else {
        started.end().await;
        tracing::info!(app = start, "was ended");
        return Ok(());
    };
    let well = status.is_ok_and(|status| status.success());
    tracing::info!(app = start, well, "ended by itself");
    let told = say(&mut to, &Answer::Ended { well }).await;
    if let (Ok(()), Some(_)) = (&told, &started.group) {
        // what it has handed over to ends with the stream
        let _ = from.read(&mut anything).await;
    }
    started.end_rest().await;
    told
}

fn app_of(read_policy: &ReadPolicy, name: &str) -> Result<App, String> {
    let found = read_policy()?.apps.into_iter().find(|app| app.name == name);
    found.ok_or_else(|| format!("the policy that the runner reads has no app {name:?}; restart the host"))
}

fn launch(app: &App, groups: Option<&AppGroups>) -> Result<Started, String> {
    let Some((program, arguments)) = app.command.split_first() else {
        return Err(format!("the app {:?} has no command", app.name));
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .envs(surroundings())
        .stdin(Stdio::null())
        // all that it starts is told to end with it
        .process_group(0)
        .kill_on_drop(true);
    let mut born = || match groups {
        Some(groups) => {
            let group = groups.make()?;
            let child = groups.within(&group, || command.spawn())?;
            Ok(Started { child, group: Some(group) })
        }
        None => Ok(Started { child: command.spawn()?, group: None }),
    };
    born().map_err(|error: io::Error| {
        format!("{:?} cannot be started: {error}; see apps in the policy", app.name)
    })
}

impl Started {
    /// Ends the app and what it has started, politely first.
    async fn end(&mut self) {
        match &self.group {
            Some(group) => group.end(FAREWELL).await,
            None => self.end_process_group().await,
        }
        let _ = self.child.wait().await;
    }

    /// Ends what has outlived the app, as far as it can be told from others: the number of a process group whose first
    /// process is gone may be somebody else's by now.
    async fn end_rest(&self) {
        if let Some(group) = &self.group {
            group.end(FAREWELL).await;
        }
    }

    async fn end_process_group(&mut self) {
        let number = self.child.id().and_then(|id| i32::try_from(id).ok());
        let Some(group) = number.map(Pid::from_raw) else { return };
        // one that is gone needs no signal
        let _ = killpg(group, Signal::SIGTERM);
        tokio::select! {
            _ = self.child.wait() => {}
            () = sleep(FAREWELL) => {}
        }
        // children that stayed behind, too
        let _ = killpg(group, Signal::SIGKILL);
    }
}
