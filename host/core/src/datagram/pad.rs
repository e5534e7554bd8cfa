use bitflags::bitflags;

/// Controllers are numbered 0…15 (punktfunk/1 §5.1).
pub const MAX_PADS: u8 = 16;

bitflags! {
    /// Controller buttons by position: A is the southern one (punktfunk/1 §5.1.2).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct GamepadButtons: u32 {
        /// Cross up.
        const UP = 0x1;
        /// Cross down.
        const DOWN = 0x2;
        /// Cross left.
        const LEFT = 0x4;
        /// Cross right.
        const RIGHT = 0x8;
        /// Start.
        const START = 0x10;
        /// Back.
        const BACK = 0x20;
        /// Left stick pressed.
        const L3 = 0x40;
        /// Right stick pressed.
        const R3 = 0x80;
        /// Left shoulder.
        const LB = 0x100;
        /// Right shoulder.
        const RB = 0x200;
        /// Guide.
        const GUIDE = 0x400;
        /// South.
        const A = 0x1000;
        /// East.
        const B = 0x2000;
        /// West.
        const X = 0x4000;
        /// North.
        const Y = 0x8000;
        /// First paddle.
        const PADDLE1 = 0x1_0000;
        /// Second paddle.
        const PADDLE2 = 0x2_0000;
        /// Third paddle.
        const PADDLE3 = 0x4_0000;
        /// Fourth paddle.
        const PADDLE4 = 0x8_0000;
        /// Touchpad pressed.
        const TOUCHPAD = 0x10_0000;
        /// Share or mute.
        const MISC = 0x20_0000;
    }
}

/// A whole controller at one moment (kind 12). Repeated, so that loss heals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GamepadState {
    /// Which controller, 0…15.
    pub pad: u8,
    /// Orders states of one pad; see [`SnapshotOrder`](super::SnapshotOrder).
    pub seq: u8,
    /// What is pressed.
    pub buttons: GamepadButtons,
    /// Left stick, + is right.
    pub left_x: i16,
    /// Left stick, + is up.
    pub left_y: i16,
    /// Right stick, + is right.
    pub right_x: i16,
    /// Right stick, + is up.
    pub right_y: i16,
    /// Left trigger, 0…255.
    pub left_trigger: u8,
    /// Right trigger, 0…255.
    pub right_trigger: u8,
}

impl GamepadState {
    pub(super) fn from_fields(code: u32, x: u32, y: u32, flags: u32) -> Option<Self> {
        let [pad, right_trigger, left_trigger, seq] = flags.to_le_bytes();
        let (left_x, left_y) = halves(x);
        let (right_x, right_y) = halves(y);
        let buttons = GamepadButtons::from_bits_retain(code);
        (pad < MAX_PADS).then_some(Self {
            pad,
            seq,
            buttons,
            left_x,
            left_y,
            right_x,
            right_y,
            left_trigger,
            right_trigger,
        })
    }

    pub(super) fn fields(&self) -> (u32, u32, u32, u32) {
        let flags = u32::from_le_bytes([self.pad, self.right_trigger, self.left_trigger, self.seq]);
        (self.buttons.bits(), whole(self.left_x, self.left_y), whole(self.right_x, self.right_y), flags)
    }
}

fn halves(word: u32) -> (i16, i16) {
    (((word >> 16) as u16).cast_signed(), (word as u16).cast_signed())
}

fn whole(high: i16, low: i16) -> u32 {
    u32::from(high.cast_unsigned()) << 16 | u32::from(low.cast_unsigned())
}
