//! `doctor`: is this machine fit to stream?

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use punktfunk_config::{Loaded, parse_duration};

use super::box_files::BoxFilesArgs;
use super::local::{Local, LocalError, RuntimeDir};
use super::policy::PolicyArgs;
use super::print::Output;
use super::{DONE, FAILED, dirs};
use crate::app::Status;
use crate::console::PolicyView;
use crate::doctor::{Gate, Patient, Running, examine, examine_gate};
use crate::session::SCREEN_SOCKET;

/// Looks at everything that a host needs, changes nothing, and says what to do.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code 0 if nothing is wrong, 1 otherwise. Run it as the user that the host runs as, or with sudo.

Examples:
  punktfunk-host doctor
  punktfunk-host doctor --json | jq '.[] | select(.good | not)'
  punktfunk-host doctor --gate --wait 2m       after a start: 0 once it has proven to stream")]
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
    box_files: BoxFilesArgs,
    /// Prove that this box streams: a known picture goes the whole way to a device, and the running host, its console and
    /// its native door answer. Needs no television, no network and no device
    #[arg(long)]
    gate: bool,
    /// How long the host may take to be up, such as 30s or 2m
    #[arg(long, value_name = "TIME", requires = "gate", value_parser = parse_duration, default_value = "0")]
    wait: Duration,
    #[command(flatten)]
    output: Output,
}

/// Runs the verb.
pub(super) fn run(args: &DoctorArgs) -> ExitCode {
    if args.gate {
        return gate(args);
    }
    let running = Local::open(&args.runtime.path).and_then(|local| local.get::<Status>("/status"));
    let report = examine(&Patient {
        policy: args.policy.read(),
        state_dir: args.state_dir.clone(),
        runtime_dir: args.runtime.path.clone(),
        screen_socket: args.screen_socket.clone(),
        box_files: args.box_files.places(),
        running: running.map_err(|error| error.to_string()),
    });
    args.output.show(&report, || report.text());
    ExitCode::from(if report.is_good() { DONE } else { FAILED })
}

fn gate(args: &DoctorArgs) -> ExitCode {
    let gate = Gate {
        // a bad file is the running host's business: it says which policy is in force
        policy: args.policy.read().unwrap_or_default().policy,
        screen_socket: args.screen_socket.clone(),
        wait: args.wait,
    };
    let verdict = examine_gate(&gate, || ask(args).map_err(|error| error.to_string()));
    args.output.show(&verdict, || verdict.text());
    ExitCode::from(if verdict.fit { DONE } else { FAILED })
}

fn ask(args: &DoctorArgs) -> Result<Running, LocalError> {
    let local = Local::open(&args.runtime.path)?;
    let status: Status = local.get("/status")?;
    let view: PolicyView = local.get("/policy")?;
    let Loaded { policy, .. } = punktfunk_config::parse(&view.yaml, "the policy of the running host")
        .map_err(|error| LocalError::Unreadable(error.to_string()))?;
    Ok(Running { status, policy })
}
