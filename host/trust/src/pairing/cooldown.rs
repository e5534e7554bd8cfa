//! How soon the next attempt to pair may come.
//!
//! The specification (3.5) demands one cooldown that is shared by everybody and charged before the arming is looked at,
//! so that it slows a scan for armed windows too. Alone it would let a neighbour that asks in a loop take every slot and
//! keep everybody else out, so two rules are added:
//!
//! * Every source (an IPv4 address, an IPv6 /64; loopback like any other) has a cooldown of its own, which doubles with
//!   each attempt that ends in no pairing. It is looked at, and charged, before the shared one: a source that keeps asking
//!   soon leaves nearly all slots to others. Attempts that come too soon cost nothing, a pairing wipes the slate of its
//!   source, and an owner's unbound PIN that of all sources: whoever tried in vain before must be able to use it.
//! * The device that a window is bound to waits for its own last attempt and for nobody else's (that is the desk's part,
//!   because it belongs to the window). TLS has proven its key, so nobody can pass for it.
//!
//! What is left: somebody with many addresses of the same network can still crowd out others while a window is *unbound*.
//! A window bound to the waiting device is the way out, and what the console offers first.

use std::time::Duration;

/// The longest that a source waits for itself.
const LONGEST: Duration = Duration::from_secs(300);
/// How long a source is remembered after its last attempt.
const MEMORY: Duration = Duration::from_secs(600);
/// Sources that are remembered at once; the one that was silent for longest gives way.
const SOURCES: usize = 64;

/// The last attempts, of everybody and of each source. Moments are monotonic.
#[derive(Default)]
pub(crate) struct Cooldowns {
    last: Option<Duration>,
    sources: Vec<Source>,
}

struct Source {
    network: u128,
    /// Attempts in a row without a pairing, at least 1.
    attempts: u32,
    last: Duration,
}

impl Cooldowns {
    /// The moment from which on an attempt from `network` counts.
    pub(crate) fn ready(&self, network: u128, cooldown: Duration) -> Duration {
        let shared = self.last.map_or(Duration::ZERO, |last| last + cooldown);
        let source = self.sources.iter().find(|source| source.network == network);
        source.map_or(shared, |source| source.ready(cooldown).max(shared))
    }

    /// An attempt counts: the next one, of this source and of everybody, has to wait.
    pub(crate) fn charge(&mut self, now: Duration, network: u128) {
        self.sources.retain(|source| now < source.last + MEMORY);
        if let Some(source) = self.sources.iter_mut().find(|source| source.network == network) {
            source.attempts = source.attempts.saturating_add(1);
            source.last = now;
        } else {
            if self.sources.len() == SOURCES {
                let stalest = self.sources.iter().enumerate().min_by_key(|(_, source)| source.last);
                stalest.map(|(at, _)| at).map(|at| self.sources.swap_remove(at));
            }
            self.sources.push(Source { network, attempts: 1, last: now });
        }
        self.charge_shared(now);
    }

    /// Like [`charge`](Self::charge), for an attempt that its source is not to wait for.
    pub(crate) fn charge_shared(&mut self, now: Duration) {
        self.last = Some(now);
    }

    /// A source has paired.
    pub(crate) fn forgive(&mut self, network: u128) {
        self.sources.retain(|source| source.network != network);
    }

    /// An owner has made a PIN for anybody.
    pub(crate) fn forgive_all(&mut self) {
        self.sources.clear();
    }
}

impl Source {
    fn ready(&self, cooldown: Duration) -> Duration {
        let doublings = self.attempts.saturating_sub(1).min(16);
        self.last + cooldown.saturating_mul(1 << doublings).min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOLDOWN: Duration = Duration::from_secs(2);

    #[test]
    fn many_sources_take_bounded_memory_and_are_forgotten_in_time() {
        let mut cooldowns = Cooldowns::default();
        for network in 0..1000 {
            cooldowns.charge(Duration::from_secs(1), network);
        }
        assert_eq!(cooldowns.sources.len(), SOURCES);
        cooldowns.charge(Duration::from_secs(601), 5000);
        assert_eq!(cooldowns.sources.len(), 1);
    }

    #[test]
    fn a_source_never_waits_longer_than_five_minutes_for_itself() {
        let mut cooldowns = Cooldowns::default();
        let mut now = Duration::from_secs(1);
        let mut waits = Vec::new();
        for _ in 0..40 {
            cooldowns.charge(now, 7);
            let ready = cooldowns.ready(7, COOLDOWN);
            waits.push((ready - now).as_secs());
            now = ready;
        }
        assert_eq!(waits[..9], [2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(waits[39], 300);
    }
}
