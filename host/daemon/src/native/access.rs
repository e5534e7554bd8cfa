//! What a device may do, as the wire says it (punktfunk/1 §2.6).

use punktfunk_core::wire::Control;
use punktfunk_trust::{Grant, Lifetime, UnixSeconds};

use crate::input::grants;

/// Seconds left at `now`: 0 for no end, and never 0 for a grant that has an end.
pub(super) fn seconds_left(grant: Grant, now: UnixSeconds) -> u32 {
    match grant.lifetime {
        Lifetime::Permanent => 0,
        Lifetime::Until(end) => u32::try_from(end.since(now).as_secs()).unwrap_or(u32::MAX).max(1),
    }
}

/// Tells a streaming device that its grant has changed.
pub(super) fn update(grant: Grant, now: UnixSeconds) -> Control {
    Control::AccessUpdate { grants: grants(grant), remaining_secs: seconds_left(grant, now) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_grant_without_an_end_counts_zero_seconds() {
        let until = |end| Grant { lifetime: Lifetime::Until(UnixSeconds(end)), ..Grant::FULL };
        let now = UnixSeconds(1000);
        assert_eq!(seconds_left(Grant::FULL, now), 0);
        assert_eq!(seconds_left(until(1060), now), 60);
        assert_eq!(seconds_left(until(1000), now), 1);
        assert_eq!(seconds_left(until(1), now), 1);
        assert_eq!(seconds_left(until(u64::MAX), now), u32::MAX);
    }
}
