//! What happened lately: who knocked, who was let in by whom, and who signed in.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{Read, Scope};
use super::problem::Problem;
use super::refusals::ReadingTheRecord;
use crate::record::{self, Recorded};

/// Lines that are answered when nobody says how many.
const USUAL: u16 = 100;
/// And at the most; the whole record is no longer.
const MOST: u16 = 1000;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(read))
}

/// How much is asked for.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<u16>,
}

/// What happened lately, newest first: decisions also from before the host was last started.
#[utoipa::path(get, path = "/record", operation_id = "record", tag = "host",
    params(("limit" = Option<u16>, Query, description = "lines at the most, up to 1000; 100 if absent")), responses(
    (status = 200, description = "what happened, newest first", body = [Recorded]), ReadingTheRecord))]
async fn read(
    State(api): State<Api>,
    guard: Scope<Read>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Vec<Recorded>>, Problem> {
    let Query(page) = page?;
    let mut lines = record::newest_first(guard.host(), guard.owner(), api.kept());
    lines.truncate(usize::from(page.limit.unwrap_or(USUAL).min(MOST)));
    Ok(Json(lines))
}
