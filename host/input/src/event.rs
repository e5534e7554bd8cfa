use crate::Key;

/// One thing that a person did, free of any protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A key went down or up.
    Key {
        /// Which one.
        key: Key,
        /// `true` for down.
        down: bool,
    },
    /// The pointer moved by a distance in host pixels; +x is right, +y is down.
    PointerMove {
        /// Horizontal distance.
        dx: i32,
        /// Vertical distance.
        dy: i32,
    },
    /// The pointer is at a pixel of a surface of the given size. Coordinates outside the surface are
    /// moved onto its edge; a surface without area makes the event void.
    PointerTo {
        /// Column, from 0.
        x: i32,
        /// Row, from 0.
        y: i32,
        /// Width of the surface in pixels.
        width: u16,
        /// Height of the surface in pixels.
        height: u16,
    },
    /// A mouse button went down or up.
    Button {
        /// Which one.
        button: Button,
        /// `true` for down.
        down: bool,
    },
    /// A wheel turned.
    Scroll {
        /// Which wheel.
        axis: ScrollAxis,
        /// How far: 120 per notch, positive is up or right.
        v120: i32,
    },
    /// The whole state of a pad. Creates the pad when it is not there yet.
    Pad {
        /// The pad's index, 0 to 15.
        index: u8,
        /// Everything it reports.
        state: PadState,
    },
    /// A pad was plugged in at the client.
    PadArrived {
        /// The pad's index, 0 to 15.
        index: u8,
    },
    /// A pad was unplugged at the client.
    PadRemoved {
        /// The pad's index, 0 to 15.
        index: u8,
    },
}

/// A mouse button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Button {
    /// The left one.
    Left,
    /// The middle one, or the wheel pressed.
    Middle,
    /// The right one.
    Right,
    /// X1, usually "back".
    Back,
    /// X2, usually "forward".
    Forward,
}

impl Button {
    /// The button of a button event (punktfunk/1 §5.1: 1 left, 2 middle, 3 right, 4 X1, 5 X2).
    #[must_use]
    pub fn from_code(code: u32) -> Option<Self> {
        Some(match code {
            1 => Self::Left,
            2 => Self::Middle,
            3 => Self::Right,
            4 => Self::Back,
            5 => Self::Forward,
            _ => return None,
        })
    }
}

/// A direction of scrolling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScrollAxis {
    /// The wheel; positive is up.
    Vertical,
    /// The tilt wheel; positive is right.
    Horizontal,
}

/// Everything that a pad reports at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PadState {
    /// Buttons held down.
    pub buttons: PadButtons,
    /// Left stick, x and y, −32768 to 32767; +y is up.
    pub left: (i16, i16),
    /// Right stick, x and y, −32768 to 32767; +y is up.
    pub right: (i16, i16),
    /// Left and right trigger, 0 to 255.
    pub triggers: (u8, u8),
}

/// A set of pad buttons in the bits of punktfunk/1 §5.1.2. Buttons are named by position
/// (A is the south one). Bits without a counterpart on an Xbox 360 pad (paddles, touchpad, share)
/// are carried and ignored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PadButtons(pub u32);

impl PadButtons {
    /// Directional pad, up.
    pub const UP: Self = Self(0x1);
    /// Directional pad, down.
    pub const DOWN: Self = Self(0x2);
    /// Directional pad, left.
    pub const LEFT: Self = Self(0x4);
    /// Directional pad, right.
    pub const RIGHT: Self = Self(0x8);
    /// Start, or menu.
    pub const START: Self = Self(0x10);
    /// Back, or view.
    pub const BACK: Self = Self(0x20);
    /// Left stick pressed.
    pub const L3: Self = Self(0x40);
    /// Right stick pressed.
    pub const R3: Self = Self(0x80);
    /// Left shoulder.
    pub const LB: Self = Self(0x100);
    /// Right shoulder.
    pub const RB: Self = Self(0x200);
    /// Guide, or home.
    pub const GUIDE: Self = Self(0x400);
    /// South.
    pub const A: Self = Self(0x1000);
    /// East.
    pub const B: Self = Self(0x2000);
    /// West.
    pub const X: Self = Self(0x4000);
    /// North.
    pub const Y: Self = Self(0x8000);

    /// Whether all buttons of `other` are in the set.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}
