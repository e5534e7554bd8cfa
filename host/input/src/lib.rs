//! Keyboard, pointer, touch screen, pen and gamepads of a streaming session, injected through uinput.
//!
//! A door decodes its wire into [`Event`]s; an [`Injector`] turns them into the events of virtual
//! kernel devices. The injector remembers everything that it holds down, so that a lost or repeated
//! edge heals, and so that [`Injector::release_all`] (and dropping it) can never leave a key stuck
//! in the machine.
//!
//! Devices are reached through [`Backend`] and [`Sink`]: [`Injector::open`] uses uinput, tests and
//! machines without `/dev/uinput` bring their own.

mod device;
mod error;
mod event;
mod feedback;
mod injector;
mod key;
mod motors;
mod pad;
mod pen;
mod pointer;
mod self_test;
mod text;
mod touch;
mod uinput;

pub use device::{Backend, DeviceKind, OnRumble, Rumble, Signal, Sink};
pub use error::InputError;
pub use event::{
    Button, Event, PadButtons, PadState, PenState, PenTool, Place, ScrollAxis, Touch, TouchPhase,
};
pub use injector::{Injector, InputSettings, MAX_PAD_CREATIONS, MAX_PADS};
pub use key::Key;
pub use self_test::{SelfTest, self_test};
pub use text::Character;
pub use uinput::UINPUT_PATH;
