//! Who asks.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum_server::tls::TlsInfo;

use super::listen::LocalAddress;
use crate::certificate::fingerprint;
use crate::house::Fingerprint;

/// The other end of a request's connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    /// Its address.
    pub(super) source: IpAddr,
    /// The host's address that it has reached.
    pub(super) local: IpAddr,
    /// The certificate whose key it holds, over HTTPS.
    pub(super) certificate: Option<Fingerprint>,
}

/// The paired device that asks. Only the gate of the HTTPS interface makes one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paired(pub(super) Fingerprint);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let unknown = IpAddr::from([0, 0, 0, 0]);
        let source = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        let local = parts.extensions.get::<LocalAddress>().map(|local| local.0.to_canonical());
        let tls = parts.extensions.get::<Arc<TlsInfo>>();
        let certificate = tls.and_then(|tls| tls.peer_certificates.first()).map(|der| fingerprint(der));
        Ok(Self { source: source.unwrap_or(unknown), local: local.unwrap_or(unknown), certificate })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Paired {
    type Rejection = crate::xml::Root;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let refusal = || crate::xml::Root::refusal(401, "This device is not paired with this host");
        parts.extensions.get::<Self>().copied().ok_or_else(refusal)
    }
}
