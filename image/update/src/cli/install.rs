//! `install`: a newer version into the idle slot.

use std::io::IsTerminal as _;
use std::process::Command;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::ZonedDateTime;
use serde_json::json;

use super::FeedArgs;
use super::error::CliError;
use super::place::{Held, Place, SHORT};
use super::print::Output;
use super::verbs::ask;
use crate::feed::{Patience, Throttle};
use crate::guard::{Guard, GuardError, Now};
use crate::install::{InstallError, Installed, Installer, Progress, Stage, Wishes};
use crate::state::Outcome;
use crate::status::{Status, bytes};
use crate::trial::Standing;
use crate::window;

/// How often the host and the log are told how far it is.
const TELL_EVERY: Duration = Duration::from_secs(1);
const LOG_EVERY: Duration = Duration::from_secs(30);

/// Installs a version.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct InstallArgs {
    #[command(flatten)]
    feed: FeedArgs,
    /// Even while somebody streams, and the restart too
    #[arg(long)]
    now: bool,
    /// Only as the policy's `update.window` allows; what a timer calls
    #[arg(long, conflicts_with_all = ["now", "again", "allow_downgrade"])]
    auto: bool,
    /// Also a version that this box went back from before
    #[arg(long)]
    again: bool,
    /// Restart into it at once
    #[arg(long)]
    reboot: bool,
    /// How often a connection that breaks is taken up again without any progress
    #[arg(long, value_name = "NUMBER", default_value_t = Patience::default().attempts)]
    attempts: u32,
}

const EXAMPLES: &str = "\
Examples:
  punktfunk-update install                       the newest version, for the next start
  punktfunk-update install --reboot              … and start it now
  punktfunk-update install --now                 … although somebody streams
  punktfunk-update install --feed /media/stick   from a directory
  punktfunk-update install --auto --reboot       what the timer does, if the policy allows it

A download that breaks off, or is broken off, goes on where it was.";

pub(super) fn run(place: &Place, args: &InstallArgs, output: Output) -> Result<(), CliError> {
    if args.auto {
        return automatic(place, args, output);
    }
    let mut held = place.hold(SHORT)?;
    let host = place.host();
    let guard: &dyn Guard = if args.now { &Now } else { &host };
    let installed = fetch(place, &mut held, args, guard, output)?;
    if !args.reboot || installed == Installed::Runs {
        tell(place, &held, installed, false, output);
        return Ok(());
    }
    // somebody may have begun meanwhile, or the version was in place already
    if let Err(why) = guard.nobody_streams() {
        if !output.json {
            tell(place, &held, installed, false, output);
        }
        return Err(why.into());
    }
    tell(place, &held, installed, true, output);
    restart()
}

/// What a timer does: nothing that the policy does not allow, and that somebody streams is no failure.
fn automatic(place: &Place, args: &InstallArgs, output: Output) -> Result<(), CliError> {
    let policy = place.policy()?;
    let quiet = |why: &str| {
        output.show(&json!({ "done": false, "why": why }), || format!("nothing to do: {why}\n"));
        Ok(())
    };
    if policy.feed.is_none() && args.feed.feed.is_none() {
        return quiet("the policy names no feed");
    }
    let mut held = place.hold(SHORT)?;
    let host = place.host();
    let open = window::is_open(policy.window, &ZonedDateTime::now());
    match &held.standing {
        Standing::OnTrial => return quiet("the running version is on trial"),
        Standing::Left(next) => return quiet(&format!("{next} waits for a restart")),
        Standing::Good | Standing::OtherWaits(_) => {}
    }
    let installed = if open {
        match fetch(place, &mut held, args, &host, output) {
            Err(CliError::Install(InstallError::NotNow(GuardError::Streaming(_)))) => {
                return quiet("somebody streams");
            }
            Err(CliError::Install(InstallError::WentBack { version, .. })) => {
                return quiet(&format!("this box went back from {version} before"));
            }
            installed => installed?,
        }
    } else {
        ask(place, &mut held, &args.feed)?;
        place.publish(&held.status());
        return quiet("it is not the time that the policy allows");
    };
    tell(place, &held, installed, args.reboot, output);
    if args.reboot && installed != Installed::Runs && host.nobody_streams().is_ok() {
        return restart();
    }
    Ok(())
}

fn fetch(
    place: &Place,
    held: &mut Held,
    args: &InstallArgs,
    guard: &dyn Guard,
    output: Output,
) -> Result<Installed, CliError> {
    let (source, offer) = ask(place, held, &args.feed)?;
    let bandwidth = place.policy()?.bandwidth.map(punktfunk_config::Bitrate::kbps);
    let mut meter = Meter::new(place, held.status(), output);
    let now = held.now;
    let outcome = Installer {
        slots: &mut held.disk,
        source: source.as_ref(),
        state: &mut held.state,
        guard,
        progress: &mut |progress| meter.show(progress),
        patience: Patience { attempts: args.attempts, ..Patience::default() },
        throttle: Throttle::new(bandwidth),
    }
    .install(&offer, Wishes { allow_downgrade: args.feed.allow_downgrade, again: args.again }, now);
    meter.end();
    if let Err(why) = &outcome
        && !why.is_refusal()
    {
        held.state.memory.record(&offer.manifest.version, Outcome::Failed, why.to_string(), now);
        held.state.save()?;
    }
    held.standing = crate::trial::settle(&held.disk, &mut held.state.memory, now)?;
    held.state.save()?;
    place.publish(&held.status());
    Ok(outcome?)
}

fn tell(place: &Place, held: &Held, installed: Installed, reboot: bool, output: Output) {
    let status: Status = held.status();
    place.publish(&status);
    let (done, fetched, saved) = match installed {
        Installed::New { fetched, saved } => (true, fetched, saved),
        Installed::Runs | Installed::Waits => (false, 0, 0),
    };
    let waiting = status.waiting.as_ref().map(ToString::to_string).unwrap_or_default();
    let running = status.running.as_ref().map(ToString::to_string).unwrap_or_default();
    let result = json!({ "done": done, "fetched": fetched, "saved": saved, "status": status });
    output.show(&result, || match installed {
        Installed::Runs => format!("{running} runs, and is the newest\n"),
        Installed::Waits => format!("{waiting} is installed already{}\n", restart_hint(reboot)),
        Installed::New { .. } => {
            let hint = restart_hint(reboot);
            format!("{waiting} is installed: {} fetched, {} saved{hint}\n", bytes(fetched), bytes(saved))
        }
    });
}

pub(super) fn restart_hint(reboot: bool) -> &'static str {
    if reboot { "; restarting" } else { "; it starts with the next restart (`systemctl reboot`)" }
}

pub(super) fn restart() -> Result<(), CliError> {
    let failed =
        |why: String| CliError::Failed(format!("`systemctl reboot` failed ({why}); restart the box by hand"));
    let status = Command::new("systemctl").arg("reboot").status().map_err(|why| failed(why.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(status.to_string())) }
}

/// Shows progress: a bar on a terminal, lines in the log, a file for the host.
struct Meter<'a> {
    place: &'a Place,
    status: Status,
    bar: ProgressBar,
    told: Option<Instant>,
    logged: Instant,
}

impl<'a> Meter<'a> {
    fn new(place: &'a Place, status: Status, output: Output) -> Self {
        let visible = std::io::stderr().is_terminal() && !output.json;
        let bar = if visible { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{prefix:<12} {wide_bar} {bytes}/{total_bytes} {msg} {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { place, status, bar, told: None, logged: Instant::now() }
    }

    fn show(&mut self, progress: &Progress) {
        self.bar.set_length(progress.total);
        self.bar.set_position(progress.done);
        self.bar.set_prefix(match progress.stage {
            Stage::Comparing => "comparing",
            Stage::Downloading => "fetching",
            Stage::Verifying => "verifying",
        });
        let due = self.told.is_none_or(|told| told.elapsed() >= TELL_EVERY);
        if due {
            self.told = Some(Instant::now());
            self.bar.set_message(format!("({} saved)", bytes(progress.saved)));
            self.place.publish(&self.status.clone().during(progress));
        }
        if self.logged.elapsed() >= LOG_EVERY {
            self.logged = Instant::now();
            let Progress { stage, done, total, fetched, saved } = progress;
            tracing::info!(?stage, done, total, fetched, saved, "installing");
        }
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}
