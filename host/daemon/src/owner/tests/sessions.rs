//! How long a browser stays signed in, and what ends that.

use std::time::Duration;

use punktfunk_trust::{SystemRandomness, UnixSeconds};

use super::super::account::{EndError, From, TryError};
use super::super::record::OwnerEvent;
use super::super::session::{ABSOLUTE, IDLE, SESSIONS};
use super::super::state::ShortId;
use super::{ADMIN, Bench, HASH, browser, source};

const REAUTH: Duration = Duration::from_secs(300);

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
fn an_unknown_id_ends_nothing() {
    let (mut bench, owner) = Bench::claimed();
    let unknown = ShortId::new(&mut SystemRandomness::default());
    assert!(matches!(bench.account.revoke_session(bench.now, unknown, ADMIN), Err(EndError::NotFound)));
    assert!(matches!(bench.account.revoke_token(bench.now, unknown, ADMIN), Err(EndError::NotFound)));
    assert!(bench.is_signed_in(&owner.cookie));
}
