//! ENet, as far as a stream needs it: one client that knows the session's secret (GameStream §4.1).

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};

use rusty_enet::{Host, HostSettings, MTU_MAX, PacketReceived, Socket, SocketOptions};

use super::envelope::MAX_MESSAGE_BYTES;

/// Peers at once: the client, and itself once more after it has lost its connection.
const PEERS: usize = 2;
/// Channels that clients ask for.
const CHANNELS: usize = 0x30;
/// Data of all channels that may wait, bytes.
const MAX_WAITING_BYTES: usize = 256 * 1024;

/// The peer number of somebody who has none yet.
const NO_PEER: u16 = 0x0fff;
const HAS_TIME: u16 = 1 << 15;
const IS_COMPRESSED: u16 = 1 << 14;
const CONNECT: u8 = 2;
const CONNECT_BYTES: usize = 48;

/// A socket that shows ENet only what the session's client may have sent: everything from its address, and a request to
/// connect only with the secret of this session. Strangers take no peer away.
#[derive(Debug)]
pub(crate) struct Guarded {
    socket: UdpSocket,
    client: IpAddr,
    secret: u32,
}

/// Opens ENet on `socket`.
pub(crate) fn open(socket: UdpSocket, client: IpAddr, secret: u32) -> io::Result<Host<Guarded>> {
    host_on(Guarded { socket, client, secret })
}

/// ENet with this door's limits.
pub(crate) fn host_on<S: Socket>(socket: S) -> io::Result<Host<S>> {
    let settings = HostSettings { peer_limit: PEERS, channel_limit: CHANNELS, ..HostSettings::default() };
    let mut host = Host::new(socket, settings).map_err(|_| io::Error::other("ENet does not start"))?;
    host.set_maximum_packet_size(MAX_MESSAGE_BYTES)
        .map_err(|_| io::Error::other("ENet refuses its limits"))?;
    host.set_maximum_waiting_data(MAX_WAITING_BYTES)
        .map_err(|_| io::Error::other("ENet refuses its limits"))?;
    Ok(host)
}

impl Guarded {
    fn shows(&self, datagram: &[u8], from: SocketAddr) -> bool {
        from.ip() == self.client && may_pass(datagram, self.secret)
    }
}

/// Whether a datagram is either of a peer that is connected, or a request to connect that carries the secret.
pub(crate) fn may_pass(datagram: &[u8], secret: u32) -> bool {
    let Some(head) = datagram.first_chunk::<2>().map(|bytes| u16::from_be_bytes(*bytes)) else {
        return false;
    };
    if head & IS_COMPRESSED != 0 {
        return false;
    }
    if head & NO_PEER != NO_PEER {
        return true;
    }
    let commands = if head & HAS_TIME != 0 { 4 } else { 2 };
    let Some(connect) = datagram.get(commands..).filter(|rest| rest.len() == CONNECT_BYTES) else {
        return false;
    };
    connect[0] & 0x0f == CONNECT && connect[CONNECT_BYTES - 4..] == secret.to_be_bytes()
}

impl Socket for Guarded {
    type Address = SocketAddr;
    type Error = io::Error;

    fn init(&mut self, _: SocketOptions) -> io::Result<()> {
        self.socket.set_nonblocking(true)
    }

    fn send(&mut self, address: SocketAddr, buffer: &[u8]) -> io::Result<usize> {
        // what the kernel has no room for, or the client's machine does not want, is as good as lost
        Ok(self.socket.send_to(buffer, address).unwrap_or(0))
    }

    fn receive(&mut self, buffer: &mut [u8; MTU_MAX]) -> io::Result<Option<(SocketAddr, PacketReceived)>> {
        match self.socket.recv_from(buffer) {
            Ok((length, from)) if self.shows(&buffer[..length], from) => {
                Ok(Some((from, PacketReceived::Complete(length))))
            }
            Ok((_, from)) => Ok(Some((from, PacketReceived::Partial))),
            // a refusal of the client's machine, or nothing there
            Err(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn connect(secret: u32) -> Vec<u8> {
        let mut datagram = vec![0x8f, 0xff, 0, 1, 0x82, 0xff, 0, 1];
        datagram.resize(4 + CONNECT_BYTES - 4, 0);
        datagram.extend(secret.to_be_bytes());
        datagram
    }

    #[test]
    fn only_whoever_knows_the_secret_may_connect() {
        assert!(may_pass(&connect(77), 77));
        assert!(!may_pass(&connect(78), 77));
        assert!(!may_pass(&connect(77)[..40], 77));
        assert!(!may_pass(&[connect(77), vec![0x85, 0xff, 0, 2]].concat(), 77), "nothing rides along");
        let mut compressed = connect(77);
        compressed[0] |= 0x40;
        assert!(!may_pass(&compressed, 77));
    }

    #[test]
    fn a_connected_peer_is_heard_from_its_own_address_only() {
        let ping = [0x80, 0, 0, 1, 0x85, 0xff, 0, 2];
        assert!(may_pass(&ping, 77));
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let guarded = Guarded { socket, client: [127, 0, 0, 1].into(), secret: 77 };
        assert!(guarded.shows(&ping, "127.0.0.1:9".parse().unwrap()));
        assert!(!guarded.shows(&ping, "127.0.0.2:9".parse().unwrap()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_datagrams_break_enet(
            datagrams in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 1..20),
        ) {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            let to = socket.local_addr().unwrap();
            let mut host = open(socket, to.ip(), 77).unwrap();
            let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
            sender.send_to(&connect(77), to).unwrap();
            for datagram in &datagrams {
                sender.send_to(datagram, to).unwrap();
                // as the peer that has just connected
                sender.send_to(&[&[0x80, 0, 0, 0][..], datagram].concat(), to).unwrap();
            }
            while let Ok(Some(_)) = host.service() {}
        }
    }
}
