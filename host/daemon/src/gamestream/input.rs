//! What a Moonlight client's user does, in the terms that all doors share.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use punktfunk_core::datagram::{Axis, GamepadButtons, GamepadState, InputEvent, MouseButton};
use punktfunk_core::wire::GamepadKind;
use punktfunk_gamestream::{Contact, HostMessage, InputEvent as Theirs, Link};
use punktfunk_input::{OnRumble, PenState, PenTool, Place, Rumble, Touch, TouchPhase};
use tokio::task::AbortHandle;

use crate::app::{Host, StreamShared};
use crate::input::{Changes, StreamInput, lean};

/// One stream's input, from the door to the devices.
pub(super) struct MoonlightInput {
    input: Arc<Mutex<StreamInput>>,
    terms: Terms,
    following: AbortHandle,
}

impl MoonlightInput {
    /// Must be called within a runtime.
    pub(super) fn new(host: &Arc<Host>, shared: &Arc<StreamShared>, link: Link) -> Self {
        let mut changes = Changes::of(host, shared);
        let input = Arc::new(Mutex::new(StreamInput::new(host, shared, rumble_to(link))));
        let followed = Arc::clone(&input);
        let following = tokio::spawn(async move {
            loop {
                changes.next().await;
                lock(&followed).follow();
            }
        });
        Self { input, terms: Terms::default(), following: following.abort_handle() }
    }

    pub(super) fn take(&mut self, event: Theirs) {
        let mut input = lock(&self.input);
        for deed in self.terms.of(event) {
            match deed {
                Deed::Event(event) => input.event(event),
                Deed::Touch(touch) => input.touch(touch),
                Deed::TouchesCancelled => input.cancel_touches(),
                Deed::Pen(pen) => input.pen(pen),
            }
        }
    }
}

/// Tells the client what games make of its pads.
fn rumble_to(link: Link) -> OnRumble {
    Arc::new(move |Rumble { pad, low, high }| link.say(HostMessage::Rumble { pad: pad.into(), low, high }))
}

impl Drop for MoonlightInput {
    fn drop(&mut self) {
        self.following.abort();
    }
}

fn lock(input: &Mutex<StreamInput>) -> MutexGuard<'_, StreamInput> {
    input.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an event of theirs means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Event(InputEvent),
    Touch(Touch),
    TouchesCancelled,
    Pen(PenState),
}

/// What a contact does (GameStream §7).
const HOVER: u8 = 0;
const DOWN: u8 = 1;
const UP: u8 = 2;
const MOVE: u8 = 3;
const CANCEL: u8 = 4;
const BUTTON_ONLY: u8 = 5;
const CANCEL_ALL: u8 = 7;
/// The number of the eraser among a pen's tools.
const ERASER: u8 = 2;

/// A touch screen sees no finger that hovers.
fn touch(contact: Contact) -> Option<Deed> {
    let phase = match contact.event {
        DOWN => TouchPhase::Down,
        UP => TouchPhase::Up,
        MOVE => TouchPhase::Move,
        CANCEL => TouchPhase::Cancel,
        CANCEL_ALL => return Some(Deed::TouchesCancelled),
        _ => return None,
    };
    let pressure = (contact.pressure * 255.0).round() as u8;
    let place = Place::of_share(contact.x, contact.y);
    Some(Deed::Touch(Touch { id: contact.id, phase, place, pressure }))
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
    /// The pen as it was last.
    pen: PenState,
}

impl Terms {
    fn of(&mut self, event: Theirs) -> Vec<Deed> {
        match event {
            Theirs::Touch(contact) => touch(contact).into_iter().collect(),
            Theirs::Pen { contact, tool, buttons, tilt } => {
                self.pen = self.pen_after(contact, tool, buttons, tilt);
                vec![Deed::Pen(self.pen)]
            }
            event => self.plain(event).into_iter().map(Deed::Event).collect(),
        }
    }

    fn pen_after(&self, contact: Contact, tool: u8, buttons: u8, tilt: u8) -> PenState {
        let pen = PenState {
            in_range: true,
            touching: matches!(contact.event, DOWN | MOVE),
            tool: if tool == ERASER { PenTool::Eraser } else { PenTool::Pen },
            buttons,
            place: Place::of_share(contact.x, contact.y),
            tilt: lean(tilt, contact.rotation),
            ..PenState::default()
        };
        let share = Place::of_share(contact.pressure, 0.0).x;
        match contact.event {
            HOVER => PenState { distance: share, ..pen },
            DOWN | MOVE => PenState { pressure: share, ..pen },
            BUTTON_ONLY => PenState { buttons, ..self.pen },
            // clients that cannot see a pen hover say nothing of it after it lifts
            _ => PenState::default(),
        }
    }

    fn plain(&mut self, event: Theirs) -> Vec<InputEvent> {
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
            Theirs::Text(character) => vec![InputEvent::Text(character)],
            // the devices here have no counterpart for these
            Theirs::Haptics
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

    fn key(vk: u16, down: bool) -> Deed {
        Deed::Event(InputEvent::Key { vk, down })
    }

    fn contact(event: u8) -> Contact {
        Contact { event, id: 7, x: 0.5, y: 1.0, pressure: 0.5, rotation: 0, ..Contact::default() }
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
        let [Deed::Event(InputEvent::PadState(first))] = terms.of(Theirs::Pad(state))[..] else {
            panic!("a state")
        };
        assert_eq!((first.pad, first.seq, first.buttons), (1, 1, GamepadButtons::A));
        let gone = terms.of(Theirs::Pad(PadState { present: 0, ..state }));
        assert_eq!(gone, [Deed::Event(InputEvent::PadRemoved { pad: 1, seq: 2 })]);
    }

    #[test]
    fn fingers_land_and_are_taken_back_and_hover_over_nothing() {
        let mut terms = Terms::default();
        let place = Place { x: 32_768, y: 65_535 };
        let touch = |phase| Deed::Touch(Touch { id: 7, phase, place, pressure: 128 });
        let mut told = |event| terms.of(Theirs::Touch(contact(event)));
        assert_eq!(told(DOWN), [touch(TouchPhase::Down)]);
        assert_eq!(told(MOVE), [touch(TouchPhase::Move)]);
        assert_eq!(told(CANCEL), [touch(TouchPhase::Cancel)]);
        assert_eq!(told(CANCEL_ALL), [Deed::TouchesCancelled]);
        assert_eq!((told(HOVER), told(BUTTON_ONLY), told(99)), (vec![], vec![], vec![]));
    }

    #[test]
    fn a_pen_hovers_presses_turns_round_and_leaves() {
        let mut terms = Terms::default();
        let mut told = |event, tool, buttons| {
            let pen = Theirs::Pen { contact: contact(event), tool, buttons, tilt: 30 };
            let [Deed::Pen(pen)] = terms.of(pen)[..] else { panic!("a pen") };
            pen
        };
        let hover = told(HOVER, 1, 0);
        assert!(hover.in_range && !hover.touching);
        assert_eq!((hover.distance, hover.pressure, hover.tilt), (32_768, 0, (0, 30)));
        let down = told(DOWN, ERASER, 1);
        assert!(down.touching && down.tool == PenTool::Eraser);
        assert_eq!((down.distance, down.pressure), (0, 32_768));
        assert_eq!(told(BUTTON_ONLY, ERASER, 2), PenState { buttons: 2, ..down });
        assert_eq!(told(UP, ERASER, 0), PenState::default());
        let unsure = Theirs::Pen {
            contact: Contact { rotation: 0xffff, ..contact(DOWN) },
            tool: 1,
            buttons: 0,
            tilt: 30,
        };
        let [Deed::Pen(upright)] = terms.of(unsure)[..] else { panic!("a pen") };
        assert_eq!(upright.tilt, (0, 0));
    }
}
