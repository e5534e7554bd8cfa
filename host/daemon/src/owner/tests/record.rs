//! What is recorded.

use super::super::delay::LONGEST_TOGETHER;
use super::super::record::OwnerHappening;
use super::{Bench, source};

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
