//! Which policy is meant, as the verbs that need one are told.

use std::path::{Path, PathBuf};

use clap::Args;
use punktfunk_config::{Diagnostics, Loaded};

use super::dirs;

/// The policy file, and the flags that go over it.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct PolicyArgs {
    /// The policy; without it /etc/punktfunk/punktfunk.yaml, and where there is none the built-in defaults
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// New devices wait until they are let in, whatever the policy says
    #[arg(long, group = "admission")]
    pub(super) require_pairing: bool,
    /// New devices wait until they are let in; a PIN is made and logged as soon as one wants to pair
    #[arg(long, group = "admission")]
    pub(super) allow_pairing: bool,
    /// Every device on the network may stream without being asked for
    #[arg(long, group = "admission")]
    pub(super) open: bool,
}

impl PolicyArgs {
    /// The policy as file and flags say together.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(&self) -> Result<Loaded, Diagnostics> {
        let system = Path::new(dirs::SYSTEM_POLICY);
        let mut policy = match &self.config {
            Some(file) => punktfunk_config::load(file)?,
            None if system.exists() => punktfunk_config::load(system)?,
            None => Loaded::default(),
        };
        if self.require_pairing {
            policy.override_with_flag("--require-pairing", "pairing.require", true)?;
        }
        if self.allow_pairing {
            policy.override_with_flag("--allow-pairing", "pairing.require", true)?;
            policy.override_with_flag("--allow-pairing", "pairing.pin.auto_arm", true)?;
        }
        if self.open {
            policy.override_with_flag("--open", "pairing.require", false)?;
        }
        Ok(policy)
    }
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
        let crate::cli::Command::Serve(args) = cli.command else { panic!("not serve") };
        args.policy.read().unwrap()
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
