//! Browsers that are signed in, and browsers that were.

use std::net::IpAddr;
use std::time::Duration;

use punktfunk_trust::UnixSeconds;
use serde::{Deserialize, Serialize};

use super::delay::Tries;
use super::secret::Digest;
use super::state::ShortId;

/// Browsers that are signed in at once; the one that was silent for longest has to sign in again.
pub(crate) const SESSIONS: usize = 32;
/// Browsers that are known at once; the one that signed in longest ago is a stranger again.
pub(crate) const KNOWN: usize = 32;
/// After this long without a request a browser has to sign in again.
pub(crate) const IDLE: Duration = Duration::from_secs(30 * 24 * 3600);
/// After this long it has to in any case.
pub(crate) const ABSOLUTE: Duration = Duration::from_secs(180 * 24 * 3600);

/// A browser, as far as it shows.
#[derive(Debug, Clone)]
pub struct Browser {
    /// What it is called.
    pub label: String,
    /// Where it asks from.
    pub source: IpAddr,
}

/// A browser that is signed in, for the list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// Names the session.
    pub id: ShortId,
    /// What the browser is called.
    pub label: String,
    /// Where it last asked from.
    pub source: IpAddr,
    /// When it signed in.
    pub created_at: UnixSeconds,
    /// When it last asked for something.
    pub last_seen: UnixSeconds,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Session {
    pub(crate) id: ShortId,
    /// Of its cookie.
    pub(crate) digest: Digest,
    pub(crate) label: String,
    pub(crate) source: IpAddr,
    pub(crate) created: UnixSeconds,
    pub(crate) seen: UnixSeconds,
    /// When its user last proved the password.
    pub(crate) proven: UnixSeconds,
    /// Passwords that were given wrong in it.
    pub(crate) tries: Tries,
}

impl Session {
    pub(crate) fn is_over(&self, time: UnixSeconds) -> bool {
        time.since(self.seen) >= IDLE || time.since(self.created) >= ABSOLUTE
    }

    pub(crate) fn info(&self) -> SessionInfo {
        SessionInfo {
            id: self.id,
            label: self.label.clone(),
            source: self.source,
            created_at: self.created,
            last_seen: self.seen,
        }
    }
}

/// A browser that has signed in before: its tries are counted apart from those of strangers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    /// Of its cookie.
    pub(crate) digest: Digest,
    pub(crate) since: UnixSeconds,
    pub(crate) tries: Tries,
}
