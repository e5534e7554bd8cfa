//! Where a client's pictures go: to where its punches come from (punktfunk/1 §4.1).

use std::net::SocketAddr;

/// For how long an address that punches cannot be replaced, nanoseconds: two and a half of the clients' periods of 2 s.
/// A punch is eight well-known bytes, so whoever can send from the client's IP address (another program there, or a
/// forger on the same wire) could otherwise take the pictures away with a single one.
const HOLDS_NS: u64 = 5_000_000_000;

/// The address in force, and how long it has been quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PunchedAddress {
    to: SocketAddr,
    /// When it last punched; `None` for one that was only named.
    last_ns: Option<u64>,
}

impl PunchedAddress {
    /// An address that the client named without having punched. Any punch replaces it.
    pub(super) fn named(to: SocketAddr) -> Self {
        Self { to, last_ns: None }
    }

    /// The address of the first punch.
    pub(super) fn punched(to: SocketAddr, now_ns: u64) -> Self {
        Self { to, last_ns: Some(now_ns) }
    }

    /// A punch has come from here.
    pub(super) fn hear(&mut self, from: SocketAddr, now_ns: u64) {
        let quiet = self.last_ns.is_none_or(|last| now_ns.saturating_sub(last) > HOLDS_NS);
        if from == self.to || quiet {
            *self = Self::punched(from, now_ns);
        }
    }

    /// Where pictures go.
    pub(super) fn to(&self) -> SocketAddr {
        self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn port(port: u16) -> SocketAddr {
        ([192, 0, 2, 7], port).into()
    }

    #[test]
    fn a_forged_punch_takes_no_pictures_away_from_a_client_that_still_punches() {
        let mut address = PunchedAddress::punched(port(1), 0);
        for second in 1..60 {
            address.hear(port(666), second * SECOND);
            if second % 2 == 0 {
                address.hear(port(1), second * SECOND);
            }
            assert_eq!(address.to(), port(1), "after {second} s");
        }
    }

    #[test]
    fn pictures_follow_a_client_whose_port_has_changed() {
        let mut address = PunchedAddress::punched(port(1), 0);
        address.hear(port(2), 2 * SECOND);
        address.hear(port(2), 4 * SECOND);
        assert_eq!(address.to(), port(1));
        address.hear(port(2), 6 * SECOND);
        assert_eq!(address.to(), port(2));
        address.hear(port(1), 7 * SECOND);
        assert_eq!(address.to(), port(2), "the old port is another one now");
    }

    #[test]
    fn an_address_that_was_only_named_gives_way_to_the_first_punch() {
        let mut address = PunchedAddress::named(port(9));
        address.hear(port(1), 0);
        assert_eq!(address.to(), port(1));
    }
}
