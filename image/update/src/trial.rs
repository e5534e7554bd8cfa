//! What became of the version that was installed last: on trial, good, or gone back from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::slots::{Entry, SlotError, Slots};
use crate::state::{Memory, Outcome, State, StateError, Trial};
use crate::version::Version;

/// How the running version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It has proven itself.
    Good,
    /// It is being tried.
    OnTrial,
    /// It runs, and another version waits for a restart.
    OtherWaits,
}

/// Why a verb about the running version did nothing.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// There is nothing to go back to.
    #[error("the other slot holds no version that boots; install one first (`punktfunk-update install`)")]
    NothingElse,
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
        return Ok(if is_good { Standing::Good } else { Standing::OnTrial });
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
        return Ok(Standing::OtherWaits);
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
        slots.rename_entry(first, &Entry::good(running))?;
    }
    // a name that a power cut left behind beside the good one
    for entry in slots.entries()?.iter().filter(|entry| own.contains(entry) && !entry.is_good()) {
        slots.remove_entry(entry)?;
    }
    settle(slots, &mut state.memory, now)?;
    state.save()?;
    Ok(was_on_trial)
}

/// Makes the other slot the one that the box starts next, for good. Says which version that is.
///
/// # Errors
/// [`TrialError`].
pub fn roll_back(
    slots: &mut dyn Slots,
    state: &mut State,
    allow_downgrade: bool,
    now: Timestamp,
) -> Result<Version, TrialError> {
    let running = slots.running().version.clone().ok_or(SlotError::NoSlot)?;
    let other = slots.idle().version.clone().ok_or(TrialError::NothingElse)?;
    let entries = slots.entries()?;
    let theirs = entries.iter().find(|entry| entry.version == other).ok_or(TrialError::NothingElse)?;
    if let Some(minimum) = state.memory.minimum.clone().filter(|minimum| other < *minimum && !allow_downgrade)
    {
        return Err(TrialError::Unsafe { version: other, minimum });
    }
    state.memory.trial = None;
    state.memory.record(&running, Outcome::RolledBack, format!("back to {other} by its owner's word"), now);
    state.save()?;
    // first the way back, then away from here: in between both boot
    if theirs.is_bad() {
        slots.rename_entry(theirs, &Entry::to_try(other.clone()))?;
    }
    for entry in entries.iter().filter(|entry| entry.version == running && !entry.is_bad()) {
        let done = entry.tries.map_or(0, |tries| tries.done);
        slots.rename_entry(entry, &Entry::bad(running.clone(), done))?;
    }
    Ok(other)
}
