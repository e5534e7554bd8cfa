//! What is told about something that is wrong: a word for programs, and sentences for people.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a picture stands in for the source's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fault {
    /// A stable word for programs.
    #[schema(example = "no_screen_on")]
    pub code: String,
    /// What the sentence is about, by name: for those who say it in another language.
    pub params: BTreeMap<String, String>,
    /// What happened.
    #[schema(example = "no screen is on (HDMI-A-1 is dark)")]
    pub sentence: String,
    /// What to do about it.
    #[schema(example = "start a session on the machine, or wake its display")]
    pub next: String,
}

impl Fault {
    /// A fault that is told in one sentence of the form "what happened; what to do next", as all errors here are.
    pub fn new(code: &str, params: Vec<(&'static str, String)>, told: &str) -> Self {
        let (sentence, next) = sentences(told);
        let params = params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { code: code.to_owned(), params, sentence, next }
    }
}

/// What is left to do where an error does not say it.
const NEXT: &str = "the host's log says more";

/// Parts "what happened; what to do next".
pub(crate) fn split(told: &str) -> (String, Option<String>) {
    match told.split_once("; ") {
        Some((sentence, next)) => (sentence.to_owned(), Some(next.to_owned())),
        None => (told.to_owned(), None),
    }
}

/// The same, with something to do in any case.
pub(super) fn sentences(told: &str) -> (String, String) {
    let (sentence, next) = split(told);
    (sentence, next.unwrap_or_else(|| NEXT.to_owned()))
}
