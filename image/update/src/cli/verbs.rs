//! The short verbs: `status`, `check`, `mark-good`, `rollback` and `gate`.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::error::CliError;
use super::place::{Held, LONG, Place, SHORT};
use super::print::Output;
use super::{FeedArgs, install};
use crate::gate::{self, Verdict};
use crate::guard::Guard as _;
use crate::offer::{self, Offer};
use crate::slots::Slots as _;
use crate::state::{Event, Outcome, StateError};
use crate::status::{self, Status, words};
use crate::trial::{self, Standing, TrialError, WayBack};

/// Says what the box is doing about updates.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Also everything that happened, newest last
    #[arg(long)]
    history: bool,
}

/// Undoes the last update: cancels a version that waits to be tried, else goes back to the one in the other slot.
#[derive(Debug, Args)]
pub(super) struct RollbackArgs {
    /// Also to a version that its publisher calls unsafe
    #[arg(long)]
    allow_downgrade: bool,
    /// Restart at once
    #[arg(long)]
    reboot: bool,
    /// Restart even while somebody streams
    #[arg(long, requires = "reboot")]
    now: bool,
}

/// Runs the gate.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  punktfunk-update gate -- punktfunk-host doctor --gate --wait 2m --json")]
pub(super) struct GateArgs {
    /// How long the command may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
    /// The command, which ends with 0 when the box does its work
    #[arg(required = true, last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub(super) fn status(place: &Place, args: &StatusArgs, output: Output) -> Result<(), CliError> {
    let (status, history) = match place.hold(Duration::ZERO) {
        Ok(held) => (held.status(), held.state.memory.history),
        // while another process works, or for a user who may only look
        Err(CliError::State(StateError::Busy | StateError::Io { .. })) => looked_at(place)?,
        Err(other) => return Err(other),
    };
    let all = args.history.then_some(history);
    let mut result = serde_json::to_value(&status).unwrap_or_default();
    if let (Some(all), Some(object)) = (&all, result.as_object_mut()) {
        object.insert("history".to_owned(), json!(all));
    }
    output.show(&result, || status.describe() + &all.iter().flatten().map(line).collect::<String>());
    Ok(())
}

/// The status as another process has published it, else from what is remembered.
fn looked_at(place: &Place) -> Result<(Status, Vec<Event>), CliError> {
    let published = place.published();
    let history = place.memory().map(|memory| memory.history).unwrap_or_default();
    if let Some(status) = published {
        return Ok((status, history));
    }
    let (disk, mut memory) = (place.disk()?, place.memory()?);
    let standing = trial::settle(&disk, &mut memory, Timestamp::now())?;
    let silent = memory.silent_days(place.bearable_silence(), Timestamp::now());
    let status = Status::at_rest(disk.running().version.clone(), standing, &memory).with_silence(silent);
    Ok((status, memory.history))
}

fn line(event: &Event) -> String {
    let reason = if event.reason.is_empty() { String::new() } else { format!(": {}", event.reason) };
    format!("  {}  {} {}{reason}\n", event.at.strftime("%Y-%m-%d %H:%M"), event.version, words(event.outcome))
}

pub(super) fn check(place: &Place, args: &FeedArgs, output: Output) -> Result<(), CliError> {
    let mut held = place.hold(SHORT)?;
    let offer = ask(place, &mut held, args)?.1;
    let status = held.status();
    place.publish(&status);
    let version = &offer.manifest.version;
    let running = held.disk.running().version.as_ref();
    let newer = Some(version) > running;
    let total = offer.manifest.total_bytes();
    let result = json!({ "newer": newer, "offered": version, "created": offer.manifest.created,
        "expires": offer.manifest.expires, "notes": offer.manifest.notes, "size": total,
        "key": offer.key, "status": status });
    output.show(&result, || match newer {
        true => {
            let notes =
                offer.manifest.notes.lines().map(|line| format!("  {}\n", plain(line))).collect::<String>();
            format!("{version} is to be had ({} at most)\n{notes}", status::bytes(total))
        }
        false if Some(version) == running => format!("{version} runs, and is the newest\n"),
        false => format!("the feed offers {version}, which is older than what runs\n"),
    });
    Ok(())
}

/// Asks the feed and remembers what it says.
pub(super) fn ask(
    place: &Place,
    held: &mut Held,
    args: &FeedArgs,
) -> Result<(Box<dyn crate::feed::Source>, Offer), CliError> {
    let policy = place.policy()?;
    let address = args.feed.clone().or_else(|| policy.feed.map(|feed| feed.to_string()));
    let source = crate::feed::open(&address.ok_or(CliError::NoFeed)?)?;
    let keys: Vec<String> = policy.keys.iter().map(ToString::to_string).collect();
    if held.state.memory.first_asked.is_none() {
        held.state.memory.first_asked = Some(held.now);
        held.state.save()?;
    }
    let memory = &mut held.state.memory;
    let offer = offer::fetch(source.as_ref(), &keys, memory, held.now, args.allow_downgrade)?;
    let running = held.disk.running().version.as_ref();
    memory.available = Some(offer.manifest.version.clone()).filter(|version| Some(version) > running);
    held.state.save()?;
    Ok((source, offer))
}

pub(super) fn mark_good(place: &Place, output: Output) -> Result<(), CliError> {
    let mut held = place.hold(SHORT)?;
    let was_on_trial = trial::mark_good(&mut held.disk, &mut held.state, held.now)?;
    held.standing = Standing::Good;
    let status = held.status();
    place.publish(&status);
    output.show(&json!({ "was_on_trial": was_on_trial, "status": status }), || status.describe());
    Ok(())
}

pub(super) fn roll_back(place: &Place, args: &RollbackArgs, output: Output) -> Result<(), CliError> {
    let mut held = place.hold(SHORT)?;
    let running = held.disk.running().version.clone();
    // a version that only waits is cancelled, and nothing is restarted for that
    let restarts = args.reboot && !matches!(held.standing, Standing::OtherWaits(_));
    if restarts && !args.now {
        place.host().nobody_streams()?;
    }
    let way = trial::roll_back(&mut held.disk, &mut held.state, args.allow_downgrade, held.now)?;
    held.standing = trial::settle(&held.disk, &mut held.state.memory, held.now)?;
    place.publish(&held.status());
    let (next, cancelled) = match way {
        WayBack::Other(other) => (Some(other), None),
        WayBack::Cancelled(waiting) => (running, Some(waiting)),
    };
    let name = next.as_ref().map(ToString::to_string).unwrap_or_default();
    output.show(&json!({ "next": next, "cancelled": cancelled }), || match &cancelled {
        Some(cancelled) => format!("{cancelled} is not tried; {name} stays\n"),
        None => format!("{name} starts next{}\n", install::restart_hint(restarts)),
    });
    if restarts && cancelled.is_none() { install::restart() } else { Ok(()) }
}

pub(super) fn gate(place: &Place, args: &GateArgs, output: Output) -> Result<(), CliError> {
    let mut fault = match gate::run(&args.command, Duration::from_secs(args.timeout)) {
        Verdict::Passed => None,
        Verdict::Failed(reason) => Some(reason),
    };
    // where it cannot be known, the box starts again: a version that does not find its own slots is not to be kept
    let mut stays = fault.is_some()
        && place.disk().is_ok_and(|disk| trial::could_go_back(&disk).is_ok_and(|could| !could));
    if let Some(reason) = fault.as_mut().filter(|_| stays) {
        reason.push_str("; no other version could start, so this one stays up, on trial");
    }
    // the verdict stands even where it cannot be written down
    match remember(place, fault.as_deref()) {
        Ok(Standing::Left(next)) if fault.is_none() => {
            stays = true;
            fault = Some(format!("its owner has gone back from it, and {next} starts next"));
        }
        Ok(_) => {}
        Err(why) => tracing::error!("the gate's verdict cannot be remembered: {why}"),
    }
    if let Err(why) = place.stay(stays) {
        tracing::error!("whether the box stays up cannot be said: {why}");
    }
    match fault {
        None => {
            output.show(&json!({ "passed": true }), || "the gate is open\n".to_owned());
            Ok(())
        }
        Some(reason) => Err(CliError::Gate(reason)),
    }
}

fn remember(place: &Place, fault: Option<&str>) -> Result<Standing, CliError> {
    let mut held = place.hold(LONG)?;
    let running = held.disk.running().version.clone().ok_or(TrialError::NothingElse)?;
    let memory = &mut held.state.memory;
    if let Some(trial) = memory.trial.as_mut().filter(|trial| trial.version == running) {
        trial.fault = fault.map(|reason| reason.chars().take(crate::state::MAX_REASON).collect());
    }
    let outcome = if fault.is_none() { Outcome::GatePassed } else { Outcome::GateFailed };
    memory.record(&running, outcome, fault.unwrap_or_default(), held.now);
    held.state.save()?;
    place.publish(&held.status());
    Ok(held.standing)
}

/// Text from a feed for a terminal: nothing in it can command one.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
