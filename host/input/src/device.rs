use std::sync::Arc;
use std::{fmt, io};

use crate::InputError;

/// The virtual devices that a session may own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceKind {
    /// A full keyboard.
    Keyboard,
    /// A relative mouse with five buttons and both wheels.
    Mouse,
    /// An absolute pointer, 0 to 65535 on both axes.
    AbsolutePointer,
    /// A touch screen for several fingers.
    TouchScreen,
    /// A tablet with a pen that has an eraser.
    Pen,
    /// An Xbox-360-style pad; the number is the pad's index, 0 to 15.
    Pad(u8),
}

impl fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyboard => f.write_str("keyboard"),
            Self::Mouse => f.write_str("mouse"),
            Self::AbsolutePointer => f.write_str("absolute pointer"),
            Self::TouchScreen => f.write_str("touch screen"),
            Self::Pen => f.write_str("pen"),
            Self::Pad(index) => write!(f, "gamepad {index}"),
        }
    }
}

/// One change of one control, in the kernel's evdev codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// A key or button (`KEY_*`, `BTN_*`) goes down (`true`) or up.
    Key(u16, bool),
    /// A relative axis (`REL_*`) moves by a distance.
    Relative(u16, i32),
    /// An absolute axis (`ABS_*`) takes a value.
    Absolute(u16, i32),
}

/// What a game makes of a pad's motors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rumble {
    /// The pad's index, 0 to 15.
    pub pad: u8,
    /// The low-frequency motor, 0 to 65535.
    pub low: u16,
    /// The high-frequency motor, 0 to 65535.
    pub high: u16,
}

/// Called with what a pad's motors are to do, whenever that changes, from a thread of the pad's. Must not block.
pub type OnRumble = Arc<dyn Fn(Rumble) + Send + Sync>;

/// Where the signals of one virtual device go. Dropping the sink removes the device.
pub trait Sink: Send {
    /// Delivers signals that happened together, as one report.
    ///
    /// # Errors
    /// The operating system's error; the caller assumes that none of the signals arrived.
    fn send(&mut self, signals: &[Signal]) -> io::Result<()>;
}

/// Makes virtual devices.
pub trait Backend: Send {
    /// Makes a device and returns once the kernel knows it. A pad tells `on_rumble` what its motors are to do.
    ///
    /// # Errors
    /// [`InputError`], saying what is missing and how to supply it.
    fn create(&mut self, kind: DeviceKind, on_rumble: &OnRumble) -> Result<Box<dyn Sink>, InputError>;
}
