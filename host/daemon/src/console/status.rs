//! What the host is doing.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{Anyone, Read, Scope};
use super::refusals::{Guarded, Open};
use crate::app::Status;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(status))
}

/// Whether the host is up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok` while it answers.
    #[schema(example = "ok")]
    pub status: String,
}

/// Whether the host is up. Needs no rights and says nothing else.
#[utoipa::path(get, path = "/health", operation_id = "health", tag = "host",
    responses((status = 200, description = "it is up", body = Health), Open), security(()))]
async fn health(_: Anyone) -> Json<Health> {
    Json(Health { status: "ok".to_owned() })
}

/// What the host is doing.
#[utoipa::path(get, path = "/status", operation_id = "status", tag = "host", responses(
    (status = 200, description = "the host at this moment", body = Status), Guarded))]
async fn status(guard: Scope<Read>) -> Json<Status> {
    Json(guard.host().status())
}
