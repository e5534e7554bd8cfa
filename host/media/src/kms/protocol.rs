//! What the screen broker and its clients say to each other.
//!
//! One message is one packet on a `SOCK_SEQPACKET` socket, at most [`MAX_MESSAGE`] bytes, little endian. Each begins
//! with the version (u16, [`VERSION`]) and the kind (u16). A client sends a request and reads exactly one reply. Text
//! fields have a fixed length and are padded with zeros.
//!
//! | kind | message | body |
//! |---|---|---|
//! | 1 | list | none |
//! | 2 | next | output `[u8; 64]` (empty: the broker chooses), wait u32 ms, repeat u32 ms |
//! | 129 | outputs | count u16, then that many records of [`OUTPUT_LEN`] bytes |
//! | 130 | frame | output record, capture time u64, flags u16, primary layer, cursor layer; file descriptors beside it |
//! | 131 | unchanged | none |
//! | 132 | status | code u16, errno u16, detail `[u8; 64]` |
//!
//! A layer is: framebuffer id u32, width u32, height u32, fourcc u32, modifier u64, then for each of four planes pitch
//! u32, offset u32 and descriptor u8 (its index among the descriptors of the message, 255: no such plane), then source
//! x, y, width, height (u32) and position x, y (i32).

use std::time::Duration;

use super::fields::{Reader, Writer};

/// The version of this protocol. Broker and client are built together; any other version is refused.
pub const VERSION: u16 = 1;

/// The longest message in bytes.
pub const MAX_MESSAGE: usize = 4096;

/// The most outputs that a list can hold.
pub const MAX_OUTPUTS: usize = 16;

/// The most file descriptors beside one message: four planes of the primary layer, four of the cursor.
pub const MAX_DESCRIPTORS: usize = 8;

/// The longest wait that a broker grants to one request.
pub const MAX_WAIT: Duration = Duration::from_secs(1);

/// The longest name of an output, in bytes.
pub const MAX_NAME: usize = 64;

/// Bytes of one output record.
pub const OUTPUT_LEN: usize = 32 + 32 + MAX_NAME + 2 + 4 + 4 + 4;

/// The modifier that says "not told": the driver does not deal in modifiers.
pub const MODIFIER_UNKNOWN: u64 = 0x00FF_FFFF_FFFF_FFFF;

/// What a client asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Which outputs are there?
    List,
    /// The next frame of an output.
    Next {
        /// A connector's name or a monitor's identity; empty lets the broker choose the first active output.
        output: String,
        /// How long to wait for a new frame, at most [`MAX_WAIT`].
        wait: Duration,
        /// After how long the very buffers of the previous frame are worth another look, since somebody may draw into
        /// them without changing over to others; at most [`MAX_WAIT`].
        repeat: Duration,
    },
}

/// What the broker answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The outputs of all cards.
    Outputs(Vec<Output>),
    /// A frame; its descriptors travel beside the message.
    Frame(Box<Frame>),
    /// Nothing was drawn within the wait.
    Unchanged,
    /// There is no picture.
    Status(Status),
}

/// One connector of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The connector's name as the kernel has it, for example `HDMI-A-1`.
    pub connector: String,
    /// The kernel driver of its card, for example `i915`.
    pub driver: String,
    /// The monitor from its EDID, `MAKER-PRODUCT-SERIAL NAME`; empty without one.
    pub monitor: String,
    /// Whether a monitor is connected.
    pub connected: bool,
    /// Whether a picture is being scanned out to it.
    pub active: bool,
    /// Width of the mode in pixels; 0 while it is off.
    pub width: u32,
    /// Height of the mode in pixels; 0 while it is off.
    pub height: u32,
    /// Refresh rate in thousandths of a hertz; 0 while it is off.
    pub refresh_mhz: u32,
}

/// What an output shows at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The output with its present mode.
    pub output: Output,
    /// When the frame was noticed, or the vertical blank before it; nanoseconds since the Unix epoch.
    pub captured_at_ns: u64,
    /// The framebuffer and the cursor are those of this client's previous frame: whoever draws into a single buffer
    /// may have changed it, or not.
    pub same_buffers: bool,
    /// The primary plane.
    pub primary: Layer,
    /// The cursor plane, where the driver has one and it is shown.
    pub cursor: Option<Layer>,
}

/// A framebuffer on a plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer {
    /// The kernel's number for the framebuffer.
    pub framebuffer: u32,
    /// Width of the framebuffer in pixels.
    pub width: u32,
    /// Height of the framebuffer in pixels.
    pub height: u32,
    /// DRM fourcc code.
    pub fourcc: u32,
    /// DRM format modifier, or [`MODIFIER_UNKNOWN`].
    pub modifier: u64,
    /// The colour planes.
    pub planes: [Option<LayerPlane>; 4],
    /// The part of the framebuffer that is shown.
    pub source: Area,
    /// Where its left upper corner appears on the output, in pixels.
    pub position: (i32, i32),
}

/// A colour plane of a [`Layer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerPlane {
    /// Bytes from row to row.
    pub pitch: u32,
    /// Bytes from the start of the buffer.
    pub offset: u32,
    /// Which of the message's descriptors is the buffer.
    pub descriptor: u8,
}

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// Why there is no frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The reason.
    pub code: StatusCode,
    /// The operating system's error number where there was one, else 0.
    pub errno: u16,
    /// What it is about: a device, an output.
    pub detail: String,
}

/// The reasons of a [`Status`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum StatusCode {
    /// No graphics card with outputs can be opened.
    NoCard = 1,
    /// No output is showing anything.
    NoActiveOutput = 2,
    /// No output has the name that was asked for.
    NoSuchOutput = 3,
    /// The kernel hides framebuffers from the broker: CAP_SYS_ADMIN is missing.
    CapabilityMissing = 4,
    /// A call to the card failed.
    Device = 5,
    /// The request was not understood.
    BadRequest = 6,
    /// The broker already serves as many clients as it may.
    Busy = 7,
}

/// A message that breaks the rules above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// The message ends early, goes on too long, or holds an impossible value.
    #[error("a message on the screen socket is malformed; broker and host must come from the same release")]
    Malformed,
    /// The other side speaks another version.
    #[error(
        "the other side of the screen socket speaks version {0}, not {VERSION}; restart both services after an update"
    )]
    Version(u16),
}

impl Request {
    /// The message as bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::message(VERSION, if matches!(self, Self::List) { 1 } else { 2 });
        if let Self::Next { output, wait, repeat } = self {
            out.text(output, MAX_NAME);
            for time in [wait, repeat] {
                out.u32(u32::try_from(time.as_millis()).unwrap_or(u32::MAX));
            }
        }
        out.finish()
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`ProtocolError`] for anything that [`Request::encode`] cannot have made.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProtocolError> {
        let mut fields = Reader::new(bytes);
        let request = match kind(&mut fields)? {
            1 => Self::List,
            2 => {
                let output = fields.text(MAX_NAME)?;
                let wait = Duration::from_millis(fields.u32()?.into()).min(MAX_WAIT);
                let repeat = Duration::from_millis(fields.u32()?.into()).min(MAX_WAIT);
                Self::Next { output, wait, repeat }
            }
            _ => return Err(ProtocolError::Malformed),
        };
        fields.end()?;
        Ok(request)
    }
}

impl Reply {
    /// The message as bytes. At most [`MAX_OUTPUTS`] outputs are listed.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Outputs(outputs) => {
                let mut out = Writer::message(VERSION, 129);
                let listed = outputs.len().min(MAX_OUTPUTS);
                out.u16(u16::try_from(listed).unwrap_or(0));
                outputs[..listed].iter().for_each(|output| output.encode(&mut out));
                out.finish()
            }
            Self::Frame(frame) => {
                let mut out = Writer::message(VERSION, 130);
                frame.output.encode(&mut out);
                out.u64(frame.captured_at_ns);
                out.u16(u16::from(frame.same_buffers) | u16::from(frame.cursor.is_some()) << 1);
                frame.primary.encode(&mut out);
                if let Some(cursor) = &frame.cursor {
                    cursor.encode(&mut out);
                }
                out.finish()
            }
            Self::Unchanged => Writer::message(VERSION, 131).finish(),
            Self::Status(status) => {
                let mut out = Writer::message(VERSION, 132);
                out.u16(status.code as u16);
                out.u16(status.errno);
                out.text(&status.detail, MAX_NAME);
                out.finish()
            }
        }
    }

    /// Reads a message that came with `descriptors` file descriptors.
    ///
    /// # Errors
    /// [`ProtocolError`] for anything that [`Reply::encode`] cannot have made, and for planes that name a descriptor
    /// that did not come.
    pub fn decode(bytes: &[u8], descriptors: usize) -> Result<Self, ProtocolError> {
        let mut fields = Reader::new(bytes);
        let reply = match kind(&mut fields)? {
            129 => {
                let count = usize::from(fields.u16()?);
                if count > MAX_OUTPUTS {
                    return Err(ProtocolError::Malformed);
                }
                Self::Outputs((0..count).map(|_| Output::decode(&mut fields)).collect::<Result<_, _>>()?)
            }
            130 => {
                let output = Output::decode(&mut fields)?;
                let captured_at_ns = fields.u64()?;
                let flags = fields.u16()?;
                let primary = Layer::decode(&mut fields, descriptors)?;
                let cursor = (flags & 2 != 0).then(|| Layer::decode(&mut fields, descriptors)).transpose()?;
                Self::Frame(Box::new(Frame {
                    output,
                    captured_at_ns,
                    same_buffers: flags & 1 != 0,
                    primary,
                    cursor,
                }))
            }
            131 => Self::Unchanged,
            132 => {
                let code = StatusCode::from_number(fields.u16()?).ok_or(ProtocolError::Malformed)?;
                Self::Status(Status { code, errno: fields.u16()?, detail: fields.text(MAX_NAME)? })
            }
            _ => return Err(ProtocolError::Malformed),
        };
        fields.end()?;
        Ok(reply)
    }
}

impl Output {
    fn encode(&self, out: &mut Writer) {
        out.text(&self.connector, 32);
        out.text(&self.driver, 32);
        out.text(&self.monitor, MAX_NAME);
        out.u16(u16::from(self.connected) | u16::from(self.active) << 1);
        out.u32(self.width);
        out.u32(self.height);
        out.u32(self.refresh_mhz);
    }

    fn decode(fields: &mut Reader<'_>) -> Result<Self, ProtocolError> {
        let (connector, driver, monitor) = (fields.text(32)?, fields.text(32)?, fields.text(MAX_NAME)?);
        let flags = fields.u16()?;
        Ok(Self {
            connector,
            driver,
            monitor,
            connected: flags & 1 != 0,
            active: flags & 2 != 0,
            width: fields.u32()?,
            height: fields.u32()?,
            refresh_mhz: fields.u32()?,
        })
    }
}

impl Layer {
    fn encode(&self, out: &mut Writer) {
        for value in [self.framebuffer, self.width, self.height, self.fourcc] {
            out.u32(value);
        }
        out.u64(self.modifier);
        for plane in self.planes {
            let plane = plane.unwrap_or(LayerPlane { pitch: 0, offset: 0, descriptor: NO_PLANE });
            out.u32(plane.pitch);
            out.u32(plane.offset);
            out.u8(plane.descriptor);
        }
        for value in [self.source.x, self.source.y, self.source.width, self.source.height] {
            out.u32(value);
        }
        out.i32(self.position.0);
        out.i32(self.position.1);
    }

    fn decode(fields: &mut Reader<'_>, descriptors: usize) -> Result<Self, ProtocolError> {
        let (framebuffer, width, height, fourcc) =
            (fields.u32()?, fields.u32()?, fields.u32()?, fields.u32()?);
        let modifier = fields.u64()?;
        let mut planes = [None; 4];
        for plane in &mut planes {
            let (pitch, offset, descriptor) = (fields.u32()?, fields.u32()?, fields.u8()?);
            if descriptor != NO_PLANE {
                if usize::from(descriptor) >= descriptors {
                    return Err(ProtocolError::Malformed);
                }
                *plane = Some(LayerPlane { pitch, offset, descriptor });
            }
        }
        let source = Area { x: fields.u32()?, y: fields.u32()?, width: fields.u32()?, height: fields.u32()? };
        let position = (fields.i32()?, fields.i32()?);
        Ok(Self { framebuffer, width, height, fourcc, modifier, planes, source, position })
    }
}

impl StatusCode {
    fn from_number(number: u16) -> Option<Self> {
        [
            Self::NoCard,
            Self::NoActiveOutput,
            Self::NoSuchOutput,
            Self::CapabilityMissing,
            Self::Device,
            Self::BadRequest,
            Self::Busy,
        ]
        .into_iter()
        .find(|code| *code as u16 == number)
    }
}

impl Status {
    /// A status without an error number.
    #[must_use]
    pub fn new(code: StatusCode, detail: impl Into<String>) -> Self {
        Self { code, errno: 0, detail: detail.into() }
    }
}

/// Marks an absent colour plane.
const NO_PLANE: u8 = 255;

fn kind(fields: &mut Reader<'_>) -> Result<u16, ProtocolError> {
    match fields.u16()? {
        VERSION => fields.u16(),
        other => Err(ProtocolError::Version(other)),
    }
}

#[cfg(test)]
mod tests;
