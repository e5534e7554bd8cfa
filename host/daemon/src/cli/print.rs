//! Results for people and for scripts.

use std::io::{self, Write as _};
use std::process::ExitCode;

use axum::http::StatusCode;
use serde::Serialize;

use super::local::LocalError;
use super::{DONE, FAILED};
use crate::console::Problem;

/// How results are printed.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Output {
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub(super) json: bool,
}

impl Output {
    /// For what is JSON by nature.
    pub(super) const JSON: Self = Self { json: true };
    /// For what is text by nature.
    pub(super) const TEXT: Self = Self { json: false };

    /// Prints a result to standard output, in the form that was asked for.
    pub(super) fn show(self, result: &impl Serialize, text: impl FnOnce() -> String) {
        let text = match self.json {
            true => serde_json::to_string(result).map(|json| json + "\n").map_err(io::Error::other),
            false => Ok(text()),
        };
        if let Err(why) = text.and_then(|text| say(&text)) {
            super::fail(FAILED, &format!("the result could not be written: {why}"));
            std::process::exit(FAILED.into());
        }
    }
}

/// Writes to standard output, where results belong. Whoever closes it early, as `head` does, has read enough.
pub(crate) fn say(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(why) if why.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Ends a verb: what went wrong goes to standard error, and with `--json` to standard output as an object too.
pub(super) fn outcome(output: Output, result: Result<(), LocalError>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::from(DONE),
        Err(error) => {
            if output.json {
                let said = serde_json::json!({ "code": error.code(), "error": error.to_string() });
                let _ = say(&format!("{said}\n"));
            }
            super::fail(FAILED, &error)
        }
    }
}

/// A refusal of the command line's own, for something that is not there.
pub(super) fn unknown(what: String) -> LocalError {
    LocalError::Refused(Problem::new(StatusCode::NOT_FOUND, "not_found", what))
}

/// A refusal of the command line's own, for something that it does not do without more care.
pub(super) fn refused(code: &str, why: String) -> LocalError {
    LocalError::Refused(Problem::new(StatusCode::CONFLICT, code, why))
}

/// A span of time as a person says it.
pub(super) fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// The word that a unit variant is serialised as.
pub(super) fn word(variant: impl Serialize) -> String {
    match serde_json::to_value(variant) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
