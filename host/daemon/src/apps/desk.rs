//! The host's side: which apps run, and for whom.

use std::collections::HashMap;
use std::io;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::io::BufReader;
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use super::said::{Answer, Order, hear, say};

/// How long the runner may take to start an app.
const START_WITHIN: Duration = Duration::from_secs(10);
/// An app that ends well within this time has handed over to another program, which goes on.
const HANDED_OVER: Duration = Duration::from_secs(5);

/// Why an app does not run.
#[derive(Debug, thiserror::Error)]
pub enum AppFault {
    /// Nobody runs apps on this machine.
    #[error("no runner for apps answers at {path} ({source}); start punktfunk-apps@USER.service for the user of the screen's session", path = .path.display())]
    NoRunner {
        /// Where it would be.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// The runner says why.
    #[error("{0}")]
    Refused(String),
    /// The runner broke off, or took too long.
    #[error("the runner for apps did not answer; see the log of punktfunk-apps")]
    Silent,
}

/// The apps that run.
#[derive(Debug)]
pub(crate) struct AppDesk {
    socket: PathBuf,
    running: Mutex<HashMap<String, Weak<RunningApp>>>,
    /// One is started at a time, so that two devices that want the same get the same.
    starting: tokio::sync::Mutex<()>,
}

/// An app that runs, for as long as somebody holds this.
#[derive(Debug)]
pub(crate) struct RunningApp {
    ended: Arc<watch::Sender<bool>>,
    connection: AbortHandle,
}

impl AppDesk {
    pub(crate) fn new(socket: PathBuf) -> Self {
        Self { socket, running: Mutex::default(), starting: tokio::sync::Mutex::default() }
    }

    /// Whether there is a runner on this machine.
    pub(crate) fn is_open(&self) -> bool {
        is_socket(&self.socket)
    }

    /// Starts an app of the policy by its name, or joins the one that runs already.
    pub(crate) async fn start(&self, name: &str) -> Result<Arc<RunningApp>, AppFault> {
        let _turn = self.starting.lock().await;
        if let Some(running) = self.find(name) {
            return Ok(running);
        }
        let started = timeout(START_WITHIN, launch(&self.socket, name)).await;
        let running = Arc::new(started.unwrap_or(Err(AppFault::Silent))?);
        let mut all = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, app| app.strong_count() > 0);
        all.insert(name.to_owned(), Arc::downgrade(&running));
        Ok(running)
    }

    fn find(&self, name: &str) -> Option<Arc<RunningApp>> {
        let all = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(name)?.upgrade().filter(|app| !*app.ended.borrow())
    }
}

impl RunningApp {
    /// Waits until it has ended by itself, without holding it.
    pub(crate) fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut ended = self.ended.subscribe();
        async move {
            // nobody is left to tell it when this is gone
            let _ = ended.wait_for(|ended| *ended).await;
        }
    }
}

impl Drop for RunningApp {
    fn drop(&mut self) {
        // the runner ends it when the connection goes
        self.connection.abort();
    }
}

async fn launch(socket: &Path, name: &str) -> Result<RunningApp, AppFault> {
    let no_runner = |source| AppFault::NoRunner { path: socket.to_owned(), source };
    let stream = UnixStream::connect(socket).await.map_err(no_runner)?;
    let (from, mut to) = stream.into_split();
    let mut from = BufReader::new(from);
    say(&mut to, &Order { start: name.to_owned() }).await.map_err(|_| AppFault::Silent)?;
    match hear(&mut from).await {
        Some(Answer::Running) => {}
        Some(Answer::Refused(reason)) => return Err(AppFault::Refused(reason)),
        Some(Answer::Ended { .. }) | None => return Err(AppFault::Silent),
    }
    let ended = Arc::new(watch::Sender::new(false));
    let told = Arc::clone(&ended);
    let begun = Instant::now();
    let connection = tokio::spawn(async move {
        // it lives as long as the connection, to which both halves belong
        let held = to;
        let answer: Option<Answer> = hear(&mut from).await;
        let handed_over = answer == Some(Answer::Ended { well: true }) && begun.elapsed() < HANDED_OVER;
        if handed_over {
            // what it has handed over to ends with the connection, which goes when the app is no longer wanted
            std::future::pending::<()>().await;
        }
        drop(held);
        told.send_replace(true);
    });
    Ok(RunningApp { ended, connection: connection.abort_handle() })
}

fn is_socket(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.file_type().is_socket())
}
