//! What games make of a device's gamepads, on its way to the device (punktfunk/1 §5.5).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use punktfunk_core::datagram::{Lease, MAX_PADS, Rumble as Datagram};
use punktfunk_input::{OnRumble, Rumble};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval};

/// A pad falls silent by itself when it has heard nothing for so long, milliseconds.
const LEASE_MS: u16 = 1000;
/// How often a pad that rumbles is told so again: two datagrams in a row may be lost.
const RENEW_EVERY: Duration = Duration::from_millis(400);
/// How often a pad is told again that it is to be silent.
const STOPS: u8 = 2;

/// The motors of one device's pads.
#[derive(Debug, Clone, Default)]
pub(super) struct Motors(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    pads: Mutex<[Pad; MAX_PADS as usize]>,
    changed: Notify,
}

#[derive(Debug, Clone, Copy, Default)]
struct Pad {
    low: u16,
    high: u16,
    /// It has not been told of this yet.
    fresh: bool,
    /// How often it is still to be told that it is silent.
    stops: u8,
    seq: u8,
}

impl Motors {
    /// What the injector calls.
    pub(super) fn on_rumble(&self) -> OnRumble {
        let shared = Arc::clone(&self.0);
        Arc::new(move |rumble: Rumble| {
            if let Some(pad) = lock(&shared).get_mut(usize::from(rumble.pad)) {
                (pad.low, pad.high, pad.fresh) = (rumble.low, rumble.high, true);
                pad.stops = STOPS;
            }
            shared.changed.notify_one();
        })
    }

    /// Sends what there is to be told, for ever.
    pub(super) async fn run(&self, send: impl Fn(Vec<u8>)) {
        let mut renewal = interval(RENEW_EVERY);
        renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let renews = tokio::select! {
                () = self.0.changed.notified() => false,
                _ = renewal.tick(), if self.has_more() => true,
            };
            for datagram in self.take(renews) {
                send(datagram.encode());
            }
        }
    }

    /// Whether a pad is to be told something again.
    fn has_more(&self) -> bool {
        lock(&self.0).iter().any(|pad| pad.is_on() || pad.stops > 0)
    }

    /// What the pads are to be told now; with those that are only told again.
    fn take(&self, again: bool) -> Vec<Datagram> {
        let mut pads = lock(&self.0);
        let numbered = pads.iter_mut().enumerate();
        numbered.filter_map(|(number, pad)| pad.take(again, u16::try_from(number).ok()?)).collect()
    }
}

impl Pad {
    fn is_on(&self) -> bool {
        self.low > 0 || self.high > 0
    }

    fn take(&mut self, again: bool, number: u16) -> Option<Datagram> {
        let repeats = again && (self.is_on() || self.stops > 0);
        if !self.fresh && !repeats {
            return None;
        }
        if !self.fresh && !self.is_on() {
            self.stops -= 1;
        }
        self.fresh = false;
        self.seq = self.seq.wrapping_add(1);
        let lease = Lease { seq: self.seq, ttl_ms: LEASE_MS, triggers: None };
        Some(Datagram { pad: number, low: self.low, high: self.high, lease: Some(lease) })
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, [Pad; MAX_PADS as usize]> {
    shared.pads.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(motors: &Motors, again: bool) -> Vec<(u16, u16, u16, u8)> {
        let each = |told: Datagram| (told.pad, told.low, told.high, told.lease.map_or(0, |lease| lease.seq));
        motors.take(again).into_iter().map(each).collect()
    }

    #[test]
    fn a_pad_is_told_at_once_and_again_for_as_long_as_it_rumbles() {
        let motors = Motors::default();
        motors.on_rumble()(Rumble { pad: 2, low: 5, high: 6 });
        assert_eq!(told(&motors, false), [(2, 5, 6, 1)]);
        assert_eq!(told(&motors, false), [], "nothing is new");
        assert_eq!(told(&motors, true), [(2, 5, 6, 2)]);
        assert!(motors.has_more());
    }

    #[test]
    fn silence_is_told_a_few_times_more_because_datagrams_get_lost() {
        let motors = Motors::default();
        motors.on_rumble()(Rumble { pad: 0, low: 5, high: 6 });
        motors.on_rumble()(Rumble { pad: 0, low: 0, high: 0 });
        assert_eq!(told(&motors, false), [(0, 0, 0, 1)], "the newest state alone");
        for seq in 2..2 + STOPS {
            assert_eq!(told(&motors, true), [(0, 0, 0, seq)]);
        }
        assert!(!motors.has_more());
        assert_eq!(told(&motors, true), []);
    }

    #[tokio::test]
    async fn a_change_is_sent_at_once() {
        let motors = Motors::default();
        let (sender, mut sent) = tokio::sync::mpsc::unbounded_channel();
        motors.on_rumble()(Rumble { pad: 1, low: 9, high: 0 });
        let first = tokio::select! {
            () = motors.run(|datagram| drop(sender.send(datagram))) => None,
            first = sent.recv() => first,
        };
        let told = Datagram::decode(&first.expect("a datagram")).expect("it is one");
        assert_eq!((told.pad, told.low, told.high), (1, 9, 0));
    }
}
