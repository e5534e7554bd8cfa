use std::ffi::CStr;
use std::fs::{File, OpenOptions};
use std::io;
use std::sync::Arc;

use input_linux::sys::{BUS_USB, BUS_VIRTUAL};
use input_linux::{
    AbsoluteAxis, AbsoluteInfo, AbsoluteInfoSetup, EventKind, EventTime, ForceFeedbackKind, InputEvent,
    InputId, InputProperty, Key as Evdev, RelativeAxis, SynchronizeKind, UInputHandle,
};

use crate::feedback::Feedback;
use crate::motors::MAX_EFFECTS;
use crate::{Backend, DeviceKind, InputError, Key, OnRumble, Signal, Sink, pad, pen, pointer, touch};

/// Where the kernel offers virtual input devices.
pub const UINPUT_PATH: &str = "/dev/uinput";

/// Sticks this far from their centre still count as at rest for consumers that ask.
const STICK_FLAT: i32 = 128;

/// Units per millimetre of the touch screen and the tablet, whose 65536 units are a screen of 32 cm: consumers that ask for
/// the size of what is drawn on must find one.
const UNITS_PER_MM: i32 = 205;
/// A pen's lean is in degrees; consumers ask for units per radian.
const DEGREES_PER_RADIAN: i32 = 57;

/// Makes devices through [`UINPUT_PATH`].
#[derive(Debug)]
pub(crate) struct Uinput;

impl Backend for Uinput {
    fn create(&mut self, kind: DeviceKind, on_rumble: &OnRumble) -> Result<Box<dyn Sink>, InputError> {
        let mut device = UinputDevice::create(kind)?;
        if let DeviceKind::Pad(index) = kind {
            let feedback = Feedback::start(Arc::clone(&device.handle), index, Arc::clone(on_rumble));
            device.feedback = Some(feedback.map_err(|source| InputError::Create { device: kind, source })?);
        }
        Ok(Box::new(device))
    }
}

/// One virtual device; it lives as long as its descriptor.
pub(crate) struct UinputDevice {
    /// Ends before the device does.
    feedback: Option<Feedback>,
    handle: Arc<UInputHandle<File>>,
    report: Vec<input_linux::sys::input_event>,
}

impl UinputDevice {
    pub(crate) fn create(kind: DeviceKind) -> Result<Self, InputError> {
        let file =
            OpenOptions::new().read(true).write(true).open(UINPUT_PATH).map_err(InputError::from_open)?;
        let handle = UInputHandle::new(file);
        register(&handle, kind).map_err(|source| InputError::Create { device: kind, source })?;
        Ok(Self { feedback: None, handle: Arc::new(handle), report: Vec::new() })
    }

    /// The kernel's name for the device, for example `input7`.
    pub(crate) fn system_name(&self) -> io::Result<String> {
        let name = self.handle.sys_name()?;
        let name = CStr::from_bytes_until_nul(&name).map_or(&name[..], CStr::to_bytes);
        Ok(String::from_utf8_lossy(name).into_owned())
    }
}

impl Sink for UinputDevice {
    fn send(&mut self, signals: &[Signal]) -> io::Result<()> {
        self.report.clear();
        self.report.extend(signals.iter().map(|signal| {
            let (kind, code, value) = match *signal {
                Signal::Key(code, down) => (EventKind::Key, code, i32::from(down)),
                Signal::Relative(code, distance) => (EventKind::Relative, code, distance),
                Signal::Absolute(code, value) => (EventKind::Absolute, code, value),
            };
            raw(kind, code, value)
        }));
        self.report.push(raw(EventKind::Synchronize, SynchronizeKind::Report.code(), 0));
        let written = self.handle.write(&self.report)?;
        if written == self.report.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
    }
}

fn raw(kind: EventKind, code: u16, value: i32) -> input_linux::sys::input_event {
    *InputEvent { time: EventTime::new(0, 0), kind, code, value }.as_raw()
}

fn register(handle: &UInputHandle<File>, kind: DeviceKind) -> io::Result<()> {
    match kind {
        DeviceKind::Keyboard => {
            handle.set_evbit(EventKind::Key)?;
            handle.set_evbit(EventKind::Autorepeat)?;
            for key in Key::all() {
                handle.set_keybit(evdev_key(key.evdev_code())?)?;
            }
            create(handle, "punktfunk keyboard", virtual_id(1), &[])
        }
        DeviceKind::Mouse => {
            handle.set_evbit(EventKind::Key)?;
            handle.set_evbit(EventKind::Relative)?;
            for button in pointer::BUTTONS {
                handle.set_keybit(evdev_key(pointer::button_code(button))?)?;
            }
            for axis in [
                RelativeAxis::X,
                RelativeAxis::Y,
                RelativeAxis::Wheel,
                RelativeAxis::HorizontalWheel,
                RelativeAxis::WheelHiRes,
                RelativeAxis::HorizontalWheelHiRes,
            ] {
                handle.set_relbit(axis)?;
            }
            create(handle, "punktfunk mouse", virtual_id(2), &[])
        }
        DeviceKind::AbsolutePointer => {
            handle.set_evbit(EventKind::Key)?;
            handle.set_evbit(EventKind::Absolute)?;
            // Buttons come from the mouse; without any here, udev would not take this for a pointer.
            for button in [Evdev::ButtonLeft, Evdev::ButtonRight, Evdev::ButtonMiddle] {
                handle.set_keybit(button)?;
            }
            let axes =
                [AbsoluteAxis::X, AbsoluteAxis::Y].map(|axis| axis_setup(axis, 0, pointer::ABSOLUTE_MAX, 0));
            for axis in &axes {
                handle.set_absbit(axis.axis)?;
            }
            create(handle, "punktfunk absolute pointer", virtual_id(3), &axes)
        }
        DeviceKind::TouchScreen => {
            handle.set_evbit(EventKind::Key)?;
            handle.set_evbit(EventKind::Absolute)?;
            handle.set_propbit(InputProperty::Direct)?;
            handle.set_keybit(Evdev::ButtonTouch)?;
            let axes = touch::AXES.map(|(axis, most)| {
                use AbsoluteAxis::{MultitouchPositionX, MultitouchPositionY, X, Y};
                let place = matches!(axis, X | Y | MultitouchPositionX | MultitouchPositionY);
                with_resolution(axis_setup(axis, 0, most, 0), if place { UNITS_PER_MM } else { 0 })
            });
            for axis in &axes {
                handle.set_absbit(axis.axis)?;
            }
            create(handle, "punktfunk touch screen", virtual_id(4), &axes)
        }
        DeviceKind::Pen => {
            handle.set_evbit(EventKind::Key)?;
            handle.set_evbit(EventKind::Absolute)?;
            handle.set_propbit(InputProperty::Direct)?;
            for button in pen::BUTTONS {
                handle.set_keybit(button)?;
            }
            let axes = pen::AXES.map(|(axis, least, most)| {
                let resolution = match axis {
                    AbsoluteAxis::X | AbsoluteAxis::Y => UNITS_PER_MM,
                    AbsoluteAxis::TiltX | AbsoluteAxis::TiltY => DEGREES_PER_RADIAN,
                    _ => 0,
                };
                with_resolution(axis_setup(axis, least, most, 0), resolution)
            });
            for axis in &axes {
                handle.set_absbit(axis.axis)?;
            }
            create(handle, "punktfunk pen", virtual_id(5), &axes)
        }
        DeviceKind::Pad(_) => {
            handle.set_evbit(EventKind::Key)?;
            handle.set_evbit(EventKind::Absolute)?;
            handle.set_evbit(EventKind::ForceFeedback)?;
            handle.set_ffbit(ForceFeedbackKind::Rumble)?;
            handle.set_ffbit(ForceFeedbackKind::Gain)?;
            for (_, button) in pad::BUTTONS {
                handle.set_keybit(button)?;
            }
            let axes = pad::AXES.map(|(axis, least, most)| {
                axis_setup(axis, least, most, if most > 255 { STICK_FLAT } else { 0 })
            });
            for axis in &axes {
                handle.set_absbit(axis.axis)?;
            }
            let id = InputId { bustype: BUS_USB, vendor: 0x045E, product: 0x028E, version: 0x0110 };
            handle.create(&id, b"Microsoft X-Box 360 pad", MAX_EFFECTS, &axes)
        }
    }
}

fn create(
    handle: &UInputHandle<File>,
    name: &str,
    id: InputId,
    axes: &[AbsoluteInfoSetup],
) -> io::Result<()> {
    handle.create(&id, name.as_bytes(), 0, axes)
}

fn virtual_id(product: u16) -> InputId {
    InputId { bustype: BUS_VIRTUAL, vendor: 0, product, version: 1 }
}

fn axis_setup(axis: AbsoluteAxis, minimum: i32, maximum: i32, flat: i32) -> AbsoluteInfoSetup {
    AbsoluteInfoSetup { axis, info: AbsoluteInfo { minimum, maximum, flat, ..AbsoluteInfo::default() } }
}

fn with_resolution(mut axis: AbsoluteInfoSetup, resolution: i32) -> AbsoluteInfoSetup {
    axis.info.resolution = resolution;
    axis
}

fn evdev_key(code: u16) -> io::Result<Evdev> {
    Evdev::from_code(code).map_err(|_| io::ErrorKind::InvalidInput.into())
}
