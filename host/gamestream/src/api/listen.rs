//! The two listeners, and how many connections they have at once.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::Request;
use axum_server::Handle;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use tokio::net::TcpStream;
use tower_service::Service;

use super::{Api, http, https, tls};
use crate::house::House;

/// Connections of one listener.
const CONNECTIONS: usize = 64;
/// Of those, connections of one address. Each waiting request to pair holds one.
const FROM_ONE_SOURCE: usize = 12;
/// The longest that a TLS handshake or the head of a request may take.
const HEAD_LIMIT: Duration = Duration::from_secs(10);

/// Answers over HTTP until `handle` is told to stop.
pub(crate) async fn serve_http(
    listener: TcpListener,
    api: Api,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    let slots = Slots::new(&api.house);
    let mut server = axum_server::from_tcp(listener)?
        .acceptor(slots)
        .http1_only()
        .first_request_timeout(HEAD_LIMIT)
        .handle(handle);
    server.http_builder().http1().header_read_timeout(HEAD_LIMIT);
    server.serve(http(api).into_make_service_with_connect_info::<SocketAddr>()).await
}

/// Answers over HTTPS until `handle` is told to stop.
pub(crate) async fn serve_https(
    listener: TcpListener,
    api: Api,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    let config = tls::server_config(&api.certificate).map_err(io::Error::other)?;
    let slots = Slots::new(&api.house);
    let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(Arc::new(config)))
        .handshake_timeout(HEAD_LIMIT)
        .acceptor(slots);
    let mut server = axum_server::from_tcp(listener)?
        .acceptor(acceptor)
        .http1_only()
        .first_request_timeout(HEAD_LIMIT)
        .handle(handle);
    server.http_builder().http1().header_read_timeout(HEAD_LIMIT);
    server.serve(https(api).into_make_service_with_connect_info::<SocketAddr>()).await
}

/// Lets connections of welcome addresses in while there are free slots; the others are closed at once.
#[derive(Clone)]
pub(crate) struct Slots {
    house: Arc<dyn House>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A connection's place.
#[derive(Debug)]
struct Slot {
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    source: IpAddr,
}

impl Slots {
    fn new(house: &Arc<dyn House>) -> Self {
        Self { house: Arc::clone(house), taken: Arc::default() }
    }

    fn take(&self, source: IpAddr) -> Option<Slot> {
        if !self.house.welcomes(source) {
            return None;
        }
        let source = network(source);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = taken.get(&source).copied().unwrap_or(0);
        if theirs >= FROM_ONE_SOURCE || taken.values().sum::<usize>() >= CONNECTIONS {
            return None;
        }
        taken.insert(source, theirs + 1);
        Some(Slot { taken: Arc::clone(&self.taken), source })
    }
}

/// What counts as one source: an IPv4 address, or the /64 that one IPv6 neighbour controls.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.source);
            }
        }
    }
}

impl<S> Accept<TcpStream, S> for Slots {
    type Stream = TcpStream;
    type Service = OfConnection<S>;
    type Future = Ready<io::Result<(TcpStream, OfConnection<S>)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let slot = stream.peer_addr().ok().and_then(|peer| self.take(peer.ip()));
        let full =
            || io::Error::new(io::ErrorKind::ConnectionRefused, "not welcome, or too many connections");
        let local = stream.local_addr().map(|address| address.ip());
        ready(slot.ok_or_else(full).and_then(|slot| {
            let service = OfConnection { service, local: LocalAddress(local?), _slot: Arc::new(slot) };
            Ok((stream, service))
        }))
    }
}

/// The host's address that a connection has reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalAddress(pub(super) IpAddr);

/// Tells each request which address it has reached, and holds the connection's slot as long as that is served.
#[derive(Clone, Debug)]
pub(crate) struct OfConnection<S> {
    service: S,
    local: LocalAddress,
    _slot: Arc<Slot>,
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for OfConnection<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        request.extensions_mut().insert(self.local);
        self.service.call(request)
    }
}
