//! What a Moonlight client's user does, in the terms that all doors share.

use std::collections::BTreeSet;
use std::sync::Arc;

use punktfunk_core::datagram::{Axis, GamepadButtons, GamepadState, InputEvent, MouseButton};
use punktfunk_core::wire::GamepadKind;
use punktfunk_gamestream::InputEvent as Theirs;
use punktfunk_trust::Grant;

use crate::app::{Host, StreamShared};
use crate::input::{Injection, Translator, grants, settings_of, start};

/// One stream's input, from the door to the devices.
pub(super) struct MoonlightInput {
    host: Arc<Host>,
    shared: Arc<StreamShared>,
    injection: Option<Injection>,
    translator: Translator,
    terms: Terms,
    granted: Grant,
}

impl MoonlightInput {
    pub(super) fn new(host: &Arc<Host>, shared: &Arc<StreamShared>) -> Self {
        let settings = settings_of(&host.policy().input);
        Self {
            host: Arc::clone(host),
            shared: Arc::clone(shared),
            injection: start(host, settings),
            translator: Translator::new(settings, host.pad_budget()),
            terms: Terms::default(),
            granted: *shared.grant.borrow(),
        }
    }

    pub(super) fn take(&mut self, event: Theirs) {
        let Some(injection) = &self.injection else { return };
        let grant = *self.shared.grant.borrow();
        if grant != self.granted {
            // nothing stays pressed by a device that may not press it any more
            injection.release_all();
            self.granted = grant;
        }
        let now_ns = self.host.clock().monotonic_ns();
        for event in self.terms.of(event) {
            if let Some(event) = self.translator.translate(now_ns, event, grants(grant)) {
                injection.inject(event);
            }
        }
    }
}

/// Keys of one modifier: its bit, and the left, right and plain code.
const MODIFIERS: [(u8, [u8; 3]); 4] =
    [(1, [0xa0, 0xa1, 0x10]), (2, [0xa2, 0xa3, 0x11]), (4, [0xa4, 0xa5, 0x12]), (8, [0x5b, 0x5c, 0x5b])];

/// Keeps what is needed to put one client's events into the terms of all doors.
#[derive(Debug, Default)]
struct Terms {
    /// Modifier keys that are down.
    modifiers: BTreeSet<u8>,
    /// Numbers the states of pads, which come in order here.
    sequence: u8,
}

impl Terms {
    fn of(&mut self, event: Theirs) -> Vec<InputEvent> {
        match event {
            Theirs::Key { vk, down, modifiers } => self.key(vk, down, modifiers),
            Theirs::MouseMove { dx, dy } => vec![InputEvent::MouseMove { dx: dx.into(), dy: dy.into() }],
            Theirs::MouseTo { x, y, width, height } => {
                vec![InputEvent::MouseMoveTo { x: x.into(), y: y.into(), width, height }]
            }
            Theirs::MouseButton { button, down } => {
                let button = match button {
                    1 => MouseButton::Left,
                    2 => MouseButton::Middle,
                    3 => MouseButton::Right,
                    4 => MouseButton::Back,
                    _ => MouseButton::Forward,
                };
                vec![InputEvent::MouseButton { button, down }]
            }
            Theirs::Scroll { amount, horizontal } => {
                let axis = if horizontal { Axis::Horizontal } else { Axis::Vertical };
                vec![InputEvent::Scroll { axis, amount: amount.into(), precise: false }]
            }
            Theirs::Pad(state) => {
                self.sequence = self.sequence.wrapping_add(1);
                let (pad, seq) = (state.pad, self.sequence);
                if state.present >> pad & 1 == 0 {
                    return vec![InputEvent::PadRemoved { pad, seq }];
                }
                vec![InputEvent::PadState(GamepadState {
                    pad,
                    seq,
                    buttons: GamepadButtons::from_bits_truncate(state.buttons),
                    left_x: state.left.0,
                    left_y: state.left.1,
                    right_x: state.right.0,
                    right_y: state.right.1,
                    left_trigger: state.triggers.0,
                    right_trigger: state.triggers.1,
                })]
            }
            Theirs::PadArrived { pad, .. } => {
                vec![InputEvent::PadArrived { pad, kind: GamepadKind::Auto, haptics: false, speaker: false }]
            }
            // the devices here have no counterpart for these
            Theirs::Haptics
            | Theirs::Text(_)
            | Theirs::Touch(_)
            | Theirs::Pen { .. }
            | Theirs::PadTouch { .. }
            | Theirs::PadMotion { .. }
            | Theirs::PadBattery { .. } => Vec::new(),
        }
    }

    /// A key names the modifiers that are held with it, also those whose own key was never told: they are held for this
    /// key alone.
    fn key(&mut self, vk: u8, down: bool, modifiers: u8) -> Vec<InputEvent> {
        let event = |vk: u8, down| InputEvent::Key { vk: vk.into(), down };
        if MODIFIERS.iter().any(|(_, keys)| keys.contains(&vk)) {
            if down {
                self.modifiers.insert(vk);
            } else {
                self.modifiers.remove(&vk);
            }
            return vec![event(vk, down)];
        }
        let untold = MODIFIERS.iter().filter(|(bit, keys)| {
            down && modifiers & bit != 0 && !keys.iter().any(|key| self.modifiers.contains(key))
        });
        let around: Vec<u8> = untold.map(|(_, keys)| keys[0]).collect();
        let before = around.iter().map(|key| event(*key, true));
        let after = around.iter().rev().map(|key| event(*key, false));
        before.chain([event(vk, down)]).chain(after).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use punktfunk_gamestream::PadState;

    fn key(vk: u16, down: bool) -> InputEvent {
        InputEvent::Key { vk, down }
    }

    #[test]
    fn a_modifier_that_only_its_bit_names_is_held_for_that_key_alone() {
        let mut terms = Terms::default();
        let shifted = terms.of(Theirs::Key { vk: 0x41, down: true, modifiers: 1 });
        assert_eq!(shifted, [key(0xa0, true), key(0x41, true), key(0xa0, false)]);
        terms.of(Theirs::Key { vk: 0xa1, down: true, modifiers: 1 });
        assert_eq!(terms.of(Theirs::Key { vk: 0x42, down: true, modifiers: 1 }), [key(0x42, true)]);
        assert_eq!(terms.of(Theirs::Key { vk: 0x42, down: false, modifiers: 2 }), [key(0x42, false)]);
    }

    #[test]
    fn a_pad_without_its_bit_is_gone_and_states_keep_their_order() {
        let mut terms = Terms::default();
        let state = PadState { pad: 1, present: 2, buttons: 0x1000, ..PadState::default() };
        let [InputEvent::PadState(first)] = terms.of(Theirs::Pad(state))[..] else { panic!("a state") };
        assert_eq!((first.pad, first.seq, first.buttons), (1, 1, GamepadButtons::A));
        let gone = terms.of(Theirs::Pad(PadState { present: 0, ..state }));
        assert_eq!(gone, [InputEvent::PadRemoved { pad: 1, seq: 2 }]);
    }
}
