//! Devices that wait for an answer.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use punktfunk_trust::{Approve, DenyMode, Door, Grant, Level, Now, PendingId, PendingView, PinAnswer, Trust};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::body::{Asked, Body, OptionalBody};
use super::clients::{Client, Wish, guest_pass};
use super::guard::{Devices, Read, RecentlyProven, Scope};
use super::problem::Problem;
use super::refusals::{Approving, Denying, EnteringAPin, Guarded};
use super::{Api, parse_fingerprint};
use crate::app::{EXAMPLE_CODE, EXAMPLE_FINGERPRINT, EXAMPLE_WORDS, PinFault, ShownPin, colour, words};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(approve))
        .routes(routes!(enter_pin))
        .routes(routes!(deny))
}

/// A device that has knocked. Its name is what it calls itself, cleaned; its fingerprint is who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pending {
    /// Names the request; never used again, not even after a restart.
    #[schema(example = 271_828_182_845_u64)]
    pub id: u64,
    /// Changes whenever the name or the source does.
    pub revision: u64,
    /// What the device calls itself, without anything that could deceive a reader.
    #[schema(example = "Kitchen tablet")]
    pub name: String,
    /// SHA-256 of its certificate, 64 hex digits.
    #[schema(pattern = "^[0-9a-f]{64}$", example = json!(EXAMPLE_FINGERPRINT))]
    pub fingerprint: String,
    /// The fingerprint's first 64 bits as words.
    #[schema(min_items = 8, max_items = 8, example = json!(EXAMPLE_WORDS))]
    pub words: Vec<String>,
    /// The fingerprint's colour, `#rrggbb`.
    #[schema(example = "#1a76e8")]
    pub colour: String,
    /// Where the last knock came from.
    #[schema(example = "192.168.1.23")]
    pub source: String,
    /// Seconds since its last knock.
    pub age_secs: u64,
    /// Unix time of its first knock.
    pub first_seen: u64,
    /// Unix time of its last knock.
    pub last_seen: u64,
    /// How often it has knocked.
    pub knocks: u64,
    /// Whether it holds a connection open now, so that it is let in the moment it is approved.
    pub connected: bool,
    /// Four words of that very connection, which the device shows while it waits: if it shows others, somebody sits
    /// between it and the box. Absent when nothing waits on a connection, or the door has none.
    #[schema(min_items = 4, max_items = 4, example = json!(EXAMPLE_CODE))]
    pub match_code: Option<Vec<String>>,
    /// The trusted device that this one could be mistaken for.
    pub looks_like: Option<LooksLike>,
    /// The door that it waits at.
    pub door: Door,
    /// How it is let in.
    pub via: LetInBy,
    /// It was let in before, and its time ran out.
    pub returning: bool,
}

/// A trusted device that another one could be mistaken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LooksLike {
    /// Its fingerprint.
    #[schema(pattern = "^[0-9a-f]{64}$", example = json!(EXAMPLE_FINGERPRINT))]
    pub fingerprint: String,
    /// The fingerprint's first 64 bits as words.
    #[schema(min_items = 8, max_items = 8, example = json!(EXAMPLE_WORDS))]
    pub words: Vec<String>,
    /// The fingerprint's colour, `#rrggbb`.
    #[schema(example = "#1a76e8")]
    pub colour: String,
    /// Its name.
    #[schema(example = "Kitchen tablet")]
    pub name: String,
}

/// How a waiting device is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetInBy {
    /// By approving it here.
    Approve,
    /// By entering the PIN that it shows.
    Pin,
}

/// What was shown when the owner said yes. Anything else than what is there now is refused.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveBody {
    /// The fingerprint that was shown, all 64 hex digits.
    #[schema(min_length = 64, max_length = 64, example = json!(EXAMPLE_FINGERPRINT))]
    pub fingerprint: String,
    /// The revision that was shown.
    #[schema(example = 1)]
    pub revision: u64,
    /// What to call the device from now on; its own name if absent.
    #[schema(example = "Kitchen tablet")]
    pub name: Option<String>,
    /// What it may do; `full` if absent.
    pub level: Option<Level>,
    /// Its time is over in so many seconds; never if absent.
    #[schema(minimum = 1, maximum = 315_360_000, example = 86_400)]
    pub expires_in_secs: Option<u64>,
}

/// The PIN that a waiting device shows, and what was shown when its owner entered it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterPinBody {
    /// The fingerprint that was shown, all 64 hex digits.
    #[schema(min_length = 64, max_length = 64, example = json!(EXAMPLE_FINGERPRINT))]
    pub fingerprint: String,
    /// The revision that was shown.
    #[schema(example = 1)]
    pub revision: u64,
    /// The PIN, four digits.
    #[schema(pattern = "^[0-9]{4}$", example = "4711")]
    pub pin: String,
}

/// How a device is turned away.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DenyBody {
    /// Do not show this device again until it is forgiven; otherwise it may knock again later.
    pub ignore: bool,
}

/// Who is waiting, whoever knocked first at the top.
#[utoipa::path(get, path = "/native/pending", operation_id = "listPending", tag = "pairing", responses(
    (status = 200, description = "who is waiting", body = [Pending]), Guarded))]
async fn list(guard: Scope<Read>) -> Json<Vec<Pending>> {
    Json(guard.host().trust(|trust, now| trust.pending(now)).into_iter().map(Pending::from).collect())
}

/// Lets a waiting device in, for ever or for a while: its waiting connection goes on at once.
///
/// No token but one for `all` lets it in as an owner.
#[utoipa::path(post, path = "/native/pending/{id}/approve", operation_id = "approve", tag = "pairing",
    params(("id" = u64, Path, description = "of the list of who is waiting")), request_body = ApproveBody, responses(
    (status = 200, description = "it is let in", body = Client), Approving))]
async fn approve(
    id: Result<Path<u64>, PathRejection>,
    Asked(guard, Body(body)): Asked<RecentlyProven, Body<ApproveBody>>,
) -> Result<Json<Client>, Problem> {
    guard.may_give(body.level)?;
    let Path(id) = id?;
    let fingerprint = parse_fingerprint(&body.fingerprint)?;
    let wish = guest_pass(body.expires_in_secs, false)?.unwrap_or(Wish::Forever);
    let approve = move |trust: &mut Trust, now: Now, by| {
        let grant = Grant { level: body.level.unwrap_or(Level::Full), lifetime: wish.from(now) };
        trust.approve(
            now,
            &Approve {
                id: PendingId::from(id),
                fingerprint,
                revision: Some(body.revision),
                name: body.name.as_deref(),
                grant: Some(grant),
                by,
            },
        )
    };
    let device = guard.decide(approve).await?;
    Ok(Json(Client::of(&device, guard.host())))
}

/// Enters the PIN that a waiting device shows: one attempt of this very device. The answer comes once it has proven that it
/// knows the PIN, or has not.
#[utoipa::path(post, path = "/native/pending/{id}/pin", operation_id = "enterPin", tag = "pairing",
    params(("id" = u64, Path, description = "of the list of who is waiting")), request_body = EnterPinBody, responses(
    (status = 200, description = "it is paired", body = Client), EnteringAPin))]
async fn enter_pin(
    id: Result<Path<u64>, PathRejection>,
    Asked(guard, Body(body)): Asked<RecentlyProven, Body<EnterPinBody>>,
) -> Result<Json<Client>, Problem> {
    let Path(id) = id?;
    let fingerprint = parse_fingerprint(&body.fingerprint)?;
    let pin = ShownPin::parse(&body.pin)?;
    let answer = move |trust: &mut Trust, now: Now, by| {
        let order = PinAnswer { id: PendingId::from(id), fingerprint, revision: Some(body.revision), by };
        trust.answer(now, &order).map_err(PinFault::from)
    };
    let (ticket, answered) = guard.decide(answer).await?;
    let device = guard.host().hand_over(ticket, answered, pin).await?;
    Ok(Json(Client::of(&device, guard.host())))
}

/// Turns a waiting device away.
#[utoipa::path(post, path = "/native/pending/{id}/deny", operation_id = "deny", tag = "pairing",
    params(("id" = u64, Path, description = "of the list of who is waiting")), request_body = Option<DenyBody>,
    responses((status = 204, description = "it is turned away"), Denying))]
async fn deny(
    id: Result<Path<u64>, PathRejection>,
    Asked(guard, OptionalBody(body)): Asked<Scope<Devices>, OptionalBody<DenyBody>>,
) -> Result<StatusCode, Problem> {
    let Path(id) = id?;
    let mode = if body.ignore { DenyMode::Ignore } else { DenyMode::NotNow };
    guard.decide(move |trust, now, by| trust.deny(now, PendingId::from(id), mode, by)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<PendingView> for Pending {
    fn from(view: PendingView) -> Self {
        Self {
            id: view.id.get(),
            revision: view.revision,
            name: view.name.to_string(),
            fingerprint: view.device.to_string(),
            words: words(&view.device),
            colour: colour(&view.device),
            source: view.source.to_string(),
            age_secs: view.age.as_secs(),
            first_seen: view.first_seen.0,
            last_seen: view.last_seen.0,
            knocks: view.knocks,
            connected: view.connected,
            match_code: view.code.map(|code| code.words().map(str::to_owned).to_vec()),
            looks_like: view.looks_like.map(|other| LooksLike {
                fingerprint: other.device.to_string(),
                name: other.name.to_string(),
                words: words(&other.device),
                colour: colour(&other.device),
            }),
            via: match view.door {
                Door::Native => LetInBy::Approve,
                Door::GameStream => LetInBy::Pin,
            },
            door: view.door,
            returning: view.returning,
        }
    }
}
