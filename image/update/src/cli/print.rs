//! Results for people and for scripts.

use std::io::{self, Write as _};
use std::process::ExitCode;

use serde::Serialize;

use super::error::CliError;

/// How results are printed.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Output {
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub(super) json: bool,
}

impl Output {
    /// Prints a result to standard output, in the form that was asked for.
    pub(super) fn show(self, result: &impl Serialize, text: impl FnOnce() -> String) {
        let text = match self.json {
            true => serde_json::to_string(result).map(|json| json + "\n").map_err(io::Error::other),
            false => Ok(text()),
        };
        if let Err(why) = text.and_then(|text| say(&text)) {
            let _ = writeln!(io::stderr(), "punktfunk-update: the result could not be written: {why}");
            std::process::exit(1);
        }
    }
}

/// Writes to standard output, where results belong. Whoever closes it early, as `head` does, has read enough.
fn say(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(why) if why.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Ends the process: what went wrong goes to standard error, and with `--json` to standard output as an object too.
pub(super) fn end(output: Output, outcome: Result<(), CliError>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    if output.json {
        let said = serde_json::json!({ "code": error.code(), "error": error.to_string() });
        let _ = say(&format!("{said}\n"));
    }
    let _ = writeln!(io::stderr(), "punktfunk-update: {error}");
    ExitCode::from(error.exit_code())
}
