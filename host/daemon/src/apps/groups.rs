//! An app and all that it starts, as one: a control group of its own, which nothing leaves by itself.
//!
//! The service manager leaves the runner the control group of its unit (`Delegate=yes`), and each app gets one below it.
//! Where there is no such thing, an app has its process group alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::sleep;

/// Where the kernel shows its control groups.
const TREE: &str = "/sys/fs/cgroup";
/// How often it is looked whether all have ended.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Groups below each other that are looked into. Apps may make some themselves.
const DEEPEST: usize = 4;

/// Where the runner may make control groups.
#[derive(Debug)]
pub struct AppGroups {
    own: PathBuf,
    count: AtomicU64,
    /// Held while the runner is elsewhere than in its own group.
    birth: Mutex<()>,
}

/// The control group of one app. When this goes, so does the group; whoever is in it does not.
#[derive(Debug)]
pub(super) struct AppGroup {
    path: PathBuf,
}

impl AppGroups {
    /// Below the group in which this process was started, if groups can be made there.
    #[must_use]
    pub fn find() -> Option<Self> {
        let text = fs::read_to_string("/proc/self/cgroup").ok()?;
        let own = text.lines().find_map(|line| line.strip_prefix("0::/"))?;
        Self::below(&Path::new(TREE).join(own))
    }

    /// Below this group, of which this process becomes a part; if groups can be made there.
    #[must_use]
    pub fn below(own: &Path) -> Option<Self> {
        let groups = Self { own: own.to_owned(), count: AtomicU64::new(0), birth: Mutex::default() };
        // one that can be made, entered and left is what is needed; kernels before 5.14 cannot end all in one
        let group = groups.make().ok().filter(|group| group.path.join("cgroup.kill").exists())?;
        groups.within(&group, || Ok(())).ok()?;
        Some(groups)
    }

    /// A group for one app.
    pub(super) fn make(&self) -> io::Result<AppGroup> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let path = self.own.join(format!("app-{}-{number}", std::process::id()));
        fs::create_dir(&path)?;
        Ok(AppGroup { path })
    }

    /// Does this with the runner in the app's group: what it starts then is born there, and has no moment to get away.
    pub(super) fn within<T>(&self, group: &AppGroup, start: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let _alone = self.birth.lock().unwrap_or_else(PoisonError::into_inner);
        enter(&group.path)?;
        let outcome = start();
        if let Err(error) = enter(&self.own) {
            tracing::error!(%error, "the runner for apps cannot leave an app's control group; restart punktfunk-apps");
        }
        outcome
    }
}

impl AppGroup {
    /// Ends all in it: politely, and after `farewell` by force.
    pub(super) async fn end(&self, farewell: Duration) {
        tell(&self.path, Signal::SIGTERM, 0);
        if !self.is_empty_within(farewell).await {
            // all at once, whatever they start meanwhile
            let _ = fs::write(self.path.join("cgroup.kill"), "1");
            if !self.is_empty_within(farewell).await {
                tracing::warn!(group = %self.path.display(), "an app does not end");
            }
        }
    }

    async fn is_empty_within(&self, wait: Duration) -> bool {
        let mut left = wait;
        loop {
            let events = fs::read_to_string(self.path.join("cgroup.events")).unwrap_or_default();
            if !events.lines().any(|line| line == "populated 1") {
                return true;
            }
            if left.is_zero() {
                return false;
            }
            let pause = LOOK_AGAIN.min(left);
            sleep(pause).await;
            left -= pause;
        }
    }
}

impl Drop for AppGroup {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.path, 0) {
            tracing::debug!(group = %self.path.display(), %error, "a control group stays");
        }
    }
}

/// Sends a signal to all in the group, and in those below it.
fn tell(path: &Path, signal: Signal, depth: usize) {
    let text = fs::read_to_string(path.join("cgroup.procs")).unwrap_or_default();
    for pid in text.lines().filter_map(|line| line.parse().ok()).filter(|pid| *pid > 0) {
        // one that is gone needs no signal
        let _ = kill(Pid::from_raw(pid), signal);
    }
    if depth < DEEPEST {
        for below in fs::read_dir(path).into_iter().flatten().flatten() {
            if below.file_type().is_ok_and(|kind| kind.is_dir()) {
                tell(&below.path(), signal, depth + 1);
            }
        }
    }
}

/// The group and those that the app has made in it; the files of the kernel go with them.
fn remove(path: &Path, depth: usize) -> io::Result<()> {
    if depth < DEEPEST {
        for below in fs::read_dir(path)?.flatten() {
            if below.file_type().is_ok_and(|kind| kind.is_dir()) {
                remove(&below.path(), depth + 1)?;
            }
        }
    }
    fs::remove_dir(path)
}

/// Moves this process.
fn enter(group: &Path) -> io::Result<()> {
    fs::write(group.join("cgroup.procs"), "0")
}
