//! The console's own files, compiled into the binary: what `npm run build` left in `web/dist`, compressed there already.
//!
//! The web build names each file under `assets/` after its contents, so browsers keep those for ever; the page itself
//! is asked for anew each time and answered in a few bytes when it is still the same.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use rust_embed::EmbeddedFile;

use super::problem::Problem;
use super::refusals::{METHOD_NOT_ALLOWED, NOT_FOUND};

/// Answers every request that is for no place of the API.
pub(super) async fn answer(request: Request) -> Response {
    answer_from(&Dist::get, request.method(), request.uri().path(), request.headers())
}

#[derive(rust_embed::Embed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

const PAGE: &str = "index.html";
const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";
/// Preferred first: the content coding and what the web build adds to a file's name for it.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

const NO_CONSOLE: &str = "<!doctype html>
<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">
<title>punktfunk</title>
<h1>This host was built without its web console</h1>
<p>It streams, and its API and command line work. To have the console too, build the host with <code>./dev run</code>, or
run <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code> and build it again with Cargo.</p>
</html>
";

/// What a path outside the API means.
enum Place<'a> {
    File(&'a str),
    /// One of the console's own places: the page finds out which.
    Page,
    Nothing,
}

fn place(path: &str) -> Place<'_> {
    let name = path.trim_start_matches('/');
    match name.split('/').next() {
        Some("api") if name == "api/docs" => Place::Page,
        Some("api") => Place::Nothing,
        _ if CODINGS.iter().any(|(_, ending)| name.ends_with(ending)) => Place::Nothing,
        Some("assets") => Place::File(name),
        // none of the console's own places has a dot in it
        _ if name.contains('.') => Place::File(name),
        _ => Place::Page,
    }
}

type Files<'a> = &'a dyn Fn(&str) -> Option<EmbeddedFile>;

fn answer_from(files: Files<'_>, method: &Method, path: &str, headers: &HeaderMap) -> Response {
    let name = match place(path) {
        Place::File(name) => name,
        Place::Page => PAGE,
        Place::Nothing => return nothing(),
    };
    let Some(plain) = files(name) else {
        return if name == PAGE { no_console() } else { nothing() };
    };
    if method != Method::GET && method != Method::HEAD {
        let refusal = Problem::of(&METHOD_NOT_ALLOWED, "this is a page: it can only be read");
        return ([(header::ALLOW, "GET, HEAD")], refusal).into_response();
    }
    let packed = CODINGS.into_iter().filter(|(coding, _)| accepts(headers, coding));
    let packed =
        packed.filter_map(|(coding, ending)| Some((coding, files(&format!("{name}{ending}"))?))).next();
    let (coding, file) = packed.map_or((None, plain), |(coding, file)| (Some(coding), file));

    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let unchanged = headers.get_all(header::IF_NONE_MATCH).iter().any(|known| names(known, &tag));
    let mut response = match unchanged {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => [(header::CONTENT_TYPE, content_type(name))].into_response(),
    };
    let set = response.headers_mut();
    let keep = if name.starts_with("assets/") { FOREVER } else { ASK_AGAIN };
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    set.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        set.insert(header::ETAG, tag);
    }
    if unchanged {
        return response;
    }
    if let Some(coding) = coding {
        set.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    *response.body_mut() = match file.data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    response
}

/// Whether a coding is among those that the browser takes (RFC 9110 §12.5.3); one with weight 0 is not.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let listed = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    listed.flat_map(|list| list.split(',')).any(|item| {
        let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
        let weight =
            parameters.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(coding) && weight != Some(0.0)
    })
}

/// Whether `If-None-Match` names this entity tag; its comparison is the weak one (RFC 9110 §13.1.2).
fn names(known: &HeaderValue, tag: &str) -> bool {
    let Ok(list) = known.to_str() else { return false };
    list.split(',').map(str::trim).any(|item| item == "*" || item.trim_start_matches("W/") == tag)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn nothing() -> Response {
    Problem::of(&NOT_FOUND, "there is nothing here; /api/docs lists what there is").into_response()
}

fn no_console() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Html(NO_CONSOLE)).into_response()
}

#[cfg(test)]
mod tests;
