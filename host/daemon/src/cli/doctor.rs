//! `doctor`: is this machine fit to stream?

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::local::{Local, RuntimeDir};
use super::policy::PolicyArgs;
use super::print::Output;
use super::{DONE, FAILED, dirs};
use crate::app::Status;
use crate::doctor::{Patient, examine};
use crate::session::SCREEN_SOCKET;

/// Looks at everything that a host needs, changes nothing, and says what to do.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code 0 if nothing is wrong, 1 otherwise. Run it as the user that the host runs as, or with sudo.

Examples:
  punktfunk-host doctor
  punktfunk-host doctor --json | jq '.[] | select(.good | not)'")]
pub struct DoctorArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Where identity and allow-list are kept
    #[arg(long, value_name = "DIR", default_value_os_t = dirs::state_dir())]
    state_dir: PathBuf,
    #[command(flatten)]
    runtime: RuntimeDir,
    /// Where the screen broker (punktfunk-screen) listens
    #[arg(long, value_name = "FILE", default_value = SCREEN_SOCKET)]
    screen_socket: PathBuf,
    #[command(flatten)]
    output: Output,
}

/// Runs the verb.
pub(super) fn run(args: &DoctorArgs) -> ExitCode {
    let running = Local::open(&args.runtime.path).and_then(|local| local.get::<Status>("/status"));
    let report = examine(&Patient {
        policy: args.policy.read(),
        state_dir: args.state_dir.clone(),
        runtime_dir: args.runtime.path.clone(),
        screen_socket: args.screen_socket.clone(),
        running: running.map_err(|error| error.to_string()),
    });
    args.output.show(&report, || report.text());
    ExitCode::from(if report.is_good() { DONE } else { FAILED })
}
