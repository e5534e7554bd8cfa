//! The browsers that are signed in.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{All, RecentlyProven, Scope};
use super::problem::Problem;
use super::refusals::{BAD_PATH, Guarded, SigningAnotherOut};
use crate::owner::{Account, BadId, SessionInfo, ShortId, label_parts};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(revoke))
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedInBrowser {
    /// Names its session.
    #[schema(example = "9f2c41ab9f2c41ab")]
    pub id: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// What it is.
    #[schema(example = "Firefox on Android")]
    pub label: String,
    /// The browser alone, if it is a known one.
    #[schema(example = "Firefox")]
    pub browser: Option<String>,
    /// Its system alone, if it is a known one.
    #[schema(example = "Android")]
    pub system: Option<String>,
    /// Where it last asked from.
    #[schema(example = "192.168.1.23")]
    pub source: String,
    /// Unix time at which it signed in.
    pub created_at: u64,
    /// Unix time at which it last asked for something.
    pub last_seen: u64,
}

/// Which browsers are signed in, the one that was seen last first.
#[utoipa::path(get, path = "/browsers", operation_id = "listBrowsers", tag = "account", responses(
    (status = 200, description = "which browsers are signed in", body = [SignedInBrowser]), Guarded))]
async fn list(guard: Scope<All>) -> Json<Vec<SignedInBrowser>> {
    let show = |info: SessionInfo| {
        let (browser, system) = label_parts(&info.label);
        SignedInBrowser {
            id: info.id.to_string(),
            current: guard.session() == Some(info.id),
            browser: browser.map(str::to_owned),
            system: system.map(str::to_owned),
            label: info.label,
            source: info.source.to_string(),
            created_at: info.created_at.0,
            last_seen: info.last_seen.0,
        }
    };
    Json(guard.owner().ask(Account::sessions).into_iter().map(show).collect())
}

/// Signs a browser out; what it has open ends at once.
#[utoipa::path(delete, path = "/browsers/{id}", operation_id = "revokeBrowser", tag = "account",
    params(("id" = String, Path, description = "16 hex digits, of the list of browsers")),
    responses((status = 204, description = "it is signed out"), SigningAnotherOut))]
async fn revoke(
    guard: RecentlyProven<Scope<All>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let session = parse_id(id)?;
    guard.decide_account(move |account, now, by| account.revoke_session(now, session, by)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The id of a session or token in a path.
pub(super) fn parse_id(id: Result<Path<String>, PathRejection>) -> Result<ShortId, Problem> {
    let Path(id) = id?;
    id.parse().map_err(|why: BadId| Problem::of(&BAD_PATH, why))
}
