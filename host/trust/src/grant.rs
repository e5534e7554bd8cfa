//! What an admitted device may do, and for how long.

use serde::{Deserialize, Serialize};

use crate::UnixSeconds;

/// What a device may do and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What it may do.
    pub level: Level,
    /// Until when.
    pub lifetime: Lifetime,
}

impl Grant {
    /// Everything that a stream can do, for ever: what approving a device gives unless told otherwise.
    pub const FULL: Self = Self { level: Level::Full, lifetime: Lifetime::Permanent };
}

/// What a device may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// See and hear, nothing else.
    Watch,
    /// Also play: gamepad, pointer and keyboard.
    Play,
    /// Everything that a stream can do.
    Full,
    /// Also let other devices in.
    Owner,
}

/// One thing that a device may be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// Gamepad input.
    Gamepad,
    /// Pointer input.
    Pointer,
    /// Keyboard input.
    Keyboard,
    /// The clipboard, both ways.
    Clipboard,
    /// Its microphone on the host.
    Microphone,
    /// Launching titles.
    Launch,
    /// Sleep, restart, power off.
    Power,
    /// Answering knocks and arming PINs.
    Approve,
}

impl Level {
    /// Whether this level includes `right`.
    #[must_use]
    pub fn allows(self, right: Right) -> bool {
        let needed = match right {
            Right::Gamepad | Right::Pointer | Right::Keyboard => Self::Play,
            Right::Clipboard | Right::Microphone | Right::Launch | Right::Power => Self::Full,
            Right::Approve => Self::Owner,
        };
        self >= needed
    }

    /// The grants mask of Welcome (punktfunk/1 §2.6): gamepad 0x01, pointer 0x02, keyboard 0x04, clipboard 0x08,
    /// microphone 0x10, launch 0x20, power 0x40, manage games 0x80 (with launch).
    #[must_use]
    pub fn mask(self) -> u32 {
        match self {
            Self::Watch => 0,
            Self::Play => 0x07,
            Self::Full | Self::Owner => 0xff,
        }
    }
}

/// How long a grant holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifetime {
    /// Until it is revoked.
    Permanent,
    /// A guest: until this moment of the wall clock, exclusive.
    Until(UnixSeconds),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_adds_to_the_one_below_and_only_an_owner_lets_others_in() {
        let rights = [
            (Right::Gamepad, 0x01),
            (Right::Pointer, 0x02),
            (Right::Keyboard, 0x04),
            (Right::Clipboard, 0x08),
            (Right::Microphone, 0x10),
            (Right::Launch, 0x20),
            (Right::Power, 0x40),
        ];
        let levels = [Level::Watch, Level::Play, Level::Full, Level::Owner];
        for level in levels {
            for (right, bit) in rights {
                assert_eq!(level.allows(right), level.mask() & bit != 0, "{level:?} {right:?}");
            }
            assert_eq!(level.allows(Right::Approve), level == Level::Owner);
        }
        assert!(levels.is_sorted());
    }
}
