//! Who the two ends are: the client's certificate shown, the host's certificate pinned by its exact fingerprint.

use std::sync::Arc;
use std::time::Duration;

use punktfunk_core::wire::ALPN;
use punktfunk_trust::tls::KnownHost;
use punktfunk_trust::{DeviceId, Identity};
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, IdleTimeout, MtuDiscoveryConfig, TransportConfig, VarInt};
use rustls::Error;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The fixed server name: hosts are known by their fingerprint, never by a name (punktfunk/1 §1.2).
pub(crate) const SERVER_NAME: &str = "punktfunk";

const IDLE_TIMEOUT_MS: u32 = 8_000;
const KEEP_ALIVE: Duration = Duration::from_secs(4);
/// Round trip that is expected before one was measured. A third of QUIC's own third of a second, as hosts are near: what
/// asks a host that is about to be up, or is lost on the way, is sent again after three of these (RFC 9002 §6.2).
const INITIAL_RTT: Duration = Duration::from_millis(100);
/// Side planes are latest-wins: a send buffer this small drops instead of queueing (punktfunk/1 §1.3).
const DATAGRAM_SEND_BUFFER: usize = 4 * 1024;
const DATAGRAM_RECEIVE_BUFFER: usize = 256 * 1024;
/// Largest UDP payload that path discovery tries, bytes (punktfunk/1 §1.3).
const MTU_CEILING: u16 = 1472;

/// Which host certificate is acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostPin {
    /// Exactly this one; anything else ends the handshake.
    Fingerprint(DeviceId),
    /// Whichever is shown. The caller remembers it and pins it from then on.
    TrustOnFirstUse,
}

/// The QUIC configuration for one dial, and what will have seen the host's fingerprint.
pub(crate) fn client_config(
    identity: &Identity,
    pin: HostPin,
) -> Result<(ClientConfig, Arc<KnownHost>), Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let host = Arc::new(KnownHost::new(match pin {
        HostPin::Fingerprint(pinned) => Some(pinned),
        HostPin::TrustOnFirstUse => None,
    }));
    let certificate = CertificateDer::from(identity.certificate_der().to_vec());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(identity.key_der().to_vec()));
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(host.clone())
        .with_client_auth_cert(vec![certificate], key)?;
    tls.alpn_protocols = vec![ALPN.to_vec()];
    // A resumed session would skip the certificates, and they are the identity.
    tls.resumption = rustls::client::Resumption::disabled();
    let quic = QuicClientConfig::try_from(tls).map_err(|error| Error::General(error.to_string()))?;
    let mut config = ClientConfig::new(Arc::new(quic));
    config.transport_config(Arc::new(transport()));
    Ok((config, host))
}

fn transport() -> TransportConfig {
    let mut mtu = MtuDiscoveryConfig::default();
    mtu.upper_bound(MTU_CEILING);
    let mut transport = TransportConfig::default();
    transport
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(IDLE_TIMEOUT_MS))))
        .keep_alive_interval(Some(KEEP_ALIVE))
        .initial_rtt(INITIAL_RTT)
        .datagram_send_buffer_size(DATAGRAM_SEND_BUFFER)
        .datagram_receive_buffer_size(Some(DATAGRAM_RECEIVE_BUFFER))
        .mtu_discovery_config(Some(mtu))
        // Streams opened by the host carry clipboard fetches, which this client does not offer (punktfunk/1 §1.4).
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .max_concurrent_uni_streams(VarInt::from_u32(0));
    transport
}
