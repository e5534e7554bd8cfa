//! How the host is doing, as the console, the command line and `doctor` show it.

use punktfunk_trust::DeviceId;
use serde::Serialize;

use super::admission::NO_MORE_PINS;
use super::{Host, StreamView, lock};
use crate::session::SessionView;

/// How the host is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The host's name.
    pub name: String,
    /// The host's version.
    pub version: &'static str,
    /// The host's fingerprint.
    pub fingerprint: DeviceId,
    /// Seconds since the host started.
    pub uptime_secs: u64,
    /// UDP port of the native door.
    pub native_port: u16,
    /// Whether unknown devices must be let in first; `false` is open mode.
    pub pairing_required: bool,
    /// Devices that wait to be let in.
    pub pending: usize,
    /// Devices that are trusted.
    pub devices: usize,
    /// Running sessions.
    pub sessions: Vec<SessionView>,
    /// Running streams.
    pub streams: Vec<StreamView>,
    /// Whether input can be injected.
    pub input: InputStatus,
    /// Why the allow-list on disk is behind the one in memory, if it is.
    pub store_trouble: Option<String>,
    /// Why PINs are made without being asked no more, where the policy wants that and it has stopped.
    pub pins_stopped: Option<&'static str>,
    /// Whether the wall clock can be believed; guests have to wait while it cannot.
    pub clock_known: bool,
}

/// Whether input can be injected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "state", content = "reason", rename_all = "snake_case")]
pub enum InputStatus {
    /// Nobody has tried yet.
    #[default]
    Untried,
    /// The last stream got its devices.
    Working,
    /// The last stream got none, for this reason.
    Unavailable(String),
}

impl Host {
    /// How the host is doing now.
    pub fn status(&self) -> Status {
        let policy = self.policy();
        let (pending, devices, store_trouble, clock_known, stopped) = self.trust(|trust, now| {
            let trouble = trust.trouble().map(str::to_owned);
            let stopped = policy.pairing.pin.auto_arm && trust.auto_arm_has_stopped(now);
            (trust.pending(now).len(), trust.devices().len(), trouble, trust.clock_is_known(), stopped)
        });
        Status {
            name: policy.name.clone(),
            version: env!("CARGO_PKG_VERSION"),
            fingerprint: self.identity().id(),
            uptime_secs: self.clock().now().monotonic.as_secs(),
            native_port: self.native_port(),
            pairing_required: policy.pairing.require,
            pending,
            devices,
            sessions: self.sessions().list(),
            streams: self.streams().list(),
            input: lock(&self.input).clone(),
            store_trouble,
            pins_stopped: stopped.then_some(NO_MORE_PINS),
            clock_known,
        }
    }

    /// A stream has got its input devices, or not. A reason is logged when it is new.
    pub fn note_input(&self, outcome: Result<(), String>) {
        let next = match outcome {
            Ok(()) => InputStatus::Working,
            Err(reason) => InputStatus::Unavailable(reason),
        };
        let mut input = lock(&self.input);
        if *input != next {
            if let InputStatus::Unavailable(reason) = &next {
                tracing::warn!(%reason, "clients can watch, but their input goes nowhere");
            }
            *input = next;
        }
    }
}
