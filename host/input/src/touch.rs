use input_linux::{AbsoluteAxis, Key as Evdev};

use crate::{Signal, Touch, TouchPhase};

/// Fingers that can be down at once. One more takes the place of the one that came first: its going was lost.
pub(crate) const FINGERS: usize = 16;

/// The pressure of a finger of which none is known.
const USUAL_PRESSURE: u8 = 128;
/// Tracking numbers that the kernel gives a new finger, from 0.
const TRACKING_NUMBERS: u64 = 0x8000;
/// `MT_TOOL_FINGER` and `MT_TOOL_PALM` of the kernel's multi-touch protocol. What was taken for a finger and turns out to be
/// a palm never meant anything: that is how a screen takes a touch back.
const FINGER: i32 = 0;
const PALM: i32 = 2;

/// The axes of the touch screen with their largest values; the smallest are 0.
pub(crate) const AXES: [(AbsoluteAxis, i32); 8] = [
    (AbsoluteAxis::X, 65_535),
    (AbsoluteAxis::Y, 65_535),
    (AbsoluteAxis::MultitouchSlot, FINGERS as i32 - 1),
    (AbsoluteAxis::MultitouchTrackingId, TRACKING_NUMBERS as i32 - 1),
    (AbsoluteAxis::MultitouchPositionX, 65_535),
    (AbsoluteAxis::MultitouchPositionY, 65_535),
    (AbsoluteAxis::MultitouchPressure, 255),
    (AbsoluteAxis::MultitouchToolType, PALM),
];

/// The fingers that are down, each in a slot of the kernel's multi-touch protocol (type B).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Touches {
    fingers: [Option<Finger>; FINGERS],
    landed: u64,
}

#[derive(Debug, Clone, Copy)]
struct Finger {
    id: u32,
    /// Counts up with each finger that lands.
    number: u64,
}

impl Touches {
    /// How many are down.
    pub(crate) fn count(&self) -> usize {
        self.fingers.iter().flatten().count()
    }

    /// What happens on the screen, report by report.
    pub(crate) fn turn(&mut self, touch: &Touch) -> Vec<Vec<Signal>> {
        let slot = self.fingers.iter().position(|finger| finger.is_some_and(|finger| finger.id == touch.id));
        match (touch.phase, slot) {
            (TouchPhase::Down, lost) => {
                // its lifting was lost, and it may have meant anything
                let mut reports = lost.map_or_else(Vec::new, |slot| self.cancel(&[slot]));
                let free = self.fingers.iter().position(Option::is_none);
                let slot = free.unwrap_or_else(|| {
                    let oldest = self.oldest();
                    reports.extend(self.cancel(&[oldest]));
                    oldest
                });
                reports.push(self.land(slot, touch));
                reports
            }
            (TouchPhase::Move, Some(slot)) => vec![self.place(slot, touch)],
            (TouchPhase::Up, Some(slot)) => vec![self.lift(&[slot])],
            (TouchPhase::Cancel, Some(slot)) => self.cancel(&[slot]),
            (_, None) => Vec::new(),
        }
    }

    /// Takes back every touch: none of them is taken for a tap.
    pub(crate) fn cancel_all(&mut self) -> Vec<Vec<Signal>> {
        let slots: Vec<usize> = (0..FINGERS).filter(|&slot| self.fingers[slot].is_some()).collect();
        self.cancel(&slots)
    }

    fn oldest(&self) -> usize {
        let number = |slot: &usize| self.fingers[*slot].map_or(u64::MAX, |finger| finger.number);
        (0..FINGERS).min_by_key(number).unwrap_or(0)
    }

    fn land(&mut self, slot: usize, touch: &Touch) -> Vec<Signal> {
        let first = self.count() == 0;
        let number = self.landed;
        self.landed += 1;
        self.fingers[slot] = Some(Finger { id: touch.id, number });
        let tracking = (number % TRACKING_NUMBERS) as i32;
        let mut signals = vec![
            select(slot),
            absolute(AbsoluteAxis::MultitouchTrackingId, tracking),
            absolute(AbsoluteAxis::MultitouchToolType, FINGER),
        ];
        signals.extend(self.place(slot, touch).into_iter().skip(1));
        if first {
            signals.push(Signal::Key(Evdev::ButtonTouch.code(), true));
        }
        signals
    }

    fn place(&self, slot: usize, touch: &Touch) -> Vec<Signal> {
        let (x, y) = (touch.place.x.into(), touch.place.y.into());
        let pressure = if touch.pressure == 0 { USUAL_PRESSURE } else { touch.pressure };
        let mut signals = vec![
            select(slot),
            absolute(AbsoluteAxis::MultitouchPositionX, x),
            absolute(AbsoluteAxis::MultitouchPositionY, y),
            absolute(AbsoluteAxis::MultitouchPressure, pressure.into()),
        ];
        // programs that know but one finger follow the first
        if self.oldest() == slot {
            signals.extend([absolute(AbsoluteAxis::X, x), absolute(AbsoluteAxis::Y, y)]);
        }
        signals
    }

    fn lift(&mut self, slots: &[usize]) -> Vec<Signal> {
        let mut signals = Vec::new();
        for &slot in slots {
            self.fingers[slot] = None;
            signals.extend([select(slot), absolute(AbsoluteAxis::MultitouchTrackingId, -1)]);
        }
        if self.count() == 0 {
            signals.push(Signal::Key(Evdev::ButtonTouch.code(), false));
        }
        signals
    }

    fn cancel(&mut self, slots: &[usize]) -> Vec<Vec<Signal>> {
        if slots.is_empty() {
            return Vec::new();
        }
        let palms =
            slots.iter().flat_map(|&slot| [select(slot), absolute(AbsoluteAxis::MultitouchToolType, PALM)]);
        vec![palms.collect(), self.lift(slots)]
    }
}

fn select(slot: usize) -> Signal {
    absolute(AbsoluteAxis::MultitouchSlot, slot as i32)
}

fn absolute(axis: AbsoluteAxis, value: i32) -> Signal {
    Signal::Absolute(axis.code(), value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;

    fn touch(id: u32, phase: TouchPhase, x: u16) -> Touch {
        Touch { id, phase, place: Place { x, y: 7 }, pressure: 0 }
    }

    fn has(report: &[Signal], axis: AbsoluteAxis, value: i32) -> bool {
        report.contains(&absolute(axis, value))
    }

    fn presses(report: &[Signal]) -> Vec<bool> {
        let button = Evdev::ButtonTouch.code();
        report
            .iter()
            .filter(|signal| matches!(signal, Signal::Key(code, _) if *code == button))
            .map(|signal| matches!(signal, Signal::Key(_, true)))
            .collect()
    }

    #[test]
    fn two_fingers_have_slots_of_their_own_and_the_screen_is_touched_until_both_are_gone() {
        let mut touches = Touches::default();
        let one = touches.turn(&touch(70, TouchPhase::Down, 1)).remove(0);
        let two = touches.turn(&touch(9, TouchPhase::Down, 2)).remove(0);
        assert!(has(&one, AbsoluteAxis::MultitouchSlot, 0) && has(&two, AbsoluteAxis::MultitouchSlot, 1));
        assert_eq!((presses(&one), presses(&two)), (vec![true], vec![]));
        assert!(has(&one, AbsoluteAxis::X, 1) && !has(&two, AbsoluteAxis::X, 2), "one finger leads");
        let up = touches.turn(&touch(70, TouchPhase::Up, 1)).remove(0);
        assert!(has(&up, AbsoluteAxis::MultitouchTrackingId, -1) && presses(&up).is_empty());
        let led = touches.turn(&touch(9, TouchPhase::Move, 3)).remove(0);
        assert!(has(&led, AbsoluteAxis::X, 3), "the one that is left leads");
        assert_eq!(presses(&touches.turn(&touch(9, TouchPhase::Up, 3)).remove(0)), [false]);
    }

    #[test]
    fn a_touch_that_is_taken_back_becomes_a_palm_before_it_is_gone() {
        let mut touches = Touches::default();
        touches.turn(&touch(1, TouchPhase::Down, 1));
        let reports = touches.turn(&touch(1, TouchPhase::Cancel, 1));
        assert_eq!(reports.len(), 2);
        assert!(has(&reports[0], AbsoluteAxis::MultitouchToolType, PALM));
        assert!(has(&reports[1], AbsoluteAxis::MultitouchTrackingId, -1));
        let again = touches.turn(&touch(1, TouchPhase::Down, 1)).remove(0);
        assert!(has(&again, AbsoluteAxis::MultitouchToolType, FINGER), "the slot is a finger's again");
    }

    #[test]
    fn what_is_told_of_a_finger_that_never_landed_means_nothing() {
        let mut touches = Touches::default();
        for phase in [TouchPhase::Move, TouchPhase::Up, TouchPhase::Cancel] {
            assert!(touches.turn(&touch(1, phase, 1)).is_empty());
        }
    }

    #[test]
    fn a_finger_beyond_the_last_takes_the_place_of_the_oldest() {
        let mut touches = Touches::default();
        for id in 0..FINGERS as u32 {
            touches.turn(&touch(id, TouchPhase::Down, 1));
        }
        touches.turn(&touch(0, TouchPhase::Up, 1));
        touches.turn(&touch(100, TouchPhase::Down, 1));
        let reports = touches.turn(&touch(101, TouchPhase::Down, 1));
        assert_eq!(reports.len(), 3, "a palm, its going, the new finger");
        assert!(has(&reports[2], AbsoluteAxis::MultitouchSlot, 1), "finger 1 was the oldest");
        assert_eq!(touches.count(), FINGERS);
    }
}
