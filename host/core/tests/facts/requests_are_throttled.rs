use punktfunk_core::wire::*;

use crate::pair::{HD, MS};

#[test]
fn one_invalidation_passes_per_tenth_of_a_second() {
    let mut gate = RfiGate::new();
    assert_eq!(gate.request(0, 5, 9), Some(Recover::Invalidate { first: 5, last: 9 }));
    assert_eq!(gate.request(99 * MS, 5, 10), None);
    assert_eq!(gate.request(100 * MS, 5, 10), Some(Recover::Invalidate { first: 5, last: 10 }));
}

#[test]
fn a_wide_or_backward_range_becomes_an_idr() {
    assert_eq!(RfiGate::new().request(0, 0, 255), Some(Recover::Invalidate { first: 0, last: 255 }));
    assert_eq!(RfiGate::new().request(0, 0, 256), Some(Recover::Idr));
    assert_eq!(RfiGate::new().request(0, 10, 9), Some(Recover::Idr));
    let wrapped = Recover::Invalidate { first: u32::MAX, last: 1 };
    assert_eq!(RfiGate::new().request(0, u32::MAX, 1), Some(wrapped));
}

#[test]
fn many_wishes_for_a_key_frame_make_one() {
    let mut gate = IdrGate::new(100 * MS);
    assert!(!gate.take(0));
    (0..10).for_each(|_| gate.request());
    assert!(gate.take(0));
    assert!(!gate.take(16 * MS));
}

#[test]
fn a_wish_soon_after_a_key_frame_is_put_off_and_not_lost() {
    let mut gate = IdrGate::new(100 * MS);
    gate.request();
    assert!(gate.take(0));
    gate.request();
    assert!(!gate.take(50 * MS));
    assert!(gate.take(100 * MS));
}

#[test]
fn the_newest_of_many_mode_changes_is_carried_out() {
    let mode = |width| Mode { width, ..HD };
    let mut gate = ReconfigureGate::new();
    assert_eq!(gate.request(mode(1)), None);
    assert_eq!(gate.poll(0), Some(mode(1)));
    assert_eq!(gate.request(mode(2)), None);
    assert_eq!(gate.poll(100 * MS), None);
    assert_eq!(gate.wake_at(100 * MS), Some(500 * MS));
    assert_eq!(gate.request(mode(3)), Some(mode(2)), "the one before wants a refusal");
    assert_eq!(gate.poll(500 * MS), Some(mode(3)));
    assert_eq!((gate.poll(2_000 * MS), gate.wake_at(2_000 * MS)), (None, None));
}

#[test]
fn a_probe_passes_every_ten_seconds_and_is_clamped() {
    let mut gate = ProbeGate::new();
    assert_eq!(gate.request(0, u32::MAX, u32::MAX), Some((10_000_000, 5_000)));
    assert_eq!(gate.request(9_999 * MS, 1, 1), None);
    assert_eq!(gate.request(10_000 * MS, 1_000, 50), Some((1_000, 50)));
}

#[test]
fn a_throttle_says_when_it_opens() {
    let mut throttle = Throttle::new(10);
    assert_eq!(throttle.opens_at(0), None);
    assert!(throttle.allow(5));
    assert_eq!(throttle.opens_at(6), Some(15));
    assert!(!throttle.allow(14));
    assert!(throttle.allow(15));
}

#[test]
fn an_allowance_is_used_up_and_comes_back_one_by_one() {
    let mut allowance = Allowance::new(3, 500 * MS);
    let passed = |allowance: &mut Allowance, at| (0..10).filter(|_| allowance.allow(at)).count();
    assert_eq!(passed(&mut allowance, 7), 3);
    assert_eq!(allowance.opens_at(8), Some(7 + 500 * MS));
    assert_eq!(passed(&mut allowance, 6 + 500 * MS), 0);
    assert_eq!(passed(&mut allowance, 7 + 500 * MS), 1);
    assert_eq!(passed(&mut allowance, 7 + 1500 * MS), 2);
    assert_eq!(passed(&mut allowance, u64::MAX), 3, "and no more than at the start");
}

#[test]
fn the_codec_is_the_preferred_one_else_the_best_that_is_shared() {
    let all = Codecs::H264 | Codecs::HEVC | Codecs::AV1 | Codecs::PYROWAVE;
    let none = Codecs::empty();
    assert_eq!(choose_codec(all, None, all), Some(Codec::Hevc));
    assert_eq!(choose_codec(all, Some(Codec::PyroWave), all), Some(Codec::PyroWave));
    assert_eq!(choose_codec(all, Some(Codec::PyroWave), Codecs::H264), Some(Codec::H264));
    assert_eq!(choose_codec(Codecs::PYROWAVE, None, all), None);
    assert_eq!(choose_codec(Codecs::AV1 | Codecs::H264, None, all), Some(Codec::Av1));
    assert_eq!(choose_codec(none, None, all), Some(Codec::Hevc), "unset means HEVC alone");
    assert_eq!(choose_codec(none, None, Codecs::H264), None);
    assert_eq!(choose_codec(Codecs::H264, Some(Codec::Av1), all), Some(Codec::H264));
}

#[test]
fn every_close_code_has_a_sentence_and_comes_back_from_its_number() {
    for &code in CloseCode::ALL {
        assert_eq!(CloseCode::from_code(code.code().into()), Some(code));
        assert!(code.sentence().ends_with('.') && !code.sentence().contains('\n'));
    }
    assert_eq!(CloseCode::from_code(0x6c), None);
    assert_eq!(CloseCode::from_code(u64::MAX), None);
}
