//! `restore`: out of the state that a damaged allow-list leaves a host in. For a host that is not running.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use punktfunk_trust::{Repaired, repair};

use super::print::Output;
use super::{DONE, FAILED, dirs, fail};

/// Puts back an allow-list.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RestoreArgs {
    #[command(flatten)]
    output: Output,
    /// Go back to the copy that is still good; the damaged one is kept beside it
    #[arg(long, required = true)]
    last_good: bool,
    /// Where identity and allow-list are kept
    #[arg(long, value_name = "DIR", default_value_os_t = dirs::state_dir())]
    state_dir: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  punktfunk-host restore --last-good           after a start that refused a damaged allow-list";

/// Runs the verb.
pub(super) fn run(args: &RestoreArgs) -> ExitCode {
    let repaired = match repair(&dirs::trust_dir(&args.state_dir)) {
        Ok(repaired) => repaired,
        Err(error) => return fail(FAILED, &error),
    };
    let (devices, text) = match &repaired {
        Repaired::NothingToDo => (None, "The allow-list is whole: nothing was done.\n".to_owned()),
        Repaired::From { good, kept } => {
            let kept = kept
                .as_ref()
                .map_or_else(String::new, |kept| format!("The damaged copy is now {}.\n", kept.display()));
            let devices = match good.devices {
                1 => "1 device is".to_owned(),
                count => format!("{count} devices are"),
            };
            (Some(good.devices), format!("{devices} on the allow-list again.\n{kept}"))
        }
    };
    args.output.show(&serde_json::json!({ "ok": true, "restored": devices }), || text);
    ExitCode::from(DONE)
}
