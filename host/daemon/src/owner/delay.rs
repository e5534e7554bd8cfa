//! How soon somebody may try again.
//!
//! The wait doubles with each try that was wrong. It is counted in this run's monotonic time alone: after a restart the
//! whole wait begins anew, so that a restart resets nothing, and no clock can lock anybody out for longer than the
//! longest wait.
//!
//! Many sources together are slowed down in two ways, and in neither can they put off the turn of one who waits:
//!
//! * Whoever has been wrong waits from his own last try on, but longer while many others are wrong as well.
//! * The first try of a source that has not been wrong is free, but for a limit on how many such there are in a while. A
//!   source is new once a day, so a crowd uses that up once, and whoever waits behind it is there a little later.
//!
//! What that leaves to somebody who guesses: each source has about a hundred tries a day. As many sources as he likes,
//! beyond those that are remembered, have 8640 first tries a day. That is 36,000 a day at the most, for 40 years if the
//! password is one of a billion. An IPv6 address counts as one source, since all devices of a home share their prefix, so
//! many sources are to be had by one device. Whoever has that many addresses in the owner's own network can keep a new browser
//! waiting; a browser that has signed in before, or whoever is at the box, waits for nobody.

use std::time::Duration;

use punktfunk_trust::Now;
use serde::{Deserialize, Serialize};

use super::neighbour::Neighbour;

/// The wait after the first wrong try.
const FIRST: Duration = Duration::from_secs(1);
/// The longest wait of one source, browser or session.
pub(crate) const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Wrong tries of all strangers together before they wait for each other.
const FREE_TOGETHER: u32 = 10;
/// The longest that one who was wrong waits because others were.
pub(crate) const LONGEST_TOGETHER: Duration = Duration::from_secs(30);
/// First tries of new sources that are free at once.
const FIRST_TRIES: u32 = 30;
/// The time after which there is one more.
const FIRST_TRY_AFTER: Duration = Duration::from_secs(10);
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

    /// How long the next try has to wait yet, when tries are to be `least` apart.
    fn wait_at_least(&self, now: Now, least: Duration) -> Duration {
        (self.last + doubled(self.wrong, LONGEST).max(least)).saturating_sub(now.monotonic)
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
    #[serde(skip)]
    first_tries: FirstTries,
}

/// First tries that new sources have yet: the moment at which all would be there again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct FirstTries {
    full: Duration,
}

impl FirstTries {
    fn wait(&self, now: Now) -> Duration {
        self.full.saturating_sub(FIRST_TRY_AFTER * (FIRST_TRIES - 1)).saturating_sub(now.monotonic)
    }

    fn take(&mut self, now: Now) {
        self.full = self.full.max(now.monotonic) + FIRST_TRY_AFTER;
    }

    fn give_back(&mut self) {
        self.full = self.full.saturating_sub(FIRST_TRY_AFTER);
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    #[serde(rename = "network")]
    neighbour: Neighbour,
    tries: Tries,
}

impl Strangers {
    /// How long a try of the password from `neighbour` has to wait yet.
    pub(crate) fn wait(&self, now: Now, neighbour: Neighbour) -> Duration {
        match self.tries(neighbour) {
            Some(tries) => tries.wait_at_least(now, self.least(now)),
            None => self.first_tries.wait(now),
        }
    }

    /// How long it has to wait for its own wrong tries alone.
    pub(crate) fn own_wait(&self, now: Now, neighbour: Neighbour) -> Duration {
        self.tries(neighbour).map_or(Duration::ZERO, |tries| tries.wait(now))
    }

    /// A try of the password from `neighbour` counts.
    pub(crate) fn charge(&mut self, now: Now, neighbour: Neighbour) {
        if self.together.is_older_than(now, MEMORY_TOGETHER) {
            self.together = Tries::default();
        }
        self.together.charge(now);
        if self.tries(neighbour).is_none() {
            self.first_tries.take(now);
        }
        self.charge_alone(now, neighbour);
    }

    /// A try counts for its source and for nobody else.
    pub(crate) fn charge_alone(&mut self, now: Now, neighbour: Neighbour) {
        self.sources.retain(|source| !source.tries.is_older_than(now, MEMORY));
        if let Some(source) = self.sources.iter_mut().find(|source| source.neighbour == neighbour) {
            source.tries.charge(now);
            return;
        }
        if self.sources.len() >= SOURCES {
            let soonest = self.sources.iter().enumerate().min_by_key(|(_, source)| source.tries.ready());
            soonest.map(|(at, _)| at).map(|at| self.sources.swap_remove(at));
        }
        let mut tries = Tries::default();
        tries.charge(now);
        self.sources.push(Source { neighbour, tries });
    }

    /// The last try from `neighbour` was right: it cost nothing, and the source starts afresh.
    pub(crate) fn forgive(&mut self, neighbour: Neighbour) {
        if self.tries(neighbour).is_some_and(|tries| tries.wrong == 1) {
            self.first_tries.give_back();
        }
        self.sources.retain(|source| source.neighbour != neighbour);
        self.together.wrong = self.together.wrong.saturating_sub(1);
        self.together.last = self.sources.iter().map(|source| source.tries.last).max().unwrap_or_default();
    }

    /// A run begins.
    pub(crate) fn begin(&mut self, now: Now) {
        self.together.begin(now);
        self.first_tries = FirstTries { full: now.monotonic };
        self.sources.truncate(SOURCES);
        self.sources.iter_mut().for_each(|source| source.tries.begin(now));
    }

    fn tries(&self, neighbour: Neighbour) -> Option<&Tries> {
        self.sources.iter().find(|source| source.neighbour == neighbour).map(|source| &source.tries)
    }

    /// How long each of those who were wrong has to wait between two tries because of all of them.
    fn least(&self, now: Now) -> Duration {
        if self.together.is_older_than(now, MEMORY_TOGETHER) {
            return Duration::ZERO;
        }
        doubled(self.together.wrong.saturating_sub(FREE_TOGETHER), LONGEST_TOGETHER)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use proptest::prelude::*;
    use punktfunk_trust::UnixSeconds;

    use super::*;

    fn at(seconds: u64) -> Now {
        Now { monotonic: Duration::from_secs(seconds), wall: UnixSeconds(0) }
    }

    fn neighbour(number: u32) -> Neighbour {
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
    fn whoever_was_wrong_waits_longer_while_many_are_but_never_long() {
        let mut strangers = Strangers::default();
        let mut waits = Vec::new();
        for number in 0..30 {
            strangers.charge(at(5), neighbour(number));
            waits.push(strangers.wait(at(5), neighbour(0)).as_secs());
        }
        assert_eq!(waits[..16], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 16, 30]);
        assert_eq!(waits[29], 30);
        strangers.charge(at(34), neighbour(1));
        assert_eq!(
            strangers.wait(at(35), neighbour(0)),
            Duration::ZERO,
            "nobody puts off the turn of another"
        );
        strangers.charge(at(34 + 3600), neighbour(2));
        assert_eq!(strangers.wait(at(34 + 3600), neighbour(2)), Duration::from_secs(2), "an hour of quiet");
    }

    #[test]
    fn first_tries_of_new_sources_are_free_until_there_are_very_many() {
        let mut strangers = Strangers::default();
        for number in 0..FIRST_TRIES {
            assert_eq!(strangers.wait(at(5), neighbour(1000)), Duration::ZERO, "{number} before");
            strangers.charge(at(5), neighbour(number));
        }
        assert_eq!(strangers.wait(at(5), neighbour(1000)), FIRST_TRY_AFTER);
        assert_eq!(strangers.wait(at(15), neighbour(1000)), Duration::ZERO);
        strangers.charge(at(15), neighbour(1000));
        strangers.forgive(neighbour(1000));
        assert_eq!(strangers.wait(at(15), neighbour(1001)), Duration::ZERO, "a right one is given back");
        strangers.charge(at(15), neighbour(1001));
        assert_eq!(strangers.wait(at(15), neighbour(1002)), FIRST_TRY_AFTER);
    }

    /// How many seconds a new browser needs whose owner first mistypes `slips` times and does as he is told, while `crowd`
    /// sources begin with him and try whenever they may, always a moment before him.
    fn until_signed_in(crowd: u32, slips: u32, mut pause: impl FnMut() -> u64) -> u64 {
        let (mut strangers, owner) = (Strangers::default(), neighbour(0));
        let mut asks_again = vec![0; crowd as usize];
        let (mut slips, mut ready) = (slips, 0);
        for second in 0.. {
            for (number, again) in (1..).zip(&mut asks_again) {
                if second >= *again {
                    *again = second + pause();
                    if strangers.wait(at(second), neighbour(number)).is_zero() {
                        strangers.charge(at(second), neighbour(number));
                    }
                }
            }
            if second < ready {
                continue;
            }
            let wait = strangers.wait(at(second), owner);
            if !wait.is_zero() {
                ready = second + crate::owner::whole_seconds(wait);
            } else if slips == 0 {
                return second;
            } else {
                slips -= 1;
                strangers.charge(at(second), owner);
            }
        }
        unreachable!("the seconds do not end")
    }

    proptest! {
        #[test]
        fn an_owner_who_waits_as_he_is_told_gets_in_however_busy_his_neighbours_are(
            crowd in 0..200u32, slips in 0..5u32, pauses in prop::collection::vec(1..20u64, 1..50),
        ) {
            let mut pauses = pauses.into_iter().cycle();
            let took = until_signed_in(crowd, slips, || pauses.next().unwrap());
            // those who came before him have one first try each; then he waits for himself
            let first = u64::from(crowd.saturating_sub(FIRST_TRIES) + 2) * FIRST_TRY_AFTER.as_secs();
            prop_assert!(took <= first + u64::from(slips) * LONGEST_TOGETHER.as_secs(), "{took} s");
        }
    }

    #[test]
    fn forty_neighbours_cost_a_new_browser_two_minutes_at_the_most() {
        assert!((1..=120).contains(&until_signed_in(40, 0, || 1)));
    }

    #[test]
    fn a_right_password_clears_its_source_and_nobody_elses() {
        let mut strangers = Strangers::default();
        for _ in 0..5 {
            strangers.charge(at(0), neighbour(1));
            strangers.charge(at(0), neighbour(2));
        }
        strangers.forgive(neighbour(1));
        assert_eq!(strangers.own_wait(at(0), neighbour(1)), Duration::ZERO);
        assert_eq!(strangers.own_wait(at(0), neighbour(2)), Duration::from_secs(16));
    }

    #[test]
    fn many_sources_take_bounded_memory_and_the_one_that_waits_longest_stays() {
        let mut strangers = Strangers::default();
        for _ in 0..9 {
            strangers.charge(at(0), neighbour(7));
        }
        for number in 100..10_000 {
            strangers.charge(at(1), neighbour(number));
        }
        assert_eq!(strangers.sources.len(), SOURCES);
        assert_eq!(strangers.own_wait(at(1), neighbour(7)), Duration::from_secs(255));
        strangers.charge(at(MEMORY.as_secs() + 2), neighbour(8));
        assert_eq!(strangers.sources.len(), 1);
    }

    #[test]
    fn a_restart_begins_the_whole_wait_anew() {
        let mut strangers = Strangers::default();
        for _ in 0..4 {
            strangers.charge(at(1000), neighbour(1));
        }
        let text = serde_json::to_string(&strangers).unwrap();
        let mut again: Strangers = serde_json::from_str(&text).unwrap();
        again.begin(at(0));
        assert_eq!(again.own_wait(at(0), neighbour(1)), Duration::from_secs(8));
        assert_eq!(again.own_wait(at(8), neighbour(1)), Duration::ZERO);
    }
}
