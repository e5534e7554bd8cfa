//! The places of connections from the network.

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::owner::Neighbour;

/// Connections from the network.
const ALL: usize = 64;
/// Of those, connections from one address: the many that one browser opens, and not nearly all.
const FROM_ONE: usize = 16;
/// Of those, connections from one IPv6 prefix.
const FROM_ONE_PREFIX: usize = 48;

/// Who has a place. When there is none left, somebody who has shown no right makes room.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    /// The one that was opened first at the front.
    connections: Vec<Connection>,
    count: u64,
}

#[derive(Debug)]
struct Connection {
    id: u64,
    peer: SocketAddr,
    from: Neighbour,
    has_right: bool,
    line: TcpStream,
}

/// A connection's place; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    id: u64,
}

impl Places {
    /// A place for a connection from `peer`, which `line` hangs up.
    pub(super) fn take(&self, peer: SocketAddr, line: TcpStream) -> Option<Place> {
        let from = Neighbour::from(peer.ip());
        let mut taken = self.lock();
        if taken.count_of(|other| other == from) >= FROM_ONE {
            return None;
        }
        if let Some(prefix) = from.prefix() {
            taken.make_room(FROM_ONE_PREFIX, |other| other.prefix() == Some(prefix))?;
        }
        taken.make_room(ALL, |_| true)?;
        taken.count += 1;
        let id = taken.count;
        taken.connections.push(Connection { id, peer, from, has_right: false, line });
        Some(Place { places: self.clone(), id })
    }

    /// The connection from `peer` has shown a right.
    pub(super) fn keep(&self, peer: SocketAddr) {
        let mut taken = self.lock();
        taken.connections.iter_mut().filter(|other| other.peer == peer).for_each(|own| own.has_right = true);
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn count_of(&self, belongs: impl Fn(Neighbour) -> bool) -> usize {
        self.connections.iter().filter(|one| belongs(one.from)).count()
    }

    /// Has less than `cap` of those who belong here. Of those without a right, the one goes that was opened first by whoever
    /// has most: a crowd makes room for whoever comes alone.
    fn make_room(&mut self, cap: usize, belongs: impl Fn(Neighbour) -> bool) -> Option<()> {
        if self.count_of(&belongs) < cap {
            return Some(());
        }
        let strangers = self.connections.iter().enumerate();
        let strangers = strangers.filter(|(_, one)| !one.has_right && belongs(one.from));
        let crowd = |from| self.count_of(|other| other == from);
        let (at, _) = strangers.rev().max_by_key(|(_, one)| crowd(one.from))?;
        let goes = self.connections.remove(at);
        // one that is gone already needs no hanging up
        let _ = goes.line.shutdown(Shutdown::Both);
        Some(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.lock().connections.retain(|other| other.id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::net::{IpAddr, TcpListener};
    use std::time::Duration;

    use super::*;

    /// A line, and its other end.
    fn line() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let there = listener.accept().unwrap().0;
        there.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        (here, there)
    }

    struct Bench {
        places: Places,
        line: TcpStream,
        _there: TcpStream,
        port: u16,
    }

    impl Bench {
        fn new() -> Self {
            let (line, there) = line();
            Self { places: Places::default(), line, _there: there, port: 1024 }
        }

        fn take(&mut self, from: &str) -> Option<(SocketAddr, Place)> {
            self.port += 1;
            let peer = (from.parse::<IpAddr>().unwrap(), self.port).into();
            Some((peer, self.places.take(peer, self.line.try_clone().unwrap())?))
        }

        fn crowd(&mut self, from: &str, many: usize) -> Vec<(SocketAddr, Place)> {
            (0..many).filter_map(|_| self.take(from)).collect()
        }

        fn has(&self, (peer, _): &(SocketAddr, Place)) -> bool {
            self.places.lock().connections.iter().any(|one| one.peer == *peer)
        }

        fn count(&self) -> usize {
            self.places.lock().connections.len()
        }
    }

    #[test]
    fn one_neighbour_cannot_take_the_places_of_the_others() {
        let mut bench = Bench::new();
        let crowd = bench.crowd("192.0.2.1", 100);
        assert_eq!(crowd.len(), FROM_ONE);
        let owner = bench.take("192.0.2.2").unwrap();
        drop(crowd);
        assert!(bench.take("192.0.2.1").is_some(), "places come back");
        drop(owner);
        assert_eq!(bench.count(), 0, "and nothing is remembered");
    }

    #[test]
    fn four_neighbours_who_take_all_they_can_keep_neither_a_new_browser_out_nor_one_that_is_signed_in() {
        let mut bench = Bench::new();
        let signed_in = bench.take("192.0.2.9").unwrap();
        bench.places.keep(signed_in.0);
        let crowd: Vec<_> =
            (1..=4).flat_map(|number| bench.crowd(&format!("192.0.2.{number}"), FROM_ONE)).collect();
        assert_eq!(bench.count(), ALL);
        let new = bench.take("192.0.2.8").unwrap();
        assert_eq!(bench.count(), ALL);
        let more: Vec<_> =
            (1..=4).flat_map(|number| bench.crowd(&format!("192.0.2.{number}"), FROM_ONE)).collect();
        assert!(bench.has(&signed_in) && bench.has(&new));
        assert_eq!(bench.count(), ALL);
        drop((crowd, more));
        assert_eq!(bench.count(), 2);
    }

    #[test]
    fn a_crowd_of_one_ipv6_prefix_leaves_places_to_others_and_makes_room_in_its_own() {
        let mut bench = Bench::new();
        let crowd: Vec<_> = (1..=200).filter_map(|n| bench.take(&format!("2001:db8::{n:x}"))).collect();
        assert_eq!((crowd.len(), bench.count()), (200, FROM_ONE_PREFIX));
        let owner = bench.take("2001:db8::ffff").unwrap();
        bench.places.keep(owner.0);
        let more: Vec<_> = (201..=400).filter_map(|n| bench.take(&format!("2001:db8::{n:x}"))).collect();
        assert!(bench.has(&owner) && bench.count() == FROM_ONE_PREFIX);
        drop((crowd, more));
    }

    #[test]
    fn whoever_makes_room_is_hung_up_and_who_has_shown_a_right_is_not() {
        let mut bench = Bench::new();
        let (line, mut there) = line();
        let first = bench.places.take(("192.0.2.77".parse::<IpAddr>().unwrap(), 9).into(), line).unwrap();
        let crowd: Vec<_> = (1..=64).filter_map(|n| bench.take(&format!("192.0.2.{n}"))).collect();
        assert_eq!(there.read(&mut [0; 1]).unwrap(), 0);
        drop(first);
        crowd.iter().for_each(|(peer, _)| bench.places.keep(*peer));
        assert!(bench.take("192.0.2.200").is_none(), "nobody who has shown a right makes room");
        assert_eq!(crowd.iter().filter(|one| bench.has(one)).count(), ALL);
    }
}
