//! Input packets (GameStream §7). Their byte order varies from field to field.

/// What somebody did at a client.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum InputEvent {
    /// The client takes rumble.
    Haptics,
    /// A key.
    Key {
        /// Its Windows virtual-key code.
        vk: u8,
        /// Whether it went down.
        down: bool,
        /// Which modifiers are held with it: 1 shift, 2 control, 4 alt, 8 meta.
        modifiers: u8,
    },
    /// A character that was typed as such.
    Text(char),
    /// The pointer moved by so much; +x is right, +y is down.
    MouseMove {
        /// Horizontal distance.
        dx: i16,
        /// Vertical distance.
        dy: i16,
    },
    /// The pointer is there, on a surface of the given size.
    MouseTo {
        /// Column, from 0.
        x: i16,
        /// Row, from 0.
        y: i16,
        /// Width of the surface.
        width: u16,
        /// Height of the surface.
        height: u16,
    },
    /// A mouse button.
    MouseButton {
        /// 1 left, 2 middle, 3 right, 4 X1, 5 X2.
        button: u8,
        /// Whether it went down.
        down: bool,
    },
    /// A wheel turned: 120 per notch, positive is up or right.
    Scroll {
        /// How far.
        amount: i16,
        /// Whether it is the horizontal one.
        horizontal: bool,
    },
    /// The whole state of a pad.
    Pad(PadState),
    /// A pad was plugged in.
    PadArrived {
        /// Its number, 0 to 15.
        pad: u8,
        /// 0 unknown, 1 Xbox, 2 PlayStation, 3 Nintendo, 4 Steam.
        kind: u8,
        /// What it can do (GameStream §7).
        capabilities: u16,
        /// The buttons it has.
        buttons: u32,
    },
    /// A finger on a touch screen.
    Touch(Contact),
    /// A pen on a touch screen.
    Pen {
        /// Where it is.
        contact: Contact,
        /// 1 pen, 2 eraser.
        tool: u8,
        /// Its buttons.
        buttons: u8,
        /// Degrees, 255 for unknown.
        tilt: u8,
    },
    /// A finger on a pad's touchpad.
    PadTouch {
        /// The pad.
        pad: u8,
        /// Which touchpad of it.
        touchpad: u8,
        /// What happened; the contact has no area.
        contact: Contact,
    },
    /// A pad's motion sensor.
    PadMotion {
        /// The pad.
        pad: u8,
        /// 1 acceleration in m/s², 2 rotation in degrees a second.
        sensor: u8,
        /// Its three axes.
        axes: [f32; 3],
    },
    /// A pad's battery.
    PadBattery {
        /// The pad.
        pad: u8,
        /// 0 unknown, 1 none, 2 discharging, 3 charging, 4 not charging, 5 full.
        state: u8,
        /// 255 for unknown.
        percent: u8,
    },
}

/// Everything that a pad reports at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PadState {
    /// Its number, 0 to 15.
    pub pad: u8,
    /// One bit for each pad that is there. A pad without its bit is gone.
    pub present: u16,
    /// Buttons held down, in the bits of GameStream §7.
    pub buttons: u32,
    /// Left and right trigger.
    pub triggers: (u8, u8),
    /// Left stick; +y is up.
    pub left: (i16, i16),
    /// Right stick; +y is up.
    pub right: (i16, i16),
}

/// A finger or pen; coordinates are 0 to 1 within the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Contact {
    /// 0 hover, 1 down, 2 up, 3 move, 4 cancel, 5 button only, 6 hover leave, 7 cancel all.
    pub event: u8,
    /// Which finger.
    pub id: u32,
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
    /// Pressure when it touches, else its distance.
    pub pressure: f32,
    /// The longer and the shorter side of what touches.
    pub area: (f32, f32),
    /// Degrees, 65535 for unknown.
    pub rotation: u16,
}

/// Pads that a client can have.
pub const MAX_PADS: u8 = 16;

const HEAD_BYTES: usize = 8;

impl InputEvent {
    /// Reads one packet; `None` for unknown types, wrong lengths and numbers that mean nothing.
    pub(crate) fn decode(packet: &[u8]) -> Option<Self> {
        let (head, body) = packet.split_at_checked(HEAD_BYTES)?;
        let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        if usize::try_from(size).ok()? != packet.len() - 4 {
            return None;
        }
        let kind = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let read = Fields(body);
        Some(match (kind, body.len()) {
            (0x0d, 2) => Self::Haptics,
            (3 | 4, 6) => Self::Key { vk: read.u8(1)?, down: kind == 3, modifiers: read.u8(3)? },
            (0x17, 1..=4) => {
                let mut characters = std::str::from_utf8(body).ok()?.chars();
                let (one, none) = (characters.next()?, characters.next());
                if none.is_some() {
                    return None;
                }
                Self::Text(one)
            }
            (7, 4) => Self::MouseMove { dx: read.i16_be(0)?, dy: read.i16_be(2)? },
            (5, 10) => Self::MouseTo {
                x: read.i16_be(0)?,
                y: read.i16_be(2)?,
                width: surface(read.i16_be(6)?)?,
                height: surface(read.i16_be(8)?)?,
            },
            (8 | 9, 1) => {
                let button = read.u8(0)?;
                (1..=5).contains(&button).then_some(Self::MouseButton { button, down: kind == 8 })?
            }
            (0x0a, 6) => Self::Scroll { amount: read.i16_be(0)?, horizontal: false },
            (0x5500_0001, 2) => Self::Scroll { amount: read.i16_be(0)?, horizontal: true },
            (0x0c, 26) => Self::Pad(PadState {
                pad: pad(u8::try_from(read.u16(2)?).ok()?)?,
                present: read.u16(4)?,
                buttons: u32::from(read.u16(8)?) | u32::from(read.u16(22)?) << 16,
                triggers: (read.u8(10)?, read.u8(11)?),
                left: (read.i16(12)?, read.i16(14)?),
                right: (read.i16(16)?, read.i16(18)?),
            }),
            (0x5500_0002, 28) => Self::Touch(Contact {
                event: read.u8(0)?,
                id: read.u32(4)?,
                x: read.f32(8)?,
                y: read.f32(12)?,
                pressure: read.f32(16)?,
                area: (read.f32(20)?, read.f32(24)?),
                rotation: read.u16(2)?,
            }),
            (0x5500_0003, 28) => Self::Pen {
                contact: Contact {
                    event: read.u8(0)?,
                    id: 0,
                    x: read.f32(4)?,
                    y: read.f32(8)?,
                    pressure: read.f32(12)?,
                    area: (read.f32(20)?, read.f32(24)?),
                    rotation: read.u16(16)?,
                },
                tool: read.u8(1)?,
                buttons: read.u8(2)?,
                tilt: read.u8(18)?,
            },
            (0x5500_0004, 8) => Self::PadArrived {
                pad: pad(read.u8(0)?)?,
                kind: read.u8(1)?,
                capabilities: read.u16(2)?,
                buttons: read.u32(4)?,
            },
            (0x5500_0005, 20) => Self::PadTouch {
                pad: pad(read.u8(0)?)?,
                touchpad: read.u8(3)?,
                contact: Contact {
                    event: read.u8(1)?,
                    id: read.u32(4)?,
                    x: read.f32(8)?,
                    y: read.f32(12)?,
                    pressure: read.f32(16)?,
                    ..Contact::default()
                },
            },
            (0x5500_0006, 16) => Self::PadMotion {
                pad: pad(read.u8(0)?)?,
                sensor: read.u8(1)?,
                axes: [read.f32(4)?, read.f32(8)?, read.f32(12)?],
            },
            (0x5500_0007, 4) => {
                Self::PadBattery { pad: pad(read.u8(0)?)?, state: read.u8(1)?, percent: read.u8(2)? }
            }
            _ => return None,
        })
    }
}

fn pad(number: u8) -> Option<u8> {
    (number < MAX_PADS).then_some(number)
}

/// The wire carries a side less one.
fn surface(side: i16) -> Option<u16> {
    u16::try_from(side).ok().map(|side| side + 1)
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn at<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..)?.first_chunk().copied()
    }

    fn u8(&self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    fn u16(&self, at: usize) -> Option<u16> {
        self.at(at).map(u16::from_le_bytes)
    }

    fn i16(&self, at: usize) -> Option<i16> {
        self.at(at).map(i16::from_le_bytes)
    }

    fn i16_be(&self, at: usize) -> Option<i16> {
        self.at(at).map(i16::from_be_bytes)
    }

    fn u32(&self, at: usize) -> Option<u32> {
        self.at(at).map(u32::from_le_bytes)
    }

    /// Only numbers that can be reckoned with.
    fn f32(&self, at: usize) -> Option<f32> {
        self.at(at).map(f32::from_le_bytes).filter(|number| number.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(packet: &str) -> Option<InputEvent> {
        InputEvent::decode(&hex::decode(packet).unwrap())
    }

    #[test]
    fn what_a_real_client_sent_is_understood() {
        for (packet, expected) in [
            ("0000000a03000000004180000000", InputEvent::Key { vk: 0x41, down: true, modifiers: 0 }),
            ("0000000807000000fffb012c", InputEvent::MouseMove { dx: -5, dy: 300 }),
            (
                "0000000e0500000002800168000004ff02cf",
                InputEvent::MouseTo { x: 640, y: 360, width: 1280, height: 720 },
            ),
            ("000000050800000001", InputEvent::MouseButton { button: 1, down: true }),
            ("0000000a0a000000ff88ff880000", InputEvent::Scroll { amount: -120, horizontal: false }),
            ("000000060100005500f0", InputEvent::Scroll { amount: 240, horizontal: true }),
            ("0000000617000000c3a9", InputEvent::Text('é')),
            (
                "0000001e0c0000001a00010003001400001011ee0080ff7f0100feff9c0021005500",
                InputEvent::Pad(PadState {
                    pad: 1,
                    present: 3,
                    buttons: 0x0021_1000,
                    triggers: (0x11, 0xee),
                    left: (-32768, 32767),
                    right: (1, -2),
                }),
            ),
            (
                "0000000c040000550102a20000301000",
                InputEvent::PadArrived { pad: 1, kind: 2, capabilities: 0xa2, buttons: 0x0010_3000 },
            ),
            (
                "000000200200005501005a00070000000000803e0000403f0000003f0ad7233c0ad7a33c",
                InputEvent::Touch(Contact {
                    event: 1,
                    id: 7,
                    x: 0.25,
                    y: 0.75,
                    pressure: 0.5,
                    area: (0.01, 0.02),
                    rotation: 90,
                }),
            ),
        ] {
            assert_eq!(decoded(packet), Some(expected), "{packet}");
        }
    }

    #[test]
    fn wrong_lengths_unknown_types_and_pads_that_cannot_be_say_nothing() {
        for packet in [
            "",
            "0000000a",
            "0000000b03000000004180000000",
            "0000000903000000004180000000",
            "0000000a99000000004180000000",
            "000000050800000006",
            "0000000817000000c3a9c3a9",
            "0000000c040000551002a20000301000",
            "0000000e0500000002800168000084ff02cf",
        ] {
            assert_eq!(decoded(packet), None, "{packet}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_decoding_panic(
            kind in prop_oneof![any::<u32>(), 0_u32..0x20, 0x5500_0000_u32..0x5500_0009],
            body in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            let size = (body.len() as u32 + 4).to_be_bytes();
            InputEvent::decode(&[&size[..], &kind.to_le_bytes(), &body].concat());
            InputEvent::decode(&body);
        }
    }
}
