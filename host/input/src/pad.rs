use input_linux::{AbsoluteAxis, Key as Evdev};

use crate::{PadButtons, PadState, Signal};

/// Buttons that an Xbox 360 pad has as buttons; its directional pad is a pair of axes.
pub(crate) const BUTTONS: [(PadButtons, Evdev); 11] = [
    (PadButtons::A, Evdev::ButtonSouth),
    (PadButtons::B, Evdev::ButtonEast),
    // The kernel's pad driver calls the button marked X "north" and the one marked Y "west",
    // whatever their place; consumers know these codes by the marking.
    (PadButtons::X, Evdev::ButtonNorth),
    (PadButtons::Y, Evdev::ButtonWest),
    (PadButtons::LB, Evdev::ButtonTL),
    (PadButtons::RB, Evdev::ButtonTR),
    (PadButtons::BACK, Evdev::ButtonSelect),
    (PadButtons::START, Evdev::ButtonStart),
    (PadButtons::GUIDE, Evdev::ButtonMode),
    (PadButtons::L3, Evdev::ButtonThumbl),
    (PadButtons::R3, Evdev::ButtonThumbr),
];

/// The axes of the pad with their ranges.
pub(crate) const AXES: [(AbsoluteAxis, i32, i32); 8] = [
    (AbsoluteAxis::X, -32_768, 32_767),
    (AbsoluteAxis::Y, -32_768, 32_767),
    (AbsoluteAxis::Z, 0, 255),
    (AbsoluteAxis::RX, -32_768, 32_767),
    (AbsoluteAxis::RY, -32_768, 32_767),
    (AbsoluteAxis::RZ, 0, 255),
    (AbsoluteAxis::Hat0X, -1, 1),
    (AbsoluteAxis::Hat0Y, -1, 1),
];

/// What changes on the pad when it goes from one state to another.
pub(crate) fn changes(from: &PadState, to: &PadState) -> Vec<Signal> {
    let buttons = BUTTONS.iter().filter_map(|&(button, code)| {
        let (was, is) = (from.buttons.contains(button), to.buttons.contains(button));
        (was != is).then(|| Signal::Key(code.code(), is))
    });
    let axes = AXES
        .iter()
        .zip(axis_values(from).into_iter().zip(axis_values(to)))
        .filter(|(_, (was, is))| was != is)
        .map(|(&(axis, ..), (_, is))| Signal::Absolute(axis.code(), is));
    buttons.chain(axes).collect()
}

/// The values of [`AXES`], in that order.
fn axis_values(state: &PadState) -> [i32; AXES.len()] {
    [
        i32::from(state.left.0),
        downwards(state.left.1),
        i32::from(state.triggers.0),
        i32::from(state.right.0),
        downwards(state.right.1),
        i32::from(state.triggers.1),
        hat(state.buttons, PadButtons::LEFT, PadButtons::RIGHT),
        hat(state.buttons, PadButtons::UP, PadButtons::DOWN),
    ]
}

/// Turns +y up into the kernel's +y down, within the axis' range.
fn downwards(y: i16) -> i32 {
    (-i32::from(y)).min(32_767)
}

fn hat(buttons: PadButtons, negative: PadButtons, positive: PadButtons) -> i32 {
    i32::from(buttons.contains(positive)) - i32::from(buttons.contains(negative))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stick_up_is_negative_for_the_kernel() {
        let up = PadState { left: (0, i16::MAX), right: (0, i16::MIN), ..PadState::default() };
        let signals = changes(&PadState::default(), &up);
        assert_eq!(
            signals,
            [
                Signal::Absolute(AbsoluteAxis::Y.code(), -32_767),
                Signal::Absolute(AbsoluteAxis::RY.code(), 32_767)
            ]
        );
    }

    #[test]
    fn the_directional_pad_is_a_hat() {
        let state = PadState { buttons: PadButtons(0x1 | 0x8), ..PadState::default() };
        let signals = changes(&PadState::default(), &state);
        assert_eq!(
            signals,
            [
                Signal::Absolute(AbsoluteAxis::Hat0X.code(), 1),
                Signal::Absolute(AbsoluteAxis::Hat0Y.code(), -1)
            ]
        );
    }

    #[test]
    fn each_button_bit_has_its_own_code_and_unknown_bits_have_none() {
        let codes: std::collections::BTreeSet<_> = (0..32)
            .filter(|bit| (1u32 << bit) & 0xF == 0)
            .flat_map(|bit| {
                changes(
                    &PadState::default(),
                    &PadState { buttons: PadButtons(1 << bit), ..PadState::default() },
                )
            })
            .map(|signal| match signal {
                Signal::Key(code, true) => code,
                other => panic!("a button bit caused {other:?}"),
            })
            .collect();
        assert_eq!(codes.len(), BUTTONS.len());
    }

    #[test]
    fn the_same_state_again_changes_nothing() {
        let state =
            PadState { buttons: PadButtons(0xFFFF_FFFF), left: (1, 2), right: (3, 4), triggers: (5, 6) };
        assert!(changes(&state, &state).is_empty());
    }
}
