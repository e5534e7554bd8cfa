//! How many QUIC handshakes may be under way, in total and per source.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Handshakes under way from which on a new source must first prove its address (QUIC Retry).
pub(super) const RETRY_ABOVE: usize = 16;
/// Handshakes under way at once, over all sources.
pub(super) const MAX_HANDSHAKES: usize = 256;
/// Handshakes under way at once from one validated source.
pub(super) const MAX_HANDSHAKES_PER_SOURCE: usize = 24;

/// What to do with an incoming connection.
#[derive(Debug)]
pub(super) enum Decision {
    /// Go on; the permit counts until it is dropped.
    Accept(Permit),
    /// Let the source prove that it receives what is sent to its address.
    Retry,
    /// Answer with a refusal.
    Refuse,
    /// Say nothing at all: the table is full.
    Ignore,
}

/// Counts the handshakes under way.
#[derive(Debug, Default)]
pub(super) struct HandshakeLimits {
    counts: Arc<Mutex<Counts>>,
}

/// A handshake under way, from the first packet until the client's first message has been judged.
#[derive(Debug)]
pub(super) struct Permit {
    counts: Arc<Mutex<Counts>>,
    source: Source,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    per_source: HashMap<Source, usize>,
}

/// An IPv4 address, or the /64 that one IPv6 host commonly owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Source {
    V4([u8; 4]),
    V6Net([u8; 8]),
}

impl HandshakeLimits {
    /// Judges a connection from `source`; `validated` tells whether it has proven its address.
    pub(super) fn admit(&self, source: IpAddr, validated: bool) -> Decision {
        let source = Source::from(source);
        let mut counts = lock(&self.counts);
        if counts.total >= MAX_HANDSHAKES {
            return Decision::Ignore;
        }
        let from_here = counts.per_source.get(&source).copied().unwrap_or(0);
        // an address that is not proven may be a neighbour's: it must not use up that neighbour's share
        match (validated, from_here >= MAX_HANDSHAKES_PER_SOURCE) {
            (true, true) => return Decision::Refuse,
            (false, true) => return Decision::Retry,
            (false, false) if counts.total >= RETRY_ABOVE => return Decision::Retry,
            _ => {}
        }
        counts.total += 1;
        *counts.per_source.entry(source).or_default() += 1;
        Decision::Accept(Permit { counts: Arc::clone(&self.counts), source })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        counts.total -= 1;
        if let Some(count) = counts.per_source.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                counts.per_source.remove(&self.source);
            }
        }
    }
}

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4.octets()),
            IpAddr::V6(v6) => {
                let octets = v6.octets();
                let mut network = [0; 8];
                network.copy_from_slice(&octets[..8]);
                Self::V6Net(network)
            }
        }
    }
}

fn lock(counts: &Mutex<Counts>) -> MutexGuard<'_, Counts> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(last: u16) -> IpAddr {
        let [high, low] = last.to_be_bytes();
        IpAddr::from([10, 0, high, low])
    }

    #[test]
    fn under_load_an_unproven_source_is_asked_to_prove_its_address() {
        let limits = HandshakeLimits::default();
        let mut held = Vec::new();
        for n in 0..RETRY_ABOVE {
            let Decision::Accept(permit) = limits.admit(v4(n as u16), false) else {
                panic!("refused at {n}")
            };
            held.push(permit);
        }
        assert!(matches!(limits.admit(v4(999), false), Decision::Retry));
        assert!(matches!(limits.admit(v4(999), true), Decision::Accept(_)));
        held.pop();
        assert!(matches!(limits.admit(v4(999), false), Decision::Accept(_)));
    }

    #[test]
    fn one_source_cannot_take_everybodys_places() {
        let limits = HandshakeLimits::default();
        let mut held = Vec::new();
        while let Decision::Accept(permit) = limits.admit(v4(1), true) {
            held.push(permit);
        }
        assert_eq!(held.len(), MAX_HANDSHAKES_PER_SOURCE);
        assert!(matches!(limits.admit(v4(1), true), Decision::Refuse));
        assert!(matches!(limits.admit(v4(2), true), Decision::Accept(_)));
    }

    #[test]
    fn the_total_is_bounded_and_the_table_empties_again() {
        let limits = HandshakeLimits::default();
        let held: Vec<_> = (0..1000)
            .filter_map(|n| match limits.admit(v4(n), true) {
                Decision::Accept(permit) => Some(permit),
                _ => None,
            })
            .collect();
        assert_eq!(held.len(), MAX_HANDSHAKES);
        assert!(matches!(limits.admit(v4(5000), true), Decision::Ignore));
        drop(held);
        assert_eq!(lock(&limits.counts).total, 0);
        assert!(lock(&limits.counts).per_source.is_empty());
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one_source() {
        let one: IpAddr = "2001:db8:1:2::1".parse().unwrap();
        let other: IpAddr = "2001:db8:1:2:ffff::9".parse().unwrap();
        assert_eq!(Source::from(one), Source::from(other));
        let mapped: IpAddr = "::ffff:10.0.0.1".parse().unwrap();
        assert_eq!(Source::from(mapped), Source::from(v4(1)));
    }
}
