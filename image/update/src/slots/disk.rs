//! Slots as partitions of a disk, or of a file that is one.

use std::cell::OnceCell;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, FileTypeExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::esp::{self, Esp};
use super::gpt::{Partition, Rename, Table, USR_TYPE, VERITY_TYPE};
use super::{EMPTY, Entry, Label, Slot, SlotError, Slots};
use crate::hash::RootHash;
use crate::manifest::Kind;

/// Where a box's disk and boot partition are.
#[derive(Clone, Debug)]
pub struct DiskPaths {
    /// The directory that stands for `/`.
    pub root: PathBuf,
    /// The disk or a file that is one; without it, the disk that holds the running slot.
    pub disk: Option<PathBuf>,
    /// Where the boot partition is mounted.
    pub esp: PathBuf,
}

/// The disk of a box.
#[derive(Debug)]
pub struct Disk {
    path: PathBuf,
    sector: u64,
    esp: Esp,
    running: Side,
    idle: Side,
}

/// A slot and where its partitions are.
#[derive(Debug)]
struct Side {
    slot: Slot,
    usr: Area,
    verity: Area,
}

/// A partition as something to read and write.
#[derive(Debug)]
struct Area {
    number: u32,
    path: PathBuf,
    /// In `path`: 0 for a partition's own device, the partition's start in a file that is a disk.
    offset: u64,
    size: u64,
    /// Kept open: each close of a device that was written makes udev look at it again.
    reader: OnceCell<File>,
    writer: OnceCell<File>,
}

impl Disk {
    /// Finds the two slots by the root hash that the running system was booted with. No disk is guessed: it is the one with
    /// the running slot's partitions.
    ///
    /// # Errors
    /// [`SlotError`].
    pub fn open(paths: &DiskPaths) -> Result<Self, SlotError> {
        let running = running_root_hash(&paths.root)?;
        let path = match &paths.disk {
            Some(disk) => disk.clone(),
            None => disk_of(&paths.root, running.usr_uuid())?,
        };
        let is_device = fs::metadata(&path).map_err(SlotError::io(&path))?.file_type().is_block_device();
        let sector = if is_device { sector_size(&paths.root, &path)? } else { 512 };
        let file = File::open(&path).map_err(SlotError::io(&path))?;
        let table = Table::read(&file, sector)
            .map_err(|why| SlotError::Table { disk: path.clone(), why })?
            .partitions();
        let layout = |why: String| SlotError::Layout { disk: path.clone(), why };
        let (running_usr, idle_usr) = pair(&table, USR_TYPE, running.usr_uuid()).map_err(layout)?;
        let (running_verity, idle_verity) =
            pair(&table, VERITY_TYPE, running.verity_uuid()).map_err(layout)?;
        let side = |usr: &Partition, verity: &Partition| {
            let area = |part: &Partition| Area::of(&path, part, is_device);
            Side { slot: slot(usr, verity), usr: area(usr), verity: area(verity) }
        };
        let (running, idle) = (side(running_usr, running_verity), side(idle_usr, idle_verity));
        Ok(Self { sector, esp: Esp::open(&paths.esp)?, running, idle, path })
    }

    fn idle_area(&self, kind: Kind) -> Option<&Area> {
        self.idle.area(kind)
    }
}

impl Slots for Disk {
    fn running(&self) -> &Slot {
        &self.running.slot
    }

    fn idle(&self) -> &Slot {
        &self.idle.slot
    }

    fn running_size(&self, kind: Kind) -> Result<u64, SlotError> {
        match self.running.area(kind) {
            Some(area) => Ok(area.size),
            None => {
                let path = self.running_uki()?;
                Ok(fs::metadata(&path).map_err(SlotError::io(path))?.len())
            }
        }
    }

    fn read_running(&self, kind: Kind, offset: u64, buffer: &mut [u8]) -> Result<usize, SlotError> {
        match self.running.area(kind) {
            Some(area) => area.read(offset, buffer),
            None => read_file(&self.running_uki()?, offset, buffer),
        }
    }

    fn read_new(&self, kind: Kind, offset: u64, buffer: &mut [u8]) -> Result<usize, SlotError> {
        match self.idle_area(kind) {
            Some(area) => area.read(offset, buffer),
            None => read_file(&self.esp.pending(), offset, buffer),
        }
    }

    fn write_new(&mut self, kind: Kind, offset: u64, bytes: &[u8]) -> Result<(), SlotError> {
        match self.idle_area(kind) {
            Some(area) => area.write(offset, bytes),
            None => self.esp.write_pending(offset, bytes),
        }
    }

    fn sync_new(&mut self, kind: Kind) -> Result<(), SlotError> {
        match self.idle_area(kind) {
            Some(area) => esp::sync(&area.path).map_err(SlotError::io(&area.path)),
            None => self.esp.sync_pending(),
        }
    }

    fn label_idle(&mut self, label: &Label) -> Result<(), SlotError> {
        let (usr_uuid, verity_uuid) = match label {
            // never those of a root hash, so that nothing that is half written is found by one
            Label::Empty => (Uuid::new_v4(), Uuid::new_v4()),
            Label::Holds(_, root) => (root.usr_uuid(), root.verity_uuid()),
        };
        let renames = [
            Rename { number: self.idle.usr.number, uuid: usr_uuid, label: label.usr() },
            Rename { number: self.idle.verity.number, uuid: verity_uuid, label: label.verity() },
        ];
        let disk =
            OpenOptions::new().read(true).write(true).open(&self.path).map_err(SlotError::io(&self.path))?;
        let table = Table::read(&disk, self.sector)
            .map_err(|why| SlotError::Table { disk: self.path.clone(), why })?;
        for write in table.rename(&renames) {
            let written = disk.write_all_at(&write.bytes, write.offset).and_then(|()| disk.sync_all());
            written.map_err(SlotError::io(&self.path))?;
        }
        let slot = &mut self.idle.slot;
        (slot.usr_uuid, slot.verity_uuid, slot.label) = (usr_uuid, verity_uuid, label.usr());
        slot.version = version(&slot.label);
        Ok(())
    }

    fn entries(&self) -> Result<Vec<Entry>, SlotError> {
        self.esp.list()
    }

    fn remove_entry(&mut self, entry: &Entry) -> Result<(), SlotError> {
        self.esp.remove(entry)
    }

    fn rename_entry(&mut self, from: &Entry, to: &Entry) -> Result<(), SlotError> {
        self.esp.rename(from, to)
    }

    fn commit_entry(&mut self, entry: &Entry) -> Result<(), SlotError> {
        self.esp.commit(entry)
    }

    fn drop_pending(&mut self) -> Result<(), SlotError> {
        self.esp.drop_pending()
    }

    fn boot_room(&self, going: &[Entry]) -> Result<u64, SlotError> {
        self.esp.room(going)
    }
}

impl Disk {
    fn running_uki(&self) -> Result<PathBuf, SlotError> {
        let version = self.running.slot.version.as_ref().ok_or(SlotError::NoSlot)?;
        self.esp.of(version)
    }
}

impl Side {
    fn area(&self, kind: Kind) -> Option<&Area> {
        match kind {
            Kind::Usr => Some(&self.usr),
            Kind::Verity => Some(&self.verity),
            Kind::Uki => None,
        }
    }
}

impl Area {
    fn of(disk: &Path, partition: &Partition, is_device: bool) -> Self {
        let (path, offset) = match is_device {
            true => (partition_device(disk, partition.number), 0),
            false => (disk.to_owned(), partition.offset),
        };
        let (reader, writer) = (OnceCell::new(), OnceCell::new());
        Self { number: partition.number, path, offset, size: partition.size, reader, writer }
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, SlotError> {
        let left = self.size.saturating_sub(offset);
        let length = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let file = opened(&self.reader, || File::open(&self.path)).map_err(SlotError::io(&self.path))?;
        read(file, self.offset + offset, &mut buffer[..length]).map_err(SlotError::io(&self.path))
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), SlotError> {
        if offset.checked_add(bytes.len() as u64).is_none_or(|end| end > self.size) {
            return Err(SlotError::Outside { offset });
        }
        // of a block device, O_EXCL refuses one that is mounted or otherwise in use
        let open = || OpenOptions::new().write(true).custom_flags(nix::libc::O_EXCL).open(&self.path);
        let written =
            opened(&self.writer, open).and_then(|device| device.write_all_at(bytes, self.offset + offset));
        written.map_err(SlotError::io(&self.path))
    }
}

fn opened(cell: &OnceCell<File>, open: impl FnOnce() -> io::Result<File>) -> io::Result<&File> {
    match cell.get() {
        Some(file) => Ok(file),
        None => open().map(|file| cell.get_or_init(|| file)),
    }
}

fn read_file(path: &Path, offset: u64, buffer: &mut [u8]) -> Result<usize, SlotError> {
    File::open(path).and_then(|file| read(&file, offset, buffer)).map_err(SlotError::io(path))
}

/// Reads until the buffer is full or the file ends.
fn read(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(filled)
}

fn slot(usr: &Partition, verity: &Partition) -> Slot {
    Slot {
        version: version(&usr.label),
        label: usr.label.clone(),
        usr_size: usr.size,
        verity_size: verity.size,
        usr_uuid: usr.uuid,
        verity_uuid: verity.uuid,
    }
}

fn version(label: &str) -> Option<crate::version::Version> {
    if label == EMPTY { None } else { label.strip_prefix("punktfunk_")?.parse().ok() }
}

/// The partition with `uuid` and the only other one of its type.
fn pair(table: &[Partition], kind: Uuid, uuid: Uuid) -> Result<(&Partition, &Partition), String> {
    let of_kind: Vec<&Partition> = table.iter().filter(|partition| partition.kind == kind).collect();
    match of_kind[..] {
        [a, b] if a.uuid == uuid && b.uuid != uuid => Ok((a, b)),
        [a, b] if b.uuid == uuid && a.uuid != uuid => Ok((b, a)),
        [_, _] => Err(format!("none of its partitions of type {kind} is {uuid}, which runs")),
        _ => Err(format!("it has {} partitions of type {kind} instead of 2", of_kind.len())),
    }
}

/// The root hash of the running slot, from the kernel's command line.
fn running_root_hash(root: &Path) -> Result<RootHash, SlotError> {
    let path = root.join("proc/cmdline");
    let line = fs::read_to_string(&path).map_err(SlotError::io(path))?;
    let hash = line.split_ascii_whitespace().rev().find_map(|word| word.strip_prefix("usrhash="));
    hash.and_then(|hash| hash.parse().ok()).ok_or(SlotError::NoSlot)
}

/// The disk that holds the partition `uuid`.
fn disk_of(root: &Path, uuid: Uuid) -> Result<PathBuf, SlotError> {
    let found = || {
        let partition = fs::canonicalize(root.join("dev/disk/by-partuuid").join(uuid.to_string())).ok()?;
        let node = fs::canonicalize(root.join("sys/class/block").join(partition.file_name()?)).ok()?;
        // a partition's node lies in its disk's
        let disk = partition.with_file_name(node.parent()?.file_name()?);
        node.join("partition").exists().then_some(disk)
    };
    found().ok_or(SlotError::NoDisk(uuid))
}

fn partition_device(disk: &Path, number: u32) -> PathBuf {
    let name = disk.file_name().unwrap_or_default().to_string_lossy();
    let p = if name.ends_with(|c: char| c.is_ascii_digit()) { "p" } else { "" };
    disk.with_file_name(format!("{name}{p}{number}"))
}

fn sector_size(root: &Path, disk: &Path) -> Result<u64, SlotError> {
    let name = disk.file_name().unwrap_or_default();
    let path = root.join("sys/class/block").join(name).join("queue/logical_block_size");
    let text = fs::read_to_string(&path).map_err(SlotError::io(&path))?;
    let size = text.trim().parse().ok().filter(|size: &u64| (512..=4096).contains(size));
    size.ok_or_else(|| SlotError::Table { disk: disk.to_owned(), why: format!("sectors of {text} bytes") })
}
