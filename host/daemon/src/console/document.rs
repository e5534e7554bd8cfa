//! The OpenAPI document, from the host that it describes.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::AnyoneOnceClaimed;
use super::refusals::Documented;

/// An answer of bytes, for the document.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only described")]
pub(super) struct File(Vec<u8>);

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(document))
}

/// This document. Needs no rights once the box has an owner; `/api/docs` shows it.
#[utoipa::path(get, path = "/openapi.json", operation_id = "openapi", tag = "host", security(()), responses(
    (status = 200, description = "what this host answers", body = serde_json::Value,
     example = json!({ "openapi": "3.1.0" })), Documented))]
async fn document(_: AnyoneOnceClaimed) -> impl IntoResponse {
    static TEXT: LazyLock<Bytes> =
        LazyLock::new(|| serde_json::to_vec(&super::openapi()).unwrap_or_default().into());
    ([(header::CONTENT_TYPE, "application/json")], TEXT.clone())
}
