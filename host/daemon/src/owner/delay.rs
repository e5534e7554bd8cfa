//! How soon somebody may try again.
//!
//! The wait doubles with each try that was wrong. It is counted in this run's monotonic time alone: after a restart the
//! whole wait begins anew, so that a restart resets nothing, and no clock can lock anybody out for longer than the
//! longest wait.

use std::time::Duration;

use punktfunk_trust::Now;
use serde::{Deserialize, Serialize};

use super::network::Network;

/// The wait after the first wrong try.
const FIRST: Duration = Duration::from_secs(1);
/// The longest wait of one source, browser or session.
pub(crate) const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Wrong tries of all strangers together before they wait for each other.
const FREE_TOGETHER: u32 = 10;
/// The longest that strangers wait for each other.
pub(crate) const LONGEST_TOGETHER: Duration = Duration::from_secs(30);
/// After this long without a wrong try a source is forgotten.
const MEMORY: Duration = Duration::from_secs(24 * 3600);
/// After this long without one, strangers do not wait for each other any more.
const MEMORY_TOGETHER: Duration = Duration::from_secs(3600);
/// Sources that are remembered at once; the one that may try soonest gives way.
pub(crate) const SOURCES: usize = 256;

/// The wrong tries of somebody, in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tries {
    wrong: u32,
    /// When the last one was, or when this run began.
    #[serde(skip)]
    last: Duration,
}

impl Tries {
    /// How long the next try has to wait yet.
    pub(crate) fn wait(&self, now: Now) -> Duration {
        self.ready().saturating_sub(now.monotonic)
    }

    /// A try costs before its answer is known.
    pub(crate) fn charge(&mut self, now: Now) {
        *self = Self { wrong: self.wrong.saturating_add(1), last: now.monotonic };
    }

    /// A run begins.
    pub(crate) fn begin(&mut self, now: Now) {
        self.last = now.monotonic;
    }

    fn ready(&self) -> Duration {
        self.last + doubled(self.wrong, LONGEST)
    }

    fn is_older_than(&self, now: Now, memory: Duration) -> bool {
        now.monotonic.saturating_sub(self.last) >= memory
    }
}

fn doubled(wrong: u32, longest: Duration) -> Duration {
    match wrong {
        0 => Duration::ZERO,
        _ => FIRST.saturating_mul(1 << (wrong - 1).min(16)).min(longest),
    }
}

/// The wrong tries of strangers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Strangers {
    together: Tries,
    sources: Vec<Source>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    network: Network,
    tries: Tries,
}

impl Strangers {
    /// How long a try from `network` has to wait yet.
    pub(crate) fn wait(&self, now: Now, network: Network) -> Duration {
        let own = self.tries(network).map_or(Duration::ZERO, |tries| tries.wait(now));
        own.max(self.wait_together(now))
    }

    #[cfg(test)]
    /// How long it would have to wait for itself alone.
    pub(crate) fn own_wait(&self, now: Now, network: Network) -> Duration {
        self.tries(network).map_or(Duration::ZERO, |tries| tries.wait(now))
    }

    /// A try from `network` counts.
    pub(crate) fn charge(&mut self, now: Now, network: Network) {
        if self.together.is_older_than(now, MEMORY_TOGETHER) {
            self.together = Tries::default();
        }
        self.together.charge(now);
        self.sources.retain(|source| !source.tries.is_older_than(now, MEMORY));
        if let Some(source) = self.sources.iter_mut().find(|source| source.network == network) {
            source.tries.charge(now);
            return;
        }
        if self.sources.len() >= SOURCES {
            let soonest = self.sources.iter().enumerate().min_by_key(|(_, source)| source.tries.ready());
            soonest.map(|(at, _)| at).map(|at| self.sources.swap_remove(at));
        }
        let mut tries = Tries::default();
        tries.charge(now);
        self.sources.push(Source { network, tries });
    }

    /// The last try from `network` was right: it cost nothing, and the source starts afresh.
    pub(crate) fn forgive(&mut self, network: Network) {
        self.together.wrong = self.together.wrong.saturating_sub(1);
        self.sources.retain(|source| source.network != network);
    }

    /// A run begins.
    pub(crate) fn begin(&mut self, now: Now) {
        self.together.begin(now);
        self.sources.truncate(SOURCES);
        self.sources.iter_mut().for_each(|source| source.tries.begin(now));
    }

    fn tries(&self, network: Network) -> Option<&Tries> {
        self.sources.iter().find(|source| source.network == network).map(|source| &source.tries)
    }

    fn wait_together(&self, now: Now) -> Duration {
        let wait = doubled(self.together.wrong.saturating_sub(FREE_TOGETHER), LONGEST_TOGETHER);
        (self.together.last + wait).saturating_sub(now.monotonic)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use punktfunk_trust::UnixSeconds;

    use super::*;

    fn at(seconds: u64) -> Now {
        Now { monotonic: Duration::from_secs(seconds), wall: UnixSeconds(0) }
    }

    fn network(number: u32) -> Network {
        IpAddr::from(Ipv4Addr::from_bits(number)).into()
    }

    #[test]
    fn each_wrong_try_doubles_the_wait_of_its_source_up_to_a_quarter_of_an_hour() {
        let mut tries = Tries::default();
        let mut waits = Vec::new();
        for _ in 0..40 {
            tries.charge(at(5));
            waits.push(tries.wait(at(5)).as_secs());
        }
        assert_eq!(waits[..11], [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]);
        assert_eq!(waits[39], 900);
        assert_eq!(tries.wait(at(905)), Duration::ZERO);
    }

    #[test]
    fn strangers_from_everywhere_wait_for_each_other_but_never_long() {
        let mut strangers = Strangers::default();
        let mut waits = Vec::new();
        for number in 0..30 {
            strangers.charge(at(5), network(number));
            waits.push(strangers.wait(at(5), network(1000)).as_secs());
        }
        assert_eq!(waits[..16], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 30]);
        assert_eq!(waits[29], 30);
        strangers.charge(at(5 + 3600), network(2));
        assert_eq!(strangers.wait(at(5 + 3600), network(1000)), Duration::ZERO, "an hour of quiet");
    }

    #[test]
    fn a_right_password_clears_its_source_and_nobody_elses() {
        let mut strangers = Strangers::default();
        for _ in 0..5 {
            strangers.charge(at(0), network(1));
            strangers.charge(at(0), network(2));
        }
        strangers.forgive(network(1));
        assert_eq!(strangers.own_wait(at(0), network(1)), Duration::ZERO);
        assert_eq!(strangers.own_wait(at(0), network(2)), Duration::from_secs(16));
    }

    #[test]
    fn many_sources_take_bounded_memory_and_the_one_that_waits_longest_stays() {
        let mut strangers = Strangers::default();
        for _ in 0..9 {
            strangers.charge(at(0), network(7));
        }
        for number in 100..10_000 {
            strangers.charge(at(1), network(number));
        }
        assert_eq!(strangers.sources.len(), SOURCES);
        assert_eq!(strangers.own_wait(at(1), network(7)), Duration::from_secs(255));
        strangers.charge(at(MEMORY.as_secs() + 2), network(8));
        assert_eq!(strangers.sources.len(), 1);
    }

    #[test]
    fn a_restart_begins_the_whole_wait_anew() {
        let mut strangers = Strangers::default();
        for _ in 0..4 {
            strangers.charge(at(1000), network(1));
        }
        let text = serde_json::to_string(&strangers).unwrap();
        let mut again: Strangers = serde_json::from_str(&text).unwrap();
        again.begin(at(0));
        assert_eq!(again.own_wait(at(0), network(1)), Duration::from_secs(8));
        assert_eq!(again.own_wait(at(8), network(1)), Duration::ZERO);
    }
}
