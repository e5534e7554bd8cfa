//! Both copies together: opening, committing, repairing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::error::Remedy;
use super::state::{FORMAT, Fault, Records, State};
use super::tree::{self, Contents, Tree, TreeError};
use super::witness::{self, Witness};
use super::{Keeper, LastGood, StoreError};
use crate::files::{create_private_dir, sync_parent};

/// The open store. Holds the lock on the state folder for as long as it lives.
pub(crate) struct Ledger {
    dir: PathBuf,
    _lock: File,
    /// None after a failure: sled refuses everything after its first error, so it is opened anew.
    open: Option<(Tree, Records)>,
    /// The generation that both copies have confirmed.
    generation: u64,
}

impl Ledger {
    /// Opens the store in `dir`, creating it when there is none at all, and answers what it holds.
    pub(crate) fn open(dir: &Path) -> Result<(Self, State), StoreError> {
        let lock = lock(dir)?;
        let found = examine(dir)?;
        let path = tree_path(dir);
        let opened = Tree::open(&path)
            .and_then(|tree| Ok((tree.read()?.map(|c| c.records).unwrap_or_default(), tree)));
        let (records, tree) = opened.map_err(|error| found.error(dir, error))?;
        let mut ledger =
            Self { dir: dir.to_owned(), _lock: lock, open: Some((tree, records)), generation: 0 };
        match found {
            Found::Nothing => {
                // Before the witness can exist: a witness without a database means loss.
                let created = ledger.open.as_ref().map_or(Ok(()), |(tree, _)| tree.sync_created());
                created.map_err(|error| StoreError::unsaved(&path, error))?;
                let empty = State::default();
                ledger.commit(&empty)?;
                Ok((ledger, empty))
            }
            Found::Agreed(witness) => {
                ledger.generation = witness.generation;
                Ok((ledger, witness.state))
            }
            Found::Unconfirmed { witness, settled } => {
                ledger.generation = witness.generation;
                ledger.commit(&settled)?;
                Ok((ledger, settled))
            }
        }
    }

    fn reopen(&mut self) -> Result<(Tree, Records), StoreError> {
        if let Some(open) = self.open.take() {
            return Ok(open);
        }
        let path = tree_path(&self.dir);
        let reopened = Tree::open(&path).and_then(|tree| Ok((tree.read()?, tree)));
        match reopened {
            Ok((contents, tree)) => Ok((tree, contents.map(|c| c.records).unwrap_or_default())),
            Err(error) => Err(self.unsaved(error)),
        }
    }

    fn unsaved(&self, error: TreeError) -> StoreError {
        let source = match error {
            TreeError::Io(error) => error,
            TreeError::Fault(Fault::Broken(what)) => io::Error::other(what),
            TreeError::Fault(Fault::Version(found)) => {
                io::Error::other(format!("format {found} appeared in it"))
            }
        };
        StoreError::unsaved(&tree_path(&self.dir), source)
    }
}

impl Keeper for Ledger {
    /// All that can fail for want of space fails before the witness takes its place; that rename is the moment at which the
    /// change is done.
    fn commit(&mut self, next: &State) -> Result<(), StoreError> {
        let generation = self.generation + 1;
        let witness = witness::prepare(&self.dir, generation, next)?;
        let (tree, before) = self.reopen()?;
        let after = next.to_records();
        tree.write(generation, &before, &after).map_err(|error| self.unsaved(error))?;
        witness.replace().map_err(|error| StoreError::unsaved(&witness::path(&self.dir), error))?;
        self.generation = generation;
        self.open = Some((tree, after));
        Ok(())
    }
}

/// What a look at both copies has found.
enum Found {
    Nothing,
    Agreed(Witness),
    Unconfirmed { witness: Witness, settled: State },
}

impl Found {
    fn error(&self, dir: &Path, error: TreeError) -> StoreError {
        let last_good = match self {
            Self::Nothing => None,
            Self::Agreed(witness) | Self::Unconfirmed { witness, .. } => Some(witness.as_last_good(dir)),
        };
        tree_error(dir, error, last_good)
    }
}

/// Looks at both copies without changing either, and refuses unless they can be trusted.
fn examine(dir: &Path) -> Result<Found, StoreError> {
    let witness = witness::load(dir)?;
    let contents = read_copy(dir);
    let of_contents = |contents: &Contents| LastGood {
        path: tree_path(dir),
        generation: contents.generation,
        devices: contents.state.devices.len(),
    };
    let damaged = |path: PathBuf, fault: &str, last_good| StoreError::Damaged {
        path,
        fault: fault.to_owned(),
        remedy: Remedy { dir: dir.to_owned(), last_good },
    };
    let witness = match witness {
        Ok(witness) => witness,
        Err(Fault::Version(found)) => {
            return Err(StoreError::WrongVersion { path: witness::path(dir), found, known: FORMAT.into() });
        }
        Err(Fault::Broken(fault)) => {
            let last_good = contents.ok().flatten().as_ref().map(of_contents);
            return Err(damaged(witness::path(dir), &fault, last_good));
        }
    };
    let contents = contents
        .map_err(|error| tree_error(dir, error, witness.as_ref().map(|witness| witness.as_last_good(dir))))?;
    match (witness, contents) {
        (None, None) => Ok(Found::Nothing),
        // The very first commit was cut off before anything could have been let in.
        (None, Some(contents)) if contents.generation <= 1 && contents.state == State::default() => {
            Ok(Found::Nothing)
        }
        (None, Some(contents)) => {
            Err(damaged(witness::path(dir), "the file is missing", Some(of_contents(&contents))))
        }
        (Some(witness), contents) => {
            let last_good = Some(witness.as_last_good(dir));
            let found = contents.as_ref().map_or(0, |contents| contents.generation);
            match contents {
                Some(contents) if found == witness.generation && contents.state == witness.state => {
                    Ok(Found::Agreed(witness))
                }
                Some(contents) if found == witness.generation + 1 => {
                    let settled = settle(&witness.state, &contents.state);
                    Ok(Found::Unconfirmed { witness, settled })
                }
                _ if found < witness.generation => Err(StoreError::LostTail {
                    path: tree_path(dir),
                    found,
                    expected: witness.generation,
                    remedy: Remedy { dir: dir.to_owned(), last_good },
                }),
                _ => Err(damaged(tree_path(dir), "it disagrees with allow-list.json", last_good)),
            }
        }
    }
}

/// A change that was never confirmed: what it takes away counts, what it gives does not.
fn settle(confirmed: &State, unconfirmed: &State) -> State {
    let mut settled = confirmed.clone();
    settled.devices.retain(|id, _| unconfirmed.devices.contains_key(id));
    settled.ignored.extend(unconfirmed.ignored.clone());
    settled.pin_failures = confirmed.pin_failures.max(unconfirmed.pin_failures);
    settled.clock_mark = confirmed.clock_mark.max(unconfirmed.clock_mark);
    settled
}

/// What [`repair`] has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repaired {
    /// Both copies were good: nothing was done.
    NothingToDo,
    /// The list was rebuilt from the good copy; the damaged one was kept.
    From {
        /// The copy that was used.
        good: LastGood,
        /// Where the damaged one is now.
        kept: Option<PathBuf>,
    },
}

/// Rebuilds a damaged copy of the allow-list in `dir` from the good one. The damaged one is moved aside, never deleted.
///
/// # Errors
/// The [`StoreError`] of opening, when neither copy is good or the store is in use.
pub fn repair(dir: &Path) -> Result<Repaired, StoreError> {
    let _lock = lock(dir)?;
    let Err(refusal) = examine(dir) else { return Ok(Repaired::NothingToDo) };
    if matches!(refusal, StoreError::Unreadable { .. } | StoreError::WrongVersion { .. }) {
        return Err(refusal);
    }
    let tree_path = tree_path(dir);
    let failed = |error| StoreError::unsaved(dir, error);
    if let Ok(Some(witness)) = witness::load(dir)? {
        let kept = set_aside(&tree_path).map_err(failed)?;
        let write = || {
            let tree = Tree::open(&tree_path)?;
            tree.write(witness.generation, &Records::new(), &witness.state.to_records())?;
            tree.sync_created().map_err(TreeError::Io)
        };
        write().map_err(|error| tree_error(dir, error, Some(witness.as_last_good(dir))))?;
        return Ok(Repaired::From { good: witness.as_last_good(dir), kept });
    }
    let Ok(Some(contents)) = read_copy(dir) else { return Err(refusal) };
    let prepared = witness::prepare(dir, contents.generation, &contents.state)?;
    let kept = set_aside(&witness::path(dir)).map_err(failed)?;
    prepared.replace().map_err(failed)?;
    let good =
        LastGood { path: tree_path, generation: contents.generation, devices: contents.state.devices.len() };
    Ok(Repaired::From { good, kept })
}

fn tree_path(dir: &Path) -> PathBuf {
    dir.join("allow-list")
}

fn tree_error(dir: &Path, error: TreeError, last_good: Option<LastGood>) -> StoreError {
    let path = tree_path(dir);
    match error {
        TreeError::Io(source) => StoreError::Unreadable { path, source },
        TreeError::Fault(Fault::Version(found)) => {
            StoreError::WrongVersion { path, found, known: FORMAT.into() }
        }
        TreeError::Fault(Fault::Broken(fault)) => {
            StoreError::Damaged { path, fault, remedy: Remedy { dir: dir.to_owned(), last_good } }
        }
    }
}

/// Reads the database from a copy: opening a sled database writes to it, and a damaged one must stay as it is.
fn read_copy(dir: &Path) -> Result<Option<Contents>, TreeError> {
    let path = tree_path(dir);
    if !tree::exists(&path).map_err(TreeError::Io)? {
        return Ok(None);
    }
    let copy = dir.join("allow-list.check");
    let result = copy_dir(&path, &copy).map_err(TreeError::Io).and_then(|()| Tree::open(&copy)?.read());
    let _ = fs::remove_dir_all(&copy);
    match result {
        // A start must be possible on a full disk, too; then the database itself is looked at.
        Err(TreeError::Io(error)) if error.kind() == io::ErrorKind::StorageFull => Tree::open(&path)?.read(),
        other => other,
    }
}

fn copy_dir(from: &Path, to: &Path) -> io::Result<()> {
    match fs::remove_dir_all(to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => create_private_dir(to)?,
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_dir(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Moves a damaged file or folder to the first free name beside it.
fn set_aside(path: &Path) -> io::Result<Option<PathBuf>> {
    if !path.try_exists()? {
        return Ok(None);
    }
    for number in 1_u32.. {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".damaged-{number}"));
        let aside = path.with_file_name(name);
        if !aside.try_exists()? {
            fs::rename(path, &aside)?;
            sync_parent(path)?;
            return Ok(Some(aside));
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn lock(dir: &Path) -> Result<File, StoreError> {
    create_private_dir(dir).map_err(|error| StoreError::unreadable(dir, error))?;
    let path = dir.join("lock");
    let failed = |error| StoreError::unreadable(&path, error);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.take(32).read_to_string(&mut holder);
            return Err(StoreError::Locked { path: dir.to_owned(), holder: holder.trim().parse().ok() });
        }
        Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
    }
    // Only for the message of whoever comes second; a full disk must not keep the host from starting.
    let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    Ok(file)
}
