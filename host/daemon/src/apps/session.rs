//! Where the screen's session of the runner's user is: a service does not inherit that.

use std::env;
use std::path::{Path, PathBuf};

/// What apps need to know to show themselves, as far as the environment does not say it.
pub(super) fn surroundings() -> Vec<(&'static str, String)> {
    let runtime_dir = env::var_os("XDG_RUNTIME_DIR")
        .map_or_else(|| PathBuf::from(format!("/run/user/{}", nix::unistd::getuid())), PathBuf::from);
    let unknown = |name: &str| env::var_os(name).is_none();
    let mut known = found_in(&runtime_dir);
    known.retain(|(name, _)| unknown(name));
    known
}

fn found_in(runtime_dir: &Path) -> Vec<(&'static str, String)> {
    let mut found = vec![("XDG_RUNTIME_DIR", runtime_dir.display().to_string())];
    let bus = runtime_dir.join("bus");
    if bus.exists() {
        found.push(("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", bus.display())));
    }
    let display = std::fs::read_dir(runtime_dir).ok().and_then(|entries| {
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| is_display(name)).min()
    });
    if let Some(display) = display {
        found.push(("WAYLAND_DISPLAY", display));
    }
    found
}

/// `wayland-0` and the like, without the lock beside it.
fn is_display(name: &str) -> bool {
    let number = name.strip_prefix("wayland-");
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_by_what_lies_in_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let name = dir.path().display().to_string();
        assert_eq!(found_in(dir.path()), [("XDG_RUNTIME_DIR", name.clone())]);
        for file in ["wayland-1.lock", "wayland-1", "wayland-cursor", "bus"] {
            std::fs::write(dir.path().join(file), "").unwrap();
        }
        assert_eq!(
            found_in(dir.path()),
            [
                ("XDG_RUNTIME_DIR", name.clone()),
                ("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={name}/bus")),
                ("WAYLAND_DISPLAY", "wayland-1".to_owned()),
            ]
        );
    }
}
