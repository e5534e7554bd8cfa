//! The clock that guest passes are measured by.

use axum::http::StatusCode;
use punktfunk_trust::Trust;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{All, RecentlyProven, Scope};
use super::problem::Problem;
use super::refusals::AcceptingTheClock;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(accept))
}

/// Takes the clock for right although it was later before, so that guests need not wait any more.
#[utoipa::path(post, path = "/clock/accept", operation_id = "acceptClock", tag = "host",
    responses((status = 204, description = "it is taken for right"), AcceptingTheClock))]
async fn accept(guard: RecentlyProven<Scope<All>>) -> Result<StatusCode, Problem> {
    guard.decide(Trust::accept_clock).await?;
    guard.decide_account(|account, now, _| account.accept_clock(now)).await?;
    Ok(StatusCode::NO_CONTENT)
}
