//! Looks at everything that a host needs, changes nothing, and says of each thing how it is and what to do.

mod encoder;
mod gate;
mod input;
mod machine;
mod network;
mod policy;
mod ports;
mod report;
mod running;
mod screen;
mod state;

use std::path::PathBuf;

use punktfunk_config::{Diagnostics, Loaded};

use crate::app::Status;
use crate::appliance::BoxFiles;

pub use gate::{Gate, Running, Verdict, examine as examine_gate};
pub use report::{Check, Report};

/// What is looked at.
#[derive(Debug)]
pub struct Patient {
    /// The policy, or what is wrong with it; then the built-in one stands in for the other checks.
    pub policy: Result<Loaded, Diagnostics>,
    /// Where identity and allow-list are kept.
    pub state_dir: PathBuf,
    /// Where the control socket is.
    pub runtime_dir: PathBuf,
    /// Where the screen broker listens.
    pub screen_socket: PathBuf,
    /// What the programs around the host leave.
    pub box_files: BoxFiles,
    /// What the running host says, or why it says nothing.
    pub running: Result<Status, String>,
}

/// Looks at everything. Takes a few seconds at most.
pub fn examine(patient: &Patient) -> Report {
    let stand_in = Loaded::default();
    let policy = &patient.policy.as_ref().unwrap_or(&stand_in).policy;
    let running = patient.running.as_ref().ok();
    let mut checks = policy::check(&patient.policy);
    checks.extend(policy::refused(&patient.box_files));
    checks.extend(state::check(&patient.state_dir, policy, running));
    checks.extend(running::check(&patient.running));
    checks.extend(ports::check(policy, running, &patient.runtime_dir));
    checks.extend(network::check());
    checks.extend(screen::check(policy, &patient.screen_socket));
    checks.extend(encoder::check(policy));
    checks.extend(input::check(policy));
    checks.extend(machine::check());
    Report { checks }
}
