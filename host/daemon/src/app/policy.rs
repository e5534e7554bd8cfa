//! The policy in force, and putting another one in its place.

use std::ops::Deref;
use std::sync::{Arc, PoisonError};

use punktfunk_config::{Backend, Diagnostics, Loaded, Origins, Policy};
use punktfunk_trust::{DeclaredDevice, DeviceId, SettingsError, TrustSettings};

use super::attention::PolicyTrouble;
use super::{Host, HostEvent, lock};
use crate::session::fit;

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

/// The keys that are read at a start only, and whose values in `now` are others than those that the host has `started` with.
pub(super) fn due_at_the_next_start(started: &Policy, now: &Policy) -> Vec<&'static str> {
    let (native, native_now) = (&started.doors.native, &now.doors.native);
    let (moonlight, moonlight_now) = (&started.doors.gamestream, &now.doors.gamestream);
    let (console, console_now) = (&started.console, &now.console);
    let differ = [
        (native.enable != native_now.enable, "doors.native.enable"),
        (native_now.enable && native.port != native_now.port, "doors.native.port"),
        (moonlight.enable != moonlight_now.enable, "doors.gamestream.enable"),
        (moonlight_now.enable && moonlight.port != moonlight_now.port, "doors.gamestream.port"),
        (console.listen != console_now.listen, "console.listen"),
        (console.port != console_now.port, "console.port"),
    ];
    differ.into_iter().filter(|(differs, _)| *differs).map(|(_, key)| key).collect()
}

/// What is said while the policy in force asks for something that comes with the next start only.
pub(super) fn restart_is_due(keys: &[&str]) -> String {
    format!(
        "the policy changes {}, which takes effect at the next start only; restart the service when nobody streams",
        keys.join(" and ")
    )
}

/// Writes to the log what the policy asks for and is not to be had, so that nothing is ignored silently.
pub(crate) fn warn_of_what_is_missing(policy: &Policy, has_updater: bool) {
    let encoder = (policy.encode.backend == Backend::Vaapi).then_some("encode.backend: vaapi");
    if let Err(why) = fit::something_to_send(policy) {
        tracing::warn!("{why}");
    }
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
        let due = due_at_the_next_start(&self.started_with, &next);
        if !due.is_empty() {
            tracing::warn!("{}", restart_is_due(&due));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(text: &str) -> Policy {
        punktfunk_config::parse(text, "policy.yaml").unwrap().policy
    }

    #[test]
    fn only_what_waits_for_a_start_is_due_at_one() {
        let due = |text| due_at_the_next_start(&Policy::default(), &policy(text));
        assert_eq!(due("name: Den"), [""; 0]);
        let at_once = "doors: { native: { data_port: 9778 }, gamestream: { port: 48100, lan_only: false } }";
        assert_eq!(due(at_once), [""; 0]);
        assert_eq!(due("doors: { native: { enable: false, port: 1 } }"), ["doors.native.enable"]);
        let all = "doors: { native: { port: 1 }, gamestream: { enable: true } }\nconsole: { listen: local, port: 2 }";
        assert_eq!(
            due(all),
            ["doors.native.port", "doors.gamestream.enable", "console.listen", "console.port"]
        );
    }
}
