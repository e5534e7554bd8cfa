//! The HTTP and HTTPS interface (GameStream §2).

mod apps;
mod attempts;
mod caller;
mod info;
mod keys;
mod listen;
mod pair;
mod stream;
mod tls;

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::task::JoinHandle;

use crate::certificate::HostCertificate;
use crate::house::{AppRun, Fingerprint, House};
use crate::link::Link;
use crate::session::StreamPorts;
use crate::xml::Root;

use attempts::Attempts;
use caller::{Caller, Paired};
use keys::UsedKeys;

pub(crate) use listen::{serve_http, serve_https};

/// What all requests share.
#[derive(Clone)]
pub(crate) struct Api(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) house: Arc<dyn House>,
    pub(crate) certificate: HostCertificate,
    /// The HTTPS port, as clients are told.
    pub(crate) https_port: u16,
    pub(crate) ports: StreamPorts,
    attempts: Mutex<Attempts>,
    keys: Mutex<UsedKeys>,
    /// The app that each device has running, its stream included; as many as there are paired devices, at the most.
    running: Mutex<HashMap<Fingerprint, Running>>,
    runs: AtomicU64,
    started: Instant,
}

/// What a device has running. It goes on without a stream, so that it can be resumed.
struct Running {
    app: u32,
    /// Tells it from whatever the device had running before and has running later.
    run: u64,
    /// The app, unless it is the desktop. Dropped, it ends.
    holds: Option<Arc<dyn AppRun>>,
    stream: Option<Stream>,
}

struct Stream {
    link: Link,
    task: JoinHandle<()>,
}

impl Api {
    pub(crate) fn new(
        house: Arc<dyn House>,
        certificate: HostCertificate,
        https_port: u16,
        ports: StreamPorts,
    ) -> Self {
        Self(Arc::new(Shared {
            house,
            certificate,
            https_port,
            ports,
            attempts: Mutex::default(),
            keys: Mutex::default(),
            running: Mutex::default(),
            runs: AtomicU64::new(0),
            started: Instant::now(),
        }))
    }

    fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this session key was never used; from now on it was.
    fn is_new(&self, key: &[u8]) -> bool {
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner).take(key)
    }

    fn running(&self) -> MutexGuard<'_, HashMap<Fingerprint, Running>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends every stream, and waits until their clients were told.
    pub(crate) async fn close(&self) {
        let running: Vec<Running> = self.running().drain().map(|(_, running)| running).collect();
        let streams: Vec<Stream> = running.into_iter().filter_map(|running| running.stream).collect();
        streams.iter().for_each(|stream| stream.link.end());
        for stream in streams {
            stream.end().await;
        }
    }
}

impl std::ops::Deref for Api {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// What is answered over plain HTTP: nothing that needs to know who asks.
fn http(api: Api) -> Router {
    Router::new()
        .route("/serverinfo", get(info::server_info))
        .route("/pair", get(pair::pair))
        .route("/unpair", get(pair::unpair))
        .layer(middleware::map_response(closing))
        .with_state(api)
}

/// What is answered over HTTPS, to paired devices only.
fn https(api: Api) -> Router {
    Router::new()
        .route("/serverinfo", get(info::server_info))
        .route("/pair", get(pair::pair_over_tls))
        .route("/applist", get(apps::app_list))
        .route("/appasset", get(apps::box_art))
        .route("/launch", get(stream::launch))
        .route("/resume", get(stream::resume))
        .route("/cancel", get(stream::cancel))
        .layer(middleware::from_fn_with_state(api.clone(), only_paired))
        .layer(middleware::map_response(closing))
        .with_state(api)
}

/// Clients read 401 as "pair first"; the handshake itself never fails for them.
async fn only_paired(State(api): State<Api>, caller: Caller, mut request: Request, next: Next) -> Response {
    match caller.certificate.filter(|device| api.house.is_paired(device)) {
        Some(device) => {
            request.extensions_mut().insert(Paired(device));
            next.run(request).await
        }
        None => Root::refusal(401, "This device is not paired with this host").into_response(),
    }
}

/// Clients open a connection for each request.
async fn closing(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    response
}

impl IntoResponse for Root {
    /// The outcome is in the document; any other status of HTTP would be taken for a broken connection.
    fn into_response(self) -> Response {
        (StatusCode::OK, [(header::CONTENT_TYPE, "application/xml; charset=utf-8")], self.finish())
            .into_response()
    }
}
