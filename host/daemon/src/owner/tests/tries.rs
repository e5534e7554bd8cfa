//! What a try at the password costs, and whom.

use std::time::Duration;

use punktfunk_trust::UnixSeconds;

use super::super::account::{From, TryError};
use super::super::delay::{LONGEST, LONGEST_TOGETHER};
use super::{Bench, HASH, browser, source, waits};

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
fn nobody_waits_longer_than_a_quarter_of_an_hour() {
    let (mut bench, _) = Bench::claimed();
    for _ in 0..40 {
        bench.later(LONGEST);
        let _ = bench.stranger(7, false);
        assert!(waits(bench.stranger(7, true)) <= LONGEST);
    }
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
