//! Disks that take nothing more: a real one (a small tmpfs), and a limit on the size of files.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod namespaces;

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use punktfunk_trust::{
    Actor, Admission, Approve, ApproveError, Device, DeviceError, DeviceId, Knock, Now, StoreError, Trust,
    TrustSettings, UnixSeconds,
};

const DIR: &str = "PUNKTFUNK_FULL_DIR";
const PAGE: u64 = 4096;
const DISK: u64 = 16 * 1024 * 1024;
/// What has to be free for a change to be tried.
const SPARE: u64 = 1024;

fn at(seconds: u64) -> Now {
    Now { monotonic: Duration::from_secs(seconds), wall: UnixSeconds(1_700_000_000 + seconds) }
}

fn device(number: u64) -> DeviceId {
    DeviceId::from_certificate(&number.to_be_bytes())
}

fn open(dir: &Path) -> Trust {
    Trust::open(dir, TrustSettings::default(), at(0)).unwrap()
}

fn approve(trust: &mut Trust, id: DeviceId) -> Result<Device, ApproveError> {
    let knock = Knock { device: Some(id), name: "Phone", source: IpAddr::V4(Ipv4Addr::LOCALHOST) };
    let Admission::Wait(ticket) = trust.knock(at(1), knock) else { panic!("it has to ask") };
    let order = Approve {
        id: ticket.pending,
        fingerprint: id,
        revision: Some(1),
        name: None,
        grant: None,
        by: Actor::Console,
    };
    trust.approve(at(1), &order)
}

fn is_listed(trust: &Trust, id: DeviceId) -> bool {
    trust.devices().iter().any(|device| device.id == id)
}

/// Runs one of the tests below in a process of its own, by way of a shell command.
fn run(command: &str, test: &str, dir: &Path) -> Output {
    Command::new("sh")
        .args(["-c", command, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"])
        .env(DIR, dir)
        .output()
        .unwrap()
}

#[track_caller]
fn succeeded(output: &Output) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{out}\n{err}");
}

#[test]
fn approving_on_a_full_disk_pairs_nothing_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    if !namespaces::are_there(&["-rm", "true"]) {
        // Then the limit on file sizes, below, is the only full disk there is.
        return;
    }
    let mount = format!("mount -t tmpfs -o size={DISK} tmpfs \"${DIR}\" && exec \"$@\"");
    let command = format!("exec unshare -rm sh -c '{mount}' sh \"$@\"");
    succeeded(&run(&command, "on_a_small_disk", dir.path()));
}

#[test]
fn a_database_that_ruins_itself_for_want_of_space_is_told_and_rebuilt() {
    // In memory, if possible: filling the log takes thousands of changes.
    let home = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let dir = home.path().join("trust");
    let mut trust = open(&dir);
    approve(&mut trust, device(0)).unwrap();
    drop(trust);
    let log = fs::metadata(dir.join("allow-list/db")).unwrap().len();
    // The log may grow a little and no further; the small file beside it never comes near the limit.
    let command = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", (2 * log).div_ceil(512));
    succeeded(&run(&command, "below_a_file_size_limit", &dir));
    let names: Vec<_> = open(&dir).devices().iter().map(|device| device.name.to_string()).collect();
    assert_eq!(names, ["Last name", "Last name"]);
}

#[test]
#[ignore = "run by `approving_on_a_full_disk_pairs_nothing_and_says_so`, which mounts the disk"]
fn on_a_small_disk() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let state = Path::new(&dir).join("state");
    let filler = Path::new(&dir).join("filler");
    approve(&mut open(&state), device(0)).unwrap();
    let (mut refused, mut approved) = (0, 0);
    for free_pages in [0, 1, 2, 16, 128, 129, 500, SPARE - 1, SPARE, SPARE + 1, SPARE + 2, SPARE + 130] {
        let id = device(1 + free_pages);
        let mut trust = open(&state);
        fill(&filler, free_pages * PAGE);
        match approve(&mut trust, id) {
            Ok(_) => approved += 1,
            Err(error @ ApproveError::Store(StoreError::Unsaved { .. })) => {
                refused += 1;
                assert!(error.to_string().contains("Free some space"), "{error}");
                assert!(!is_listed(&trust, id), "nothing is paired");
                assert_eq!(trust.pending(at(1)).len(), 1, "it still waits");
                assert!(trust.trouble().is_some(), "the operator is told");
                drop(trust);
                trust = open(&state);
                assert!(!is_listed(&trust, id), "a restart on the full disk pairs nothing either");
                assert!(is_listed(&trust, device(0)), "and loses nothing");
                fs::remove_file(&filler).unwrap();
                approve(&mut trust, id).expect("with space again it works");
            }
            Err(other) => panic!("{other}"),
        }
        let _ = fs::remove_file(&filler);
        drop(trust);
        assert!(is_listed(&open(&state), id), "what was confirmed is there");
    }
    assert!(refused > 0 && approved > 0, "{refused} refused, {approved} approved");

    // The very handle that has failed goes on when there is space again.
    let mut trust = open(&state);
    fill(&filler, 0);
    approve(&mut trust, device(1000)).unwrap_err();
    let revocation = trust.revoke(at(2), &device(0), Actor::Console).unwrap();
    assert!(revocation.unsaved.is_some(), "it could not be saved");
    assert!(trust.grant_of(&device(0)).is_none(), "but it holds");
    fs::remove_file(&filler).unwrap();
    trust.tick(at(100));
    assert_eq!(trust.trouble(), None);
    drop(trust);
    assert!(!is_listed(&open(&state), device(0)), "and was saved later");

    // A disk that has failed is often mounted read-only: the box still knows its devices.
    let remount = Command::new("mount").args(["-o", "remount,ro"]).arg(&dir).status().unwrap();
    assert!(remount.success());
    let mut trust = open(&state);
    assert!(is_listed(&trust, device(1)));
    assert!(matches!(
        approve(&mut trust, device(2000)),
        Err(ApproveError::Store(StoreError::Unsaved { .. }))
    ));
    assert!(!is_listed(&trust, device(2000)));
}

#[test]
#[ignore = "run by `a_database_that_ruins_itself_for_want_of_space_is_told_and_rebuilt`, which sets the limit"]
fn below_a_file_size_limit() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let mut trust = open(Path::new(&dir));
    let rename = |trust: &mut Trust, name: &str| trust.rename(at(2), &device(0), name, Actor::Console);
    let mut last = String::new();
    let error = (0..20_000)
        .find_map(|number| {
            let name = format!("Name {number}");
            let failure = rename(&mut trust, &name).err();
            if failure.is_none() {
                last = name;
            }
            failure
        })
        .expect("the log cannot grow for ever");
    let DeviceError::Store(StoreError::Unsaved { path, .. }) = &error else { panic!("{error}") };
    assert!(path.ends_with("allow-list"), "the database failed: {error}");
    assert_eq!(trust.devices()[0].name.as_str(), last, "and the name is what was confirmed last");
    // Now it makes a new one, which has room below the limit.
    rename(&mut trust, "Last name").unwrap();
    let id = approve(&mut trust, device(1)).unwrap().id;
    trust.rename(at(2), &id, "Last name", Actor::Console).unwrap();
}

/// Leaves `free` bytes on the disk.
fn fill(filler: &Path, free: u64) {
    let _ = fs::remove_file(filler);
    let output =
        Command::new("df").args(["--output=avail", "-B1"]).arg(filler.parent().unwrap()).output().unwrap();
    let available: u64 =
        String::from_utf8(output.stdout).unwrap().lines().last().unwrap().trim().parse().unwrap();
    let size = available.saturating_sub(free);
    fs::write(filler, vec![1; usize::try_from(size).unwrap()]).unwrap();
}
