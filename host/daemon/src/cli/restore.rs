//! `restore`: a backup back in its place; or out of the state that a damaged allow-list leaves a host in.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use punktfunk_trust::{Repaired, repair};

use super::passphrase::PassphraseArgs;
use super::print::Output;
use super::{DONE, FAILED, dirs, fail};
use crate::backup::{Bundle, MAX_FILE_BYTES, Restored, apply_staged, stage};

/// Puts back a backup, or an allow-list.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RestoreArgs {
    /// A file that `backup` has written: this box becomes the one of the backup, and lets its devices in. Devices that were
    /// revoked since stay out, and those that are let in now stay so
    #[arg(required_unless_present = "last_good", conflicts_with = "last_good")]
    file: Option<PathBuf>,
    /// Write the policy of the backup to this file, which must not be there yet
    #[arg(long, value_name = "FILE", requires = "file")]
    policy: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Go back to the copy of the allow-list that is still good; the damaged one is kept beside it. For a host that is not
    /// running
    #[arg(long)]
    last_good: bool,
    /// Where identity and allow-list are kept
    #[arg(long, value_name = "DIR", default_value_os_t = dirs::state_dir())]
    state_dir: PathBuf,
    #[command(flatten)]
    output: Output,
}

const EXAMPLES: &str = "\
While a host runs, a backup is put in place at its next start. What the box itself is called and may do stays as its own \
policy says.

Examples:
  punktfunk-host restore box.age
  punktfunk-host restore box.age --policy old.yaml   and take the policy of the backup out
  punktfunk-host restore --last-good                 after a start that refused the allow-list";

/// Runs the verb.
pub(super) fn run(args: &RestoreArgs) -> ExitCode {
    match &args.file {
        Some(file) => from_backup(args, file),
        None => last_good(args),
    }
}

fn from_backup(args: &RestoreArgs, file: &Path) -> ExitCode {
    let sealed = match read(file) {
        Ok(sealed) => sealed,
        Err(error) => {
            return fail(
                FAILED,
                &format_args!("{} cannot be read: {error}; choose another file", file.display()),
            );
        }
    };
    let passphrase = match args.passphrase.read(false) {
        Ok(passphrase) => passphrase,
        Err(error) => return fail(FAILED, &format_args!("no passphrase was given: {error}")),
    };
    let bundle = match Bundle::open(&sealed, &passphrase) {
        Ok(bundle) => bundle,
        Err(error) => return fail(FAILED, &error),
    };
    if let Err(why) = take_policy_out(args, &bundle) {
        return fail(FAILED, &why);
    }
    if let Err(error) = stage(&args.state_dir, &bundle) {
        return fail(FAILED, &error);
    }
    match apply_staged(&args.state_dir) {
        Ok(restored) => told(args, &bundle, restored),
        Err(error) if error.is_held() => told(args, &bundle, None),
        Err(error) => return fail(FAILED, &error),
    }
    ExitCode::from(DONE)
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // one more, so that a file that is too large is seen to be
    File::open(file)?.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn take_policy_out(args: &RestoreArgs, bundle: &Bundle) -> Result<(), String> {
    let Some(path) = &args.policy else { return Ok(()) };
    let Some(policy) = &bundle.policy else {
        return Err("there is no policy in this backup; leave out --policy".to_owned());
    };
    let written =
        File::create_new(path).and_then(|mut file| io::Write::write_all(&mut file, policy.as_bytes()));
    written.map_err(|error| {
        format!("the policy cannot be written to {}: {error}; choose another name", path.display())
    })
}

fn told(args: &RestoreArgs, bundle: &Bundle, restored: Option<Restored>) {
    let brought = restored.map(|restored| restored.devices);
    let result = serde_json::json!({
        "ok": true,
        "at_next_start": restored.is_none(),
        "added": brought.map(|brought| brought.added),
        "kept": brought.map(|brought| brought.kept),
        "held_back": brought.map(|brought| brought.held_back),
    });
    args.output.show(&result, || {
        let mut text = match brought {
            Some(brought) => format!(
                "The backup is in place: {} devices let in again, {} were so already, {} stay out because they were \
                 revoked.\n",
                brought.added, brought.kept, brought.held_back
            ),
            None => "A host runs here: the backup is put in place when it starts again (systemctl restart punktfunk).\n"
                .to_owned(),
        };
        if bundle.policy.is_some() && args.policy.is_none() {
            text += "There is a policy in it as well; --policy FILE takes it out.\n";
        }
        text
    });
}

fn last_good(args: &RestoreArgs) -> ExitCode {
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
