//! What was found, for people and for scripts.

use serde::{Deserialize, Serialize};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was looked at, e.g. `allow-list`.
    pub subject: String,
    /// Whether it is as it should be.
    pub good: bool,
    /// What was found; where it is not good, with what to do about it.
    pub found: String,
}

impl Check {
    pub(super) fn good(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self { subject: subject.into(), good: true, found: found.into() }
    }

    pub(super) fn wrong(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self { subject: subject.into(), good: false, found: found.into() }
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
        let width = self.checks.iter().map(|check| check.subject.chars().count()).max().unwrap_or(0);
        let line = |check: &Check| {
            let mark = if check.good { "ok   " } else { "WRONG" };
            let found = check.found.trim_end().replace('\n', &format!("\n{:1$}", "", width + 8));
            format!("{mark} {:width$}  {found}\n", check.subject)
        };
        let lines: String = self.checks.iter().map(line).collect();
        let wrong = self.checks.iter().filter(|check| !check.good).count();
        lines
            + &match wrong {
                0 => "\nNothing is wrong.\n".to_owned(),
                1 => "\nOne thing is wrong; its line says what to do.\n".to_owned(),
                more => {
                    format!("\n{more} things are wrong; their lines say what to do. Begin with the first.\n")
                }
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_a_line_and_the_last_line_sums_up() {
        let good = Check::good("policy", "the built-in defaults");
        let wrong = Check::wrong("running host", "no host answers: start it with `punktfunk-host serve`");
        let long = Check::wrong("allow-list", "first line\nsecond line");
        let text = |checks: &[&Check]| {
            Report { checks: checks.iter().map(|check| (*check).clone()).collect() }.text()
        };
        insta::assert_snapshot!("doctor_good", text(&[&good]));
        insta::assert_snapshot!("doctor_one_wrong", text(&[&good, &wrong]));
        insta::assert_snapshot!("doctor_more_wrong", text(&[&good, &long, &wrong]));
    }
}
