//! How the host is doing, as the console, the command line and `doctor` show it.

use punktfunk_config::{Backend, Policy};
use punktfunk_trust::DeviceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::attention::{Attention, Facts, SoftwareEncoder, attention};
use super::policy::{due_at_the_next_start, what_is_missing};
use super::{Fault, Host, HostEvent, StreamView, lock};
use crate::appliance::UpdateStatus;
use crate::session::{SessionView, fit, has_no_display};

/// The host at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// What the box calls itself.
    #[schema(example = "Living Room")]
    pub name: String,
    /// SHA-256 of its certificate, 64 hex digits.
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    pub fingerprint: DeviceId,
    /// Version of the host.
    #[schema(example = "0.1.0")]
    pub version: String,
    /// Seconds since it started.
    pub uptime_secs: u64,
    /// UDP port of the native door.
    #[schema(example = 9777)]
    pub native_port: u16,
    /// Whether unknown devices need to be let in; false in open mode.
    pub pairing_required: bool,
    /// Devices that wait for an answer.
    pub pending: usize,
    /// Devices that are let in.
    pub paired: usize,
    /// What is being encoded.
    pub sessions: Vec<SessionView>,
    /// Who watches.
    pub streams: Vec<StreamView>,
    /// How the box is updated; absent where nothing updates it.
    pub update: Option<UpdateStatus>,
    /// What wants the owner's eye, what matters most first; empty when all is well.
    pub attention: Vec<Attention>,
}

/// Whether input can be injected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum InputStatus {
    /// Nobody has tried yet.
    #[default]
    Untried,
    /// The last stream got its devices.
    Working,
    /// The last stream got none, for this reason.
    Unavailable(Fault),
}

impl Host {
    /// How the host is doing now.
    pub fn status(&self) -> Status {
        let policy = self.policy();
        let sessions = self.sessions_now();
        let (pending, paired) = self.trust(|trust, now| (trust.pending(now).len(), trust.devices().len()));
        Status {
            name: policy.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: self.identity().id(),
            uptime_secs: self.clock().now().monotonic.as_secs(),
            native_port: self.native_port(),
            pairing_required: policy.pairing.require,
            pending,
            paired,
            streams: self.streams().list(self.clock().monotonic_ns()),
            update: self.places().box_files.update_status(),
            attention: attention(&self.facts(&policy, &sessions)),
            sessions,
        }
    }

    /// What wants the owner's eye now.
    pub fn attention(&self) -> Vec<Attention> {
        attention(&self.facts(&self.policy(), &self.sessions().list()))
    }

    /// Tells watchers when something else wants the owner's eye than at the last call.
    pub(super) fn compare_attention(&self) {
        let attention = self.attention();
        let mut last = lock(&self.last_attention);
        if *last != attention {
            *last = attention;
            drop(last);
            self.tell(HostEvent::StatusChanged);
        }
    }

    /// A stream has got its input devices, or not. A reason is logged when it is new.
    pub fn note_input(&self, outcome: Result<(), Fault>) {
        let next = match outcome {
            Ok(()) => InputStatus::Working,
            Err(fault) => InputStatus::Unavailable(fault),
        };
        let mut input = lock(&self.input);
        if *input != next {
            if let InputStatus::Unavailable(fault) = &next {
                tracing::warn!(
                    reason = fault.sentence,
                    next = fault.next,
                    "clients can watch, but their input goes nowhere"
                );
            }
            *input = next;
        }
    }

    fn sessions_now(&self) -> Vec<SessionView> {
        let now_ns = self.clock().monotonic_ns();
        let with_send = |session: SessionView| {
            let send = self.streams().send_spread(session.id, now_ns);
            session.with_send(&send)
        };
        self.sessions().list().into_iter().map(with_send).collect()
    }

    fn facts(&self, policy: &Policy, sessions: &[SessionView]) -> Facts {
        let fault = |session: &SessionView| session.fault.clone().map(|fault| (session.id, fault));
        let box_files = &self.places().box_files;
        let software = sessions.iter().find(|session| session.software);
        let open = &self.started_with().doors;
        let mut facts = Facts {
            faults: sessions.iter().filter_map(fault).collect(),
            open: !policy.pairing.require,
            nothing_to_send: fit::something_to_send(policy).err(),
            no_door: !open.native.enable && !open.gamestream.enable,
            weaker_door: open.gamestream.enable,
            no_display: has_no_display(policy, self.screen_socket()),
            software_encoder: software.and_then(|session| software_encoder(policy, session)),
            input_trouble: match &*lock(&self.input) {
                InputStatus::Unavailable(fault) => Some(fault.clone()),
                InputStatus::Untried | InputStatus::Working => None,
            },
            owner_trouble: lock(&self.owner_trouble).clone(),
            policy_trouble: lock(&self.policy_trouble).clone(),
            refused_policy: box_files.refused_policy(),
            update: box_files.update_status(),
            due_at_the_next_start: due_at_the_next_start(self.started_with(), policy),
            without_effect: what_is_missing(policy, box_files.has_updater()),
            ..Facts::default()
        };
        self.trust(|trust, now| {
            let pins = trust.pairing_status(now);
            facts.store_trouble = trust.trouble().map(str::to_owned);
            facts.wrong_pins = pins.alert.then_some(pins.failures);
            facts.clock_behind = !trust.clock_is_known();
            facts.pins_stopped = policy.pairing.pin.auto_arm && trust.auto_arm_has_stopped(now);
            facts.pending = trust.pending(now).len();
        });
        facts
    }
}

/// An owner who has chosen the processor need not hear of it.
fn software_encoder(policy: &Policy, session: &SessionView) -> Option<SoftwareEncoder> {
    let unwished = match policy.encode.backend {
        Backend::Software => return None,
        Backend::Auto => false,
        Backend::Vaapi => true,
    };
    Some(SoftwareEncoder { encoder: session.encoder.clone(), unwished })
}
