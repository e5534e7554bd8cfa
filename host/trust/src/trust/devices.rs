//! The list of trusted devices, and changing it.

use super::record::{Deed, Happening};
use super::{Trust, TrustEvent};
use crate::store::StoreError;
use crate::{Actor, Device, DeviceId, DeviceName, Grant, Level, Lifetime, Now};

/// Why a trusted device was not changed.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// No such device.
    #[error("no trusted device has this fingerprint: look at the list again")]
    NotFound,
    /// It is declared in the policy.
    #[error("this device is declared in the policy: change it there and reload")]
    Declared,
    /// The giver may not decide.
    #[error("this device may not change others: ask an owner")]
    NotAllowed,
    /// Nothing showable is in the name.
    #[error("this name has no character that can be shown: choose another")]
    Name,
    /// The grant would end before it begins, or its time cannot be measured.
    #[error(
        "the guest pass ends in the past, or the clock of this host cannot be trusted right now: choose a later end, or set the clock"
    )]
    Lifetime,
    /// It could not be made durable, and was taken back.
    #[error("nothing was changed: {0}")]
    Store(#[from] StoreError),
}

/// What is to change about a trusted device, all or nothing; `None` stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amendment<'a> {
    /// Its name, sanitised like any.
    pub name: Option<&'a str>,
    /// What it may do.
    pub level: Option<Level>,
    /// Until when.
    pub lifetime: Option<Lifetime>,
}

/// A device that is trusted no more.
#[derive(Debug)]
#[must_use]
pub struct Revocation {
    /// What it was.
    pub device: Device,
    /// It could not be saved: it holds now and is tried again, but after a power cut the device would be trusted again.
    /// Tell the operator.
    pub unsaved: Option<StoreError>,
}

impl Trust {
    /// All trusted devices, declared ones first, by fingerprint. Guests whose time is over are among them.
    #[must_use]
    pub fn devices(&self) -> Vec<Device> {
        let stored = self.state.devices.values().filter(|device| !self.declared.contains_key(&device.id));
        self.declared.values().chain(stored).cloned().collect()
    }

    /// What a device may do now; `None` when it would have to ask.
    #[must_use]
    pub fn grant_of(&self, id: &DeviceId) -> Option<Grant> {
        self.trusted(id).map(|device| device.grant)
    }

    /// What the owner calls a trusted device.
    #[must_use]
    pub fn name_of(&self, id: &DeviceId) -> Option<DeviceName> {
        self.trusted(id).map(|device| device.name.clone())
    }

    /// Trusts a device no more. That holds at once, even if it cannot be saved.
    ///
    /// # Errors
    /// [`DeviceError::NotFound`], [`DeviceError::Declared`] or [`DeviceError::NotAllowed`].
    pub fn revoke(&mut self, now: Now, id: &DeviceId, by: Actor) -> Result<Revocation, DeviceError> {
        let device = self.changeable(now, id, by)?;
        let mut next = self.state.clone();
        next.throw_out(id, now.wall);
        let unsaved = self.hold(now, next).err();
        self.lapsed.remove(id);
        self.room.estrange(id);
        let what = if unsaved.is_none() { Happening::Revoked } else { Happening::RevokedUnsaved };
        self.record.add(now, Deed::of(what, &device).by(by));
        self.events.push(TrustEvent::Revoked { device: *id, saved: unsaved.is_none() });
        Ok(Revocation { device, unsaved })
    }

    /// Changes what is known about a trusted device, or what it may do.
    ///
    /// # Errors
    /// [`DeviceError`]; then nothing has changed.
    pub fn amend(
        &mut self,
        now: Now,
        id: &DeviceId,
        amendment: &Amendment<'_>,
        by: Actor,
    ) -> Result<Device, DeviceError> {
        let device = self.changeable(now, id, by)?;
        let name = match amendment.name {
            Some(name) => DeviceName::sanitise(name, self.settings.name_bytes).ok_or(DeviceError::Name)?,
            None => device.name.clone(),
        };
        if let Some(Lifetime::Until(end)) = amendment.lifetime
            && self.clock.time().is_none_or(|time| end <= time)
        {
            return Err(DeviceError::Lifetime);
        }
        let grant = Grant {
            level: amendment.level.unwrap_or(device.grant.level),
            lifetime: amendment.lifetime.unwrap_or(device.grant.lifetime),
        };
        self.change(now, Device { name, grant, ..device }, by)
    }

    /// Gives a trusted device another name, sanitised like any.
    ///
    /// # Errors
    /// [`DeviceError`]; then it keeps its name.
    pub fn rename(&mut self, now: Now, id: &DeviceId, name: &str, by: Actor) -> Result<Device, DeviceError> {
        self.amend(now, id, &Amendment { name: Some(name), ..Amendment::default() }, by)
    }

    /// Gives a trusted device another grant.
    ///
    /// # Errors
    /// [`DeviceError`]; then it keeps the one it has.
    pub fn set_grant(
        &mut self,
        now: Now,
        id: &DeviceId,
        grant: Grant,
        by: Actor,
    ) -> Result<Device, DeviceError> {
        let Grant { level, lifetime } = grant;
        let amendment = Amendment { level: Some(level), lifetime: Some(lifetime), ..Amendment::default() };
        self.amend(now, id, &amendment, by)
    }

    fn changeable(&mut self, now: Now, id: &DeviceId, by: Actor) -> Result<Device, DeviceError> {
        self.pass_time(now);
        if !self.may_decide(by) {
            return Err(DeviceError::NotAllowed);
        }
        if self.declared.contains_key(id) {
            return Err(DeviceError::Declared);
        }
        self.state.devices.get(id).cloned().ok_or(DeviceError::NotFound)
    }

    fn change(&mut self, now: Now, device: Device, by: Actor) -> Result<Device, DeviceError> {
        let mut next = self.state.clone();
        next.devices.insert(device.id, device.clone());
        self.save(now, next)?;
        self.lapsed.remove(&device.id);
        self.record.add(now, Deed::of(Happening::Changed, &device).by(by));
        self.events.push(TrustEvent::Changed { device: device.id });
        Ok(device)
    }
}
