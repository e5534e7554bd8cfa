//! `config …`: looking at a policy without starting a host. Needs no state, no network and no rights.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use punktfunk_config::{Diagnostics, json_schema, load, rows, show};

use super::policy::PolicyArgs;
use super::print::Output;
use super::{DONE, USAGE};

/// Checks and shows policies.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ConfigArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "\
Examples:
  punktfunk-host config check my.yaml              exit code 0 if a host would take it, 2 if not
  punktfunk-host config show --config my.yaml      every value, and where it comes from
  punktfunk-host config schema > policy.json       for an editor that checks as you type";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say everything that is wrong with a policy file
    Check {
        /// The file
        file: PathBuf,
    },
    /// Print the JSON Schema of policies (draft 2020-12)
    Schema,
    /// Print the effective policy, and where each value comes from
    Show {
        #[command(flatten)]
        policy: PolicyArgs,
        /// The file, as with --config
        #[arg(conflicts_with = "config")]
        file: Option<PathBuf>,
    },
}

/// Runs the verb.
pub(super) fn run(args: &ConfigArgs) -> ExitCode {
    match &args.verb {
        Verb::Check { file } => match load(file) {
            Ok(_) => {
                let good = format!("{}: a good policy\n", file.display());
                args.output.show(&serde_json::json!({ "ok": true }), || good);
                ExitCode::from(DONE)
            }
            Err(diagnostics) => refuse(args.output, &diagnostics),
        },
        Verb::Schema => {
            // for people too, as they are in the repository
            Output::TEXT.show(&(), || format!("{:#}\n", json_schema()));
            ExitCode::from(DONE)
        }
        Verb::Show { policy, file } => {
            let policy =
                PolicyArgs { config: file.clone().or_else(|| policy.config.clone()), ..policy.clone() };
            match policy.read() {
                Ok(loaded) => {
                    args.output.show(&rows(&loaded), || show(&loaded));
                    ExitCode::from(DONE)
                }
                Err(diagnostics) => refuse(args.output, &diagnostics),
            }
        }
    }
}

fn refuse(output: Output, diagnostics: &Diagnostics) -> ExitCode {
    if output.json {
        output.show(&serde_json::json!({ "ok": false, "faults": diagnostics.faults }), String::new);
    }
    // for the person at the terminal, whatever the log filter
    let mut terminal = std::io::stderr();
    let _ = write!(terminal, "{}", diagnostics.report(terminal.is_terminal()));
    ExitCode::from(USAGE)
}
