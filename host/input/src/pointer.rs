use input_linux::{Key as Evdev, RelativeAxis};

use crate::{Button, ScrollAxis, Signal};

/// The largest value of both axes of the absolute pointer; the smallest is 0.
pub(crate) const ABSOLUTE_MAX: i32 = 65_535;

/// High-resolution wheel units in one notch.
const UNITS_PER_NOTCH: i32 = 120;

/// The largest distance or scroll amount that one event may carry. A real device stays far below,
/// and consumers add these up in 32 bits.
const MAX_STEP: i32 = 32_767;

/// The buttons of the mouse.
pub(crate) const BUTTONS: [Button; 5] =
    [Button::Left, Button::Middle, Button::Right, Button::Back, Button::Forward];

pub(crate) fn button_code(button: Button) -> u16 {
    match button {
        Button::Left => Evdev::ButtonLeft,
        Button::Middle => Evdev::ButtonMiddle,
        Button::Right => Evdev::ButtonRight,
        Button::Back => Evdev::ButtonSide,
        Button::Forward => Evdev::ButtonExtra,
    }
    .code()
}

/// A relative move, without the axes that stand still.
pub(crate) fn movement(dx: i32, dy: i32) -> Vec<Signal> {
    [(RelativeAxis::X, dx), (RelativeAxis::Y, dy)]
        .into_iter()
        .filter(|&(_, distance)| distance != 0)
        .map(|(axis, distance)| Signal::Relative(axis.code(), distance.clamp(-MAX_STEP, MAX_STEP)))
        .collect()
}

/// A pixel's place on an axis from 0 to [`ABSOLUTE_MAX`], chosen so that a consumer that scales by
/// `size / 65536` and drops the fraction arrives at the same pixel. `size` must not be 0.
pub(crate) fn absolute(pixel: i32, size: u16) -> i32 {
    let size = i64::from(size);
    let pixel = i64::from(pixel).clamp(0, size - 1);
    let place = (pixel * (i64::from(ABSOLUTE_MAX) + 1) + size - 1) / size;
    i32::try_from(place).unwrap_or(ABSOLUTE_MAX)
}

/// One wheel. Consumers that know only whole notches get one when enough small steps have come.
#[derive(Debug, Default)]
pub(crate) struct Wheel {
    rest: i32,
}

impl Wheel {
    /// The signals of a turn by `v120` units, 120 to the notch.
    pub(crate) fn turn(&mut self, axis: ScrollAxis, v120: i32) -> Vec<Signal> {
        let v120 = v120.clamp(-MAX_STEP, MAX_STEP);
        if v120 == 0 {
            return Vec::new();
        }
        // A turn back starts afresh, so that it never first has to undo half a notch.
        if self.rest.signum() * v120.signum() < 0 {
            self.rest = 0;
        }
        let total = self.rest + v120;
        self.rest = total % UNITS_PER_NOTCH;
        let (fine, coarse) = match axis {
            ScrollAxis::Vertical => (RelativeAxis::WheelHiRes, RelativeAxis::Wheel),
            ScrollAxis::Horizontal => (RelativeAxis::HorizontalWheelHiRes, RelativeAxis::HorizontalWheel),
        };
        let mut signals = vec![Signal::Relative(fine.code(), v120)];
        if total / UNITS_PER_NOTCH != 0 {
            signals.push(Signal::Relative(coarse.code(), total / UNITS_PER_NOTCH));
        }
        signals
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn notches(signals: &[Signal]) -> i32 {
        signals
            .iter()
            .map(|signal| match signal {
                Signal::Relative(code, by) if *code == RelativeAxis::Wheel.code() => *by,
                _ => 0,
            })
            .sum()
    }

    #[test]
    fn small_steps_add_up_to_a_notch() {
        let mut wheel = Wheel::default();
        let counted: Vec<_> =
            [40, 40, 40, 40].iter().map(|&step| notches(&wheel.turn(ScrollAxis::Vertical, step))).collect();
        assert_eq!(counted, [0, 0, 1, 0]);
    }

    #[test]
    fn turning_back_drops_the_unfinished_notch() {
        let mut wheel = Wheel::default();
        assert_eq!(notches(&wheel.turn(ScrollAxis::Vertical, 110)), 0);
        assert_eq!(notches(&wheel.turn(ScrollAxis::Vertical, -110)), 0);
        assert_eq!(notches(&wheel.turn(ScrollAxis::Vertical, -10)), -1);
    }

    #[test]
    fn a_surface_reaches_from_edge_to_edge() {
        assert_eq!(absolute(0, 1920), 0);
        assert_eq!(absolute(960, 1920), 32_768);
        assert_eq!(absolute(-5, 1920), 0);
        assert_eq!(absolute(i32::MAX, 1920), absolute(1919, 1920));
        assert_eq!(absolute(0, 1), 0);
    }

    proptest! {
        #[test]
        fn every_pixel_survives_the_way_through_the_absolute_axis(size in 1u16.., pixel: u16) {
            let pixel = pixel % size;
            let place = absolute(i32::from(pixel), size);
            prop_assert!((0..=ABSOLUTE_MAX).contains(&place));
            prop_assert_eq!(i64::from(place) * i64::from(size) / 65_536, i64::from(pixel));
        }

        #[test]
        fn no_turn_overflows(steps in proptest::collection::vec(any::<i32>(), 0..50)) {
            let mut wheel = Wheel::default();
            for step in steps {
                wheel.turn(ScrollAxis::Horizontal, step);
                prop_assert!(wheel.rest.abs() < UNITS_PER_NOTCH);
            }
        }
    }
}
