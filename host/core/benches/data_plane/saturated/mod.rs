//! As much as goes through, each end on a thread of its own.
//!
//! The sender always has the next frame. Neither way is let get further ahead of its receiver than a window, the data
//! plane by a count that both ends share and QUIC by a congestion controller that never changes its mind, so that nothing
//! is lost for want of time at the other end; what is lost all the same is counted. What counts as arrived: bytes of whole
//! access units here, every byte that is read there. QUIC datagrams carry the same payload of 1408 bytes and the same
//! cipher, and nothing puts them together: their sender hands over a reference and their receiver looks at the length.

mod meter;
mod plane;
mod quic;

use crate::SHARD;
use crate::sample::Sample;
use meter::Tally;

/// What sockets are asked for.
const SOCKET_BUFFER: usize = 4 << 20;

/// All rounds of one way of sending.
struct Way {
    name: &'static str,
    /// In ns a datagram with payload.
    sender: Sample,
    receiver: Sample,
    gbits: Sample,
    sent: u64,
    arrived: u64,
}

impl Way {
    fn new(name: &'static str) -> Self {
        let sample = || Sample::new(name);
        Self { name, sender: sample(), receiver: sample(), gbits: sample(), sent: 0, arrived: 0 }
    }

    fn add(&mut self, (sender, receiver): (Tally, Tally)) {
        self.sender.add(sender.cpu_ns, sender.datagrams as usize);
        self.receiver.add(receiver.cpu_ns, receiver.datagrams as usize);
        self.gbits.add(receiver.datagrams * 8 * SHARD as u64, receiver.wall_ns as usize);
        self.sent += sender.all;
        self.arrived += receiver.all;
    }

    /// Sender, receiver, and what goes through: each as the quiet rounds have it.
    fn figures(&mut self) -> [f64; 3] {
        [self.sender.quiet(), self.receiver.quiet(), self.gbits.at(0.9)]
    }
}

/// All ways in turn, so many rounds; prints how they compare.
pub(crate) fn compare(rounds: usize) {
    let mut ways =
        [Way::new("data plane, 10 % parity"), Way::new("data plane, no parity"), Way::new("QUIC datagrams")];
    for _ in 0..rounds {
        ways[0].add(plane::run(10));
        ways[1].add(plane::run(0));
        ways[2].add(quic::run());
    }
    println!(
        "\nas much as goes through, each end on a thread of its own, {rounds} rounds: CPU ns per datagram, and payload"
    );
    println!("{:28} {:>8} {:>8} {:>8} {:>6}   QUIC beside it", "", "sender", "receiver", "Gbit/s", "lost");
    let [of_sender, of_receiver, of_quic] = ways[2].figures();
    for way in &mut ways {
        let [sender, receiver, gbits] = way.figures();
        let (name, lost) = (way.name, way.sent.saturating_sub(way.arrived));
        println!(
            "{name:28} {sender:8.0} {receiver:8.0} {gbits:8.2} {lost:6}   sender {:.1} times, receiver {:.1}; we carry {:.1} times as much",
            of_sender / sender,
            of_receiver / receiver,
            gbits / of_quic,
        );
    }
}
