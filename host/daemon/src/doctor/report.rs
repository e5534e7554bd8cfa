//! What was found, for people and for scripts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::{MachineCode, split};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// What was found, for programs: a stable word, whether good or not.
    #[schema(value_type = MachineCode)]
    pub code: String,
    /// What was looked at.
    #[schema(example = "UDP port 9777")]
    pub subject: String,
    /// Whether it is as it should be.
    pub good: bool,
    /// What was found.
    #[schema(example = "in use by sunshine (process 7)")]
    pub found: String,
    /// What to do about it, or how it could be better.
    #[schema(example = "stop that program or set doors.native.port in the policy")]
    pub next: Option<String>,
    /// What the sentences are about, by name: for those who say them in another language.
    pub params: BTreeMap<String, String>,
}

impl Check {
    pub(super) fn good(code: &str, subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            subject: subject.into(),
            good: true,
            found: found.into(),
            next: None,
            params: BTreeMap::new(),
        }
    }

    /// `told` is of the form "what was found; what to do about it".
    pub(super) fn wrong(code: &str, subject: impl Into<String>, told: impl AsRef<str>) -> Self {
        let (found, next) = split(told.as_ref());
        Self { good: false, next, ..Self::good(code, subject, found) }
    }

    pub(super) fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    pub(super) fn with_all(mut self, params: Vec<(&'static str, String)>) -> Self {
        self.params.extend(params.into_iter().map(|(name, value)| (name.to_owned(), value)));
        self
    }

    /// It works, and could be better.
    pub(super) fn and_next(self, next: impl Into<String>) -> Self {
        Self { next: Some(next.into()), ..self }
    }

    /// What was found and what to do about it, for terminals.
    pub(super) fn told(&self) -> String {
        match &self.next {
            Some(next) => format!("{}; {next}", self.found),
            None => self.found.clone(),
        }
    }
}

/// Everything that was looked at, in the order in which it matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Report {
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.checks.iter().all(|check| check.good)
    }

    /// One line for each check, and one for all of them.
    pub fn text(&self) -> String {
        let wrong = self.checks.iter().filter(|check| !check.good).count();
        self.lines()
            + &match wrong {
                0 => "\nNothing is wrong.\n".to_owned(),
                1 => "\nOne thing is wrong; its line says what to do.\n".to_owned(),
                more => {
                    format!("\n{more} things are wrong; their lines say what to do. Begin with the first.\n")
                }
            }
    }

    /// One line for each check.
    pub(super) fn lines(&self) -> String {
        let width = self.checks.iter().map(|check| check.subject.chars().count()).max().unwrap_or(0);
        let line = |check: &Check| {
            let mark = if check.good { "ok   " } else { "WRONG" };
            let found = check.told().trim_end().replace('\n', &format!("\n{:1$}", "", width + 8));
            format!("{mark} {:width$}  {found}\n", check.subject)
        };
        self.checks.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_a_line_and_the_last_line_sums_up() {
        let good = Check::good("policy_read", "policy", "the built-in defaults");
        let wrong = Check::wrong(
            "host_silent",
            "running host",
            "no host answers; start it with `punktfunk-host serve`",
        );
        let long = Check::wrong("list_damaged", "allow-list", "first line\nsecond line; do this");
        let text = |checks: &[&Check]| {
            Report { checks: checks.iter().map(|check| (*check).clone()).collect() }.text()
        };
        insta::assert_snapshot!("doctor_good", text(&[&good]));
        insta::assert_snapshot!("doctor_one_wrong", text(&[&good, &wrong]));
        insta::assert_snapshot!("doctor_more_wrong", text(&[&good, &long, &wrong]));
    }
}
