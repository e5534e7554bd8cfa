//! Places, and who gets one.

use std::cmp::Reverse;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::{PendingId, Ticket, TicketId};
use crate::{DeviceId, DeviceName, Door, MatchCode, Now, Randomness, UnixSeconds};

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Places in all.
    pub(crate) cap: usize,
    /// Places for one source: an IPv4 address, or an IPv6 /64.
    pub(crate) per_source: usize,
    /// How long a place is kept after the last knock.
    pub(crate) ttl: Duration,
    /// How long a connection may stay parked.
    pub(crate) hold: Duration,
}

/// One waiting device.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: PendingId,
    pub(crate) revision: u64,
    pub(crate) device: DeviceId,
    pub(crate) name: DeviceName,
    pub(crate) door: Door,
    pub(crate) source: IpAddr,
    pub(crate) first_seen: UnixSeconds,
    pub(crate) last_seen: UnixSeconds,
    pub(crate) active: Duration,
    pub(crate) knocks: u64,
    pub(crate) parked: Option<Parked>,
    pub(crate) returning: bool,
}

/// A connection that is held open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parked {
    pub(crate) ticket: TicketId,
    pub(crate) since: Duration,
    /// How long it is held; as long as the limits say if not told otherwise.
    pub(crate) hold: Option<Duration>,
    /// What its device shows.
    pub(crate) code: Option<MatchCode>,
}

impl Parked {
    fn until(&self, limits: &Limits) -> Duration {
        self.since + self.hold.unwrap_or(limits.hold)
    }
}

impl Entry {
    pub(crate) fn ticket(&self) -> Option<Ticket> {
        self.parked.map(|parked| Ticket { id: parked.ticket, pending: self.id })
    }
}

/// A knock that may be given a place.
pub(crate) struct Newcomer {
    pub(crate) device: DeviceId,
    pub(crate) name: DeviceName,
    pub(crate) door: Door,
    pub(crate) source: IpAddr,
    /// How long its connection is to be held, if not as long as the limits say.
    pub(crate) hold: Option<Duration>,
    /// Trusted before: strangers do not push it out.
    pub(crate) returning: bool,
}

/// What became of a knock that found a place.
pub(crate) struct Placed {
    pub(crate) id: PendingId,
    /// None with a hold of zero.
    pub(crate) ticket: Option<Ticket>,
    pub(crate) first: bool,
    /// The older parked connection of the same device.
    pub(crate) superseded: Option<Ticket>,
    /// Who lost its place for this one.
    pub(crate) evicted: Option<Entry>,
}

/// The source has all its places taken by connections that are waiting right now, or everybody waiting was trusted before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// The places. Never more than `Limits::cap`.
#[derive(Default)]
pub(crate) struct Room {
    entries: Vec<Entry>,
}

impl Room {
    pub(crate) fn knock(
        &mut self,
        now: Now,
        limits: &Limits,
        newcomer: Newcomer,
        random: &mut dyn Randomness,
    ) -> Result<Placed, Full> {
        let evicted = self.make_room(limits, &newcomer)?;
        let hold = newcomer.hold;
        let ticket = (hold.unwrap_or(limits.hold) > Duration::ZERO).then(|| TicketId::draw(random));
        let parked = ticket.map(|ticket| Parked { ticket, since: now.monotonic, hold, code: None });
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.device == newcomer.device) {
            let superseded = entry.ticket();
            entry.knock_again(now, newcomer, parked);
            return Ok(Placed { id: entry.id, ticket: entry.ticket(), first: false, superseded, evicted });
        }
        let entry = Entry {
            id: self.unused_id(random),
            revision: 1,
            device: newcomer.device,
            name: newcomer.name,
            door: newcomer.door,
            source: newcomer.source,
            first_seen: now.wall,
            last_seen: now.wall,
            active: now.monotonic,
            knocks: 1,
            parked,
            returning: newcomer.returning,
        };
        let placed = Placed { id: entry.id, ticket: entry.ticket(), first: true, superseded: None, evicted };
        self.entries.push(entry);
        Ok(placed)
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn get(&self, id: PendingId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    pub(crate) fn remove(&mut self, id: PendingId) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.id == id)?;
        Some(self.entries.remove(at))
    }

    pub(crate) fn remove_device(&mut self, device: &DeviceId) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.device == *device)?;
        Some(self.entries.remove(at))
    }

    /// The parked connection has this code.
    pub(crate) fn show(&mut self, ticket: Ticket, code: MatchCode) {
        let entry = self.entries.iter_mut().find(|entry| entry.ticket() == Some(ticket));
        if let Some(parked) = entry.and_then(|entry| entry.parked.as_mut()) {
            parked.code = Some(code);
        }
    }

    /// The parked connection went away; its device keeps the place.
    pub(crate) fn leave(&mut self, ticket: Ticket) -> bool {
        let entry = self.entries.iter_mut().find(|entry| entry.ticket() == Some(ticket));
        entry.is_some_and(|entry| entry.parked.take().is_some())
    }

    /// The device was revoked: if it waits, then as a stranger.
    pub(crate) fn estrange(&mut self, device: &DeviceId) {
        for entry in self.entries.iter_mut().filter(|entry| entry.device == *device) {
            entry.returning = false;
        }
    }

    /// Takes out the places that are too old.
    pub(crate) fn expire(&mut self, now: Now, limits: &Limits) -> Vec<Entry> {
        self.entries.extract_if(.., |entry| entry.active + limits.ttl <= now.monotonic).collect()
    }

    /// Unparks the connections that were held long enough.
    pub(crate) fn end_holds(&mut self, now: Now, limits: &Limits) -> Vec<Ticket> {
        let over = |parked: &Parked| parked.until(limits) <= now.monotonic;
        let held_too_long = self.entries.iter_mut().filter(|entry| entry.parked.as_ref().is_some_and(over));
        held_too_long.filter_map(|entry| entry.ticket().inspect(|_| entry.parked = None)).collect()
    }

    /// Takes out whoever exceeds new limits, the most dispensable first.
    pub(crate) fn shrink(&mut self, limits: &Limits) -> Vec<Entry> {
        let mut out = Vec::new();
        while self.entries.len() > limits.cap {
            let Some(at) = self.most_dispensable(|_| true) else { break };
            out.push(self.entries.remove(at));
        }
        out
    }

    /// The next moment at which a place or a hold ends.
    pub(crate) fn next_wakeup(&self, limits: &Limits) -> Option<Duration> {
        let places = self.entries.iter().map(|entry| entry.active + limits.ttl);
        let holds = self.entries.iter().filter_map(|entry| entry.parked).map(|parked| parked.until(limits));
        places.chain(holds).min()
    }

    /// Finds room for a newcomer: first within its source, then within the whole.
    ///
    /// Within a source the least recently active place *without* a waiting connection gives way; waiting connections of one
    /// address are not pushed out by others of the same address. Within the whole, strangers give way before devices that
    /// were trusted before.
    fn make_room(&mut self, limits: &Limits, newcomer: &Newcomer) -> Result<Option<Entry>, Full> {
        let network = network_of(newcomer.source);
        let mine = |entry: &Entry| entry.device == newcomer.device;
        let rival = |entry: &Entry| !mine(entry) && network_of(entry.source) == network;
        if self.entries.iter().filter(|entry| rival(entry)).count() >= limits.per_source {
            let at = self
                .stalest(|entry| rival(entry) && entry.parked.is_none() && !entry.returning)
                .ok_or(Full)?;
            return Ok(Some(self.entries.remove(at)));
        }
        if self.entries.iter().any(mine) || self.entries.len() < limits.cap {
            return Ok(None);
        }
        let stranger = self.most_dispensable(|entry| !entry.returning);
        let at = stranger.or_else(|| self.most_dispensable(|_| newcomer.returning)).ok_or(Full)?;
        Ok(Some(self.entries.remove(at)))
    }

    fn stalest(&self, which: impl Fn(&Entry) -> bool) -> Option<usize> {
        let candidates = self.entries.iter().enumerate().filter(|(_, entry)| which(entry));
        candidates.min_by_key(|(_, entry)| entry.active).map(|(at, _)| at)
    }

    /// Whom the fewest will miss: somebody from the source that holds the most places, because that is what a crowd of made-up
    /// devices looks like; there, a place without a waiting connection; and of those the least recently active one.
    fn most_dispensable(&self, which: impl Fn(&Entry) -> bool) -> Option<usize> {
        let networks: Vec<_> = self.entries.iter().map(|entry| network_of(entry.source)).collect();
        let places = |at: usize| networks.iter().filter(|network| **network == networks[at]).count();
        let candidates = self.entries.iter().enumerate().filter(|(_, entry)| which(entry));
        candidates
            .min_by_key(|(at, entry)| (Reverse(places(*at)), entry.parked.is_some(), entry.active))
            .map(|(at, _)| at)
    }

    fn unused_id(&self, random: &mut dyn Randomness) -> PendingId {
        loop {
            let id = PendingId::draw(random);
            if self.get(id).is_none() {
                return id;
            }
        }
    }
}

impl Entry {
    fn knock_again(&mut self, now: Now, newcomer: Newcomer, parked: Option<Parked>) {
        if self.name != newcomer.name || self.source != newcomer.source || self.door != newcomer.door {
            self.revision += 1;
        }
        self.name = newcomer.name;
        self.source = newcomer.source;
        self.door = newcomer.door;
        self.last_seen = now.wall;
        self.active = now.monotonic;
        self.knocks += 1;
        self.parked = parked;
        self.returning = newcomer.returning;
    }
}

/// What counts as one source: an IPv4 address, or the /64 that one IPv6 neighbour controls.
pub(crate) fn network_of(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => Ipv4Addr::to_ipv6_mapped(&v4).to_bits(),
        IpAddr::V6(v6) => v6.to_bits() & !u128::from(u64::MAX),
    }
}
