//! Whether the policy can be used, and what it opens.

use punktfunk_config::{Diagnostics, Loaded};

use super::Check;
use crate::app::OPEN_MODE;
use crate::appliance::{BoxFiles, RefusedPolicy};

pub(super) fn check(policy: &Result<Loaded, Diagnostics>) -> Vec<Check> {
    match policy {
        Ok(loaded) => {
            let read = Check::good(
                "policy_read",
                "policy",
                format!("read; this box is called {}", loaded.policy.name),
            )
            .with("name", &loaded.policy.name);
            let open =
                (!loaded.policy.pairing.require).then(|| Check::wrong("open_mode", "pairing", OPEN_MODE));
            std::iter::once(read).chain(open).collect()
        }
        Err(diagnostics) => {
            let report = diagnostics.report(false);
            let next = "put that right in the file; `punktfunk-host config check` looks at it again";
            let found = Check::good("policy_bad", "policy", report.trim_end()).and_next(next);
            vec![Check { good: false, ..found }.with("text", report.trim_end())]
        }
    }
}

/// A policy that was refused when the box started: what is wrong with it comes after what that means.
pub(super) fn refused(files: &BoxFiles) -> Option<Check> {
    let refused = files.refused_policy()?;
    let check = Check::wrong("policy_refused", "policy", RefusedPolicy::TOLD);
    let found = format!("{}:\n{}\n", check.found, refused.text);
    Some(Check { found, ..check }.with("text", refused.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_policy_is_told_with_its_place_and_remedy() {
        let faulty = punktfunk_config::parse("nmae: Den\nport: 1\n", "my.yaml");
        let checks = check(&faulty);
        assert!(
            checks.iter().all(|check| !check.good
                && check.found.contains("my.yaml:1:1")
                && check.found.contains("did you mean")),
            "{checks:?}"
        );
        assert!(check(&Ok(Loaded::default())).iter().all(|check| check.good));
    }

    #[test]
    fn a_policy_that_was_refused_at_the_start_is_told_with_its_faults() {
        let dir = tempfile::tempdir().unwrap();
        let files = BoxFiles { refused_policy: dir.path().join("refused.txt"), ..BoxFiles::default() };
        assert_eq!(refused(&files), None);
        std::fs::write(&files.refused_policy, "punktfunk.yaml:1:1: unknown key\n").unwrap();
        let check = refused(&files).unwrap();
        assert!(!check.good && check.found.contains("\npunktfunk.yaml:1:1: unknown key\n"), "{check:?}");
        assert!(check.told().contains("PUNKTFUNK"), "{check:?}");
    }

    #[test]
    fn an_open_box_is_worth_a_line() {
        let open = punktfunk_config::parse("pairing: { require: false }\n", "my.yaml");
        assert_eq!(check(&open)[1].told(), OPEN_MODE);
    }
}
