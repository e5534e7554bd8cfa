//! How a command failed, for a person and for a script.

use std::fmt;

use punktfunk_client::{CloseCode, ConnectError, DiscoverError, IdentityError, PairError, SessionEnd};
use serde_json::{Value, json};

use super::known_hosts::KnownHostsError;

/// Refused or failed.
const EXIT_FAILED: u8 = 1;
/// Bad usage; also what clap exits with.
const EXIT_USAGE: u8 = 2;

/// A stable word, the host's close code where there is one, and a sentence that ends in what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    code: &'static str,
    close_code: Option<u64>,
    sentence: String,
    exit: u8,
}

impl Failure {
    pub(crate) fn new(code: &'static str, sentence: impl fmt::Display) -> Self {
        Self { code, close_code: None, sentence: sentence.to_string(), exit: EXIT_FAILED }
    }

    pub(crate) fn usage(sentence: impl fmt::Display) -> Self {
        Self { exit: EXIT_USAGE, ..Self::new("usage", sentence) }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        self.exit
    }

    /// What stands under `error` in JSON output.
    pub(crate) fn to_json(&self) -> Value {
        let mut error = json!({ "code": self.code, "sentence": self.sentence });
        if let Some(close_code) = self.close_code {
            error["close_code"] = close_code.into();
        }
        error
    }

    /// `None` for an end that is nobody's failure.
    pub(crate) fn from_end(end: &SessionEnd) -> Option<Self> {
        match end {
            SessionEnd::Quit => None,
            SessionEnd::ByHost(refusal) if refusal.meaning() == Some(CloseCode::Done) => None,
            SessionEnd::ByHost(refusal) => {
                Some(Self { close_code: Some(refusal.code), ..Self::new(refusal.name(), end) })
            }
            _ => Some(Self::new("lost", end)),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self { close_code: error.close_code(), ..Self::new(error.name(), &error) }
    }
}

impl From<PairError> for Failure {
    fn from(error: PairError) -> Self {
        Self { close_code: error.close_code(), ..Self::new(error.name(), &error) }
    }
}

impl From<DiscoverError> for Failure {
    fn from(error: DiscoverError) -> Self {
        Self::new("local", error)
    }
}

impl From<IdentityError> for Failure {
    fn from(error: IdentityError) -> Self {
        Self::new("identity", error)
    }
}

impl From<KnownHostsError> for Failure {
    fn from(error: KnownHostsError) -> Self {
        Self::new("known_hosts", error)
    }
}
