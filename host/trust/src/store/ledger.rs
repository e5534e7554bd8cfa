//! Both copies together: opening, committing, repairing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, lchown};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use nix::sys::statvfs::statvfs;

use super::error::Remedy;
use super::mark::{self, Mark};
use super::state::{FORMAT, Fault, Records, State};
use super::tree::{self, Contents, Tree, TreeError};
use super::witness::{self, Witness};
use super::{Keeper, LastGood, StoreError};
use crate::files::{create_private_dir, keep_dir_private, open_regular, remove_dir_if_there};

/// How much has to be free on the disk for a change: several times what sled's log grows by at once.
const SPACE_TO_KEEP: u64 = 4 * 1024 * 1024;

/// The open store. Holds the lock on the state folder for as long as it lives.
pub(crate) struct Ledger {
    dir: PathBuf,
    _lock: File,
    /// Opened by the first change, because opening writes.
    open: Option<(Tree, Records)>,
    /// The generation that both copies have confirmed.
    generation: u64,
    /// The last attempt to write has failed. sled refuses everything after its first error, and may have ruined its log.
    failed: bool,
}

impl Ledger {
    /// Opens the store in `dir`, creating it when there has never been one, and answers what it holds.
    pub(crate) fn open(dir: &Path) -> Result<(Self, State), StoreError> {
        keep_dir_private(dir).map_err(|error| StoreError::unreadable(dir, error))?;
        let mut ledger =
            Self { dir: dir.to_owned(), _lock: lock(dir)?, open: None, generation: 0, failed: false };
        let state = match examine(dir)? {
            Found::Nothing => {
                let empty = State::default();
                ledger.commit(&empty)?;
                empty
            }
            Found::Agreed(witness) => {
                ledger.generation = witness.generation;
                witness.state
            }
            Found::Unconfirmed { witness, settled } => {
                ledger.generation = witness.generation;
                // On a full disk the copies stay as they are, and the next start comes to the same end.
                let _ = ledger.commit(&settled);
                settled
            }
        };
        mark::leave(dir);
        Ok((ledger, state))
    }

    /// The database, if it can be written to. One that cannot even be read, or has failed before, is not used again: this
    /// process knows the whole list.
    fn take_open(&mut self) -> Option<(Tree, Records)> {
        let untouched = !std::mem::replace(&mut self.failed, true);
        self.open.take().or_else(|| {
            let path = (untouched && self.generation > 0).then(|| tree_path(&self.dir))?;
            let tree = Tree::open(&path).ok()?;
            let contents = tree.read().ok()??;
            Some((tree, contents.records))
        })
    }

    fn write(&mut self, generation: u64, after: &Records) -> Result<Tree, TreeError> {
        if let Some((tree, before)) = self.take_open() {
            tree.write(generation, &before, after)?;
            return Ok(tree);
        }
        Tree::build(&tree_path(&self.dir), &self.dir.join("allow-list.broken"), generation, after)
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
        check_space(&self.dir)?;
        let generation = self.generation + 1;
        let witness = witness::prepare(&self.dir, generation, next)?;
        let after = next.to_records();
        let tree = self.write(generation, &after).map_err(|error| self.unsaved(error))?;
        witness.replace().map_err(|error| StoreError::unsaved(&witness::path(&self.dir), error))?;
        self.generation = generation;
        self.open = Some((tree, after));
        self.failed = false;
        Ok(())
    }
}

/// sled ruins its own log when the disk is full, so it is not asked to write to a disk that is nearly so.
fn check_space(dir: &Path) -> Result<(), StoreError> {
    let space = statvfs(dir).map_err(|error| StoreError::unsaved(dir, error.into()))?;
    let free = u128::from(space.blocks_available()) * u128::from(space.fragment_size());
    if free < SPACE_TO_KEEP.into() {
        return Err(StoreError::unsaved(dir, io::ErrorKind::StorageFull.into()));
    }
    Ok(())
}

/// What a look at both copies has found.
enum Found {
    Nothing,
    Agreed(Witness),
    Unconfirmed { witness: Witness, settled: State },
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
    let witness = match (witness, &contents) {
        // There is no room to look at the database. The witness is whole and holds all that was ever confirmed, and a box
        // with a full disk had better know its devices.
        (Some(witness), Err(TreeError::Io(error))) if takes_nothing_more(error) => {
            return Ok(Found::Agreed(witness));
        }
        (witness, _) => witness,
    };
    let contents = contents
        .map_err(|error| tree_error(dir, error, witness.as_ref().map(|witness| witness.as_last_good(dir))))?;
    match (witness, contents) {
        (None, None) => match mark::look(dir)? {
            Mark::Absent => Ok(Found::Nothing),
            Mark::Left => Err(StoreError::Gone { path: dir.to_owned(), mark: mark::path(dir) }),
        },
        // The very first commit was cut off before anything could have been let in.
        (None, Some(contents))
            if contents.generation <= 1
                && contents.state == State::default()
                && mark::look(dir)? == Mark::Absent =>
        {
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
    settled.revoked.extend(unconfirmed.revoked.clone());
    settled.revoked.retain(|id, _| !settled.devices.contains_key(id));
    settled.forgotten = confirmed.forgotten.max(unconfirmed.forgotten);
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

/// Rebuilds a damaged copy of the allow-list in `dir` from the good one. The damaged one is moved aside, never deleted. All
/// files go to the owner of `dir`: a host that runs as a user of its own must be able to read what root has repaired.
///
/// # Errors
/// The [`StoreError`] of opening, when neither copy is good or the store is in use.
pub fn repair(dir: &Path) -> Result<Repaired, StoreError> {
    // A mistyped folder is not to be created.
    fs::metadata(dir).map_err(|error| StoreError::unreadable(dir, error))?;
    let _lock = lock(dir)?;
    let repaired = rebuild(dir)?;
    give_to_owner_of(dir, dir).map_err(|error| StoreError::unsaved(dir, error))?;
    Ok(repaired)
}

fn rebuild(dir: &Path) -> Result<Repaired, StoreError> {
    let Err(refusal) = examine(dir) else { return Ok(Repaired::NothingToDo) };
    if matches!(refusal, StoreError::Unreadable { .. } | StoreError::WrongVersion { .. }) {
        return Err(refusal);
    }
    let tree_path = tree_path(dir);
    let failed = |error| StoreError::unsaved(dir, error);
    if let Ok(Some(witness)) = witness::load(dir)? {
        let aside = free_name(&tree_path).map_err(failed)?;
        Tree::build(&tree_path, &aside, witness.generation, &witness.state.to_records())
            .map_err(|error| tree_error(dir, error, Some(witness.as_last_good(dir))))?;
        let kept = aside.try_exists().map_err(failed)?.then_some(aside);
        return Ok(Repaired::From { good: witness.as_last_good(dir), kept });
    }
    let Ok(Some(contents)) = read_copy(dir) else { return Err(refusal) };
    let prepared = witness::prepare(dir, contents.generation, &contents.state)?;
    let path = witness::path(dir);
    let kept = if path.try_exists().map_err(failed)? {
        let aside = free_name(&path).map_err(failed)?;
        fs::rename(&path, &aside).map_err(failed)?;
        Some(aside)
    } else {
        None
    };
    prepared.replace().map_err(failed)?;
    let good =
        LastGood { path: tree_path, generation: contents.generation, devices: contents.state.devices.len() };
    Ok(Repaired::From { good, kept })
}

pub(super) fn give_to_owner_of(dir: &Path, below: &Path) -> io::Result<()> {
    let owner = fs::metadata(dir)?;
    for entry in fs::read_dir(below)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if (metadata.uid(), metadata.gid()) != (owner.uid(), owner.gid()) {
            lchown(entry.path(), Some(owner.uid()), Some(owner.gid()))?;
        }
        if metadata.is_dir() {
            give_to_owner_of(dir, &entry.path())?;
        }
    }
    Ok(())
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
    result
}

/// Whether an error is about writing alone.
fn takes_nothing_more(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(error.kind(), K::StorageFull | K::QuotaExceeded | K::ReadOnlyFilesystem)
}

fn copy_dir(from: &Path, to: &Path) -> io::Result<()> {
    remove_dir_if_there(to)?;
    create_private_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_dir(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), target)?;
        } else {
            let what = format!("{} is not a regular file", entry.path().display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
    }
    Ok(())
}

/// The first free name beside a damaged file or folder, for it to be kept under.
fn free_name(path: &Path) -> io::Result<PathBuf> {
    for number in 1_u32.. {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".damaged-{number}"));
        let aside = path.with_file_name(name);
        if !aside.try_exists()? {
            return Ok(aside);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn lock(dir: &Path) -> Result<File, StoreError> {
    create_private_dir(dir).map_err(|error| StoreError::unreadable(dir, error))?;
    let path = dir.join("lock");
    let failed = |error| StoreError::unreadable(&path, error);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    let mut file = match options.open(&path) {
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {
            open_regular(&path).map_err(failed)?
        }
        other => other.map_err(failed)?,
    };
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")));
    }
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
