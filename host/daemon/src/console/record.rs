//! What happened lately: who knocked, who was let in by whom, and who signed in.

use std::time::Duration;

use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use punktfunk_trust::{Actor, Happening, RecordEntry};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{Read, Scope};
use super::problem::Problem;
use super::refusals::ReadingTheRecord;
use crate::app::{EXAMPLE_FINGERPRINT, EXAMPLE_WORDS, Host, colour, words};
use crate::owner::{Desk, OwnerHappening, OwnerRecord, label_parts};

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
    #[schema(pattern = "^[0-9a-f]{64}$", example = json!(EXAMPLE_FINGERPRINT))]
    pub fingerprint: Option<String>,
    /// That fingerprint's first 64 bits as words.
    #[schema(min_items = 8, max_items = 8, example = json!(EXAMPLE_WORDS))]
    pub words: Option<Vec<String>>,
    /// That fingerprint's colour, `#rrggbb`.
    #[schema(example = "#1a76e8")]
    pub colour: Option<String>,
    /// What that device, browser or token was called then.
    #[schema(example = "Kitchen tablet")]
    pub name: Option<String>,
    /// Of a browser: which, if it is a known one.
    #[schema(example = "Firefox")]
    pub browser: Option<String>,
    /// Of a browser: its system, if it is a known one.
    #[schema(example = "Android")]
    pub system: Option<String>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Giver {
    /// What he is.
    pub kind: GiverKind,
    /// What that browser, token or device is called.
    #[schema(example = "Firefox on Android")]
    pub name: Option<String>,
    /// Of a browser: which, if it is a known one.
    #[schema(example = "Firefox")]
    pub browser: Option<String>,
    /// Of a browser: its system, if it is a known one.
    #[schema(example = "Android")]
    pub system: Option<String>,
    /// Of a device: its fingerprint.
    #[schema(pattern = "^[0-9a-f]{64}$", example = json!(EXAMPLE_FINGERPRINT))]
    pub fingerprint: Option<String>,
    /// Of a device: the fingerprint's first 64 bits as words.
    #[schema(min_items = 8, max_items = 8, example = json!(EXAMPLE_WORDS))]
    pub words: Option<Vec<String>>,
    /// Of a device: the fingerprint's colour, `#rrggbb`.
    #[schema(example = "#1a76e8")]
    pub colour: Option<String>,
}

/// What somebody is who gives orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GiverKind {
    /// Somebody in the console.
    Console,
    /// A signed-in browser.
    Browser,
    /// A script with a token.
    Token,
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
    let names = Names { owner: guard.owner(), host: guard.host() };
    let admission = guard.host().trust(|trust, _| trust.record());
    let admission = admission.into_iter().map(|entry| (entry.moment, names.of_a_device(entry)));
    let owner = guard.owner().record();
    let owner = owner.into_iter().map(|entry| (entry.moment, names.of_the_account(entry)));
    let mut lines: Vec<(Duration, Recorded)> = admission.chain(owner).collect();
    lines.sort_by_key(|(moment, line)| std::cmp::Reverse((*moment, line.book, line.number)));
    lines.truncate(usize::from(page.limit.unwrap_or(USUAL).min(MOST)));
    Ok(Json(lines.into_iter().map(|(_, line)| line).collect()))
}

/// What orders are shown with.
struct Names<'a> {
    owner: &'a Desk,
    host: &'a Host,
}

impl Names<'_> {
    fn giver(&self, by: Actor) -> Giver {
        let kind = GiverKind::from(by);
        let nobody = Giver {
            kind,
            name: None,
            browser: None,
            system: None,
            fingerprint: None,
            words: None,
            colour: None,
        };
        match by {
            Actor::Console | Actor::Local { .. } | Actor::Policy => nobody,
            Actor::Token(id) => Giver { name: self.name_of(id), ..nobody },
            Actor::Browser(id) => {
                let name = self.name_of(id);
                let (browser, system) = name.as_deref().map(parts).unwrap_or_default();
                Giver { name, browser, system, ..nobody }
            }
            Actor::Device(device) => Giver {
                name: self.host.trust(|trust, _| trust.name_of(&device)).map(|name| name.to_string()),
                fingerprint: Some(device.to_string()),
                words: Some(words(&device)),
                colour: Some(colour(&device)),
                ..nobody
            },
        }
    }

    fn name_of(&self, id: u64) -> Option<String> {
        self.owner.ask(|account, _| account.name_of(id).map(str::to_owned))
    }

    fn of_a_device(&self, entry: RecordEntry) -> Recorded {
        let RecordEntry { number, at, moment: _, what, device, name, by, source } = entry;
        Recorded {
            number,
            book: Book::Admission,
            at: at.0,
            what: Recording::Admission(what),
            fingerprint: device.map(|device| device.to_string()),
            words: device.as_ref().map(words),
            colour: device.as_ref().map(colour),
            name: name.map(|name| name.to_string()),
            browser: None,
            system: None,
            by: by.map(|by| self.giver(by)),
            source: source.map(|source| source.to_string()),
        }
    }

    fn of_the_account(&self, entry: OwnerRecord) -> Recorded {
        let OwnerRecord { number, at, moment: _, what, source, name, by } = entry;
        let label = name.as_deref().filter(|_| !what.is_of_a_token());
        let (browser, system) = label.map(parts).unwrap_or_default();
        Recorded {
            number,
            book: Book::Owner,
            at: at.0,
            what: Recording::Owner(what),
            fingerprint: None,
            words: None,
            colour: None,
            name,
            browser,
            system,
            by: by.map(|by| self.giver(by)),
            source: source.map(|source| source.to_string()),
        }
    }
}

fn parts(label: &str) -> (Option<String>, Option<String>) {
    let (browser, system) = label_parts(label);
    (browser.map(str::to_owned), system.map(str::to_owned))
}

impl From<Actor> for GiverKind {
    fn from(by: Actor) -> Self {
        match by {
            Actor::Console => Self::Console,
            Actor::Browser(_) => Self::Browser,
            Actor::Token(_) => Self::Token,
            Actor::Local { .. } => Self::Local,
            Actor::Device(_) => Self::Device,
            Actor::Policy => Self::Policy,
        }
    }
}
