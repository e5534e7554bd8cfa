//! Input events of a door become events of the host's input devices, within the device's grants.

use std::collections::BTreeSet;

use punktfunk_core::datagram::{
    Axis, GamepadState, InputEvent, MAX_PADS, MouseButton, PadAxis, PenSample, SnapshotOrder,
    TouchPhase as Phase,
};
use punktfunk_core::wire::{Allowance, Grants};
use punktfunk_input::{
    Button, Character, Event, InputSettings, Key, PadButtons, PadState, PenState, PenTool, Place, ScrollAxis,
    Touch, TouchPhase,
};

use crate::app::PadBudget;

/// Pads that a client may plug in in quick succession: those of four players.
const PLUG_BURST: u32 = 4;
/// And from then on one in this time, nanoseconds: each is a new device for the kernel and the whole desktop.
const PLUG_EVERY_NS: u64 = 500_000_000;
/// Fine scrolling counts so many to a unit of the wheel.
const FINE_PER_UNIT: i32 = 256;
/// The number of the eraser among a pen's tools.
const ERASER: u8 = 2;

/// One client's view of its input devices.
pub(crate) struct Translator {
    settings: InputSettings,
    order: SnapshotOrder,
    /// Pads that report in single buttons and axes, put together.
    legacy: [PadState; MAX_PADS as usize],
    pads: BTreeSet<u8>,
    budget: PadBudget,
    plugs: Allowance,
    /// What is left of fine scrolling, less than a unit, for each axis.
    fine: [i32; 2],
    last_pen: Option<u16>,
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
            fine: [0; 2],
            last_pen: None,
        }
    }

    /// A finger, within both policy and grants.
    pub(crate) fn touch(&self, touch: Touch, granted: Grants) -> Option<Event> {
        let leaves = matches!(touch.phase, TouchPhase::Up | TouchPhase::Cancel);
        (self.settings.touch && (leaves || granted.contains(Grants::POINTER))).then_some(Event::Touch(touch))
    }

    /// A pen, within both policy and grants.
    pub(crate) fn pen(&self, pen: PenState, granted: Grants) -> Option<Event> {
        let may = !pen.in_range || granted.contains(Grants::POINTER);
        (self.settings.pen && may).then_some(Event::Pen(pen))
    }

    /// Whether a datagram of pen samples is newer than those before.
    pub(crate) fn accepts_pen(&mut self, seq: u16) -> bool {
        let newer = self.last_pen.is_none_or(|last| seq.wrapping_sub(last).cast_signed() > 0);
        if newer {
            self.last_pen = Some(seq);
        }
        newer
    }

    /// One sample of a pen (punktfunk/1 §5.10). A guess of where it will be is not drawn.
    pub(crate) fn pen_sample(&self, sample: &PenSample, granted: Grants) -> Option<Event> {
        let bit = |bit: u8| sample.state >> bit & 1 == 1;
        if bit(7) {
            return None;
        }
        let pen = PenState {
            in_range: bit(0) || bit(1),
            touching: bit(1),
            tool: if sample.tool == ERASER { PenTool::Eraser } else { PenTool::Pen },
            buttons: sample.state >> 2 & 0b11,
            place: Place::of_share(sample.x, sample.y),
            pressure: sample.pressure,
            distance: sample.distance,
            tilt: lean(sample.tilt, sample.azimuth),
        };
        self.pen(pen, granted)
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
            InputEvent::Touch { phase, id, x, y, width, height } => {
                let phase = match phase {
                    Phase::Down => TouchPhase::Down,
                    Phase::Move => TouchPhase::Move,
                    Phase::Up => TouchPhase::Up,
                };
                let place = Place::of_pixel((x, y), (width, height))?;
                self.touch(Touch { id, phase, place, pressure: 0 }, granted)
            }
            InputEvent::Text(character) if self.settings.keyboard => Some(Event::Text(Character(character))),
            InputEvent::ScrollFine { axis, amount_q8, .. } if self.settings.pointer => {
                self.scroll_fine(axis, amount_q8)
            }
            pointer if self.settings.pointer => pointer_event(pointer),
            _ => None,
        }
    }

    fn scroll_fine(&mut self, axis: Axis, amount_q8: i32) -> Option<Event> {
        let rest = &mut self.fine[axis as usize];
        let total = rest.saturating_add(amount_q8);
        *rest = total % FINE_PER_UNIT;
        let v120 = total / FINE_PER_UNIT;
        (v120 != 0).then_some(Event::Scroll { axis: scroll_axis(axis), v120 })
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
            | InputEvent::Touch { phase: Phase::Up, .. }
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
        InputEvent::Scroll { axis, amount, .. } => Event::Scroll { axis: scroll_axis(axis), v120: amount },
        _ => return None,
    })
}

fn scroll_axis(axis: Axis) -> ScrollAxis {
    match axis {
        Axis::Vertical => ScrollAxis::Vertical,
        Axis::Horizontal => ScrollAxis::Horizontal,
    }
}

/// How a pen leans that tells its tilt off the vertical and the direction it points in, in degrees; the largest numbers mean
/// that it does not know.
pub(crate) fn lean(tilt: u8, azimuth: u16) -> (i8, i8) {
    if tilt == u8::MAX || azimuth == u16::MAX { (0, 0) } else { PenState::lean(tilt, azimuth) }
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

    const ALL: InputSettings =
        InputSettings { keyboard: true, pointer: true, touch: true, pen: true, gamepads: 2 };

    fn state(pad: u8, seq: u8) -> InputEvent {
        InputEvent::PadState(GamepadState { pad, seq, ..GamepadState::default() })
    }

    fn finger(phase: Phase) -> InputEvent {
        InputEvent::Touch { phase, id: 3, x: 960, y: 0, width: 1920, height: 1080 }
    }

    fn sample(state: u8) -> PenSample {
        PenSample {
            state,
            tool: 1,
            x: 0.5,
            y: 1.0,
            pressure: 700,
            distance: 0,
            tilt: 30,
            azimuth: 0,
            roll: 0,
            dt: 0,
        }
    }

    #[test]
    fn a_finger_is_put_where_it_is_on_the_screen_and_lifts_without_the_grant() {
        let mut translator = Translator::new(ALL, PadBudget::default());
        let place = Place { x: 32_768, y: 0 };
        let touch = Touch { id: 3, phase: TouchPhase::Down, place, pressure: 0 };
        assert_eq!(translator.go(finger(Phase::Down)), Some(Event::Touch(touch)));
        assert!(translator.translate(0, finger(Phase::Move), Grants::empty()).is_none());
        assert!(translator.translate(0, finger(Phase::Up), Grants::empty()).is_some());
    }

    #[test]
    fn a_pen_is_drawn_where_it_was_and_not_where_it_is_guessed_to_be() {
        let translator = Translator::new(ALL, PadBudget::default());
        let pen = PenState {
            in_range: true,
            touching: true,
            buttons: 0b10,
            place: Place { x: 32_768, y: 65_535 },
            pressure: 700,
            tilt: (0, 30),
            ..PenState::default()
        };
        assert_eq!(translator.pen_sample(&sample(0b1011), Grants::ALL), Some(Event::Pen(pen)));
        assert_eq!(translator.pen_sample(&sample(0x80 | 0b11), Grants::ALL), None);
        assert_eq!(translator.pen_sample(&sample(0b11), Grants::ALL - Grants::POINTER), None);
        assert!(translator.pen_sample(&sample(0), Grants::empty()).is_some(), "it may always leave");
        let off = InputSettings { pen: false, ..ALL };
        assert_eq!(Translator::new(off, PadBudget::default()).pen_sample(&sample(1), Grants::ALL), None);
    }

    #[test]
    fn pen_samples_that_were_overtaken_are_dropped() {
        let mut translator = Translator::new(ALL, PadBudget::default());
        let taken = [65_535, 0, 65_535, 1, 1].map(|seq| translator.accepts_pen(seq));
        assert_eq!(taken, [true, true, false, true, false]);
    }

    #[test]
    fn fine_scrolling_adds_up_to_units_of_the_wheel() {
        let mut translator = Translator::new(ALL, PadBudget::default());
        let mut scroll = |amount_q8| {
            translator.go(InputEvent::ScrollFine { axis: Axis::Vertical, amount_q8, source: 0, phase: 0 })
        };
        assert_eq!(scroll(200), None);
        assert_eq!(scroll(200), Some(Event::Scroll { axis: ScrollAxis::Vertical, v120: 1 }));
        assert_eq!(scroll(-400), Some(Event::Scroll { axis: ScrollAxis::Vertical, v120: -1 }));
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
        let nothing =
            InputSettings { keyboard: false, pointer: false, touch: false, pen: false, gamepads: 0 };
        let arrived =
            InputEvent::PadArrived { pad: 0, kind: GamepadKind::Auto, haptics: false, speaker: false };
        for event in [
            InputEvent::Key { vk: 0x41, down: true },
            InputEvent::Text('a'),
            InputEvent::MouseMove { dx: 1, dy: 1 },
            InputEvent::ScrollFine { axis: Axis::Vertical, amount_q8: 30_720, source: 0, phase: 0 },
            finger(Phase::Down),
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
