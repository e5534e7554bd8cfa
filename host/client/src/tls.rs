//! Who the two ends are: the client's certificate shown, the host's certificate pinned by its exact fingerprint.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use punktfunk_core::wire::ALPN;
use punktfunk_trust::{DeviceId, Identity};
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, IdleTimeout, MtuDiscoveryConfig, TransportConfig, VarInt};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, PeerIncompatible, SignatureScheme};

/// The fixed server name: hosts are known by their fingerprint, never by a name (punktfunk/1 §1.2).
pub(crate) const SERVER_NAME: &str = "punktfunk";

const IDLE_TIMEOUT_MS: u32 = 8_000;
const KEEP_ALIVE: Duration = Duration::from_secs(4);
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

/// What the handshake showed, readable even when it was refused.
pub(crate) type SeenHost = Arc<OnceLock<DeviceId>>;

/// The QUIC configuration for one dial, and the place where the host's fingerprint will appear.
pub(crate) fn client_config(identity: &Identity, pin: HostPin) -> Result<(ClientConfig, SeenHost), Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let seen = SeenHost::default();
    let verifier = PinnedHost { pin, seen: Arc::clone(&seen), provider: Arc::clone(&provider) };
    let certificate = CertificateDer::from(identity.certificate_der().to_vec());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(identity.key_der().to_vec()));
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_auth_cert(vec![certificate], key)?;
    tls.alpn_protocols = vec![ALPN.to_vec()];
    // A resumed session would skip the certificates, and they are the identity.
    tls.resumption = rustls::client::Resumption::disabled();
    let quic = QuicClientConfig::try_from(tls).map_err(|error| Error::General(error.to_string()))?;
    let mut config = ClientConfig::new(Arc::new(quic));
    config.transport_config(Arc::new(transport()));
    Ok((config, seen))
}

fn transport() -> TransportConfig {
    let mut mtu = MtuDiscoveryConfig::default();
    mtu.upper_bound(MTU_CEILING);
    let mut transport = TransportConfig::default();
    transport
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(IDLE_TIMEOUT_MS))))
        .keep_alive_interval(Some(KEEP_ALIVE))
        .datagram_send_buffer_size(DATAGRAM_SEND_BUFFER)
        .datagram_receive_buffer_size(Some(DATAGRAM_RECEIVE_BUFFER))
        .mtu_discovery_config(Some(mtu))
        // Streams opened by the host carry clipboard fetches, which this client does not offer (punktfunk/1 §1.4).
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .max_concurrent_uni_streams(VarInt::from_u32(0));
    transport
}

/// Compares the leaf's fingerprint and nothing else; the handshake signature is verified for real, because a
/// certificate is public and proves nothing without its key.
#[derive(Debug)]
struct PinnedHost {
    pin: HostPin,
    seen: SeenHost,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for PinnedHost {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = DeviceId::from_certificate(end_entity);
        let _ = self.seen.set(shown);
        match self.pin {
            HostPin::Fingerprint(pinned) if pinned != shown => {
                Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
            }
            HostPin::Fingerprint(_) | HostPin::TrustOnFirstUse => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::PeerIncompatible(PeerIncompatible::Tls13RequiredForQuic))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
