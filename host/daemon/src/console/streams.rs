//! Running streams.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{Devices, Scope};
use super::problem::Problem;
use super::refusals::{EndingAStream, STREAM_GONE};
use crate::app::CutReason;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(end))
}

/// Ends a stream. Its device may come back; revoke it if it may not.
#[utoipa::path(delete, path = "/streams/{id}", operation_id = "endStream", tag = "host",
    params(("id" = u64, Path, description = "of the status")),
    responses((status = 204, description = "it ends"), EndingAStream))]
async fn end(guard: Scope<Devices>, id: Result<Path<u64>, PathRejection>) -> Result<StatusCode, Problem> {
    let Path(id) = id?;
    if guard.host().streams().cut_one(id, CutReason::EndedByOwner) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::of(&STREAM_GONE, "this stream is over already; look at the status again"))
    }
}
