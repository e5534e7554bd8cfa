//! What became of the version that was installed last: on trial, good, or gone back from.

use jiff::Timestamp;

use crate::slots::{Entry, SlotError, Slots};
use crate::state::{Memory, Outcome, State, StateError, Trial};
use crate::status::words;
use crate::version::Version;

/// How the running version stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has proven itself.
    Good,
    /// It is being tried.
    OnTrial,
    /// It runs, and this version is tried at the next start.
    OtherWaits(Version),
    /// Its owner has gone back from it: this version, which has proven itself, starts next.
    Left(Version),
}

/// What going back came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// The version in the other slot starts next.
    Other(Version),
    /// The running version stays: this one, which waited to be tried, is not.
    Cancelled(Version),
}

/// Why a verb about the running version did nothing.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// There is nothing to go back to.
    #[error("the other slot holds no version that boots; install one first (`punktfunk-update install`)")]
    NothingElse,
    /// The other version has not proven itself, so that the box could be left without any that has.
    #[error(
        "there is nothing to go back to: {version} in the other slot {why}. To try it once more, say `punktfunk-update install --again`"
    )]
    NotProven {
        /// What the other slot holds.
        version: Version,
        /// What is known of it.
        why: String,
    },
    /// The other version is not safe any more.
    #[error(
        "the publisher calls everything before {minimum} unsafe, and the other slot holds {version}; to go back all the same, say --allow-downgrade"
    )]
    Unsafe {
        /// What the other slot holds.
        version: Version,
        /// The oldest safe version.
        minimum: Version,
    },
    /// A slot failed.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The state failed.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Draws the conclusions of how the box came up into what is remembered; the caller saves it. Says how the running
/// version stands.
///
/// # Errors
/// [`SlotError`].
pub fn settle(slots: &dyn Slots, memory: &mut Memory, now: Timestamp) -> Result<Standing, SlotError> {
    let running = slots.running().version.clone().ok_or(SlotError::NoSlot)?;
    let entries = slots.entries()?;
    let of = |version: &Version| entries.iter().filter(|entry| &entry.version == version).collect::<Vec<_>>();
    let is_good = of(&running).iter().any(|entry| entry.is_good());
    if is_good
        && memory.floor.as_ref() < Some(&running)
        && memory.trial.as_ref().is_none_or(|t| t.version == running)
    {
        memory.floor = Some(running.clone());
    }
    let Some(trial) = memory.trial.clone() else {
        let good = entries.iter().find(|entry| entry.version != running && entry.is_good());
        return Ok(match good {
            _ if is_good => Standing::Good,
            Some(next) if memory.was_left(&running) => Standing::Left(next.version.clone()),
            _ => Standing::OnTrial,
        });
    };
    if trial.version == running {
        if !is_good {
            return Ok(Standing::OnTrial);
        }
        memory.trial = None;
        memory.record(&running, Outcome::Good, "", now);
        return Ok(Standing::Good);
    }
    let its = of(&trial.version);
    if its.is_empty() {
        memory.trial = None;
        let reason = "its boot entry did not get into place; it is installed anew next time";
        memory.record(&trial.version, Outcome::Failed, reason, now);
    } else if its.iter().all(|entry| entry.is_bad()) {
        memory.trial = None;
        memory.record(&trial.version, Outcome::WentBack, reason(&trial, &its), now);
    } else {
        return Ok(Standing::OtherWaits(trial.version));
    }
    Ok(Standing::Good)
}

fn reason(trial: &Trial, entries: &[&Entry]) -> String {
    let tries = entries.iter().filter_map(|entry| entry.tries).map(|tries| tries.done).max().unwrap_or(0);
    match &trial.fault {
        Some(fault) => format!("back to {} after {tries} tries: {fault}", trial.from),
        None => format!("back to {} after {tries} tries: it never came as far as its gate", trial.from),
    }
}

/// Whether another start could come up with another version than the one that runs: one that has tries left, or needs none.
///
/// # Errors
/// [`SlotError`].
pub fn could_go_back(slots: &dyn Slots) -> Result<bool, SlotError> {
    let running = slots.running().version.clone().ok_or(SlotError::NoSlot)?;
    Ok(slots.entries()?.iter().any(|entry| entry.version != running && !entry.is_bad()))
}

/// Makes the running version the one that stays. Says whether it was on trial.
///
/// # Errors
/// [`TrialError`].
pub fn mark_good(slots: &mut dyn Slots, state: &mut State, now: Timestamp) -> Result<bool, TrialError> {
    let running = slots.running().version.clone().ok_or(SlotError::NoSlot)?;
    let own: Vec<Entry> = slots.entries()?.into_iter().filter(|entry| entry.version == running).collect();
    let was_on_trial = !own.iter().any(Entry::is_good);
    if was_on_trial {
        let first = own.first().ok_or(SlotError::NoEntry(running.clone()))?;
        slots.rename_entry(first, &Entry::good(running.clone()))?;
    }
    // a name that a power cut left behind beside the good one
    for entry in slots.entries()?.iter().filter(|entry| own.contains(entry) && !entry.is_good()) {
        slots.remove_entry(entry)?;
    }
    if state.memory.was_left(&running) {
        state.memory.record(&running, Outcome::Good, "by its owner's word", now);
    }
    settle(slots, &mut state.memory, now)?;
    state.save()?;
    Ok(was_on_trial)
}

/// Undoes the last update: cancels a version that waits to be tried, else makes the version in the other slot the one that
/// the box starts from now on. What starts next is always a version that has proven itself.
///
/// # Errors
/// [`TrialError`]; then the box starts what it would have started.
pub fn roll_back(
    slots: &mut dyn Slots,
    state: &mut State,
    allow_downgrade: bool,
    now: Timestamp,
) -> Result<WayBack, TrialError> {
    let running = slots.running().version.clone().ok_or(SlotError::NoSlot)?;
    let (own, others): (Vec<Entry>, Vec<Entry>) =
        slots.entries()?.into_iter().partition(|entry| entry.version == running);
    let is_proven =
        |version: &Version| others.iter().any(|entry| &entry.version == version && entry.is_good());
    let waits = |entry: &&Entry| !entry.is_bad() && !is_proven(&entry.version);
    if let Some(waiting) = others.iter().find(waits) {
        let made_room =
            |trial: &Trial| trial.from == running && trial.version < running && own.iter().all(Entry::is_bad);
        let made_room = state.memory.trial.as_ref().is_some_and(made_room);
        if made_room && let Some(entry) = own.first() {
            // it is good, and was only to start after the older one
            slots.rename_entry(entry, &Entry::good(running.clone()))?;
        }
        if made_room || own.iter().any(Entry::is_good) {
            cancel(slots, state, &waiting.version, now)?;
            return Ok(WayBack::Cancelled(waiting.version.clone()));
        }
    }
    let other = slots.idle().version.clone().ok_or(TrialError::NothingElse)?;
    if !others.iter().any(|entry| entry.version == other) {
        return Err(TrialError::NothingElse);
    }
    if !is_proven(&other) {
        let why = match state.memory.went_back_from(&other) {
            Some(event) => format!("{} ({})", words(event.outcome), event.reason),
            None => "has not proven itself".to_owned(),
        };
        return Err(TrialError::NotProven { version: other, why });
    }
    if let Some(minimum) = state.memory.minimum.clone().filter(|minimum| other < *minimum && !allow_downgrade)
    {
        return Err(TrialError::Unsafe { version: other, minimum });
    }
    state.memory.trial = None;
    state.memory.record(&running, Outcome::RolledBack, format!("back to {other} by its owner's word"), now);
    state.save()?;
    spend(slots, &running)?;
    Ok(WayBack::Other(other))
}

/// Keeps the running version. First what the boot loader reads: what is remembered alone would keep nothing.
fn cancel(
    slots: &mut dyn Slots,
    state: &mut State,
    waiting: &Version,
    now: Timestamp,
) -> Result<(), TrialError> {
    spend(slots, waiting)?;
    state.memory.trial = None;
    state.memory.record(
        waiting,
        Outcome::RolledBack,
        "cancelled by its owner's word before it was tried",
        now,
    );
    Ok(state.save()?)
}

/// Takes away the tries that a version has left: the boot loader starts it only where there is nothing else.
pub(crate) fn spend(slots: &mut dyn Slots, version: &Version) -> Result<(), SlotError> {
    for entry in slots.entries()?.iter().filter(|entry| &entry.version == version && !entry.is_bad()) {
        let done = entry.tries.map_or(0, |tries| tries.done);
        slots.rename_entry(entry, &Entry::bad(version.clone(), done))?;
    }
    Ok(())
}
