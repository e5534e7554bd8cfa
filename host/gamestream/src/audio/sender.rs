//! The thread that sends a stream's sound, from the client's first ping on.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::packetiser::Packetiser;
use super::seal::Seal;
use crate::crypto::SessionKey;
use crate::house::{Heard, Seat};
use crate::link::Link;
use crate::rtsp::{Announced, PING_SECRET_BYTES};
use crate::socket::StreamSocket;

/// How long the thread waits at a time, for a ping or for sound.
const WAIT: Duration = Duration::from_millis(100);
/// Packets after which it looks for pings, so that it need not for each.
const LOOK_EVERY: u32 = 20;

/// Everything the thread works with.
pub(crate) struct Setup {
    pub(crate) socket: StreamSocket,
    pub(crate) client: IpAddr,
    pub(crate) ping_secret: [u8; PING_SECRET_BYTES],
    pub(crate) announced: Announced,
    pub(crate) key: SessionKey,
    pub(crate) key_number: u32,
    pub(crate) seat: Arc<dyn Seat>,
    pub(crate) link: Link,
}

/// Starts the thread; it ends with the stream, and a stream does not end with it: there are pictures without sound.
pub(crate) fn start(setup: Setup) -> io::Result<()> {
    thread::Builder::new().name("moonlight-sound".to_owned()).spawn(move || {
        if let Some(to) = first_ping(&setup) {
            run(&setup, to);
        }
    })?;
    Ok(())
}

fn first_ping(setup: &Setup) -> Option<SocketAddr> {
    while setup.link.ending().is_none() {
        setup.socket.wait(WAIT);
        let from = setup.socket.pinged_from(setup.client, &setup.ping_secret);
        if from.is_some() {
            return from;
        }
    }
    None
}

fn run(setup: &Setup, mut to: SocketAddr) {
    let sound = setup.announced.sound;
    let seal = setup.announced.sound_encrypted.then(|| Seal::new(&setup.key, setup.key_number));
    let mut packetiser = Packetiser::new(seal, sound.packet_ms.into());
    let mut packets = 0_u32;
    setup.seat.listen();
    while setup.link.ending().is_none() {
        let looks = match setup.seat.hear(WAIT) {
            Heard::Packet(packet) => {
                let sent = packetiser.packetise((*packet).as_ref(), |datagram| {
                    // one that the kernel has no room for is a loss like any other
                    setup.socket.send(to, datagram, datagram.len());
                });
                if let Err(error) = sent {
                    tracing::warn!(%error, "a packet of sound could not be sent");
                }
                packets = packets.wrapping_add(1);
                packets.is_multiple_of(LOOK_EVERY)
            }
            Heard::Nothing => true,
            Heard::Ended => return,
        };
        if looks {
            to = setup.socket.pinged_from(setup.client, &setup.ping_secret).unwrap_or(to);
        }
    }
}
