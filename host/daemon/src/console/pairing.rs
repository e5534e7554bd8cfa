//! Pairing with a PIN.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use punktfunk_trust::{ArmRequest, PairingStatus, PinOutcome};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::body::{Asked, OptionalBody};
use super::guard::{Devices, Read, RecentlyProven, Scope};
use super::looks::Looks;
use super::problem::Problem;
use super::refusals::{Arming, Guarded};
use super::{Api, parse_fingerprint};
use crate::app::Host;
use crate::owner::TokenScope;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(status, disarm)).routes(routes!(arm))
}

/// Whether a PIN is armed, and which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PinStatus {
    /// Whether this host pairs at all; false in open mode, where nobody needs to.
    pub enabled: bool,
    /// Whether a PIN is armed now.
    pub armed: bool,
    /// The PIN, to be typed on the device; not shown to whoever may only look.
    #[schema(example = "4711")]
    pub pin: Option<String>,
    /// Seconds until it stops working.
    pub expires_in_secs: Option<u64>,
    /// Seconds until it works; above 0 only after wrong PINs.
    pub usable_in_secs: Option<u64>,
    /// The only device that may use it.
    pub fingerprint: Option<String>,
    /// How that device is told from others.
    pub looks: Option<Looks>,
    /// Wrong or abandoned PINs in a row.
    pub failures: u32,
    /// Somebody may be guessing.
    pub alert: bool,
    /// Devices that are let in.
    pub paired_clients: usize,
    /// What became of the PIN that was armed last; absent while it is armed, and before the first.
    pub last: Option<LastPin>,
}

/// What became of a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LastPin {
    /// How it ended.
    pub outcome: PinOutcome,
    /// Unix time of that.
    pub at: u64,
    /// What the device that used it is called.
    pub name: Option<String>,
    /// The fingerprint of the device that used it.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub fingerprint: Option<String>,
    /// How that device is told from others.
    pub looks: Option<Looks>,
}

/// What kind of PIN is wished for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ArmBody {
    /// How long it shall work, 15 to 600 seconds; the policy's `pairing.pin.window` if absent.
    #[schema(minimum = 15, maximum = 600)]
    pub ttl_secs: Option<u64>,
    /// Only the device with this fingerprint, 64 hex digits, may use it.
    #[schema(min_length = 64, max_length = 64)]
    pub fingerprint: Option<String>,
}

/// The state of PIN pairing.
#[utoipa::path(get, path = "/native/pair", operation_id = "pinStatus", tag = "pairing", responses(
    (status = 200, description = "whether a PIN is armed, and which", body = PinStatus), Guarded))]
async fn status(guard: Scope<Read>) -> Json<PinStatus> {
    let status = PinStatus::of(guard.host());
    // whoever may only look cannot let a device in by reading the PIN to it
    let pin = status.pin.filter(|_| guard.includes(TokenScope::Devices));
    Json(PinStatus { pin, ..status })
}

/// Makes a PIN that is good for one guess. An armed one is replaced.
#[utoipa::path(post, path = "/native/pair/arm", operation_id = "armPin", tag = "pairing",
    request_body = Option<ArmBody>, responses(
    (status = 200, description = "the PIN that is armed now", body = PinStatus), Arming))]
async fn arm(
    Asked(guard, OptionalBody(body)): Asked<RecentlyProven, OptionalBody<ArmBody>>,
) -> Result<Json<PinStatus>, Problem> {
    let fingerprint = body.fingerprint.as_deref().map(parse_fingerprint).transpose()?;
    let request = ArmRequest { window: body.ttl_secs.map(Duration::from_secs), fingerprint };
    guard.decide(move |trust, now, by| trust.arm(now, &request, by)).await?;
    Ok(Json(PinStatus::of(guard.host())))
}

/// Takes the PIN back. Nothing happens when none is armed.
#[utoipa::path(delete, path = "/native/pair", operation_id = "disarmPin", tag = "pairing", responses(
    (status = 204, description = "no PIN is armed"), Guarded))]
async fn disarm(guard: Scope<Devices>) -> StatusCode {
    guard.host().trust(|trust, now| trust.disarm(now, guard.actor()));
    StatusCode::NO_CONTENT
}

impl PinStatus {
    fn of(host: &Host) -> Self {
        let (PairingStatus { armed, failures, alert, last }, paired_clients) =
            host.trust(|trust, now| (trust.pairing_status(now), trust.devices().len()));
        Self {
            enabled: host.policy().pairing.require,
            armed: armed.is_some(),
            pin: armed.as_ref().map(|armed| armed.pin.reveal().to_owned()),
            expires_in_secs: armed.as_ref().map(|armed| armed.expires_in.as_secs()),
            usable_in_secs: armed.as_ref().map(|armed| armed.usable_in.as_secs()),
            looks: armed.as_ref().and_then(|armed| armed.fingerprint.as_ref()).map(Looks::from),
            fingerprint: armed.and_then(|armed| armed.fingerprint).map(|device| device.to_string()),
            failures,
            alert,
            paired_clients,
            last: last.map(|last| LastPin {
                outcome: last.outcome,
                at: last.at.0,
                name: last.name.map(|name| name.to_string()),
                looks: last.device.as_ref().map(Looks::from),
                fingerprint: last.device.map(|device| device.to_string()),
            }),
        }
    }
}
