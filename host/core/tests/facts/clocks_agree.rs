use punktfunk_core::clock::*;
use punktfunk_core::wire::Control;

use crate::pair::{Dice, EPOCH, MS};

/// Runs the rounds against a host whose clock is ahead by `ahead` ns, over a path that is uneven by chance.
fn rounds(ahead: i64, seed: u64) -> (ClockSync, usize) {
    let mut dice = Dice(seed);
    let mut sync = ClockSync::new();
    let (mut now, mut sent) = (0, 0);
    while !sync.is_done() {
        let Some(Control::ClockProbe { t1 }) = sync.poll(now, EPOCH + now) else { panic!("a round is due") };
        sent += 1;
        now += MS + dice.below(20 * MS);
        let received = (EPOCH + now).saturating_add_signed(ahead);
        now += 20_000;
        let answered = (EPOCH + now).saturating_add_signed(ahead);
        let Control::ClockEcho { t1, t2, t3 } = ClockHost::<()>::answer(t1, received, answered) else {
            panic!("an echo")
        };
        now += MS + dice.below(20 * MS);
        assert!(sync.on_echo((t1, t2, t3), EPOCH + now));
    }
    (sync, sent)
}

#[test]
fn eight_rounds_find_the_offset_to_within_half_the_best_round_trip() {
    for ahead in [0, 3_600_000_000_000, -7_000_000, 1] {
        for seed in 0..20 {
            let (sync, sent) = rounds(ahead, seed);
            assert_eq!(sent, 8);
            let estimate = sync.estimate().unwrap();
            let error = estimate.offset_ns.abs_diff(ahead);
            assert!(error <= estimate.round_trip_ns / 2 + 1, "{error} for {estimate:?}");
            let host_now = EPOCH.saturating_add_signed(ahead);
            assert!(estimate.to_client(host_now).abs_diff(EPOCH) == error);
            assert!(estimate.to_host(EPOCH).abs_diff(host_now) == error);
        }
    }
}

#[test]
fn a_silent_host_ends_the_rounds_after_two_seconds() {
    let mut sync = ClockSync::new();
    assert!(sync.poll(0, EPOCH).is_some());
    assert_eq!(sync.wake_at(), Some(2_000 * MS));
    assert_eq!(sync.poll(1_999 * MS, EPOCH), None);
    assert!(!sync.is_done());
    assert_eq!(sync.poll(2_000 * MS, EPOCH), None);
    assert!(sync.is_done());
    assert_eq!(sync.estimate(), None);
}

#[test]
fn an_echo_that_was_not_asked_for_is_not_taken() {
    let mut sync = ClockSync::new();
    assert!(!sync.on_echo((1, 2, 3), 4));
    sync.poll(0, EPOCH);
    assert!(!sync.on_echo((EPOCH + 1, 0, 0), EPOCH));
    assert!(sync.on_echo((EPOCH, u64::MAX, 0), EPOCH), "nonsense is an answer, but says nothing");
    assert!(sync.estimate().is_none_or(|estimate| estimate.offset_ns != 0));
}

#[test]
fn a_clock_that_is_set_back_within_a_round_says_nothing() {
    let mut sync = ClockSync::with_rounds(1);
    sync.poll(0, EPOCH);
    assert!(sync.on_echo((EPOCH, EPOCH, EPOCH + 1), EPOCH - 1));
    assert_eq!(sync.estimate(), None);
    assert!(sync.is_done());
}

#[test]
fn a_host_holds_everything_back_until_the_punch() {
    let mut host = ClockHost::new();
    assert_eq!(host.offer("a"), None);
    assert_eq!(host.offer("b"), None);
    assert_eq!(host.open(), ["a", "b"]);
    assert_eq!(host.offer("c"), Some("c"));
    assert!(host.open().is_empty());
}

#[test]
fn a_host_holds_back_no_more_than_its_bound() {
    let mut host = ClockHost::new();
    for i in 0..1000 {
        assert_eq!(host.offer(i), None);
    }
    assert_eq!(host.open(), (0..ClockHost::<usize>::MAX_HELD).collect::<Vec<_>>());
}
