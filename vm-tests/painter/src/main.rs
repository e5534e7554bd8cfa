//! `punktfunk-painter`: becomes master of a graphics card and shows a known picture, until it is stopped.
//!
//! Tests compare what reaches a client with what was drawn: a picture is a function of its number and the screen's
//! size, and `--write-ppm` saves exactly what is on the screen.

mod picture;
mod ppm;
mod screen;

use std::convert::Infallible;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

use clap::Parser;
use punktfunk_media::testcard::{Stamp, TestCard, TestCardSpec};

use picture::Picture;
use screen::Screen;

/// Takes the first connected screen and shows a known picture on it until it is stopped. The screen must not be in use.
/// Says on standard output when the picture is on the screen.
#[derive(Parser)]
#[command(version, after_help = "Example: punktfunk-painter --picture 7 --write-ppm /tmp/drawn.ppm")]
struct Options {
    /// What to show: a generated picture by its number, 0 to 255, or a binary PPM, placed in the left upper corner
    #[arg(long, value_name = "NUMBER|FILE", default_value = "0")]
    picture: Subject,
    /// Show the test card instead, drawn afresh for every refresh of the screen
    #[arg(long, conflicts_with_all = ["picture", "flip", "counter", "write_ppm"])]
    test_card: bool,
    /// Change between two buffers at the refresh rate, instead of drawing once into one
    #[arg(long)]
    flip: bool,
    /// Count the changes in a row of 16-pixel squares along the upper edge, most significant bit first
    #[arg(long, requires = "flip")]
    counter: bool,
    /// The card to draw on, instead of the first that has a connected screen
    #[arg(long, value_name = "PATH")]
    card: Option<PathBuf>,
    /// The mode to set, instead of the screen's first one
    #[arg(long, value_name = "WIDTHxHEIGHT[@HZ]")]
    mode: Option<Wanted>,
    /// Show a hardware cursor with its left upper corner here: a white square of 16 pixels in a clear one of 64
    #[arg(long, value_name = "X,Y", allow_hyphen_values = true)]
    cursor: Option<Place>,
    /// Save the picture as it is on the screen, without cursor and counter
    #[arg(long, value_name = "FILE")]
    write_ppm: Option<PathBuf>,
}

/// A picture that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    Number(u8),
    File(PathBuf),
}

/// A mode that somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    width: u16,
    height: u16,
    refresh_hz: Option<u32>,
}

/// A place on the screen, in pixels; it may lie outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    x: i32,
    y: i32,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match show(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            let _ = writeln!(std::io::stderr(), "punktfunk-painter: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn show(options: &Options) -> Result<(), String> {
    let screen = Screen::take(options.card.as_deref(), options.mode)?;
    if options.test_card { show_test_card(screen, options) } else { show_picture(screen, options) }
}

fn show_picture(mut screen: Screen, options: &Options) -> Result<(), String> {
    let (width, height) = screen.size();
    let (mut picture, name) = match &options.picture {
        Subject::Number(number) => (Picture::numbered(*number, width, height), format!("picture {number}")),
        Subject::File(path) => {
            let mut picture = Picture::black(width, height);
            picture.draw(&ppm::read(path)?);
            (picture, path.display().to_string())
        }
    };
    if let Some(path) = &options.write_ppm {
        ppm::write(path, &picture)?;
    }
    screen.light(picture.stride(), &picture.bytes)?;
    options.cursor.map_or(Ok(()), |place| screen.show_cursor(place))?;
    tell(&name, &screen);
    if !options.flip {
        loop {
            std::thread::park();
        }
    }
    for count in 1u32.. {
        if options.counter {
            picture.count(count);
        }
        screen.flip(picture.stride(), &picture.bytes)?;
    }
    Ok(())
}

fn show_test_card(mut screen: Screen, options: &Options) -> Result<(), String> {
    let (width, height) = screen.size();
    let spec = TestCardSpec {
        width: u32::try_from(width).unwrap_or(u32::MAX),
        height: u32::try_from(height).unwrap_or(u32::MAX),
        refresh_hz: screen.refresh_hz(),
        label: Some(screen.connector()),
    };
    let mut card = TestCard::new(&spec);
    let black = Picture::black(width, height);
    screen.light(black.stride(), &black.bytes)?;
    options.cursor.map_or(Ok(()), |place| screen.show_cursor(place))?;
    tell("the test card", &screen);
    for frame in 1.. {
        screen.flip_to(&card.draw(Stamp { frame, clock_ns: unix_ns() }))?;
    }
    Ok(())
}

fn tell(what: &str, screen: &Screen) {
    let (width, height) = screen.size();
    let line =
        format!("{what} is on the screen {}, {width}x{height}@{}\n", screen.connector(), screen.refresh_hz());
    let mut out = std::io::stdout();
    let _ = out.write_all(line.as_bytes());
    let _ = out.flush();
}

fn unix_ns() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

impl FromStr for Subject {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.parse().map_or_else(|_| Self::File(text.into()), Self::Number))
    }
}

impl FromStr for Wanted {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected WIDTHxHEIGHT or WIDTHxHEIGHT@HZ, for example 1280x720@60";
        let (size, rate) = text.split_once('@').map_or((text, None), |(size, rate)| (size, Some(rate)));
        let (width, height) = size.split_once('x').ok_or(EXPECTED)?;
        Ok(Self {
            width: width.parse().map_err(|_| EXPECTED)?,
            height: height.parse().map_err(|_| EXPECTED)?,
            refresh_hz: rate.map(str::parse).transpose().map_err(|_| EXPECTED)?,
        })
    }
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected X,Y in pixels, for example 100,80";
        let (x, y) = text.split_once(',').ok_or(EXPECTED)?;
        Ok(Self { x: x.parse().map_err(|_| EXPECTED)?, y: y.parse().map_err(|_| EXPECTED)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Options, clap::Error> {
        Options::try_parse_from(std::iter::once(&"punktfunk-painter").chain(words))
    }

    #[test]
    fn a_picture_is_a_number_or_a_file() {
        assert_eq!(parse(&[]).unwrap().picture, Subject::Number(0));
        assert_eq!(parse(&["--picture", "7"]).unwrap().picture, Subject::Number(7));
        assert_eq!(parse(&["--picture", "256"]).unwrap().picture, Subject::File("256".into()));
    }

    #[test]
    fn modes_and_places_are_read_and_nonsense_is_refused() {
        let options = parse(&["--mode", "1280x720@60", "--cursor", "-5,7"]).unwrap();
        assert_eq!(options.mode, Some(Wanted { width: 1280, height: 720, refresh_hz: Some(60) }));
        assert_eq!(options.cursor, Some(Place { x: -5, y: 7 }));
        for wrong in [["--mode", "1280"], ["--mode", "axb"], ["--mode", "1x1@"], ["--cursor", "5"]] {
            assert!(parse(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn options_that_would_have_no_effect_are_refused() {
        for wrong in
            [&["--counter"][..], &["--test-card", "--flip"], &["--test-card", "--picture", "1"], &["--draw"]]
        {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
