//! `card`: what the box has to say, on its own screen. For a screen that nobody else draws on.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;
use punktfunk_config::parse_duration;
use punktfunk_media::kms::{Panel, PanelError};
use punktfunk_media::{CardText, Qr, StatusCard, Thumbnail};

use super::local::{Local, LocalError, RuntimeDir};
use super::{DONE, FAILED, fail};
use crate::console::BoxCard;

/// Where display devices are.
const DEVICES: &str = "/dev/dri";
/// How often the host is asked what there is to say.
const ASK_EVERY: Duration = Duration::from_secs(2);

/// Shows on the machine's own screen how the box is claimed, or why its policy was refused, for as long as there is
/// something to say.
#[derive(Debug, Args)]
#[command(after_help = "\
It takes every screen that is connected, as root, and ends when there is nothing to say any more; then the console of the \
kernel is there again. While another program draws on the screen, such as a session, it says so and ends.

Examples:
  punktfunk-host card                          until the box is claimed
  punktfunk-host card --for 5m                 and at the most for five minutes
  punktfunk-host card --notice 20s             why a policy was refused only so long:
                                               a claimed box has other things to show
  punktfunk-host card --png card.png           the same as a picture")]
pub struct CardArgs {
    #[command(flatten)]
    runtime: RuntimeDir,
    /// How long the host, and then the graphics driver, may take to be up
    #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "30s")]
    wait: Duration,
    /// Show it no longer than this
    #[arg(long = "for", value_name = "TIME", value_parser = parse_duration)]
    at_most: Option<Duration>,
    /// Show what needs nobody, such as why a policy was refused, no longer than this
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    notice: Option<Duration>,
    /// Write the card to this file instead of showing it
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Width and height of that picture in pixels, 64 to 960
    #[arg(long, value_name = "WxH", requires = "png", value_parser = size, default_value = "640x480")]
    size: (u32, u32),
}

/// Why the card is not shown.
#[derive(Debug, thiserror::Error)]
enum CardError {
    #[error(transparent)]
    Host(#[from] LocalError),
    #[error(transparent)]
    Screen(#[from] PanelError),
    #[error("the picture cannot be written to {path}: {why}; choose another place")]
    Picture { path: PathBuf, why: String },
}

/// Runs the verb.
pub(super) fn run(args: &CardArgs) -> ExitCode {
    let done = match &args.png {
        Some(path) => picture(args, path),
        None => show(args),
    };
    match done {
        Ok(()) => ExitCode::from(DONE),
        Err(error) => fail(FAILED, &error),
    }
}

fn show(args: &CardArgs) -> Result<(), CardError> {
    let local = Local::open(&args.runtime.path)?;
    let began = Instant::now();
    let mut card = first(&local, args.wait)?;
    let up = Instant::now();
    let (mut shown, mut panel, mut drawn_on) = (None, None, BTreeSet::new());
    while let Some(now) = card {
        let most = longest(args, &now);
        let there = devices(DEVICES.as_ref());
        if there != drawn_on {
            (shown, panel, drawn_on) = (None, None, there);
        }
        if shown.as_ref() != Some(&now) {
            match panel.take().map_or_else(|| Panel::take(DEVICES.as_ref()), Ok) {
                Ok(mut screens) => {
                    screens.show(|width, height| draw(&now, width, height))?;
                    panel = Some(screens);
                    shown = Some(now);
                }
                // a television that is not on yet
                Err(PanelError::NoScreen) => {}
                // a graphics driver that is not loaded yet: the host may be up before it
                Err(PanelError::NoCard(_)) if drawn_on.is_empty() && up.elapsed() < args.wait => {}
                Err(error) => return Err(error.into()),
            }
        }
        if most.is_some_and(|most| began.elapsed() >= most) {
            break;
        }
        sleep(ASK_EVERY);
        // a host that starts again has something to say as before
        card = local.get("/box-card").unwrap_or_else(|_| shown.clone());
    }
    Ok(())
}

/// The display devices that are there now. A graphics driver that takes over from the firmware's makes its own anew, and
/// what was drawn on the one before is gone.
fn devices(folder: &Path) -> BTreeSet<(OsString, u64)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let cards = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("card"));
    cards.filter_map(|entry| Some((entry.file_name(), entry.metadata().ok()?.ino()))).collect()
}

/// How long this card is shown at the most.
fn longest(args: &CardArgs, card: &BoxCard) -> Option<Duration> {
    let notice = args.notice.filter(|_| card.code.is_none());
    [args.at_most, notice].into_iter().flatten().min()
}

fn picture(args: &CardArgs, path: &Path) -> Result<(), CardError> {
    let local = Local::open(&args.runtime.path)?;
    let Some(card) = first(&local, args.wait)? else { return Ok(()) };
    let failed = |why: String| CardError::Picture { path: path.to_owned(), why };
    let (width, height) = args.size;
    let small =
        Thumbnail::of(&draw(&card, width, height).picture(0)).map_err(|why| failed(why.to_string()))?;
    let png = small.to_png().map_err(|why| failed(why.to_string()))?;
    std::fs::write(path, png).map_err(|why| failed(why.to_string()))
}

/// What there is to say, once the host is up.
fn first(local: &Local, wait: Duration) -> Result<Option<BoxCard>, LocalError> {
    let until = Instant::now() + wait;
    loop {
        match local.get("/box-card") {
            Err(LocalError::NotRunning { .. }) if Instant::now() < until => sleep(ASK_EVERY / 4),
            answer => return answer,
        }
    }
}

fn draw(card: &BoxCard, width: u32, height: u32) -> StatusCard {
    let BoxCard { title, code, sentences, link } = card;
    let sentences: Vec<&str> = sentences.iter().map(String::as_str).collect();
    let qr = link.as_deref().and_then(Qr::of);
    let text = CardText { title, code: code.as_deref(), sentences: &sentences, qr: qr.as_ref() };
    StatusCard::of(width, height, &text)
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let side = |text: &str| text.parse().ok().filter(|side| (64..=960).contains(side));
    let sides = text.split_once('x').and_then(|(width, height)| side(width).zip(side(height)));
    sides.ok_or_else(|| "a size is width and height, each 64 to 960, such as 640x480".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_code_is_shown_as_long_as_may_be_and_what_needs_nobody_no_longer_than_a_notice() {
        #[derive(clap::Parser)]
        struct Program {
            #[command(flatten)]
            card: CardArgs,
        }
        let longest_of = |words: &str, code: Option<&str>| {
            let program: Program = clap::Parser::parse_from(words.split(' '));
            longest(&program.card, &BoxCard { code: code.map(str::to_owned), ..BoxCard::default() })
        };
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let both = "card --for 10m --notice 20s";
        assert_eq!(longest_of(both, Some("ABCD-2345")), seconds(600));
        assert_eq!(longest_of(both, None), seconds(20));
        assert_eq!(longest_of("card --for 10s --notice 20s", None), seconds(10));
        assert_eq!(longest_of("card --notice 20s", Some("ABCD-2345")), None);
    }

    #[test]
    fn a_driver_that_takes_over_is_noticed_although_its_device_is_called_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("dri");
        assert_eq!(devices(&folder), BTreeSet::new());
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("renderD128"), "").unwrap();
        assert_eq!(devices(&folder), BTreeSet::new());
        std::fs::write(folder.join("card0"), "the firmware's").unwrap();
        let before = devices(&folder);
        assert_eq!(devices(&folder), before);
        // made before the other goes, so that it cannot have its number
        std::fs::write(dir.path().join("card0"), "the driver's").unwrap();
        std::fs::rename(dir.path().join("card0"), folder.join("card0")).unwrap();
        assert_eq!(devices(&folder).len(), 1);
        assert_ne!(devices(&folder), before);
    }

    #[test]
    fn a_size_is_two_sides_within_bounds() {
        assert_eq!(size("640x480"), Ok((640, 480)));
        for odd in ["640", "0x480", "640x9999", "x", "axb"] {
            assert!(size(odd).is_err(), "{odd}");
        }
    }
}
