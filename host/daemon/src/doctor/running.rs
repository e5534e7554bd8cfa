//! What the running host says about itself.

use super::Check;
use crate::console::Status;

pub(super) fn check(running: &Result<Status, String>) -> Vec<Check> {
    let status = match running {
        Ok(status) => status,
        Err(why) => return vec![Check::wrong("running host", why)],
    };
    let found = format!(
        "answers; version {}, {} devices let in, {} waiting",
        status.version, status.paired, status.pending
    );
    let attention = status.attention.iter().map(|sentence| Check::wrong("running host", sentence));
    std::iter::once(Check::good("running host", found)).chain(attention).collect()
}
