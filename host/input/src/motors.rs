//! What games make of a pad's motors: effects that they upload, play, replace and erase.

use std::collections::BTreeMap;

use crate::Rumble;

/// Effects that games may have on a pad at once.
pub(crate) const MAX_EFFECTS: u32 = 16;

const NS_PER_MS: u64 = 1_000_000;
/// An effect without a length plays until it is stopped.
const FOR_EVER: u64 = u64::MAX;

/// An effect as a game uploads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Effect {
    /// The low-frequency motor.
    pub(crate) low: u16,
    /// The high-frequency motor.
    pub(crate) high: u16,
    /// How long it plays, milliseconds; 0 until it is stopped.
    pub(crate) length_ms: u16,
    /// How long after it was started.
    pub(crate) delay_ms: u16,
}

/// The motors of one pad.
#[derive(Debug)]
pub(crate) struct Motors {
    effects: BTreeMap<u8, Effect>,
    /// From when until when each effect plays.
    playing: BTreeMap<u8, (u64, u64)>,
    gain: u16,
}

impl Default for Motors {
    fn default() -> Self {
        Self { effects: BTreeMap::new(), playing: BTreeMap::new(), gain: u16::MAX }
    }
}

impl Motors {
    /// Takes an effect, which may play already and then goes on with its new strength. `false` when there is no room for its
    /// number.
    pub(crate) fn upload(&mut self, number: i32, effect: Effect) -> bool {
        let Some(number) = fits(number) else { return false };
        self.effects.insert(number, effect);
        true
    }

    /// Forgets an effect, and stops it.
    pub(crate) fn erase(&mut self, number: i32) {
        let Some(number) = fits(number) else { return };
        self.effects.remove(&number);
        self.playing.remove(&number);
    }

    /// Plays an effect so many times, one after the other; none stops it.
    pub(crate) fn play(&mut self, now_ns: u64, number: i32, times: i32) {
        let Some(number) = fits(number) else { return };
        let Some(effect) = self.effects.get(&number) else { return };
        let Some(times) = u64::try_from(times).ok().filter(|times| *times > 0) else {
            self.playing.remove(&number);
            return;
        };
        let from = now_ns.saturating_add(u64::from(effect.delay_ms) * NS_PER_MS);
        let until = match effect.length_ms {
            0 => FOR_EVER,
            length => from.saturating_add((u64::from(length) * NS_PER_MS).saturating_mul(times)),
        };
        self.playing.insert(number, (from, until));
    }

    /// How strong everything is played, 65535 for as uploaded.
    pub(crate) fn set_gain(&mut self, gain: u16) {
        self.gain = gain;
    }

    /// What the motors of pad number `pad` do at this moment. Effects that play together add up.
    pub(crate) fn now(&self, now_ns: u64, pad: u8) -> Rumble {
        let sounding = self.playing.iter().filter(|(_, (from, until))| (*from..*until).contains(&now_ns));
        let effects = sounding.filter_map(|(number, _)| self.effects.get(number));
        let (low, high) = effects.fold((0_u16, 0_u16), |(low, high), effect| {
            (low.saturating_add(effect.low), high.saturating_add(effect.high))
        });
        let scaled = |motor: u16| (u32::from(motor) * u32::from(self.gain) / u32::from(u16::MAX)) as u16;
        Rumble { pad, low: scaled(low), high: scaled(high) }
    }

    /// When an effect next begins or ends by itself.
    pub(crate) fn next_change(&self, now_ns: u64) -> Option<u64> {
        let moments = self.playing.values().flat_map(|(from, until)| [*from, *until]);
        moments.filter(|at| *at > now_ns && *at != FOR_EVER).min()
    }
}

/// The number of an effect, if it is one that the kernel gives.
fn fits(number: i32) -> Option<u8> {
    u8::try_from(number).ok().filter(|number| u32::from(*number) < MAX_EFFECTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = NS_PER_MS;

    fn effect(low: u16, high: u16, length_ms: u16) -> Effect {
        Effect { low, high, length_ms, delay_ms: 0 }
    }

    fn at(motors: &Motors, now_ns: u64) -> (u16, u16) {
        let Rumble { low, high, .. } = motors.now(now_ns, 0);
        (low, high)
    }

    #[test]
    fn an_effect_plays_for_its_length_and_is_over_by_itself() {
        let mut motors = Motors::default();
        assert!(motors.upload(0, Effect { delay_ms: 10, ..effect(500, 900, 100) }));
        assert_eq!(at(&motors, 0), (0, 0), "nothing plays before it is told to");
        motors.play(0, 0, 1);
        assert_eq!((at(&motors, 9 * MS), motors.next_change(0)), ((0, 0), Some(10 * MS)));
        assert_eq!((at(&motors, 10 * MS), motors.next_change(10 * MS)), ((500, 900), Some(110 * MS)));
        assert_eq!((at(&motors, 110 * MS), motors.next_change(110 * MS)), ((0, 0), None));
    }

    #[test]
    fn an_effect_without_a_length_plays_until_it_is_stopped_or_erased() {
        let mut motors = Motors::default();
        motors.upload(3, effect(1, 2, 0));
        motors.play(5, 3, 1);
        assert_eq!((at(&motors, 1 << 60), motors.next_change(5)), ((1, 2), None));
        motors.play(6, 3, 0);
        assert_eq!(at(&motors, 6), (0, 0));
        motors.play(7, 3, 1);
        motors.erase(3);
        assert_eq!(at(&motors, 8), (0, 0));
        motors.play(9, 3, 1);
        assert_eq!(at(&motors, 9), (0, 0), "an erased effect cannot be played");
    }

    #[test]
    fn effects_add_up_within_bounds_and_follow_the_gain() {
        let mut motors = Motors::default();
        for number in 0..2 {
            motors.upload(number, effect(40_000, 10_000, 0));
            motors.play(0, number, 1);
        }
        assert_eq!(at(&motors, 0), (65_535, 20_000));
        motors.set_gain(0x8000);
        assert_eq!(at(&motors, 0), (32_768, 10_000));
    }

    #[test]
    fn an_effect_that_is_uploaded_again_while_it_plays_changes_its_strength() {
        let mut motors = Motors::default();
        motors.upload(0, effect(100, 0, 50));
        motors.play(0, 0, 2);
        motors.upload(0, effect(0, 700, 50));
        assert_eq!(at(&motors, 99 * MS), (0, 700));
        assert_eq!(at(&motors, 100 * MS), (0, 0), "twice fifty milliseconds");
    }

    #[test]
    fn numbers_that_the_kernel_does_not_give_have_no_room() {
        let mut motors = Motors::default();
        for number in [-1, 16, i32::MAX] {
            assert!(!motors.upload(number, effect(1, 1, 0)));
            motors.play(0, number, 1);
        }
        assert_eq!(at(&motors, 0), (0, 0));
    }
}
