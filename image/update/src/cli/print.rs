//! Results for people and for scripts.

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
    #[allow(clippy::print_stdout)] // results belong on standard output
    pub(super) fn show(self, result: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json {
            match serde_json::to_string(result) {
                Ok(json) => println!("{json}"),
                Err(why) => tracing::error!(%why, "the result cannot be printed as JSON"),
            }
        } else {
            print!("{}", text());
        }
    }
}

/// Ends the process: what went wrong goes to standard error, and with `--json` to standard output as an object too.
#[allow(clippy::print_stdout, clippy::print_stderr)] // the last word is for the person at the terminal
pub(super) fn end(output: Output, outcome: Result<(), CliError>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    if output.json {
        println!("{}", serde_json::json!({ "code": error.code(), "error": error.to_string() }));
    }
    eprintln!("punktfunk-update: {error}");
    ExitCode::from(error.exit_code())
}
