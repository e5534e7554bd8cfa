//! What the conclusions are drawn from.

use super::super::told::Fault;
use crate::appliance::{RefusedPolicy, UpdateStatus};
use crate::session::fit::NothingToSend;

/// What is the case, as far as it matters here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) store_trouble: Option<String>,
    pub(crate) owner_trouble: Option<String>,
    /// Wrong PINs in a row, once they are many.
    pub(crate) wrong_pins: Option<u32>,
    /// Sessions that show a card, and why.
    pub(crate) faults: Vec<(u64, Fault)>,
    pub(crate) open: bool,
    pub(crate) nothing_to_send: Option<NothingToSend>,
    pub(crate) no_door: bool,
    pub(crate) weaker_door: bool,
    pub(crate) clock_behind: bool,
    pub(crate) pins_stopped: bool,
    pub(crate) no_display: bool,
    pub(crate) software_encoder: Option<SoftwareEncoder>,
    pub(crate) input_trouble: Option<Fault>,
    pub(crate) policy_trouble: Option<PolicyTrouble>,
    pub(crate) refused_policy: Option<RefusedPolicy>,
    pub(crate) update: Option<UpdateStatus>,
    pub(crate) without_effect: Vec<&'static str>,
    /// Keys whose values come with the next start only.
    pub(crate) due_at_the_next_start: Vec<&'static str>,
    pub(crate) pending: usize,
}

/// The processor encodes.
#[derive(Debug, Clone)]
pub(crate) struct SoftwareEncoder {
    pub(crate) encoder: String,
    /// The policy asks for another.
    pub(crate) unwished: bool,
}

/// Why the policy file was not put in force when it was last tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyTrouble {
    /// What is wrong with it; several lines.
    pub text: String,
    /// Unix time.
    pub at: u64,
}
