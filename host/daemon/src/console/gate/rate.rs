//! How many requests a source may send.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use punktfunk_trust::Now;

use crate::owner::Network;

/// Requests that a source may send at once, after a pause.
const BURST: u32 = 128;
/// Requests a second after that.
const PER_SECOND: u32 = 32;
/// This machine asks itself this many times as much: what runs here has other ways to waste its time.
const FROM_HERE: u32 = 32;
/// Sources that are remembered at once; the one that asked longest ago gives way.
const SOURCES: usize = 1024;

/// The requests of each source lately.
#[derive(Debug, Default)]
pub(super) struct Rates(Mutex<HashMap<Network, Bucket>>);

/// What a source may still send. It fills again with time.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    last: Duration,
}

impl Rates {
    /// A request arrives.
    ///
    /// # Errors
    /// It is one too many; how long its source has to wait.
    pub(super) fn take(&self, now: Now, source: Network) -> Result<(), Duration> {
        let share = if source.is_loopback() { FROM_HERE } else { 1 };
        let (burst, per_second) = (f64::from(BURST * share), f64::from(PER_SECOND * share));
        let now = now.monotonic;
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sources.len() >= SOURCES && !sources.contains_key(&source) {
            let stalest = sources.iter().min_by_key(|(_, bucket)| bucket.last).map(|(source, _)| *source);
            stalest.map(|stalest| sources.remove(&stalest));
        }
        let bucket = sources.entry(source).or_insert(Bucket { left: burst, last: now });
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

    use punktfunk_trust::UnixSeconds;

    use super::*;

    fn at(millis: u64) -> Now {
        Now { monotonic: Duration::from_millis(millis), wall: UnixSeconds(0) }
    }

    fn source(number: u32) -> Network {
        IpAddr::from(Ipv4Addr::from_bits(number)).into()
    }

    fn let_through(rates: &Rates, now: Now, source: Network, asked: usize) -> usize {
        (0..asked).filter(|_| rates.take(now, source).is_ok()).count()
    }

    #[test]
    fn a_source_that_floods_is_slowed_down_and_nobody_else_is() {
        let rates = Rates::default();
        assert_eq!(let_through(&rates, at(0), source(1), 1000), 128);
        assert_eq!(let_through(&rates, at(1000), source(1), 1000), 32);
        assert_eq!(let_through(&rates, at(1000), source(2), 100), 100);
        let wait = rates.take(at(1000), source(1)).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_millis(32), "{wait:?}");
        assert_eq!(let_through(&rates, at(60_000), source(1), 1000), 128, "after a pause all is well");
    }

    #[test]
    fn this_machine_itself_is_bounded_too() {
        let rates = Rates::default();
        let here = IpAddr::from(Ipv4Addr::LOCALHOST).into();
        assert_eq!(let_through(&rates, at(0), here, 10_000), 4096);
    }

    #[test]
    fn many_sources_take_bounded_memory() {
        let rates = Rates::default();
        for number in 0..10_000 {
            rates.take(at(number.into()), source(number)).unwrap();
        }
        assert_eq!(rates.0.lock().unwrap().len(), SOURCES);
    }
}
