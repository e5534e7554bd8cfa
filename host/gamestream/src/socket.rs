//! A stream's UDP socket: pings with the session's secret in, batches of datagrams out.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::AsFd as _;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use quinn_udp::{Transmit, UdpSockRef, UdpSocketState};

use crate::rtsp::PING_SECRET_BYTES;

/// Send buffer asked for, bytes: a few large pictures. The kernel may grant less.
const SEND_BUFFER: usize = 4 << 20;
/// The most that one call may hand to the kernel.
const MAX_BATCH_BYTES: usize = 65_507;
/// How long a full send buffer is waited for before datagrams are dropped.
const FULL_WAIT: Duration = Duration::from_millis(4);
/// Datagrams read in one go; whoever floods the socket gets no more of the sender's time.
const MAX_READS: usize = 32;
/// Secret and counter.
const PING_BYTES: usize = PING_SECRET_BYTES + 4;

/// Binds a UDP socket on `local`, at `port` unless that is taken; then any port will do.
pub(crate) fn bind_udp(local: IpAddr, port: u16) -> io::Result<UdpSocket> {
    let any = match local {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    // a link-local address cannot be bound without the interface
    let local = if matches!(local, IpAddr::V6(v6) if v6.is_unicast_link_local()) { any } else { local };
    UdpSocket::bind((local, port)).or_else(|_| UdpSocket::bind((local, 0)))
}

/// Whether this is a ping of the session with this secret, or several at once, as the kernel hands over equal ones.
pub(crate) fn is_ping(bytes: &[u8], secret: &[u8; PING_SECRET_BYTES]) -> bool {
    !bytes.is_empty() && bytes.len().is_multiple_of(PING_BYTES) && bytes.starts_with(secret)
}

/// A socket that sends to one client.
#[derive(Debug)]
pub(crate) struct StreamSocket {
    socket: UdpSocket,
    offload: UdpSocketState,
}

impl StreamSocket {
    pub(crate) fn new(socket: UdpSocket) -> io::Result<Self> {
        let offload = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // as much as the kernel grants; the default works too
        let _ = offload.set_send_buffer_size(UdpSockRef::from(&socket), SEND_BUFFER);
        Ok(Self { socket, offload })
    }

    /// Waits until something can be read.
    pub(crate) fn wait(&self, most: Duration) {
        self.poll(PollFlags::POLLIN, most);
    }

    /// Reads what has arrived and tells where the client's last ping came from, if one did. Only the secret counts.
    pub(crate) fn pinged_from(&self, client: IpAddr, secret: &[u8; PING_SECRET_BYTES]) -> Option<SocketAddr> {
        let mut bytes = [0; 2048];
        let mut last = None;
        for _ in 0..MAX_READS {
            let Ok((length, from)) = self.socket.recv_from(&mut bytes) else { break };
            if is_ping(&bytes[..length], secret) && from.ip() == client {
                last = Some(from);
            }
        }
        last
    }

    /// Sends `bytes` as datagrams of `segment` bytes each, in as few calls as possible; says how many the kernel did not
    /// take.
    pub(crate) fn send(&self, to: SocketAddr, bytes: &[u8], segment: usize) -> u32 {
        let (mut dropped, mut rest) = (0, bytes);
        while !rest.is_empty() {
            let count = self.offload.max_gso_segments().min(MAX_BATCH_BYTES / segment.max(1)).max(1);
            let (now, later) = rest.split_at(rest.len().min(count * segment));
            let datagrams = now.len().div_ceil(segment) as u32;
            match self.send_once(to, now, segment) {
                // segmentation offload was given up just now: the same bytes again, one by one
                Err(_) if datagrams > 1 && self.offload.max_gso_segments() == 1 => continue,
                Err(_) => dropped += datagrams,
                Ok(()) => {}
            }
            rest = later;
        }
        dropped
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
    const SECRET: &[u8; 16] = b"0123456789abcdef";

    #[test]
    fn only_a_ping_with_the_secret_from_the_client_says_where_to_send() {
        let host = bind_udp(LOCAL, 0).unwrap();
        let to = host.local_addr().unwrap();
        let host = StreamSocket::new(host).unwrap();
        let client = UdpSocket::bind((LOCAL, 0)).unwrap();
        for junk in [&b"PING"[..], b"", b"0123456789abcdeX\0\0\0\x01", b"0123456789abcdef\0\0"] {
            client.send_to(junk, to).unwrap();
        }
        host.wait(Duration::from_secs(5));
        assert_eq!(host.pinged_from(LOCAL, SECRET), None);
        client.send_to(&[&SECRET[..], &[0, 0, 0, 1]].concat(), to).unwrap();
        host.wait(Duration::from_secs(5));
        assert_eq!(host.pinged_from(LOCAL, SECRET), Some(client.local_addr().unwrap()));
        client.send_to(&[&SECRET[..], &[0, 0, 0, 2]].concat(), to).unwrap();
        host.wait(Duration::from_secs(5));
        assert_eq!(host.pinged_from([127, 0, 0, 9].into(), SECRET), None);
    }

    #[test]
    fn a_port_that_is_taken_falls_back_to_a_free_one() {
        let first = bind_udp(LOCAL, 0).unwrap();
        let taken = first.local_addr().unwrap().port();
        assert_ne!(bind_udp(LOCAL, taken).unwrap().local_addr().unwrap().port(), taken);
    }
}
