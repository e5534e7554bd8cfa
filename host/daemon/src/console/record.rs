//! What happened lately: who knocked, who was let in by whom, and who signed in.

use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use punktfunk_trust::{Actor, Happening, RecordEntry};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{Read, Scope};
use super::looks::Looks;
use super::problem::Problem;
use super::refusals::ReadingTheRecord;
use crate::owner::{OwnerHappening, OwnerRecord};

/// Lines that are answered when nobody says how many.
const USUAL: u16 = 100;
/// And at the most; both records together are no longer.
const MOST: u16 = 1000;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(record))
}

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Recorded {
    /// Counts up from 1 with the start of the host, in each book for itself.
    pub number: u64,
    /// The book that it stands in.
    pub book: Book,
    /// Unix time.
    pub at: u64,
    /// What happened.
    pub what: Recording,
    /// To which device, if to one.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub fingerprint: Option<String>,
    /// How that device is told from others.
    pub looks: Option<Looks>,
    /// What that device, browser or token was called then.
    #[schema(example = "Kitchen tablet")]
    pub name: Option<String>,
    /// On whose order, if on one.
    pub by: Option<Giver>,
    /// Where it came from, if from the network.
    #[schema(example = "192.168.1.23")]
    pub source: Option<String>,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Recording {
    /// To a device.
    Admission(Happening),
    /// To the account.
    Owner(OwnerHappening),
}

/// Who gave an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Giver {
    /// A signed-in browser, or a script with a token.
    Console,
    /// Somebody at the box, on its command line.
    Local,
    /// A device that may let others in.
    Device,
    /// The policy.
    Policy,
}

/// A book of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Book {
    /// Who may stream.
    Admission,
    /// Who runs the box.
    Owner,
}

/// How much is asked for.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<u16>,
}

/// What happened since the start of the host, newest first.
#[utoipa::path(get, path = "/record", operation_id = "record", tag = "host",
    params(("limit" = Option<u16>, Query, description = "lines at the most, up to 1000; 100 if absent")), responses(
    (status = 200, description = "what happened, newest first", body = [Recorded]), ReadingTheRecord))]
async fn record(
    guard: Scope<Read>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Vec<Recorded>>, Problem> {
    let Query(page) = page?;
    let admission = guard.host().trust(|trust, _| trust.record()).into_iter().map(Recorded::from);
    let mut lines: Vec<Recorded> =
        admission.chain(guard.owner().record().into_iter().map(Recorded::from)).collect();
    lines.sort_by_key(|line| std::cmp::Reverse((line.at, line.book, line.number)));
    lines.truncate(usize::from(page.limit.unwrap_or(USUAL).min(MOST)));
    Ok(Json(lines))
}

impl From<RecordEntry> for Recorded {
    fn from(entry: RecordEntry) -> Self {
        let RecordEntry { number, at, what, device, name, by, source } = entry;
        Self {
            number,
            book: Book::Admission,
            at: at.0,
            what: Recording::Admission(what),
            looks: device.as_ref().map(Looks::from),
            fingerprint: device.map(|device| device.to_string()),
            name: name.map(|name| name.to_string()),
            by: by.map(Giver::from),
            source: source.map(|source| source.to_string()),
        }
    }
}

impl From<OwnerRecord> for Recorded {
    fn from(entry: OwnerRecord) -> Self {
        let OwnerRecord { number, at, what, source, name, by } = entry;
        Self {
            number,
            book: Book::Owner,
            at: at.0,
            what: Recording::Owner(what),
            fingerprint: None,
            looks: None,
            name,
            by: by.map(Giver::from),
            source: source.map(|source| source.to_string()),
        }
    }
}

impl From<Actor> for Giver {
    fn from(by: Actor) -> Self {
        match by {
            Actor::Console => Self::Console,
            Actor::Local { .. } => Self::Local,
            Actor::Device(_) => Self::Device,
            Actor::Policy => Self::Policy,
        }
    }
}
