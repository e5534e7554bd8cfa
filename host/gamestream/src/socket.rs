//! A stream's UDP socket: pings with the session's secret in, batches of datagrams out.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use punktfunk_udp::BatchSocket;

use crate::rtsp::PING_SECRET_BYTES;

/// Secret and counter.
const PING_BYTES: usize = PING_SECRET_BYTES + 4;

/// Whether this is a ping of the session with this secret, or several at once, as the kernel hands over equal ones.
pub(crate) fn is_ping(bytes: &[u8], secret: &[u8; PING_SECRET_BYTES]) -> bool {
    !bytes.is_empty() && bytes.len().is_multiple_of(PING_BYTES) && bytes.starts_with(secret)
}

/// A socket that sends to one client.
#[derive(Debug)]
pub(crate) struct StreamSocket(BatchSocket);

impl StreamSocket {
    pub(crate) fn new(socket: UdpSocket) -> io::Result<Self> {
        BatchSocket::new(socket).map(Self)
    }

    /// Waits until something can be read.
    pub(crate) fn wait(&self, most: Duration) {
        self.0.wait(most);
    }

    /// Reads what has arrived and tells where the client's last ping came from, if one did. Only the secret counts.
    pub(crate) fn pinged_from(&self, client: IpAddr, secret: &[u8; PING_SECRET_BYTES]) -> Option<SocketAddr> {
        let mut last = None;
        self.0.receive(|bytes, from| {
            if is_ping(bytes, secret) && from.ip() == client {
                last = Some(from);
            }
        });
        last
    }

    /// Sends `bytes` as datagrams of `segment` bytes each, in as few calls as possible; says how many the kernel did not
    /// take.
    pub(crate) fn send(&self, to: SocketAddr, bytes: &[u8], segment: usize) -> u32 {
        self.0.send(to, bytes, segment).dropped
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use punktfunk_udp::bind;

    use super::*;

    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const SECRET: &[u8; 16] = b"0123456789abcdef";

    #[test]
    fn only_a_ping_with_the_secret_from_the_client_says_where_to_send() {
        let host = bind(LOCAL, 0).unwrap();
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
}
