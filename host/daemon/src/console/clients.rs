//! Devices that are let in.

use std::time::Duration;

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use punktfunk_trust::{Amendment, Device, Door, Level, Lifetime, Now, Trust, Via};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::body::{Asked, Body};
use super::guard::{Devices, Read, RecentlyProven, Scope};
use super::problem::Problem;
use super::refusals::{self, Amending, BAD_LIFETIME, Guarded, Revoking};
use super::{Api, parse_fingerprint};
use crate::app::{EXAMPLE_FINGERPRINT, EXAMPLE_WORDS, Host, colour, words};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(amend, revoke))
}

/// A device that may come in without asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Client {
    /// SHA-256 of its certificate, 64 hex digits.
    #[schema(pattern = "^[0-9a-f]{64}$", example = json!(EXAMPLE_FINGERPRINT))]
    pub fingerprint: String,
    /// The fingerprint's first 64 bits as words.
    #[schema(min_items = 8, max_items = 8, example = json!(EXAMPLE_WORDS))]
    pub words: Vec<String>,
    /// The fingerprint's colour, `#rrggbb`.
    #[schema(example = "#1a76e8")]
    pub colour: String,
    /// What the owner calls it.
    #[schema(example = "Kitchen tablet")]
    pub name: String,
    /// How it was let in.
    pub paired_by: Via,
    /// The door at which it was let in.
    pub door: Door,
    /// Whether the policy declares it: then it is changed there alone.
    pub declared: bool,
    /// What it may do.
    pub level: Level,
    /// Unix time at which a guest's time is over; absent for a device that is let in for ever.
    pub expires_at: Option<u64>,
    /// Unix time at which it was let in.
    pub paired_at: u64,
    /// Unix time at which it last came in.
    pub last_seen: Option<u64>,
    /// Streams that it has running now.
    pub streaming: usize,
}

/// What is to change about a device, all or nothing; what is absent stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AmendBody {
    /// Its name; cleaned like any other, and cut at 64 bytes.
    #[schema(example = "Kitchen tablet")]
    pub name: Option<String>,
    /// What it may do.
    pub level: Option<Level>,
    /// It is a guest, and its time is over in so many seconds.
    #[schema(minimum = 1, maximum = 315_360_000, example = 86_400)]
    pub expires_in_secs: Option<u64>,
    /// It is no guest any more.
    pub forever: bool,
}

impl AmendBody {
    /// Whether it is about more than the name.
    fn changes_rights(&self) -> bool {
        self.level.is_some() || self.expires_in_secs.is_some() || self.forever
    }
}

/// Who is let in.
#[utoipa::path(get, path = "/native/clients", operation_id = "listClients", tag = "pairing", responses(
    (status = 200, description = "who is let in", body = [Client]), Guarded))]
async fn list(guard: Scope<Read>) -> Json<Vec<Client>> {
    let devices = guard.host().trust(|trust, _| trust.devices());
    Json(devices.iter().map(|device| Client::of(device, guard.host())).collect())
}

/// Changes what a device is called, or what it may do and until when. That holds for its running streams too.
///
/// More than the name is changed only after a recent proof of the password, and no token but one for `all` makes an owner.
#[utoipa::path(patch, path = "/native/clients/{fingerprint}", operation_id = "amendClient", tag = "pairing",
    params(("fingerprint" = String, Path, description = "all 64 hex digits")), request_body = AmendBody,
    responses((status = 200, description = "the device as it is now", body = Client), Amending))]
async fn amend(
    fingerprint: Result<Path<String>, PathRejection>,
    Asked(guard, Body(body)): Asked<Scope<Devices>, Body<AmendBody>>,
) -> Result<Json<Client>, Problem> {
    if body.changes_rights() {
        guard.is_proven()?;
        guard.may_give(body.level)?;
    }
    let Path(fingerprint) = fingerprint?;
    let id = parse_fingerprint(&fingerprint)?;
    let wish = guest_pass(body.expires_in_secs, body.forever)?;
    let amend = move |trust: &mut Trust, now: Now, by| {
        let lifetime = wish.map(|wish| wish.from(now));
        let amendment = Amendment { name: body.name.as_deref(), level: body.level, lifetime };
        trust.amend(now, &id, &amendment, by)
    };
    let device = guard.decide(amend).await?;
    Ok(Json(Client::of(&device, guard.host())))
}

/// Throws a device out: its streams end within a second, and it is a stranger from then on.
#[utoipa::path(delete, path = "/native/clients/{fingerprint}", operation_id = "revokeClient", tag = "pairing",
    params(("fingerprint" = String, Path, description = "all 64 hex digits")),
    responses((status = 204, description = "it is out"), Revoking))]
async fn revoke(
    guard: RecentlyProven,
    fingerprint: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let Path(fingerprint) = fingerprint?;
    let id = parse_fingerprint(&fingerprint)?;
    refusals::unsaved(guard.decide(move |trust, now, by| trust.revoke(now, &id, by)).await?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The longest that a guest is let in for, in seconds: ten years. Ends that no calendar can show are none.
const LONGEST_PASS: u64 = 10 * 365 * 24 * 3_600;

/// For how long a device is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Forever,
    For(Duration),
}

impl Wish {
    pub(super) fn from(self, now: Now) -> Lifetime {
        match self {
            Self::Forever => Lifetime::Permanent,
            Self::For(time) => Lifetime::Until(now.wall.plus(time)),
        }
    }
}

/// What a body says about time, if anything.
pub(super) fn guest_pass(expires_in_secs: Option<u64>, forever: bool) -> Result<Option<Wish>, Problem> {
    match (expires_in_secs, forever) {
        (Some(_), true) => Err(Problem::of(
            &BAD_LIFETIME,
            "expires_in_secs and forever contradict each other; send one of them",
        )),
        (Some(seconds), false) if seconds > LONGEST_PASS => Err(Problem::of(
            &BAD_LIFETIME,
            "a guest stays for ten years at most; let the device in for good instead",
        )),
        (Some(seconds), false) => Ok(Some(Wish::For(Duration::from_secs(seconds)))),
        (None, true) => Ok(Some(Wish::Forever)),
        (None, false) => Ok(None),
    }
}

impl Client {
    /// A device as it is shown.
    pub(super) fn of(device: &Device, host: &Host) -> Self {
        let expires_at = match device.grant.lifetime {
            Lifetime::Permanent => None,
            Lifetime::Until(end) => Some(end.0),
        };
        Self {
            fingerprint: device.id.to_string(),
            words: words(&device.id),
            colour: colour(&device.id),
            name: device.name.to_string(),
            paired_by: device.via,
            door: device.door,
            declared: device.via == Via::Declared,
            level: device.grant.level,
            expires_at,
            paired_at: device.paired_at.0,
            last_seen: device.last_seen.map(|seen| seen.0),
            streaming: host.streams().count(&device.id),
        }
    }
}
