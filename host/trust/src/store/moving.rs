//! Taking the list out of one store and bringing it into another: backup and restore.

use std::fs;
use std::io;
use std::path::Path;

use super::ledger::{self, Ledger};
use super::state::{Fault, State};
use super::{Keeper, MAX_DEVICES, MAX_IGNORED, StoreError, mark, witness};
use crate::UnixSeconds;
use crate::files::remove_dir_if_there;

/// What was brought into a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Devices that are let in again.
    pub added: usize,
    /// Devices that were on the list as well; they stay as they are.
    pub kept: usize,
    /// Devices that have been thrown out since, and stay out.
    pub held_back: usize,
}

/// Why a list was not brought in; nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was to be brought in is no list.
    #[error("the list of devices in it cannot be read: {0}; use another backup")]
    NoList(String),
    /// There would be more devices than a list may have.
    #[error(
        "the list would hold more than {MAX_DEVICES} devices; revoke some that are not used any more, then try again"
    )]
    TooMany,
}

/// The list of the store in `dir` as one document, also while a host holds it: what was confirmed last. An empty one where
/// there has never been a list.
///
/// # Errors
/// A store that is damaged or cannot be read.
pub fn list_document(dir: &Path) -> Result<Vec<u8>, StoreError> {
    let damaged = |fault: String| {
        let remedy = format!("{fault}; `punktfunk-host doctor` says how it is put right");
        StoreError::unreadable(&witness::path(dir), io::Error::new(io::ErrorKind::InvalidData, remedy))
    };
    match witness::load(dir)? {
        Ok(Some(witness)) => Ok(witness.state.to_document()),
        Ok(None) if mark::look(dir)? == mark::Mark::Absent => Ok(State::default().to_document()),
        Ok(None) => Err(StoreError::Gone { path: dir.to_owned(), mark: mark::path(dir) }),
        Err(Fault::Broken(fault)) => Err(damaged(fault)),
        Err(Fault::Version(found)) => Err(damaged(format!("it is of format {found}"))),
    }
}

/// How many devices a document holds.
///
/// # Errors
/// [`MoveError::NoList`].
pub fn devices_on(document: &[u8]) -> Result<usize, MoveError> {
    read(document).map(|state| state.devices.len())
}

/// Brings the list of `document`, which was taken out at `taken_at`, into the store in `dir`, all or nothing. Whatever the
/// store knows wins: a device on its list stays as it is, and one that was thrown out stays out.
///
/// # Errors
/// [`MoveError`]; then nothing has changed.
pub fn bring_list(dir: &Path, document: &[u8], taken_at: UnixSeconds) -> Result<Brought, MoveError> {
    let taken = read(document)?;
    let (mut ledger, state) = Ledger::open(dir)?;
    let (next, brought) = merged(&state, taken, taken_at)?;
    if next != state {
        ledger.commit(&next)?;
    }
    Ok(brought)
}

/// Makes the store in `dir` as new, but for the revocations that it holds: a backup from before brings nobody back whom they
/// name. A store that cannot be read leaves nothing.
///
/// # Errors
/// What stood in the way; then some of it may be gone, and this can be done again.
pub fn clear_list(dir: &Path) -> Result<(), StoreError> {
    let known = list_document(dir).ok().and_then(|document| read(&document).ok()).unwrap_or_default();
    let failed = |error| StoreError::unsaved(dir, error);
    remove_dir_if_there(dir).map_err(failed)?;
    match fs::remove_file(mark::path(dir)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    if known.revoked.is_empty() && known.forgotten == UnixSeconds::default() {
        return Ok(());
    }
    let (mut ledger, _) = Ledger::open(dir)?;
    let State { revoked, forgotten, clock_mark, .. } = known;
    ledger.commit(&State { revoked, forgotten, clock_mark, ..State::default() })
}

/// Gives everything below `dir` to its owner: a host that runs as a user of its own must be able to read what root has made.
///
/// # Errors
/// The system's.
pub fn give_to_owner_of(dir: &Path) -> io::Result<()> {
    ledger::give_to_owner_of(dir, dir)
}

fn read(document: &[u8]) -> Result<State, MoveError> {
    State::from_document(document).map_err(|fault| match fault {
        Fault::Broken(what) => MoveError::NoList(what),
        Fault::Version(found) => MoveError::NoList(format!("it is of format {found}")),
    })
}

fn merged(state: &State, taken: State, taken_at: UnixSeconds) -> Result<(State, Brought), MoveError> {
    let mut next = state.clone();
    let mut brought = Brought::default();
    for (id, device) in taken.devices {
        if state.devices.contains_key(&id) {
            brought.kept += 1;
        } else if state.revoked.contains_key(&id)
            || state.ignored.contains_key(&id)
            || (state.forgotten > UnixSeconds(0) && taken_at <= state.forgotten)
        {
            brought.held_back += 1;
        } else {
            next.let_in(device);
            brought.added += 1;
        }
    }
    if next.devices.len() > MAX_DEVICES {
        return Err(MoveError::TooMany);
    }
    for (id, ignored) in taken.ignored {
        if !next.devices.contains_key(&id) && next.ignored.len() < MAX_IGNORED {
            next.ignored.entry(id).or_insert(ignored);
        }
    }
    for (id, at) in taken.revoked {
        if !next.devices.contains_key(&id) && !next.revoked.contains_key(&id) {
            next.remember_revoked(id, at);
        }
    }
    next.forgotten = next.forgotten.max(taken.forgotten);
    Ok((next, brought))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::store::MAX_REVOKED;
    use crate::{Device, DeviceId, DeviceName, Grant, Level, Lifetime};

    fn id(number: u16) -> DeviceId {
        let mut bytes = [7; 32];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        DeviceId::from_bytes(bytes)
    }

    fn device(number: u16, level: Level) -> Device {
        let grant = Grant { level, lifetime: Lifetime::Permanent };
        Device::approved(id(number), DeviceName::label_for(&id(number)), grant, UnixSeconds(7))
    }

    /// What can happen to a list between a backup and its restore.
    #[derive(Clone, Debug)]
    enum Op {
        LetIn(u16),
        ThrowOut(u16),
    }

    fn ops() -> impl Strategy<Value = Vec<Op>> {
        let op = prop_oneof![(0_u16..12).prop_map(Op::LetIn), (0_u16..12).prop_map(Op::ThrowOut)];
        proptest::collection::vec(op, 0..40)
    }

    fn run(state: &mut State, ops: &[Op], level: Level) {
        for (moment, op) in ops.iter().enumerate() {
            match op {
                Op::LetIn(number) => state.let_in(device(*number, level)),
                Op::ThrowOut(number) if state.devices.contains_key(&id(*number)) => {
                    state.throw_out(&id(*number), UnixSeconds(moment as u64));
                }
                Op::ThrowOut(_) => {}
            }
        }
    }

    proptest! {
        #[test]
        fn a_restore_never_revives_a_revoked_device_nor_changes_one_that_is_let_in(before in ops(), after in ops()) {
            let mut state = State::default();
            run(&mut state, &before, Level::Full);
            let taken = State::from_document(&state.to_document()).unwrap();
            prop_assert_eq!(&taken, &state);
            run(&mut state, &after, Level::Watch);
            let (next, brought) = merged(&state, taken.clone(), UnixSeconds(100)).unwrap();

            prop_assert!(state.revoked.keys().all(|id| !next.devices.contains_key(id)));
            prop_assert!(state.devices.iter().all(|(id, device)| next.devices.get(id) == Some(device)));
            prop_assert!(next.revoked.keys().all(|id| !next.devices.contains_key(id)));
            prop_assert!(taken.devices.keys().all(|id| next.devices.contains_key(id) || state.revoked.contains_key(id)));
            prop_assert_eq!(brought.added + brought.kept + brought.held_back, taken.devices.len());
            // and once more changes nothing
            prop_assert_eq!(merged(&next, taken, UnixSeconds(100)).unwrap().0, next);
        }
    }

    #[test]
    fn where_revocations_were_forgotten_an_older_backup_lets_nobody_in() {
        let mut state = State::default();
        for number in 0..=MAX_REVOKED as u16 {
            state.throw_out(&id(number), UnixSeconds(1000 + u64::from(number)));
        }
        assert_eq!((state.revoked.len(), state.forgotten), (MAX_REVOKED, UnixSeconds(1000)));
        assert!(!state.revoked.contains_key(&id(0)));
        let taken = State { devices: BTreeMap::from([(id(0), device(0, Level::Full))]), ..State::default() };
        let brought = |taken_at| merged(&state, taken.clone(), UnixSeconds(taken_at)).unwrap().1;
        assert_eq!(brought(1000).held_back, 1);
        assert_eq!(brought(1001).added, 1);
    }

    #[test]
    fn a_list_goes_from_one_store_into_another() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        assert_eq!(State::from_document(&list_document(&from).unwrap()).unwrap(), State::default());
        let mut state = State::default();
        state.let_in(device(1, Level::Full));
        state.let_in(device(2, Level::Watch));
        let (mut ledger, _) = Ledger::open(&from).unwrap();
        ledger.commit(&state).unwrap();
        // while it is held
        let document = list_document(&from).unwrap();
        let brought = bring_list(&to, &document, UnixSeconds(1)).unwrap();
        assert_eq!(brought, Brought { added: 2, ..Brought::default() });
        assert_eq!(Ledger::open(&to).unwrap().1.devices, state.devices);
        assert!(
            matches!(bring_list(&from, &document, UnixSeconds(1)), Err(MoveError::Store(_))),
            "it is held"
        );
        assert!(matches!(bring_list(&to, b"{}", UnixSeconds(1)), Err(MoveError::NoList(_))));
    }

    #[test]
    fn a_cleared_list_holds_nothing_but_its_revocations() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("trust");
        let mut state = State::default();
        state.let_in(device(1, Level::Full));
        state.let_in(device(2, Level::Full));
        state.throw_out(&id(2), UnixSeconds(9));
        let (mut ledger, _) = Ledger::open(&store).unwrap();
        ledger.commit(&state).unwrap();
        drop(ledger);
        let before = list_document(&store).unwrap();
        clear_list(&store).unwrap();
        let left = Ledger::open(&store).unwrap().1;
        assert_eq!((left.devices.len(), left.revoked), (0, state.revoked));
        let brought = bring_list(&store, &before, UnixSeconds(1)).unwrap();
        assert_eq!((brought.added, brought.held_back), (1, 0), "the revoked one was in no backup");
        let mut older = State::default();
        older.let_in(device(2, Level::Full));
        assert_eq!(bring_list(&store, &older.to_document(), UnixSeconds(1)).unwrap().held_back, 1);
        fs::write(witness::path(&store), "torn").unwrap();
        clear_list(&store).unwrap();
        assert!(!store.exists());
    }

    #[test]
    fn a_list_that_is_gone_or_damaged_is_not_taken_for_an_empty_one() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("trust");
        drop(Ledger::open(&store).unwrap());
        let witness = witness::path(&store);
        fs::write(&witness, "torn").unwrap();
        assert!(matches!(list_document(&store), Err(StoreError::Unreadable { .. })));
        fs::remove_file(&witness).unwrap();
        assert!(matches!(list_document(&store), Err(StoreError::Gone { .. })));
    }
}
