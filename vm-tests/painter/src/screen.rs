//! One connector of a card, driven with two plain buffers.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};

use drm::Device as _;
use drm::buffer::{Buffer as _, DrmFourcc};
use drm::control::dumbbuffer::DumbBuffer;
use drm::control::{Device as _, Event, Mode, PageFlipFlags, connector, crtc, framebuffer};

use punktfunk_media::{Memory, Picture};

use crate::{Place, Wanted};

/// Cards that are tried when none is named.
const CARDS: u8 = 16;

/// Side of the cursor's buffer, which every driver supports.
const CURSOR_SIDE: u32 = 64;

/// Side of the visible square in it.
const CURSOR_SQUARE: usize = 16;

/// A screen that this process is master of.
pub(crate) struct Screen {
    card: Card,
    connector: connector::Info,
    crtc: crtc::Handle,
    mode: Mode,
    buffers: [(DumbBuffer, framebuffer::Handle); 2],
    front: usize,
}

struct Card(File);

impl AsFd for Card {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl drm::Device for Card {}
impl drm::control::Device for Card {}

impl Screen {
    /// Takes the first connected output, of `path` or of any card, in the mode asked for or in its first one.
    pub(crate) fn take(path: Option<&Path>, wanted: Option<Wanted>) -> Result<Self, String> {
        if let Some(path) = path {
            return Self::on(path, wanted);
        }
        let mut refusals = Vec::new();
        let nodes = (0..CARDS).map(|number| PathBuf::from(format!("/dev/dri/card{number}")));
        for path in nodes.filter(|path| path.exists()) {
            match Self::on(&path, wanted) {
                Ok(screen) => return Ok(screen),
                Err(refusal) => refusals.push(refusal),
            }
        }
        Err(if refusals.is_empty() { "there is no graphics card".into() } else { refusals.join("; ") })
    }

    fn on(path: &Path, wanted: Option<Wanted>) -> Result<Self, String> {
        let file = OpenOptions::new().read(true).write(true).open(path);
        let card = Card(file.map_err(|error| format!("cannot open {}: {error}", path.display()))?);
        card.acquire_master_lock().map_err(|error| {
            format!("cannot become master of {} ({error}); stop whoever draws on it", path.display())
        })?;
        let resources = card.resource_handles().map_err(at("list outputs"))?;
        let connector = resources
            .connectors()
            .iter()
            .filter_map(|&handle| card.get_connector(handle, true).ok())
            .find(|connector| {
                connector.state() == connector::State::Connected && !connector.modes().is_empty()
            })
            .ok_or_else(|| format!("{} has no connected output", path.display()))?;
        let mode = choose(connector.modes(), wanted).ok_or_else(|| {
            let names: Vec<_> = connector.modes().iter().map(|mode| mode.name().to_string_lossy()).collect();
            format!("{connector} has no such mode; it has {}", names.join(" "))
        })?;
        let crtc = connector
            .encoders()
            .iter()
            .filter_map(|&encoder| card.get_encoder(encoder).ok())
            .find_map(|encoder| resources.filter_crtcs(encoder.possible_crtcs()).first().copied())
            .ok_or_else(|| format!("no controller can drive {connector}"))?;
        let buffers = [buffer(&card, mode)?, buffer(&card, mode)?];
        Ok(Self { card, connector, crtc, mode, buffers, front: 0 })
    }

    /// Width and height in pixels.
    pub(crate) fn size(&self) -> (usize, usize) {
        let (width, height) = self.mode.size();
        (width.into(), height.into())
    }

    /// Pictures a second, rounded.
    pub(crate) fn refresh_hz(&self) -> u32 {
        self.mode.vrefresh()
    }

    /// The connector's name.
    pub(crate) fn connector(&self) -> String {
        self.connector.to_string()
    }

    /// Draws four-byte pixels in rows of `stride` bytes into the first buffer, and switches the screen on.
    pub(crate) fn light(&mut self, stride: usize, bytes: &[u8]) -> Result<(), String> {
        let (buffer, framebuffer) = &mut self.buffers[self.front];
        fill(&self.card, buffer, stride, bytes)?;
        let connectors = [self.connector.handle()];
        self.card
            .set_crtc(self.crtc, Some(*framebuffer), (0, 0), &connectors, Some(self.mode))
            .map_err(at("set the mode"))
    }

    /// Draws into the buffer that is not shown and changes over to it at the next refresh.
    pub(crate) fn flip(&mut self, stride: usize, bytes: &[u8]) -> Result<(), String> {
        self.front ^= 1;
        let (buffer, framebuffer) = &mut self.buffers[self.front];
        fill(&self.card, buffer, stride, bytes)?;
        self.card
            .page_flip(self.crtc, *framebuffer, PageFlipFlags::EVENT, None)
            .map_err(at("change buffers"))?;
        loop {
            let mut events = self.card.receive_events().map_err(at("wait for the change of buffers"))?;
            if events.any(|event| matches!(event, Event::PageFlip(_))) {
                return Ok(());
            }
        }
    }

    /// Like [`Screen::flip`], with a picture of the media crate.
    pub(crate) fn flip_to(&mut self, picture: &Picture<'_>) -> Result<(), String> {
        match picture.memory {
            Memory::Mapped { stride, data, .. } => self.flip(stride, data),
            _ => Err("a picture that is not in memory cannot be drawn".into()),
        }
    }

    /// Shows a hardware cursor with its left upper corner at a place.
    #[expect(
        deprecated,
        reason = "the calls that replace these need a whole atomic state; every driver knows these"
    )]
    pub(crate) fn show_cursor(&self, place: Place) -> Result<(), String> {
        let create = self.card.create_dumb_buffer((CURSOR_SIDE, CURSOR_SIDE), DrmFourcc::Argb8888, 32);
        let mut cursor = create.map_err(at("make a cursor"))?;
        let pitch = cursor.pitch() as usize;
        {
            let mut map = self.card.map_dumb_buffer(&mut cursor).map_err(at("draw the cursor"))?;
            for (y, line) in map.chunks_exact_mut(pitch).enumerate() {
                let visible = if y < CURSOR_SQUARE { CURSOR_SQUARE * 4 } else { 0 };
                line[..visible].fill(255);
                line[visible..].fill(0);
            }
        }
        self.card
            .set_cursor2(self.crtc, Some(&cursor), (0, 0))
            .and_then(|()| self.card.move_cursor(self.crtc, (place.x, place.y)))
            .map_err(at("show a cursor"))
    }
}

fn choose(modes: &[Mode], wanted: Option<Wanted>) -> Option<Mode> {
    match wanted {
        Some(Wanted { width, height, refresh_hz }) => modes.iter().find(|mode| {
            mode.size() == (width, height) && refresh_hz.is_none_or(|rate| rate == mode.vrefresh())
        }),
        None => modes.first(),
    }
    .copied()
}

fn buffer(card: &Card, mode: Mode) -> Result<(DumbBuffer, framebuffer::Handle), String> {
    let (width, height) = mode.size();
    let buffer = card
        .create_dumb_buffer((width.into(), height.into()), DrmFourcc::Xrgb8888, 32)
        .map_err(at("make a buffer"))?;
    let framebuffer = card.add_framebuffer(&buffer, 24, 32).map_err(at("make a framebuffer"))?;
    Ok((buffer, framebuffer))
}

fn fill(card: &Card, buffer: &mut DumbBuffer, stride: usize, bytes: &[u8]) -> Result<(), String> {
    let pitch = buffer.pitch() as usize;
    let mut map = card.map_dumb_buffer(buffer).map_err(at("draw"))?;
    for (to, from) in map.chunks_exact_mut(pitch).zip(bytes.chunks_exact(stride)) {
        let row = to.len().min(from.len());
        to[..row].copy_from_slice(&from[..row]);
    }
    Ok(())
}

fn at(doing: &'static str) -> impl Fn(io::Error) -> String {
    move |error| format!("the card would not {doing}: {error}")
}
