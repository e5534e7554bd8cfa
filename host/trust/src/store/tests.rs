use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::ledger::{Ledger, Repaired, repair};
use super::*;
use crate::{Device, DeviceId, DeviceName, Grant, UnixSeconds};

fn id(number: u8) -> DeviceId {
    DeviceId::from_bytes([number; 32])
}

fn with_devices(numbers: impl IntoIterator<Item = u8>) -> State {
    let mut state = State::default();
    for number in numbers {
        let name = DeviceName::label_for(&id(number));
        state.devices.insert(id(number), Device::approved(id(number), name, Grant::FULL, UnixSeconds(7)));
    }
    state
}

/// A folder for a store, with room for a mark beside it.
struct Home {
    _all: tempfile::TempDir,
    dir: PathBuf,
}

impl Home {
    fn new() -> Self {
        let all = tempfile::tempdir().unwrap();
        let dir = all.path().join("trust");
        fs::create_dir(&dir).unwrap();
        Self { _all: all, dir }
    }

    fn path(&self) -> &Path {
        &self.dir
    }
}

/// A state folder with three devices in it, closed.
fn three_devices() -> Home {
    let dir = Home::new();
    let (mut ledger, _) = Ledger::open(dir.path()).unwrap();
    for last in 1..=3 {
        ledger.commit(&with_devices(1..=last)).unwrap();
    }
    dir
}

fn reopened(dir: &Path) -> State {
    Ledger::open(dir).unwrap().1
}

fn refused(dir: &Path) -> StoreError {
    let before = snapshot(dir);
    let error = Ledger::open(dir).map(|_| ()).unwrap_err();
    assert_eq!(snapshot(dir), before, "a refused store is left as it was: {error}");
    error
}

/// Every file below `dir` with its bytes, but for the lock.
fn snapshot(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files.extend(snapshot(&entry.path()));
        } else if entry.file_name() != "lock" {
            files.insert(entry.path(), fs::read(entry.path()).unwrap());
        }
    }
    files
}

fn restore(files: &BTreeMap<PathBuf, Vec<u8>>, dir: &Path) {
    let _ = fs::remove_dir_all(dir);
    for (path, bytes) in files {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    // An empty folder, but sled wants it.
    fs::create_dir_all(dir.join("allow-list/blobs")).unwrap();
}

#[test]
fn what_was_saved_is_there_after_a_restart() {
    let dir = Home::new();
    let (mut ledger, empty) = Ledger::open(dir.path()).unwrap();
    assert_eq!(empty, State::default());
    let mut state = with_devices([1, 2]);
    state.pin_failures = 5;
    state.clock_mark = UnixSeconds(99);
    let ignored = IgnoredDevice { name: DeviceName::label_for(&id(9)), since: UnixSeconds(3) };
    state.ignored.insert(id(9), ignored);
    ledger.commit(&state).unwrap();
    drop(ledger);
    assert_eq!(reopened(dir.path()), state);
    assert_eq!(reopened(dir.path()), state);
}

#[test]
fn a_full_list_with_the_longest_names_is_saved_and_read() {
    let dir = Home::new();
    let mut state = State::default();
    for number in 0..MAX_DEVICES as u32 {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        let id = DeviceId::from_bytes(bytes);
        let name = DeviceName::sanitise(&"é".repeat(40), 64).unwrap();
        state.devices.insert(id, Device::approved(id, name, Grant::FULL, UnixSeconds(u64::MAX)));
    }
    let (mut ledger, _) = Ledger::open(dir.path()).unwrap();
    ledger.commit(&state).unwrap();
    drop(ledger);
    assert_eq!(reopened(dir.path()), state);
}

/// The same with fields that this version does not know, in every object but those that list devices by fingerprint.
fn with_more(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            let known = fields.into_iter().map(|(key, value)| (key, with_more(value)));
            let is_fingerprint =
                |key: &str| key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
            let mut all: serde_json::Map<_, _> = known.collect();
            if !all.keys().all(|key| is_fingerprint(key)) {
                all.insert("of_a_newer_version".to_owned(), Value::from([1, 2]));
            }
            Value::Object(all)
        }
        other => other,
    }
}

fn json_with_more(json: &[u8]) -> Vec<u8> {
    serde_json::to_vec(&with_more(serde_json::from_slice(json).unwrap())).unwrap()
}

#[test]
fn a_box_that_goes_back_to_an_older_version_keeps_its_devices() {
    let dir = Home::new();
    let mut state = with_devices([1, 2]);
    let ignored = IgnoredDevice { name: DeviceName::label_for(&id(9)), since: UnixSeconds(3) };
    state.ignored.insert(id(9), ignored);
    let mut records = state::Records::new();
    for (key, sealed) in state.to_records() {
        let payload = json_with_more(&sealed[1..sealed.len() - 32]);
        records.insert(key.clone(), state::seal(&key, &payload));
    }
    let kind_of_a_newer_version = b"z-newer".to_vec();
    records.insert(kind_of_a_newer_version.clone(), state::seal(&kind_of_a_newer_version, b"{}"));
    let tree = dir.path().join("allow-list");
    drop(tree::Tree::build(&tree, &dir.path().join("aside"), 1, &records).unwrap());
    let document = json_with_more(&state.to_document());
    let header = serde_json::json!({
        "punktfunk_allow_list": 1, "generation": 1, "devices": 2, "sha256": state::sha256_hex(&document), "newer": true,
    });
    let witness = [header.to_string().as_bytes(), b"\n", &document, b"\n"].concat();
    fs::write(witness::path(dir.path()), witness).unwrap();

    let (mut ledger, read) = Ledger::open(dir.path()).unwrap();
    assert_eq!(read, state);
    state.devices.remove(&id(1));
    ledger.commit(&state).unwrap();
    drop(ledger);
    assert_eq!(reopened(dir.path()), state);
}

#[test]
fn nobody_else_can_read_the_store() {
    use std::os::unix::fs::PermissionsExt;
    let dir = Home::new();
    let inner = dir.path().join("state");
    drop(Ledger::open(&inner).unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inner), 0o700);
    assert_eq!(mode(&witness::path(&inner)), 0o600);
}

#[test]
fn a_store_in_use_says_by_whom() {
    let dir = three_devices();
    let _held = Ledger::open(dir.path()).unwrap();
    let error = Ledger::open(dir.path()).map(|_| ()).unwrap_err();
    let StoreError::Locked { holder, .. } = &error else { panic!("{error}") };
    assert_eq!(*holder, Some(std::process::id()));
    assert!(error.to_string().contains(&format!("(process {})", std::process::id())), "{error}");
    assert!(matches!(repair(dir.path()), Err(StoreError::Locked { .. })));
}

#[test]
fn a_truncated_database_is_refused_at_any_length_and_never_an_empty_list() {
    let dir = three_devices();
    let good = snapshot(dir.path());
    let db = dir.path().join("allow-list/db");
    let whole = good[&db].len();
    let used = good[&db].iter().rposition(|byte| *byte != 0).unwrap();
    let lengths = (0..=used).step_by(97).chain([1, used / 2, used - 1, used]);
    let mut refusals = 0;
    for length in lengths {
        restore(&good, dir.path());
        fs::File::options().write(true).open(&db).unwrap().set_len(length as u64).unwrap();
        match Ledger::open(dir.path()) {
            Ok((_, state)) => assert_eq!(state, with_devices(1..=3), "cut at {length} of {whole}"),
            Err(error) => {
                refusals += 1;
                let sentence = error.to_string();
                assert!(
                    matches!(error, StoreError::LostTail { .. } | StoreError::Damaged { .. }),
                    "cut at {length}: {sentence}"
                );
                assert!(
                    sentence.contains("restore --last-good") && sentence.contains("3 devices"),
                    "{sentence}"
                );
            }
        }
    }
    assert!(refusals > 10, "cutting the log hurts: {refusals}");
}

#[test]
fn a_refused_database_is_left_as_it_was() {
    let dir = three_devices();
    let good = snapshot(dir.path());
    let db = dir.path().join("allow-list/db");
    let used = good[&db].iter().rposition(|byte| *byte != 0).unwrap();
    for length in [0, 1, used / 3, used / 2, used * 9 / 10] {
        restore(&good, dir.path());
        fs::File::options().write(true).open(&db).unwrap().set_len(length as u64).unwrap();
        refused(dir.path());
    }
}

#[test]
fn flipped_bits_anywhere_in_the_database_change_no_decision() {
    let dir = three_devices();
    let good = snapshot(dir.path());
    let db = dir.path().join("allow-list/db");
    let used = good[&db].iter().rposition(|byte| *byte != 0).unwrap();
    for at in (0..used).step_by(61) {
        restore(&good, dir.path());
        let mut bytes = good[&db].clone();
        bytes[at] ^= 0x10;
        fs::write(&db, bytes).unwrap();
        if let Ok((_, state)) = Ledger::open(dir.path()) {
            assert_eq!(state, with_devices(1..=3), "bit flipped at {at}");
        }
    }
}

#[test]
fn a_database_that_is_gone_or_older_than_the_witness_is_refused() {
    let dir = three_devices();
    let older = snapshot(dir.path());
    let (mut ledger, _) = Ledger::open(dir.path()).unwrap();
    ledger.commit(&with_devices([1])).unwrap();
    drop(ledger);
    let newer = fs::read(witness::path(dir.path())).unwrap();

    restore(&older, dir.path());
    fs::write(witness::path(dir.path()), newer).unwrap();
    let error = refused(dir.path());
    let StoreError::LostTail { found, expected, .. } = error else { panic!("{error}") };
    assert_eq!(found + 1, expected, "revoking 2 and 3 would be undone");

    fs::remove_dir_all(dir.path().join("allow-list")).unwrap();
    assert!(matches!(refused(dir.path()), StoreError::LostTail { found: 0, .. }));
}

#[test]
fn a_witness_that_is_gone_or_damaged_is_refused() {
    let dir = three_devices();
    let path = witness::path(dir.path());
    let good = fs::read(&path).unwrap();
    for bad in [&good[..good.len() / 2], b"".as_slice(), b"{}\n{}\n", &good[..good.len() - 1]] {
        fs::write(&path, bad).unwrap();
        let error = refused(dir.path());
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        assert!(error.to_string().contains("3 devices"), "the database is named as the good copy: {error}");
    }
    let edited = String::from_utf8(good.clone()).unwrap().replace("Device 0101-0101", "Device 0101-0102");
    assert_ne!(edited.as_bytes(), good);
    fs::write(&path, edited).unwrap();
    assert!(matches!(refused(dir.path()), StoreError::Damaged { .. }));
    fs::remove_file(&path).unwrap();
    assert!(matches!(refused(dir.path()), StoreError::Damaged { .. }));
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    assert!(
        matches!(Ledger::open(dir.path()), Err(StoreError::Damaged { .. })),
        "a huge file is not read into memory"
    );
}

#[test]
fn a_format_of_the_future_is_refused_and_kept() {
    let dir = three_devices();
    let path = witness::path(dir.path());
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"punktfunk_allow_list\":1", "\"punktfunk_allow_list\":2")).unwrap();
    let error = refused(dir.path());
    assert!(matches!(error, StoreError::WrongVersion { found: 2, known: 1, .. }), "{error}");
    assert!(matches!(repair(dir.path()), Err(StoreError::WrongVersion { .. })));
}

#[test]
fn a_change_cut_off_between_the_two_copies_removes_but_does_not_add() {
    let dir = three_devices();
    let confirmed = fs::read(witness::path(dir.path())).unwrap();
    let (mut ledger, _) = Ledger::open(dir.path()).unwrap();
    let mut next = with_devices([1, 2, 4]);
    next.pin_failures = 3;
    ledger.commit(&next).unwrap();
    drop(ledger);
    // As if the power had gone before the witness took its place.
    fs::write(witness::path(dir.path()), confirmed).unwrap();
    let mut settled = with_devices([1, 2]);
    settled.pin_failures = 3;
    assert_eq!(reopened(dir.path()), settled);
    assert_eq!(reopened(dir.path()), settled, "and that is what is stored now");
}

#[test]
fn a_first_start_cut_off_at_any_point_starts_again() {
    let dir = Home::new();
    drop(Ledger::open(dir.path()).unwrap());
    fs::remove_file(mark::path(dir.path())).unwrap();
    fs::remove_file(witness::path(dir.path())).unwrap();
    assert_eq!(reopened(dir.path()), State::default());

    let dir = Home::new();
    fs::create_dir(dir.path().join("allow-list")).unwrap();
    assert_eq!(reopened(dir.path()), State::default());
}

#[test]
fn a_damaged_database_is_repaired_from_the_witness_and_kept() {
    let dir = three_devices();
    fs::write(dir.path().join("allow-list/db"), b"rubbish").unwrap();
    refused(dir.path());
    let Repaired::From { good, kept } = repair(dir.path()).unwrap() else { panic!("there was damage") };
    assert_eq!((good.path, good.devices), (witness::path(dir.path()), 3));
    assert_eq!(fs::read(kept.unwrap().join("db")).unwrap(), b"rubbish");
    assert_eq!(reopened(dir.path()), with_devices(1..=3));
    assert_eq!(repair(dir.path()).unwrap(), Repaired::NothingToDo);
}

#[test]
fn a_damaged_witness_is_repaired_from_the_database_and_kept() {
    let dir = three_devices();
    fs::write(witness::path(dir.path()), b"rubbish").unwrap();
    let Repaired::From { good, kept } = repair(dir.path()).unwrap() else { panic!("there was damage") };
    assert_eq!((good.path, good.devices), (dir.path().join("allow-list"), 3));
    assert_eq!(fs::read(kept.unwrap()).unwrap(), b"rubbish");
    assert_eq!(reopened(dir.path()), with_devices(1..=3));
}

#[test]
fn repairing_a_folder_that_is_not_there_creates_nothing() {
    let dir = Home::new();
    let mistyped = dir.path().join("typo");
    assert!(matches!(repair(&mistyped), Err(StoreError::Unreadable { .. })));
    assert!(!mistyped.exists());
}

#[test]
fn what_root_repairs_belongs_to_the_owner_of_the_folder() {
    use std::os::unix::fs::{MetadataExt, chown};
    let dir = three_devices();
    if chown(dir.path(), Some(65534), Some(65534)).is_err() {
        // Only root can give files away, and only root has to.
        return;
    }
    fs::write(dir.path().join("allow-list/db"), b"rubbish").unwrap();
    repair(dir.path()).unwrap();
    for path in snapshot(dir.path()).keys() {
        assert_eq!(fs::metadata(path).unwrap().uid(), 65534, "{}", path.display());
    }
}

#[test]
fn with_both_copies_damaged_nothing_is_made_up() {
    let dir = three_devices();
    fs::write(dir.path().join("allow-list/db"), b"rubbish").unwrap();
    fs::write(witness::path(dir.path()), b"rubbish").unwrap();
    let before = snapshot(dir.path());
    let error = repair(dir.path()).unwrap_err();
    assert!(error.to_string().contains("no good copy is left"), "{error}");
    assert_eq!(snapshot(dir.path()), before);
}

#[test]
fn a_list_that_is_gone_is_not_taken_for_a_first_start() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("trust");
    let (mut ledger, _) = Ledger::open(&dir).unwrap();
    ledger.commit(&with_devices([1])).unwrap();
    drop(ledger);

    fs::remove_dir_all(dir.join("allow-list")).unwrap();
    fs::remove_file(witness::path(&dir)).unwrap();
    let error = refused(&dir);
    let mark = home.path().join("trust.initialised");
    assert!(error.to_string().contains(mark.to_str().unwrap()), "{error}");
    assert!(matches!(repair(&dir), Err(StoreError::Gone { .. })));

    fs::remove_dir_all(&dir).unwrap();
    assert!(matches!(Ledger::open(&dir).map(|_| ()), Err(StoreError::Gone { .. })), "with its folder too");

    fs::remove_file(mark).unwrap();
    assert_eq!(reopened(&dir), State::default(), "the owner wants to begin anew");
}

#[test]
fn a_list_from_before_there_was_a_mark_is_marked() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("trust");
    drop(Ledger::open(&dir).unwrap());
    let mark = home.path().join("trust.initialised");
    fs::remove_file(&mark).unwrap();
    drop(Ledger::open(&dir).unwrap());
    assert!(mark.exists());
}

#[test]
fn a_pipe_in_place_of_any_file_does_not_keep_the_host_waiting() {
    use nix::sys::stat::Mode;
    for file in ["allow-list.json", "allow-list/db", "lock"] {
        let dir = three_devices();
        let path = dir.path().join(file);
        fs::remove_file(&path).unwrap();
        nix::unistd::mkfifo(&path, Mode::S_IRWXU).unwrap();
        let error = Ledger::open(dir.path()).map(|_| ()).unwrap_err();
        assert!(matches!(error, StoreError::Unreadable { .. }), "{file}: {error}");
    }
}
