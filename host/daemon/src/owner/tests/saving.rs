//! What a full disk and a reset leave standing, and how seldom is written.

use std::time::Duration;

use super::super::account::{EndError, From, TryError};
use super::super::record::OwnerEvent;
use super::super::token::TokenScope;
use super::{ADMIN, Bench, browser, source};

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
