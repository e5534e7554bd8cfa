//! The record: who knocked, who was let in by whom, and who signed in, from this run of the host and from those before.

mod gather;
mod keep;
mod kept;

use punktfunk_trust::{Actor, Happening};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::{EXAMPLE_FINGERPRINT, EXAMPLE_WORDS};
use crate::owner::OwnerHappening;

pub use gather::newest_first;
pub use keep::keep;
pub use kept::{Kept, RECORD_FILE};

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Recorded {
    /// Counts up, in each book for itself, also over restarts of the host.
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
