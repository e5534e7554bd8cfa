//! What is wrong with a policy, said so that its owner can put it right: every fault of the file at once,
//! each with its place, the line itself, what is allowed, and the nearest thing that was probably meant.

use std::fmt;

use serde::Serialize;

mod render;

/// How many faults are told in one run.
pub(crate) const MAX_FAULTS: usize = 50;

/// Everything that is wrong with one file (or with one flag). Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostics {
    /// The file's name as it was given.
    pub file: String,
    /// In the order in which they stand in the file.
    pub faults: Vec<Fault>,
    /// Whether there were more faults than are listed.
    pub more: bool,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The key, dotted, as in `pairing.pending.ttl`; empty where the whole file is meant.
    pub path: String,
    /// What is wrong, in one line.
    pub reason: String,
    /// What is allowed or what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Where; `None` where there is no text, as with a file that cannot be opened.
    #[serde(flatten)]
    pub mark: Option<Mark>,
    /// The line of the file that is meant.
    #[serde(skip)]
    pub(crate) text: String,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Mark {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// How many characters are meant, at least 1.
    #[serde(skip)]
    pub length: u32,
}

impl Mark {
    pub(crate) fn new(line: usize, column: usize, length: usize) -> Self {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).max(1);
        Self { line: number(line), column: number(column), length: number(length) }
    }
}

impl Fault {
    pub(crate) fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into(), help: None, mark: None, text: String::new() }
    }

    pub(crate) fn at(mark: Mark, path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { mark: Some(mark), ..Self::new(path, reason) }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl Diagnostics {
    /// One fault of a file as a whole.
    pub(crate) fn whole(file: &str, fault: Fault) -> Self {
        Self::new(file, "", vec![fault])
    }

    pub(crate) fn new(file: &str, text: &str, mut faults: Vec<Fault>) -> Self {
        faults.sort_by_key(|fault| fault.mark);
        let more = faults.len() > MAX_FAULTS;
        faults.truncate(MAX_FAULTS);
        for fault in &mut faults {
            let line = fault.mark.map_or(usize::MAX, |mark| mark.line as usize - 1);
            fault.text = text.lines().nth(line).unwrap_or_default().to_owned();
        }
        Self { file: file.to_owned(), faults, more }
    }

    /// For people: each fault with its line and a caret. `colour` adds ANSI colours.
    pub fn report(&self, colour: bool) -> String {
        render::report(self, colour)
    }

    /// For scripts: one line `path: reason` for each fault.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        self.faults.iter().map(|fault| match fault.path.as_str() {
            "" => render::printable(&fault.reason),
            path => render::printable(&format!("{path}: {}", fault.reason)),
        })
    }
}

impl fmt::Display for Diagnostics {
    /// The report without colours.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report(false))
    }
}

impl std::error::Error for Diagnostics {}
