//! Knocking, and being answered.

use std::net::IpAddr;
use std::time::Duration;

use serde::Serialize;

use super::record::{Deed, Happening};
use super::{Trust, TrustEvent};
use crate::store::{IgnoredDevice, MAX_DEVICES, MAX_IGNORED, StoreError};
use crate::waiting::{Entry, Newcomer, PendingView};
use crate::{
    Actor, Device, DeviceId, DeviceName, Door, Grant, Lifetime, MatchCode, Now, PendingId, Ticket,
    UnixSeconds, Via, look_alike,
};

/// A device at the door: it has opened a session and wants in.
#[derive(Clone, Copy, Debug)]
pub struct Knock<'a> {
    /// Its fingerprint as seen in TLS, if it showed a certificate *and* proved that it holds the key.
    pub device: Option<DeviceId>,
    /// What it calls itself, as it came; empty for none.
    pub name: &'a str,
    /// Where the connection comes from.
    pub source: IpAddr,
}

/// The answer to a knock.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Admission {
    /// Come in.
    Admit(Admitted),
    /// Keep the connection and say nothing until an event names this ticket; tell [`Trust::leave`] when it goes away first.
    Wait(Ticket),
    /// Close the connection.
    Refuse(Refusal),
}

/// A device that may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Its fingerprint.
    pub id: DeviceId,
    /// Its name: the owner's for a trusted device, its own in open mode.
    pub name: DeviceName,
    /// What it may do.
    pub grant: Grant,
    /// How it came to be trusted; `None` in open mode, where it is not.
    pub via: Option<Via>,
}

/// Why a knock is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing was recorded. Close code 0x63.
    #[error("this host needs to see a certificate of yours: update the app and try again")]
    NoCertificate,
    /// It has its place, but the policy holds no connections. Close code 0x65.
    #[error("the owner has been asked: connect again once you are let in")]
    Asked(PendingId),
    /// It was turned away too often. Close code 0x64.
    #[error("the owner said no: ask again in {} seconds", .0.as_secs().max(1))]
    Quiet(Duration),
    /// The owner does not want to be asked again. Close code 0x64.
    #[error("the owner has decided not to let this device in")]
    Ignored,
    /// There is no place. Close code 0x65.
    #[error("too many devices are waiting to be let in: try again in a few minutes")]
    RoomFull,
}

/// An order to let a waiting device in. What is named must be what was shown.
#[derive(Clone, Copy, Debug)]
pub struct Approve<'a> {
    /// The place that was shown.
    pub id: PendingId,
    /// The whole fingerprint that was shown.
    pub fingerprint: DeviceId,
    /// The revision that was shown; `None` takes any, which is for callers that showed nothing else.
    pub revision: Option<u64>,
    /// A name to keep instead of its own.
    pub name: Option<&'a str>,
    /// What it may do; `None` is [`Grant::FULL`].
    pub grant: Option<Grant>,
    /// Who says so.
    pub by: Actor,
}

/// Why a device was not let in. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum ApproveError {
    /// No such place.
    #[error(
        "no device is waiting under this number: it was answered, gave up, or the host was restarted. Look at the list again"
    )]
    NotFound,
    /// Another device has this place.
    #[error(
        "the device waiting under this number has another fingerprint than the one you saw: look at the list again"
    )]
    OtherDevice,
    /// What was shown has changed.
    #[error(
        "the waiting device has changed its name or address since you saw it: look at it again (revision {current})"
    )]
    Changed {
        /// The revision to be shown now.
        current: u64,
    },
    /// It shows a PIN, which is to be entered.
    #[error("this device waits for its PIN to be entered here: read it from the device, and pair with that")]
    NeedsPin,
    /// The giver may not let others in.
    #[error("this device may not let others in: ask an owner")]
    NotAllowed,
    /// The grant would end before it begins.
    #[error("the guest pass ends in the past: choose a later end")]
    AlreadyOver,
    /// A limited time cannot be measured.
    #[error(
        "the clock of this host cannot be trusted right now, so no guest pass can be given: set the clock, or let the device in for good"
    )]
    ClockUnknown,
    /// The allow-list is full.
    #[error("the allow-list is full ({MAX_DEVICES} devices): revoke one first")]
    ListFull,
    /// It could not be made durable.
    #[error("the device was not let in: {0}")]
    Store(#[from] StoreError),
}

/// How a knock is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenyMode {
    /// Not now: it may ask again, after a while if it was turned away before.
    NotNow,
    /// Never show its knocks again, until that is taken back.
    Ignore,
}

/// Why a knock was not turned away.
#[derive(Debug, thiserror::Error)]
pub enum DenyError {
    /// No such place, or no such ignored device.
    #[error("no such device: look at the list again")]
    NotFound,
    /// The giver may not decide.
    #[error("this device may not turn others away: ask an owner")]
    NotAllowed,
    /// The list of ignored devices is full.
    #[error(
        "the list of ignored devices is full ({MAX_IGNORED}): take one off first, or deny this one for now"
    )]
    ListFull,
    /// It could not be made durable.
    #[error("nothing was changed: {0}")]
    Store(#[from] StoreError),
}

/// A device whose knocks are not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// Its fingerprint.
    pub device: DeviceId,
    /// What it called itself.
    pub name: DeviceName,
    /// Since when.
    pub since: UnixSeconds,
}

impl Trust {
    /// Answers a device at the door (punktfunk/1 §3.6).
    pub fn knock(&mut self, now: Now, knock: Knock<'_>) -> Admission {
        let Some(id) = knock.device else { return Admission::Refuse(Refusal::NoCertificate) };
        self.pass_time(now);
        if let Some(admitted) = self.admit_trusted(now, &id) {
            return Admission::Admit(admitted);
        }
        if self.state.ignored.contains_key(&id) {
            return Admission::Refuse(Refusal::Ignored);
        }
        if let Some(grant) = self.standing_of(&id) {
            let name = DeviceName::sanitise_or_label(knock.name, self.settings.name_bytes, &id);
            return Admission::Admit(Admitted { id, name, grant, via: None });
        }
        if let Some(wait) = self.quiet.remaining(now, &id) {
            return Admission::Refuse(Refusal::Quiet(wait));
        }
        self.seat(now, id, &knock)
    }

    /// What a device may do without asking anybody, by the allow-list or by open mode; `None` when it would have to ask,
    /// or is ignored. Knocks are let in by this, and whoever was let in earlier may go on by this.
    #[must_use]
    pub fn standing_of(&self, id: &DeviceId) -> Option<Grant> {
        let open = !self.settings.require && !self.state.ignored.contains_key(id);
        self.grant_of(id).or_else(|| open.then_some(Grant::FULL))
    }

    /// A parked connection has this code: it is shown with its device for as long as that very connection waits.
    pub fn show_code(&mut self, ticket: Ticket, code: MatchCode) {
        self.room.show(ticket, code);
    }

    /// The waiting devices, oldest first.
    #[must_use]
    pub fn pending(&self, now: Now) -> Vec<PendingView> {
        self.room.entries().iter().map(|entry| self.view(now, entry)).collect()
    }

    /// Lets a waiting device in: first on disk, then its parked connection is woken.
    ///
    /// # Errors
    /// [`ApproveError`]; then nothing was stored and the device still waits.
    pub fn approve(&mut self, now: Now, order: &Approve<'_>) -> Result<Device, ApproveError> {
        self.pass_time(now);
        if !self.may_decide(order.by) {
            return Err(ApproveError::NotAllowed);
        }
        let entry = self.room.get(order.id).ok_or(ApproveError::NotFound)?;
        if entry.device != order.fingerprint {
            return Err(ApproveError::OtherDevice);
        }
        if order.revision.is_some_and(|shown| shown != entry.revision) {
            return Err(ApproveError::Changed { current: entry.revision });
        }
        if entry.door == Door::GameStream {
            return Err(ApproveError::NeedsPin);
        }
        let grant = order.grant.unwrap_or(Grant::FULL);
        if let Lifetime::Until(end) = grant.lifetime {
            let time = self.clock.time().ok_or(ApproveError::ClockUnknown)?;
            if end <= time {
                return Err(ApproveError::AlreadyOver);
            }
        }
        if !self.has_room_for(&entry.device) {
            return Err(ApproveError::ListFull);
        }
        let given = order.name.and_then(|name| DeviceName::sanitise(name, self.settings.name_bytes));
        let name = given.unwrap_or_else(|| entry.name.clone());
        let device = Device::approved(entry.device, name, grant, now.wall);
        let mut next = self.state.clone();
        next.let_in(device.clone());
        self.save(now, next)?;
        self.record.add(now, Deed::of(Happening::Approved, &device).by(order.by));
        self.let_in(&device, Via::Approval);
        Ok(device)
    }

    /// Turns a waiting device away.
    ///
    /// # Errors
    /// [`DenyError`]; then it still waits.
    pub fn deny(&mut self, now: Now, id: PendingId, mode: DenyMode, by: Actor) -> Result<(), DenyError> {
        self.pass_time(now);
        if !self.may_decide(by) {
            return Err(DenyError::NotAllowed);
        }
        let entry = self.room.get(id).ok_or(DenyError::NotFound)?;
        let happening = match mode {
            DenyMode::NotNow => {
                self.quiet.denied(now, entry.device);
                Happening::Denied
            }
            DenyMode::Ignore => {
                if self.state.ignored.len() >= MAX_IGNORED {
                    return Err(DenyError::ListFull);
                }
                let mut next = self.state.clone();
                next.ignored
                    .insert(entry.device, IgnoredDevice { name: entry.name.clone(), since: now.wall });
                self.save(now, next)?;
                Happening::Ignored
            }
        };
        let entry = self.room.remove(id).ok_or(DenyError::NotFound)?;
        let ticket = entry.ticket();
        self.record.add(now, Deed::new(happening).named(entry.device, entry.name).by(by));
        self.events.push(TrustEvent::Denied { id, device: entry.device, ticket });
        Ok(())
    }

    /// The devices whose knocks are not shown.
    #[must_use]
    pub fn ignored(&self) -> Vec<Ignored> {
        let ignored = self.state.ignored.iter();
        ignored.map(|(id, it)| Ignored { device: *id, name: it.name.clone(), since: it.since }).collect()
    }

    /// Shows the knocks of an ignored device again.
    ///
    /// # Errors
    /// [`DenyError`]; then it stays ignored.
    pub fn unignore(&mut self, now: Now, id: &DeviceId, by: Actor) -> Result<(), DenyError> {
        self.pass_time(now);
        if !self.may_decide(by) {
            return Err(DenyError::NotAllowed);
        }
        let mut next = self.state.clone();
        let it = next.ignored.remove(id).ok_or(DenyError::NotFound)?;
        self.save(now, next)?;
        self.record.add(now, Deed::new(Happening::Unignored).named(*id, it.name).by(by));
        Ok(())
    }

    /// A parked connection has gone away by itself. Its device keeps the place, and can still be approved.
    pub fn leave(&mut self, ticket: Ticket) {
        self.room.leave(ticket);
        self.expire_unanswered();
    }

    /// Whether a parked connection is still waiting for its event. For a caller that has [missed](TrustEvent::Missed) some.
    #[must_use]
    pub fn is_waiting(&self, ticket: Ticket) -> bool {
        self.room.get(ticket.pending).is_some_and(|entry| entry.ticket() == Some(ticket))
    }

    pub(super) fn has_room_for(&self, id: &DeviceId) -> bool {
        self.state.devices.len() < MAX_DEVICES || self.state.devices.contains_key(id)
    }

    fn admit_trusted(&mut self, now: Now, id: &DeviceId) -> Option<Admitted> {
        let device = self.trusted(id)?;
        let admitted =
            Admitted { id: device.id, name: device.name.clone(), grant: device.grant, via: Some(device.via) };
        for device in [self.declared.get_mut(id), self.state.devices.get_mut(id)].into_iter().flatten() {
            device.last_seen = Some(now.wall);
        }
        // It may have knocked while the clock was unknown.
        self.clear_knock(id);
        Some(admitted)
    }

    fn seat(&mut self, now: Now, id: DeviceId, knock: &Knock<'_>) -> Admission {
        let name = DeviceName::sanitise_or_label(knock.name, self.settings.name_bytes, &id);
        let returning = self.state.devices.contains_key(&id);
        let (door, source) = (Door::Native, knock.source);
        let newcomer = Newcomer { device: id, name, door, source, hold: None, returning };
        self.place(now, newcomer)
    }

    /// Gives a newcomer its place, and tells of it and of whoever lost one.
    pub(super) fn place(&mut self, now: Now, newcomer: Newcomer) -> Admission {
        let (id, name, source) = (newcomer.device, newcomer.name.clone(), newcomer.source);
        let limits = self.limits();
        let Ok(placed) = self.room.knock(now, &limits, newcomer, &mut *self.random) else {
            return Admission::Refuse(Refusal::RoomFull);
        };
        if let Some(ticket) = placed.superseded {
            self.events.push(TrustEvent::Superseded { ticket });
        }
        if let Some(entry) = placed.evicted {
            self.events.push(TrustEvent::Evicted {
                id: entry.id,
                device: entry.device,
                ticket: entry.ticket(),
            });
        }
        if placed.first {
            self.record.add(now, Deed::new(Happening::Knocked).named(id, name).from(source));
            self.events.push(TrustEvent::Knocked { id: placed.id, device: id });
        }
        placed.ticket.map_or(Admission::Refuse(Refusal::Asked(placed.id)), Admission::Wait)
    }

    fn view(&self, now: Now, entry: &Entry) -> PendingView {
        let trusted = self.declared.values().chain(self.state.devices.values());
        PendingView {
            id: entry.id,
            revision: entry.revision,
            device: entry.device,
            name: entry.name.clone(),
            door: entry.door,
            source: entry.source,
            first_seen: entry.first_seen,
            last_seen: entry.last_seen,
            age: now.monotonic.saturating_sub(entry.active),
            knocks: entry.knocks,
            connected: entry.parked.is_some(),
            code: entry.parked.and_then(|parked| parked.code),
            // whoever shows a PIN is told from others by that; all Moonlight clients have the same name
            looks_like: (entry.door == Door::Native)
                .then(|| look_alike::find(&entry.device, &entry.name, trusted).map(Into::into))
                .flatten(),
            returning: entry.returning,
        }
    }
}
