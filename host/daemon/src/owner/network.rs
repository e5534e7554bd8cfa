//! Where somebody asks from, as far as he cannot choose it freely.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// An IPv4 address, or the /64 that one IPv6 neighbour controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Network(Ipv6Addr);

impl Network {
    /// Whether it is this machine talking to itself.
    pub fn is_loopback(self) -> bool {
        self.0.to_canonical().is_loopback() || self.0 == Ipv6Addr::UNSPECIFIED
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(Ipv4Addr::to_ipv6_mapped(&v4)),
            IpAddr::V6(v6) => Self(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn neighbours_of_one_64_are_one_source_and_mapped_addresses_are_ipv4() {
        assert_eq!(network("2001:db8:1:2::5"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::5"), network("2001:db8:1:3::5"));
        assert_eq!(network("192.0.2.1"), network("::ffff:192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert!(network("127.0.0.1").is_loopback() && network("::1").is_loopback());
        assert!(!network("192.0.2.1").is_loopback() && !network("fe80::1").is_loopback());
    }
}
