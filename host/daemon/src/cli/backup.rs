//! `backup`: who the box is and whom it lets in, as one encrypted file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use punktfunk_trust::{Now, replace_private};

use super::passphrase::PassphraseArgs;
use super::print::Output;
use super::{DONE, FAILED, dirs, fail};
use crate::backup::Bundle;

/// Writes identity, devices, revocations and policy into one file, encrypted with a passphrase.
#[derive(Debug, Args)]
#[command(after_help = "\
The file is in the age format; it holds the private key of the box, so whoever has it and the passphrase can be this box. \
The password of the console is not in it. Works while the host runs; run it as the host's user, or with sudo.

Examples:
  punktfunk-host backup box.age
  punktfunk-host restore box.age               on this box or a new one")]
pub struct BackupArgs {
    /// The file to write; it must not be there yet
    file: PathBuf,
    /// The policy that goes with it
    #[arg(long, value_name = "FILE", default_value = dirs::SYSTEM_POLICY)]
    config: PathBuf,
    /// Where identity and allow-list are kept
    #[arg(long, value_name = "DIR", default_value_os_t = dirs::state_dir())]
    state_dir: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    #[command(flatten)]
    output: Output,
}

/// Runs the verb.
pub(super) fn run(args: &BackupArgs) -> ExitCode {
    if args.file.exists() {
        let path = args.file.display();
        return fail(FAILED, &format_args!("{path} is there already; move it away, or choose another name"));
    }
    let bundle = match Bundle::collect(&args.state_dir, Some(&args.config), Now::read(Instant::now())) {
        Ok(bundle) => bundle,
        Err(error) => return fail(FAILED, &error),
    };
    let passphrase = match args.passphrase.read(true) {
        Ok(passphrase) => passphrase,
        Err(error) => return fail(FAILED, &format_args!("no passphrase was given: {error}")),
    };
    let sealed = match bundle.seal(&passphrase) {
        Ok(sealed) => sealed,
        Err(error) => return fail(FAILED, &error),
    };
    if let Err(error) = write(&args.file, &sealed) {
        let path = args.file.display();
        return fail(FAILED, &format_args!("{path} cannot be written: {error}; choose another place"));
    }
    let result = serde_json::json!({ "ok": true, "bytes": sealed.len(), "policy": bundle.policy.is_some() });
    args.output.show(&result, || {
        let policy = if bundle.policy.is_some() { "with" } else { "without" };
        format!("{} is written, {} bytes, {policy} a policy.\n", args.file.display(), sealed.len())
    });
    ExitCode::from(DONE)
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // a name without a folder is in this one
    let path = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new(".").join(path),
        _ => path.to_owned(),
    };
    replace_private(&path, bytes)
}
