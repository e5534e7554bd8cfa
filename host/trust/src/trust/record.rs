//! The admission record: what happened lately, for the console.
//!
//! In memory and bounded. Knocks have a ring of their own, so that a flood of them cannot push out who was approved by whom.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Actor, Device, DeviceId, DeviceName, Now, UnixSeconds};

const KNOCKS: usize = 64;
const DECISIONS: usize = 256;

/// One line of the admission record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordEntry {
    /// Counts up from 1 with the start of the host.
    pub number: u64,
    /// Wall clock.
    pub at: UnixSeconds,
    /// Monotonic time, by which this record and others of the host are put in one order.
    pub moment: Duration,
    /// What happened.
    pub what: Happening,
    /// To which device, if to one.
    pub device: Option<DeviceId>,
    /// What that device was called then.
    pub name: Option<DeviceName>,
    /// On whose order, if on one.
    pub by: Option<Actor>,
    /// Where it came from, if from the network.
    pub source: Option<IpAddr>,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// A device got a place in the waiting room. Further knocks from the same place are not recorded.
    Knocked,
    /// Its knock was approved.
    Approved,
    /// Its knock was denied.
    Denied,
    /// It is to be ignored for good.
    Ignored,
    /// It is ignored no more.
    Unignored,
    /// It paired by PIN.
    Paired,
    /// It did not know the PIN.
    WrongPin,
    /// It broke off, or fell silent, before it had shown that it knows the PIN.
    Abandoned,
    /// It is trusted no more.
    Revoked,
    /// It is trusted no more, but that could not be saved yet.
    RevokedUnsaved,
    /// Its name or grant was changed.
    Changed,
    /// Its time as a guest is over.
    Lapsed,
    /// A PIN was armed.
    Armed,
    /// The PIN was taken back.
    Disarmed,
}

/// What is to be recorded.
pub(crate) struct Deed {
    what: Happening,
    device: Option<(DeviceId, DeviceName)>,
    by: Option<Actor>,
    source: Option<IpAddr>,
}

impl Deed {
    pub(crate) fn new(what: Happening) -> Self {
        Self { what, device: None, by: None, source: None }
    }

    pub(crate) fn of(what: Happening, device: &Device) -> Self {
        Self::new(what).named(device.id, device.name.clone())
    }

    pub(crate) fn named(self, id: DeviceId, name: DeviceName) -> Self {
        Self { device: Some((id, name)), ..self }
    }

    pub(crate) fn by(self, actor: Actor) -> Self {
        Self { by: Some(actor), ..self }
    }

    pub(crate) fn from(self, source: IpAddr) -> Self {
        Self { source: Some(source), ..self }
    }
}

#[derive(Default)]
pub(crate) struct Record {
    knocks: VecDeque<RecordEntry>,
    decisions: VecDeque<RecordEntry>,
    count: u64,
}

impl Record {
    pub(crate) fn add(&mut self, now: Now, deed: Deed) {
        self.count += 1;
        let Deed { what, device, by, source } = deed;
        let (device, name) = device.unzip();
        let (ring, cap) = match what {
            Happening::Knocked => (&mut self.knocks, KNOCKS),
            _ => (&mut self.decisions, DECISIONS),
        };
        if ring.len() == cap {
            ring.pop_front();
        }
        ring.push_back(RecordEntry {
            number: self.count,
            at: now.wall,
            moment: now.monotonic,
            what,
            device,
            name,
            by,
            source,
        });
    }

    pub(crate) fn newest_first(&self) -> Vec<RecordEntry> {
        let mut all: Vec<_> = self.knocks.iter().chain(&self.decisions).cloned().collect();
        all.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.number));
        all
    }
}
