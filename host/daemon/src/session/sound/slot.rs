//! The hand-over of sound to one viewer: bounded, and the latest wins.

use std::sync::Arc;
use std::time::Duration;

use super::SoundPacket;
use crate::session::hand_over::{HandOver, Taken};

/// Packets that may wait for a viewer: what is late is worse than a gap.
pub const SOUND_DEPTH: usize = 2;

/// One viewer's ear.
#[derive(Debug, Default)]
pub struct SoundSlot(HandOver<SoundPacket>);

impl SoundSlot {
    /// The viewer takes sound from now on.
    pub fn open(&self) {
        self.0.with(|line| line.open = true);
    }

    /// Offers the next packet; where too many wait, the oldest goes.
    pub fn offer(&self, packet: &Arc<SoundPacket>) {
        self.0.offer(|line| {
            if line.queue.len() >= SOUND_DEPTH {
                line.queue.pop_front();
                line.skipped += 1;
            }
            line.queue.push_back(Arc::clone(packet));
        });
    }

    /// Waits at most `wait` for a packet or the end.
    pub fn take(&self, wait: Duration) -> Taken<SoundPacket> {
        self.0.take(wait)
    }

    /// Ends the hand-over; the viewer learns of it at once.
    pub fn close(&self) {
        self.0.close();
    }

    /// Whether somebody takes sound out.
    pub fn is_listening(&self) -> bool {
        self.0.is_open()
    }

    /// Packets that the viewer never got, because it was behind.
    pub fn skipped(&self) -> u64 {
        self.0.with(|line| line.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(n: u64) -> Arc<SoundPacket> {
        Arc::new(SoundPacket { captured_at_ns: n, ..SoundPacket::default() })
    }

    #[test]
    fn a_viewer_that_is_behind_loses_the_oldest_and_hears_the_latest() {
        let slot = SoundSlot::default();
        slot.offer(&packet(0));
        assert_eq!(slot.take(Duration::ZERO), Taken::Nothing, "nobody listened");
        slot.open();
        for n in 1..=SOUND_DEPTH as u64 + 3 {
            slot.offer(&packet(n));
        }
        assert_eq!(slot.skipped(), 3);
        for n in 4..4 + SOUND_DEPTH as u64 {
            assert_eq!(slot.take(Duration::ZERO), Taken::Next(packet(n)));
        }
        assert_eq!(slot.take(Duration::ZERO), Taken::Nothing);
    }
}
