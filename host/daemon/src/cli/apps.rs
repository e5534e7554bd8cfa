//! `apps`: run the policy's apps for the host.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use nix::unistd::User;

use super::policy::PolicyArgs;
use super::{DONE, FAILED, USAGE, fail};
use crate::apps::{APPS_SOCKET, AppGroups, Runner};

/// How the policy's apps are run.
#[derive(Debug, Clone, Args)]
pub struct AppsArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Where to listen
    #[arg(long, value_name = "FILE", default_value = APPS_SOCKET)]
    socket: PathBuf,
    /// The user that the host runs as, by name or number: nobody else is served
    #[arg(long, value_name = "USER", default_value = "punktfunk")]
    allow_user: String,
}

pub(super) fn run(args: &AppsArgs) -> ExitCode {
    let Some(host) = number_of(&args.allow_user) else {
        return fail(
            USAGE,
            &format_args!("there is no user {:?}; give --allow-user the host's", args.allow_user),
        );
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(FAILED, &format_args!("the machine is out of resources: {error}")),
    };
    let policy = args.policy.clone();
    let read_policy = move || policy.read().map(|loaded| loaded.policy).map_err(|faults| faults.to_string());
    let bound = runtime.block_on(async { Runner::bind(&args.socket, host, read_policy) });
    match bound {
        Ok(runner) => {
            let runner = match AppGroups::find() {
                Some(groups) => runner.in_groups(groups),
                None => {
                    tracing::warn!(
                        "no control groups can be made here, and a program that leaves the process group of its app outlives it; \
                         run this as the service punktfunk-apps"
                    );
                    runner
                }
            };
            runtime.block_on(runner.run());
            ExitCode::from(DONE)
        }
        Err(error) => fail(FAILED, &error),
    }
}

fn number_of(user: &str) -> Option<u32> {
    user.parse().ok().or_else(|| Some(User::from_name(user).ok()??.uid.as_raw()))
}
