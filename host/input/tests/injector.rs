//! What an injector does to its devices, watched through a backend that stands in for uinput.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use punktfunk_input::{
    Backend, Button, Character, DeviceKind, Event, Injector, InputError, InputSettings, Key,
    MAX_PAD_CREATIONS, OnRumble, PadButtons, PadState, PenState, PenTool, Place, Rumble, ScrollAxis, Signal,
    Sink, Touch, TouchPhase,
};

const ALL: InputSettings =
    InputSettings { keyboard: true, pointer: true, touch: true, pen: true, gamepads: 4 };
const NOTHING: InputSettings =
    InputSettings { keyboard: false, pointer: false, touch: false, pen: false, gamepads: 0 };

/// The devices as a kernel would see them: what is plugged in, what is held and where axes stand.
#[derive(Default)]
struct Machine {
    plugged: Vec<DeviceKind>,
    made: usize,
    held: BTreeMap<(DeviceKind, u16), ()>,
    axes: BTreeMap<(DeviceKind, u16), i32>,
    log: Vec<(DeviceKind, Vec<Signal>)>,
    /// The slot that the touch screen speaks of, and the slots with a finger.
    slot: i32,
    fingers: BTreeSet<i32>,
    /// Where a pad tells what its motors do.
    motors: BTreeMap<u8, OnRumble>,
    broken: bool,
    refusing: bool,
}

/// `ABS_MT_SLOT` and `ABS_MT_TRACKING_ID`.
const MT_SLOT: u16 = 0x2f;
const MT_TRACKING_ID: u16 = 0x39;

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Machine>>);

impl Shared {
    fn look<T>(&self, at: impl FnOnce(&mut Machine) -> T) -> T {
        at(&mut self.0.lock().expect("no test panics while holding the lock"))
    }

    fn injector(&self, settings: InputSettings) -> Injector {
        Injector::with_backend(&settings, Arc::new(|_| {}), Box::new(self.clone()))
            .expect("the machine makes devices")
    }

    fn at_rest(&self) -> bool {
        self.look(|machine| {
            let pads_centred = machine.axes.iter().all(|((kind, _), value)| match kind {
                DeviceKind::Pad(_) => *value == 0,
                _ => true,
            });
            machine.held.is_empty() && machine.fingers.is_empty() && pads_centred
        })
    }
}

impl Backend for Shared {
    fn create(&mut self, kind: DeviceKind, on_rumble: &OnRumble) -> Result<Box<dyn Sink>, InputError> {
        self.look(|machine| {
            machine.made += 1;
            if machine.refusing {
                return Err(InputError::Missing);
            }
            machine.plugged.push(kind);
            if let DeviceKind::Pad(index) = kind {
                machine.motors.insert(index, Arc::clone(on_rumble));
            }
            Ok(())
        })?;
        Ok(Box::new(Plug { machine: self.clone(), kind }))
    }
}

struct Plug {
    machine: Shared,
    kind: DeviceKind,
}

impl Sink for Plug {
    fn send(&mut self, signals: &[Signal]) -> io::Result<()> {
        let kind = self.kind;
        self.machine.look(|machine| {
            if machine.broken {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            for signal in signals {
                match *signal {
                    Signal::Key(code, true) => {
                        assert!(machine.held.insert((kind, code), ()).is_none(), "{code} went down twice");
                    }
                    Signal::Key(code, false) => {
                        assert!(machine.held.remove(&(kind, code)).is_some(), "{code} went up twice");
                    }
                    Signal::Absolute(MT_SLOT, slot) => machine.slot = slot,
                    Signal::Absolute(MT_TRACKING_ID, -1) => {
                        assert!(machine.fingers.remove(&machine.slot), "a finger lifted twice");
                    }
                    Signal::Absolute(MT_TRACKING_ID, _) => {
                        assert!(machine.fingers.insert(machine.slot), "two fingers in one slot");
                    }
                    Signal::Absolute(code, value) => {
                        machine.axes.insert((kind, code), value);
                    }
                    Signal::Relative(..) => {}
                }
            }
            machine.log.push((kind, signals.to_vec()));
            Ok(())
        })
    }
}

impl Drop for Plug {
    fn drop(&mut self) {
        let kind = self.kind;
        self.machine.look(|machine| {
            machine.plugged.retain(|&plugged| plugged != kind);
            // the kernel lets go of everything that a device held when it is gone
            machine.held.retain(|&(held, _), ()| held != kind);
            machine.axes.retain(|&(moved, _), _| moved != kind);
        });
    }
}

fn key(vk: u16) -> Key {
    Key::from_windows_vk(vk).expect("a key of the table")
}

fn pad(index: u8, buttons: u32) -> Event {
    Event::Pad { index, state: PadState { buttons: PadButtons(buttons), ..PadState::default() } }
}

fn touch(id: u32, phase: TouchPhase) -> Event {
    Event::Touch(Touch { id, phase, place: Place { x: 100, y: 200 }, pressure: 0 })
}

fn pen(touching: bool) -> Event {
    Event::Pen(PenState { in_range: true, touching, ..PenState::default() })
}

#[test]
fn a_repeated_edge_reaches_the_kernel_once() {
    let machine = Shared::default();
    let mut injector = machine.injector(ALL);
    for down in [true, true, false, false, true] {
        injector.inject(&Event::Key { key: key(0x41), down }).unwrap();
        injector.inject(&Event::Button { button: Button::Left, down }).unwrap();
    }
    assert_eq!(machine.look(|machine| machine.log.len()), 6);
    assert_eq!(injector.held(), 2);
}

#[test]
fn dropping_the_injector_lets_go_and_unplugs() {
    let machine = Shared::default();
    let mut injector = machine.injector(ALL);
    injector.inject(&Event::Key { key: key(0x11), down: true }).unwrap();
    injector.inject(&pad(2, 0x1001)).unwrap();
    assert!(!machine.at_rest());
    drop(injector);
    assert!(machine.at_rest());
    assert!(machine.look(|machine| machine.plugged.is_empty()));
}

#[test]
fn a_kind_that_is_off_gets_no_device_and_no_events() {
    let machine = Shared::default();
    let mut injector = machine.injector(NOTHING);
    for event in [
        Event::Key { key: key(0x41), down: true },
        Event::PointerMove { dx: 1, dy: 1 },
        Event::PointerTo { x: 1, y: 1, width: 10, height: 10 },
        Event::Button { button: Button::Right, down: true },
        Event::Scroll { axis: ScrollAxis::Vertical, v120: 120 },
        Event::Text(Character('a')),
        touch(1, TouchPhase::Down),
        pen(true),
        Event::PadArrived { index: 0 },
        pad(0, 1),
    ] {
        injector.inject(&event).unwrap();
    }
    assert_eq!(machine.look(|machine| (machine.made, machine.log.len())), (0, 0));
}

#[test]
fn a_pad_comes_with_its_first_state_and_goes_at_rest() {
    let machine = Shared::default();
    let mut injector = machine.injector(ALL);
    injector.inject(&pad(3, 0x1000)).unwrap();
    assert!(machine.look(|machine| machine.plugged.contains(&DeviceKind::Pad(3))));
    injector.inject(&Event::PadRemoved { index: 3 }).unwrap();
    assert!(machine.at_rest());
    assert!(!machine.look(|machine| machine.plugged.contains(&DeviceKind::Pad(3))));
}

#[test]
fn no_more_pads_than_the_policy_allows() {
    let machine = Shared::default();
    let mut injector = machine.injector(InputSettings { gamepads: 2, ..ALL });
    for index in 0..=u8::MAX {
        injector.inject(&pad(index, 1)).unwrap();
    }
    let pads = machine
        .look(|machine| machine.plugged.iter().filter(|kind| matches!(kind, DeviceKind::Pad(_))).count());
    assert_eq!(pads, 2);
}

#[test]
fn a_pad_index_outside_the_protocol_is_no_pad() {
    let machine = Shared::default();
    let mut injector = machine.injector(InputSettings { gamepads: 255, ..ALL });
    for index in 0..=u8::MAX {
        injector.inject(&Event::PadArrived { index }).unwrap();
    }
    let pads = machine
        .look(|machine| machine.plugged.iter().filter(|kind| matches!(kind, DeviceKind::Pad(_))).count());
    assert_eq!(pads, 16);
}

#[test]
fn plugging_in_and_out_for_ever_runs_dry() {
    let machine = Shared::default();
    let mut injector = machine.injector(InputSettings { gamepads: 1, ..NOTHING });
    for _ in 0..2 * MAX_PAD_CREATIONS {
        injector.inject(&Event::PadArrived { index: 0 }).unwrap();
        injector.inject(&Event::PadRemoved { index: 0 }).unwrap();
    }
    assert_eq!(machine.look(|machine| machine.made), MAX_PAD_CREATIONS as usize);
}

#[test]
fn a_pad_that_cannot_be_made_is_reported_and_not_tried_for_ever() {
    let machine = Shared::default();
    let mut injector = machine.injector(InputSettings { gamepads: 1, ..NOTHING });
    machine.look(|machine| machine.refusing = true);
    let failures = (0..2 * MAX_PAD_CREATIONS).filter(|_| injector.inject(&pad(0, 1)).is_err()).count();
    assert_eq!(failures, MAX_PAD_CREATIONS as usize);
}

#[test]
fn pointing_at_the_same_place_again_still_moves_the_pointer_back() {
    let machine = Shared::default();
    let mut injector = machine.injector(ALL);
    let there = Event::PointerTo { x: 960, y: 540, width: 1920, height: 1080 };
    injector.inject(&there).unwrap();
    injector.inject(&Event::PointerMove { dx: 50, dy: 0 }).unwrap();
    injector.inject(&there).unwrap();
    let last = machine.look(|machine| machine.log.last().cloned()).expect("three reports");
    assert_eq!(last.0, DeviceKind::AbsolutePointer);
    assert_eq!(
        last.1,
        [Signal::Absolute(0, 32_768 ^ 1), Signal::Absolute(0, 32_768), Signal::Absolute(1, 32_768)]
    );
}

#[test]
fn a_surface_without_area_is_no_place() {
    let machine = Shared::default();
    let mut injector = machine.injector(ALL);
    injector.inject(&Event::PointerTo { x: 1, y: 1, width: 0, height: 5 }).unwrap();
    injector.inject(&Event::PointerTo { x: 1, y: 1, width: 5, height: 0 }).unwrap();
    assert_eq!(machine.look(|machine| machine.log.len()), 0);
}

#[test]
fn what_could_not_be_released_is_released_later() {
    let machine = Shared::default();
    let mut injector = machine.injector(ALL);
    injector.inject(&Event::Key { key: key(0x41), down: true }).unwrap();
    injector.inject(&Event::Button { button: Button::Back, down: true }).unwrap();
    injector.inject(&pad(0, 0x10)).unwrap();
    machine.look(|machine| machine.broken = true);
    let error = injector.release_all().unwrap_err();
    assert!(matches!(error, InputError::Write { device: DeviceKind::Keyboard, .. }), "{error}");
    machine.look(|machine| machine.broken = false);
    injector.release_all().unwrap();
    assert!(machine.at_rest());
}

#[test]
fn the_private_key_that_was_pressed_is_not_printed() {
    let event = Event::Key { key: key(0x51), down: true };
    assert!(!format!("{event:?}").contains("16"), "{event:?}");
}

#[test]
fn text_is_typed_whatever_is_held_meanwhile() {
    let machine = Shared::default();
    let mut injector = machine.injector(ALL);
    let (control, a) = (key(0x11), key(0x41));
    for held in [control, a] {
        injector.inject(&Event::Key { key: held, down: true }).unwrap();
    }
    machine.look(|machine| machine.log.clear());
    injector.inject(&Event::Text(Character('A'))).unwrap();
    let typed: Vec<Signal> =
        machine.look(|machine| machine.log.drain(..).flat_map(|(_, report)| report).collect());
    let (control, a, shift) = (control.evdev_code(), a.evdev_code(), key(0x10).evdev_code());
    assert_eq!(
        typed,
        [
            Signal::Key(control, false),
            Signal::Key(a, false),
            Signal::Key(shift, true),
            Signal::Key(a, true),
            Signal::Key(a, false),
            Signal::Key(shift, false),
            Signal::Key(control, true),
            Signal::Key(a, true),
        ]
    );
    assert_eq!(injector.held(), 2, "what was held is held again");
    injector.inject(&Event::Text(Character('é'))).unwrap();
    assert_eq!(machine.look(|machine| machine.log.len()), 0, "no key of a US keyboard types this");
}

#[test]
fn fingers_and_a_pen_that_are_still_there_at_the_end_are_taken_back() {
    let machine = Shared::default();
    let mut injector = machine.injector(ALL);
    for event in [touch(1, TouchPhase::Down), touch(2, TouchPhase::Down), pen(true)] {
        injector.inject(&event).unwrap();
    }
    assert_eq!(injector.held(), 3);
    assert!(!machine.at_rest());
    injector.release_all().unwrap();
    assert!(machine.at_rest());
    let palms = machine.look(|machine| {
        let signals = machine.log.iter().flat_map(|(_, report)| report);
        signals.filter(|signal| matches!(signal, Signal::Absolute(0x37, 2))).count()
    });
    assert_eq!(palms, 2, "neither finger has tapped");
}

#[test]
fn what_a_game_makes_of_a_pads_motors_is_told_with_the_pads_number() {
    let machine = Shared::default();
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&told);
    let on_rumble: OnRumble = Arc::new(move |rumble| hears.lock().unwrap().push(rumble));
    let mut injector = Injector::with_backend(&ALL, on_rumble, Box::new(machine.clone())).unwrap();
    injector.inject(&Event::PadArrived { index: 3 }).unwrap();
    let rumble = Rumble { pad: 3, low: 1, high: 2 };
    machine.look(|machine| machine.motors[&3](rumble));
    assert_eq!(*told.lock().unwrap(), [rumble]);
}

fn any_event() -> impl Strategy<Value = Event> {
    let state = (any::<u32>(), any::<(i16, i16)>(), any::<(i16, i16)>(), any::<(u8, u8)>()).prop_map(
        |(buttons, left, right, triggers)| PadState { buttons: PadButtons(buttons), left, right, triggers },
    );
    prop_oneof![
        (0u16..256, any::<bool>())
            .prop_filter_map("a key", |(vk, down)| Some(Event::Key { key: Key::from_windows_vk(vk)?, down })),
        any::<(i32, i32)>().prop_map(|(dx, dy)| Event::PointerMove { dx, dy }),
        any::<(i32, i32, u16, u16)>().prop_map(|(x, y, width, height)| Event::PointerTo {
            x,
            y,
            width,
            height
        }),
        (0u32..7, any::<bool>()).prop_filter_map("a button", |(code, down)| {
            Some(Event::Button { button: Button::from_code(code)?, down })
        }),
        (any::<bool>(), any::<i32>()).prop_map(|(up, v120)| Event::Scroll {
            axis: if up { ScrollAxis::Vertical } else { ScrollAxis::Horizontal },
            v120
        }),
        any::<char>().prop_map(|typed| Event::Text(Character(typed))),
        (0u8..128).prop_map(|typed| Event::Text(Character(typed.into()))),
        (0u32..20, 0..4usize, any::<(u16, u16, u8)>()).prop_map(|(id, phase, (x, y, pressure))| {
            let phase = [TouchPhase::Down, TouchPhase::Move, TouchPhase::Up, TouchPhase::Cancel][phase];
            Event::Touch(Touch { id, phase, place: Place { x, y }, pressure })
        }),
        Just(Event::TouchesCancelled),
        (any::<[bool; 3]>(), any::<(u16, u16, u16, u8)>(), any::<(i8, i8)>()).prop_map(
            |([in_range, touching, eraser], (x, y, pressure, buttons), tilt)| {
                let tool = if eraser { PenTool::Eraser } else { PenTool::Pen };
                let place = Place { x, y };
                Event::Pen(PenState { in_range, touching, tool, buttons, place, pressure, distance: 0, tilt })
            }
        ),
        (0u8..20, state).prop_map(|(index, state)| Event::Pad { index, state }),
        (0u8..20).prop_map(|index| Event::PadArrived { index }),
        (0u8..20).prop_map(|index| Event::PadRemoved { index }),
    ]
}

proptest! {
    #[test]
    fn whatever_was_injected_nothing_stays_held(
        events in proptest::collection::vec(any_event(), 0..200),
        keyboard: bool,
        pointer: bool,
        touch: bool,
        pen: bool,
        gamepads in 0u8..20,
    ) {
        let machine = Shared::default();
        let mut injector = machine.injector(InputSettings { keyboard, pointer, touch, pen, gamepads });
        for event in &events {
            injector.inject(event).unwrap();
        }
        injector.release_all().unwrap();
        prop_assert!(machine.at_rest());
        prop_assert_eq!(injector.held(), 0);
    }

    #[test]
    fn a_machine_that_fails_in_between_is_at_rest_after_a_later_release(
        before in proptest::collection::vec(any_event(), 0..50),
        during in proptest::collection::vec(any_event(), 0..50),
        after in proptest::collection::vec(any_event(), 0..50),
    ) {
        let machine = Shared::default();
        let mut injector = machine.injector(ALL);
        for (broken, events) in [(false, before), (true, during), (false, after)] {
            machine.look(|machine| machine.broken = broken);
            for event in &events {
                let outcome = injector.inject(event);
                prop_assert!(broken || outcome.is_ok());
            }
        }
        injector.release_all().unwrap();
        prop_assert!(machine.at_rest());
    }
}
