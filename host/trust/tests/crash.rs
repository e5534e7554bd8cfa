//! A host that is killed while it writes.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use punktfunk_trust::{Actor, Admission, Approve, DeviceId, Knock, Now, Trust, TrustSettings, UnixSeconds};

const DIR: &str = "PUNKTFUNK_CRASH_DIR";
const FROM: &str = "PUNKTFUNK_CRASH_FROM";
const NOW: Now = Now { monotonic: Duration::ZERO, wall: UnixSeconds(1_700_000_000) };

/// The device that step `step` is about: it is let in when it is not trusted, and revoked when it is.
fn subject(step: u64) -> DeviceId {
    DeviceId::from_bytes([u8::try_from(step * 7 % 23).unwrap(); 32])
}

fn toggle(trusted: &mut BTreeSet<DeviceId>, step: u64) {
    if !trusted.remove(&subject(step)) {
        trusted.insert(subject(step));
    }
}

/// A folder in memory where there is one: what a killed process has written survives there too, and it is quick.
fn in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn listed(dir: &Path) -> BTreeSet<DeviceId> {
    let trust = Trust::open(dir, TrustSettings::default(), NOW).unwrap();
    trust.devices().into_iter().map(|device| device.id).collect()
}

/// What the killed process runs.
#[test]
#[ignore = "the other half of `a_host_killed_at_any_moment_loses_nothing_that_it_confirmed`"]
fn writer() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let from: u64 = std::env::var(FROM).unwrap().parse().unwrap();
    let mut trust = Trust::open(Path::new(&dir), TrustSettings::default(), NOW).unwrap();
    for step in from.. {
        let id = subject(step);
        if trust.grant_of(&id).is_some() {
            let revoked = trust.revoke(NOW, &id, Actor::Policy).unwrap();
            assert!(revoked.unsaved.is_none());
        } else {
            let knock = Knock { device: Some(id), name: "", source: IpAddr::V4(Ipv4Addr::LOCALHOST) };
            let Admission::Wait(ticket) = trust.knock(NOW, knock) else { panic!("it has to ask") };
            let order = Approve {
                id: ticket.pending,
                fingerprint: id,
                revision: None,
                name: None,
                grant: None,
                by: Actor::Policy,
            };
            trust.approve(NOW, &order).unwrap();
        }
        let mut out = std::io::stdout().lock();
        // On a line of its own: with one processor the harness has begun one with the name of the test.
        writeln!(out, "\nconfirmed {step}").unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn a_host_killed_at_any_moment_loses_nothing_that_it_confirmed() {
    let home = in_memory();
    let dir = home.path().join("trust");
    let mut trusted = BTreeSet::new();
    let mut step = 0;
    for round in 0..25_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writer", "--ignored", "--nocapture"])
            .env(DIR, &dir)
            .env(FROM, step.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut confirmed = |step: &mut u64, trusted: &mut BTreeSet<DeviceId>| -> bool {
            for line in lines.by_ref().map_while(Result::ok) {
                if let Some(number) = line.strip_prefix("confirmed ") {
                    assert_eq!(number.parse(), Ok(*step), "steps are confirmed in order");
                    toggle(trusted, *step);
                    *step += 1;
                    return true;
                }
            }
            false
        };
        for _ in 0..1 + round % 5 {
            assert!(confirmed(&mut step, &mut trusted), "the writer writes");
        }
        // Some way into the next change; a different way every round.
        std::thread::sleep(Duration::from_micros(round * 137));
        child.kill().unwrap();
        child.wait().unwrap();
        while confirmed(&mut step, &mut trusted) {}

        let found = listed(&dir);
        if found != trusted {
            // The last change was done, and the process died before it could say so.
            toggle(&mut trusted, step);
            step += 1;
        }
        assert_eq!(found, trusted, "round {round}, step {step}");
    }
    assert!(step > 50);
}
