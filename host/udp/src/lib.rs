//! The UDP socket of a stream, at whichever door: bound for one client, it sends datagrams in as few calls as possible, and
//! reads what little the client sends.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::ops::AddAssign;
use std::os::fd::AsFd as _;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use quinn_udp::{Transmit, UdpSockRef, UdpSocketState};

/// Send buffer asked for, bytes: a few large pictures. The kernel may grant less.
const SEND_BUFFER: usize = 4 << 20;
/// The most that one call may hand to the kernel (a UDP datagram's limit holds for a whole batch).
const MAX_BATCH_BYTES: usize = 65_507;
/// How long a full send buffer is waited for before datagrams are dropped.
const FULL_WAIT: Duration = Duration::from_millis(4);
/// Datagrams read in one go; whoever floods the socket gets no more of the sender's time.
const MAX_READS: usize = 32;
/// Bytes read of a datagram.
const MAX_READ_BYTES: usize = 2048;

/// Binds a socket on `local`, at `port` unless that is taken: any port is better than no stream. `port` 0 takes a free one.
///
/// # Errors
/// The address is none of this machine's, or it is out of ports.
pub fn bind(local: IpAddr, port: u16) -> io::Result<UdpSocket> {
    let any = match local {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    // a link-local address cannot be bound without the interface, which nobody tells
    let local = if matches!(local, IpAddr::V6(v6) if v6.is_unicast_link_local()) { any } else { local };
    UdpSocket::bind((local, port)).or_else(|error| match port {
        0 => Err(error),
        _ => UdpSocket::bind((local, 0)),
    })
}

/// A socket that sends to one client.
#[derive(Debug)]
pub struct BatchSocket {
    socket: UdpSocket,
    offload: UdpSocketState,
}

/// What became of datagrams.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Those that the kernel took.
    pub datagrams: u32,
    /// Those that it had no room for, or refused.
    pub dropped: u32,
}

impl AddAssign for Sent {
    fn add_assign(&mut self, other: Self) {
        self.datagrams += other.datagrams;
        self.dropped += other.dropped;
    }
}

impl BatchSocket {
    /// Makes a bound socket one that does not block and sends batches.
    ///
    /// # Errors
    /// The kernel refuses what every Linux since 4.18 has.
    pub fn new(socket: UdpSocket) -> io::Result<Self> {
        let offload = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // as much as the kernel grants; the default works too
        let _ = offload.set_send_buffer_size(UdpSockRef::from(&socket), SEND_BUFFER);
        Ok(Self { socket, offload })
    }

    /// Where it is bound.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Waits until something can be read.
    pub fn wait(&self, most: Duration) {
        self.poll(PollFlags::POLLIN, most);
    }

    /// Reads what has arrived, within bounds. The kernel may hand over several equal datagrams as one.
    pub fn receive(&self, mut hear: impl FnMut(&[u8], SocketAddr)) {
        let mut bytes = [0; MAX_READ_BYTES];
        for _ in 0..MAX_READS {
            let Ok((length, from)) = self.socket.recv_from(&mut bytes) else { break };
            hear(&bytes[..length], from);
        }
    }

    /// Datagrams of `segment` bytes that one call may carry.
    #[must_use]
    pub fn batch(&self, segment: usize) -> usize {
        self.offload.max_gso_segments().min(MAX_BATCH_BYTES / segment.max(1)).max(1)
    }

    /// Sends `bytes` as datagrams of `segment` bytes each (the last may be shorter), in as few calls as possible.
    pub fn send(&self, to: SocketAddr, bytes: &[u8], segment: usize) -> Sent {
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
        match self.offload.try_send(UdpSockRef::from(&self.socket), &transmit) {
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

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn a_port_that_is_taken_falls_back_to_a_free_one() {
        let first = bind(LOCAL, 0).unwrap();
        let taken = first.local_addr().unwrap().port();
        assert_ne!(bind(LOCAL, taken).unwrap().local_addr().unwrap().port(), taken);
    }

    #[test]
    fn a_link_local_address_does_not_keep_a_stream_from_its_socket() {
        let any = bind("fe80::2".parse().unwrap(), 0).unwrap();
        assert!(any.local_addr().unwrap().ip().is_unspecified());
    }

    #[test]
    fn a_batch_arrives_as_single_datagrams() {
        let host = BatchSocket::new(bind(LOCAL, 0).unwrap()).unwrap();
        let client = UdpSocket::bind((LOCAL, 0)).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
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
    fn a_flood_gets_no_more_than_its_share_of_one_look() {
        let host = BatchSocket::new(bind(LOCAL, 0).unwrap()).unwrap();
        let stranger = UdpSocket::bind((LOCAL, 0)).unwrap();
        for n in 0..=MAX_READS as u8 {
            stranger.send_to(&[n], host.local_addr().unwrap()).unwrap();
        }
        host.wait(Duration::from_secs(5));
        let mut heard = 0;
        host.receive(|_, from| heard += usize::from(from == stranger.local_addr().unwrap()));
        assert_eq!(heard, MAX_READS);
    }
}
