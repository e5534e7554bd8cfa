//! Speed probes within the policy (punktfunk/1 §4.9).

use punktfunk_config::Policy;

/// How far above the highest bit rate of the policy a probe may go: enough to see that the link has room to spare.
const HEADROOM: u32 = 2;
/// The longest probe, milliseconds. The other streams share the link, and feel it for as long.
const MAX_MS: u32 = 1_000;

/// A burst of filler to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Probe {
    /// kbit/s on the wire.
    pub(super) kbps: u32,
    /// Milliseconds.
    pub(super) ms: u32,
}

impl Probe {
    /// What the policy leaves of a wish.
    pub(super) fn within(policy: &Policy, kbps: u32, ms: u32) -> Self {
        let most = policy.encode.bitrate.max.kbps().saturating_mul(HEADROOM);
        Self { kbps: kbps.min(most), ms: ms.min(MAX_MS) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_asks_for_no_more_than_twice_what_the_policy_lets_a_stream_have() {
        let policy = Policy::default();
        let most = policy.encode.bitrate.max.kbps();
        let greedy = Probe::within(&policy, 10_000_000, 5_000);
        assert_eq!(greedy, Probe { kbps: 2 * most, ms: 1_000 });
        assert_eq!(Probe::within(&policy, most, 200), Probe { kbps: most, ms: 200 });
    }
}
