//! The partition table of a disk (GPT), read and renamed in place so that at every moment one of its two copies is whole.
//!
//! Well-kept crates write tables too, but change both copies before either is whole again, and number the partitions
//! anew. Here exactly two entries get another name and UUID, and nothing else moves.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use uuid::{Uuid, uuid};

/// The type of a slot's data partition (usr-x86-64).
pub const USR_TYPE: Uuid = uuid!("8484680c-9521-48c6-9c11-b0720656f69e");
/// The type of a slot's hash partition (usr-x86-64-verity).
pub const VERITY_TYPE: Uuid = uuid!("77ff5f63-e7b6-4633-acf4-1565b864c0e6");

const SIGNATURE: &[u8; 8] = b"EFI PART";
const HEADER_BYTES: usize = 92;
const MAX_ENTRIES: u64 = 1024;
const LABEL_UNITS: usize = 36;

/// Where the values of a header lie in it, in bytes.
mod header {
    pub(super) const SIZE: usize = 12;
    pub(super) const CRC: usize = 16;
    pub(super) const OWN_LBA: usize = 24;
    pub(super) const OTHER_LBA: usize = 32;
    pub(super) const FIRST_USABLE: usize = 40;
    pub(super) const LAST_USABLE: usize = 48;
    pub(super) const ENTRIES_LBA: usize = 72;
    pub(super) const ENTRY_COUNT: usize = 80;
    pub(super) const ENTRY_BYTES: usize = 84;
    pub(super) const ENTRIES_CRC: usize = 88;
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its number, from 1.
    pub number: u32,
    /// What it is for.
    pub kind: Uuid,
    /// Its own UUID.
    pub uuid: Uuid,
    /// Its name.
    pub label: String,
    /// Where it starts on the disk, in bytes.
    pub offset: u64,
    /// In bytes.
    pub size: u64,
}

/// Another name for a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The partition.
    pub number: u32,
    /// Its new UUID.
    pub uuid: Uuid,
    /// Its new name, at most 36 characters.
    pub label: String,
}

/// A write that must be on the disk before the next one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where, in bytes.
    pub offset: u64,
    /// What.
    pub bytes: Vec<u8>,
}

/// A partition table.
#[derive(Clone, Debug)]
pub struct Table {
    sector: u64,
    main: Copied,
    /// Which copies are whole: the first and the one at the end of the disk.
    whole: [bool; 2],
}

/// One of the two copies.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Copied {
    header: Vec<u8>,
    entries: Vec<u8>,
}

impl Table {
    /// Reads the table of a disk with sectors of `sector` bytes; of two whole copies the first counts, as it does for the
    /// kernel.
    ///
    /// # Errors
    /// What is wrong with it, or what the system says.
    pub fn read(disk: &File, sector: u64) -> Result<Self, String> {
        let first = Copied::read(disk, sector, 1);
        // the first header is the one that knows; without it the other is in the last sector
        let last = match &first {
            Ok(first) => first.number(header::OTHER_LBA),
            Err(_) => (size(disk).map_err(|why| why.to_string())? / sector).saturating_sub(1),
        };
        let second = Copied::read(disk, sector, last);
        let whole = [first.is_ok(), second.is_ok()];
        let main = first.or_else(|why| second.map_err(|other| format!("{why}; its copy: {other}")))?;
        Ok(Self { sector, main, whole })
    }

    /// The partitions, by number.
    pub fn partitions(&self) -> Vec<Partition> {
        let entries = self.main.entries.chunks_exact(self.main.entry_bytes());
        let read = |(number, entry): (u32, &[u8])| {
            let uuid = |at: usize| Uuid::from_bytes_le(entry[at..at + 16].try_into().unwrap_or_default());
            let (first, last) = (number_at(entry, 32), number_at(entry, 40));
            let label: Vec<u16> =
                entry[56..128].chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
            let label = String::from_utf16_lossy(&label);
            let sectors = last.checked_sub(first)?.checked_add(1)?;
            Some(Partition {
                number,
                kind: uuid(0),
                uuid: uuid(16),
                label: label.trim_end_matches('\0').to_owned(),
                offset: first.checked_mul(self.sector)?,
                size: sectors.checked_mul(self.sector)?,
            })
        };
        (1..).zip(entries).filter(|(_, entry)| entry[..16] != [0; 16]).filter_map(read).collect()
    }

    /// The writes that give partitions other names, in order: a copy is written whole, its header last, before the other
    /// is touched; a copy that was broken before comes first.
    pub fn rename(&self, renames: &[Rename]) -> Vec<Write> {
        let mut entries = self.main.entries.clone();
        for rename in renames {
            let at = (rename.number as usize - 1) * self.main.entry_bytes();
            let Some(entry) = entries.get_mut(at..at + 128) else { continue };
            entry[16..32].copy_from_slice(&rename.uuid.to_bytes_le());
            entry[56..128].fill(0);
            for (place, unit) in rename.label.encode_utf16().take(LABEL_UNITS).enumerate() {
                entry[56 + 2 * place..58 + 2 * place].copy_from_slice(&unit.to_le_bytes());
            }
        }
        let (first, last) = self.main.ends();
        let array_sectors = (entries.len() as u64).div_ceil(self.sector);
        let copies = [(last, last - array_sectors, first), (first, first + 1, last)];
        let mut writes = Vec::new();
        let order = if self.whole[0] { [0, 1] } else { [1, 0] };
        for (own, array, other) in order.map(|number| copies[number]) {
            let array = if own == self.main.number(header::OWN_LBA) {
                self.main.number(header::ENTRIES_LBA)
            } else {
                array
            };
            writes.push(Write { offset: array * self.sector, bytes: entries.clone() });
            writes.push(Write {
                offset: own * self.sector,
                bytes: self.main.header_for(own, other, array, &entries),
            });
        }
        writes
    }
}

impl Copied {
    fn read(disk: &File, sector: u64, lba: u64) -> Result<Self, String> {
        let mut header = vec![0; usize::try_from(sector).map_err(|_| "its sectors are too large")?];
        let at = lba.checked_mul(sector).ok_or("its header is beyond the disk")?;
        disk.read_exact_at(&mut header, at).map_err(|why| why.to_string())?;
        let mut copy = Self { header, entries: Vec::new() };
        copy.check_header(lba)?;
        let (count, bytes) = (copy.number32(header::ENTRY_COUNT), copy.number32(header::ENTRY_BYTES));
        let (count, bytes) = (u64::from(count), u64::from(bytes));
        if count > MAX_ENTRIES || !matches!(bytes, 128 | 256 | 512) {
            return Err(format!("it has {count} entries of {bytes} bytes"));
        }
        let at =
            copy.number(header::ENTRIES_LBA).checked_mul(sector).ok_or("its entries are beyond the disk")?;
        // whole sectors, so that what lies behind the last entry is written back as it was
        copy.entries = vec![0; (count * bytes) as usize];
        disk.read_exact_at(&mut copy.entries, at).map_err(|why| why.to_string())?;
        if crc32fast::hash(&copy.entries) != copy.number32(header::ENTRIES_CRC) {
            return Err("the checksum of its entries is wrong".to_owned());
        }
        Ok(copy)
    }

    fn check_header(&self, lba: u64) -> Result<(), String> {
        if &self.header[..8] != SIGNATURE {
            return Err("there is no GPT header".to_owned());
        }
        let size = self.number32(header::SIZE) as usize;
        if size < HEADER_BYTES || size > self.header.len() {
            return Err(format!("its header is {size} bytes"));
        }
        let mut bytes = self.header[..size].to_vec();
        bytes[header::CRC..header::CRC + 4].fill(0);
        if crc32fast::hash(&bytes) != self.number32(header::CRC) {
            return Err("the checksum of its header is wrong".to_owned());
        }
        let (first, last) = self.ends();
        let usable = (self.number(header::FIRST_USABLE), self.number(header::LAST_USABLE));
        if self.number(header::OWN_LBA) != lba || first != 1 || usable.0 < 3 || usable.1 >= last {
            return Err("its header is not where it says".to_owned());
        }
        Ok(())
    }

    /// The sectors of the two headers.
    fn ends(&self) -> (u64, u64) {
        let (own, other) = (self.number(header::OWN_LBA), self.number(header::OTHER_LBA));
        (own.min(other), own.max(other))
    }

    fn header_for(&self, own: u64, other: u64, array: u64, entries: &[u8]) -> Vec<u8> {
        let mut bytes = self.header.clone();
        bytes[header::OWN_LBA..][..8].copy_from_slice(&own.to_le_bytes());
        bytes[header::OTHER_LBA..][..8].copy_from_slice(&other.to_le_bytes());
        bytes[header::ENTRIES_LBA..][..8].copy_from_slice(&array.to_le_bytes());
        bytes[header::ENTRIES_CRC..][..4].copy_from_slice(&crc32fast::hash(entries).to_le_bytes());
        bytes[header::CRC..][..4].fill(0);
        let crc = crc32fast::hash(&bytes[..self.number32(header::SIZE) as usize]);
        bytes[header::CRC..][..4].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    fn entry_bytes(&self) -> usize {
        self.number32(header::ENTRY_BYTES) as usize
    }

    fn number(&self, at: usize) -> u64 {
        number_at(&self.header, at)
    }

    fn number32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.header[at..at + 4].try_into().unwrap_or_default())
    }
}

fn number_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap_or_default())
}

/// Of a file or a block device, in bytes.
pub(super) fn size(mut disk: &File) -> io::Result<u64> {
    io::Seek::seek(&mut disk, io::SeekFrom::End(0))
}

#[cfg(test)]
mod tests {
    use gpt::partition_types::{LINUX_FS, OperatingSystem, Type};
    use proptest::prelude::*;

    use super::*;

    const DISK: u64 = 4 << 20;

    /// A disk with two slots' worth of partitions behind a small one.
    fn disk() -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(DISK).unwrap();
        let mut table = gpt::GptConfig::new().writable(true).create(file.path()).unwrap();
        let usr = || Type { guid: USR_TYPE, os: OperatingSystem::Linux };
        for (name, kind) in [("data", LINUX_FS), ("punktfunk_1.2.3", usr()), ("_empty", usr())] {
            table.add_partition(name, 1 << 19, kind, 0, Some(64)).unwrap();
        }
        table.write().unwrap();
        file
    }

    fn labels(file: &File) -> Vec<String> {
        let partitions = Table::read(file, 512).unwrap().partitions();
        partitions.into_iter().map(|partition| partition.label).collect()
    }

    const OLD: [&str; 3] = ["data", "punktfunk_1.2.3", "_empty"];
    const NEW: [&str; 3] = ["data", "punktfunk_1.2.3", "punktfunk_1.2.4"];

    fn rename() -> [Rename; 1] {
        [Rename { number: 3, uuid: Uuid::from_u128(7), label: NEW[2].to_owned() }]
    }

    #[test]
    fn a_renamed_partition_is_read_by_others_and_nothing_else_changes() {
        let file = disk();
        let before = Table::read(file.as_file(), 512).unwrap();
        for write in before.rename(&rename()) {
            file.as_file().write_all_at(&write.bytes, write.offset).unwrap();
        }
        let theirs = gpt::GptConfig::new().only_valid_headers(true).open(file.path()).unwrap();
        let names: Vec<&str> = theirs.partitions().values().map(|part| part.name.as_str()).collect();
        assert_eq!(names, NEW);
        assert_eq!(theirs.partitions()[&3].part_guid, Uuid::from_u128(7));
        let mut after = Table::read(file.as_file(), 512).unwrap().partitions();
        (after[2].label, after[2].uuid) = (OLD[2].to_owned(), before.partitions()[2].uuid);
        assert_eq!(after, before.partitions());
    }

    #[test]
    fn a_power_cut_at_any_write_leaves_a_whole_table() {
        let writes = Table::read(disk().as_file(), 512).unwrap().rename(&rename());
        assert_eq!(writes.len(), 4);
        for (cut, torn) in (0..=writes.len()).flat_map(|cut| [0, 1, 64, 511].map(|torn| (cut, torn))) {
            let file = disk();
            let writes = Table::read(file.as_file(), 512).unwrap().rename(&rename());
            for write in &writes[..cut] {
                file.as_file().write_all_at(&write.bytes, write.offset).unwrap();
            }
            if let Some(write) = writes.get(cut) {
                file.as_file().write_all_at(&write.bytes[..torn], write.offset).unwrap();
            }
            let found = labels(file.as_file());
            assert!(found == OLD || found == NEW, "cut {cut}, torn after {torn}: {found:?}");
            // the next writer mends what was broken
            for write in Table::read(file.as_file(), 512).unwrap().rename(&rename()) {
                file.as_file().write_all_at(&write.bytes, write.offset).unwrap();
                labels(file.as_file());
            }
            assert_eq!(labels(file.as_file()), NEW);
            gpt::GptConfig::new().only_valid_headers(true).open(file.path()).unwrap();
        }
    }

    #[test]
    fn a_broken_first_copy_is_mended_from_the_other() {
        let file = disk();
        file.as_file().write_all_at(&[0; 512], 512).unwrap();
        assert_eq!(labels(file.as_file()), OLD);
        let mend = Table::read(file.as_file(), 512).unwrap().rename(&[]);
        assert_eq!(mend[1].offset, 512, "the broken copy comes first");
        for write in mend {
            file.as_file().write_all_at(&write.bytes, write.offset).unwrap();
        }
        gpt::GptConfig::new().only_valid_headers(true).open(file.path()).unwrap();
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let file = tempfile::tempfile().unwrap();
        assert!(Table::read(&file, 512).is_err());
        file.set_len(DISK).unwrap();
        assert!(Table::read(&file, 512).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_table_makes_it_panic(changes in proptest::collection::vec((0u64..1024 * 8, any::<u8>()), 1..40)) {
            let file = disk();
            for (at, byte) in changes {
                file.as_file().write_all_at(&[byte], 512 + at).unwrap();
            }
            if let Ok(table) = Table::read(file.as_file(), 512) {
                table.partitions();
                table.rename(&rename());
            }
        }
    }
}
