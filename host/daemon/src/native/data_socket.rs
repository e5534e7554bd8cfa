//! The UDP socket of one stream's data plane (punktfunk/1 §4.1): punches in, batches of datagrams out.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::ops::AddAssign;
use std::os::fd::AsFd as _;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use punktfunk_core::video::PUNCH;
use quinn_udp::{Transmit, UdpSockRef, UdpSocketState};

/// Send buffer asked for, bytes: a few large pictures. The kernel may grant less.
const SEND_BUFFER: usize = 4 << 20;
/// The most that one call may hand to the kernel (a UDP datagram's limit holds for a whole batch).
const MAX_BATCH_BYTES: usize = 65_507;
/// How long a full send buffer is waited for before datagrams are dropped.
const FULL_WAIT: Duration = Duration::from_millis(4);
/// Datagrams read in one go; whoever floods the socket gets no more of the sender's time.
const MAX_READS: usize = 32;

/// A socket that sends to one client.
#[derive(Debug)]
pub(super) struct DataSocket {
    socket: UdpSocket,
    offload: UdpSocketState,
    port: u16,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sent {
    /// Datagrams that the kernel took.
    pub(super) datagrams: u32,
    /// Datagrams that it had no room for, or refused.
    pub(super) dropped: u32,
}

impl AddAssign for Sent {
    fn add_assign(&mut self, other: Self) {
        self.datagrams += other.datagrams;
        self.dropped += other.dropped;
    }
}

impl DataSocket {
    /// Binds on `local`, the address at which the client's connection arrived, because clients drop packets from any
    /// other. Without it, on every address of the family of `peer`. `port` 0 takes a free one.
    pub(super) fn bind(local: Option<IpAddr>, peer: IpAddr, port: u16) -> io::Result<Self> {
        let any = match peer {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let local = local
            .map(|ip| ip.to_canonical())
            // a link-local address cannot be bound without the interface, which QUIC does not tell
            .filter(|ip| ip.is_ipv4() == peer.is_ipv4() && !is_link_local(*ip));
        let socket = UdpSocket::bind((local.unwrap_or(any), port)).or_else(|error| match port {
            0 => Err(error),
            // a fixed port that another stream holds: any port is better than no stream
            _ => UdpSocket::bind((local.unwrap_or(any), 0)),
        })?;
        let offload = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // as much as the kernel grants; the default works too
        let _ = offload.set_send_buffer_size(UdpSockRef::from(&socket), SEND_BUFFER);
        let port = socket.local_addr()?.port();
        Ok(Self { socket, offload, port })
    }

    /// The port to name in Welcome.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Waits until something can be read.
    pub(super) fn wait(&self, most: Duration) {
        self.poll(PollFlags::POLLIN, most);
    }

    /// Reads what has arrived and tells where punches of `peer` came from. Everything else is ignored.
    pub(super) fn punches(&self, peer: IpAddr, mut hear: impl FnMut(SocketAddr)) {
        let mut bytes = [0; 64 * PUNCH.len()];
        for _ in 0..MAX_READS {
            let Ok((length, from)) = self.socket.recv_from(&mut bytes) else { break };
            // the kernel may hand over several equal datagrams as one
            let (punches, rest) = bytes[..length].as_chunks::<{ PUNCH.len() }>();
            if from.ip() == peer
                && rest.is_empty()
                && !punches.is_empty()
                && punches.iter().all(|p| p == PUNCH)
            {
                hear(from);
            }
        }
    }

    /// Datagrams of `segment` bytes that one call may carry.
    pub(super) fn batch(&self, segment: usize) -> usize {
        self.offload.max_gso_segments().min(MAX_BATCH_BYTES / segment.max(1)).max(1)
    }

    /// Sends `bytes` as datagrams of `segment` bytes each (the last may be shorter), in as few calls as possible.
    pub(super) fn send(&self, to: SocketAddr, bytes: &[u8], segment: usize) -> Sent {
        let mut sent = Sent::default();
        let mut rest = bytes;
        while !rest.is_empty() {
            let count = self.batch(segment);
            let (now, later) = rest.split_at(rest.len().min(count * segment));
            let datagrams = now.len().div_ceil(segment) as u32;
            match self.send_once(to, now, segment) {
                Ok(()) => sent.datagrams += datagrams,
                // segmentation offload was given up just now: the same bytes again, one by one
                Err(_) if datagrams > 1 && self.offload.max_gso_segments() == 1 => continue,
                Err(_) => sent.dropped += datagrams,
            }
            rest = later;
        }
        sent
    }

    fn send_once(&self, to: SocketAddr, bytes: &[u8], segment: usize) -> io::Result<()> {
        let transmit = Transmit {
            destination: to,
            ecn: None,
            contents: bytes,
            segment_size: (bytes.len() > segment).then_some(segment),
            src_ip: None,
        };
        let socket = UdpSockRef::from(&self.socket);
        match self.offload.try_send(socket, &transmit) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.poll(PollFlags::POLLOUT, FULL_WAIT);
                self.offload.try_send(UdpSockRef::from(&self.socket), &transmit)
            }
            outcome => outcome,
        }
    }

    fn poll(&self, what: PollFlags, most: Duration) {
        let mut sockets = [PollFd::new(self.socket.as_fd(), what)];
        let most = PollTimeout::try_from(most).unwrap_or(PollTimeout::MAX);
        // an interrupted wait is only shorter
        let _ = poll(&mut sockets, most);
    }
}

fn is_link_local(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local())
}

#[cfg(test)]
mod tests {
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
    fn a_batch_arrives_as_single_datagrams() {
        let (host, client) = pair();
        let bytes: Vec<u8> = (0..5_u8).flat_map(|n| [n; 1472]).collect();
        let sent = host.send(client.local_addr().unwrap(), &bytes, 1472);
        assert_eq!(sent, Sent { datagrams: 5, dropped: 0 });
        let mut datagram = [0; 2000];
        for n in 0..5 {
            assert_eq!(client.recv(&mut datagram).unwrap(), 1472);
            assert_eq!(datagram[0], n);
        }
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
