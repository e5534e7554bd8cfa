use crate::{Character, Key, pointer};

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
    /// A character was typed as such. It is typed by the keys that a US keyboard has for it; a character that no key of that
    /// keyboard types is dropped.
    Text(Character),
    /// A finger touched the screen, moved on it or left it.
    Touch(Touch),
    /// Every finger is off the screen, and none of their touches counted.
    TouchesCancelled,
    /// The whole state of the pen.
    Pen(PenState),
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

/// A place on the screen: 0 is the left or upper edge, 65535 the right or lower one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// From the left.
    pub x: u16,
    /// From the top.
    pub y: u16,
}

impl Place {
    /// The place of a pixel of a surface of this size; what lies beyond is moved onto its edge. `None` for a surface without
    /// area.
    #[must_use]
    pub fn of_pixel((x, y): (i32, i32), (width, height): (u16, u16)) -> Option<Self> {
        let axis = |pixel, size| u16::try_from(pointer::absolute(pixel, size)).unwrap_or(u16::MAX);
        (width > 0 && height > 0).then(|| Self { x: axis(x, width), y: axis(y, height) })
    }

    /// A place that counts from 0 to 1; what lies beyond, or nowhere, is moved onto the edge.
    #[must_use]
    pub fn of_share(x: f32, y: f32) -> Self {
        // a cast keeps to the range, and makes 0 of what is no number
        let axis = |share: f32| (share * 65_535.0).round() as u16;
        Self { x: axis(x), y: axis(y) }
    }
}

/// What a finger does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TouchPhase {
    /// It lands.
    Down,
    /// It moves.
    Move,
    /// It lifts.
    Up,
    /// It is gone, and its touch meant nothing.
    Cancel,
}

/// A finger on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// Which finger, as the client counts them.
    pub id: u32,
    /// What it does.
    pub phase: TouchPhase,
    /// Where.
    pub place: Place,
    /// How hard, 1 to 255; 0 when that is not known.
    pub pressure: u8,
}

/// Which end of a pen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PenTool {
    /// The tip.
    #[default]
    Pen,
    /// The other end.
    Eraser,
}

/// A pen at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PenState {
    /// It is near enough to be seen. Everything else means nothing without this.
    pub in_range: bool,
    /// Its tip touches.
    pub touching: bool,
    /// Which end.
    pub tool: PenTool,
    /// Buttons on its barrel: bit 0 the first, bit 1 the second, bit 2 the third.
    pub buttons: u8,
    /// Where it is.
    pub place: Place,
    /// How hard it presses while it touches; 0 when that is not known.
    pub pressure: u16,
    /// How far it is above the screen while it does not touch.
    pub distance: u16,
    /// How far it leans to the right and towards the user, degrees, −90 to 90.
    pub tilt: (i8, i8),
}

impl PenState {
    /// The lean of a pen that stands `tilt` degrees off the vertical, and whose tip points in the direction of `azimuth`:
    /// degrees clockwise from the upper edge of the screen. One that lies flat leans by 89 degrees, of which alone it can be
    /// said where to.
    #[must_use]
    pub fn lean(tilt: u8, azimuth: u16) -> (i8, i8) {
        let (tilt, azimuth) = (f32::from(tilt.min(89)).to_radians(), f32::from(azimuth % 360).to_radians());
        let axis = |share: f32| (share * tilt.sin()).atan2(tilt.cos()).to_degrees().round() as i8;
        (axis(-azimuth.sin()), axis(azimuth.cos()))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_reach_from_edge_to_edge() {
        assert_eq!(Place::of_share(0.0, 1.0), Place { x: 0, y: 65_535 });
        assert_eq!(Place::of_share(-3.0, 7.0), Place { x: 0, y: 65_535 });
        assert_eq!(Place::of_share(f32::NAN, 0.5), Place { x: 0, y: 32_768 });
        assert_eq!(Place::of_pixel((960, -4), (1920, 1080)), Some(Place { x: 32_768, y: 0 }));
        assert_eq!(Place::of_pixel((1, 1), (0, 1080)), None);
    }

    #[test]
    fn a_pen_whose_tip_points_up_leans_towards_the_user() {
        assert_eq!(PenState::lean(30, 0), (0, 30));
        assert_eq!(PenState::lean(30, 90), (-30, 0));
        assert_eq!(PenState::lean(30, 270), (30, 0));
        assert_eq!(PenState::lean(0, 123), (0, 0));
        assert_eq!(PenState::lean(255, 180), (0, -89));
    }
}
