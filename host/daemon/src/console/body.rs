//! Bodies of requests: JSON, small, and refused in the words of the API.
//!
//! A body may take its time. So nothing reads one but [`Asked`], which has its guard look again afterwards: who was signed
//! out while his request dawdled gets nothing done by it.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use serde::de::DeserializeOwned;

use super::Api;
use super::problem::Problem;
use super::refusals::{BAD_JSON, JSON_ONLY, TOO_LARGE, UNREADABLE};

/// Whoever asks, by the guard `G`, and the body that he sent.
#[derive(Debug)]
pub(super) struct Asked<G, B>(pub(super) G, pub(super) B);

/// What can be read from a body.
pub(super) trait Payload: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// It is something else.
    fn read(is_json: bool, bytes: &[u8]) -> Result<Self, Problem>;
}

/// A JSON body that has to be there.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

/// A JSON body that may be left out; what is there must still be right.
#[derive(Debug)]
pub(super) struct OptionalBody<T>(pub(super) T);

impl<G: FromRequestParts<Api>, B: Payload> FromRequest<Api> for Asked<G, B> {
    type Rejection = Response;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let guard = |rejection: G::Rejection| rejection.into_response();
        // nobody's body is read who may not send one
        G::from_request_parts(&mut parts, api).await.map_err(guard)?;
        let is_json = is_json(&parts.headers);
        // the limit of its size is kept with the head
        let request = Request::from_parts(parts.clone(), body);
        let bytes =
            Bytes::from_request(request, api).await.map_err(|why| Problem::from(why).into_response())?;
        let guard = G::from_request_parts(&mut parts, api).await.map_err(guard)?;
        let body = B::read(is_json, &bytes).map_err(Problem::into_response)?;
        Ok(Self(guard, body))
    }
}

impl<T: DeserializeOwned> Payload for Body<T> {
    fn read(is_json: bool, bytes: &[u8]) -> Result<Self, Problem> {
        read(is_json, bytes).map(Self)
    }
}

impl<T: DeserializeOwned + Default> Payload for OptionalBody<T> {
    fn read(is_json: bool, bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        read(is_json, bytes).map(Self)
    }
}

fn read<T: DeserializeOwned>(is_json: bool, bytes: &[u8]) -> Result<T, Problem> {
    if !is_json {
        return Err(Problem::of(&JSON_ONLY, "send the body as `Content-Type: application/json`"));
    }
    // serde would take an array for the fields of a struct in their order
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::of(&BAD_JSON, "the body has to be a JSON object, in braces"));
    }
    match Json::from_bytes(bytes) {
        Ok(Json(value)) => Ok(value),
        Err(rejection) => Err(Problem::of(&BAD_JSON, rejection.body_text())),
    }
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else {
        return false;
    };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        let code = match rejection.status() {
            status if status == TOO_LARGE.status => &TOO_LARGE,
            _ => &UNREADABLE,
        };
        Self::of(code, rejection.body_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(kind: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())])
    }

    #[test]
    fn json_is_known_by_its_media_type_alone() {
        for kind in ["application/json", "application/json; charset=utf-8", "Application/Merge-Patch+JSON"] {
            assert!(is_json(&headers(kind)), "{kind}");
        }
        for kind in ["text/plain", "text/json", "application/x-www-form-urlencoded", "", "json"] {
            assert!(!is_json(&headers(kind)), "{kind}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
