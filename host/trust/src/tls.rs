//! What a peer's certificate proves in TLS, for every door and every client.
//!
//! A peer is known by its certificate and nothing else: names, dates, serial numbers and issuers mean nothing. That it
//! holds the certificate's key is always verified by the provider, because a certificate is public and proves nothing
//! without it.

use std::sync::OnceLock;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use crate::DeviceId;

/// Asks for a client's certificate and takes any, or none: who may come in is decided afterwards.
#[derive(Debug)]
pub struct AnyClient(Signatures);

impl AnyClient {
    /// Of any key that the provider can verify.
    #[must_use]
    pub fn new() -> Self {
        Self(Signatures::new())
    }
}

impl Default for AnyClient {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes the host with one certificate, or any host, and remembers which it was.
#[derive(Debug)]
pub struct KnownHost {
    pin: Option<DeviceId>,
    seen: OnceLock<DeviceId>,
    signatures: Signatures,
}

impl KnownHost {
    /// Takes exactly this host; without one whichever is shown.
    #[must_use]
    pub fn new(pin: Option<DeviceId>) -> Self {
        Self { pin, seen: OnceLock::new(), signatures: Signatures::new() }
    }

    /// What the handshake has shown, also when it was refused for it.
    #[must_use]
    pub fn seen(&self) -> Option<DeviceId> {
        self.seen.get().copied()
    }
}

/// What the provider can verify.
#[derive(Debug)]
struct Signatures(WebPkiSupportedAlgorithms);

impl Signatures {
    fn new() -> Self {
        Self(aws_lc_rs::default_provider().signature_verification_algorithms)
    }
}

macro_rules! signatures_are_verified {
    ($($at:tt)+) => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            verify_tls12_signature(message, cert, dss, &self.$($at)+.0)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            verify_tls13_signature(message, cert, dss, &self.$($at)+.0)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.$($at)+.0.supported_schemes()
        }
    };
}

impl ClientCertVerifier for AnyClient {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    signatures_are_verified!(0);
}

impl ServerCertVerifier for KnownHost {
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
            Some(pinned) if pinned != shown => {
                Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
            }
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    signatures_are_verified!(signatures);
}
