//! Input events of a door become events of the host's input devices, within the device's grants.

use std::collections::BTreeSet;

use punktfunk_core::datagram::{
    Axis, GamepadState, InputEvent, MAX_PADS, MouseButton, PadAxis, SnapshotOrder,
};
use punktfunk_core::wire::{Allowance, Grants};
use punktfunk_input::{Button, Event, InputSettings, Key, PadButtons, PadState, ScrollAxis};

use crate::app::PadBudget;

/// Pads that a client may plug in in quick succession: those of four players.
const PLUG_BURST: u32 = 4;
/// And from then on one in this time, nanoseconds: each is a new device for the kernel and the whole desktop.
const PLUG_EVERY_NS: u64 = 500_000_000;

/// One client's view of its input devices.
pub(crate) struct Translator {
    settings: InputSettings,
    order: SnapshotOrder,
    /// Pads that report in single buttons and axes, put together.
    legacy: [PadState; MAX_PADS as usize],
    pads: BTreeSet<u8>,
    budget: PadBudget,
    plugs: Allowance,
}

impl Translator {
    pub(crate) fn new(settings: InputSettings, budget: PadBudget) -> Self {
        Self {
            settings,
            order: SnapshotOrder::new(),
            legacy: [PadState::default(); MAX_PADS as usize],
            pads: BTreeSet::new(),
            budget,
            plugs: Allowance::new(PLUG_BURST, PLUG_EVERY_NS),
        }
    }

    /// The event to inject, if it is known, new, and within both policy and grants. Letting go needs no grant.
    pub(crate) fn translate(&mut self, now_ns: u64, event: InputEvent, granted: Grants) -> Option<Event> {
        if !granted.contains(needed(event)) && !lets_go(event) {
            return None;
        }
        match event {
            InputEvent::Key { vk, down } if self.settings.keyboard => {
                Some(Event::Key { key: Key::from_windows_vk(vk)?, down })
            }
            InputEvent::PadState(state) => {
                let new = self.claim(now_ns, state.pad) && self.order.accept(state.pad, state.seq);
                new.then(|| Event::Pad { index: state.pad, state: pad_state(state) })
            }
            InputEvent::PadButton { pad, button, down } => {
                let state = self.legacy_pad(now_ns, pad)?;
                let bits = state.buttons.0;
                state.buttons = PadButtons(if down { bits | button.bits() } else { bits & !button.bits() });
                Some(Event::Pad { index: pad, state: *state })
            }
            InputEvent::PadAxis { pad, axis, value } => {
                let state = self.legacy_pad(now_ns, pad)?;
                set_axis(state, axis, value);
                Some(Event::Pad { index: pad, state: *state })
            }
            InputEvent::PadArrived { pad, .. } => {
                self.order.forget(pad);
                self.claim(now_ns, pad).then_some(Event::PadArrived { index: pad })
            }
            InputEvent::PadRemoved { pad, seq } => (self.order.accept(pad, seq) && self.give_back(pad))
                .then_some(Event::PadRemoved { index: pad }),
            InputEvent::Touch { .. } | InputEvent::Text(_) | InputEvent::ScrollFine { .. } => None,
            pointer if self.settings.pointer => pointer_event(pointer),
            _ => None,
        }
    }

    fn legacy_pad(&mut self, now_ns: u64, pad: u8) -> Option<&mut PadState> {
        if self.claim(now_ns, pad) { self.legacy.get_mut(usize::from(pad)) } else { None }
    }

    /// Whether this client has the pad, or may have one more.
    fn claim(&mut self, now_ns: u64, pad: u8) -> bool {
        if self.pads.contains(&pad) {
            return true;
        }
        let claimed = self.plugs.allow(now_ns) && self.budget.claim(self.settings.gamepads);
        if claimed {
            self.pads.insert(pad);
        }
        claimed
    }

    fn give_back(&mut self, pad: u8) -> bool {
        let had = self.pads.remove(&pad);
        if had {
            self.budget.release();
            self.legacy[usize::from(pad)] = PadState::default();
        }
        had
    }
}

impl Drop for Translator {
    fn drop(&mut self) {
        for _ in &self.pads {
            self.budget.release();
        }
    }
}

/// Whether an event only lets go of what is held.
fn lets_go(event: InputEvent) -> bool {
    matches!(
        event,
        InputEvent::Key { down: false, .. }
            | InputEvent::MouseButton { down: false, .. }
            | InputEvent::PadRemoved { .. }
    )
}

/// The grant that an event needs.
fn needed(event: InputEvent) -> Grants {
    match event {
        InputEvent::Key { .. } | InputEvent::Text(_) => Grants::KEYBOARD,
        InputEvent::MouseMove { .. }
        | InputEvent::MouseMoveTo { .. }
        | InputEvent::MouseButton { .. }
        | InputEvent::Scroll { .. }
        | InputEvent::ScrollFine { .. }
        | InputEvent::Touch { .. } => Grants::POINTER,
        InputEvent::PadButton { .. }
        | InputEvent::PadAxis { .. }
        | InputEvent::PadState(_)
        | InputEvent::PadRemoved { .. }
        | InputEvent::PadArrived { .. } => Grants::GAMEPAD,
    }
}

fn pointer_event(event: InputEvent) -> Option<Event> {
    Some(match event {
        InputEvent::MouseMove { dx, dy } => Event::PointerMove { dx, dy },
        InputEvent::MouseMoveTo { x, y, width, height } => Event::PointerTo { x, y, width, height },
        InputEvent::MouseButton { button, down } => {
            let button = match button {
                MouseButton::Left => Button::Left,
                MouseButton::Middle => Button::Middle,
                MouseButton::Right => Button::Right,
                MouseButton::Back => Button::Back,
                MouseButton::Forward => Button::Forward,
            };
            Event::Button { button, down }
        }
        InputEvent::Scroll { axis, amount, .. } => {
            let axis = match axis {
                Axis::Vertical => ScrollAxis::Vertical,
                Axis::Horizontal => ScrollAxis::Horizontal,
            };
            Event::Scroll { axis, v120: amount }
        }
        _ => return None,
    })
}

fn pad_state(state: GamepadState) -> PadState {
    PadState {
        buttons: PadButtons(state.buttons.bits()),
        left: (state.left_x, state.left_y),
        right: (state.right_x, state.right_y),
        triggers: (state.left_trigger, state.right_trigger),
    }
}

fn set_axis(state: &mut PadState, axis: PadAxis, value: i32) {
    let stick = value.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
    let trigger = value.clamp(0, u8::MAX.into()) as u8;
    match axis {
        PadAxis::LeftX => state.left.0 = stick,
        PadAxis::LeftY => state.left.1 = stick,
        PadAxis::RightX => state.right.0 = stick,
        PadAxis::RightY => state.right.1 = stick,
        PadAxis::LeftTrigger => state.triggers.0 = trigger,
        PadAxis::RightTrigger => state.triggers.1 = trigger,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use punktfunk_core::datagram::GamepadButtons;
    use punktfunk_core::wire::GamepadKind;

    impl Translator {
        fn go(&mut self, event: InputEvent) -> Option<Event> {
            self.translate(0, event, Grants::ALL)
        }
    }

    const ALL: InputSettings = InputSettings { keyboard: true, pointer: true, gamepads: 2 };

    fn state(pad: u8, seq: u8) -> InputEvent {
        InputEvent::PadState(GamepadState { pad, seq, ..GamepadState::default() })
    }

    #[test]
    fn an_overtaken_pad_state_is_dropped() {
        let mut translator = Translator::new(ALL, PadBudget::default());
        assert!(translator.go(state(0, 5)).is_some());
        assert!(translator.go(state(0, 4)).is_none());
        assert!(translator.go(state(0, 6)).is_some());
    }

    #[test]
    fn all_clients_together_share_the_pads_of_the_policy() {
        let budget = PadBudget::default();
        let mut one = Translator::new(ALL, budget.clone());
        let mut two = Translator::new(ALL, budget.clone());
        assert!(one.go(state(0, 1)).is_some());
        assert!(two.go(state(0, 1)).is_some());
        assert!(two.go(state(1, 1)).is_none());
        drop(one);
        assert!(two.go(state(1, 2)).is_some());
        assert!(two.go(InputEvent::PadRemoved { pad: 1, seq: 3 }).is_some());
        assert_eq!(budget.taken(), 1);
    }

    #[test]
    fn what_is_not_granted_or_not_in_the_policy_is_not_injected() {
        let nothing = InputSettings { keyboard: false, pointer: false, gamepads: 0 };
        let arrived =
            InputEvent::PadArrived { pad: 0, kind: GamepadKind::Auto, haptics: false, speaker: false };
        for event in [
            InputEvent::Key { vk: 0x41, down: true },
            InputEvent::MouseMove { dx: 1, dy: 1 },
            state(0, 1),
            arrived,
        ] {
            let mut denied = Translator::new(ALL, PadBudget::default());
            assert_eq!(denied.translate(0, event, Grants::ALL - needed(event)), None);
            assert!(denied.translate(0, event, needed(event)).is_some());
            assert_eq!(Translator::new(nothing, PadBudget::default()).go(event), None);
        }
    }

    #[test]
    fn a_key_that_is_held_can_be_let_go_of_without_the_grant() {
        let mut translator = Translator::new(ALL, PadBudget::default());
        let mut without_grant = |event| translator.translate(0, event, Grants::empty());
        assert!(without_grant(InputEvent::Key { vk: 0x41, down: false }).is_some());
        assert!(without_grant(InputEvent::MouseButton { button: MouseButton::Left, down: false }).is_some());
        assert!(without_grant(InputEvent::Key { vk: 0x41, down: true }).is_none());
    }

    #[test]
    fn a_client_that_plugs_pads_in_and_out_all_the_time_gets_two_a_second() {
        let mut translator = Translator::new(ALL, PadBudget::default());
        let arrived =
            InputEvent::PadArrived { pad: 0, kind: GamepadKind::Auto, haptics: false, speaker: false };
        let mut plugged = 0;
        for ms in 0..10_000_u64 {
            let now_ns = ms * 1_000_000;
            plugged += u32::from(translator.translate(now_ns, arrived, Grants::ALL).is_some());
            translator.translate(now_ns, InputEvent::PadRemoved { pad: 0, seq: ms as u8 }, Grants::ALL);
        }
        assert!((PLUG_BURST + 19..=PLUG_BURST + 20).contains(&plugged), "{plugged}");
    }

    #[test]
    fn single_buttons_and_axes_build_up_a_whole_pad() {
        let mut translator = Translator::new(ALL, PadBudget::default());
        let button = GamepadButtons::A;
        translator.go(InputEvent::PadButton { pad: 1, button, down: true });
        let event = translator.go(InputEvent::PadAxis { pad: 1, axis: PadAxis::LeftX, value: 40_000 });
        let Some(Event::Pad { index: 1, state }) = event else { panic!("{event:?}") };
        assert_eq!((state.buttons, state.left.0), (PadButtons::A, i16::MAX));
    }
}
