//! What wants the owner's eye: the one place for its codes, its order and its sentences.

mod code;
mod facts;
mod updates;

use std::collections::BTreeMap;

use punktfunk_config::WEAKER_DOOR;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::policy::restart_is_due;
use super::told::{Fault, sentences, split};
use crate::appliance::RefusedPolicy;
use crate::session::fit::NothingToSend;

pub use code::{AttentionCode, Severity};
pub use facts::PolicyTrouble;
pub(crate) use facts::{Facts, SoftwareEncoder};

/// Something that wants the owner's eye.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attention {
    /// What it is, for programs.
    pub code: AttentionCode,
    /// How much it matters.
    pub severity: Severity,
    /// What the sentence is about, by name: for those who say it in another language.
    pub params: BTreeMap<String, String>,
    /// What is the case.
    #[schema(example = "every device on the network may stream")]
    pub sentence: String,
    /// What to do about it.
    #[schema(example = "set pairing.require in the policy to change that")]
    pub next: String,
}

/// What is said while everybody is let in.
pub(crate) const OPEN_MODE: &str =
    "every device on the network may stream; set pairing.require in the policy to change that";

/// What is said when PINs are made without being asked no more.
pub(crate) const NO_MORE_PINS: &str = "devices that want to pair get no PIN by themselves any more, because none of the \
     last ones led to a pairing; make one with `punktfunk-host pair arm`";

/// What is said while no door is open.
pub(crate) const NO_DOOR: &str = "no door is open, so no device can reach this box; open one with doors.native.enable or \
     doors.gamestream.enable in the policy and restart the service";

const CLOCK_BEHIND: &str =
    "the clock is behind what it was before, so guests have to wait; set it, or accept it as it is";

const NO_DISPLAY: &str = "there is no screen that could be streamed, so devices see the test card; plug in a display and \
     see that punktfunk-screen runs, or choose another capture.source in the policy";

/// What wants the owner's eye, what matters most first.
pub(crate) fn attention(facts: &Facts) -> Vec<Attention> {
    use AttentionCode::{ClockBehind, NoDisplay, NoDoor, OpenMode, PinsStopped, WeakerDoor};
    let when = |is_so: bool, code, told| is_so.then(|| Attention::new(code, told));
    let mut all: Vec<Attention> =
        store(facts).into_iter().chain(owner(facts)).chain(guessing(facts)).collect();
    all.extend(facts.faults.iter().map(|(session, fault)| no_picture(*session, fault)));
    all.extend(facts.nothing_to_send.as_ref().map(nothing_to_send));
    all.extend(when(facts.no_door, NoDoor, NO_DOOR));
    all.extend(when(facts.open, OpenMode, OPEN_MODE));
    all.extend(when(facts.weaker_door, WeakerDoor, WEAKER_DOOR));
    all.extend(when(facts.clock_behind, ClockBehind, CLOCK_BEHIND));
    all.extend(when(facts.pins_stopped, PinsStopped, NO_MORE_PINS));
    all.extend(when(facts.no_display, NoDisplay, NO_DISPLAY));
    all.extend(input(facts));
    all.extend(refused(facts));
    all.extend(policy(facts));
    all.extend(restart(facts));
    all.extend(updates::last(facts));
    all.extend(updates::silent_feed(facts));
    all.extend(facts.without_effect.iter().map(|key| without_effect(key)));
    all.extend(facts.software_encoder.as_ref().map(encoder));
    all.extend(updates::next(facts));
    all.extend(knocks(facts.pending));
    all.sort_by_key(|one| one.severity);
    all
}

fn store(facts: &Facts) -> Option<Attention> {
    let reason = facts.store_trouble.as_ref()?;
    let told = format!("the list of devices is not saved: {reason}");
    Some(Attention::new(AttentionCode::StoreNotSaved, &told).with("reason", split(reason).0))
}

fn owner(facts: &Facts) -> Option<Attention> {
    let reason = facts.owner_trouble.as_ref()?;
    let told = format!(
        "who is signed in, and wrong passwords, are remembered until the next restart only: {reason}; free some space on \
         the disk, then it is saved by itself"
    );
    Some(Attention::new(AttentionCode::OwnerNotSaved, &told).with("reason", reason))
}

fn guessing(facts: &Facts) -> Option<Attention> {
    let failures = facts.wrong_pins?;
    let told = format!(
        "somebody may be guessing PINs, {failures} in a row were wrong; approve the knocks of your devices instead, or \
         bind the next PIN to one device"
    );
    Some(Attention::new(AttentionCode::PinGuessing, &told).with("failures", failures))
}

fn no_picture(session: u64, fault: &Fault) -> Attention {
    Attention {
        code: AttentionCode::NoPicture,
        severity: AttentionCode::NoPicture.severity(),
        params: fault.params.clone(),
        sentence: fault.sentence.clone(),
        next: fault.next.clone(),
    }
    .with("session", session)
    .with("fault", &fault.code)
}

fn nothing_to_send(why: &NothingToSend) -> Attention {
    let code = match why {
        NothingToSend::NoEncoder => AttentionCode::NoEncoder,
        NothingToSend::NoneAllowed { .. } => AttentionCode::NoCodec,
    };
    let told = Attention::new(code, &why.to_string());
    why.params().into_iter().fold(told, |told, (name, value)| told.with(name, value))
}

fn restart(facts: &Facts) -> Option<Attention> {
    let keys = &facts.due_at_the_next_start;
    let told = (!keys.is_empty()).then(|| Attention::new(AttentionCode::RestartDue, &restart_is_due(keys)));
    told.map(|told| told.with("keys", keys.join(", ")))
}

fn input(facts: &Facts) -> Option<Attention> {
    let Fault { code, params, sentence, next } = facts.input_trouble.as_ref()?;
    let attention = Attention {
        code: AttentionCode::InputUnavailable,
        severity: AttentionCode::InputUnavailable.severity(),
        params: params.clone(),
        sentence: format!("devices can watch, but their input goes nowhere: {sentence}"),
        next: next.clone(),
    };
    Some(attention.with("reason", sentence).with("fault", code))
}

fn policy(facts: &Facts) -> Option<Attention> {
    const TOLD: &str = "the policy file is wrong, so the policy from before stays in force; put the file right \
         (`punktfunk-host config check` says where) and reload it";
    let trouble = facts.policy_trouble.as_ref()?;
    let attention = Attention::new(AttentionCode::PolicyBad, TOLD);
    Some(attention.with("text", trouble.text.trim_end()).with("at", trouble.at))
}

fn refused(facts: &Facts) -> Option<Attention> {
    let refused = facts.refused_policy.as_ref()?;
    Some(Attention::new(AttentionCode::PolicyRefused, RefusedPolicy::TOLD).with("text", &refused.text))
}

fn without_effect(key: &str) -> Attention {
    let told = format!(
        "the policy sets {key}, which has no effect in this version; take it out, or leave it for a later one"
    );
    Attention::new(AttentionCode::SettingWithoutEffect, &told).with("key", key)
}

fn encoder(found: &SoftwareEncoder) -> Attention {
    let SoftwareEncoder { encoder, unwished } = found;
    let (code, told) = if *unwished {
        let told = format!(
            "the policy asks for encoding on the graphics card, which this version cannot do, so the processor does it \
             with {encoder}; set encode.backend to auto or software, and choose a smaller mode where pictures stutter"
        );
        (AttentionCode::EncoderFellBack, told)
    } else {
        let told = format!(
            "the processor encodes, with {encoder}; where pictures stutter, choose a smaller mode on the device"
        );
        (AttentionCode::SoftwareEncoder, told)
    };
    Attention::new(code, &told).with("encoder", encoder)
}

fn knocks(pending: usize) -> Option<Attention> {
    let told = match pending {
        0 => return None,
        1 => "a device waits to be let in; approve it, or turn it away".to_owned(),
        more => format!("{more} devices wait to be let in; approve them, or turn them away"),
    };
    Some(Attention::new(AttentionCode::KnocksWaiting, &told).with("count", pending))
}

impl Attention {
    /// `told` is of the form "what is the case; what to do next".
    fn new(code: AttentionCode, told: &str) -> Self {
        let (sentence, next) = sentences(told);
        Self::parted(code, sentence, next)
    }

    fn parted(code: AttentionCode, sentence: String, next: impl Into<String>) -> Self {
        Self { code, severity: code.severity(), params: BTreeMap::new(), sentence, next: next.into() }
    }

    fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

impl std::fmt::Display for Attention {
    /// Both sentences in one line, for terminals.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.sentence, self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appliance::{LastUpdate, UpdateStatus};

    fn update(outcome: &str, waiting: Option<&str>) -> UpdateStatus {
        let reason = Some("console: does not answer; see the journal".to_owned());
        let last = LastUpdate { version: "1.2.4".to_owned(), outcome: outcome.to_owned(), reason, at: None };
        UpdateStatus {
            running: Some("1.2.3".to_owned()),
            available: Some("1.2.5".to_owned()),
            waiting: waiting.map(str::to_owned),
            last: Some(last),
            silent_days: Some(20),
            ..UpdateStatus::default()
        }
    }

    fn everything() -> Facts {
        let told = "no screen is on (HDMI-A-1 is dark); start a session on the machine, or wake its display";
        let fault = Fault::new("no_screen_on", vec![("connected", "HDMI-A-1 is dark".to_owned())], told);
        Facts {
            store_trouble: Some("the disk of the list is full; free some space".to_owned()),
            owner_trouble: Some("No space left on device (os error 28)".to_owned()),
            wrong_pins: Some(4),
            faults: vec![(7, fault)],
            open: true,
            nothing_to_send: Some(NothingToSend::NoneAllowed {
                allowed: "HEVC and AV1".to_owned(),
                here: "H.264".to_owned(),
            }),
            no_door: true,
            weaker_door: true,
            clock_behind: true,
            pins_stopped: true,
            no_display: true,
            software_encoder: Some(SoftwareEncoder { encoder: "libx264".to_owned(), unwished: true }),
            input_trouble: Some(Fault::new(
                "uinput_missing",
                vec![("path", "/dev/uinput".to_owned())],
                "/dev/uinput does not exist; load the module uinput",
            )),
            policy_trouble: Some(PolicyTrouble {
                text: "punktfunk.yaml:1:1: unknown key\n".to_owned(),
                at: 1,
            }),
            refused_policy: Some(RefusedPolicy { text: "punktfunk.yaml:1:1: unknown key".to_owned() }),
            update: Some(update("went_back", None)),
            without_effect: vec!["update.feed"],
            due_at_the_next_start: vec!["doors.native.port", "console.port"],
            pending: 2,
        }
    }

    #[test]
    fn everything_that_can_be_wrong_has_its_sentence_and_what_to_do() {
        let lines = |facts: &Facts| {
            let line = |one: Attention| {
                let code = serde_json::to_value(one.code).unwrap();
                format!("{:?} {} {:?}\n  {one}\n", one.severity, code.as_str().unwrap(), one.params)
            };
            attention(facts).into_iter().map(line).collect::<String>()
        };
        let wished = SoftwareEncoder { encoder: "libx264".to_owned(), unwished: false };
        let update = Some(update("failed", Some("1.2.5")));
        let quiet = Facts {
            nothing_to_send: Some(NothingToSend::NoEncoder),
            software_encoder: Some(wished),
            pending: 1,
            update,
            ..Facts::default()
        };
        insta::assert_snapshot!("attention", lines(&everything()) + "\n" + &lines(&quiet));
    }

    #[test]
    fn a_version_that_failed_its_gate_is_told_of_as_long_as_it_runs() {
        let mut update = update("gate_failed", None);
        assert_eq!(updates::last(&Facts { update: Some(update.clone()), ..Facts::default() }), None);
        update.running = Some("1.2.4".to_owned());
        let told = updates::last(&Facts { update: Some(update), ..Facts::default() }).unwrap();
        assert_eq!(told.code, AttentionCode::UpdateUnproven);
        assert!(told.sentence.contains("1.2.4") && told.sentence.contains("does not answer"), "{told}");
    }

    #[test]
    fn what_is_broken_comes_first_and_a_healthy_host_wants_nothing() {
        let severities: Vec<Severity> = attention(&everything()).iter().map(|one| one.severity).collect();
        assert!(severities.is_sorted() && severities[0] == Severity::Alarm, "{severities:?}");
        assert_eq!(attention(&Facts::default()), []);
    }

    #[test]
    fn every_sentence_is_followed_by_something_to_do() {
        for one in attention(&everything()) {
            assert!(one.sentence.len() > 15 && one.next.len() > 10, "{one:?}");
            assert!(!one.next.contains("log says more"), "{one:?}");
        }
    }
}
