//! The waiting room: devices that have knocked and wait for an answer. Memory only, and little of it.

mod quiet;
mod room;

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use quiet::QuietPeriods;
pub(crate) use room::{Entry, Limits, Newcomer, Room, network_of};

use crate::{Device, DeviceId, DeviceName, Door, MatchCode, Randomness, UnixSeconds};

/// Identifiers stay below 2^40: exact in any JSON reader, and short enough to be typed.
const ID_BOUND: u64 = 1 << 40;

/// Names one place in the waiting room for as long as its device keeps it. Drawn at random, so that one from before a
/// restart names nothing after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PendingId(u64);

/// Names one parked connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TicketId(u64);

impl PendingId {
    pub(crate) fn draw(random: &mut dyn Randomness) -> Self {
        Self(1 + random.below(ID_BOUND - 1))
    }

    /// The number: 1 to 2^40 − 1.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for PendingId {
    /// Any number may come from a client; one that names no place is answered as such.
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for PendingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PendingId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl TicketId {
    pub(crate) fn draw(random: &mut dyn Randomness) -> Self {
        Self(1 + random.below(ID_BOUND - 1))
    }
}

/// The right of one parked connection to be woken by an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// Which connection.
    pub id: TicketId,
    /// Which place it stands for.
    pub pending: PendingId,
}

/// A waiting device, as it is to be shown. What is approved must be what was shown: hand back `id`, `device` and `revision`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PendingView {
    /// The place.
    pub id: PendingId,
    /// Changes whenever something shown here changes that a person decides by: name or source.
    pub revision: u64,
    /// Its fingerprint; all of it counts.
    pub device: DeviceId,
    /// What it calls itself.
    pub name: DeviceName,
    /// The door that it waits at.
    pub door: Door,
    /// Where its last knock came from.
    pub source: IpAddr,
    /// Wall clock of its first knock.
    pub first_seen: UnixSeconds,
    /// Wall clock of its last knock.
    pub last_seen: UnixSeconds,
    /// How long ago its last knock was.
    pub age: Duration,
    /// How often it has knocked since it got its place.
    pub knocks: u64,
    /// Whether a connection is parked for it now, so that approving lets it in at once.
    pub connected: bool,
    /// The code of that connection, which its device shows too, if the door has told it.
    pub code: Option<MatchCode>,
    /// A trusted device that this name could be mistaken for. Ask twice.
    pub looks_like: Option<LooksLike>,
    /// It was let in before, and its time has run out.
    pub returning: bool,
}

/// The trusted device that a name resembles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LooksLike {
    /// Its fingerprint.
    pub device: DeviceId,
    /// Its name.
    pub name: DeviceName,
}

impl From<&Device> for LooksLike {
    fn from(device: &Device) -> Self {
        Self { device: device.id, name: device.name.clone() }
    }
}
