//! [`Trust`]: the allow-list, the waiting room, PIN arming and the admission record behind one door.

mod admission;
mod answering;
mod clock;
mod devices;
mod events;
mod pairing;
mod record;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

pub use admission::{
    Admission, Admitted, Approve, ApproveError, DenyError, DenyMode, Ignored, Knock, Refusal,
};
pub use answering::{Answered, PinAnswer, PinAnswerError};
pub use devices::{Amendment, DeviceError, Revocation};
pub use events::TrustEvent;
pub use record::{Happening, RecordEntry};
pub use settings::{DeclaredDevice, SettingsError, TrustSettings};

use clock::Clock;
use events::Events;
use record::{Deed, Record};

use crate::pairing::{AutoArm, Desk};
use crate::store::{Keeper, Ledger, State, StoreError};
use crate::waiting::{Limits, QuietPeriods, Room};
use crate::{Actor, Device, DeviceId, Lifetime, Now, Randomness, Right, SystemRandomness, UnixSeconds, Via};

/// How much the wall clock moves between two savings of its mark.
const MARK_EVERY: Duration = Duration::from_secs(600);
/// How long after a failed saving the next one is tried by itself.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Decides who may stream, and remembers it.
///
/// One value per host. Every call takes the time; answers that concern *other* connections come as events, so call
/// [`poll_event`](Self::poll_event) until it is empty after each call, and [`tick`](Self::tick) no later than
/// [`next_wakeup`](Self::next_wakeup). Calls that change the allow-list write to the disk before they return
/// (milliseconds).
pub struct Trust {
    settings: TrustSettings,
    declared: BTreeMap<DeviceId, Device>,
    keeper: Box<dyn Keeper>,
    random: Box<dyn Randomness>,
    state: State,
    /// The mark that is on disk.
    saved_mark: UnixSeconds,
    /// Whether the disk lacks something that holds in memory already, and when to try again.
    unsaved: bool,
    trouble: Option<Trouble>,
    clock: Clock,
    room: Room,
    quiet: QuietPeriods,
    desk: Desk,
    auto_arm: AutoArm,
    /// Guests whose end has been announced.
    lapsed: BTreeSet<DeviceId>,
    events: Events,
    record: Record,
}

struct Trouble {
    sentence: String,
    retry_at: Duration,
}

/// Why a host cannot decide who may stream, and so must not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The allow-list cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The settings contradict themselves.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

impl Trust {
    /// Opens the allow-list in `dir` (created with mode 0700 when missing), and holds its lock until dropped. Leaves a
    /// [mark](crate::mark_path) beside `dir`, by which the loss of the whole list is noticed.
    ///
    /// # Errors
    /// [`OpenError`]. A store that cannot be trusted is never taken for an empty one, and is left as it is.
    pub fn open(dir: &Path, settings: TrustSettings, now: Now) -> Result<Self, OpenError> {
        settings.check()?;
        let (ledger, state) = Ledger::open(dir)?;
        Ok(Self::start(Box::new(ledger), state, Box::new(SystemRandomness::default()), settings, now))
    }

    fn start(
        keeper: Box<dyn Keeper>,
        state: State,
        random: Box<dyn Randomness>,
        settings: TrustSettings,
        now: Now,
    ) -> Self {
        Self {
            declared: settings.declared_devices(now),
            desk: Desk::new(now, state.pin_failures, settings.pin_cooldown),
            clock: Clock::new(now, state.clock_mark),
            saved_mark: state.clock_mark,
            settings,
            keeper,
            random,
            state,
            unsaved: false,
            trouble: None,
            room: Room::default(),
            quiet: QuietPeriods::default(),
            auto_arm: AutoArm::default(),
            lapsed: BTreeSet::new(),
            events: Events::default(),
            record: Record::default(),
        }
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> &TrustSettings {
        &self.settings
    }

    /// Puts new settings in force, all or nothing.
    ///
    /// A device that is declared no more, and is not trusted otherwise, is announced as revoked; one that is declared now is let
    /// in; places beyond a smaller cap are taken away; leaving open mode is announced.
    ///
    /// # Errors
    /// [`SettingsError`] when they contradict themselves; then the old ones stay.
    pub fn replace_settings(&mut self, now: Now, settings: TrustSettings) -> Result<(), SettingsError> {
        settings.check()?;
        self.pass_time(now);
        let closing = !self.settings.require && settings.require;
        let declared = settings.declared_devices(now);
        let before = std::mem::replace(&mut self.declared, declared);
        self.settings = settings;
        for device in before.into_values().filter(|device| !self.declared.contains_key(&device.id)) {
            if self.trusted(&device.id).is_none() {
                self.record.add(now, Deed::of(Happening::Revoked, &device).by(Actor::Policy));
                self.events.push(TrustEvent::Revoked { device: device.id, saved: true });
            }
        }
        for id in self.declared.keys().copied().collect::<Vec<_>>() {
            self.clear_knock(&id);
        }
        for entry in self.room.shrink(&self.limits()) {
            self.events.push(TrustEvent::Evicted {
                id: entry.id,
                device: entry.device,
                ticket: entry.ticket(),
            });
        }
        if closing {
            self.events.push(TrustEvent::OpenModeEnded);
        }
        Ok(())
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<TrustEvent> {
        self.events.pop()
    }

    /// Does what is due: ends holds, places, windows and guests; saves what could not be saved before.
    pub fn tick(&mut self, now: Now) {
        self.pass_time(now);
        let mark_is_old = self.state.clock_mark.since(self.saved_mark) >= MARK_EVERY;
        let may_try = self.trouble.as_ref().is_none_or(|trouble| trouble.retry_at <= now.monotonic);
        if (self.unsaved || mark_is_old || self.trouble.is_some()) && may_try {
            // A failure is kept as trouble, and shown there.
            let _ = self.save(now, self.state.clone());
        }
    }

    /// The monotonic moment at which [`tick`](Self::tick) has something to do, if any is known.
    #[must_use]
    pub fn next_wakeup(&self, now: Now) -> Option<Duration> {
        let guests = self.state.devices.values().filter(|device| !self.lapsed.contains(&device.id));
        let lapses = guests.filter_map(|device| match device.grant.lifetime {
            Lifetime::Permanent => None,
            Lifetime::Until(end) => {
                self.clock.time().map(|time| now.monotonic.saturating_add(end.since(time)))
            }
        });
        let retry = self.trouble.as_ref().map(|trouble| trouble.retry_at);
        lapses.chain(self.room.next_wakeup(&self.limits())).chain(self.desk.next_wakeup()).chain(retry).min()
    }

    /// Why the allow-list on disk is behind what holds in memory, as a sentence for the operator; `None` when all is saved.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_ref().map(|trouble| trouble.sentence.as_str())
    }

    /// Whether the wall clock can be believed. While it cannot, guests whose time is limited have to wait; others do not.
    #[must_use]
    pub fn clock_is_known(&self) -> bool {
        self.clock.time().is_some()
    }

    /// An operator's word that the wall clock is right, although it was later before.
    ///
    /// # Errors
    /// [`DeviceError::NotAllowed`] or [`DeviceError::Store`]; then nothing has changed.
    pub fn accept_clock(&mut self, now: Now, by: Actor) -> Result<(), DeviceError> {
        self.pass_time(now);
        if !self.may_decide(by) {
            return Err(DeviceError::NotAllowed);
        }
        let next = State { clock_mark: now.wall, ..self.state.clone() };
        self.save(now, next)?;
        self.clock = Clock::new(now, now.wall);
        Ok(())
    }

    /// What has happened, newest first: at most a few hundred entries, since the start of the host.
    #[must_use]
    pub fn record(&self) -> Vec<RecordEntry> {
        self.record.newest_first()
    }

    fn limits(&self) -> Limits {
        self.settings.limits()
    }

    /// What time does by itself, in memory.
    fn pass_time(&mut self, now: Now) {
        self.clock.advance(now);
        self.state.clock_mark = self.state.clock_mark.max(self.clock.mark());
        let limits = self.limits();
        for ticket in self.room.end_holds(now, &limits) {
            self.events.push(TrustEvent::HoldEnded { ticket });
        }
        for entry in self.room.expire(now, &limits) {
            self.events.push(TrustEvent::Expired {
                id: entry.id,
                device: entry.device,
                ticket: entry.ticket(),
            });
        }
        self.expire_unanswered();
        if self.desk.expire(now) {
            self.events.push(TrustEvent::Disarmed);
        }
        self.announce_lapsed(now);
    }

    fn announce_lapsed(&mut self, now: Now) {
        let Some(time) = self.clock.time() else { return };
        for device in self.state.devices.values() {
            let over = matches!(device.grant.lifetime, Lifetime::Until(end) if end <= time);
            if over && !self.declared.contains_key(&device.id) && self.lapsed.insert(device.id) {
                self.record.add(now, Deed::of(Happening::Lapsed, device));
                self.events.push(TrustEvent::Lapsed { device: device.id });
            }
        }
    }

    /// The device, if it may come in now without asking.
    fn trusted(&self, id: &DeviceId) -> Option<&Device> {
        self.declared.get(id).or_else(|| {
            let device = self.state.devices.get(id)?;
            match (device.grant.lifetime, self.clock.time()) {
                (Lifetime::Permanent, _) => Some(device),
                (Lifetime::Until(end), Some(time)) => (time < end).then_some(device),
                (Lifetime::Until(_), None) => None,
            }
        })
    }

    fn may_decide(&self, actor: Actor) -> bool {
        match actor {
            Actor::Console | Actor::Browser(_) | Actor::Token(_) | Actor::Local { .. } | Actor::Policy => {
                true
            }
            Actor::Device(id) => {
                self.trusted(&id).is_some_and(|device| device.grant.level.allows(Right::Approve))
            }
        }
    }

    /// Makes `next` durable and puts it in force; on failure all stays as it was.
    fn save(&mut self, now: Now, next: State) -> Result<(), StoreError> {
        match self.keeper.commit(&next) {
            Ok(()) => {
                self.saved_mark = next.clock_mark;
                self.state = next;
                self.unsaved = false;
                if self.trouble.take().is_some() {
                    self.events.push(TrustEvent::StoreRecovered);
                }
                Ok(())
            }
            Err(error) => {
                let trouble = Trouble { sentence: error.to_string(), retry_at: now.monotonic + RETRY_AFTER };
                if self.trouble.replace(trouble).is_none() {
                    self.events.push(TrustEvent::StoreFailed);
                }
                Err(error)
            }
        }
    }

    /// Like [`save`](Self::save), but on failure `next` holds in memory and is tried again later.
    fn hold(&mut self, now: Now, next: State) -> Result<(), StoreError> {
        let kept = next.clone();
        self.save(now, next).inspect_err(|_| {
            self.state = kept;
            self.unsaved = true;
        })
    }

    /// A device has just become trusted: whatever it was waiting for is over.
    fn let_in(&mut self, device: &Device, via: Via) {
        self.lapsed.remove(&device.id);
        self.quiet.forgive(&device.id);
        self.events.push(TrustEvent::Paired { device: device.id, via });
        self.clear_knock(&device.id);
    }

    fn clear_knock(&mut self, id: &DeviceId) {
        if let Some(entry) = self.room.remove_device(id) {
            self.events.push(TrustEvent::Approved {
                id: entry.id,
                device: entry.device,
                ticket: entry.ticket(),
            });
        }
    }
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trust").finish_non_exhaustive()
    }
}
