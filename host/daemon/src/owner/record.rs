//! What happened to the account lately, for the console: in memory and bounded.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use punktfunk_trust::{Actor, Now, UnixSeconds};
use serde::{Deserialize, Serialize};

use super::state::ShortId;

/// Wrong tries have a ring of their own, so that a flood of them cannot push out who has signed in.
const WRONG: usize = 64;
const DEEDS: usize = 128;

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerRecord {
    /// Counts up from 1 with the start of the host.
    pub number: u64,
    /// Wall clock.
    pub at: UnixSeconds,
    /// Monotonic time, by which this record and others of the host are put in one order.
    pub moment: Duration,
    /// What happened.
    pub what: OwnerHappening,
    /// From where, if somebody asked for it over the network.
    pub source: Option<IpAddr>,
    /// The browser or the token that it is about.
    pub name: Option<String>,
    /// On whose order, if somebody with rights gave one.
    pub by: Option<Actor>,
}

/// What can happen to the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnerHappening {
    /// The box has an owner now.
    Claimed,
    /// Somebody claimed the box with a wrong code.
    WrongCode,
    /// A browser signed in.
    SignedIn,
    /// Somebody gave a wrong password.
    WrongPassword,
    /// A browser signed out.
    SignedOut,
    /// The owner signed a browser out from another one.
    SessionRevoked,
    /// There is another password; all other browsers are signed out.
    PasswordChanged,
    /// Somebody at the box had the password forgotten: there is no owner until it is claimed again.
    Reset,
    /// There is another API token.
    TokenMade,
    /// An API token works no more.
    TokenRevoked,
}

impl OwnerHappening {
    /// Whether its name is that of a token, and not of a browser.
    pub fn is_of_a_token(self) -> bool {
        matches!(self, Self::TokenMade | Self::TokenRevoked)
    }

    fn is_wrong(self) -> bool {
        matches!(self, Self::WrongCode | Self::WrongPassword)
    }
}

/// What those who watch are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerEvent {
    /// The box has an owner.
    Claimed,
    /// A browser is signed in.
    SignedIn {
        /// Its session.
        session: ShortId,
    },
    /// A browser is signed in no more.
    SessionEnded {
        /// Its session.
        session: ShortId,
    },
    /// There is another password.
    PasswordChanged,
    /// There is no owner any more.
    Reset,
    /// An API token was made.
    TokenMade {
        /// Which.
        token: ShortId,
    },
    /// An API token works no more.
    TokenRevoked {
        /// Which.
        token: ShortId,
    },
}

#[derive(Debug, Default)]
pub(crate) struct Record {
    wrong: VecDeque<OwnerRecord>,
    deeds: VecDeque<OwnerRecord>,
    count: u64,
}

#[derive(Debug)]
pub(crate) struct Deed {
    pub(crate) what: OwnerHappening,
    pub(crate) source: Option<IpAddr>,
    pub(crate) name: Option<String>,
    pub(crate) by: Option<Actor>,
}

impl Record {
    pub(crate) fn add(&mut self, now: Now, deed: Deed) {
        self.count += 1;
        let Deed { what, source, name, by } = deed;
        let (ring, cap) = if what.is_wrong() { (&mut self.wrong, WRONG) } else { (&mut self.deeds, DEEDS) };
        if ring.len() == cap {
            ring.pop_front();
        }
        ring.push_back(OwnerRecord {
            number: self.count,
            at: now.wall,
            moment: now.monotonic,
            what,
            source,
            name,
            by,
        });
    }

    pub(crate) fn newest_first(&self) -> Vec<OwnerRecord> {
        let mut all: Vec<_> = self.wrong.iter().chain(&self.deeds).cloned().collect();
        all.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.number));
        all
    }
}
