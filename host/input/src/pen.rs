use input_linux::{AbsoluteAxis, Key as Evdev};

use crate::{PenState, PenTool, Signal};

/// The pressure of a pen that touches and does not know how hard.
const USUAL_PRESSURE: u16 = 32_768;
/// The farthest that a pen leans.
const MAX_TILT: i32 = 90;

/// The axes of the tablet with their ranges.
pub(crate) const AXES: [(AbsoluteAxis, i32, i32); 6] = [
    (AbsoluteAxis::X, 0, 65_535),
    (AbsoluteAxis::Y, 0, 65_535),
    (AbsoluteAxis::Pressure, 0, 65_535),
    (AbsoluteAxis::Distance, 0, 65_535),
    (AbsoluteAxis::TiltX, -MAX_TILT, MAX_TILT),
    (AbsoluteAxis::TiltY, -MAX_TILT, MAX_TILT),
];

/// The buttons on a pen's barrel, in the order of [`PenState::buttons`].
const BARREL: [Evdev; 3] = [Evdev::ButtonStylus, Evdev::ButtonStylus2, Evdev::ButtonStylus3];

/// Every button of the tablet.
pub(crate) const BUTTONS: [Evdev; 6] =
    [Evdev::ButtonToolPen, Evdev::ButtonToolRubber, Evdev::ButtonTouch, BARREL[0], BARREL[1], BARREL[2]];

/// What changes on the tablet when the pen goes from one state to another, report by report.
pub(crate) fn changes(from: &PenState, to: &PenState) -> Vec<Vec<Signal>> {
    let mut reports = Vec::new();
    let mut from = if from.in_range { *from } else { PenState::default() };
    if from.in_range && (!to.in_range || from.tool != to.tool) {
        // a tool leaves before another comes
        let gone = PenState { touching: false, buttons: 0, ..from };
        let mut signals = presses(&from, &gone);
        signals.extend([absolute(AbsoluteAxis::Pressure, 0), Signal::Key(tool(from.tool), false)]);
        reports.push(signals);
        from = PenState::default();
    }
    if to.in_range {
        let mut signals = Vec::new();
        if !from.in_range {
            signals.push(Signal::Key(tool(to.tool), true));
        }
        let entering = !from.in_range;
        let moves = AXES.iter().zip(values(&from).into_iter().zip(values(to)));
        signals.extend(
            moves
                .filter(|(_, (was, is))| entering || was != is)
                .map(|(&(axis, ..), (_, is))| absolute(axis, is)),
        );
        signals.extend(presses(&from, to));
        if !signals.is_empty() {
            reports.push(signals);
        }
    }
    reports
}

fn tool(tool: PenTool) -> u16 {
    match tool {
        PenTool::Pen => Evdev::ButtonToolPen,
        PenTool::Eraser => Evdev::ButtonToolRubber,
    }
    .code()
}

/// The tip and the buttons that change.
fn presses(from: &PenState, to: &PenState) -> Vec<Signal> {
    let barrel = BARREL.iter().enumerate().filter_map(|(bit, key)| {
        let held = |state: &PenState| state.buttons >> bit & 1 == 1;
        (held(from) != held(to)).then(|| Signal::Key(key.code(), held(to)))
    });
    let tip = (from.touching != to.touching).then(|| Signal::Key(Evdev::ButtonTouch.code(), to.touching));
    tip.into_iter().chain(barrel).collect()
}

/// The values of [`AXES`], in that order.
fn values(state: &PenState) -> [i32; AXES.len()] {
    let pressure = match (state.touching, state.pressure) {
        (false, _) => 0,
        (true, 0) => USUAL_PRESSURE,
        (true, pressure) => pressure,
    };
    let distance = if state.touching { 0 } else { state.distance };
    let lean = |degrees: i8| i32::from(degrees).clamp(-MAX_TILT, MAX_TILT);
    [
        state.place.x.into(),
        state.place.y.into(),
        pressure.into(),
        distance.into(),
        lean(state.tilt.0),
        lean(state.tilt.1),
    ]
}

fn absolute(axis: AbsoluteAxis, value: i32) -> Signal {
    Signal::Absolute(axis.code(), value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;

    const HOVER: PenState = PenState {
        in_range: true,
        touching: false,
        tool: PenTool::Pen,
        buttons: 0,
        place: Place { x: 5, y: 6 },
        pressure: 0,
        distance: 100,
        tilt: (0, 0),
    };

    #[test]
    fn a_pen_that_comes_says_where_it_is_and_touches_only_when_it_does() {
        let coming = changes(&PenState::default(), &HOVER);
        assert_eq!(coming.len(), 1);
        assert_eq!(coming[0][0], Signal::Key(Evdev::ButtonToolPen.code(), true));
        assert!(coming[0].contains(&absolute(AbsoluteAxis::Distance, 100)));
        assert!(!coming[0].contains(&Signal::Key(Evdev::ButtonTouch.code(), true)));
        let down = PenState { touching: true, pressure: 900, ..HOVER };
        assert_eq!(
            changes(&HOVER, &down),
            [vec![
                absolute(AbsoluteAxis::Pressure, 900),
                absolute(AbsoluteAxis::Distance, 0),
                Signal::Key(Evdev::ButtonTouch.code(), true),
            ]]
        );
        assert!(changes(&down, &down).is_empty());
    }

    #[test]
    fn a_pen_that_does_not_know_how_hard_it_presses_presses_all_the_same() {
        let down = changes(&HOVER, &PenState { touching: true, ..HOVER });
        assert!(down[0].contains(&absolute(AbsoluteAxis::Pressure, 32_768)), "{down:?}");
    }

    #[test]
    fn turning_the_pen_round_takes_the_tip_away_before_the_eraser_comes() {
        let tip = PenState { touching: true, buttons: 0b11, ..HOVER };
        let reports = changes(&tip, &PenState { tool: PenTool::Eraser, ..HOVER });
        assert_eq!(
            reports[0],
            [
                Signal::Key(Evdev::ButtonTouch.code(), false),
                Signal::Key(Evdev::ButtonStylus.code(), false),
                Signal::Key(Evdev::ButtonStylus2.code(), false),
                absolute(AbsoluteAxis::Pressure, 0),
                Signal::Key(Evdev::ButtonToolPen.code(), false),
            ]
        );
        assert_eq!(reports[1][0], Signal::Key(Evdev::ButtonToolRubber.code(), true));
    }
}
