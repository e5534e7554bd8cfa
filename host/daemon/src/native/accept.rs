//! The door itself: the UDP port and who may begin a handshake on it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use quinn::{Endpoint, EndpointConfig, Incoming, TokioRuntime};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::limits::{Decision, HandshakeLimits, Permit};
use super::{connection, tls};
use crate::app::Host;
use crate::ports::{self, Transport};

/// Send and receive buffers of the QUIC socket, bytes; the kernel may grant less.
const SOCKET_BUFFER: usize = 1 << 20;
/// How long a handshake may take.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// The port could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Somebody else has it.
    #[error("UDP port {port} is already in use{}; stop that program or set doors.native.port in the policy", by(.holder.as_ref()))]
    InUse {
        /// The port.
        port: u16,
        /// Who has it, where that can be seen.
        holder: Option<ports::Holder>,
    },
    /// The kernel refuses for another reason.
    #[error(
        "UDP port {port} cannot be opened: {source}; check doors.native.port in the policy and the unit's permissions"
    )]
    Refused {
        /// The port.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// The identity does not work for TLS.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
}

fn by(holder: Option<&ports::Holder>) -> String {
    holder.map_or_else(|| " by another program".to_owned(), |holder| format!(" by {holder}"))
}

/// The native door, open.
#[derive(Debug)]
pub struct NativeDoor {
    endpoint: Endpoint,
    address: SocketAddr,
}

impl NativeDoor {
    /// Opens the port of the policy on every address, or on `only` when given. Must run inside the runtime.
    ///
    /// # Errors
    /// The port is taken (with its holder, where visible) or not allowed, or the identity does not fit TLS.
    pub fn bind(host: &Host, port: u16, only: Option<IpAddr>) -> Result<Self, BindError> {
        let config = tls::server_config(host.identity())?;
        let socket = bind_socket(port, only).map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => {
                BindError::InUse { port, holder: ports::holder(Transport::Udp, port) }
            }
            _ => BindError::Refused { port, source },
        })?;
        let refused = |source| BindError::Refused { port, source };
        let address = socket.local_addr().map_err(refused)?;
        let endpoint = Endpoint::new(EndpointConfig::default(), Some(config), socket, Arc::new(TokioRuntime))
            .map_err(refused)?;
        Ok(Self { endpoint, address })
    }

    /// Where the door is.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Lets connections in until the host goes down, then says good-bye to those that are left.
    pub async fn run(self, host: Arc<Host>) {
        let limits = HandshakeLimits::default();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                incoming = self.endpoint.accept() => {
                    let Some(incoming) = incoming else { break };
                    if let Some(permit) = judge(&limits, &incoming) {
                        match permit {
                            Ok(permit) => { connections.spawn(greet(Arc::clone(&host), incoming, permit)); }
                            Err(answer) => answer(incoming),
                        }
                    }
                }
                // ended tasks are collected as they end, so that the set holds only live ones
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                () = host.going_down() => break,
            }
        }
        self.endpoint.set_server_config(None);
        while connections.join_next().await.is_some() {}
        self.endpoint.close(0u32.into(), b"");
        self.endpoint.wait_idle().await;
    }
}

type Answer = fn(Incoming);

/// A permit to go on, how to answer instead, or nothing to do.
fn judge(limits: &HandshakeLimits, incoming: &Incoming) -> Option<Result<Permit, Answer>> {
    let validated = incoming.remote_address_validated() || !incoming.may_retry();
    Some(match limits.admit(incoming.remote_address().ip(), validated) {
        Decision::Accept(permit) => Ok(permit),
        // `may_retry` was asked above
        Decision::Retry => Err(|incoming| drop(incoming.retry())),
        Decision::Refuse => Err(Incoming::refuse),
        Decision::Ignore => Err(Incoming::ignore),
    })
}

async fn greet(host: Arc<Host>, incoming: Incoming, permit: Permit) {
    // failed handshakes are the peer's business: port scans must not fill the log
    let connecting = match incoming.accept() {
        Ok(connecting) => connecting,
        Err(error) => return tracing::debug!(%error, "a handshake could not begin"),
    };
    // the idle time-out does not end it: every packet of the peer begins that anew
    let connection = match timeout(HANDSHAKE_LIMIT, connecting).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => return tracing::debug!(%error, "a handshake failed"),
        Err(_) => return tracing::debug!("a handshake took too long"),
    };
    connection::serve(host, connection, permit).await;
}

fn bind_socket(port: u16, only: Option<IpAddr>) -> io::Result<UdpSocket> {
    match only {
        Some(address) => bind_to(SocketAddr::new(address, port)),
        None => match bind_to(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))) {
            // a kernel without IPv6
            Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                bind_to(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))
            }
            bound => bound,
        },
    }
}

fn bind_to(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // one socket serves both families
        socket.set_only_v6(false)?;
    }
    // as much as the kernel grants; the default works too
    let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
    let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
    socket.bind(&address.into())?;
    Ok(socket.into())
}
