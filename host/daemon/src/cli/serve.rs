//! `serve`: run the host.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use punktfunk_config::{Diagnostics, Loaded};

use super::{DONE, FAILED, USAGE, dirs, fail};
use crate::serve::{Options, run as serve};

/// How the host is to run.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// The policy; without it /etc/punktfunk/punktfunk.yaml, and where there is none the built-in defaults
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where identity and allow-list are kept
    #[arg(long, value_name = "DIR", default_value_os_t = dirs::state_dir())]
    pub state_dir: PathBuf,
    /// Where the control socket is put
    #[arg(long, value_name = "DIR", default_value_os_t = dirs::runtime_dir())]
    pub runtime_dir: PathBuf,
    /// New devices wait until they are let in, whatever the policy says
    #[arg(long, group = "admission")]
    pub require_pairing: bool,
    /// New devices wait until they are let in; a PIN is made and logged as soon as one wants to pair
    #[arg(long, group = "admission")]
    pub allow_pairing: bool,
    /// Every device on the network may stream without being asked for
    #[arg(long, group = "admission")]
    pub open: bool,
}

pub(super) fn run(args: &ServeArgs) -> ExitCode {
    let policy = match read_policy(args) {
        Ok(policy) => policy,
        Err(diagnostics) => return fail(USAGE, &diagnostics),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(FAILED, &format_args!("the machine is out of resources: {error}")),
    };
    let again = args.clone();
    let options = Options {
        policy,
        read_policy: Box::new(move || read_policy(&again)),
        state_dir: args.state_dir.clone(),
        runtime_dir: args.runtime_dir.clone(),
        native_at: None,
        announce: true,
    };
    match runtime.block_on(serve(options)) {
        Ok(()) => ExitCode::from(DONE),
        Err(error) => fail(FAILED, &error),
    }
}

/// The policy as file and flags say together.
fn read_policy(args: &ServeArgs) -> Result<Loaded, Diagnostics> {
    let system = Path::new(dirs::SYSTEM_POLICY);
    let mut policy = match &args.config {
        Some(file) => punktfunk_config::load(file)?,
        None if system.exists() => punktfunk_config::load(system)?,
        None => Loaded::default(),
    };
    if args.require_pairing {
        policy.override_with_flag("--require-pairing", "pairing.require", true)?;
    }
    if args.allow_pairing {
        policy.override_with_flag("--allow-pairing", "pairing.require", true)?;
        policy.override_with_flag("--allow-pairing", "pairing.pin.auto_arm", true)?;
    }
    if args.open {
        policy.override_with_flag("--open", "pairing.require", false)?;
    }
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn policy(flags: &[&str]) -> Loaded {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("policy.yaml");
        std::fs::write(&file, "schema: 1\nname: Den\npairing: { require: false }\n").unwrap();
        let line = ["punktfunk-host", "serve", "--config", file.to_str().unwrap()];
        let cli = crate::cli::Cli::try_parse_from(line.into_iter().chain(flags.iter().copied())).unwrap();
        let crate::cli::Command::Serve(args) = cli.command;
        read_policy(&args).unwrap()
    }

    #[test]
    fn flags_go_over_the_file() {
        assert!(!policy(&[]).policy.pairing.require);
        assert!(policy(&["--require-pairing"]).policy.pairing.require);
        let allowing = policy(&["--allow-pairing"]).policy.pairing;
        assert!(allowing.require && allowing.pin.auto_arm);
        assert!(!policy(&["--open"]).policy.pairing.require);
    }
}
