//! Where somebody asks from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Somebody on the network, by his address. All devices of a home share one IPv6 prefix, so a whole address counts as one
/// neighbour: else any device there could make the owner wait. Who takes many addresses of a [`prefix`](Self::prefix) is
/// bounded by what all of it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Neighbour(Ipv6Addr);

impl Neighbour {
    /// Whether it is this machine talking to itself.
    pub fn is_loopback(self) -> bool {
        self.0.to_canonical().is_loopback() || self.0 == Ipv6Addr::UNSPECIFIED
    }

    /// The /64 of an IPv6 address: whoever is in it may take any address of it.
    pub fn prefix(self) -> Option<Self> {
        let is_v6 = self.0.to_ipv4_mapped().is_none();
        is_v6.then(|| Self(Ipv6Addr::from_bits(self.0.to_bits() & !u128::from(u64::MAX))))
    }
}

impl From<IpAddr> for Neighbour {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(Ipv4Addr::to_ipv6_mapped(&v4)),
            IpAddr::V6(v6) => Self(v6),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neighbour(text: &str) -> Neighbour {
        text.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn two_devices_of_a_home_are_two_neighbours_of_one_prefix_and_mapped_addresses_are_ipv4() {
        let (one, other) = (neighbour("2001:db8:1:2::5"), neighbour("2001:db8:1:2:ffff::9"));
        assert_ne!(one, other);
        assert_eq!(one.prefix(), other.prefix());
        assert_ne!(one.prefix(), neighbour("2001:db8:1:3::5").prefix());
        assert_eq!(neighbour("192.0.2.1"), neighbour("::ffff:192.0.2.1"));
        assert_ne!(neighbour("192.0.2.1"), neighbour("192.0.2.2"));
        assert_eq!(neighbour("192.0.2.1").prefix(), None);
        assert!(neighbour("127.0.0.1").is_loopback() && neighbour("::1").is_loopback());
        assert!(!neighbour("192.0.2.1").is_loopback() && !neighbour("fe80::1").is_loopback());
    }
}
