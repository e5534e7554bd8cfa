//! The real thing: what is injected arrives at readers of the kernel's event devices. Needs the modules `uinput` and
//! `evdev`, and rights to `/dev/uinput` and `/dev/input`: run it in a virtual machine, with `--ignored`.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use input_linux::sys::{BUS_USB, FF_RUMBLE, ff_effect, ff_effect_union, ff_replay, ff_trigger, input_event};
use input_linux::{AbsoluteAxis, EvdevHandle, EventKind, EventTime, InputEvent, Key as Evdev, RelativeAxis};
use punktfunk_input::{
    Button, DeviceKind, Event, Injector, InputSettings, Key, OnRumble, PadButtons, PadState, PenState, Place,
    Rumble, ScrollAxis, Touch, TouchPhase, self_test,
};

/// One event of the kernel: type, code, value.
type Seen = (EventKind, u16, i32);

struct Reader(EvdevHandle<File>);

impl Reader {
    fn of(name: &str) -> Self {
        let path = event_device(name);
        let file =
            OpenOptions::new().read(true).custom_flags(nix::fcntl::OFlag::O_NONBLOCK.bits()).open(path);
        Self(EvdevHandle::new(file.expect("an event device that may be read")))
    }

    /// Everything that has come since, without reports' ends.
    fn seen(&self) -> Vec<Seen> {
        let mut events = [*InputEvent::zeroed().as_raw(); 64];
        let mut seen = Vec::new();
        while let Ok(count) = self.0.read(&mut events) {
            seen.extend(events[..count].iter().filter_map(event));
        }
        seen
    }
}

/// The event device that has this name. The kernel makes the node before the device's creation returns.
fn event_device(name: &str) -> PathBuf {
    let devices = std::fs::read_dir("/sys/class/input").expect("sysfs").flatten();
    let mut named: Vec<PathBuf> = devices
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("event"))
        .filter(|entry| {
            std::fs::read_to_string(entry.path().join("device/name")).is_ok_and(|n| n.trim() == name)
        })
        .map(|entry| PathBuf::from("/dev/input").join(entry.file_name()))
        .collect();
    named.pop().unwrap_or_else(|| panic!("no event device is called {name}"))
}

fn event(raw: &input_event) -> Option<Seen> {
    let event = InputEvent::from_raw(raw).ok()?;
    (event.kind != EventKind::Synchronize).then_some((event.kind, event.code, event.value))
}

const ALL: InputSettings =
    InputSettings { keyboard: true, pointer: true, touch: true, pen: true, gamepads: 4 };

fn injector() -> Injector {
    Injector::open(&ALL, Arc::new(|_| {})).expect("uinput")
}

#[test]
#[ignore = "needs /dev/uinput"]
fn a_key_arrives_and_is_let_go_of_at_the_end() {
    let mut injector = injector();
    let reader = Reader::of("punktfunk keyboard");
    let a = Key::from_windows_vk(0x41).unwrap();
    let shift = Key::from_windows_vk(0x10).unwrap();
    injector.inject(&Event::Key { key: shift, down: true }).unwrap();
    injector.inject(&Event::Key { key: a, down: true }).unwrap();
    injector.inject(&Event::Key { key: a, down: false }).unwrap();
    assert_eq!(
        reader.seen(),
        [
            (EventKind::Key, Evdev::LeftShift.code(), 1),
            (EventKind::Key, Evdev::A.code(), 1),
            (EventKind::Key, Evdev::A.code(), 0),
        ]
    );
    injector.release_all().unwrap();
    assert_eq!(reader.seen(), [(EventKind::Key, Evdev::LeftShift.code(), 0)]);
}

#[test]
#[ignore = "needs /dev/uinput"]
fn the_pointers_move_click_and_scroll() {
    let mut injector = injector();
    let (mouse, absolute) = (Reader::of("punktfunk mouse"), Reader::of("punktfunk absolute pointer"));
    injector.inject(&Event::PointerMove { dx: -5, dy: 3 }).unwrap();
    injector.inject(&Event::Button { button: Button::Left, down: true }).unwrap();
    injector.inject(&Event::Button { button: Button::Left, down: false }).unwrap();
    injector.inject(&Event::Scroll { axis: ScrollAxis::Vertical, v120: 120 }).unwrap();
    injector.inject(&Event::Scroll { axis: ScrollAxis::Horizontal, v120: -30 }).unwrap();
    assert_eq!(
        mouse.seen(),
        [
            (EventKind::Relative, RelativeAxis::X.code(), -5),
            (EventKind::Relative, RelativeAxis::Y.code(), 3),
            (EventKind::Key, Evdev::ButtonLeft.code(), 1),
            (EventKind::Key, Evdev::ButtonLeft.code(), 0),
            (EventKind::Relative, RelativeAxis::WheelHiRes.code(), 120),
            (EventKind::Relative, RelativeAxis::Wheel.code(), 1),
            (EventKind::Relative, RelativeAxis::HorizontalWheelHiRes.code(), -30),
        ]
    );
    let there = Event::PointerTo { x: 960, y: 540, width: 1920, height: 1080 };
    injector.inject(&there).unwrap();
    let place = [(EventKind::Absolute, 0, 32_768), (EventKind::Absolute, 1, 32_768)];
    assert_eq!(absolute.seen(), place);
    injector.inject(&there).unwrap();
    assert_eq!(absolute.seen(), [(EventKind::Absolute, 0, 32_769), (EventKind::Absolute, 0, 32_768)]);
}

#[test]
#[ignore = "needs /dev/uinput"]
fn a_pad_looks_like_the_pad_that_games_know() {
    let mut injector = injector();
    injector.inject(&Event::PadArrived { index: 0 }).unwrap();
    let reader = Reader::of("Microsoft X-Box 360 pad");
    let id = reader.0.device_id().unwrap();
    assert_eq!((id.bustype, id.vendor, id.product), (BUS_USB, 0x045E, 0x028E));
    let trigger = reader.0.absolute_info(AbsoluteAxis::Z).unwrap();
    assert_eq!((trigger.minimum, trigger.maximum), (0, 255));
    let stick = reader.0.absolute_info(AbsoluteAxis::Y).unwrap();
    assert_eq!((stick.minimum, stick.maximum), (-32_768, 32_767));

    let state = PadState {
        buttons: PadButtons(PadButtons::A.0 | PadButtons::UP.0),
        left: (0, i16::MAX),
        triggers: (255, 0),
        ..PadState::default()
    };
    injector.inject(&Event::Pad { index: 0, state }).unwrap();
    assert_eq!(
        reader.seen(),
        [
            (EventKind::Key, Evdev::ButtonSouth.code(), 1),
            (EventKind::Absolute, AbsoluteAxis::Y.code(), -32_767),
            (EventKind::Absolute, AbsoluteAxis::Z.code(), 255),
            (EventKind::Absolute, AbsoluteAxis::Hat0Y.code(), -1),
        ]
    );
    injector.release_all().unwrap();
    assert_eq!(reader.seen().len(), 4);
    injector.inject(&Event::PadRemoved { index: 0 }).unwrap();
    assert!(reader.0.device_id().is_err(), "the device is gone");
}

#[test]
#[ignore = "needs /dev/uinput"]
fn two_fingers_arrive_in_slots_of_their_own() {
    let mut injector = injector();
    let reader = Reader::of("punktfunk touch screen");
    let touch = |id, phase, x| Event::Touch(Touch { id, phase, place: Place { x, y: 9 }, pressure: 0 });
    for event in [touch(5, TouchPhase::Down, 1), touch(6, TouchPhase::Down, 2), touch(5, TouchPhase::Up, 1)] {
        injector.inject(&event).unwrap();
    }
    let seen = reader.seen();
    let axis = |axis: AbsoluteAxis, value| (EventKind::Absolute, axis.code(), value);
    for expected in [
        axis(AbsoluteAxis::MultitouchTrackingId, 0),
        axis(AbsoluteAxis::MultitouchPositionX, 1),
        axis(AbsoluteAxis::MultitouchSlot, 1),
        axis(AbsoluteAxis::MultitouchTrackingId, 1),
        axis(AbsoluteAxis::MultitouchSlot, 0),
        axis(AbsoluteAxis::MultitouchTrackingId, -1),
        (EventKind::Key, Evdev::ButtonTouch.code(), 1),
    ] {
        assert!(seen.contains(&expected), "{expected:?} in {seen:?}");
    }
    assert!(!seen.contains(&(EventKind::Key, Evdev::ButtonTouch.code(), 0)), "one finger is still down");
    injector.release_all().unwrap();
    assert!(reader.seen().contains(&(EventKind::Key, Evdev::ButtonTouch.code(), 0)));
    assert!(reader.0.absolute_info(AbsoluteAxis::X).unwrap().resolution > 0);
}

#[test]
#[ignore = "needs /dev/uinput"]
fn a_pen_hovers_presses_and_leans() {
    let mut injector = injector();
    let reader = Reader::of("punktfunk pen");
    let hover =
        PenState { in_range: true, place: Place { x: 3, y: 4 }, tilt: (-30, 10), ..PenState::default() };
    injector.inject(&Event::Pen(hover)).unwrap();
    injector.inject(&Event::Pen(PenState { touching: true, pressure: 500, buttons: 1, ..hover })).unwrap();
    let seen = reader.seen();
    for expected in [
        (EventKind::Key, Evdev::ButtonToolPen.code(), 1),
        (EventKind::Absolute, AbsoluteAxis::X.code(), 3),
        (EventKind::Absolute, AbsoluteAxis::TiltX.code(), -30),
        (EventKind::Absolute, AbsoluteAxis::Pressure.code(), 500),
        (EventKind::Key, Evdev::ButtonTouch.code(), 1),
        (EventKind::Key, Evdev::ButtonStylus.code(), 1),
    ] {
        assert!(seen.contains(&expected), "{expected:?} in {seen:?}");
    }
    injector.release_all().unwrap();
    assert!(reader.seen().contains(&(EventKind::Key, Evdev::ButtonToolPen.code(), 0)));
}

#[test]
#[ignore = "needs /dev/uinput"]
fn a_game_makes_a_pad_rumble_and_lets_it_rest() {
    const PATIENCE: Duration = Duration::from_secs(10);
    let (told, hears) = mpsc::channel();
    let told = std::sync::Mutex::new(told);
    let on_rumble: OnRumble = Arc::new(move |rumble| {
        // nobody hears it once the test is over
        let _ = told.lock().unwrap().send(rumble);
    });
    let mut injector = Injector::open(&ALL, on_rumble).unwrap();
    injector.inject(&Event::PadArrived { index: 2 }).unwrap();
    let game = Game::of("Microsoft X-Box 360 pad");
    let effect = game.upload(0x4000, 0x2000, 60).expect("an effect");
    game.play(effect, 1);
    assert_eq!(hears.recv_timeout(PATIENCE).unwrap(), Rumble { pad: 2, low: 0x4000, high: 0x2000 });
    assert_eq!(hears.recv_timeout(PATIENCE).unwrap(), Rumble { pad: 2, low: 0, high: 0 }, "by itself");
    let endless = game.upload(0xffff, 0, 0).expect("another");
    game.play(endless, 1);
    assert_eq!(hears.recv_timeout(PATIENCE).unwrap(), Rumble { pad: 2, low: 0xffff, high: 0 });
    // a game that ends takes its effects with it
    drop(game);
    assert_eq!(hears.recv_timeout(PATIENCE).unwrap(), Rumble { pad: 2, low: 0, high: 0 });
}

/// A program that has opened a pad to make it rumble.
struct Game(EvdevHandle<File>);

impl Game {
    fn of(name: &str) -> Self {
        let file = OpenOptions::new().read(true).write(true).open(event_device(name));
        Self(EvdevHandle::new(file.expect("an event device that may be written")))
    }

    fn upload(&self, low: u16, high: u16, length_ms: u16) -> std::io::Result<i16> {
        let mut effect = ff_effect {
            type_: FF_RUMBLE,
            id: -1,
            direction: 0,
            trigger: ff_trigger { button: 0, interval: 0 },
            replay: ff_replay { length: length_ms, delay: 0 },
            u: Default::default(),
        };
        let union: &mut ff_effect_union = (&mut effect).into();
        (union.rumble_mut().strong_magnitude, union.rumble_mut().weak_magnitude) = (low, high);
        self.0.send_force_feedback(&mut effect)?;
        Ok(effect.id)
    }

    fn play(&self, effect: i16, times: i32) {
        let event = InputEvent {
            time: EventTime::new(0, 0),
            kind: EventKind::ForceFeedback,
            code: effect.cast_unsigned(),
            value: times,
        };
        self.0.write(&[*event.as_raw()]).expect("the effect plays");
    }
}

#[test]
#[ignore = "needs /dev/uinput"]
fn every_key_of_the_table_arrives_as_itself() {
    let mut injector = injector();
    let reader = Reader::of("punktfunk keyboard");
    // SysRq together with a letter would be a command to the kernel; each key goes up before the next.
    for key in (0..=0xFF).filter_map(Key::from_windows_vk) {
        injector.inject(&Event::Key { key, down: true }).unwrap();
        injector.inject(&Event::Key { key, down: false }).unwrap();
        let code = key.evdev_code();
        assert_eq!(reader.seen(), [(EventKind::Key, code, 1), (EventKind::Key, code, 0)]);
    }
}

#[test]
#[ignore = "needs /dev/uinput"]
fn the_self_test_makes_one_device_of_each_kind_and_leaves_none() {
    let kinds: Vec<_> = self_test().unwrap().devices;
    assert_eq!(kinds.len(), 6);
    assert_eq!(kinds[5].0, DeviceKind::Pad(0));
    for (_, name) in kinds {
        assert!(!PathBuf::from("/sys/class/input").join(&name).exists(), "{name} is still there");
    }
}
