//! The policy in force, and putting another one in its place.

use std::ops::Deref;
use std::sync::{Arc, PoisonError};

use punktfunk_config::{Backend, Diagnostics, Loaded, Origins, Policy};
use punktfunk_trust::{DeclaredDevice, DeviceId, SettingsError, TrustSettings};

use super::attention::PolicyTrouble;
use super::{Host, HostEvent, lock};

/// Reads the policy from where it came from, flags included.
pub type PolicyReader = Box<dyn Fn() -> Result<Loaded, Diagnostics> + Send + Sync>;

/// A policy in force; it stays as it is for whoever holds it, also when another one is put in its place.
#[derive(Debug, Clone)]
pub struct PolicyInForce(Arc<Loaded>);

impl PolicyInForce {
    /// Where its values came from.
    pub fn origins(&self) -> &Origins {
        &self.0.origins
    }

    /// The file that was read, as it was named; `None` when there was none, or nothing in it.
    pub fn file(&self) -> Option<&str> {
        self.0.origins.file()
    }

    /// The policy with the origins of its values.
    pub fn loaded(&self) -> &Loaded {
        &self.0
    }
}

impl From<Loaded> for PolicyInForce {
    fn from(loaded: Loaded) -> Self {
        Self(Arc::new(loaded))
    }
}

impl Deref for PolicyInForce {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        &self.0.policy
    }
}

/// Why the policy was not replaced. The one before stays in force, whole.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The file cannot be used.
    #[error(transparent)]
    Unreadable(#[from] Diagnostics),
    /// Trust cannot work with it.
    #[error(transparent)]
    Trust(#[from] SettingsError),
}

/// What the policy asks for and this version does not have; an encoder that is missing is told by what works in its place.
pub(super) fn what_is_missing(policy: &Policy, has_updater: bool) -> Vec<&'static str> {
    let asked = [(policy.update.feed.is_some() && !has_updater, "update.feed")];
    asked.into_iter().filter(|(set, _)| *set).map(|(_, key)| key).collect()
}

/// Writes to the log what the policy asks for and this version does not have, so that nothing is ignored silently.
pub(crate) fn warn_of_what_is_missing(policy: &Policy, has_updater: bool) {
    let encoder = (policy.encode.backend == Backend::Vaapi).then_some("encode.backend: vaapi");
    for key in what_is_missing(policy, has_updater).into_iter().chain(encoder) {
        tracing::warn!("the policy sets {key}, which this version does not have yet: it has no effect");
    }
}

impl Host {
    /// Reads the policy again and puts it in force, all or nothing. Ports and addresses change only at the next start.
    ///
    /// # Errors
    /// [`PolicyError`]; then nothing has changed.
    pub fn reload(&self) -> Result<(), PolicyError> {
        let outcome = self.put_in_force();
        *lock(&self.policy_trouble) = outcome
            .as_ref()
            .err()
            .map(|error| PolicyTrouble { text: error.to_string(), at: self.clock.now().wall.0 });
        if outcome.is_err() {
            self.tell(HostEvent::PolicyFailed);
        }
        outcome
    }

    /// The policy as it would be read now; nothing is put in force.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn policy_on_disk(&self) -> Result<Loaded, Diagnostics> {
        (self.read_policy)()
    }

    /// Why the policy file was not put in force when it was last tried, and at what Unix time.
    pub fn policy_trouble(&self) -> Option<PolicyTrouble> {
        lock(&self.policy_trouble).clone()
    }

    fn put_in_force(&self) -> Result<(), PolicyError> {
        let next = PolicyInForce::from((self.read_policy)()?);
        let settings = trust_settings(&next);
        self.trust(|trust, now| trust.replace_settings(now, settings))?;
        warn_of_what_is_missing(&next, self.places().box_files.has_updater());
        let before = self.policy();
        if before.doors != next.doors
            || before.console.listen != next.console.listen
            || before.console.port != next.console.port
        {
            tracing::warn!("doors and the console's address change at the next start: restart the service");
        }
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = next;
        self.tell(HostEvent::PolicyReloaded);
        Ok(())
    }
}

/// What the policy says about trust.
pub fn trust_settings(policy: &Policy) -> TrustSettings {
    let pairing = &policy.pairing;
    TrustSettings {
        require: pairing.require,
        pending_cap: pairing.pending.cap.into(),
        pending_per_source: pairing.pending.per_source.into(),
        pending_ttl: pairing.pending.ttl,
        pending_hold: pairing.pending.hold,
        pin_digits: pairing.pin.digits,
        pin_window: pairing.pin.window,
        pin_cooldown: pairing.pin.cooldown,
        name_bytes: pairing.name_length.into(),
        declared: policy
            .devices
            .iter()
            .map(|device| DeclaredDevice {
                id: DeviceId::from_bytes(*device.fingerprint.as_bytes()),
                name: device.name.clone(),
            })
            .collect(),
    }
}
