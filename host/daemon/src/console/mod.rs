//! The API of the console, under `/api/v1`: over HTTPS for the network, and over the control socket for this machine.
//! Both speak through the same handlers; only who is asking differs.

mod assets;
mod body;
mod caller;
mod clients;
mod events;
mod guard;
mod ignored;
mod listen;
mod open;
mod pairing;
mod pending;
mod problem;
mod refusals;
mod slots;
mod status;
mod token;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use punktfunk_trust::DeviceId;
use tokio::time::timeout;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

pub use clients::{Client, RenameBody};
pub use ignored::Ignored;
pub use listen::{ConsoleError, LocalListener, bind_https, serve_https, serve_local, socket_path};
pub(crate) use open::Console;
pub use pairing::{ArmBody, PinStatus};
pub use pending::{ApproveBody, DenyBody, Pending};
pub use problem::Problem;
pub(crate) use status::OPEN_MODE;
pub use status::{Health, Session, Status, Stream};
pub use token::{TOKEN_FILE, Token, TokenError};

use crate::app::Host;
use refusals::{BAD_FINGERPRINT, METHOD_NOT_ALLOWED, TOO_SLOW};

/// Where everything of the API stands.
pub const BASE: &str = "/api/v1";

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 16 * 1024;
/// How long a request may take to arrive and to be decided, event streams excepted once they have begun.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);
/// How long a listener waits for open requests when the host stops.
const DRAIN: Duration = Duration::from_secs(2);

/// What every handler may use.
#[derive(Debug, Clone)]
pub struct Api {
    host: Arc<Host>,
    token: Arc<Token>,
}

impl Api {
    /// The API of `host`; `token` opens it over HTTPS.
    pub fn new(host: Arc<Host>, token: Token) -> Self {
        Self { host, token: Arc::new(token) }
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "punktfunk host", description = "Who may stream from this box, and what it is doing."),
    security(("token" = [])),
    components(schemas(Problem)),
    tags((name = "pairing", description = "Letting devices in and throwing them out"),
         (name = "host", description = "The host itself"))
)]
struct Document;

/// The OpenAPI document of the API; `docs/api/openapi.json` is its copy.
pub fn openapi() -> utoipa::openapi::OpenApi {
    described().split_for_parts().1
}

fn described() -> OpenApiRouter<Api> {
    let mut document = Document::openapi();
    let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    document.components.get_or_insert_default().add_security_scheme("token", token);
    let v1 = OpenApiRouter::new()
        .merge(status::routes())
        .merge(pending::routes())
        .merge(ignored::routes())
        .merge(pairing::routes())
        .merge(clients::routes())
        .merge(events::routes());
    OpenApiRouter::with_openapi(document).nest(BASE, v1)
}

/// The whole API, to be served on either listener.
fn router(api: Api) -> Router {
    let (router, _) = described().split_for_parts();
    router
        .fallback(assets::answer)
        .method_not_allowed_fallback(|| async {
            Problem::of(
                &METHOD_NOT_ALLOWED,
                "this place does not take that method; the Allow header says which",
            )
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(in_time))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .with_state(api)
}

/// A request that dawdles is ended; what an event stream sends later is no part of it.
async fn in_time(request: Request, next: Next) -> Response {
    timeout(REQUEST_LIMIT, next.run(request)).await.unwrap_or_else(|_| {
        Problem::of(&TOO_SLOW, "this took too long: send the whole request at once, or try again")
            .into_response()
    })
}

fn header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

fn parse_fingerprint(text: &str) -> Result<DeviceId, Problem> {
    text.parse().map_err(|_| {
        Problem::of(
            &BAD_FINGERPRINT,
            "a fingerprint is 64 hex digits; `pair list` and `pair pending` show it whole",
        )
    })
}
