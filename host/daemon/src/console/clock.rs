//! The clock that guest passes are measured by.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{All, RecentlyProven, Scope};
use super::problem::Problem;
use super::refusals::AcceptingTheClock;
use crate::owner::Account;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(accept))
}

/// Takes the clock for right although it was later before, so that guests need not wait any more.
#[utoipa::path(post, path = "/clock/accept", operation_id = "acceptClock", tag = "host",
    responses((status = 204, description = "it is taken for right"), AcceptingTheClock))]
async fn accept(guard: Scope<All>, _: RecentlyProven, State(api): State<Api>) -> Result<StatusCode, Problem> {
    api.host.decide(move |trust, now| trust.accept_clock(now, guard.actor())).await?;
    api.owner.decide(Account::accept_clock).await?;
    Ok(StatusCode::NO_CONTENT)
}
