//! `serve`: run the host.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::box_files::BoxFilesArgs;
use super::policy::PolicyArgs;
use super::{DONE, FAILED, USAGE, dirs, fail};
use crate::apps::APPS_SOCKET;
use crate::console::Limits;
use crate::serve::{Ended, Options, run as serve};
use crate::session::SCREEN_SOCKET;

/// The host wants to be started again (`EX_TEMPFAIL`): the service manager does so after any end but 0 and 2.
const START_AGAIN: u8 = 75;
/// Threads for control streams and the console, however many processors there are; pictures have threads of their own.
const CONTROL_THREADS: usize = 2;

/// How the host is to run.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    /// Where identity and allow-list are kept
    #[arg(long, value_name = "DIR", default_value_os_t = dirs::state_dir())]
    state_dir: PathBuf,
    /// Where the control socket is put
    #[arg(long, value_name = "DIR", default_value_os_t = dirs::runtime_dir())]
    runtime_dir: PathBuf,
    /// Where the screen broker (punktfunk-screen) listens
    #[arg(long, value_name = "FILE", default_value = SCREEN_SOCKET)]
    screen_socket: PathBuf,
    /// Where the runner of apps (punktfunk-host apps) listens
    #[arg(long, value_name = "FILE", default_value = APPS_SOCKET)]
    apps_socket: PathBuf,
    #[command(flatten)]
    box_files: BoxFilesArgs,
}

pub(super) fn run(args: &ServeArgs) -> ExitCode {
    let policy = match args.policy.read() {
        Ok(policy) => policy,
        Err(diagnostics) => return fail(USAGE, &diagnostics),
    };
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = match runtime.worker_threads(CONTROL_THREADS).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(FAILED, &format_args!("the machine is out of resources: {error}")),
    };
    let again = args.policy.clone();
    let options = Options {
        policy,
        read_policy: Box::new(move || again.read()),
        state_dir: args.state_dir.clone(),
        runtime_dir: args.runtime_dir.clone(),
        screen_socket: args.screen_socket.clone(),
        apps_socket: args.apps_socket.clone(),
        box_files: args.box_files.places(),
        native_at: None,
        console_at: None,
        console_limits: Limits::default(),
        announce: true,
    };
    match runtime.block_on(serve(options)) {
        Ok(Ended::Told) => ExitCode::from(DONE),
        Ok(Ended::ToStartAgain) => ExitCode::from(START_AGAIN),
        Err(error) => fail(FAILED, &error),
    }
}
