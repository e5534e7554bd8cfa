//! API tokens, for scripts.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::body::{Asked, Body};
use super::browsers::parse_id;
use super::guard::{All, RecentlyProven, Scope, SignedIn};
use super::problem::Problem;
use super::refusals::{Guarded, MakingAToken, RevokingAToken};
use crate::owner::{Account, TokenInfo, TokenScope};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(revoke))
}

/// A token by which a script asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiToken {
    /// Names it.
    #[schema(example = "9f2c41ab9f2c41ab")]
    pub id: String,
    /// What the owner calls it.
    #[schema(example = "Home dashboard")]
    pub name: String,
    /// What it may do.
    pub scope: TokenScope,
    /// Unix time at which it was made.
    pub created_at: u64,
    /// Unix time at which a script last asked with it.
    pub last_used: Option<u64>,
}

/// A token that was just made.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct NewApiToken {
    /// Names it.
    #[schema(example = "9f2c41ab9f2c41ab")]
    pub id: String,
    /// What the owner calls it.
    #[schema(example = "Home dashboard")]
    pub name: String,
    /// What it may do.
    pub scope: TokenScope,
    /// Its text, shown this once: `Authorization: Bearer pf_…`.
    #[schema(example = "pf_0f3c…")]
    pub token: String,
}

/// What kind of token is wished for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenBody {
    /// What to call it; cleaned, and cut at 64 bytes.
    #[schema(example = "Home dashboard")]
    pub name: String,
    /// What it may do.
    pub scope: TokenScope,
}

/// Which tokens there are, the newest first. Their texts are not kept.
#[utoipa::path(get, path = "/tokens", operation_id = "listTokens", tag = "account", responses(
    (status = 200, description = "which tokens there are", body = [ApiToken]), Guarded))]
async fn list(guard: Scope<All>) -> Json<Vec<ApiToken>> {
    let show = |info: TokenInfo| ApiToken {
        id: info.id.to_string(),
        name: info.name,
        scope: info.scope,
        created_at: info.created_at.0,
        last_used: info.last_used.map(|used| used.0),
    };
    Json(guard.owner().ask(|account, _| account.tokens()).into_iter().map(show).collect())
}

/// Makes a token. Its text is in this answer and nowhere else.
#[utoipa::path(post, path = "/tokens", operation_id = "makeToken", tag = "account", request_body = TokenBody,
    responses((status = 201, description = "the token", body = NewApiToken), MakingAToken))]
async fn make(
    Asked(guard, Body(body)): Asked<RecentlyProven<SignedIn>, Body<TokenBody>>,
) -> Result<(StatusCode, Json<NewApiToken>), Problem> {
    let make = move |account: &mut Account, now, by| account.make_token(now, &body.name, body.scope, by);
    let (TokenInfo { id, name, scope, .. }, secret) = guard.decide_account(make).await?;
    let token = secret.reveal().to_owned();
    Ok((StatusCode::CREATED, Json(NewApiToken { id: id.to_string(), name, scope, token })))
}

/// Makes a token work no more.
#[utoipa::path(delete, path = "/tokens/{id}", operation_id = "revokeToken", tag = "account",
    params(("id" = String, Path, description = "16 hex digits, of the list of tokens")),
    responses((status = 204, description = "it works no more"), RevokingAToken))]
async fn revoke(
    guard: RecentlyProven<Scope<All>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let token = parse_id(id)?;
    guard.decide_account(move |account, now, by| account.revoke_token(now, token, by)).await?;
    Ok(StatusCode::NO_CONTENT)
}
