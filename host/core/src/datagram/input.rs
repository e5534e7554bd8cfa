use super::{GamepadButtons, GamepadState, MAX_PADS, open, plane};
use crate::wire::GamepadKind;

/// A mouse button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum MouseButton {
    /// Left.
    Left = 1,
    /// Middle.
    Middle = 2,
    /// Right.
    Right = 3,
    /// Back.
    Back = 4,
    /// Forward.
    Forward = 5,
}

/// A scroll direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Axis {
    /// + is up.
    Vertical = 0,
    /// + is right.
    Horizontal = 1,
}

/// A controller axis, in the older way of reporting controllers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PadAxis {
    /// Left stick, + is right.
    LeftX = 0,
    /// Left stick, + is up.
    LeftY = 1,
    /// Right stick, + is right.
    RightX = 2,
    /// Right stick, + is up.
    RightY = 3,
    /// Left trigger.
    LeftTrigger = 4,
    /// Right trigger.
    RightTrigger = 5,
}

/// What a finger does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TouchPhase {
    /// It lands.
    Down,
    /// It moves.
    Move,
    /// It lifts.
    Up,
}

/// One input event (punktfunk/1 §5.1). Datagrams get lost: everything held must be released when the session
/// ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputEvent {
    /// A key by its *position* on a US keyboard (kinds 0 and 1).
    Key {
        /// The Windows virtual-key number of that position.
        vk: u16,
        /// Pressed, or let go.
        down: bool,
    },
    /// Relative motion (kind 2), in host pixels.
    MouseMove {
        /// + is right.
        dx: i32,
        /// + is down.
        dy: i32,
    },
    /// Absolute motion (kind 3).
    MouseMoveTo {
        /// From the left.
        x: i32,
        /// From the top.
        y: i32,
        /// The width of the surface that x counts in, above 0.
        width: u16,
        /// The height of the surface that y counts in, above 0.
        height: u16,
    },
    /// A mouse button (kinds 4 and 5).
    MouseButton {
        /// Which.
        button: MouseButton,
        /// Pressed, or let go.
        down: bool,
    },
    /// Scrolling (kind 6).
    Scroll {
        /// Which way.
        axis: Axis,
        /// 120 per notch.
        amount: i32,
        /// From a touchpad: 12 per pixel.
        precise: bool,
    },
    /// One controller button, in the older way (kind 7).
    PadButton {
        /// Which controller, 0…15.
        pad: u8,
        /// One bit.
        button: GamepadButtons,
        /// Pressed, or let go.
        down: bool,
    },
    /// One controller axis, in the older way (kind 8).
    PadAxis {
        /// Which controller, 0…15.
        pad: u8,
        /// Which axis.
        axis: PadAxis,
        /// Sticks −32768…32767, triggers 0…255.
        value: i32,
    },
    /// A finger on a screen (kinds 9 to 11).
    Touch {
        /// What it does.
        phase: TouchPhase,
        /// Which finger.
        id: u32,
        /// From the left.
        x: i32,
        /// From the top.
        y: i32,
        /// The width of the surface that x counts in, above 0.
        width: u16,
        /// The height of the surface that y counts in, above 0.
        height: u16,
    },
    /// A whole controller (kind 12).
    PadState(GamepadState),
    /// A controller is gone (kind 13).
    PadRemoved {
        /// Which controller, 0…15.
        pad: u8,
        /// In one order with the states of that pad.
        seq: u8,
    },
    /// A controller has come (kind 14).
    PadArrived {
        /// Which controller, 0…15.
        pad: u8,
        /// What it is.
        kind: GamepadKind,
        /// It can play haptics.
        haptics: bool,
        /// It has a speaker.
        speaker: bool,
    },
    /// One character (kind 15).
    Text(char),
    /// Scrolling in fine steps (kind 16).
    ScrollFine {
        /// Which way.
        axis: Axis,
        /// In 1/256 of a 1/120 notch (Q24.8).
        amount_q8: i32,
        /// What it came from.
        source: u8,
        /// Where in the gesture it is.
        phase: u8,
    },
}

impl InputEvent {
    /// The length of every event, in bytes.
    pub const BYTES: usize = 18;

    /// Reads plane 0xC8. `None` for anything that could not be carried out.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut r = open(plane::INPUT, bytes)?;
        let (kind, code) = (r.u8().ok()?, r.u32().ok()?);
        let (x, y) = (r.i32().ok()?, r.i32().ok()?);
        let flags = r.u32().ok()?;
        let pad = flags as u8;
        let is_pad = |rest: u32| pad < MAX_PADS && rest == 0;
        Some(match kind {
            0 | 1 => Self::Key { vk: u16::try_from(code).ok()?, down: kind == 0 },
            2 => Self::MouseMove { dx: x, dy: y },
            3 => {
                let (width, height) = surface(flags)?;
                Self::MouseMoveTo { x, y, width, height }
            }
            4 | 5 => Self::MouseButton { button: mouse_button(code)?, down: kind == 4 },
            6 => Self::Scroll { axis: axis(code)?, amount: x, precise: flags & 1 != 0 },
            7 if is_pad(flags >> 8) && code.is_power_of_two() => {
                Self::PadButton { pad, button: GamepadButtons::from_bits_retain(code), down: x != 0 }
            }
            8 if is_pad(flags >> 8) => Self::PadAxis { pad, axis: pad_axis(code)?, value: x },
            9..=11 => {
                let (width, height) = surface(flags)?;
                let phase = [TouchPhase::Down, TouchPhase::Move, TouchPhase::Up][usize::from(kind - 9)];
                Self::Touch { phase, id: code, x, y, width, height }
            }
            12 => {
                Self::PadState(GamepadState::from_fields(code, x.cast_unsigned(), y.cast_unsigned(), flags)?)
            }
            13 if pad < MAX_PADS => Self::PadRemoved { pad, seq: (flags >> 24) as u8 },
            14 if pad < MAX_PADS => Self::PadArrived {
                pad,
                kind: GamepadKind::from_wire(u8::try_from(code).unwrap_or(0)),
                haptics: flags & 0x100 != 0,
                speaker: flags & 0x200 != 0,
            },
            15 => Self::Text(char::from_u32(code)?),
            16 => Self::ScrollFine {
                axis: axis(code)?,
                amount_q8: x,
                source: flags as u8,
                phase: (flags >> 8) as u8,
            },
            _ => return None,
        })
    }

    /// The datagram.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let (kind, code, x, y, flags): (u8, u32, i32, i32, u32) = match *self {
            Self::Key { vk, down } => (u8::from(!down), vk.into(), 0, 0, 0),
            Self::MouseMove { dx, dy } => (2, 0, dx, dy, 0),
            Self::MouseMoveTo { x, y, width, height } => (3, 0, x, y, size(width, height)),
            Self::MouseButton { button, down } => (if down { 4 } else { 5 }, button as u32, 0, 0, 0),
            Self::Scroll { axis, amount, precise } => (6, axis as u32, amount, 0, precise.into()),
            Self::PadButton { pad, button, down } => (7, button.bits(), down.into(), 0, pad.into()),
            Self::PadAxis { pad, axis, value } => (8, axis as u32, value, 0, pad.into()),
            Self::Touch { phase, id, x, y, width, height } => {
                let kind = match phase {
                    TouchPhase::Down => 9,
                    TouchPhase::Move => 10,
                    TouchPhase::Up => 11,
                };
                (kind, id, x, y, size(width, height))
            }
            Self::PadState(state) => {
                let (code, x, y, flags) = state.fields();
                (12, code, x.cast_signed(), y.cast_signed(), flags)
            }
            Self::PadRemoved { pad, seq } => (13, 0, 0, 0, u32::from(seq) << 24 | u32::from(pad)),
            Self::PadArrived { pad, kind, haptics, speaker } => {
                let flags = u32::from(pad) | u32::from(haptics) << 8 | u32::from(speaker) << 9;
                (14, kind.to_wire().into(), 0, 0, flags)
            }
            Self::Text(character) => (15, character.into(), 0, 0, 0),
            Self::ScrollFine { axis, amount_q8, source, phase } => {
                (16, axis as u32, amount_q8, 0, u32::from(source) | u32::from(phase) << 8)
            }
        };
        let mut event = [0; Self::BYTES];
        event[0] = plane::INPUT;
        event[1] = kind;
        event[2..6].copy_from_slice(&code.to_le_bytes());
        event[6..10].copy_from_slice(&x.to_le_bytes());
        event[10..14].copy_from_slice(&y.to_le_bytes());
        event[14..].copy_from_slice(&flags.to_le_bytes());
        event
    }
}

fn surface(flags: u32) -> Option<(u16, u16)> {
    let (width, height) = ((flags >> 16) as u16, flags as u16);
    (width > 0 && height > 0).then_some((width, height))
}

fn size(width: u16, height: u16) -> u32 {
    u32::from(width) << 16 | u32::from(height)
}

fn mouse_button(code: u32) -> Option<MouseButton> {
    use MouseButton::{Back, Forward, Left, Middle, Right};
    [Left, Middle, Right, Back, Forward].into_iter().find(|&button| button as u32 == code)
}

fn axis(code: u32) -> Option<Axis> {
    [Axis::Vertical, Axis::Horizontal].into_iter().find(|&axis| axis as u32 == code)
}

fn pad_axis(code: u32) -> Option<PadAxis> {
    use PadAxis::{LeftTrigger, LeftX, LeftY, RightTrigger, RightX, RightY};
    [LeftX, LeftY, RightX, RightY, LeftTrigger, RightTrigger].into_iter().find(|&axis| axis as u32 == code)
}
