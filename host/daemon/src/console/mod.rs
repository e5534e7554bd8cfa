//! The API of the console, under `/api/v1`: over HTTPS for the network, and over the control socket for this machine.
//! Both speak through the same handlers; only who is asking differs.

mod account;
mod assets;
mod backup;
mod body;
mod browsers;
mod caller;
mod card;
mod clients;
mod clock;
mod cookies;
mod doctor;
mod document;
mod events;
mod examples;
mod gate;
mod guard;
mod headers;
mod ignored;
mod limits;
mod listen;
mod metrics;
mod once;
mod open;
mod owner_problems;
mod pairing;
mod pending;
mod policy;
mod presence;
mod preview;
mod problem;
mod record;
mod refusals;
mod slots;
mod status;
mod streams;
mod tokens;

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use punktfunk_trust::DeviceId;
use tokio::time::timeout;
use utoipa::OpenApi as _;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

pub use account::{ClaimBody, NewPasswordBody, PasswordBody, SessionState};
pub use backup::{BackupBody, RestoreBody, RestoreState};
pub use browsers::SignedInBrowser;
pub use card::BoxCard;
pub use clients::{AmendBody, Client};
pub use guard::{
    All, Anyone, AnyoneOnceClaimed, Api, Devices, Level, LocalOperator, OwnSession, Read, RecentlyProven,
    Right, Scope, SignedIn,
};
pub use ignored::Ignored;
pub use limits::Limits;
pub use listen::{ConsoleError, LocalListener, bind_https, socket_path};
pub(crate) use open::Console;
pub use pairing::{ArmBody, LastPin, PinStatus};
pub use pending::{ApproveBody, DenyBody, EnterPinBody, LetInBy, LooksLike, Pending};
pub use policy::{OriginKind, PolicyProblem, PolicyRow, PolicyView};
pub use presence::ClaimState;
pub use problem::Problem;
pub use status::Health;
pub use tokens::{ApiToken, NewApiToken, TokenBody};

use refusals::{BAD_FINGERPRINT, METHOD_NOT_ALLOWED, TOO_SLOW};

/// Where everything of the API stands.
pub const BASE: &str = "/api/v1";

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 16 * 1024;
/// How long a listener waits for open requests when the host stops.
const DRAIN: Duration = Duration::from_secs(2);

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "punktfunk host", description = "Who may stream from this box, and what it is doing."),
    security(("session" = []), ("token" = [])),
    components(schemas(Problem)),
    tags((name = "account", description = "Whose box this is, and who is signed in"),
         (name = "pairing", description = "Letting devices in and throwing them out"),
         (name = "host", description = "The host itself"))
)]
struct Document;

/// The OpenAPI document of the API; `docs/api/openapi.json` is its copy.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = described().split_for_parts().1;
    examples::add(&mut document);
    document
}

fn described() -> OpenApiRouter<Api> {
    let mut document = Document::openapi();
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(cookies::SESSION)));
    let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("session", session);
    components.add_security_scheme("token", token);
    let v1 = OpenApiRouter::new()
        .merge(account::routes())
        .merge(browsers::routes())
        .merge(tokens::routes())
        .merge(presence::routes())
        .merge(card::routes())
        .merge(backup::routes())
        .merge(status::routes())
        .merge(pending::routes())
        .merge(ignored::routes())
        .merge(pairing::routes())
        .merge(clients::routes())
        .merge(streams::routes())
        .merge(record::routes())
        .merge(policy::routes())
        .merge(doctor::routes())
        .merge(clock::routes())
        .merge(preview::routes())
        .merge(document::routes())
        .merge(events::routes());
    OpenApiRouter::with_openapi(document).nest(BASE, v1).merge(metrics::routes())
}

/// The whole API, to be served on every listener. Takes a while: it is described while it is put together.
fn router(api: Api) -> Router {
    let (router, _) = described().split_for_parts();
    let limit = api.limits().request;
    let router = router
        .fallback(assets::answer)
        .method_not_allowed_fallback(|| async {
            Problem::of(
                &METHOD_NOT_ALLOWED,
                "this place does not take that method; the Allow header says which",
            )
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(api.gate(), gate::pass))
        .layer(from_fn(move |request, next| in_time(limit, request, next)))
        .with_state(api);
    headers::with_headers(router)
}

/// A request that dawdles is ended; what an event stream sends later is no part of it.
async fn in_time(limit: Duration, request: Request, next: Next) -> Response {
    timeout(limit, next.run(request)).await.unwrap_or_else(|_| {
        Problem::of(&TOO_SLOW, "this took too long: send the whole request at once, or try again")
            .into_response()
    })
}

fn parse_fingerprint(text: &str) -> Result<DeviceId, Problem> {
    text.parse().map_err(|_| {
        Problem::of(
            &BAD_FINGERPRINT,
            "a fingerprint is 64 hex digits; `pair list` and `pair pending` show it whole",
        )
    })
}
