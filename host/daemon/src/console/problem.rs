//! Refusals of the API: one sentence for a person, one stable code for a program (RFC 9457).

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is answered in place of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The HTTP status, repeated.
    #[schema(example = 409)]
    pub status: u16,
    /// Stable and made for programs, e.g. `knock_changed`.
    #[schema(example = "knock_changed")]
    pub code: String,
    /// What happened and what to do next, made for people.
    #[schema(
        example = "this request has changed since it was shown; look at it again before you approve it"
    )]
    pub error: String,
}

impl Problem {
    /// A refusal.
    pub fn new(status: StatusCode, code: &str, error: impl std::fmt::Display) -> Self {
        Self { status: status.as_u16(), code: code.to_owned(), error: error.to_string() }
    }

    /// 404: nothing here has this name.
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", what)
    }

    /// 400: the request cannot be read.
    pub fn bad_request(why: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", why)
    }

    /// 500: this host could not do its part. `why` goes to the caller, so it must hold no secret.
    pub fn internal(why: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", why)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let code = match rejection {
            JsonRejection::MissingJsonContentType(_) => "json_only",
            _ => "bad_request",
        };
        Self::new(rejection.status(), code, rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}
