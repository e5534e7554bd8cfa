//! Devices whose knocks are not shown.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::guard::{Devices, Read, Scope};
use super::problem::Problem;
use super::refusals::{Forgiving, Guarded};
use super::{Api, parse_fingerprint};
use crate::app::{EXAMPLE_FINGERPRINT, EXAMPLE_WORDS, colour, words};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(forgive))
}

/// A device that is turned away without a word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ignored {
    /// SHA-256 of its certificate, 64 hex digits.
    #[schema(pattern = "^[0-9a-f]{64}$", example = json!(EXAMPLE_FINGERPRINT))]
    pub fingerprint: String,
    /// The fingerprint's first 64 bits as words.
    #[schema(min_items = 8, max_items = 8, example = json!(EXAMPLE_WORDS))]
    pub words: Vec<String>,
    /// The fingerprint's colour, `#rrggbb`.
    #[schema(example = "#1a76e8")]
    pub colour: String,
    /// What it called itself when it was turned away.
    #[schema(example = "Neighbour's phone")]
    pub name: String,
    /// Unix time since when.
    pub since: u64,
}

/// Who is ignored.
#[utoipa::path(get, path = "/native/ignored", operation_id = "listIgnored", tag = "pairing", responses(
    (status = 200, description = "who is ignored", body = [Ignored]), Guarded))]
async fn list(guard: Scope<Read>) -> Json<Vec<Ignored>> {
    let show = |ignored: punktfunk_trust::Ignored| Ignored {
        fingerprint: ignored.device.to_string(),
        words: words(&ignored.device),
        colour: colour(&ignored.device),
        name: ignored.name.to_string(),
        since: ignored.since.0,
    };
    Json(guard.host().trust(|trust, _| trust.ignored()).into_iter().map(show).collect())
}

/// Shows the knocks of a device again. It is not let in by that.
#[utoipa::path(delete, path = "/native/ignored/{fingerprint}", operation_id = "forgive", tag = "pairing",
    params(("fingerprint" = String, Path, description = "all 64 hex digits")),
    responses((status = 204, description = "it may knock again"), Forgiving))]
async fn forgive(
    guard: Scope<Devices>,
    fingerprint: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let Path(fingerprint) = fingerprint?;
    let id = parse_fingerprint(&fingerprint)?;
    guard.decide(move |trust, now, by| trust.unignore(now, &id, by)).await?;
    Ok(StatusCode::NO_CONTENT)
}
