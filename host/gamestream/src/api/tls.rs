//! TLS of the HTTPS interface: clients are known by their certificates (GameStream §2.2). Serial numbers of 0 and dates of
//! wrong clocks are usual there.

use std::sync::Arc;

use punktfunk_trust::tls::AnyClient;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::NoServerSessionStorage;

use crate::certificate::HostCertificate;

/// TLS as `certificate`.
pub(super) fn server_config(certificate: &HostCertificate) -> Result<ServerConfig, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certificate.key_der().to_vec()));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(Arc::new(AnyClient::new()))
        .with_single_cert(chain, key)?;
    // every connection proves its key anew
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}
