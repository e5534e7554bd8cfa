//! The power goes at every step of an installation, in every way: the box always has a version to start that is whole, and
//! the next try ends well.

use std::cell::Cell;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use crate::support::{Box, Images, MIB, Publisher};
use jiff::Timestamp;
use punktfunk_update::feed::{Directory, Patience, Throttle};
use punktfunk_update::guard::Now;
use punktfunk_update::hash::Sha256;
use punktfunk_update::install::{Installed, Installer, Wishes};
use punktfunk_update::manifest::Kind;
use punktfunk_update::offer;
use punktfunk_update::slots::{Disk, DiskPaths, Entry, Label, Slot, SlotError, Slots};
use punktfunk_update::state::State;
use punktfunk_update::trial::settle;

/// How the power goes at a step.
#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    /// Before it.
    Before,
    /// In the midst of it: a write is half done, and a new boot entry is the empty file that FAT makes of it at first.
    Torn,
    /// Before it, and everything that was written but not waited for is lost.
    Lost,
    /// After it.
    After,
}

/// Slots whose power goes at step `at`; from then on nothing works.
struct Cut {
    disk: Disk,
    at: usize,
    how: How,
    step: Rc<Cell<usize>>,
    /// What stood where it was written since the last wait.
    overwritten: Vec<(Kind, u64, Vec<u8>)>,
    entries: PathBuf,
    /// The room on the boot partition, if it is not what there is.
    boot_room: Option<u64>,
}

impl Cut {
    fn new(the_box: &Box, at: usize, how: How, step: &Rc<Cell<usize>>) -> Self {
        let (disk, entries, step) = (open(the_box), the_box.entries(), step.clone());
        Self { disk, at, how, step, overwritten: Vec::new(), entries, boot_room: None }
    }

    fn off() -> SlotError {
        SlotError::Io { path: "the disk".into(), source: io::Error::other("the power is off") }
    }

    /// Counts a step; `Ok(true)` when it is the last one that still happens.
    fn step(&mut self) -> Result<bool, SlotError> {
        let step = self.step.get() + 1;
        self.step.set(step);
        match step.cmp(&self.at) {
            std::cmp::Ordering::Less => Ok(false),
            std::cmp::Ordering::Greater => Err(Self::off()),
            std::cmp::Ordering::Equal if self.how == How::After => Ok(true),
            std::cmp::Ordering::Equal => {
                if self.how == How::Lost {
                    for (kind, offset, bytes) in self.overwritten.drain(..).rev() {
                        self.disk.write_new(kind, offset, &bytes)?;
                    }
                }
                Err(Self::off())
            }
        }
    }

    /// A step that happens whole or not at all.
    fn whole(&mut self, act: impl FnOnce(&mut Disk) -> Result<(), SlotError>) -> Result<(), SlotError> {
        let last = self.step()?;
        act(&mut self.disk)?;
        if last { Err(Self::off()) } else { Ok(()) }
    }
}

impl Slots for Cut {
    fn running(&self) -> &Slot {
        self.disk.running()
    }
    fn idle(&self) -> &Slot {
        self.disk.idle()
    }
    fn running_size(&self, kind: Kind) -> Result<u64, SlotError> {
        self.disk.running_size(kind)
    }
    fn read_running(&self, kind: Kind, offset: u64, buffer: &mut [u8]) -> Result<usize, SlotError> {
        self.disk.read_running(kind, offset, buffer)
    }
    fn read_new(&self, kind: Kind, offset: u64, buffer: &mut [u8]) -> Result<usize, SlotError> {
        self.disk.read_new(kind, offset, buffer)
    }
    fn write_new(&mut self, kind: Kind, offset: u64, bytes: &[u8]) -> Result<(), SlotError> {
        if self.step.get() + 1 == self.at && self.how == How::Torn {
            self.disk.write_new(kind, offset, &bytes[..bytes.len() / 2])?;
        }
        let mut old = vec![0; bytes.len()];
        // what was not there before is lost as zeros
        let _ = self.disk.read_new(kind, offset, &mut old);
        self.whole(|disk| disk.write_new(kind, offset, bytes))?;
        self.overwritten.push((kind, offset, old));
        Ok(())
    }
    fn sync_new(&mut self, kind: Kind) -> Result<(), SlotError> {
        self.whole(|disk| disk.sync_new(kind))?;
        self.overwritten.retain(|(of, ..)| *of != kind);
        Ok(())
    }
    fn label_idle(&mut self, label: &Label) -> Result<(), SlotError> {
        self.whole(|disk| disk.label_idle(label))
    }
    fn entries(&self) -> Result<Vec<Entry>, SlotError> {
        self.disk.entries()
    }
    fn remove_entry(&mut self, entry: &Entry) -> Result<(), SlotError> {
        self.whole(|disk| disk.remove_entry(entry))
    }
    fn rename_entry(&mut self, from: &Entry, to: &Entry) -> Result<(), SlotError> {
        self.whole(|disk| disk.rename_entry(from, to))
    }
    fn commit_entry(&mut self, entry: &Entry) -> Result<(), SlotError> {
        if self.step.get() + 1 == self.at && self.how == How::Torn {
            self.disk.drop_pending()?;
            fs::write(self.entries.join(entry.file_name()), b"").map_err(|_| Self::off())?;
        }
        self.whole(|disk| disk.commit_entry(entry))
    }
    fn drop_pending(&mut self) -> Result<(), SlotError> {
        self.whole(Disk::drop_pending)
    }
    fn boot_room(&self, going: &[Entry]) -> Result<u64, SlotError> {
        self.boot_room.map_or_else(|| self.disk.boot_room(going), Ok)
    }
}

fn open(the_box: &Box) -> Disk {
    let (root, disk, esp) = (the_box.path(""), Some(the_box.disk()), the_box.path("efi"));
    Disk::open(&DiskPaths { root, disk, esp }).expect("a disk")
}

/// Tries to install what the feed offers; whether it came to an end.
fn install(the_box: &Box, slots: &mut dyn Slots, feed: &Directory, key: &str) -> bool {
    let mut state = State::open(&the_box.path("var/lib/punktfunk-update"), Duration::ZERO).expect("a state");
    let now = Timestamp::now();
    settle(slots, &mut state.memory, now).expect("a standing");
    let offer = offer::fetch(feed, &[key.to_owned()], &mut state.memory, now, false).expect("an offer");
    let outcome = Installer {
        slots,
        source: feed,
        state: &mut state,
        guard: &Now,
        progress: &mut |_| {},
        patience: Patience { attempts: 1, pause: Duration::ZERO },
        throttle: Throttle::new(None),
    }
    .install(&offer, Wishes::default(), now);
    matches!(outcome, Ok(Installed::New { .. } | Installed::Waits))
}

/// The box starts, and what it starts is whole.
#[track_caller]
fn starts_whole(the_box: &Box, versions: &[&Images], what: &str) -> String {
    let started = the_box.start();
    let images = versions.iter().find(|images| images.version == started);
    let images = images.unwrap_or_else(|| panic!("{what}: {started} started"));
    let slots = open(the_box);
    for (kind, expected) in
        [(Kind::Usr, &images.usr), (Kind::Verity, &images.verity), (Kind::Uki, &images.uki)]
    {
        let mut found = vec![0; expected.len()];
        let read = slots.read_running(kind, 0, &mut found).expect("a slot");
        assert!(
            read == expected.len() && Sha256::of(&found) == Sha256::of(expected),
            "{what}: {kind} is broken"
        );
    }
    started
}

#[test]
fn a_power_cut_at_any_step_leaves_a_version_that_is_whole_and_the_next_try_ends_well() {
    let (publisher, place) = (Publisher::new(), tempfile::tempdir().unwrap());
    let images = |version: &str, seed| Images::of(version, crate::support::noise(seed, 150_000));
    let (oldest, old, new) = (images("1.2.2", 1), images("1.2.3", 2), images("1.2.4", 3));
    publisher.publish(&new, place.path(), |_| {});
    let feed = Directory(place.path().to_owned());
    let mut cuts = 0;
    for how in [How::Before, How::Torn, How::Lost, How::After] {
        for at in 1.. {
            let the_box = Box::new(&old, MIB, "schema: 1\n");
            // the other slot holds a version that must not boot half-overwritten
            the_box.put_into_slot(&oldest, 1);
            fs::write(the_box.entries().join("punktfunk_1.2.2.efi"), &oldest.uki).unwrap();
            let step = Rc::new(Cell::new(0));
            let mut cut = Cut::new(&the_box, at, how, &step);
            let finished = install(&the_box, &mut cut, &feed, &publisher.key());
            drop(cut);
            if finished && step.get() < at {
                break;
            }
            cuts += 1;
            let what = format!("cut {how:?} at step {at}");
            let started = starts_whole(&the_box, &[&old, &new], &what);
            if started == "1.2.3" {
                assert!(
                    install(&the_box, &mut open(&the_box), &feed, &publisher.key()),
                    "{what}: the next try"
                );
                assert_eq!(starts_whole(&the_box, &[&new], &what), "1.2.4");
            }
        }
    }
    assert!(cuts > 60, "only {cuts} cuts");
}

#[test]
fn a_full_boot_partition_is_noticed_before_anything_is_written() {
    let (publisher, place) = (Publisher::new(), tempfile::tempdir().unwrap());
    publisher.publish(&Images::simple("1.2.4"), place.path(), |_| {});
    let the_box = Box::fed("http://unused.example", &publisher);
    let step = Rc::new(Cell::new(0));
    let mut full = Cut::new(&the_box, usize::MAX, How::Before, &step);
    full.boot_room = Some(1 << 20);
    assert!(!install(&the_box, &mut full, &Directory(place.path().to_owned()), &publisher.key()));
    assert_eq!(step.get(), 0);
    full.boot_room = None;
    assert!(install(&the_box, &mut full, &Directory(place.path().to_owned()), &publisher.key()));
}
