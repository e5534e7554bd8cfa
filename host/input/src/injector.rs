use std::collections::{BTreeMap, BTreeSet};

use input_linux::AbsoluteAxis;
use tracing::warn;

use crate::touch::Touches;
use crate::uinput::Uinput;
use crate::{
    Backend, Button, Character, DeviceKind, Event, InputError, Key, OnRumble, PadState, PenState, ScrollAxis,
    Signal, Sink, pad, pen, pointer, text,
};

/// Pads that a protocol can address: indices 0 to 15.
pub const MAX_PADS: u8 = 16;

/// Pads that one injector makes in its life, counting failed tries. Making one costs the kernel and
/// udev milliseconds, so a client that plugs and unplugs as fast as it can must run dry.
pub const MAX_PAD_CREATIONS: u32 = 256;

/// Which kinds of input a session may inject. Events of a kind that is off are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputSettings {
    /// Key presses and text.
    pub keyboard: bool,
    /// Pointer motion, mouse buttons and wheels.
    pub pointer: bool,
    /// Fingers on a touch screen.
    pub touch: bool,
    /// A pen on a tablet.
    pub pen: bool,
    /// How many pads may be plugged in at once, at most [`MAX_PADS`]; 0 turns pads off.
    pub gamepads: u8,
}

impl InputSettings {
    /// Whether anything at all may be injected.
    #[must_use]
    pub fn any(&self) -> bool {
        self.keyboard || self.pointer || self.touch || self.pen || self.gamepads > 0
    }
}

/// The input devices of one session, and everything that the session holds down on them.
///
/// Edges are deduplicated: a key that is down cannot go down again. Pads are compared with their
/// last state, so that repeated snapshots cost nothing.
pub struct Injector {
    backend: Box<dyn Backend>,
    on_rumble: OnRumble,
    settings: InputSettings,
    keyboard: Option<Device>,
    mouse: Option<Device>,
    absolute: Option<Device>,
    screen: Option<Device>,
    tablet: Option<Device>,
    keys: BTreeSet<Key>,
    buttons: BTreeSet<Button>,
    vertical: pointer::Wheel,
    horizontal: pointer::Wheel,
    last_place: Option<(i32, i32)>,
    touches: Touches,
    pen: PenState,
    pads: BTreeMap<u8, (Device, PadState)>,
    pad_creations: u32,
}

impl Injector {
    /// Opens uinput and makes the keyboard, the pointers, the touch screen and the tablet that `settings` allow. Pads come
    /// when the client brings them; what games make of their motors is told to `on_rumble`.
    ///
    /// # Errors
    /// [`InputError`] when uinput is missing, closed to this process, or refuses a device.
    pub fn open(settings: &InputSettings, on_rumble: OnRumble) -> Result<Self, InputError> {
        Self::with_backend(settings, on_rumble, Box::new(Uinput))
    }

    /// Like [`Injector::open`], with devices from elsewhere.
    ///
    /// # Errors
    /// Whatever the backend reports for any of these devices.
    pub fn with_backend(
        settings: &InputSettings,
        on_rumble: OnRumble,
        mut backend: Box<dyn Backend>,
    ) -> Result<Self, InputError> {
        let mut make =
            |wanted: bool, kind| wanted.then(|| Device::create(&mut *backend, kind, &on_rumble)).transpose();
        Ok(Self {
            keyboard: make(settings.keyboard, DeviceKind::Keyboard)?,
            mouse: make(settings.pointer, DeviceKind::Mouse)?,
            absolute: make(settings.pointer, DeviceKind::AbsolutePointer)?,
            screen: make(settings.touch, DeviceKind::TouchScreen)?,
            tablet: make(settings.pen, DeviceKind::Pen)?,
            settings: *settings,
            backend,
            on_rumble,
            keys: BTreeSet::new(),
            buttons: BTreeSet::new(),
            vertical: pointer::Wheel::default(),
            horizontal: pointer::Wheel::default(),
            last_place: None,
            touches: Touches::default(),
            pen: PenState::default(),
            pads: BTreeMap::new(),
            pad_creations: 0,
        })
    }

    /// Injects one event. Events that the settings forbid, that repeat the present state or that
    /// exceed a bound are dropped without an error.
    ///
    /// # Errors
    /// [`InputError::Write`] when a device no longer takes events, and the errors of making a pad.
    pub fn inject(&mut self, event: &Event) -> Result<(), InputError> {
        match *event {
            Event::Key { key, down } => self.key(key, down),
            Event::PointerMove { dx, dy } => send(self.mouse.as_mut(), &pointer::movement(dx, dy)),
            Event::PointerTo { x, y, width, height } => self.point_to(x, y, width, height),
            Event::Button { button, down } => self.button(button, down),
            Event::Scroll { axis, v120 } => self.scroll(axis, v120),
            Event::Text(character) => self.text(character),
            Event::Touch(touch) => self.touched(|touches| touches.turn(&touch)),
            Event::TouchesCancelled => self.touched(Touches::cancel_all),
            Event::Pen(state) => self.pen(&state),
            Event::Pad { index, state } => self.pad_state(index, &state),
            Event::PadArrived { index } => self.plug(index),
            Event::PadRemoved { index } => self.unplug(index),
        }
    }

    /// Lets go of everything: every key and button goes up, touches are taken back, the pen leaves, every pad returns to rest.
    /// Pads stay plugged in.
    ///
    /// # Errors
    /// The first [`InputError::Write`]; the other devices are released all the same, and what could
    /// not be released is tried again at the next call.
    pub fn release_all(&mut self) -> Result<(), InputError> {
        let keys: Vec<_> = self.keys.iter().map(|key| Signal::Key(key.evdev_code(), false)).collect();
        let buttons: Vec<_> =
            self.buttons.iter().map(|&button| Signal::Key(pointer::button_code(button), false)).collect();
        let mut outcome = send(self.keyboard.as_mut(), &keys).map(|()| self.keys.clear());
        outcome = outcome.and(send(self.mouse.as_mut(), &buttons).map(|()| self.buttons.clear()));
        outcome = outcome.and(self.touched(Touches::cancel_all));
        outcome = outcome.and(self.pen(&PenState::default()));
        for (device, state) in self.pads.values_mut() {
            outcome = outcome.and(rest(device, state));
        }
        outcome
    }

    /// How many keys, buttons and fingers are down, without those of pads; a pen in range counts as one.
    #[must_use]
    pub fn held(&self) -> usize {
        self.keys.len() + self.buttons.len() + self.touches.count() + usize::from(self.pen.in_range)
    }

    fn key(&mut self, key: Key, down: bool) -> Result<(), InputError> {
        if self.keyboard.is_none() || self.keys.contains(&key) == down {
            return Ok(());
        }
        send(self.keyboard.as_mut(), &[Signal::Key(key.evdev_code(), down)])?;
        if down {
            self.keys.insert(key);
        } else {
            self.keys.remove(&key);
        }
        Ok(())
    }

    /// Types a character, whatever is held meanwhile: modifiers that are down go up for it and down again.
    fn text(&mut self, character: Character) -> Result<(), InputError> {
        if self.keyboard.is_none() {
            return Ok(());
        }
        let Some((key, shift)) = text::stroke(character) else { return Ok(()) };
        let held = |code: u16| self.keys.iter().any(|key| key.evdev_code() == code);
        let modifiers: Vec<u16> =
            text::MODIFIERS.iter().map(input_linux::Key::code).filter(|code| held(*code)).collect();
        let shift = shift.then_some(text::MODIFIERS[0].code());
        let (code, key_is_held) = (key.evdev_code(), self.keys.contains(&key));
        let up = |codes: &[u16]| codes.iter().map(|code| Signal::Key(*code, false)).collect::<Vec<_>>();
        let down = |codes: &[u16]| codes.iter().map(|code| Signal::Key(*code, true)).collect::<Vec<_>>();
        let held_key = key_is_held.then_some(code);
        let lifted = [modifiers.as_slice(), held_key.as_slice()].concat();
        let reports = [
            up(&lifted),
            down(shift.as_slice()),
            down(&[code]),
            up(&[code]),
            up(shift.as_slice()),
            down(&lifted),
        ];
        reports.iter().try_for_each(|report| send(self.keyboard.as_mut(), report))
    }

    fn touched(&mut self, change: impl FnOnce(&mut Touches) -> Vec<Vec<Signal>>) -> Result<(), InputError> {
        if self.screen.is_none() {
            return Ok(());
        }
        let mut touches = self.touches;
        for report in change(&mut touches) {
            send(self.screen.as_mut(), &report)?;
        }
        self.touches = touches;
        Ok(())
    }

    fn pen(&mut self, state: &PenState) -> Result<(), InputError> {
        if self.tablet.is_none() {
            return Ok(());
        }
        for report in pen::changes(&self.pen, state) {
            send(self.tablet.as_mut(), &report)?;
        }
        self.pen = *state;
        Ok(())
    }

    fn button(&mut self, button: Button, down: bool) -> Result<(), InputError> {
        if self.mouse.is_none() || self.buttons.contains(&button) == down {
            return Ok(());
        }
        send(self.mouse.as_mut(), &[Signal::Key(pointer::button_code(button), down)])?;
        if down {
            self.buttons.insert(button);
        } else {
            self.buttons.remove(&button);
        }
        Ok(())
    }

    fn point_to(&mut self, x: i32, y: i32, width: u16, height: u16) -> Result<(), InputError> {
        if width == 0 || height == 0 {
            return Ok(());
        }
        let place = (pointer::absolute(x, width), pointer::absolute(y, height));
        let (x_axis, y_axis) = (AbsoluteAxis::X.code(), AbsoluteAxis::Y.code());
        let mut signals = Vec::with_capacity(3);
        if self.last_place == Some(place) {
            // The kernel drops an absolute value that did not change, but a relative move may have
            // carried the pointer away meanwhile: step aside within the same report.
            signals.push(Signal::Absolute(x_axis, place.0 ^ 1));
        }
        signals.extend([Signal::Absolute(x_axis, place.0), Signal::Absolute(y_axis, place.1)]);
        send(self.absolute.as_mut(), &signals)?;
        self.last_place = Some(place);
        Ok(())
    }

    fn scroll(&mut self, axis: ScrollAxis, v120: i32) -> Result<(), InputError> {
        let wheel = match axis {
            ScrollAxis::Vertical => &mut self.vertical,
            ScrollAxis::Horizontal => &mut self.horizontal,
        };
        send(self.mouse.as_mut(), &wheel.turn(axis, v120))
    }

    fn pad_state(&mut self, index: u8, state: &PadState) -> Result<(), InputError> {
        self.plug(index)?;
        let Some((device, last)) = self.pads.get_mut(&index) else { return Ok(()) };
        device.send(&pad::changes(last, state))?;
        *last = *state;
        Ok(())
    }

    fn plug(&mut self, index: u8) -> Result<(), InputError> {
        let full = self.pads.len() >= usize::from(self.settings.gamepads);
        if self.pads.contains_key(&index)
            || index >= MAX_PADS
            || full
            || self.pad_creations >= MAX_PAD_CREATIONS
        {
            return Ok(());
        }
        self.pad_creations += 1;
        if self.pad_creations == MAX_PAD_CREATIONS {
            warn!("this session has plugged in {MAX_PAD_CREATIONS} gamepads; no more will be made");
        }
        let device = Device::create(&mut *self.backend, DeviceKind::Pad(index), &self.on_rumble)?;
        self.pads.insert(index, (device, PadState::default()));
        Ok(())
    }

    fn unplug(&mut self, index: u8) -> Result<(), InputError> {
        let Some((mut device, mut state)) = self.pads.remove(&index) else { return Ok(()) };
        rest(&mut device, &mut state)
    }
}

impl Drop for Injector {
    fn drop(&mut self) {
        if let Err(error) = self.release_all() {
            warn!(%error, "not everything could be released at the end of a session");
        }
    }
}

impl std::fmt::Debug for Injector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Injector")
            .field("settings", &self.settings)
            .field("held", &self.held())
            .field("pads", &self.pads.len())
            .finish_non_exhaustive()
    }
}

struct Device {
    kind: DeviceKind,
    sink: Box<dyn Sink>,
}

impl Device {
    fn create(backend: &mut dyn Backend, kind: DeviceKind, on_rumble: &OnRumble) -> Result<Self, InputError> {
        Ok(Self { kind, sink: backend.create(kind, on_rumble)? })
    }

    fn send(&mut self, signals: &[Signal]) -> Result<(), InputError> {
        if signals.is_empty() {
            return Ok(());
        }
        self.sink.send(signals).map_err(|source| InputError::Write { device: self.kind, source })
    }
}

fn send(device: Option<&mut Device>, signals: &[Signal]) -> Result<(), InputError> {
    device.map_or(Ok(()), |device| device.send(signals))
}

fn rest(device: &mut Device, state: &mut PadState) -> Result<(), InputError> {
    device.send(&pad::changes(state, &PadState::default()))?;
    *state = PadState::default();
    Ok(())
}
