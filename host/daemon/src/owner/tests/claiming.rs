//! Who becomes the owner.

use std::time::Duration;

use super::super::account::ClaimError;
use super::super::record::{OwnerEvent, OwnerHappening};
use super::{Bench, HASH, browser, source};

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
