//! The command line's words.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use punktfunk_client::{HostAddress, HostId, Mode};

use super::keys::{Stroke, parse_keys, parse_text};

const EXAMPLES: &str = "\
Examples:
  punktfunk-client discover
  punktfunk-client pair living-room --pin 1234
  punktfunk-client connect living-room --seconds 10
  punktfunk-client connect 192.168.1.20:9777 --tofu --name 'My laptop' --frames 300 --out last.png --json

Exit codes: 0 done, 1 refused or failed, 2 bad usage.";

const CONNECT_EXAMPLES: &str = "\
Examples:
  punktfunk-client connect living-room                            until Ctrl-C, with a host paired before
  punktfunk-client connect living-room --tofu --name 'Ann'        first visit: the owner approves on the host
  punktfunk-client connect box --frames 60 --out screen.png       the screen as a picture
  punktfunk-client connect box --seconds 5 --out record.h264      the stream as it came
  punktfunk-client connect box --seconds 5 --audio-out sound.wav  the sound
  punktfunk-client connect box --type 'hello' --press enter --seconds 2";

/// Streams from a punktfunk host, pairs with it, finds it.
#[derive(Debug, Parser)]
#[command(name = "punktfunk-client", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Stream from a host: decode, show progress, end with a summary
    Connect(ConnectArgs),
    /// Pair with a host by the PIN it shows
    Pair(PairArgs),
    /// List the hosts that announce themselves on the local network
    Discover(DiscoverArgs),
    /// Measure a stream: rate, loss and latency, without decoding
    Bench(BenchArgs),
}

/// Whom to talk to and as whom.
#[derive(Debug, Args)]
pub(crate) struct Peer {
    /// The host: name or address, with :PORT when it is not 9777
    #[arg(value_name = "HOST[:PORT]")]
    pub(crate) host: HostAddress,
    /// Directory of this device's key, certificate and known hosts [default: the user's state directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) identity: Option<PathBuf>,
    /// What the host calls this device [default: this machine's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// End with one JSON object on the last line of standard output
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which host certificate is acceptable. Without any of these, a host must be known already.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("trust"))]
pub(crate) struct Trust {
    /// Accept exactly this host certificate (SHA-256, 64 hex digits)
    #[arg(long, value_name = "FINGERPRINT", group = "trust")]
    pub(crate) pin_host: Option<HostId>,
    /// Trust an unknown host on first use, and only this one from then on
    #[arg(long, group = "trust")]
    pub(crate) tofu: bool,
    /// Give up after this long, being approved included, e.g. 30s or 3m
    #[arg(long, value_name = "TIME", default_value = "185s", value_parser = parse_time)]
    pub(crate) timeout: Duration,
}

/// What to ask the host for.
#[derive(Debug, Clone, Args)]
pub(crate) struct Wish {
    /// Picture size and rate
    #[arg(long, value_name = "WxH[@HZ]", default_value = "1280x720@60", value_parser = parse_mode)]
    pub(crate) mode: Mode,
    /// Wire bit rate, e.g. 20M or 8000k [default: the host's]
    #[arg(long, value_name = "RATE", value_parser = parse_kbps)]
    pub(crate) bitrate: Option<u32>,
    /// Codec to ask for
    #[arg(long, value_enum, default_value_t = CodecWish::Auto)]
    pub(crate) codec: CodecWish,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CodecWish {
    /// Whatever this machine can decode, H.264 preferred
    Auto,
    H264,
    Hevc,
}

#[derive(Debug, Args)]
#[command(after_help = CONNECT_EXAMPLES)]
pub(crate) struct ConnectArgs {
    #[command(flatten)]
    pub(crate) peer: Peer,
    #[command(flatten)]
    pub(crate) trust: Trust,
    #[command(flatten)]
    pub(crate) wish: Wish,
    /// End after this many received frames
    #[arg(long, value_name = "N", conflicts_with = "seconds", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) frames: Option<u64>,
    /// End after this long, counted from the first frame
    #[arg(long, value_name = "S", value_parser = parse_time)]
    pub(crate) seconds: Option<Duration>,
    /// Write the stream (.h264, .hevc), the decoded pictures (.yuv) or the last picture (.png, .ppm)
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Write the sound; what was lost of it is silent (.wav)
    #[arg(long, value_name = "FILE")]
    pub(crate) audio_out: Option<PathBuf>,
    /// Keys to press after the first frame, e.g. a,enter,f5,0x41
    #[arg(long, value_name = "KEY,KEY…", value_parser = parse_keys_arg)]
    pub(crate) press: Option<Strokes>,
    /// Text to type after the first frame, before --press
    #[arg(long = "type", value_name = "TEXT", value_parser = parse_text_arg)]
    pub(crate) text: Option<Strokes>,
}

#[derive(Debug, Args)]
pub(crate) struct PairArgs {
    #[command(flatten)]
    pub(crate) peer: Peer,
    /// The PIN the host shows; asked for on the terminal when missing
    #[arg(long, value_name = "PIN")]
    pub(crate) pin: Option<PinArg>,
}

#[derive(Debug, Args)]
pub(crate) struct DiscoverArgs {
    /// How long to listen
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = parse_time)]
    pub(crate) timeout: Duration,
    /// One JSON array instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    #[command(flatten)]
    pub(crate) peer: Peer,
    #[command(flatten)]
    pub(crate) trust: Trust,
    #[command(flatten)]
    pub(crate) wish: Wish,
    /// How long to measure, counted from the first frame
    #[arg(long, value_name = "S", default_value = "10s", value_parser = parse_time)]
    pub(crate) seconds: Duration,
}

/// Several key strokes as one option's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Strokes(pub(crate) Vec<Stroke>);

/// A PIN on its way from the command line to the ceremony; never printed.
#[derive(Clone)]
pub(crate) struct PinArg(pub(crate) String);

impl From<String> for PinArg {
    fn from(pin: String) -> Self {
        Self(pin)
    }
}

impl std::fmt::Debug for PinArg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PinArg(…)")
    }
}

fn parse_keys_arg(text: &str) -> Result<Strokes, String> {
    parse_keys(text).map(Strokes)
}

fn parse_text_arg(text: &str) -> Result<Strokes, String> {
    parse_text(text).map(Strokes)
}

/// `1280x720` or `1280x720@60`; 60 Hz when the rate is left out.
pub(crate) fn parse_mode(text: &str) -> Result<Mode, String> {
    let wrong = || "write WIDTHxHEIGHT or WIDTHxHEIGHT@HZ, for example 1280x720@60".to_owned();
    let (size, rate) = text.split_once('@').unwrap_or((text, "60"));
    let (width, height) = size.split_once(['x', '×']).ok_or_else(wrong)?;
    let mode = Mode {
        width: number(width).ok_or_else(wrong)?,
        height: number(height).ok_or_else(wrong)?,
        refresh_hz: number(rate).ok_or_else(wrong)?,
    };
    let sound = (16..=16384).contains(&mode.width)
        && (16..=16384).contains(&mode.height)
        && (1..=1000).contains(&mode.refresh_hz);
    if sound {
        Ok(mode)
    } else {
        Err("width and height go from 16 to 16384 pixels, the rate from 1 to 1000 Hz".to_owned())
    }
}

/// `20M`, `20Mbit/s`, `8000k`, `8000` (kbit/s).
pub(crate) fn parse_kbps(text: &str) -> Result<u32, String> {
    let plain = text.trim().trim_end_matches("bit/s").trim_end_matches("bps").trim_end();
    let (digits, factor) = match plain.strip_suffix(['M', 'm']) {
        Some(digits) => (digits, 1000),
        None => (plain.strip_suffix(['k', 'K']).unwrap_or(plain), 1),
    };
    let kbps = number(digits.trim_end())
        .and_then(|n| n.checked_mul(factor))
        .filter(|kbps| (1..=8_000_000).contains(kbps));
    kbps.ok_or_else(|| "write a rate from 1k to 8000M, for example 20M or 8000k".to_owned())
}

/// `10`, `10s`, `1.5s`, `500ms`, `3m`; a bare number counts seconds.
pub(crate) fn parse_time(text: &str) -> Result<Duration, String> {
    let wrong = || "write a time above 0 and up to a day, for example 10, 1.5s, 500ms or 3m".to_owned();
    let text = text.trim();
    let (digits, factor) = if let Some(digits) = text.strip_suffix("ms") {
        (digits, 0.001)
    } else if let Some(digits) = text.strip_suffix('m') {
        (digits, 60.0)
    } else {
        (text.strip_suffix('s').unwrap_or(text), 1.0)
    };
    let shape = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let seconds = digits.parse::<f64>().ok().filter(|_| shape).ok_or_else(wrong)? * factor;
    if (0.001..=86_400.0).contains(&seconds) { Ok(Duration::from_secs_f64(seconds)) } else { Err(wrong()) }
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;
    use proptest::prelude::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(std::iter::once("punktfunk-client").chain(line.split_whitespace()))
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_of_the_design_is_there() {
        let fp = "9f".repeat(32);
        for line in [
            "connect box --name N --identity /d --mode 1280x720@60 --bitrate 20M --frames 3 --out f.png --audio-out f.wav --press a,enter --type x --json".to_owned(),
            format!("connect box:1 --pin-host {fp} --seconds 2.5"),
            "connect box --tofu".to_owned(),
            "pair box --pin 1234 --json".to_owned(),
            "discover --json".to_owned(),
            "bench box --seconds 3".to_owned(),
        ] {
            parse(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    #[test]
    fn contradictions_and_nonsense_are_bad_usage() {
        let fp = "9f".repeat(32);
        for line in [
            "connect".to_owned(),
            "connect box:0".to_owned(),
            "connect box --frames 0".to_owned(),
            "connect box --frames 3 --seconds 3".to_owned(),
            "connect box --pin-host 9f2c".to_owned(),
            format!("connect box --tofu --pin-host {fp}"),
            "connect box --mode 1280".to_owned(),
            "connect box --press nokey".to_owned(),
            "dance".to_owned(),
        ] {
            assert_eq!(parse(&line).map(|_| ()).map_err(|error| error.exit_code()), Err(2), "{line}");
        }
    }

    #[test]
    fn a_pin_is_never_printed() {
        let cli = parse("pair box --pin 8642").expect("parsed");
        assert!(!format!("{cli:?}").contains("8642"));
    }

    #[test]
    fn rates_and_times_take_units() {
        assert_eq!(
            [parse_kbps("20M"), parse_kbps("20Mbit/s"), parse_kbps("8000k"), parse_kbps("500")],
            [20_000, 20_000, 8_000, 500].map(Ok)
        );
        for bad in ["", "0", "M", "-1", "+5", "9000000M", "4294968M"] {
            assert!(parse_kbps(bad).is_err(), "{bad:?}");
        }
        assert_eq!(["2", "2s", "2000ms"].map(parse_time), [const { Ok(Duration::from_secs(2)) }; 3]);
        assert_eq!(parse_time("1.5m"), Ok(Duration::from_secs(90)));
        for bad in ["", "0", "s", "-1", "inf", "nan", "1e9", "1..2", "100000"] {
            assert!(parse_time(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn every_sound_mode_is_read_as_written(width in 16u32..=16384, height in 16u32..=16384, refresh_hz in 1u32..=1000) {
            prop_assert_eq!(parse_mode(&format!("{width}x{height}@{refresh_hz}")), Ok(Mode { width, height, refresh_hz }));
        }

        #[test]
        fn any_text_is_parsed_without_panic(text in "\\PC{0,24}") {
            let _ = (parse_mode(&text), parse_kbps(&text), parse_time(&text));
        }
    }
}
