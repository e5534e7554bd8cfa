//! The account, fact by fact, on a made-up clock and a disk in memory.

mod claiming;
mod record;
mod saving;
mod sessions;
mod tokens;
mod tries;

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use punktfunk_trust::{Actor, Now, Randomness, SystemRandomness, UnixSeconds};

use super::account::{Account, Entered, From, Keeper, TryError};
use super::password::{Checked, PasswordHash};
use super::record::{OwnerEvent, OwnerHappening};
use super::secret::Secret;
use super::session::Browser;

const RIGHT: &str = "grüne Wolken ziehen";
const ADMIN: Actor = Actor::Local { uid: 0 };

/// Hashing is slow; one hash serves all tests.
pub(super) static HASH: LazyLock<PasswordHash> =
    LazyLock::new(|| PasswordHash::of(RIGHT, &mut SystemRandomness::default()).unwrap());

/// Different numbers each time, the same in every run.
#[derive(Default)]
pub(super) struct Counting(u64);

impl Counting {
    /// As a machine that was started once more has other randomness.
    pub(super) fn starting_at(start: u64) -> Self {
        Self(start.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
}

impl Randomness for Counting {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

/// A disk in memory.
#[derive(Clone, Default)]
pub(super) struct Disk(Arc<Mutex<Contents>>);

#[derive(Default)]
struct Contents {
    text: Option<Vec<u8>>,
    is_full: bool,
    writes: usize,
}

impl Disk {
    pub(super) fn fill(&self, is_full: bool) {
        self.0.lock().unwrap().is_full = is_full;
    }

    fn writes(&self) -> usize {
        self.0.lock().unwrap().writes
    }

    pub(super) fn text(&self) -> Option<Vec<u8>> {
        self.0.lock().unwrap().text.clone()
    }
}

impl Keeper for Disk {
    fn save(&mut self, text: &[u8]) -> io::Result<()> {
        let mut contents = self.0.lock().unwrap();
        if contents.is_full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        contents.text = Some(text.to_vec());
        contents.writes += 1;
        Ok(())
    }
}

struct Bench {
    account: Account,
    disk: Disk,
    now: Now,
}

impl Bench {
    fn unclaimed() -> Self {
        let (disk, now) = (Disk::default(), at(0, 1_700_000_000));
        let account = Account::open(None, Box::new(disk.clone()), Box::<Counting>::default(), now).unwrap();
        Self { account, disk, now }
    }

    fn claimed() -> (Self, Entered) {
        let mut bench = Self::unclaimed();
        let code = bench.account.claim_code().unwrap().to_string();
        let claiming = bench.account.present_code(bench.now, &code, source(1)).unwrap();
        let entered = bench.account.claim(bench.now, &claiming, HASH.clone(), browser(1)).unwrap();
        (bench, entered)
    }

    fn later(&mut self, by: Duration) {
        self.now = self.now.later(by);
    }

    /// The machine is switched off, and starts again with its clock at `wall`.
    fn restart(&mut self, wall: UnixSeconds) {
        self.now = Now { monotonic: Duration::ZERO, wall };
        let kept = self.disk.text();
        let random = Box::new(Counting::starting_at(self.disk.writes() as u64));
        self.account = Account::open(kept.as_deref(), Box::new(self.disk.clone()), random, self.now).unwrap();
    }

    fn attempt(&mut self, from: From<'_>, is_right: bool) -> Result<Checked, TryError> {
        let attempt = self.account.attempt(self.now, from)?;
        Ok(Checked { is_right, attempt })
    }

    fn sign_in(&mut self, from: From<'_>, is_right: bool) -> Result<Entered, TryError> {
        let checked = self.attempt(from, is_right)?;
        self.account.sign_in(self.now, &checked, browser(1), None)
    }

    fn stranger(&mut self, number: u8, is_right: bool) -> Result<Entered, TryError> {
        self.sign_in(From::Outside { source: source(number), known: None }, is_right)
    }

    fn is_signed_in(&mut self, cookie: &Secret) -> bool {
        self.account.session(self.now, cookie.reveal(), source(1)).is_some()
    }

    fn events(&mut self) -> Vec<OwnerEvent> {
        std::iter::from_fn(|| self.account.poll_event()).collect()
    }

    fn happenings(&self) -> Vec<OwnerHappening> {
        self.account.record().iter().map(|entry| entry.what).collect()
    }
}

pub(super) fn at(seconds: u64, wall: u64) -> Now {
    Now { monotonic: Duration::from_secs(seconds), wall: UnixSeconds(wall) }
}

pub(super) fn source(number: u8) -> IpAddr {
    Ipv4Addr::new(192, 0, 2, number).into()
}

pub(super) fn browser(number: u8) -> Browser {
    Browser { label: "Firefox on Linux".to_owned(), source: source(number) }
}

#[track_caller]
fn waits<T: std::fmt::Debug>(result: Result<T, TryError>) -> Duration {
    match result {
        Err(TryError::SlowDown(slow_down)) => slow_down.wait,
        other => panic!("{other:?}"),
    }
}
