//! Where this device keeps its identity, and what it is called.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use punktfunk_client::{Identity, Role};

use super::args::Peer;
use super::failure::Failure;
use super::known_hosts::KnownHosts;

/// Below the user's state directory.
const PLACE: &str = "punktfunk/client";

/// What a command knows about itself.
pub(crate) struct Myself {
    pub(crate) identity: Arc<Identity>,
    pub(crate) name: Option<String>,
    pub(crate) known_hosts: KnownHosts,
}

impl Myself {
    /// Loads the identity, or makes one on the first run.
    pub(crate) fn load(peer: &Peer) -> Result<Self, Failure> {
        let dir = match &peer.identity {
            Some(dir) => dir.clone(),
            None => default_dir(|name| env::var_os(name).map(PathBuf::from)).ok_or_else(|| {
                Failure::usage("neither XDG_STATE_HOME nor HOME is set; name a directory with --identity")
            })?,
        };
        let identity = Arc::new(Identity::load_or_create(&dir, Role::Client)?);
        let name = peer.name.clone().or_else(machine_name).filter(|name| !name.is_empty());
        Ok(Self { identity, name, known_hosts: KnownHosts::in_dir(&dir) })
    }
}

/// Relative paths do not count, as the XDG base directory specification has it.
fn default_dir(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |name| variable(name).filter(|path| path.is_absolute());
    absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .map(|state| state.join(PLACE))
}

fn machine_name() -> Option<String> {
    let name = std::fs::read_to_string(Path::new("/proc/sys/kernel/hostname")).ok()?;
    Some(name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dir(xdg: Option<&str>, home: Option<&str>) -> Option<PathBuf> {
        default_dir(|name| if name == "HOME" { home } else { xdg }.map(PathBuf::from))
    }

    #[test]
    fn the_state_directory_is_the_users_own() {
        assert_eq!(dir(Some("/s"), Some("/h")), Some("/s/punktfunk/client".into()));
        assert_eq!(dir(Some("relative"), Some("/h")), Some("/h/.local/state/punktfunk/client".into()));
        assert_eq!(dir(None, None), None);
    }
}
