//! Time as an argument.

use std::fmt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Both clocks at one moment. Every call that depends on time takes one, so a test makes up its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Time since any fixed moment of this boot; never goes back. All waits inside one run are measured on it.
    pub monotonic: Duration,
    /// What the wall clock claims. Used for expiry and for showing, never for waits, because it may be wrong.
    pub wall: UnixSeconds,
}

impl Now {
    /// Reads the machine's clocks; `started` is any moment kept by the caller for the life of the process.
    #[must_use]
    pub fn read(started: Instant) -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { monotonic: started.elapsed(), wall: UnixSeconds(wall.as_secs()) }
    }

    /// The same pair of clocks, `by` later.
    #[must_use]
    pub fn later(self, by: Duration) -> Self {
        Self { monotonic: self.monotonic.saturating_add(by), wall: self.wall.plus(by) }
    }
}

/// Whole seconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixSeconds(pub u64);

impl UnixSeconds {
    /// This moment plus `by`, whole seconds only, saturating.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(by.as_secs()))
    }

    /// How long after `earlier` this is; zero when it is not.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for UnixSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
