//! Results on standard output, failures on standard error, one JSON value on the last line where asked for.

use std::io::{Write as _, stderr, stdout};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::failure::Failure;
use super::summary::Summary;

/// What a command has to say at its end.
#[derive(Debug)]
pub(crate) struct Done {
    text: String,
    value: Value,
    /// Results and all, it did not end well.
    failure: Option<Failure>,
}

impl Done {
    pub(crate) fn new(text: impl Into<String>, value: Value) -> Self {
        Self { text: text.into(), value, failure: None }
    }

    pub(crate) fn session(summary: &Summary, failure: Option<Failure>) -> Self {
        Self { text: summary.to_string(), value: summary.to_json(failure.as_ref()), failure }
    }
}

/// Prints the outcome of a command and turns it into the exit code.
pub(crate) fn report(outcome: Result<Done, Failure>, json: bool) -> ExitCode {
    let (result, failure) = match outcome {
        Ok(done) => (Some(if json { done.value.to_string() } else { done.text }), done.failure),
        Err(failure) => (json.then(|| json!({ "error": failure.to_json() }).to_string()), Some(failure)),
    };
    // Whoever reads may have gone away, which is no failure of ours.
    if let Some(result) = result {
        let _ = writeln!(stdout(), "{result}");
    }
    match failure {
        Some(failure) => {
            let _ = writeln!(stderr(), "punktfunk-client: {failure}");
            ExitCode::from(failure.exit_code())
        }
        None => ExitCode::SUCCESS,
    }
}
