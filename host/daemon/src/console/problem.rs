//! Refusals of the API: one sentence for a person, one stable code for a program (RFC 9457).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusals::{BAD_PATH, BAD_QUERY, Code};

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
    /// Seconds after which another try makes sense; the `Retry-After` header says the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_secs: Option<u64>,
    /// What the sentence is about, one by one, for programs that say it in other words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl Problem {
    /// A refusal.
    pub fn new(status: StatusCode, code: &str, error: impl std::fmt::Display) -> Self {
        Self {
            status: status.as_u16(),
            code: code.to_owned(),
            error: error.to_string(),
            retry_after_secs: None,
            params: BTreeMap::new(),
        }
    }

    /// One of the API's refusals, in the words of the part that refuses.
    pub(super) fn of(code: &Code, error: impl std::fmt::Display) -> Self {
        Self::new(code.status, code.code, error)
    }

    /// Says when to try again.
    pub(super) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_secs: Some(seconds), ..self }
    }

    /// Says one thing that the sentence is about.
    pub(super) fn with(mut self, param: &str, value: impl std::fmt::Display) -> Self {
        self.params.insert(param.to_owned(), value.to_string());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after_secs;
        let mut response = (status, Json(self)).into_response();
        let kind = HeaderValue::from_static(CONTENT_TYPE);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::of(&BAD_PATH, rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::of(&BAD_QUERY, rejection.body_text())
    }
}
