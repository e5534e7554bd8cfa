//! The two slots of a box and the entries that boot them.

mod disk;
mod entry;
mod esp;
mod gpt;

pub use disk::{Disk, DiskPaths};
pub use entry::{Entry, TRIES};
pub use esp::{ENTRIES, PENDING};
pub use gpt::{Partition, Rename, Table, USR_TYPE, VERITY_TYPE, Write};

use std::io::{self, Read};
use std::path::PathBuf;

use uuid::Uuid;

use crate::hash::RootHash;
use crate::manifest::Kind;
use crate::version::Version;

/// The label of the partitions of a slot that holds nothing, as systemd has it.
pub const EMPTY: &str = "_empty";

/// What one of the two slots is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What it holds; `None` when its label is `_empty` or says no version.
    pub version: Option<Version>,
    /// The label of its data partition.
    pub label: String,
    /// The room for the system, in bytes.
    pub usr_size: u64,
    /// The room for its dm-verity tree, in bytes.
    pub verity_size: u64,
    /// The UUID of the data partition.
    pub usr_uuid: Uuid,
    /// The UUID of the hash partition.
    pub verity_uuid: Uuid,
}

impl Slot {
    /// The room for a file of this kind; the boot partition is not a slot's.
    pub fn room(&self, kind: Kind) -> Option<u64> {
        match kind {
            Kind::Usr => Some(self.usr_size),
            Kind::Verity => Some(self.verity_size),
            Kind::Uki => None,
        }
    }
}

/// What the idle slot is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// It holds nothing that could be booted.
    Empty,
    /// It holds this version whole.
    Holds(Version, RootHash),
}

impl Label {
    /// The label of the data partition.
    pub fn usr(&self) -> String {
        match self {
            Self::Empty => EMPTY.to_owned(),
            Self::Holds(version, _) => format!("punktfunk_{version}"),
        }
    }

    /// The label of the hash partition.
    pub fn verity(&self) -> String {
        match self {
            Self::Empty => EMPTY.to_owned(),
            Self::Holds(version, _) => format!("punktfunk-verity_{version}"),
        }
    }
}

/// Two slots and a boot partition. What is written goes only to the slot that does not run, and to entries that do not
/// boot the running one; each call is a step after which the power may go.
pub trait Slots {
    /// The slot that runs.
    fn running(&self) -> &Slot;

    /// The other one.
    fn idle(&self) -> &Slot;

    /// The bytes of the running slot's file, which may be more than was once written there.
    ///
    /// # Errors
    /// [`SlotError`]; a running UKI that is not on the boot partition is [`SlotError::NoEntry`].
    fn running_size(&self, kind: Kind) -> Result<u64, SlotError>;

    /// Reads from the running slot's file; short only at its end.
    ///
    /// # Errors
    /// [`SlotError`].
    fn read_running(&self, kind: Kind, offset: u64, buffer: &mut [u8]) -> Result<usize, SlotError>;

    /// Reads back what was written for the new version; short only at the end.
    ///
    /// # Errors
    /// [`SlotError`].
    fn read_new(&self, kind: Kind, offset: u64, buffer: &mut [u8]) -> Result<usize, SlotError>;

    /// Writes a part of the new version: into the idle slot's partitions, or into a file that no boot loader looks at.
    ///
    /// # Errors
    /// [`SlotError`].
    fn write_new(&mut self, kind: Kind, offset: u64, bytes: &[u8]) -> Result<(), SlotError>;

    /// Waits until what was written is on the disk, and forgets cached copies, so that a read after it is the disk's.
    ///
    /// # Errors
    /// [`SlotError`].
    fn sync_new(&mut self, kind: Kind) -> Result<(), SlotError>;

    /// Names the idle slot; on the disk when this returns, and never half.
    ///
    /// # Errors
    /// [`SlotError`].
    fn label_idle(&mut self, label: &Label) -> Result<(), SlotError>;

    /// The boot entries of the product, in no order.
    ///
    /// # Errors
    /// [`SlotError`].
    fn entries(&self) -> Result<Vec<Entry>, SlotError>;

    /// Removes a boot entry; gone from the disk when this returns.
    ///
    /// # Errors
    /// [`SlotError`].
    fn remove_entry(&mut self, entry: &Entry) -> Result<(), SlotError>;

    /// Gives a boot entry other counters; on the disk when this returns.
    ///
    /// # Errors
    /// [`SlotError`].
    fn rename_entry(&mut self, from: &Entry, to: &Entry) -> Result<(), SlotError>;

    /// Makes the new UKI, whole and synced, the boot entry `entry`; on the disk when this returns.
    ///
    /// # Errors
    /// [`SlotError`].
    fn commit_entry(&mut self, entry: &Entry) -> Result<(), SlotError>;

    /// Removes what there is of a new UKI; that there is none is success.
    ///
    /// # Errors
    /// [`SlotError`].
    fn drop_pending(&mut self) -> Result<(), SlotError>;

    /// The room on the boot partition for a new UKI once `going` are removed, in bytes.
    ///
    /// # Errors
    /// [`SlotError`].
    fn boot_room(&self, going: &[Entry]) -> Result<u64, SlotError>;
}

/// Why a slot could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    /// The system was not booted from a slot.
    #[error(
        "this system does not run from a slot (no usrhash= on the kernel's command line): only a flashed box updates itself; here, update the package punktfunk"
    )]
    NoSlot,
    /// The disk of the running slot was not found.
    #[error("no disk has the partition {0} that this system runs from; name the disk with --disk")]
    NoDisk(Uuid),
    /// The disk is not laid out as a box's.
    #[error("{disk} is not laid out in two slots: {why}; flash it anew, or finish its first boot")]
    Layout {
        /// The disk.
        disk: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The boot partition is not there.
    #[error("{0} is not there: mount the boot partition (ESP), or name the place with --esp")]
    NoBootPartition(PathBuf),
    /// No entry boots the running version.
    #[error("the boot partition has no entry for {0}, which runs; see `bootctl list`")]
    NoEntry(Version),
    /// Something would be written outside the idle slot.
    #[error("a write at {offset} would leave the idle slot; nothing was written")]
    Outside {
        /// Where it would be.
        offset: u64,
    },
    /// The partition table cannot be used.
    #[error("the partition table of {disk} cannot be used: {why}; look at it with `sfdisk --verify {disk}`")]
    Table {
        /// The disk.
        disk: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The system refuses a read or write.
    #[error("{path}: {source}{}", hint(.source))]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl SlotError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

fn hint(why: &io::Error) -> &'static str {
    match why.kind() {
        io::ErrorKind::PermissionDenied => "; run it as root",
        io::ErrorKind::StorageFull => "; make room there and try again",
        io::ErrorKind::ResourceBusy => "; something uses the idle slot, unmount it",
        _ => "",
    }
}

/// The running slot's file as a stream.
pub struct Running<'a> {
    slots: &'a dyn Slots,
    kind: Kind,
    offset: u64,
}

impl<'a> Running<'a> {
    /// From its start.
    pub fn new(slots: &'a dyn Slots, kind: Kind) -> Self {
        Self { slots, kind, offset: 0 }
    }
}

impl Read for Running<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.slots.read_running(self.kind, self.offset, buffer).map_err(io::Error::other)?;
        self.offset += read as u64;
        Ok(read)
    }
}
