//! Where a host keeps its things when nobody says.

use std::env;
use std::path::{Path, PathBuf};

/// The policy file that is used when it exists and no other is named.
pub const SYSTEM_POLICY: &str = "/etc/punktfunk/punktfunk.yaml";

/// Identity and allow-list: what systemd says, `/var/lib/punktfunk` for root, else the user's own state folder.
pub fn state_dir() -> PathBuf {
    systemd("STATE_DIRECTORY").unwrap_or_else(|| match is_root() {
        true => PathBuf::from("/var/lib/punktfunk"),
        false => user_dir("XDG_STATE_HOME", ".local/state").join("punktfunk"),
    })
}

/// Where in the state folder the allow-list is.
pub fn trust_dir(state_dir: &Path) -> PathBuf {
    state_dir.join("trust")
}

/// The control socket: what systemd says, `/run/punktfunk` for root, else the user's own runtime folder.
pub fn runtime_dir() -> PathBuf {
    systemd("RUNTIME_DIRECTORY").unwrap_or_else(|| match (is_root(), env::var_os("XDG_RUNTIME_DIR")) {
        (true, _) => PathBuf::from("/run/punktfunk"),
        (false, Some(dir)) => PathBuf::from(dir).join("punktfunk"),
        (false, None) => state_dir().join("run"),
    })
}

/// The first of the folders that systemd hands over separated by colons.
fn systemd(variable: &str) -> Option<PathBuf> {
    let all = env::var_os(variable)?;
    env::split_paths(&all).next().filter(|path| path.is_absolute())
}

fn user_dir(variable: &str, below_home: &str) -> PathBuf {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute()).unwrap_or_else(|| {
        env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from).join(below_home)
    })
}

fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}
