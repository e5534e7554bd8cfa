//! The account, fact by fact, on a made-up clock and a disk in memory.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use punktfunk_trust::{Actor, Now, Randomness, SystemRandomness, UnixSeconds};

use super::account::{Account, ClaimError, EndError, Entered, From, Keeper, LimitError, TryError};
use super::delay::{LONGEST, LONGEST_TOGETHER};
use super::password::{Checked, PasswordHash};
use super::record::{OwnerEvent, OwnerHappening};
use super::secret::Secret;
use super::session::{ABSOLUTE, Browser, IDLE, SESSIONS};
use super::state::ShortId;
use super::token::{TOKENS, TokenScope};

const REAUTH: Duration = Duration::from_secs(300);
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

#[test]
fn a_box_is_claimed_once_with_its_code() {
    let mut bench = Bench::unclaimed();
    let code = bench.account.claim_code().unwrap().to_string();
    let first = bench.account.present_code(bench.now, &code, source(1)).unwrap();
    let second = bench.account.present_code(bench.now, &code, source(2)).unwrap();
    let entered = bench.account.claim(bench.now, &first, HASH.clone(), browser(1)).unwrap();
    // both had read the code; the second was slower
    let late = bench.account.claim(bench.now, &second, HASH.clone(), browser(2));
    assert!(matches!(late, Err(ClaimError::AlreadyClaimed)), "{late:?}");
    assert!(bench.account.is_claimed() && bench.account.claim_code().is_none());
    assert!(bench.is_signed_in(&entered.cookie));
    let again = bench.account.present_code(bench.now, &code, source(1));
    assert!(matches!(again, Err(ClaimError::AlreadyClaimed)), "{again:?}");
    assert_eq!(bench.events(), [OwnerEvent::Claimed, OwnerEvent::SignedIn { session: entered.session }]);
}

#[test]
fn wrong_codes_cost_time_and_leave_a_trace() {
    let mut bench = Bench::unclaimed();
    let code = bench.account.claim_code().unwrap().to_string();
    let wrong = bench.account.present_code(bench.now, "AAAA-AAAA", source(1));
    assert!(
        matches!(wrong, Err(ClaimError::WrongCode { wait }) if wait == Duration::from_secs(1)),
        "{wrong:?}"
    );
    let too_soon = bench.account.present_code(bench.now, &code, source(1));
    assert!(matches!(too_soon, Err(ClaimError::SlowDown(_))), "{too_soon:?}");
    bench.account.present_code(bench.now, &code, source(2)).expect("somebody else waits for nobody");
    bench.later(Duration::from_secs(1));
    bench.account.present_code(bench.now, &code, source(1)).unwrap();
    assert_eq!(bench.happenings(), [OwnerHappening::WrongCode]);
}

#[test]
fn nobody_is_kept_from_claiming_by_the_wrong_codes_of_others() {
    let mut bench = Bench::unclaimed();
    let code = bench.account.claim_code().unwrap().to_string();
    for number in 2..=255 {
        let wrong = bench.account.present_code(bench.now, "AAAA-AAAA", source(number));
        assert!(matches!(wrong, Err(ClaimError::WrongCode { .. })), "{wrong:?}");
    }
    bench.account.present_code(bench.now, &code, source(1)).unwrap();
}

#[test]
fn a_claim_that_cannot_be_saved_claims_nothing() {
    let mut bench = Bench::unclaimed();
    let code = bench.account.claim_code().unwrap().to_string();
    let claiming = bench.account.present_code(bench.now, &code, source(1)).unwrap();
    bench.disk.fill(true);
    let refused = bench.account.claim(bench.now, &claiming, HASH.clone(), browser(1));
    assert!(matches!(refused, Err(ClaimError::Unsaved(_))), "{refused:?}");
    assert_eq!(bench.account.claim_code().unwrap().to_string(), code);
    assert!(bench.account.sessions(bench.now).is_empty() && bench.events().is_empty());
    bench.disk.fill(false);
    bench.account.claim(bench.now, &claiming, HASH.clone(), browser(1)).unwrap();
}

#[test]
fn each_wrong_password_makes_its_source_wait_longer_and_nobody_else() {
    let (mut bench, _) = Bench::claimed();
    let mut waited = Vec::new();
    for _ in 0..6 {
        let wrong = bench.stranger(7, false);
        let Err(TryError::Wrong { wait }) = wrong else { panic!("{wrong:?}") };
        assert_eq!(waits(bench.stranger(7, true)), wait, "a right one waits as well");
        waited.push(wait.as_secs());
        bench.later(wait);
    }
    assert_eq!(waited, [1, 2, 4, 8, 16, 32]);
    bench.stranger(8, true).expect("somebody else");
    bench.stranger(7, true).expect("after the wait");
    let wrong = bench.stranger(7, false);
    assert!(
        matches!(wrong, Err(TryError::Wrong { wait }) if wait.as_secs() == 1),
        "a right one starts afresh"
    );
}

#[test]
fn a_device_of_the_same_ipv6_prefix_does_not_make_the_owner_wait() {
    let (mut bench, _) = Bench::claimed();
    let from = |address: &str| From::Outside { source: address.parse().unwrap(), known: None };
    for _ in 0..3 {
        assert!(bench.sign_in(from("2001:db8:1:2::5"), false).is_err());
    }
    waits(bench.sign_in(from("2001:db8:1:2::5"), true));
    bench.sign_in(from("2001:db8:1:2:aaaa::9"), true).expect("the owner's phone");
}

#[test]
fn a_browser_that_signed_in_before_is_delayed_by_nobody() {
    let (mut bench, owner) = Bench::claimed();
    let known = owner.known.unwrap();
    for number in 2..=255 {
        bench.later(LONGEST_TOGETHER);
        let wrong = bench.stranger(number, false);
        assert!(matches!(wrong, Err(TryError::Wrong { .. })), "{wrong:?}");
    }
    assert_eq!(waits(bench.stranger(255, true)), LONGEST_TOGETHER);
    let from = From::Outside { source: source(1), known: Some(known.reveal()) };
    let entered = bench.sign_in(from, true).expect("the owner comes in in the middle of an attack");
    assert!(entered.known.is_none(), "it keeps its mark");
    let inside = From::Inside { source: source(1), session: entered.session };
    bench.attempt(inside, true).expect("and proves the password");

    // his own mistakes are his own, and theirs alone
    let wrong = bench.sign_in(from, false);
    assert!(matches!(wrong, Err(TryError::Wrong { .. })), "{wrong:?}");
    assert_eq!(waits(bench.sign_in(from, true)), Duration::from_secs(1));
    let made_up = From::Outside { source: source(255), known: Some("0000") };
    assert_eq!(waits(bench.sign_in(made_up, true)), LONGEST_TOGETHER, "a made-up mark is none");
}

#[test]
fn neither_a_restart_nor_a_clock_set_back_resets_a_delay_or_locks_for_ever() {
    let (mut bench, _) = Bench::claimed();
    for _ in 0..5 {
        bench.later(LONGEST);
        let wrong = bench.stranger(7, false);
        assert!(matches!(wrong, Err(TryError::Wrong { .. })), "{wrong:?}");
    }
    for wall in [1_700_100_000, 0, u64::MAX / 2] {
        bench.restart(UnixSeconds(wall));
        assert_eq!(waits(bench.stranger(7, true)).as_secs(), 16, "at {wall}");
    }
    bench.later(Duration::from_secs(16));
    bench.stranger(7, true).unwrap();
}

#[test]
fn a_try_costs_before_it_is_answered() {
    let (mut bench, _) = Bench::claimed();
    // whoever hangs up, or asks many times at once, has tried
    drop(bench.attempt(From::Outside { source: source(7), known: None }, true).unwrap());
    assert_eq!(waits(bench.stranger(7, true)), Duration::from_secs(1));
    bench.restart(bench.now.wall);
    assert_eq!(waits(bench.stranger(7, true)), Duration::from_secs(1));
}

#[test]
fn a_try_that_began_before_the_password_changed_does_not_count_after() {
    let (mut bench, owner) = Bench::claimed();
    let old = bench.attempt(From::Outside { source: source(7), known: None }, true).unwrap();
    let change = bench.attempt(From::Inside { source: source(1), session: owner.session }, true).unwrap();
    bench.account.change_password(bench.now, &change, HASH.clone(), browser(1)).unwrap();
    let late = bench.account.sign_in(bench.now, &old, browser(7), None);
    assert!(matches!(late, Err(TryError::Wrong { .. })), "{late:?}");
}

#[test]
fn a_changed_password_ends_every_other_session_and_they_stay_ended() {
    let (mut bench, owner) = Bench::claimed();
    let other = bench.stranger(2, true).unwrap();
    bench.events();
    let change = bench.attempt(From::Inside { source: source(1), session: owner.session }, true).unwrap();
    let fresh = bench.account.change_password(bench.now, &change, HASH.clone(), browser(1)).unwrap();
    for _ in 0..2 {
        assert!(bench.is_signed_in(&fresh.cookie));
        assert!(!bench.is_signed_in(&owner.cookie) && !bench.is_signed_in(&other.cookie));
        bench.restart(bench.now.wall);
    }
    let (mut bench, owner) = Bench::claimed();
    let other = bench.stranger(2, true).unwrap();
    let wrong = bench.attempt(From::Inside { source: source(1), session: owner.session }, false).unwrap();
    let refused = bench.account.change_password(bench.now, &wrong, HASH.clone(), browser(1));
    assert!(matches!(refused, Err(TryError::Wrong { .. })), "{refused:?}");
    assert!(bench.is_signed_in(&owner.cookie) && bench.is_signed_in(&other.cookie));
}

#[test]
fn a_proof_holds_for_its_time_and_over_a_restart_unless_the_clock_is_behind() {
    let (mut bench, owner) = Bench::claimed();
    let left = |bench: &mut Bench| bench.account.proven_for(bench.now, owner.session, REAUTH).as_secs();
    assert_eq!(left(&mut bench), 300);
    bench.later(Duration::from_secs(100));
    assert_eq!(left(&mut bench), 200);
    bench.restart(bench.now.wall);
    assert_eq!(left(&mut bench), 200);
    bench.later(Duration::from_secs(200));
    assert_eq!(left(&mut bench), 0);
    let proof = bench.attempt(From::Inside { source: source(1), session: owner.session }, true).unwrap();
    bench.account.prove(bench.now, &proof, owner.session).unwrap();
    assert_eq!(left(&mut bench), 300);
    bench.restart(UnixSeconds(0));
    assert_eq!(left(&mut bench), 0, "who knows how long the box was off");
    assert!(bench.is_signed_in(&owner.cookie));
}

#[test]
fn a_session_ends_when_it_is_idle_and_after_its_longest_time() {
    let (mut bench, owner) = Bench::claimed();
    for _ in 0..5 {
        bench.later(IDLE - Duration::from_secs(1));
        assert!(bench.is_signed_in(&owner.cookie), "seen in time");
    }
    bench.later(IDLE);
    assert!(!bench.is_signed_in(&owner.cookie));
    bench.account.tick(bench.now);
    assert!(bench.events().contains(&OwnerEvent::SessionEnded { session: owner.session }));

    let entered = bench.stranger(1, true).unwrap();
    for _ in 0..ABSOLUTE.as_secs() / (24 * 3600) {
        assert!(bench.is_signed_in(&entered.cookie));
        bench.later(Duration::from_secs(24 * 3600));
    }
    assert!(!bench.is_signed_in(&entered.cookie), "however busy it was");
}

#[test]
fn a_clock_that_is_set_back_prolongs_no_session() {
    let (mut bench, owner) = Bench::claimed();
    bench.later(IDLE / 2);
    bench.account.tick(bench.now);
    bench.now.wall = UnixSeconds(5);
    bench.later(IDLE);
    assert!(!bench.is_signed_in(&owner.cookie));
}

#[test]
fn a_clock_that_was_far_ahead_is_forgotten_when_the_owner_says_so() {
    let (mut bench, owner) = Bench::claimed();
    let today = bench.now.wall;
    bench.now.wall = UnixSeconds(today.0 * 2);
    bench.account.tick(bench.now);
    let ahead = bench.stranger(1, true).unwrap();
    assert!(!bench.is_signed_in(&owner.cookie), "decades have passed, as far as anybody can tell");
    bench.now.wall = today;
    assert!(bench.account.proven_for(bench.now, ahead.session, REAUTH) > Duration::ZERO);
    bench.account.accept_clock(bench.now).unwrap();
    assert_eq!(bench.account.sessions(bench.now)[0].created_at, today);
    assert!(!bench.is_signed_in(&owner.cookie), "what was over stays over");
    assert_eq!(bench.account.proven_for(bench.now, ahead.session, REAUTH), REAUTH, "a proof of just now");
    bench.later(REAUTH);
    assert_eq!(bench.account.proven_for(bench.now, ahead.session, REAUTH), Duration::ZERO);
    bench.later(IDLE);
    assert!(!bench.is_signed_in(&ahead.cookie), "time goes on from today");
}

#[test]
fn sessions_are_bounded_and_the_stalest_goes() {
    let (mut bench, owner) = Bench::claimed();
    let mut entered = Vec::new();
    for _ in 0..SESSIONS {
        bench.later(Duration::from_secs(60));
        entered.push(bench.stranger(1, true).unwrap());
    }
    assert_eq!(bench.account.sessions(bench.now).len(), SESSIONS);
    assert!(!bench.is_signed_in(&owner.cookie));
    assert!(entered.iter().all(|one| bench.account.has_session(bench.now, one.session)));
    assert!(bench.events().contains(&OwnerEvent::SessionEnded { session: owner.session }), "and is told");
}

#[test]
fn signing_in_again_ends_the_session_that_the_browser_had() {
    let (mut bench, owner) = Bench::claimed();
    let checked = bench.attempt(From::Outside { source: source(1), known: None }, true).unwrap();
    let again = bench.account.sign_in(bench.now, &checked, browser(1), Some(owner.session)).unwrap();
    assert!(bench.is_signed_in(&again.cookie) && !bench.is_signed_in(&owner.cookie));
    assert_ne!(again.cookie, owner.cookie);
}

#[test]
fn what_closes_a_way_in_holds_although_it_cannot_be_saved_and_is_saved_later() {
    let (mut bench, owner) = Bench::claimed();
    let other = bench.stranger(2, true).unwrap();
    let (token, secret) = bench.account.make_token(bench.now, "script", TokenScope::All, ADMIN).unwrap();
    bench.disk.fill(true);
    let refused = bench.account.revoke_session(bench.now, other.session, ADMIN);
    assert!(matches!(refused, Err(EndError::Unsaved(_))), "{refused:?}");
    let refused = bench.account.revoke_token(bench.now, token.id, ADMIN);
    assert!(matches!(refused, Err(EndError::Unsaved(_))), "{refused:?}");
    assert!(!bench.is_signed_in(&other.cookie));
    assert!(bench.account.token(bench.now, secret.reveal()).is_none());
    bench.disk.fill(false);
    bench.account.tick(bench.now);
    bench.restart(bench.now.wall);
    assert!(!bench.is_signed_in(&other.cookie) && bench.is_signed_in(&owner.cookie));
    assert!(bench.account.token(bench.now, secret.reveal()).is_none());
}

#[test]
fn a_sign_in_that_cannot_be_saved_signs_nobody_in() {
    let (mut bench, _) = Bench::claimed();
    let checked = bench.attempt(From::Outside { source: source(2), known: None }, true).unwrap();
    bench.disk.fill(true);
    let refused = bench.account.sign_in(bench.now, &checked, browser(2), None);
    assert!(matches!(refused, Err(TryError::Unsaved(_))), "{refused:?}");
    assert_eq!(bench.account.sessions(bench.now).len(), 1);
    bench.disk.fill(false);
    bench.stranger(2, true).expect("a right password costs nothing, also when the disk is full");
}

#[test]
fn a_reset_that_cannot_be_saved_closes_every_way_in_and_says_that_the_password_stays() {
    let (mut bench, owner) = Bench::claimed();
    let (token, secret) = bench.account.make_token(bench.now, "script", TokenScope::All, ADMIN).unwrap();
    let begun = bench.attempt(From::Outside { source: source(7), known: None }, true).unwrap();
    bench.events();
    bench.disk.fill(true);
    let refused = bench.account.reset(bench.now, ADMIN).unwrap_err();
    assert!(refused.to_string().contains("the password still holds"), "{refused}");
    assert!(bench.account.is_claimed() && !bench.is_signed_in(&owner.cookie));
    assert!(bench.account.token(bench.now, secret.reveal()).is_none());
    assert_eq!(
        bench.events(),
        [OwnerEvent::SessionEnded { session: owner.session }, OwnerEvent::TokenRevoked { token: token.id }]
    );
    bench.disk.fill(false);
    let late = bench.account.sign_in(bench.now, &begun, browser(7), None);
    assert!(matches!(late, Err(TryError::Wrong { .. })), "a try from before does not count: {late:?}");
    bench.account.tick(bench.now);
    bench.restart(bench.now.wall);
    assert!(!bench.is_signed_in(&owner.cookie), "saved when there was room again");
    bench.account.reset(bench.now, ADMIN).unwrap();
    assert!(!bench.account.is_claimed());
}

#[test]
fn a_reset_at_the_box_leaves_no_way_in_but_the_new_code() {
    let (mut bench, owner) = Bench::claimed();
    let (_, secret) = bench.account.make_token(bench.now, "script", TokenScope::All, ADMIN).unwrap();
    let _ = bench.stranger(7, false);
    bench.events();
    let code = bench.account.reset(bench.now, ADMIN).unwrap();
    assert_eq!(bench.events(), [OwnerEvent::SessionEnded { session: owner.session }, OwnerEvent::Reset]);
    for _ in 0..2 {
        assert!(!bench.account.is_claimed() && !bench.is_signed_in(&owner.cookie));
        assert!(bench.account.token(bench.now, secret.reveal()).is_none());
        assert!(matches!(bench.stranger(1, true), Err(TryError::Unclaimed)));
        assert_eq!(bench.account.claim_code(), Some(&code));
        bench.restart(bench.now.wall);
    }
    bench
        .account
        .present_code(bench.now, &code.to_string(), source(7))
        .expect("whoever is at the box waits no more");
}

#[test]
fn a_token_is_found_by_its_text_alone_and_kept_as_a_digest() {
    let (mut bench, _) = Bench::claimed();
    let name = "Home\u{202e} dashboard\n";
    let (info, secret) = bench.account.make_token(bench.now, name, TokenScope::Read, ADMIN).unwrap();
    assert_eq!(info.name, "Home dashboard");
    assert!(secret.reveal().starts_with("pf_"));
    let (id, scope) = bench.account.token(bench.now, secret.reveal()).unwrap();
    assert_eq!((id, scope), (info.id, TokenScope::Read));
    for wrong in ["", "pf_", &secret.reveal()[3..], &secret.reveal().to_uppercase()] {
        assert!(bench.account.token(bench.now, wrong).is_none(), "{wrong}");
    }
    bench.later(Duration::from_secs(700));
    bench.account.tick(bench.now);
    let kept = String::from_utf8(bench.disk.text().unwrap()).unwrap();
    assert!(!kept.contains(secret.reveal()) && !kept.contains(&secret.reveal()[3..]));
    bench.restart(bench.now.wall);
    assert!(bench.account.tokens()[0].last_used.is_some());
}

#[test]
fn tokens_are_bounded_and_belong_to_an_owner() {
    let (mut bench, _) = Bench::claimed();
    let mut make = |name: &str| bench.account.make_token(bench.now, name, TokenScope::Read, ADMIN);
    assert!(matches!(make("\u{200b}\n"), Err(LimitError::Name)));
    for _ in 0..TOKENS {
        make("x").unwrap();
    }
    assert!(matches!(make("x"), Err(LimitError::Full)));
    let mut bench = Bench::unclaimed();
    let early = bench.account.make_token(bench.now, "x", TokenScope::Read, ADMIN);
    assert!(matches!(early, Err(LimitError::Unclaimed)));
}

#[test]
fn looking_around_does_not_wear_the_disk_out() {
    let (mut bench, owner) = Bench::claimed();
    let before = bench.disk.writes();
    for _ in 0..3600 {
        bench.later(Duration::from_secs(1));
        assert!(bench.is_signed_in(&owner.cookie));
        bench.account.tick(bench.now);
    }
    assert!((5..=7).contains(&(bench.disk.writes() - before)), "{}", bench.disk.writes() - before);
}

#[test]
fn what_happened_is_recorded_newest_first_and_a_flood_hides_no_deed() {
    let (mut bench, owner) = Bench::claimed();
    for number in 0..200 {
        bench.later(LONGEST_TOGETHER);
        let _ = bench.stranger(number, false);
    }
    bench.account.sign_out(bench.now, owner.session, source(1)).unwrap();
    bench.account.sign_out(bench.now, owner.session, source(1)).expect("twice is no fault");
    let happenings = bench.happenings();
    assert_eq!(happenings.first(), Some(&OwnerHappening::SignedOut));
    assert_eq!(happenings.last(), Some(&OwnerHappening::Claimed));
    assert_eq!(happenings.len(), 64 + 2);
}

#[test]
fn an_unknown_id_ends_nothing() {
    let (mut bench, owner) = Bench::claimed();
    let unknown = ShortId::new(&mut SystemRandomness::default());
    assert!(matches!(bench.account.revoke_session(bench.now, unknown, ADMIN), Err(EndError::NotFound)));
    assert!(matches!(bench.account.revoke_token(bench.now, unknown, ADMIN), Err(EndError::NotFound)));
    assert!(bench.is_signed_in(&owner.cookie));
}

#[test]
fn nobody_waits_longer_than_a_quarter_of_an_hour() {
    let (mut bench, _) = Bench::claimed();
    for _ in 0..40 {
        bench.later(LONGEST);
        let _ = bench.stranger(7, false);
        assert!(waits(bench.stranger(7, true)) <= LONGEST);
    }
}
