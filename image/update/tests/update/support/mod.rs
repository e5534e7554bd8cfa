//! A box in a directory: a disk with two slots, a boot partition, a policy, and images to feed it with.

pub(crate) mod cost;
pub(crate) mod server;

use std::fs::{self, File};
use std::io::{Cursor, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gpt::partition_types::{OperatingSystem, Type};
use minisign::KeyPair;
use punktfunk_update::bundle::{Ingredients, make};
use punktfunk_update::hash::{Hasher, RootHash};
use punktfunk_update::manifest::Manifest;
use punktfunk_update::slots::{Partition, Table, USR_TYPE, VERITY_TYPE};
use serde_json::Value;

pub(crate) const MIB: u64 = 1 << 20;

/// Bytes that look like nothing in particular.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// The three images of a version.
pub(crate) struct Images {
    pub(crate) version: String,
    pub(crate) usr: Vec<u8>,
    pub(crate) verity: Vec<u8>,
    pub(crate) uki: Vec<u8>,
    pub(crate) root_hash: RootHash,
}

impl Images {
    /// Images around this system, which is filled up to whole blocks.
    pub(crate) fn of(version: &str, mut usr: Vec<u8>) -> Self {
        let seed = version.bytes().map(u64::from).sum::<u64>();
        usr.resize(usr.len().next_multiple_of(BLOCK), 0);
        let (verity, root_hash) = tree(&usr, &noise(seed, 32));
        let line = format!("quiet usrhash={root_hash} version={version}\0");
        let uki = [noise(7, 60_000), line.into_bytes(), noise(8, 40_000)].concat();
        Self { version: version.to_owned(), usr, verity, uki, root_hash }
    }

    pub(crate) fn simple(version: &str) -> Self {
        let seed = version.bytes().fold(0, |seed, b| seed * 31 + u64::from(b));
        Self::of(version, noise(seed, 3_000_000))
    }

    fn files(&self) -> [(&'static str, &[u8]); 3] {
        [("usr", &self.usr), ("verity", &self.verity), ("uki", &self.uki)]
    }
}

const BLOCK: usize = 4096;

/// The dm-verity tree over these blocks, as `veritysetup format` writes it, and its root hash.
fn tree(usr: &[u8], salt: &[u8]) -> (Vec<u8>, RootHash) {
    let digest = |block: &[u8]| {
        let mut hasher = Hasher::default();
        hasher.update(salt);
        hasher.update(block);
        hasher.finish()
    };
    let mut levels = Vec::new();
    let mut below = usr.to_vec();
    loop {
        let mut level: Vec<u8> = below.chunks(BLOCK).flat_map(|block| *digest(block).as_bytes()).collect();
        level.resize(level.len().next_multiple_of(BLOCK), 0);
        levels.push(level.clone());
        below = level;
        if below.len() == BLOCK {
            break;
        }
    }
    let mut verity = vec![0; BLOCK];
    verity[..8].copy_from_slice(b"verity\0\0");
    verity[32..38].copy_from_slice(b"sha256");
    let numbers = [(8, 1), (12, 1), (64, BLOCK as u32), (68, BLOCK as u32), (72, (usr.len() / BLOCK) as u32)];
    for (at, number) in numbers {
        verity[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    verity[80..82].copy_from_slice(&(salt.len() as u16).to_le_bytes());
    verity[88..88 + salt.len()].copy_from_slice(salt);
    verity.extend(levels.iter().rev().flatten());
    (verity, RootHash(digest(&below)))
}

/// A publisher.
pub(crate) struct Publisher {
    pub(crate) pair: KeyPair,
}

impl Publisher {
    pub(crate) fn new() -> Self {
        Self { pair: KeyPair::generate_unencrypted_keypair().expect("keys") }
    }

    pub(crate) fn key(&self) -> String {
        self.pair.pk.to_base64()
    }

    /// Makes a feed; `change` may alter what goes into it.
    pub(crate) fn publish(
        &self,
        images: &Images,
        feed: &Path,
        change: impl FnOnce(&mut Ingredients),
    ) -> Manifest {
        let place = tempfile::tempdir().expect("a directory");
        let paths = images.files().map(|(name, bytes)| {
            let path = place.path().join(name);
            fs::write(&path, bytes).expect("an image");
            path
        });
        let created = jiff::Timestamp::now();
        let mut ingredients = Ingredients {
            version: images.version.parse().expect("a version"),
            minimum_version: None,
            created,
            expires: created + jiff::SignedDuration::from_hours(24),
            notes: String::new(),
            next_keys: Vec::new(),
            images: paths,
            root_hash: None,
        };
        change(&mut ingredients);
        make(&ingredients, &self.pair.sk, feed).expect("a feed")
    }

    /// Signs any bytes as a manifest.
    pub(crate) fn sign(&self, manifest: &[u8], feed: &Path) {
        let signature = minisign::sign(None, &self.pair.sk, manifest, None, None).expect("a signature");
        fs::write(feed.join("manifest.json"), manifest).expect("a manifest");
        fs::write(feed.join("manifest.json.minisig"), signature.into_string()).expect("a signature");
    }
}

/// A box.
pub(crate) struct Box {
    place: tempfile::TempDir,
}

impl Box {
    /// A box that runs `images`, with slots of `slot` bytes.
    pub(crate) fn new(images: &Images, slot: u64, policy: &str) -> Self {
        let place = tempfile::tempdir().expect("a directory");
        let new = Self { place };
        for directory in ["proc", "efi/EFI/Linux", "etc/punktfunk", "var/lib", "run"] {
            fs::create_dir_all(new.path(directory)).expect("a directory");
        }
        make_disk(&new.disk(), slot);
        new.put_into_slot(images, 0);
        fs::write(new.entries().join(format!("punktfunk_{}.efi", images.version)), &images.uki)
            .expect("a UKI");
        new.boot(images.root_hash);
        fs::write(new.path("etc/punktfunk/punktfunk.yaml"), policy).expect("a policy");
        new
    }

    /// A box that runs 1.2.3 and takes updates from `feed`, signed by `publisher`.
    pub(crate) fn fed(feed: &str, publisher: &Publisher) -> Self {
        let policy = format!("schema: 1\nupdate: {{ feed: '{feed}', keys: ['{}'] }}\n", publisher.key());
        Self::new(&Images::simple("1.2.3"), 8 * MIB, &policy)
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.place.path().join(below)
    }

    pub(crate) fn disk(&self) -> PathBuf {
        self.path("disk.img")
    }

    pub(crate) fn entries(&self) -> PathBuf {
        self.path("efi/EFI/Linux")
    }

    /// The names of the boot entries and whatever else lies there, sorted.
    pub(crate) fn entry_names(&self) -> Vec<String> {
        let files = fs::read_dir(self.entries()).expect("entries");
        let mut names: Vec<String> =
            files.map(|file| file.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub(crate) fn partitions(&self) -> Vec<Partition> {
        Table::read(&File::open(self.disk()).expect("a disk"), 512).expect("a table").partitions()
    }

    pub(crate) fn labels(&self) -> Vec<String> {
        self.partitions().into_iter().map(|partition| partition.label).collect()
    }

    /// The kernel's command line as after a start into this root hash.
    pub(crate) fn boot(&self, root_hash: RootHash) {
        fs::write(self.path("proc/cmdline"), format!("quiet usrhash={root_hash}\n")).expect("a command line");
    }

    /// Starts the box as systemd-boot does; gives the version that came up. Its tries are counted.
    pub(crate) fn start(&self) -> String {
        let entry = boot_entry(&self.entries()).expect("an entry");
        let counted = count_down(&self.entries(), &entry);
        let uki = fs::read(self.entries().join(counted)).expect("a UKI");
        let text = String::from_utf8_lossy(&uki).into_owned();
        let hash = text.split_once("usrhash=").expect("a root hash").1[..64].parse().expect("a root hash");
        self.boot(hash);
        let usr = self.partitions().into_iter().find(|partition| partition.uuid == hash.usr_uuid());
        usr.expect("a slot").label.trim_start_matches("punktfunk_").to_owned()
    }

    /// Runs the client on this box.
    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        Done(self.command(arguments).output().expect("the client"))
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_punktfunk-update"));
        command.arg("--root").arg(self.place.path()).arg("--disk").arg(self.disk()).args(arguments);
        command
    }

    /// The bytes of a slot's data partition (0 or 1).
    pub(crate) fn slot(&self, number: usize, length: usize) -> Vec<u8> {
        let partition = &self.partitions()[[2, 4][number]];
        let mut bytes = vec![0; length];
        let disk = File::open(self.disk()).expect("a disk");
        disk.read_exact_at(&mut bytes, partition.offset).expect("a slot");
        bytes
    }

    pub(crate) fn put_into_slot(&self, images: &Images, number: usize) {
        let disk = File::options().read(true).write(true).open(self.disk()).expect("a disk");
        let table = Table::read(&disk, 512).expect("a table");
        let parts = table.partitions();
        let (verity, usr) = (&parts[[1, 3][number]], &parts[[2, 4][number]]);
        disk.write_all_at(&images.usr, usr.offset).expect("usr");
        disk.write_all_at(&images.verity, verity.offset).expect("verity");
        let rename = |part: &Partition, uuid, label: String| punktfunk_update::slots::Rename {
            number: part.number,
            uuid,
            label,
        };
        let version = &images.version;
        for write in table.rename(&[
            rename(verity, images.root_hash.verity_uuid(), format!("punktfunk-verity_{version}")),
            rename(usr, images.root_hash.usr_uuid(), format!("punktfunk_{version}")),
        ]) {
            disk.write_all_at(&write.bytes, write.offset).expect("a table");
        }
    }
}

/// What the client came to.
pub(crate) struct Done(pub Output);

impl Done {
    pub(crate) fn code(&self) -> i32 {
        self.0.status.code().unwrap_or(-1)
    }

    pub(crate) fn out(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.out().lines().last().unwrap_or_default())
            .unwrap_or_else(|why| panic!("{why}: {:?} {:?}", self.out(), self.err()))
    }

    /// It worked.
    #[track_caller]
    pub(crate) fn good(self) -> Self {
        assert_eq!(self.code(), 0, "{} {}", self.out(), self.err());
        self
    }

    /// It was refused with this stable code.
    #[track_caller]
    pub(crate) fn refused(self, code: &str) -> Self {
        assert_eq!(self.code(), 1, "{} {}", self.out(), self.err());
        assert_eq!(self.json()["code"], code, "{}", self.err());
        self
    }
}

/// A disk as the image has it: boot partition, two slots, data.
fn make_disk(path: &Path, slot: u64) {
    let size = 8 * MIB + 2 * (slot + 2 * MIB);
    let file = File::create(path).expect("a disk");
    file.set_len(size).expect("a disk");
    let mut memory = Cursor::new(Vec::new());
    let sectors = u32::try_from(size / 512 - 1).unwrap_or(u32::MAX);
    gpt::mbr::ProtectiveMBR::with_lb_size(sectors).overwrite_lba0(&mut memory).expect("an MBR");
    (&file).write_all(memory.get_ref()).expect("an MBR");
    let mut disk = gpt::GptConfig::new().writable(true).create(path).expect("a table");
    let usr = || Type { guid: USR_TYPE, os: OperatingSystem::Linux };
    let verity = || Type { guid: VERITY_TYPE, os: OperatingSystem::Linux };
    for (name, size, kind) in [
        ("esp", MIB, gpt::partition_types::EFI),
        ("_empty", 2 * MIB, verity()),
        ("_empty", slot, usr()),
        ("_empty", 2 * MIB, verity()),
        ("_empty", slot, usr()),
        ("punktfunk-data", MIB, gpt::partition_types::LINUX_FS),
    ] {
        disk.add_partition(name, size, kind, 0, Some(2048)).expect("a partition");
    }
    disk.write().expect("a table");
}

/// The entry that systemd-boot would start: no empty file, not those without tries left, as long as there is another; then the newest.
pub(crate) fn boot_entry(entries: &Path) -> Option<punktfunk_update::slots::Entry> {
    let files = fs::read_dir(entries).ok()?;
    let whole = files.flatten().filter(|file| file.metadata().is_ok_and(|file| file.len() > 0));
    let names = whole.filter_map(|file| file.file_name().into_string().ok());
    let mut found: Vec<_> = names.filter_map(|name| punktfunk_update::slots::Entry::parse(&name)).collect();
    found.sort_by_key(|entry| (!entry.is_bad(), entry.version.clone()));
    found.pop()
}

/// Counts a start down in an entry's name.
fn count_down(entries: &Path, entry: &punktfunk_update::slots::Entry) -> String {
    let Some(tries) = entry.tries.filter(|tries| tries.left > 0) else { return entry.file_name().to_owned() };
    let name = format!("punktfunk_{}+{}-{}.efi", entry.version, tries.left - 1, tries.done + 1);
    fs::rename(entries.join(entry.file_name()), entries.join(&name)).expect("an entry");
    name
}
