//! What the running host says about itself.

use super::Check;
use crate::app::{Attention, AttentionCode, Severity, Status};

pub(super) fn check(running: &Result<Status, String>) -> Vec<Check> {
    let status = match running {
        Ok(status) => status,
        Err(why) => return vec![Check::wrong("host_silent", "running host", why)],
    };
    let found = format!(
        "answers; version {}, {} devices let in, {} waiting",
        status.version, status.paired, status.pending
    );
    let answers = Check::good("host_answers", "running host", found)
        .with("version", &status.version)
        .with("paired", status.paired)
        .with("pending", status.pending);
    let attention = status.attention.iter().filter(|it| is_news(it));
    std::iter::once(answers).chain(attention.map(wrong)).collect()
}

/// Whether nothing else here looks at it. What is merely good to know is no fault of the machine.
fn is_news(attention: &Attention) -> bool {
    use AttentionCode::{NoCodec, NoDisplay, NoEncoder, OpenMode, PolicyRefused};
    let looked_at = [NoCodec, NoDisplay, NoEncoder, OpenMode, PolicyRefused];
    attention.severity != Severity::Notice && !looked_at.contains(&attention.code)
}

fn wrong(attention: &Attention) -> Check {
    let code = serde_json::to_value(attention.code).unwrap_or_default();
    Check {
        code: code.as_str().unwrap_or_default().to_owned(),
        subject: "running host".to_owned(),
        good: false,
        found: attention.sentence.clone(),
        next: Some(attention.next.clone()),
        params: attention.params.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attention(code: AttentionCode, severity: Severity) -> Attention {
        let (sentence, next) = ("something is the case".to_owned(), "do something".to_owned());
        Attention { code, severity, params: std::collections::BTreeMap::new(), sentence, next }
    }

    #[test]
    fn only_what_no_other_probe_looks_at_is_told_of_the_running_host() {
        use AttentionCode::{KnocksWaiting, NoDisplay, OpenMode, StoreNotSaved};
        assert!(is_news(&attention(StoreNotSaved, Severity::Alarm)));
        assert!(!is_news(&attention(NoDisplay, Severity::Warning)));
        assert!(!is_news(&attention(OpenMode, Severity::Warning)));
        assert!(!is_news(&attention(KnocksWaiting, Severity::Notice)));
        let told = wrong(&attention(StoreNotSaved, Severity::Alarm));
        assert_eq!((told.code.as_str(), told.good), ("store_not_saved", false));
    }
}
