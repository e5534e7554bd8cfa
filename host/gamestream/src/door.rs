//! The door itself: its two ports, and how long it stays open.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use socket2::{Domain, Protocol, Socket, Type};

use crate::api::{Api, serve_http, serve_https};
use crate::certificate::HostCertificate;
use crate::house::House;
use crate::session::StreamPorts;

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 64;
/// How long requests may go on when the door closes.
const DRAIN: Duration = Duration::from_secs(1);
/// HTTPS listens so many ports below the base.
const HTTPS_BELOW: u16 = 5;

/// Where the door is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoorOptions {
    /// The address to listen on; none for all.
    pub only: Option<IpAddr>,
    /// The HTTP port, from which all others are counted: HTTPS is 5 below, video 9, control 10, audio 11 and RTSP 21 above.
    /// 0 takes free ports.
    pub base_port: u16,
}

/// A port could not be opened.
#[derive(Debug, thiserror::Error)]
#[error(
    "TCP port {port} for Moonlight clients cannot be opened: {source}; stop what uses it, or set doors.gamestream.port in \
     the policy"
)]
pub struct BindError {
    /// The port.
    pub port: u16,
    /// Why.
    pub source: io::Error,
}

/// The door, open.
#[derive(Debug)]
pub struct GameStreamDoor {
    http: TcpListener,
    https: TcpListener,
    http_addr: SocketAddr,
    https_addr: SocketAddr,
    ports: StreamPorts,
}

impl GameStreamDoor {
    /// Opens the two ports. All others open when a stream is about to begin.
    ///
    /// # Errors
    /// One of them is taken or not allowed.
    pub fn bind(options: DoorOptions) -> Result<Self, BindError> {
        let below = options.base_port.saturating_sub(HTTPS_BELOW);
        let bind = |port| {
            let bound = listen(options.only, port).and_then(|socket| Ok((socket.local_addr()?, socket)));
            bound.map_err(|source| BindError { port, source })
        };
        let (http_addr, http) = bind(options.base_port)?;
        let (https_addr, https) = bind(below)?;
        Ok(Self { http, https, http_addr, https_addr, ports: StreamPorts(options.base_port) })
    }

    /// Where HTTP is: what clients are told.
    #[must_use]
    pub fn http_addr(&self) -> SocketAddr {
        self.http_addr
    }

    /// Where HTTPS is.
    #[must_use]
    pub fn https_addr(&self) -> SocketAddr {
        self.https_addr
    }

    /// Lets clients in until `closing` is ready, then tells those who stream. Must run inside a runtime with timers.
    ///
    /// # Errors
    /// A listener failed.
    pub async fn run(
        self,
        house: Arc<dyn House>,
        certificate: HostCertificate,
        closing: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let api = Api::new(house, certificate, self.https_addr.port(), self.ports);
        let (http, https) = (Handle::<SocketAddr>::new(), Handle::<SocketAddr>::new());
        let serving = async {
            tokio::try_join!(
                serve_http(self.http, api.clone(), http.clone()),
                serve_https(self.https, api.clone(), https.clone()),
            )
            .map(|_| ())
        };
        tokio::pin!(serving);
        tokio::select! {
            served = &mut serving => {
                api.close().await;
                served
            }
            () = closing => {
                for handle in [&http, &https] {
                    handle.graceful_shutdown(Some(DRAIN));
                }
                let (served, ()) = tokio::join!(serving, api.close());
                served
            }
        }
    }
}

fn listen(only: Option<IpAddr>, port: u16) -> io::Result<TcpListener> {
    match only {
        Some(address) => listen_on(SocketAddr::new(address, port)),
        None => match listen_on(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))) {
            // a kernel without IPv6
            Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                listen_on(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))
            }
            bound => bound,
        },
    }
}

fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        // one socket serves both families
        socket.set_only_v6(false)?;
    }
    // a restarted host gets its ports back at once
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}
