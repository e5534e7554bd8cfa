//! Tells the service manager how the host is doing (`sd_notify(3)`); silent where there is none.

use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// A state of the host that a service manager cares about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Every door is open.
    Ready,
    /// The configuration is being read again.
    Reloading,
    /// The host is going down.
    Stopping,
}

impl State {
    fn message(self) -> String {
        match self {
            Self::Ready => "READY=1".to_owned(),
            // systemd wants to know when the reload began, on the monotonic clock
            Self::Reloading => format!("RELOADING=1\nMONOTONIC_USEC={}", monotonic_us()),
            Self::Stopping => "STOPPING=1".to_owned(),
        }
    }
}

/// Sends `state` to the socket named by `NOTIFY_SOCKET`. Never fails: a host without a service manager is normal.
pub fn notify(state: State) {
    let Some(path) = std::env::var_os("NOTIFY_SOCKET") else { return };
    if let Err(error) = send(path.as_encoded_bytes(), &state.message()) {
        tracing::debug!(%error, "the service manager could not be told");
    }
}

fn send(path: &[u8], message: &str) -> std::io::Result<()> {
    let address = match path.strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(std::path::Path::new(std::ffi::OsStr::new(
            std::str::from_utf8(path).map_err(std::io::Error::other)?,
        )))?,
    };
    UnixDatagram::unbound()?.send_to_addr(message.as_bytes(), &address).map(drop)
}

fn monotonic_us() -> i64 {
    nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC)
        .map_or(0, |now| now.tv_sec() * 1_000_000 + now.tv_nsec() / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_reaches_the_socket_of_the_service_manager() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        send(path.as_os_str().as_encoded_bytes(), &State::Ready.message()).unwrap();
        let mut message = [0; 64];
        let length = manager.recv(&mut message).unwrap();
        assert_eq!(&message[..length], b"READY=1");
    }

    #[test]
    fn a_missing_socket_is_an_error_that_stays_inside() {
        assert!(send(b"/nonexistent/notify", "READY=1").is_err());
    }

    #[test]
    fn a_reload_says_when_it_began() {
        let message = State::Reloading.message();
        let stamp = message.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap();
        assert!(stamp.parse::<i64>().unwrap() > 0);
    }
}
