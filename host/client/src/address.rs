//! Where a host is: what a person types, and what it resolves to.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use punktfunk_core::wire::DEFAULT_PORT;

/// The longest host name that the domain name system can carry.
const MAX_HOST_BYTES: usize = 253;

/// A host as a person writes it: `living-room`, `192.168.1.20:9777`, `[fe80::1]:9777`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostAddress {
    host: String,
    port: u16,
}

/// What is wrong with a written address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// There is no host in front of the port.
    #[error("the address names no host; write HOST or HOST:PORT, for example 192.168.1.20:9777")]
    NoHost,
    /// What follows the colon is not a port.
    #[error("the port must be a number from 1 to 65535")]
    Port,
    /// No host name is this long, or carries such characters.
    #[error(
        "the host name may hold letters, digits, '.', '-' and '_', at most 253 of them; put an IPv6 address in [brackets]"
    )]
    Host,
}

impl HostAddress {
    /// An address from its parts.
    ///
    /// # Errors
    /// When `host` is neither a name nor an address, or `port` is 0.
    pub fn new(host: &str, port: u16) -> Result<Self, AddressError> {
        if host.is_empty() {
            return Err(AddressError::NoHost);
        }
        if port == 0 {
            return Err(AddressError::Port);
        }
        let literal = host.parse::<IpAddr>().is_ok();
        let letters = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b) || b >= 0x80);
        if host.len() > MAX_HOST_BYTES || !(literal || letters) {
            return Err(AddressError::Host);
        }
        Ok(Self { host: host.to_owned(), port })
    }

    /// The name or literal address, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The UDP port of the native door.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Picks the address to dial from what a look-up gave: IPv4 first, because hosts of this protocol promise only
    /// that (punktfunk/1 §1.1).
    pub(crate) fn pick(found: impl Iterator<Item = SocketAddr>) -> Option<SocketAddr> {
        found.min_by_key(|address| !address.is_ipv4())
    }
}

impl From<SocketAddr> for HostAddress {
    fn from(address: SocketAddr) -> Self {
        Self { host: address.ip().to_string(), port: address.port() }
    }
}

impl FromStr for HostAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.parse::<Ipv6Addr>().is_ok() {
            return Self::new(text, DEFAULT_PORT);
        }
        if let Some(rest) = text.strip_prefix('[') {
            let (host, after) = rest.split_once(']').ok_or(AddressError::Host)?;
            host.parse::<Ipv6Addr>().map_err(|_| AddressError::Host)?;
            return match after.strip_prefix(':') {
                Some(port) => Self::new(host, parse_port(port)?),
                None if after.is_empty() => Self::new(host, DEFAULT_PORT),
                None => Err(AddressError::Port),
            };
        }
        match text.split_once(':') {
            Some((host, port)) => Self::new(host, parse_port(port)?),
            None => Self::new(text, DEFAULT_PORT),
        }
    }
}

impl fmt::Display for HostAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

fn parse_port(text: &str) -> Result<u16, AddressError> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|&port| digits && port != 0).ok_or(AddressError::Port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_host_without_a_port_gets_the_default_one() {
        for (text, host) in [
            ("living-room", "living-room"),
            ("10.0.0.2", "10.0.0.2"),
            ("fe80::1", "fe80::1"),
            ("[::1]", "::1"),
        ] {
            let address: HostAddress = text.parse().expect(text);
            assert_eq!((address.host(), address.port()), (host, DEFAULT_PORT));
        }
    }

    #[test]
    fn a_written_port_is_taken() {
        assert_eq!("box:1".parse::<HostAddress>().expect("address").port(), 1);
        assert_eq!("[::1]:65535".parse::<HostAddress>().expect("address").to_string(), "[::1]:65535");
    }

    #[test]
    fn nonsense_is_refused_with_its_reason() {
        for (text, error) in [
            ("", AddressError::NoHost),
            (":9777", AddressError::NoHost),
            ("box:", AddressError::Port),
            ("box:0", AddressError::Port),
            ("box:+9", AddressError::Port),
            ("box:65536", AddressError::Port),
            ("[::1]9", AddressError::Port),
            ("[::1", AddressError::Host),
            ("[box]:1", AddressError::Host),
            ("a b", AddressError::Host),
            ("https://box", AddressError::Port),
            ("box\u{1b}[31m", AddressError::Host),
        ] {
            assert_eq!(text.parse::<HostAddress>(), Err(error), "{text:?}");
        }
    }

    #[test]
    fn an_ipv4_address_is_preferred() {
        let both = ["[::1]:1".parse().expect("v6"), "127.0.0.1:1".parse().expect("v4")];
        assert_eq!(HostAddress::pick(both.into_iter()), Some(both[1]));
        assert_eq!(HostAddress::pick(both.into_iter().take(1)), Some(both[0]));
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_without_panic_and_a_good_one_prints_as_itself(text in "\\PC{0,40}") {
            if let Ok(address) = text.parse::<HostAddress>() {
                prop_assert_eq!(address.to_string().parse::<HostAddress>(), Ok(address));
            }
        }

        #[test]
        fn every_socket_address_survives_printing(ip: [u8; 4], port in 1u16..) {
            let address = HostAddress::from(SocketAddr::from((ip, port)));
            prop_assert_eq!(address.to_string().parse::<HostAddress>(), Ok(address));
        }
    }
}
