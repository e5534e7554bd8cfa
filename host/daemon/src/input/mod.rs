//! What the devices of all doors do at their ends, injected here.

mod injection;
mod stream_input;
mod translator;

use std::sync::Arc;

use punktfunk_core::datagram::MAX_PADS;
use punktfunk_core::wire::Grants;
use punktfunk_input::{InputSettings, OnRumble};
use punktfunk_trust::Grant;

use crate::app::{Fault, Host};

use injection::Injection;
pub(crate) use stream_input::{Changes, StreamInput};
use translator::Translator;
pub(crate) use translator::lean;

/// What a device may do, as the events of doors are judged by (punktfunk/1 §2.6).
pub(crate) fn grants(grant: Grant) -> Grants {
    Grants::from_bits_retain(grant.level.mask())
}

/// What the policy lets be injected.
fn settings_of(policy: &punktfunk_config::Input) -> InputSettings {
    InputSettings {
        keyboard: policy.keyboard,
        pointer: policy.pointer,
        touch: policy.touch,
        pen: policy.pen,
        gamepads: policy.gamepads.min(MAX_PADS),
    }
}

fn thread_fault(error: &std::io::Error) -> Fault {
    let told = format!("the input's thread could not start: {error}; end another session");
    Fault::new("input_thread_not_started", vec![("reason", error.to_string())], &told)
}

/// Starts a thread for one stream, if the policy lets anything be injected.
fn start(host: &Arc<Host>, settings: InputSettings, on_rumble: OnRumble) -> Option<Injection> {
    if !settings.any() {
        return None;
    }
    Injection::start(host, settings, on_rumble)
        .inspect_err(|error| host.note_input(Err(thread_fault(error))))
        .ok()
}
