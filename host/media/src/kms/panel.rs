//! The machine's screens while nobody else draws on them.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};

use drm::Device as _;
use drm::buffer::{Buffer as _, DrmFourcc};
use drm::control::dumbbuffer::DumbBuffer;
use drm::control::{Device as _, Mode, ResourceHandles, connector, crtc, framebuffer};

use crate::StatusCard;
use crate::picture::Memory;

/// Why nothing can be drawn on a screen.
#[derive(Debug, thiserror::Error)]
pub enum PanelError {
    /// There is no graphics card, or none may be opened.
    #[error("no graphics card can be opened in {}; run this as root on a machine with a display", .0.display())]
    NoCard(PathBuf),
    /// Another program draws on all of them.
    #[error("another program draws on the screen ({0}); stop its session first")]
    Taken(io::Error),
    /// No screen is connected.
    #[error("no screen is connected; plug one in")]
    NoScreen,
    /// A card refused.
    #[error("the graphics card would not {doing} ({error}); see dmesg")]
    Refused {
        /// What it was to do.
        doing: &'static str,
        /// Its answer.
        error: io::Error,
    },
}

/// Screens that this process draws on; dropped, they show what the kernel's console has.
pub struct Panel {
    cards: Vec<Card>,
}

struct Card {
    device: Device,
    screens: Vec<Screen>,
}

struct Screen {
    connector: connector::Handle,
    crtc: crtc::Handle,
    mode: Mode,
    buffer: DumbBuffer,
    framebuffer: framebuffer::Handle,
}

struct Device(File);

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl drm::Device for Device {}
impl drm::control::Device for Device {}

impl Panel {
    /// Takes every connected screen of every card in `devices` (`/dev/dri`) that nobody else draws on, in the mode that the
    /// screen likes best.
    ///
    /// # Errors
    /// [`PanelError`] when there is none.
    pub fn take(devices: &Path) -> Result<Self, PanelError> {
        let mut refusal = None;
        let mut cards = Vec::new();
        for file in open_cards(devices) {
            match Card::take(Device(file)) {
                Ok(card) if card.screens.is_empty() => {}
                Ok(card) => cards.push(card),
                Err(error) => refusal = Some(error),
            }
        }
        match (cards.is_empty(), refusal, open_cards(devices).next()) {
            (false, ..) => Ok(Self { cards }),
            (true, Some(error), _) => Err(error),
            (true, None, Some(_)) => Err(PanelError::NoScreen),
            (true, None, None) => Err(PanelError::NoCard(devices.to_owned())),
        }
    }

    /// Draws on every screen what `draw` makes for its width and height in pixels.
    ///
    /// # Errors
    /// [`PanelError::Refused`] when a card would not.
    pub fn show(&mut self, draw: impl Fn(u32, u32) -> StatusCard) -> Result<(), PanelError> {
        for Card { device, screens } in &mut self.cards {
            for screen in screens {
                let (width, height) = screen.mode.size();
                screen.show(device, &draw(width.into(), height.into()))?;
            }
        }
        Ok(())
    }

    /// How many screens these are.
    #[must_use]
    pub fn screens(&self) -> usize {
        self.cards.iter().map(|card| card.screens.len()).sum()
    }
}

impl std::fmt::Debug for Panel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Panel({} screens)", self.screens())
    }
}

fn open_cards(devices: &Path) -> impl Iterator<Item = File> {
    let is_card =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("card"));
    let mut paths: Vec<PathBuf> = fs::read_dir(devices)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(is_card)
        .collect();
    paths.sort();
    paths.into_iter().filter_map(|path| OpenOptions::new().read(true).write(true).open(path).ok())
}

impl Card {
    fn take(device: Device) -> Result<Self, PanelError> {
        let resources = device.resource_handles().map_err(refused("list its outputs"))?;
        device.acquire_master_lock().map_err(PanelError::Taken)?;
        let mut screens = Vec::new();
        let mut used = Vec::new();
        for &handle in resources.connectors() {
            let Ok(connector) = device.get_connector(handle, true) else { continue };
            let Some(mode) = connector.modes().first().copied() else { continue };
            if connector.state() != connector::State::Connected {
                continue;
            }
            let Some(crtc) = free_crtc(&device, &resources, &connector, &used) else { continue };
            used.push(crtc);
            screens.push(Screen::new(&device, handle, crtc, mode)?);
        }
        Ok(Self { device, screens })
    }
}

fn free_crtc(
    device: &Device,
    resources: &ResourceHandles,
    connector: &connector::Info,
    used: &[crtc::Handle],
) -> Option<crtc::Handle> {
    let encoders = connector.encoders().iter().filter_map(|encoder| device.get_encoder(*encoder).ok());
    let mut usable = encoders.flat_map(|encoder| resources.filter_crtcs(encoder.possible_crtcs()));
    usable.find(|crtc| !used.contains(crtc))
}

impl Screen {
    fn new(
        device: &Device,
        connector: connector::Handle,
        crtc: crtc::Handle,
        mode: Mode,
    ) -> Result<Self, PanelError> {
        let (width, height) = mode.size();
        let buffer = device
            .create_dumb_buffer((width.into(), height.into()), DrmFourcc::Xrgb8888, 32)
            .map_err(refused("make a buffer"))?;
        let framebuffer = device.add_framebuffer(&buffer, 24, 32).map_err(refused("make a framebuffer"))?;
        Ok(Self { connector, crtc, mode, buffer, framebuffer })
    }

    fn show(&mut self, device: &Device, card: &StatusCard) -> Result<(), PanelError> {
        if let Memory::Mapped { stride, data, .. } = card.picture(0).memory {
            let pitch = self.buffer.pitch() as usize;
            let mut map = device.map_dumb_buffer(&mut self.buffer).map_err(refused("be drawn on"))?;
            for (to, from) in map.chunks_exact_mut(pitch).zip(data.chunks_exact(stride)) {
                let row = to.len().min(from.len());
                to[..row].copy_from_slice(&from[..row]);
            }
        }
        let connectors = [self.connector];
        device
            .set_crtc(self.crtc, Some(self.framebuffer), (0, 0), &connectors, Some(self.mode))
            .map_err(refused("show the picture"))
    }
}

fn refused(doing: &'static str) -> impl Fn(io::Error) -> PanelError {
    move |error| PanelError::Refused { doing, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_a_graphics_card_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let error = Panel::take(dir.path()).unwrap_err();
        assert!(matches!(error, PanelError::NoCard(_)) && error.to_string().contains("run this as root"));
    }

    #[test]
    fn what_is_no_graphics_card_is_not_drawn_on() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("card0"), "").unwrap();
        assert!(matches!(Panel::take(dir.path()), Err(PanelError::Refused { .. })));
    }
}
