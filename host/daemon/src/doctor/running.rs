//! What the running host says about itself.

use super::Check;
use crate::app::{Attention, Severity, Status};

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
    // what is merely good to know is no fault of the machine
    let attention = status.attention.iter().filter(|it| it.severity != Severity::Notice);
    std::iter::once(answers).chain(attention.map(wrong)).collect()
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
