//! The UDP socket of one stream's data plane (punktfunk/1 §4.1): punches in, batches of datagrams out.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use punktfunk_core::video::PUNCH;
use punktfunk_udp::{BatchSocket, Sent, bind};

/// A socket that sends to one client.
#[derive(Debug)]
pub(super) struct DataSocket {
    socket: BatchSocket,
    port: u16,
}

impl DataSocket {
    /// Binds on `local`, the address at which the client's connection arrived, because clients drop packets from any
    /// other. Without it, on every address of the family of `peer`. `port` 0 takes a free one.
    pub(super) fn bind(local: Option<IpAddr>, peer: IpAddr, port: u16) -> io::Result<Self> {
        let any = match peer {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let local = local.map(|ip| ip.to_canonical()).filter(|ip| ip.is_ipv4() == peer.is_ipv4());
        let socket = BatchSocket::new(bind(local.unwrap_or(any), port)?)?;
        let port = socket.local_addr()?.port();
        Ok(Self { socket, port })
    }

    /// The port to name in Welcome.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Waits until something can be read.
    pub(super) fn wait(&self, most: Duration) {
        self.socket.wait(most);
    }

    /// Reads what has arrived and tells where punches of `peer` came from. Everything else is ignored.
    pub(super) fn punches(&self, peer: IpAddr, mut hear: impl FnMut(SocketAddr)) {
        self.socket.receive(|bytes, from| {
            let (punches, rest) = bytes.as_chunks::<{ PUNCH.len() }>();
            if from.ip() == peer
                && rest.is_empty()
                && !punches.is_empty()
                && punches.iter().all(|punch| punch == PUNCH)
            {
                hear(from);
            }
        });
    }

    /// Sends `bytes` as datagrams of `segment` bytes each (the last may be shorter), in as few calls as possible.
    pub(super) fn send(&self, to: SocketAddr, bytes: &[u8], segment: usize) -> Sent {
        self.socket.send(to, bytes, segment)
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;

    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn pair() -> (DataSocket, UdpSocket) {
        let host = DataSocket::bind(Some(LOCAL), LOCAL, 0).unwrap();
        let client = UdpSocket::bind((LOCAL, 0)).unwrap();
        client.connect((LOCAL, host.port())).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        (host, client)
    }

    fn heard(host: &DataSocket, peer: IpAddr) -> Vec<SocketAddr> {
        let mut heard = Vec::new();
        host.punches(peer, |from| heard.push(from));
        heard
    }

    #[test]
    fn every_punch_of_the_peer_names_its_port() {
        let (host, client) = pair();
        let other = UdpSocket::bind((LOCAL, 0)).unwrap();
        client.send(PUNCH).unwrap();
        other.send_to(PUNCH, (LOCAL, host.port())).unwrap();
        host.wait(Duration::from_secs(5));
        assert_eq!(heard(&host, LOCAL), [client.local_addr().unwrap(), other.local_addr().unwrap()]);
        assert!(heard(&host, LOCAL).is_empty());
    }

    #[test]
    fn what_is_no_punch_or_comes_from_elsewhere_is_ignored() {
        let (host, client) = pair();
        for junk in [&b"PFpunch2"[..], b"PFpunch1x", b"", b"PFpunch1PFpunch"] {
            client.send(junk).unwrap();
        }
        host.wait(Duration::from_secs(5));
        assert!(heard(&host, LOCAL).is_empty());
        client.send(PUNCH).unwrap();
        host.wait(Duration::from_secs(5));
        assert!(heard(&host, IpAddr::from([127, 0, 0, 2])).is_empty());
    }

    #[test]
    fn a_link_local_arrival_address_does_not_keep_the_stream_from_its_socket() {
        let peer: IpAddr = "fe80::1".parse().unwrap();
        assert!(DataSocket::bind(Some("fe80::2".parse().unwrap()), peer, 0).is_ok());
    }

    #[test]
    fn a_fixed_port_that_is_taken_falls_back_to_a_free_one() {
        let taken = UdpSocket::bind((LOCAL, 0)).unwrap().local_addr().unwrap().port();
        let first = DataSocket::bind(Some(LOCAL), LOCAL, taken).unwrap();
        let second = DataSocket::bind(Some(LOCAL), LOCAL, taken).unwrap();
        assert_eq!(first.port(), taken);
        assert_ne!(second.port(), taken);
    }
}
