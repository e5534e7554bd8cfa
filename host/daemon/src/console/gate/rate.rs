//! How many requests somebody may send.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use punktfunk_trust::Now;

use super::super::limits::Limits;
use crate::owner::{Neighbour, ShortId};

/// A whole IPv6 prefix may send this many times as much as one address of it: a home has several devices.
const OF_A_PREFIX: u32 = 8;
/// Those who ask that are remembered at once; the one that asked longest ago gives way.
const REMEMBERED: usize = 1024;

/// The requests of everybody lately.
#[derive(Debug)]
pub(super) struct Rates {
    limits: Limits,
    buckets: Mutex<HashMap<Asker, Bucket>>,
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Asker {
    /// Those of a session or token: no neighbour can use up what is the owner's.
    Right(ShortId),
    Neighbour(Neighbour),
    Prefix(Neighbour),
}

/// What somebody may still send. It fills again with time.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    last: Duration,
}

impl Rates {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, buckets: Mutex::default() }
    }

    /// A request arrives from `source`, of the session or token `shown` if it showed one that works.
    ///
    /// # Errors
    /// It is one too many; how long its sender has to wait.
    pub(super) fn take(&self, now: Now, source: Neighbour, shown: Option<ShortId>) -> Result<(), Duration> {
        let share = if source.is_loopback() { self.limits.from_here } else { 1 };
        if let Some(right) = shown {
            return self.take_of(now, Asker::Right(right), share);
        }
        self.take_of(now, Asker::Neighbour(source), share)?;
        match source.prefix() {
            Some(prefix) => self.take_of(now, Asker::Prefix(prefix), share * OF_A_PREFIX),
            None => Ok(()),
        }
    }

    fn take_of(&self, now: Now, asker: Asker, share: u32) -> Result<(), Duration> {
        let (burst, per_second) =
            (f64::from(self.limits.burst * share), f64::from(self.limits.per_second * share));
        let now = now.monotonic;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= REMEMBERED && !buckets.contains_key(&asker) {
            let stalest = buckets.iter().min_by_key(|(_, bucket)| bucket.last).map(|(asker, _)| *asker);
            stalest.map(|stalest| buckets.remove(&stalest));
        }
        let bucket = buckets.entry(asker).or_insert(Bucket { left: burst, last: now });
        let filled = now.saturating_sub(bucket.last).as_secs_f64() * per_second;
        *bucket = Bucket { left: (bucket.left + filled).min(burst), last: now };
        if bucket.left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.left) / per_second));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use punktfunk_trust::{SystemRandomness, UnixSeconds};

    use super::*;

    fn rates() -> Rates {
        Rates::new(Limits::default())
    }

    fn at(millis: u64) -> Now {
        Now { monotonic: Duration::from_millis(millis), wall: UnixSeconds(0) }
    }

    fn source(number: u32) -> Neighbour {
        IpAddr::from(Ipv4Addr::from_bits(number)).into()
    }

    fn let_through(rates: &Rates, now: Now, source: Neighbour, asked: usize) -> usize {
        (0..asked).filter(|_| rates.take(now, source, None).is_ok()).count()
    }

    #[test]
    fn a_source_that_floods_is_slowed_down_and_nobody_else_is() {
        let rates = rates();
        assert_eq!(let_through(&rates, at(0), source(1), 1000), 128);
        assert_eq!(let_through(&rates, at(1000), source(1), 1000), 32);
        assert_eq!(let_through(&rates, at(1000), source(2), 100), 100);
        let wait = rates.take(at(1000), source(1), None).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_millis(32), "{wait:?}");
        assert_eq!(let_through(&rates, at(60_000), source(1), 1000), 128, "after a pause all is well");
    }

    #[test]
    fn sessions_and_tokens_are_counted_for_themselves_wherever_they_ask_from() {
        let rates = rates();
        let (owner, script) =
            (ShortId::new(&mut SystemRandomness::default()), ShortId::new(&mut SystemRandomness::default()));
        assert_eq!(let_through(&rates, at(0), source(1), 1000), 128);
        let asked =
            |right, source| (0..1000).filter(|_| rates.take(at(0), source, Some(right)).is_ok()).count();
        assert_eq!(
            asked(owner, source(1)),
            128,
            "a flood from behind the same address takes nothing from it"
        );
        assert_eq!(asked(owner, source(2)), 0, "and another address gives it nothing");
        assert_eq!(asked(script, source(1)), 128);
    }

    #[test]
    fn a_device_that_floods_takes_nothing_from_another_of_its_home_and_its_many_addresses_give_it_little() {
        let rates = rates();
        let address = |number: u16| format!("2001:db8::{number:x}").parse::<IpAddr>().unwrap().into();
        assert_eq!(let_through(&rates, at(0), address(1), 1000), 128);
        assert_eq!(let_through(&rates, at(0), address(2), 100), 100);
        let crowd: usize =
            (3..100).map(|number| let_through(&rates, at(60_000), address(number), 1000)).sum();
        assert_eq!(crowd, 8 * 128);
    }

    #[test]
    fn this_machine_itself_is_bounded_too() {
        let here = IpAddr::from(Ipv4Addr::LOCALHOST).into();
        assert_eq!(let_through(&rates(), at(0), here, 10_000), 4096);
    }

    #[test]
    fn many_sources_take_bounded_memory() {
        let rates = rates();
        for number in 0..10_000 {
            rates.take(at(number.into()), source(number), None).unwrap();
        }
        assert_eq!(rates.buckets.lock().unwrap().len(), REMEMBERED);
    }
}
