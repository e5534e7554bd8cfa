//! The OpenAPI document, from the host that it describes.

use axum::Json;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::AnyoneOnceClaimed;
use super::refusals::Documented;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(document))
}

/// This document. Needs no rights once the box has an owner; `/api/docs` shows it.
#[utoipa::path(get, path = "/openapi.json", operation_id = "openapi", tag = "host", security(()), responses(
    (status = 200, description = "what this host answers", body = serde_json::Value), Documented))]
async fn document(_: AnyoneOnceClaimed) -> Json<utoipa::openapi::OpenApi> {
    Json(super::openapi())
}
