//! TLS to this host and no other: the certificate is known by its fingerprint, and its key is really proven.

use std::sync::Arc;

use punktfunk_trust::DeviceId;
use punktfunk_trust::tls::KnownHost;
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, Error};

/// Settings of a client that talks TLS 1.3 with whoever holds the key of `host`'s certificate; it shows none of its own.
pub(super) fn to_this_host(host: DeviceId, alpn: &[&[u8]]) -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(KnownHost::new(Some(host))))
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(config)
}
