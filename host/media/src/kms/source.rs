//! The screen as a [`Source`].

use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::compose::{Cut, Pixels, draw_cursor};
use super::error::ScreenError;
use super::link::Link;
use super::mapping::Mappings;
use super::protocol::{Frame, Layer, MAX_WAIT, MODIFIER_UNKNOWN, Output};
use crate::{DmaBuf, DmaBufPlane, MAX_SIDE, Memory, Picture, PixelFormat, Source, SourceError, SourceInfo};

/// Which screen to show, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KmsSpec {
    /// The broker's socket.
    pub socket: PathBuf,
    /// A connector's name (`HDMI-A-1`) or a monitor's identity; `None` takes the first output that is on.
    pub output: Option<String>,
    /// Where the encoder wants the pictures.
    pub memory: ScreenMemory,
}

/// Where pictures are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenMemory {
    /// In memory that the processor reads, with the cursor drawn in.
    Mapped,
    /// In the GPU's own buffers, without the cursor.
    Gpu,
}

/// The machine's screen, read through the broker. Making one never fails: whatever is missing may come.
pub struct KmsSource {
    spec: KmsSpec,
    link: Link,
    info: SourceInfo,
    mappings: Mappings,
    canvas: Vec<u8>,
    shown: Option<Shown>,
    digest: Option<u64>,
    pace: Pace,
    troubled: bool,
}

/// The frame that was handed out last.
struct Shown {
    frame: Frame,
    pixels: Where,
}

enum Where {
    /// In the mapped buffer of this number.
    Buffer(usize),
    /// In the canvas, without gaps between rows.
    Canvas,
    /// In the GPU's buffers.
    Gpu(Vec<OwnedFd>),
}

/// How long after a failure the broker is not asked again.
const TROUBLE_PAUSE: Duration = Duration::from_millis(250);

impl KmsSource {
    /// A source for `spec`. The broker is first asked by [`Source::next`].
    #[must_use]
    pub fn new(spec: KmsSpec) -> Self {
        let name = spec.output.clone().unwrap_or_else(|| "screen".into());
        Self {
            link: Link::new(spec.socket.clone()),
            info: SourceInfo { name, width: 0, height: 0, refresh_hz: 0.0 },
            spec,
            mappings: Mappings::default(),
            canvas: Vec::new(),
            shown: None,
            digest: None,
            pace: Pace::default(),
            troubled: false,
        }
    }

    fn advance(&mut self, deadline: Instant) -> Result<bool, ScreenError> {
        let wanted = self.spec.output.clone().unwrap_or_default();
        loop {
            let wait = deadline.saturating_duration_since(Instant::now()).min(MAX_WAIT);
            let next = self.link.next(&wanted, wait, self.pace.repeat())?;
            if let Some((frame, descriptors)) = next {
                self.describe_output(&frame);
                if self.show(frame, descriptors)? {
                    return Ok(true);
                }
            }
            if Instant::now() >= deadline {
                return Ok(false);
            }
        }
    }

    fn describe_output(&mut self, frame: &Frame) {
        let Output { connector, driver, refresh_mhz, .. } = &frame.output;
        self.info = SourceInfo {
            name: format!("{connector} ({driver})"),
            width: frame.primary.source.width,
            height: frame.primary.source.height,
            refresh_hz: f64::from(*refresh_mhz) / 1000.0,
        };
        self.pace.set_rate(*refresh_mhz);
    }

    /// Makes the frame ready to be handed out; `false` if it looks just like the one before.
    fn show(&mut self, frame: Frame, descriptors: Vec<OwnedFd>) -> Result<bool, ScreenError> {
        if self.spec.memory == ScreenMemory::Gpu {
            self.pace.flipped();
            self.shown = Some(Shown { frame, pixels: Where::Gpu(descriptors) });
            return Ok(true);
        }
        let format = readable_format(&frame)?;
        self.mappings.begin_frame();
        let mut buffers: Vec<Option<OwnedFd>> = descriptors.into_iter().map(Some).collect();
        let mut map = |layer: &Layer| {
            let plane = layer.planes[0]?;
            Some((cut(layer)?, buffers.get_mut(usize::from(plane.descriptor))?.take()?))
        };
        let wrong = || ScreenError::Geometry { driver: frame.output.driver.clone() };
        let (visible, buffer) = map(&frame.primary).ok_or_else(wrong)?;
        let buffer = self.mappings.read(buffer).map_err(ScreenError::Map)?;
        // A cursor that cannot be read is no reason to show nothing.
        let cursor = frame.cursor.and_then(|layer| {
            let format =
                PixelFormat::from_fourcc(layer.fourcc).filter(|_| is_linear(&layer, &frame.output))?;
            let (visible, buffer) = map(&layer)?;
            Some((visible, self.mappings.read(buffer).ok()?, format, layer.position))
        });

        let pixels = Pixels::cut(self.mappings.bytes(buffer), visible, format).ok_or_else(wrong)?;
        if frame.same_buffers {
            let digest = pixels.digest();
            if self.digest.replace(digest) == Some(digest) {
                self.pace.unchanged();
                return Ok(false);
            }
            self.pace.redrawn();
        } else {
            self.digest = None;
            self.pace.flipped();
        }
        let place = if cursor.is_some() || !pixels.has_whole_rows() {
            pixels.copy_to(&mut self.canvas);
            Where::Canvas
        } else {
            Where::Buffer(buffer)
        };
        if let Some((visible, buffer, cursor_format, position)) = cursor
            && let Some(cursor) = Pixels::cut(self.mappings.bytes(buffer), visible, cursor_format)
        {
            draw_cursor(&mut self.canvas, pixels.width, format, &cursor, position);
        }
        self.shown = Some(Shown { frame, pixels: place });
        Ok(true)
    }

    fn picture(&self) -> Option<Picture<'_>> {
        let Shown { frame, pixels } = self.shown.as_ref()?;
        let Layer { source, fourcc, modifier, .. } = frame.primary;
        let memory = match pixels {
            Where::Gpu(descriptors) => {
                let plane = |index: usize| {
                    let plane = frame.primary.planes[index]?;
                    let fd = descriptors.get(usize::from(plane.descriptor))?.as_fd();
                    Some(DmaBufPlane { fd, offset: plane.offset, stride: plane.pitch })
                };
                Memory::DmaBuf(DmaBuf { fourcc, modifier, planes: [plane(0), plane(1), plane(2), plane(3)] })
            }
            Where::Buffer(buffer) => {
                let format = PixelFormat::from_fourcc(fourcc)?;
                let pixels = Pixels::cut(self.mappings.bytes(*buffer), cut(&frame.primary)?, format)?;
                Memory::Mapped { format, stride: pixels.stride, data: pixels.data }
            }
            Where::Canvas => {
                let format = PixelFormat::from_fourcc(fourcc)?;
                let stride = source.width as usize * PixelFormat::BYTES;
                Memory::Mapped { format, stride, data: &self.canvas }
            }
        };
        Some(Picture {
            width: source.width,
            height: source.height,
            captured_at_ns: frame.captured_at_ns,
            memory,
        })
    }
}

impl Source for KmsSource {
    fn describe(&self) -> SourceInfo {
        self.info.clone()
    }

    fn next(&mut self, wait: Duration) -> Result<Option<Picture<'_>>, SourceError> {
        let deadline = Instant::now() + wait;
        if self.troubled {
            std::thread::sleep(TROUBLE_PAUSE.min(wait));
        }
        match self.advance(deadline) {
            Ok(new) => {
                self.troubled = false;
                Ok(if new { self.picture() } else { None })
            }
            Err(error) => {
                self.troubled = true;
                self.shown = None;
                self.digest = None;
                self.mappings.clear();
                Err(error.into())
            }
        }
    }
}

/// How soon buffers that nobody has changed over from are looked at again.
#[derive(Debug)]
struct Pace {
    frame: Duration,
    repeat: Duration,
}

/// The longest that a change in a buffer that had stood still may go unnoticed.
const LONGEST_REPEAT: Duration = Duration::from_millis(100);

impl Default for Pace {
    fn default() -> Self {
        Self { frame: Duration::from_micros(16_667), repeat: Duration::ZERO }
    }
}

impl Pace {
    fn repeat(&self) -> Duration {
        self.repeat
    }

    fn set_rate(&mut self, refresh_mhz: u32) {
        if let Some(nanos) = 1_000_000_000_000u64.checked_div(refresh_mhz.into()) {
            self.frame = Duration::from_nanos(nanos);
        }
    }

    /// Whoever changes buffers will do so again: leave room for the next one before looking into this one.
    fn flipped(&mut self) {
        self.repeat = (self.frame * 3 / 2).min(LONGEST_REPEAT);
    }

    /// Somebody draws into the buffer on screen: look at the pace of the screen.
    fn redrawn(&mut self) {
        self.repeat = self.frame.min(LONGEST_REPEAT);
    }

    fn unchanged(&mut self) {
        self.repeat = (self.repeat * 2).clamp(self.frame.min(LONGEST_REPEAT), LONGEST_REPEAT);
    }
}

fn readable_format(frame: &Frame) -> Result<PixelFormat, ScreenError> {
    let Frame { output, primary, .. } = frame;
    if !is_linear(primary, output) {
        let (connector, driver) = (output.connector.clone(), output.driver.clone());
        return Err(ScreenError::Tiled { connector, driver, modifier: primary.modifier });
    }
    PixelFormat::from_fourcc(primary.fourcc).ok_or_else(|| ScreenError::format(output, primary.fourcc))
}

/// Whether the processor finds the rows of a layer one after the other.
fn is_linear(layer: &Layer, output: &Output) -> bool {
    // Drivers that deal in modifiers tell them. Of the others, these keep a tiling of their own to themselves.
    const SECRETIVE: [&str; 3] = ["radeon", "amdgpu", "nouveau"];
    layer.modifier == 0
        || (layer.modifier == MODIFIER_UNKNOWN && !SECRETIVE.contains(&output.driver.as_str()))
}

fn cut(layer: &Layer) -> Option<Cut> {
    let plane = layer.planes[0]?;
    let source = layer.source;
    let right = source.x.checked_add(source.width)?;
    let bottom = source.y.checked_add(source.height)?;
    if right > layer.width || bottom > layer.height || source.width > MAX_SIDE || source.height > MAX_SIDE {
        return None;
    }
    if !plane.pitch.is_multiple_of(4) {
        return None;
    }
    Some(Cut {
        offset: plane.offset as usize,
        stride: plane.pitch as usize,
        x: source.x as usize,
        y: source.y as usize,
        width: source.width as usize,
        height: source.height as usize,
    })
}

#[cfg(test)]
mod tests;
