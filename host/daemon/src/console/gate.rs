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
use axum::response::{IntoResponse as _, Response};

use super::BODY_LIMIT;
use super::backup::{RESTORE, RESTORE_LIMIT};
use super::body::is_json;
use super::caller::remote_address;
use super::problem::Problem;
use super::refusals::{CROSS_SITE, JSON_ONLY, SLOW_DOWN, TOO_LARGE, WRONG_HOST};
use crate::app::Host;
use crate::owner::whole_seconds;
use host_name::{MachineNames, named_host};
use origin::is_same_origin;
use rate::Rates;

/// What the gate remembers from one request to the next.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    host: Arc<Host>,
    rates: Arc<Rates>,
    names: Arc<MachineNames>,
}

/// Lets a request through, or answers it with a refusal.
pub(super) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    match gate.look_at(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

impl Gate {
    /// The gate of `host`.
    pub(super) fn new(host: Arc<Host>) -> Self {
        Self { host, rates: Arc::default(), names: Arc::default() }
    }

    fn look_at(&self, request: &Request) -> Result<(), Problem> {
        let Some(source) = remote_address(request.extensions()) else { return Ok(()) };
        self.rates.take(self.host.clock().now(), source.into()).map_err(|wait| {
            Problem::of(&SLOW_DOWN, "too many requests at once: wait a moment")
                .retry_after(whole_seconds(wait))
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
