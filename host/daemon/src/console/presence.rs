//! What only somebody at the box may do.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::LocalOperator;
use super::problem::Problem;
use super::refusals::{Guarded, Resetting};
use crate::banner::{console_url, reachable_url};
use crate::owner::ClaimCode;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(claim_code)).routes(routes!(reset))
}

/// Whether the box has an owner, and how it gets one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimState {
    /// Whether it has one.
    pub claimed: bool,
    /// The code that claims it; none when it has an owner.
    #[schema(example = "ABCD-2345")]
    pub code: Option<String>,
    /// Where the console is.
    #[schema(example = "https://192.168.1.20:47990")]
    pub url: String,
    /// The same with the code and the box's fingerprint, for a telephone to read off a QR code; none when the box has an
    /// owner, or no address that a telephone could reach.
    #[schema(example = "https://192.168.1.20:47990/#claim=ABCD-2345")]
    pub link: Option<String>,
}

/// The code that claims the box. Answered on the control socket only.
#[utoipa::path(get, path = "/claim-code", operation_id = "claimCode", tag = "account", responses(
    (status = 200, description = "the code, if the box has no owner", body = ClaimState), Guarded))]
async fn claim_code(guard: LocalOperator) -> Json<ClaimState> {
    Json(claim_state(&guard, guard.owner().claim_code()))
}

/// Forgets the password: the box has no owner, nobody is signed in, no API token works, and a new code claims it. Devices
/// that are let in stay so. Answered on the control socket only.
#[utoipa::path(post, path = "/reset-password", operation_id = "resetPassword", tag = "account", responses(
    (status = 200, description = "the new code", body = ClaimState), Resetting))]
async fn reset(guard: LocalOperator) -> Result<Json<ClaimState>, Problem> {
    let code = guard.owner().reset(guard.actor()).await?;
    Ok(Json(claim_state(&guard, Some(code))))
}

pub(super) fn claim_state(guard: &LocalOperator, code: Option<ClaimCode>) -> ClaimState {
    let host = guard.host();
    let (policy, port) = (host.policy(), host.management_port());
    let url = console_url(&policy.console.listen, port);
    let fingerprint = host.identity().id();
    // what stands behind # never leaves the browser but by the form that is sent
    let link = code.as_ref().zip(reachable_url(&policy.console.listen, port));
    let link = link.map(|(code, url)| format!("{url}/#claim={code}&fp={fingerprint}"));
    ClaimState { claimed: code.is_none(), code: code.map(|code| code.to_string()), url, link }
}
