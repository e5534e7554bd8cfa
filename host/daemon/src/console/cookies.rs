//! The two cookies: one opens a session, the other marks a browser that has signed in before.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Response};

use crate::owner::{Entered, Secret};

/// Opens a session. The prefix has browsers refuse it but from this host itself, over TLS, for every path.
pub(super) const SESSION: &str = "__Host-punktfunk";
/// Marks a browser that has signed in before.
pub(super) const KNOWN: &str = "__Host-punktfunk-known";

/// The longest that a session can last; the host ends it sooner when it is idle.
const SESSION_SECS: u64 = 180 * 24 * 3600;
/// The longest that browsers keep a cookie.
const KNOWN_SECS: u64 = 400 * 24 * 3600;

/// The value of a cookie, if it was sent.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let texts = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// An answer that gives the browser the cookies of its new session.
pub(super) fn with_cookies(entered: &Entered, answer: impl IntoResponse) -> Response {
    let session = set(SESSION, &entered.cookie, SESSION_SECS);
    let known = entered.known.as_ref().and_then(|known| set(KNOWN, known, KNOWN_SECS));
    let headers = session.into_iter().chain(known).map(|value| (header::SET_COOKIE, value));
    (AppendHeaders(headers.collect::<Vec<_>>()), answer).into_response()
}

/// An answer that takes the cookie of the session away.
pub(super) fn without_session(answer: impl IntoResponse) -> Response {
    let text = format!("{SESSION}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    let value = HeaderValue::from_str(&text).ok().map(|value| (header::SET_COOKIE, value));
    (AppendHeaders(value), answer).into_response()
}

fn set(name: &str, value: &Secret, seconds: u64) -> Option<HeaderValue> {
    let text =
        format!("{name}={}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}", value.reveal());
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; __Host-punktfunk-known=k"));
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("x__Host-punktfunk=no;__Host-punktfunk=s=1 ; b"),
        );
        assert_eq!(cookie(&headers, SESSION), Some("s=1"));
        assert_eq!(cookie(&headers, KNOWN), Some("k"));
        assert_eq!(cookie(&headers, "b"), None);
    }
}
