use input_linux::Key as Evdev;

/// A key by its position on a keyboard, not by the letter that a layout prints on it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u16);

impl Key {
    /// The key at the position that a Windows virtual-key number has on a US keyboard
    /// (punktfunk/1 §5.1.1). Keypad Enter is 0x6C; the generic modifiers 0x10 to 0x12 are
    /// taken as the left ones. `None` for numbers that the table does not hold.
    #[must_use]
    pub fn from_windows_vk(vk: u16) -> Option<Self> {
        let key = match vk {
            0x08 => Evdev::Backspace,
            0x09 => Evdev::Tab,
            0x0D => Evdev::Enter,
            0x13 => Evdev::Pause,
            0x14 => Evdev::CapsLock,
            0x1B => Evdev::Esc,
            0x20 => Evdev::Space,
            0x21 => Evdev::PageUp,
            0x22 => Evdev::PageDown,
            0x23 => Evdev::End,
            0x24 => Evdev::Home,
            0x25 => Evdev::Left,
            0x26 => Evdev::Up,
            0x27 => Evdev::Right,
            0x28 => Evdev::Down,
            0x2C => Evdev::Sysrq,
            0x2D => Evdev::Insert,
            0x2E => Evdev::Delete,
            0x30..=0x39 => DIGITS[usize::from(vk - 0x30)],
            0x41..=0x5A => LETTERS[usize::from(vk - 0x41)],
            0x5B => Evdev::LeftMeta,
            0x5C => Evdev::RightMeta,
            0x5D => Evdev::Compose,
            0x60..=0x69 => KEYPAD[usize::from(vk - 0x60)],
            0x6A => Evdev::KpAsterisk,
            0x6B => Evdev::KpPlus,
            0x6C => Evdev::KpEnter,
            0x6D => Evdev::KpMinus,
            0x6E => Evdev::KpDot,
            0x6F => Evdev::KpSlash,
            0x70..=0x87 => FUNCTION[usize::from(vk - 0x70)],
            0x90 => Evdev::NumLock,
            0x91 => Evdev::ScrollLock,
            0x10 | 0xA0 => Evdev::LeftShift,
            0xA1 => Evdev::RightShift,
            0x11 | 0xA2 => Evdev::LeftCtrl,
            0xA3 => Evdev::RightCtrl,
            0x12 | 0xA4 => Evdev::LeftAlt,
            0xA5 => Evdev::RightAlt,
            0xAD => Evdev::Mute,
            0xAE => Evdev::VolumeDown,
            0xAF => Evdev::VolumeUp,
            0xB0 => Evdev::NextSong,
            0xB1 => Evdev::PreviousSong,
            0xB2 => Evdev::StopCD,
            0xB3 => Evdev::PlayPause,
            0xBA => Evdev::Semicolon,
            0xBB => Evdev::Equal,
            0xBC => Evdev::Comma,
            0xBD => Evdev::Minus,
            0xBE => Evdev::Dot,
            0xBF => Evdev::Slash,
            0xC0 => Evdev::Grave,
            0xDB => Evdev::LeftBrace,
            0xDC => Evdev::Backslash,
            0xDD => Evdev::RightBrace,
            0xDE => Evdev::Apostrophe,
            0xE2 => Evdev::NonUsBackslashAndPipe,
            _ => return None,
        };
        Some(Self(key.code()))
    }

    /// The kernel's number for the key (`KEY_*`).
    #[must_use]
    pub fn evdev_code(self) -> u16 {
        self.0
    }

    /// Every key that [`Key::from_windows_vk`] can return, once.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let mut keys: Vec<_> = (0..=0xFF).filter_map(Self::from_windows_vk).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter()
    }
}

/// Which key somebody presses is private: it must not reach a log through `{:?}`.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

const DIGITS: [Evdev; 10] = [
    Evdev::Num0,
    Evdev::Num1,
    Evdev::Num2,
    Evdev::Num3,
    Evdev::Num4,
    Evdev::Num5,
    Evdev::Num6,
    Evdev::Num7,
    Evdev::Num8,
    Evdev::Num9,
];

const LETTERS: [Evdev; 26] = [
    Evdev::A,
    Evdev::B,
    Evdev::C,
    Evdev::D,
    Evdev::E,
    Evdev::F,
    Evdev::G,
    Evdev::H,
    Evdev::I,
    Evdev::J,
    Evdev::K,
    Evdev::L,
    Evdev::M,
    Evdev::N,
    Evdev::O,
    Evdev::P,
    Evdev::Q,
    Evdev::R,
    Evdev::S,
    Evdev::T,
    Evdev::U,
    Evdev::V,
    Evdev::W,
    Evdev::X,
    Evdev::Y,
    Evdev::Z,
];

const KEYPAD: [Evdev; 10] = [
    Evdev::Kp0,
    Evdev::Kp1,
    Evdev::Kp2,
    Evdev::Kp3,
    Evdev::Kp4,
    Evdev::Kp5,
    Evdev::Kp6,
    Evdev::Kp7,
    Evdev::Kp8,
    Evdev::Kp9,
];

const FUNCTION: [Evdev; 24] = [
    Evdev::F1,
    Evdev::F2,
    Evdev::F3,
    Evdev::F4,
    Evdev::F5,
    Evdev::F6,
    Evdev::F7,
    Evdev::F8,
    Evdev::F9,
    Evdev::F10,
    Evdev::F11,
    Evdev::F12,
    Evdev::F13,
    Evdev::F14,
    Evdev::F15,
    Evdev::F16,
    Evdev::F17,
    Evdev::F18,
    Evdev::F19,
    Evdev::F20,
    Evdev::F21,
    Evdev::F22,
    Evdev::F23,
    Evdev::F24,
];
