//! Devices that are let in.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use punktfunk_trust::{Device, Lifetime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::body::Body;
use super::guard::{Devices, Read, RecentlyProven, Scope};
use super::problem::Problem;
use super::refusals::{self, Guarded, Renaming, Revoking};
use super::{Api, parse_fingerprint};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(rename, revoke))
}

/// A device that may come in without asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Client {
    /// SHA-256 of its certificate, 64 hex digits.
    pub fingerprint: String,
    /// What the owner calls it.
    #[schema(example = "Kitchen tablet")]
    pub name: String,
    /// How it was let in: `approval`, `pin` or `declared`.
    #[schema(example = "approval")]
    pub via: String,
    /// What it may do: `watch`, `play`, `full` or `owner`.
    #[schema(example = "full")]
    pub level: String,
    /// Unix time at which a guest's time is over; absent for a device that is let in for ever.
    pub expires_at: Option<u64>,
    /// Unix time at which it was let in.
    pub paired_at: u64,
    /// Unix time at which it last came in.
    pub last_seen: Option<u64>,
    /// Streams that it has running now.
    pub streams: usize,
}

/// A new name for a device.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameBody {
    /// The name; cleaned like any other, and cut at 64 bytes.
    #[schema(example = "Kitchen tablet")]
    pub name: String,
}

/// Who is let in.
#[utoipa::path(get, path = "/native/clients", operation_id = "listClients", tag = "pairing", responses(
    (status = 200, description = "who is let in", body = [Client]), Guarded))]
async fn list(_: Scope<Read>, State(api): State<Api>) -> Json<Vec<Client>> {
    let streams = api.host.streams().list();
    let with_streams = |device: Device| {
        let running = streams.iter().filter(|stream| stream.device == device.id).count();
        Client { streams: running, ..Client::from(device) }
    };
    Json(api.host.trust(|trust, _| trust.devices()).into_iter().map(with_streams).collect())
}

/// Gives a device another name.
#[utoipa::path(patch, path = "/native/clients/{fingerprint}", operation_id = "renameClient", tag = "pairing",
    params(("fingerprint" = String, Path, description = "all 64 hex digits")), request_body = RenameBody,
    responses((status = 200, description = "it has its new name", body = Client), Renaming))]
async fn rename(
    guard: Scope<Devices>,
    State(api): State<Api>,
    fingerprint: Result<Path<String>, PathRejection>,
    Body(body): Body<RenameBody>,
) -> Result<Json<Client>, Problem> {
    let Path(fingerprint) = fingerprint?;
    let id = parse_fingerprint(&fingerprint)?;
    let device = api.host.decide(move |trust, now| trust.rename(now, &id, &body.name, guard.actor())).await?;
    Ok(Json(Client::from(device)))
}

/// Throws a device out: its streams end within a second, and it is a stranger from then on.
#[utoipa::path(delete, path = "/native/clients/{fingerprint}", operation_id = "revokeClient", tag = "pairing",
    params(("fingerprint" = String, Path, description = "all 64 hex digits")),
    responses((status = 204, description = "it is out"), Revoking))]
async fn revoke(
    guard: RecentlyProven,
    State(api): State<Api>,
    fingerprint: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let Path(fingerprint) = fingerprint?;
    let id = parse_fingerprint(&fingerprint)?;
    refusals::unsaved(api.host.decide(move |trust, now| trust.revoke(now, &id, guard.actor())).await?)?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Device> for Client {
    fn from(device: Device) -> Self {
        let expires_at = match device.grant.lifetime {
            Lifetime::Permanent => None,
            Lifetime::Until(end) => Some(end.0),
        };
        Self {
            fingerprint: device.id.to_string(),
            name: device.name.to_string(),
            via: word(device.via),
            level: word(device.grant.level),
            expires_at,
            paired_at: device.paired_at.0,
            last_seen: device.last_seen.map(|seen| seen.0),
            streams: 0,
        }
    }
}

/// The word that a unit variant is serialised as.
fn word(variant: impl Serialize) -> String {
    match serde_json::to_value(variant) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
