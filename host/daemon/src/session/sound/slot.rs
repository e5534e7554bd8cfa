//! The hand-over of sound to one viewer: bounded, and the latest wins.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::SoundPacket;

/// Packets that may wait for a viewer: what is late is worse than a gap.
pub const SOUND_DEPTH: usize = 2;

/// What a viewer found in its slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoundTaken {
    /// The next packet to send.
    Packet(Arc<SoundPacket>),
    /// Nothing yet.
    Nothing,
    /// The viewer has ended.
    Closed,
}

/// One viewer's ear.
#[derive(Debug, Default)]
pub struct SoundSlot {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Arc<SoundPacket>>,
    listening: bool,
    closed: bool,
    skipped: u64,
}

impl SoundSlot {
    /// The viewer takes sound from now on.
    pub fn open(&self) {
        self.lock().listening = true;
    }

    /// Offers the next packet; where too many wait, the oldest goes.
    pub fn offer(&self, packet: &Arc<SoundPacket>) {
        let mut state = self.lock();
        if !state.listening || state.closed {
            return;
        }
        if state.queue.len() >= SOUND_DEPTH {
            state.queue.pop_front();
            state.skipped += 1;
        }
        state.queue.push_back(Arc::clone(packet));
        drop(state);
        self.changed.notify_one();
    }

    /// Waits at most `wait` for a packet or the end.
    pub fn take(&self, wait: Duration) -> SoundTaken {
        let (mut state, _) = self
            .changed
            .wait_timeout_while(self.lock(), wait, |state| !state.closed && state.queue.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return SoundTaken::Closed;
        }
        state.queue.pop_front().map_or(SoundTaken::Nothing, SoundTaken::Packet)
    }

    /// Ends the hand-over; the viewer learns of it at once.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.queue.clear();
        drop(state);
        self.changed.notify_all();
    }

    /// Whether somebody takes sound out.
    pub fn is_listening(&self) -> bool {
        let state = self.lock();
        state.listening && !state.closed
    }

    /// Packets that the viewer never got, because it was behind.
    pub fn skipped(&self) -> u64 {
        self.lock().skipped
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
        assert_eq!(slot.take(Duration::ZERO), SoundTaken::Nothing, "nobody listened");
        slot.open();
        for n in 1..=SOUND_DEPTH as u64 + 3 {
            slot.offer(&packet(n));
        }
        assert_eq!(slot.skipped(), 3);
        for n in 4..4 + SOUND_DEPTH as u64 {
            assert_eq!(slot.take(Duration::ZERO), SoundTaken::Packet(packet(n)));
        }
        assert_eq!(slot.take(Duration::ZERO), SoundTaken::Nothing);
    }

    #[test]
    fn closing_ends_a_waiting_viewer() {
        let slot = Arc::new(SoundSlot::default());
        slot.open();
        let waiting = {
            let slot = Arc::clone(&slot);
            std::thread::spawn(move || slot.take(Duration::from_secs(30)))
        };
        slot.close();
        assert_eq!(waiting.join().unwrap(), SoundTaken::Closed);
        assert!(!slot.is_listening());
    }
}
