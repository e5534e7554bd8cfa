//! Devices that show a PIN themselves: their owner answers one named request with it, which makes one attempt.

use std::net::IpAddr;
use std::time::Duration;

use super::record::{Deed, Happening};
use super::{Trust, TrustEvent};
use crate::pairing::PairError;
use crate::waiting::{Newcomer, network_of};
use crate::{
    Actor, Admission, Device, DeviceId, DeviceName, Door, Grant, Knock, Now, PendingId, Refusal, Ticket, Via,
};

/// How long such a request waits for its owner.
const WAITS: Duration = Duration::from_secs(5 * 60);
/// How long the device may take from the owner's answer to the end of its attempt.
const ATTEMPT: Duration = Duration::from_secs(2 * 60);

/// The owner's word that the PIN of this very request is known. What is named must be what was shown.
#[derive(Clone, Copy, Debug)]
pub struct PinAnswer {
    /// The place that was shown.
    pub id: PendingId,
    /// The whole fingerprint that was shown.
    pub fingerprint: DeviceId,
    /// The revision that was shown; `None` takes any.
    pub revision: Option<u64>,
    /// Who says so.
    pub by: Actor,
}

/// Why a PIN went to nobody.
#[derive(Debug, thiserror::Error)]
pub enum PinAnswerError {
    /// No such place.
    #[error(
        "no device waits for a PIN under this number: it gave up, or the host was restarted. Start pairing on the device again"
    )]
    NotFound,
    /// Another device has this place.
    #[error(
        "the device waiting under this number has another fingerprint than the one you saw: look at the list again"
    )]
    OtherDevice,
    /// What was shown has changed.
    #[error("the waiting device has changed since you saw it: look at it again (revision {current})")]
    Changed {
        /// The revision to be shown now.
        current: u64,
    },
    /// It waits for an approval.
    #[error("this device shows no PIN: approve it instead")]
    NotByPin,
    /// The giver may not let others in.
    #[error("this device may not let others in: ask an owner")]
    NotAllowed,
}

/// A request whose owner has answered, on its way to being paired. It cannot be copied: one answer makes one attempt.
#[derive(Debug)]
#[must_use]
pub struct Answered {
    device: DeviceId,
    name: DeviceName,
    source: IpAddr,
    by: Actor,
    until: Duration,
}

impl Answered {
    /// Who was answered.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }
}

impl Trust {
    /// A device shows a PIN, and waits until its owner enters it. Nobody has proven anything yet: whoever sees a
    /// certificate on the network can claim it, so whoever waits is not pushed out from another address, or another door.
    pub fn knock_with_pin(&mut self, now: Now, knock: Knock<'_>) -> Admission {
        let Some(device) = knock.device else { return Admission::Refuse(Refusal::NoCertificate) };
        self.pass_time(now);
        if self.state.ignored.contains_key(&device) {
            return Admission::Refuse(Refusal::Ignored);
        }
        if let Some(wait) = self.quiet.remaining(now, &device) {
            return Admission::Refuse(Refusal::Quiet(wait));
        }
        let other = |source| network_of(source) != network_of(knock.source);
        let same = self.room.entries().iter().find(|entry| entry.device == device);
        if same.is_some_and(|entry| entry.door != Door::GameStream || other(entry.source)) {
            return Admission::Refuse(Refusal::RoomFull);
        }
        let name = DeviceName::sanitise_or_label(knock.name, self.settings.name_bytes, &device);
        let (door, source, hold) = (Door::GameStream, knock.source, Some(WAITS));
        self.place(now, Newcomer { device, name, door, source, hold, returning: false })
    }

    /// Answers one request. It gives up its place for that, so that no second answer can reach it.
    ///
    /// # Errors
    /// [`PinAnswerError`]; then the request waits on.
    pub fn answer(&mut self, now: Now, order: &PinAnswer) -> Result<(Ticket, Answered), PinAnswerError> {
        self.pass_time(now);
        if !self.may_decide(order.by) {
            return Err(PinAnswerError::NotAllowed);
        }
        let entry = self.room.get(order.id).ok_or(PinAnswerError::NotFound)?;
        if entry.device != order.fingerprint {
            return Err(PinAnswerError::OtherDevice);
        }
        if order.revision.is_some_and(|shown| shown != entry.revision) {
            return Err(PinAnswerError::Changed { current: entry.revision });
        }
        if entry.door != Door::GameStream {
            return Err(PinAnswerError::NotByPin);
        }
        let ticket = entry.ticket().ok_or(PinAnswerError::NotFound)?;
        let (device, name, source) = (entry.device, entry.name.clone(), entry.source);
        self.room.remove(order.id);
        let until = now.monotonic + ATTEMPT;
        Ok((ticket, Answered { device, name, source, by: order.by, until }))
    }

    /// The device has proven that it knows the PIN and holds its key. The device that is returned is trusted, and on disk.
    ///
    /// # Errors
    /// [`PairError`]; then nothing is paired.
    pub fn pair_answered(&mut self, now: Now, answered: Answered) -> Result<Device, PairError> {
        self.pass_time(now);
        if now.monotonic >= answered.until {
            self.end_answered(now, answered, Happening::Abandoned);
            return Err(PairError::TooLate);
        }
        let device = self.store_answered(now, &answered)?;
        self.record.add(now, Deed::of(Happening::Paired, &device).by(answered.by).from(answered.source));
        self.let_in(&device, Via::Pin);
        Ok(device)
    }

    /// The device did not know the PIN.
    pub fn wrong_answer(&mut self, now: Now, answered: Answered) {
        self.end_answered(now, answered, Happening::WrongPin);
    }

    /// The device went away before it had proven anything.
    pub fn abandon_answered(&mut self, now: Now, answered: Answered) {
        self.end_answered(now, answered, Happening::Abandoned);
    }

    /// Whether a device was let in at this door, and still may come in there.
    #[must_use]
    pub fn is_let_in_at(&self, door: Door, device: &DeviceId) -> bool {
        let stored = self.state.devices.get(device).is_some_and(|device| device.door == door);
        stored && self.grant_of(device).is_some()
    }

    /// A request of this kind is its connection: without one nobody can answer it.
    pub(super) fn expire_unanswered(&mut self) {
        let is_gone =
            |entry: &&crate::waiting::Entry| entry.door == Door::GameStream && entry.parked.is_none();
        let gone: Vec<PendingId> = self.room.entries().iter().filter(is_gone).map(|entry| entry.id).collect();
        for id in gone {
            if let Some(entry) = self.room.remove(id) {
                self.events.push(TrustEvent::Expired { id, device: entry.device, ticket: None });
            }
        }
    }

    fn store_answered(&mut self, now: Now, answered: &Answered) -> Result<Device, PairError> {
        if !self.has_room_for(&answered.device) {
            return Err(PairError::ListFull);
        }
        // A device that pairs again keeps what its owner gave it, unless that has run out.
        let known =
            self.state.devices.get(&answered.device).filter(|known| self.grant_of(&known.id).is_some());
        let grant = known.map_or(Grant::FULL, |known| known.grant);
        let name = known.map_or_else(|| answered.name.clone(), |known| known.name.clone());
        let device = Device::answered(answered.device, name, grant, now.wall);
        let mut next = self.state.clone();
        next.devices.insert(device.id, device.clone());
        self.save(now, next)?;
        Ok(device)
    }

    fn end_answered(&mut self, now: Now, answered: Answered, what: Happening) {
        let Answered { device, name, source, by, .. } = answered;
        self.record.add(now, Deed::new(what).named(device, name).by(by).from(source));
        self.events.push(TrustEvent::WrongPin { device });
    }
}
