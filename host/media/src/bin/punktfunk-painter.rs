//! `punktfunk-painter`: puts a known picture on a screen, for tests of what streams that screen.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use drm::buffer::{Buffer as _, DrmFourcc};
use drm::control::dumbbuffer::DumbBuffer;
use drm::control::{Device as _, Event, Mode, PageFlipFlags, connector, crtc, framebuffer};
use punktfunk_media::Memory;
use punktfunk_media::testcard::{Stamp, TestCard, TestCardSpec};

const HELP: &str = "\
Takes the first connected screen and shows a known picture on it until it is stopped.

Usage: punktfunk-painter --picture N [--card PATH]
       punktfunk-painter --test-card [--card PATH]

Options:
  --picture N   A still picture; every N, from 0 to 255, has another one
  --test-card   The test card, drawn afresh for every refresh of the screen
  --card PATH   The graphics card [default: the first of /dev/dri/card* that has a screen]
  --help        Print this

It says on standard output when the picture is on the screen. The screen must not be in use.
";

/// Bad usage, as opposed to a failure.
const USAGE: u8 = 2;
/// Cards that are looked for when none is named.
const CARDS: u8 = 16;
/// A test card on two buffers: one is shown while the other is drawn.
const BUFFERS: usize = 2;
const BYTES_PER_PIXEL: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Still(u8),
    TestCard,
}

fn main() -> ExitCode {
    let (what, card) = match options(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => return ExitCode::SUCCESS,
        Err(sentence) => {
            say(&format!("{sentence}; see punktfunk-painter --help"));
            return ExitCode::from(USAGE);
        }
    };
    let shown = Screen::take(card.as_deref()).and_then(|mut screen| match what {
        What::Still(number) => screen.show_still(number),
        What::TestCard => screen.show_test_card(),
    });
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("nothing can be shown: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// What to show and where, or `None` when what was asked for has been printed.
fn options(mut arguments: impl Iterator<Item = String>) -> Result<Option<(What, Option<PathBuf>)>, String> {
    let (mut what, mut card) = (None, None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--picture" => {
                let number = value()?;
                let number =
                    number.parse().map_err(|_| format!("{number:?} is not a number from 0 to 255"))?;
                what = Some(What::Still(number));
            }
            "--test-card" => what = Some(What::TestCard),
            "--card" => card = Some(value()?.into()),
            "--help" => {
                print(HELP);
                return Ok(None);
            }
            _ => return Err(format!("unknown argument {argument:?}")),
        }
    }
    what.map(|what| Some((what, card))).ok_or_else(|| "neither --picture nor --test-card".into())
}

struct Card(File);

impl AsFd for Card {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl drm::Device for Card {}
impl drm::control::Device for Card {}

/// A screen that this process alone draws on.
struct Screen {
    card: Card,
    connector: connector::Info,
    crtc: crtc::Handle,
    mode: Mode,
    buffers: Vec<(DumbBuffer, framebuffer::Handle)>,
}

impl Screen {
    fn take(path: Option<&Path>) -> io::Result<Self> {
        let candidates = match path {
            Some(path) => vec![path.to_owned()],
            None => (0..CARDS).map(|number| PathBuf::from(format!("/dev/dri/card{number}"))).collect(),
        };
        let mut last = io::Error::new(io::ErrorKind::NotFound, "no card has a connected screen");
        for path in candidates {
            let opened = OpenOptions::new().read(true).write(true).open(&path).map(Card);
            match opened.and_then(Self::on) {
                Ok(screen) => return Ok(screen),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => last = io::Error::new(error.kind(), format!("{}: {error}", path.display())),
            }
        }
        Err(last)
    }

    fn on(card: Card) -> io::Result<Self> {
        let resources = card.resource_handles()?;
        let no_screen = || io::Error::new(io::ErrorKind::NotFound, "no connected screen");
        let connected = resources
            .connectors()
            .iter()
            .filter_map(|handle| card.get_connector(*handle, true).ok())
            .find(|connector| connector.state() == connector::State::Connected);
        let connector = connected.ok_or_else(no_screen)?;
        let mode = *connector.modes().first().ok_or_else(no_screen)?;
        let crtc = connector
            .encoders()
            .iter()
            .filter_map(|handle| card.get_encoder(*handle).ok())
            .find_map(|encoder| resources.filter_crtcs(encoder.possible_crtcs()).first().copied())
            .ok_or_else(no_screen)?;
        let (width, height) = mode.size();
        let mut buffers = Vec::new();
        for _ in 0..BUFFERS {
            let buffer = card.create_dumb_buffer((width.into(), height.into()), DrmFourcc::Xrgb8888, 32)?;
            let framebuffer = card.add_framebuffer(&buffer, 24, 32)?;
            buffers.push((buffer, framebuffer));
        }
        Ok(Self { card, connector, crtc, mode, buffers })
    }

    fn show_still(&mut self, number: u8) -> io::Result<()> {
        let (width, height) = self.size();
        self.draw(0, |x, y| still(number, x, y, width, height))?;
        self.light(0)?;
        self.tell(&format!("picture {number}"));
        loop {
            std::thread::park();
        }
    }

    fn show_test_card(&mut self) -> io::Result<()> {
        let (width, height) = self.size();
        let spec = TestCardSpec {
            width: width as u32,
            height: height as u32,
            refresh_hz: self.mode.vrefresh(),
            label: Some(self.connector.to_string()),
        };
        let mut card = TestCard::new(&spec);
        self.draw(0, |_, _| [0; 3])?;
        self.light(0)?;
        self.tell("the test card");
        for frame in 1_u64.. {
            let place = (frame % BUFFERS as u64) as usize;
            let picture = card.draw(Stamp { frame, clock_ns: unix_ns() });
            let Memory::Mapped { stride, data, .. } = picture.memory else {
                unreachable!("a test card is in memory")
            };
            self.copy(place, stride, data)?;
            let framebuffer = self.buffers[place].1;
            self.card.page_flip(self.crtc, framebuffer, PageFlipFlags::EVENT, None)?;
            while !self.card.receive_events()?.any(|event| matches!(event, Event::PageFlip(_))) {}
        }
        Ok(())
    }

    fn size(&self) -> (usize, usize) {
        let (width, height) = self.mode.size();
        (width.into(), height.into())
    }

    /// Fills buffer `place` with the colour (blue, green, red) that `colour` gives to each pixel.
    fn draw(&mut self, place: usize, colour: impl Fn(usize, usize) -> [u8; 3]) -> io::Result<()> {
        let (width, _) = self.size();
        let pitch = self.buffers[place].0.pitch() as usize;
        let mut mapping = self.card.map_dumb_buffer(&mut self.buffers[place].0)?;
        for (y, row) in mapping.chunks_exact_mut(pitch).enumerate() {
            for (x, pixel) in row.chunks_exact_mut(BYTES_PER_PIXEL).take(width).enumerate() {
                let [blue, green, red] = colour(x, y);
                pixel.copy_from_slice(&[blue, green, red, 0xFF]);
            }
        }
        Ok(())
    }

    fn copy(&mut self, place: usize, stride: usize, data: &[u8]) -> io::Result<()> {
        let pitch = self.buffers[place].0.pitch() as usize;
        let mut mapping = self.card.map_dumb_buffer(&mut self.buffers[place].0)?;
        for (to, from) in mapping.chunks_exact_mut(pitch).zip(data.chunks_exact(stride)) {
            let width = to.len().min(from.len());
            to[..width].copy_from_slice(&from[..width]);
        }
        Ok(())
    }

    /// Switches the screen on, with buffer `place`.
    fn light(&self, place: usize) -> io::Result<()> {
        let framebuffer = Some(self.buffers[place].1);
        self.card.set_crtc(self.crtc, framebuffer, (0, 0), &[self.connector.handle()], Some(self.mode))
    }

    fn tell(&self, what: &str) {
        let (width, height) = self.size();
        print(&format!("{what} is on the screen {}, {width}x{height}\n", self.connector));
    }
}

/// Blue, green and red of one pixel of still picture `number`: soft colours, discs with hard edges, and fine lines in
/// grey, so that a shift, a wrong colour matrix and a lost detail each cost a comparison many decibels.
fn still(number: u8, x: usize, y: usize, width: usize, height: usize) -> [u8; 3] {
    const DISCS: usize = 12;
    let turn = usize::from(number);
    if y * 8 >= height * 7 {
        // Lines of one pixel to four pixels, another order in each picture.
        let thickness = 1 + (x * 4 / width + turn) % 4;
        let level = if (x / thickness) % 2 == 0 { 60 } else { 190 };
        return [level; 3];
    }
    let across = (x * 200 / width) as u8;
    let down = (y * 200 / height) as u8;
    let mut colour = [28 + across, 28 + down, 228 - across / 2 - down / 2];
    colour.rotate_left(turn % 3);
    let cell = height.min(width) / 8;
    for disc in 0..DISCS {
        let seed = (disc + 1) * 7919 + turn * 104_729;
        let (left, top) = (seed * 31 % width.max(1), seed * 17 % (height * 7 / 8).max(1));
        let radius = cell / 3 + seed % (cell / 2 + 1);
        let (dx, dy) = (x.abs_diff(left), y.abs_diff(top));
        if dx * dx + dy * dy <= radius * radius {
            // Half of the colour around it: the edges of bolder colours suffer from 4:2:0 alone.
            let own = |shift: usize| 24 + ((seed >> shift) * 37 % 80) as u8;
            return [own(0) + colour[0] / 2, own(3) + colour[1] / 2, own(6) + colour[2] / 2];
        }
    }
    colour
}

fn unix_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

fn say(sentence: &str) {
    let _ = writeln!(io::stderr(), "punktfunk-painter: {sentence}");
}

fn print(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
    let _ = io::stdout().flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Option<(What, Option<PathBuf>)>, String> {
        options(words.iter().map(ToString::to_string))
    }

    #[test]
    fn something_must_be_shown() {
        assert!(parse(&[]).is_err());
        assert!(parse(&["--picture"]).is_err());
        assert!(parse(&["--picture", "256"]).is_err());
        assert!(parse(&["--draw"]).is_err());
        assert_eq!(
            parse(&["--picture", "7", "--card", "/dev/c"]),
            Ok(Some((What::Still(7), Some("/dev/c".into()))))
        );
        assert_eq!(parse(&["--test-card"]), Ok(Some((What::TestCard, None))));
    }

    #[test]
    fn every_picture_differs_from_the_next_in_most_places() {
        let (width, height) = (64, 48);
        for number in 0..8 {
            let differing = (0..width * height)
                .filter(|at| {
                    let (x, y) = (at % width, at / width);
                    let (one, other) =
                        (still(number, x, y, width, height), still(number + 1, x, y, width, height));
                    one.iter().zip(other).any(|(a, b)| a.abs_diff(b) > 16)
                })
                .count();
            assert!(differing * 2 > width * height, "{number} and {}: {differing}", number + 1);
        }
    }
}
