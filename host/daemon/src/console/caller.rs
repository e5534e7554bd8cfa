//! The other end of a connection to the API.

use std::net::{IpAddr, SocketAddr};

use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::http::Extensions;
use axum::serve::IncomingStream;
use nix::unistd::Uid;

use super::slots::ControlSocket;

/// The other end of a connection to the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// A process on this machine, through the control socket.
    Local {
        /// Its user; none when the kernel would not say.
        uid: Option<u32>,
    },
    /// Somebody on the network, through HTTPS.
    Remote(SocketAddr),
}

impl Connected<SocketAddr> for Caller {
    fn connect_info(address: SocketAddr) -> Self {
        Self::Remote(address)
    }
}

impl Connected<IncomingStream<'_, ControlSocket>> for Caller {
    fn connect_info(stream: IncomingStream<'_, ControlSocket>) -> Self {
        *stream.remote_addr()
    }
}

/// Where a request over the network came from.
pub(super) fn remote_address(extensions: &Extensions) -> Option<IpAddr> {
    match extensions.get::<ConnectInfo<Caller>>() {
        Some(ConnectInfo(Caller::Remote(address))) => Some(address.ip().to_canonical()),
        _ => None,
    }
}

/// Whether a user of this machine runs this host: root, or the host's own user.
pub(super) fn is_operator(uid: u32) -> bool {
    uid == 0 || uid == Uid::effective().as_raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_and_the_hosts_own_user_are_operators() {
        let me = Uid::effective().as_raw();
        assert!(is_operator(0) && is_operator(me));
        assert!(!is_operator(me + 1));
    }
}
