//! Refusals of the API: one sentence for a person, one stable code for a program (RFC 9457).

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusals::{BAD_PATH, Code};

/// The media type of a refusal (RFC 9457).
pub(super) const CONTENT_TYPE: &str = "application/problem+json";

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

    /// One of the API's refusals, in the words of the part that refuses.
    pub(super) fn of(code: &Code, error: impl std::fmt::Display) -> Self {
        Self::new(code.status, code.code, error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let kind = HeaderValue::from_static(CONTENT_TYPE);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::of(&BAD_PATH, rejection.body_text())
    }
}
