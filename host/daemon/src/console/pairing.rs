//! Pairing with a PIN.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use punktfunk_trust::{ArmRequest, Now, PairingStatus, PinOutcome, Trust, seconds_up};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::body::{Asked, OptionalBody};
use super::guard::{Devices, Read, RecentlyProven, Scope};
use super::problem::Problem;
use super::refusals::{Arming, Disarming, Guarded, PIN_ARMED};
use super::{Api, parse_fingerprint};
use crate::app::{EXAMPLE_FINGERPRINT, EXAMPLE_WORDS, Host, colour, words};
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
    #[schema(pattern = "^[0-9a-f]{64}$", example = json!(EXAMPLE_FINGERPRINT))]
    pub fingerprint: Option<String>,
    /// That fingerprint's first 64 bits as words.
    #[schema(min_items = 8, max_items = 8, example = json!(EXAMPLE_WORDS))]
    pub words: Option<Vec<String>>,
    /// That fingerprint's colour, `#rrggbb`.
    #[schema(example = "#1a76e8")]
    pub colour: Option<String>,
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
    #[schema(pattern = "^[0-9a-f]{64}$", example = json!(EXAMPLE_FINGERPRINT))]
    pub fingerprint: Option<String>,
    /// That fingerprint's first 64 bits as words.
    #[schema(min_items = 8, max_items = 8, example = json!(EXAMPLE_WORDS))]
    pub words: Option<Vec<String>>,
    /// That fingerprint's colour, `#rrggbb`.
    #[schema(example = "#1a76e8")]
    pub colour: Option<String>,
}

/// What kind of PIN is wished for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ArmBody {
    /// How long it shall work, 15 to 600 seconds; the policy's `pairing.pin.window` if absent.
    #[schema(minimum = 15, maximum = 600, example = 120)]
    pub ttl_secs: Option<u64>,
    /// Only the device with this fingerprint, 64 hex digits, may use it.
    #[schema(min_length = 64, max_length = 64, example = json!(EXAMPLE_FINGERPRINT))]
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

/// Makes a PIN that is good for one guess. While one is armed there is no other: it would make the first worthless in the
/// hands of whoever is typing it.
#[utoipa::path(post, path = "/native/pair/arm", operation_id = "armPin", tag = "pairing",
    request_body = Option<ArmBody>, responses(
    (status = 200, description = "the PIN that is armed now", body = PinStatus), Arming))]
async fn arm(
    Asked(guard, OptionalBody(body)): Asked<RecentlyProven, OptionalBody<ArmBody>>,
) -> Result<Json<PinStatus>, Problem> {
    let fingerprint = body.fingerprint.as_deref().map(parse_fingerprint).transpose()?;
    let request = ArmRequest { window: body.ttl_secs.map(Duration::from_secs), fingerprint };
    let arm = move |trust: &mut Trust, now: Now, by| {
        if trust.pairing_status(now).armed.is_some() {
            return Err(Problem::of(
                &PIN_ARMED,
                "a PIN is armed already: use it, or take it back first (`pair disarm`) and arm another",
            ));
        }
        Ok(trust.arm(now, &request, by)?)
    };
    guard.decide(arm).await?;
    Ok(Json(PinStatus::of(guard.host())))
}

/// Takes the PIN back. Nothing happens when none is armed.
#[utoipa::path(delete, path = "/native/pair", operation_id = "disarmPin", tag = "pairing", responses(
    (status = 204, description = "no PIN is armed"), Disarming))]
async fn disarm(guard: Scope<Devices>) -> StatusCode {
    guard.host().trust(|trust, now| trust.disarm(now, guard.actor()));
    StatusCode::NO_CONTENT
}

impl PinStatus {
    fn of(host: &Host) -> Self {
        let (PairingStatus { armed, failures, alert, last }, paired_clients) =
            host.trust(|trust, now| (trust.pairing_status(now), trust.devices().len()));
        let bound_to = armed.as_ref().and_then(|armed| armed.fingerprint);
        Self {
            enabled: host.policy().pairing.require,
            armed: armed.is_some(),
            pin: armed.as_ref().map(|armed| armed.pin.reveal().to_owned()),
            expires_in_secs: armed.as_ref().map(|armed| seconds_up(armed.expires_in)),
            usable_in_secs: armed.as_ref().map(|armed| seconds_up(armed.usable_in)),
            fingerprint: bound_to.map(|device| device.to_string()),
            words: bound_to.as_ref().map(words),
            colour: bound_to.as_ref().map(colour),
            failures,
            alert,
            paired_clients,
            last: last.map(|last| LastPin {
                outcome: last.outcome,
                at: last.at.0,
                name: last.name.map(|name| name.to_string()),
                fingerprint: last.device.map(|device| device.to_string()),
                words: last.device.as_ref().map(words),
                colour: last.device.as_ref().map(colour),
            }),
        }
    }
}
