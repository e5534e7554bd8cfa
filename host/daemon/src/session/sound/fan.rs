//! Who listens to a session, and to what.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use punktfunk_media::sound::{OpusSpec, SoundSpec};

use super::{SoundPacket, SoundShown, SoundSlot, SoundWish};
use crate::app::Fault;

/// The ears of a session.
#[derive(Debug, Default)]
pub(in crate::session) struct SoundFan {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    ears: Vec<Ear>,
    /// Counts changes of the ears, so that the thread need not compare them for every packet.
    revision: u64,
    begun: bool,
    ended: bool,
    shown: (Option<SoundShown>, Option<Fault>),
}

#[derive(Debug)]
struct Ear {
    viewer: u64,
    format: OpusSpec,
    slot: Arc<SoundSlot>,
}

/// What the thread must do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orders {
    /// The session is over.
    End,
    /// Nobody listens.
    Rest,
    /// Somebody does.
    Play,
}

impl SoundFan {
    /// Lets a viewer listen. Says what to open, when that is for the caller to start.
    pub(in crate::session) fn add(&self, viewer: u64, wish: &SoundWish) -> Option<SoundSpec> {
        let mut state = self.lock();
        let SoundWish { source, format, slot } = wish;
        state.ears.push(Ear { viewer, format: *format, slot: Arc::clone(slot) });
        state.revision += 1;
        let begins = !std::mem::replace(&mut state.begun, true);
        drop(state);
        self.changed.notify_all();
        begins.then(|| source.clone())
    }

    /// Takes a viewer's ear away, if it had one.
    pub(in crate::session) fn remove(&self, viewer: u64) {
        let mut state = self.lock();
        state.ears.retain(|ear| ear.viewer != viewer);
        state.revision += 1;
    }

    /// Somebody has begun to listen.
    pub(in crate::session) fn wake(&self) {
        // taken so that the thread is not between looking and going to sleep
        drop(self.lock());
        self.changed.notify_all();
    }

    /// What is heard, and why nothing is.
    pub(in crate::session) fn shown(&self) -> (Option<SoundShown>, Option<Fault>) {
        self.lock().shown.clone()
    }

    pub(super) fn show(&self, heard: Option<SoundShown>, fault: Option<Fault>) {
        self.lock().shown = (heard, fault);
    }

    pub(in crate::session) fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// What to do; waits up to `wait` while nobody listens. Where the ears are not those of `known`, the formats that are
    /// wanted are put into `formats`.
    pub(super) fn orders(&self, known: &mut u64, formats: &mut Vec<OpusSpec>, wait: Duration) -> Orders {
        let (state, _) = self
            .changed
            .wait_timeout_while(self.lock(), wait, |state| !state.ended && !state.listens())
            .unwrap_or_else(PoisonError::into_inner);
        if state.revision != *known {
            *known = state.revision;
            formats.clear();
            for ear in &state.ears {
                if !formats.contains(&ear.format) {
                    formats.push(ear.format);
                }
            }
        }
        match (state.ended, state.listens()) {
            (true, _) => Orders::End,
            (false, true) => Orders::Play,
            (false, false) => Orders::Rest,
        }
    }

    /// Hands a packet to everybody who wants this format.
    pub(super) fn publish(&self, format: &OpusSpec, packet: &Arc<SoundPacket>) {
        for ear in self.lock().ears.iter().filter(|ear| ear.format == *format) {
            ear.slot.offer(packet);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn listens(&self) -> bool {
        self.ears.iter().any(|ear| ear.slot.is_listening())
    }
}

#[cfg(test)]
mod tests {
    use punktfunk_media::sound::{Channels, Coupling, FrameLength};

    use super::*;
    use crate::session::hand_over::Taken;

    fn wish(kbps: u32) -> SoundWish {
        let (channels, coupling, length) = (Channels::Stereo, Coupling::Pairs, FrameLength::Ms5);
        let format = OpusSpec { channels, coupling, length, kbps };
        SoundWish { source: SoundSpec::Tone, format, slot: Arc::default() }
    }

    #[test]
    fn one_source_and_one_encoder_for_each_format_serve_everybody() {
        let fan = SoundFan::default();
        let wishes = [wish(96), wish(256), wish(256)];
        let begun: Vec<bool> = (1..).zip(&wishes).map(|(n, wish)| fan.add(n, wish).is_some()).collect();
        assert_eq!(begun, [true, false, false]);
        let (mut known, mut formats) = (0, Vec::new());
        assert_eq!(fan.orders(&mut known, &mut formats, Duration::ZERO), Orders::Rest, "nobody listens yet");
        wishes.iter().for_each(|wish| wish.slot.open());
        assert_eq!(fan.orders(&mut known, &mut formats, Duration::ZERO), Orders::Play);
        assert_eq!(formats, [wishes[0].format, wishes[1].format]);
        let packet = Arc::new(SoundPacket::default());
        fan.publish(&wishes[1].format, &packet);
        let heard = wishes.each_ref().map(|wish| wish.slot.take(Duration::ZERO));
        assert_eq!(heard, [Taken::Nothing, Taken::Next(packet.clone()), Taken::Next(packet)]);
        fan.remove(2);
        fan.remove(3);
        assert_eq!(fan.orders(&mut known, &mut formats, Duration::ZERO), Orders::Play);
        assert_eq!(formats, [wishes[0].format]);
        fan.end();
        assert_eq!(fan.orders(&mut known, &mut formats, Duration::from_secs(30)), Orders::End);
    }
}
