//! Claiming the box, signing in and out, and the password.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::body::{Asked, Body};
use super::cookies::{with_cookies, without_session};
use super::guard::{Anyone, OwnSession};
use super::problem::Problem;
use super::refusals::{ChangingPassword, Claiming, Open, Proving, SigningIn, SigningOut};
use crate::app::Host;
use crate::owner::{Desk, ShortId};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(session))
        .routes(routes!(claim))
        .routes(routes!(sign_in))
        .routes(routes!(sign_out))
        .routes(routes!(prove))
        .routes(routes!(change_password))
}

/// How whoever asks stands with this box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionState {
    /// Whether the box has an owner. One without an owner answers this, `/health` and `/claim` only.
    pub claimed: bool,
    /// Whether this browser is signed in; true for the operator on the control socket as well.
    pub signed_in: bool,
    /// What the box calls itself.
    #[schema(example = "Living Room")]
    pub box_name: String,
    /// Names this browser's session in the list of browsers.
    #[schema(example = "9f2c41ab9f2c41ab")]
    pub session_id: Option<String>,
    /// Seconds for which the last proof of the password still holds; 0 when it has to be given again.
    pub proven_for_secs: Option<u64>,
    /// Seconds for which a proof holds (policy `console.reauth`).
    #[schema(example = 300)]
    pub reauth_secs: Option<u64>,
}

/// Claims the box.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimBody {
    /// The code that the box shows; case, spaces and dashes do not count.
    #[schema(example = "ABCD-2345", max_length = 64)]
    code: String,
    /// The password from now on: at least 10 characters, at most 1024 bytes, none of the obvious ones.
    #[schema(example = "grüne Wolken ziehen", min_length = 10, max_length = 1024)]
    password: String,
}

/// Gives the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The password.
    #[schema(example = "grüne Wolken ziehen", max_length = 1024)]
    password: String,
}

/// Changes the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasswordBody {
    /// The password until now.
    #[schema(example = "grüne Wolken ziehen", max_length = 1024)]
    current: String,
    /// The password from now on: at least 10 characters, at most 1024 bytes, none of the obvious ones.
    #[schema(example = "drei Hunde im Regen", min_length = 10, max_length = 1024)]
    new: String,
}

/// How whoever asks stands with this box. Needs no rights.
#[utoipa::path(get, path = "/session", operation_id = "session", tag = "account", security(()), responses(
    (status = 200, description = "how this browser stands with the box", body = SessionState), Open))]
async fn session(asking: Anyone) -> Json<SessionState> {
    Json(asking.state())
}

/// Gives the box its owner: whoever is at the box reads the code there and sets the password. The browser is signed in.
#[utoipa::path(post, path = "/claim", operation_id = "claim", tag = "account", security(()), request_body = ClaimBody,
    responses((status = 200, description = "the box is claimed and this browser signed in", body = SessionState,
        headers(("Set-Cookie" = String, description = "the cookies of the session and of a known browser"))), Claiming))]
async fn claim(Asked(asking, Body(body)): Asked<Anyone, Body<ClaimBody>>) -> Result<Response, Problem> {
    let (entered, state) = asking.claim(body.code, body.password).await?;
    Ok(with_cookies(&entered, Json(state)))
}

/// Signs this browser in. A session that it had before ends.
#[utoipa::path(post, path = "/sign-in", operation_id = "signIn", tag = "account", security(()),
    request_body = PasswordBody,
    responses((status = 200, description = "this browser is signed in", body = SessionState,
        headers(("Set-Cookie" = String, description = "the cookies of the session and of a known browser"))), SigningIn))]
async fn sign_in(Asked(asking, Body(body)): Asked<Anyone, Body<PasswordBody>>) -> Result<Response, Problem> {
    let (entered, state) = asking.sign_in(body.password).await?;
    Ok(with_cookies(&entered, Json(state)))
}

/// Signs this browser out.
#[utoipa::path(post, path = "/sign-out", operation_id = "signOut", tag = "account", responses(
    (status = 204, description = "this browser is signed out"), SigningOut))]
async fn sign_out(own: OwnSession) -> Response {
    let (session, source) = (own.session, own.browser.source);
    match own.owner().decide(move |account, now| account.sign_out(now, session, source)).await {
        Ok(()) => without_session(StatusCode::NO_CONTENT),
        Err(error) => without_session(Problem::from(error)),
    }
}

/// Gives the password again, so that weighty things may be done for a while.
#[utoipa::path(post, path = "/proof", operation_id = "prove", tag = "account", request_body = PasswordBody,
    responses((status = 200, description = "the password is proven", body = SessionState), Proving))]
async fn prove(
    Asked(own, Body(body)): Asked<OwnSession, Body<PasswordBody>>,
) -> Result<Json<SessionState>, Problem> {
    own.owner().prove(body.password, own.session, &own.browser).await?;
    Ok(Json(SessionState::of(own.host(), own.owner(), true, Some(own.session))))
}

/// Changes the password. Every other browser is signed out; API tokens go on working.
#[utoipa::path(put, path = "/password", operation_id = "changePassword", tag = "account",
    request_body = NewPasswordBody,
    responses((status = 200, description = "the new password holds", body = SessionState,
        headers(("Set-Cookie" = String, description = "the cookies of the new session"))), ChangingPassword))]
async fn change_password(
    Asked(own, Body(body)): Asked<OwnSession, Body<NewPasswordBody>>,
) -> Result<Response, Problem> {
    let name = own.host().policy().name.clone();
    let (session, browser) = (own.session, own.browser.clone());
    let entered = own.owner().change_password(body.current, body.new, &name, session, browser).await?;
    let state = SessionState::of(own.host(), own.owner(), true, Some(entered.session));
    Ok(with_cookies(&entered, Json(state)))
}

impl SessionState {
    /// How whoever has this session stands with the box.
    pub(super) fn of(host: &Host, owner: &Desk, signed_in: bool, session: Option<ShortId>) -> Self {
        let policy = host.policy();
        let reauth = policy.console.reauth;
        let (claimed, proven_for) = owner.ask(|account, now| {
            (account.is_claimed(), session.map(|session| account.proven_for(now, session, reauth)))
        });
        Self {
            claimed,
            signed_in,
            box_name: policy.name.clone(),
            session_id: session.map(|session| session.to_string()),
            proven_for_secs: proven_for.map(|left| left.as_secs()),
            reauth_secs: session.map(|_| reauth.as_secs()),
        }
    }
}
