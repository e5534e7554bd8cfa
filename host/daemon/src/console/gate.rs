//! What every request over HTTPS has to pass before anybody looks at what it asks for. The control socket is behind
//! none of this: no browser reaches it, and the kernel says who is at its other end.

mod host_name;
mod origin;
mod rate;

use std::sync::Arc;

use axum::body::HttpBody as _;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse as _, Response};

use super::BODY_LIMIT;
use super::backup::{RESTORE, RESTORE_LIMIT};
use super::body::is_json;
use super::caller::remote_address;
use super::guard::shown_id;
use super::limits::Limits;
use super::problem::Problem;
use super::refusals::{CROSS_SITE, JSON_ONLY, TOO_LARGE, TOO_MANY_REQUESTS, WRONG_HOST};
use crate::app::Host;
use crate::owner::{Desk, whole_seconds};
use host_name::{MachineNames, named_host};
use origin::is_same_origin;
use rate::Rates;

/// What the gate remembers from one request to the next.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    host: Arc<Host>,
    owner: Arc<Desk>,
    rates: Arc<Rates>,
    names: Arc<MachineNames>,
}

/// Lets a request through, or answers it with a refusal.
pub(super) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    match gate.look_at(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) if problem.code == WRONG_HOST.code && is_a_page_load(&request) => {
            (WRONG_HOST.status, Html(page(&problem.error))).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

/// Whether a person asks, who types addresses and reads no JSON.
fn is_a_page_load(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    request.method() == Method::GET && accepts.is_some_and(|accept| accept.contains("text/html"))
}

/// `sentence` is one of the host's own: nothing that was sent is in it.
fn page(sentence: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>punktfunk</title>\n<h1>The console does not answer here</h1>\n<p>{sentence}.</p>\n</html>\n"
    )
}

impl Gate {
    /// The gate of `host`.
    pub(super) fn new(host: Arc<Host>, owner: Arc<Desk>, limits: Limits) -> Self {
        Self { host, owner, rates: Arc::new(Rates::new(limits)), names: Arc::default() }
    }

    fn look_at(&self, request: &Request) -> Result<(), Problem> {
        let Some(source) = remote_address(request.extensions()) else { return Ok(()) };
        let shown = shown_id(request.headers(), &self.owner, source);
        self.rates.take(self.host.clock().now(), source.into(), shown).map_err(|wait| {
            let wait = whole_seconds(wait);
            let sentence = format_args!("this asks more often than the host answers: try again in {wait} s");
            Problem::of(&TOO_MANY_REQUESTS, sentence).retry_after(wait)
        })?;
        let host = named_host(request.uri(), request.headers()).ok_or_else(|| wrong_host("in two ways"))?;
        if !self.names.include(&host, &self.host.policy().console.hosts) {
            return Err(wrong_host("by a name that is not its own"));
        }
        if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
            return Ok(());
        }
        if !is_same_origin(request.headers(), &host) {
            return Err(Problem::of(
                &CROSS_SITE,
                "a browser sent this on behalf of another site; nothing was done",
            ));
        }
        body_is_fit(request)
    }
}

fn wrong_host(how: &str) -> Problem {
    Problem::of(
        &WRONG_HOST,
        format_args!(
            "this calls the box {how}: use its address, or list the name as console.hosts in the policy"
        ),
    )
}

fn body_is_fit(request: &Request) -> Result<(), Problem> {
    let length =
        |headers: &HeaderMap| headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse::<usize>().ok();
    let most = if request.uri().path() == RESTORE { RESTORE_LIMIT } else { BODY_LIMIT };
    if length(request.headers()).is_some_and(|length| length > most) {
        return Err(Problem::of(&TOO_LARGE, format_args!("the body is larger than {} KiB", most >> 10)));
    }
    if !request.body().is_end_stream() && !is_json(request.headers()) {
        return Err(Problem::of(&JSON_ONLY, "send the body as `Content-Type: application/json`"));
    }
    Ok(())
}
