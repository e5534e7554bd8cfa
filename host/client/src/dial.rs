//! From a typed address to an encrypted connection with a host whose certificate is the right one.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use punktfunk_core::wire::CloseCode;
use punktfunk_trust::{DeviceId, Identity};
use quinn::{Connection, ConnectionError, Endpoint, VarInt};
use rustls::pki_types::CertificateDer;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use crate::error::{ConnectError, Refusal, printable};
use crate::options::Progress;
use crate::tls::{SERVER_NAME, client_config};
use crate::{HostAddress, HostPin};

/// Silence after which one attempt is given up and the next begins (punktfunk/1 §1.3).
const ATTEMPT: Duration = Duration::from_secs(3);
/// A dial begins no later than this before the budget's end (punktfunk/1 §1.3).
const LAST_ATTEMPT: Duration = Duration::from_secs(2);
/// How long a close that explains a failure may take to arrive (punktfunk/1 §1.5).
const CLOSE_WAIT: Duration = Duration::from_millis(300);
/// How long a close of ours may take to leave this machine.
pub(crate) const FAREWELL: Duration = Duration::from_millis(300);

/// TLS alerts as they appear in a QUIC crypto error, which is 0x100 plus the alert.
const CRYPTO_ERROR: u64 = 0x100;
const NO_APPLICATION_PROTOCOL: u64 = CRYPTO_ERROR + 120;
const CONNECTION_REFUSED: u64 = 0x02;

/// A connection and the endpoint that drives it.
pub(crate) struct Dialled {
    pub(crate) endpoint: Endpoint,
    pub(crate) connection: Connection,
    pub(crate) host: DeviceId,
}

impl Dialled {
    /// Closes and gives the close a moment to leave this machine. Does nothing to a connection that is closed already.
    pub(crate) async fn hang_up(&self, code: CloseCode) {
        self.connection.close(VarInt::from_u32(code.code()), b"");
        let _ = timeout(FAREWELL, self.endpoint.wait_idle()).await;
    }
}

/// Dials until the host answers or `budget` is used up.
pub(crate) async fn dial(
    address: &HostAddress,
    identity: &Identity,
    pin: HostPin,
    budget: Duration,
    mut report: impl FnMut(Progress),
) -> Result<Dialled, ConnectError> {
    let started = Instant::now();
    let deadline = started + budget;
    let remote = resolve(address, deadline).await?;
    let local: SocketAddr =
        if remote.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let endpoint = Endpoint::client(local)?;
    for attempt in 1.. {
        report(Progress::Dialling { address: remote, attempt });
        let attempt_ends = (Instant::now() + ATTEMPT).min(deadline);
        if let Some(connection) = try_once(&endpoint, remote, identity, pin, attempt_ends).await? {
            let host = certificate_of(&connection).ok_or_else(|| ConnectError::Insecure {
                reason: "the host showed no certificate".to_owned(),
            })?;
            report(Progress::Connected { host });
            return Ok(Dialled { endpoint, connection, host });
        }
        sleep_until(attempt_ends).await;
        if Instant::now() + LAST_ATTEMPT > deadline {
            break;
        }
    }
    Err(ConnectError::Unreachable { address: remote, waited: started.elapsed() })
}

/// One handshake. `None` means silence, which is worth another try.
async fn try_once(
    endpoint: &Endpoint,
    remote: SocketAddr,
    identity: &Identity,
    pin: HostPin,
    deadline: Instant,
) -> Result<Option<Connection>, ConnectError> {
    let (config, host) =
        client_config(identity, pin).map_err(|error| ConnectError::Identity { reason: error.to_string() })?;
    let connecting = endpoint
        .connect_with(config, remote, SERVER_NAME)
        .map_err(|error| ConnectError::Lost { reason: error.to_string() })?;
    let error = match timeout_at(deadline, connecting).await {
        Ok(Ok(connection)) => return Ok(Some(connection)),
        Err(_) | Ok(Err(ConnectionError::TimedOut)) => return Ok(None),
        Ok(Err(error)) => error,
    };
    match (pin, host.seen()) {
        (HostPin::Fingerprint(pinned), Some(shown)) if pinned != shown => {
            Err(ConnectError::WrongHost { shown, pinned })
        }
        _ if is_refused(&error) => Ok(None),
        _ => Err(from_transport(&error)),
    }
}

async fn resolve(address: &HostAddress, deadline: Instant) -> Result<SocketAddr, ConnectError> {
    let not_found = |reason: String| ConnectError::NotFound { host: address.host().to_owned(), reason };
    let found = timeout_at(deadline, tokio::net::lookup_host((address.host(), address.port())))
        .await
        .map_err(|_| not_found("the look-up took too long".to_owned()))?
        .map_err(|error| not_found(error.to_string()))?;
    HostAddress::pick(found).ok_or_else(|| not_found("no address behind it".to_owned()))
}

fn certificate_of(connection: &Connection) -> Option<DeviceId> {
    let chain = connection.peer_identity()?.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    Some(DeviceId::from_certificate(chain.first()?))
}

/// A host that is short of handshakes turns one away without a reason; it may take the next.
fn is_refused(error: &ConnectionError) -> bool {
    matches!(error, ConnectionError::ConnectionClosed(close) if u64::from(close.error_code) == CONNECTION_REFUSED)
}

/// The typed reason behind a broken stream: the close that explains it is often still on its way.
pub(crate) async fn explain(connection: &Connection, otherwise: ConnectError) -> ConnectError {
    match timeout(CLOSE_WAIT, connection.closed()).await {
        Ok(error) => from_transport(&error),
        Err(_) => otherwise,
    }
}

pub(crate) fn from_transport(error: &ConnectionError) -> ConnectError {
    let code = match error {
        ConnectionError::ApplicationClosed(close) => {
            return ConnectError::Refused(Refusal::new(close.error_code.into_inner(), &close.reason));
        }
        ConnectionError::VersionMismatch => return ConnectError::WrongProtocol,
        ConnectionError::LocallyClosed => return ConnectError::Cancelled,
        ConnectionError::TransportError(error) => u64::from(error.code),
        ConnectionError::ConnectionClosed(close) => u64::from(close.error_code),
        _ => 0,
    };
    let reason = printable(&error.to_string());
    match code {
        NO_APPLICATION_PROTOCOL => ConnectError::WrongProtocol,
        CRYPTO_ERROR..0x200 => ConnectError::Insecure { reason },
        _ => ConnectError::Lost { reason },
    }
}

#[cfg(test)]
mod tests {
    use punktfunk_trust::Role;
    use tokio::net::UdpSocket;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn silence_is_dialled_again_every_3_s_until_2_s_before_the_end() {
        let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("socket");
        let address = silent.local_addr().expect("address").into();
        let identity = Identity::generate(Role::Client).expect("identity");
        let begun = Instant::now();
        let mut dials = Vec::new();
        let budget = Duration::from_secs(10);
        let outcome = dial(&address, &identity, HostPin::TrustOnFirstUse, budget, |step| {
            if let Progress::Dialling { attempt, .. } = step {
                dials.push((attempt, begun.elapsed().as_secs()));
            }
        })
        .await;
        assert!(matches!(outcome, Err(ConnectError::Unreachable { .. })));
        assert_eq!(dials, [(1, 0), (2, 3), (3, 6)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_is_not_up_yet_is_asked_again_within_half_a_second() {
        let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("socket");
        let address = silent.local_addr().expect("address").into();
        let identity = Identity::generate(Role::Client).expect("identity");
        let budget = Duration::from_millis(500);
        let outcome = dial(&address, &identity, HostPin::TrustOnFirstUse, budget, |_| {}).await;
        assert!(matches!(outcome, Err(ConnectError::Unreachable { .. })));
        let mut packet = [0; 2048];
        let asked = std::iter::from_fn(|| silent.try_recv(&mut packet).ok()).count();
        assert!(asked > 1, "{asked}");
    }
}
