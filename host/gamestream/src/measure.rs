//! What the benches measure, behind names of their own: the code of parity, and the thread that sends pictures.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::crypto::SessionKey;
use crate::house::Seat;
use crate::link::Link;
use crate::rtsp::announce::Announced;
use crate::socket::StreamSocket;
use crate::video::fec::Fec;
use crate::video::kernel::Kernel;
use crate::video::sender::{self, Setup};

/// Makes parity in one of the ways that this processor can.
#[derive(Clone, Debug)]
pub struct Coder {
    /// What the way is called.
    pub name: String,
    fec: Fec,
}

impl Coder {
    /// All ways, the one that is used last.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let coder = |kernel| Self { name: format!("{kernel:?}"), fec: Fec::with(kernel) };
        Kernel::all().into_iter().map(coder).collect()
    }

    /// Fills `parity` from `data`; both are packets of `shard` bytes back to back.
    pub fn encode(&mut self, data: &[u8], parity: &mut [u8], shard: usize) {
        self.fec.encode(data, parity, shard);
    }
}

/// Starts the thread that sends the pictures of `seat`, sealed and with `fec_percent` of parity, to whoever pings with the
/// secret that is returned, and says where to.
///
/// # Errors
/// No socket is to be had.
pub fn send_pictures(seat: Arc<dyn Seat>, fec_percent: u8) -> io::Result<(SocketAddr, [u8; 16], Link)> {
    let wish = "a=x-nv-general.useReliableUdp:13\na=x-ss-general.encryptionEnabled:7\n\
         a=x-nv-video[0].clientViewportWd:1920\na=x-nv-video[0].clientViewportHt:1080\n\
         a=x-nv-video[0].maxFPS:60\na=x-nv-video[0].packetSize:1360\n\
         a=x-ml-video.configuredBitrateKbps:60000\na=x-nv-vqos[0].fec.minRequiredFecPackets:2\n";
    let announced = Announced::parse(wish, true).map_err(io::Error::other)?;
    let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let socket = punktfunk_udp::bind(local, 0)?;
    let (at, ping_secret, link) = (socket.local_addr()?, *b"0123456789abcdef", Link::new());
    sender::start(Setup {
        socket: StreamSocket::new(socket)?,
        client: local,
        ping_secret,
        announced,
        fec_percent,
        key: SessionKey::new([7; 16]),
        seat,
        link: link.clone(),
    })?;
    Ok((at, ping_secret, link))
}
