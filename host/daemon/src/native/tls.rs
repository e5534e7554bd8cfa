//! TLS and transport settings of the native door (punktfunk/1 §1.2, §1.3).

use std::sync::Arc;
use std::time::Duration;

use punktfunk_core::wire::ALPN;
use punktfunk_trust::tls::AnyClient;
use punktfunk_trust::{DeviceId, Identity};
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{MtuDiscoveryConfig, TransportConfig, VarInt};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::NoServerSessionStorage;

/// A connection that says nothing for this long is gone.
pub(super) const IDLE_TIMEOUT: Duration = Duration::from_secs(8);
/// How often a quiet connection is kept alive; half the idle time-out.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(4);
/// Side planes are latest-wins: what does not fit in here is dropped, oldest first.
pub(super) const DATAGRAM_SEND_BUFFER: usize = 4 * 1024;
/// Input that waits to be read; a few hundred events.
pub(super) const DATAGRAM_RECEIVE_BUFFER: usize = 32 * 1024;
/// The largest UDP payload that path discovery tries.
pub(super) const PATH_MTU_CEILING: u16 = 1472;
/// Streams that a client may open before it is let in: the control stream.
pub(super) const STREAMS_OF_A_STRANGER: u32 = 1;
/// And afterwards: room for fetch streams that are reset at once.
pub(super) const MAX_STREAMS: u32 = 8;
/// Bytes that a connection may have in flight towards the host, over all of its streams. Control messages are short, and
/// whoever waits to be let in holds as much of the host's memory as this.
pub(super) const WINDOW: u32 = 64 * 1024;
/// Connections whose first packet waits to be looked at.
pub(super) const MAX_UNREAD_INCOMING: usize = 512;

/// The TLS settings could not be made from the host's identity.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The identity's certificate or key does not fit TLS.
    #[error(
        "the host's identity cannot be used for TLS: {0}; restore it from a backup or remove it to make a new one"
    )]
    Identity(#[from] rustls::Error),
    /// The provider lacks the cipher suite that QUIC starts with.
    #[error("this build's TLS provider cannot protect QUIC: {0}")]
    Quic(#[from] quinn::crypto::rustls::NoInitialCipherSuite),
}

/// Everything quinn needs to serve punktfunk/1 as `identity`.
pub(super) fn server_config(identity: &Identity) -> Result<quinn::ServerConfig, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let chain = vec![CertificateDer::from(identity.certificate_der().to_vec())];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(identity.key_der().to_vec()));
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(AnyClient::new()))
        .with_single_cert(chain, key)?;
    tls.alpn_protocols = vec![ALPN.to_vec()];
    // every connection proves its key anew: no tickets, no early data
    tls.session_storage = Arc::new(NoServerSessionStorage {});
    tls.send_tls13_tickets = 0;
    tls.max_early_data_size = 0;

    let mut config = quinn::ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls)?));
    config.transport_config(Arc::new(transport()));
    config.max_incoming(MAX_UNREAD_INCOMING);
    Ok(config)
}

/// The fingerprint of the certificate whose key the peer has proven, if it showed one.
pub(super) fn device_of(connection: &quinn::Connection) -> Option<DeviceId> {
    let chain = connection.peer_identity()?.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    chain.first().map(|leaf| DeviceId::from_certificate(leaf.as_ref()))
}

/// Gives a client what only one may have that was let in.
pub(super) fn widen(connection: &quinn::Connection) {
    connection.set_max_concurrent_bi_streams(VarInt::from_u32(MAX_STREAMS));
}

fn transport() -> TransportConfig {
    let mut discovery = MtuDiscoveryConfig::default();
    discovery.upper_bound(PATH_MTU_CEILING);
    let mut transport = TransportConfig::default();
    transport
        .max_idle_timeout(Some(VarInt::from_u32(IDLE_TIMEOUT.as_millis() as u32).into()))
        .keep_alive_interval(Some(KEEP_ALIVE))
        .mtu_discovery_config(Some(discovery))
        .datagram_send_buffer_size(DATAGRAM_SEND_BUFFER)
        .datagram_receive_buffer_size(Some(DATAGRAM_RECEIVE_BUFFER))
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS_OF_A_STRANGER))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .receive_window(VarInt::from_u32(WINDOW))
        .stream_receive_window(VarInt::from_u32(WINDOW));
    transport
}
