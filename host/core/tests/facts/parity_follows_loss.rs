use punktfunk_core::video::{AdaptiveFec, video_budget_kbps};

#[test]
fn parity_rises_at_once_with_loss() {
    let mut fec = AdaptiveFec::new(10);
    assert_eq!(fec.on_report(100_000), 15, "10 % of loss ask for 1.4 × 10 + 1");
    assert_eq!(fec.on_report(101_000), 16, "rounded up");
    assert_eq!(fec.on_report(1_000_000), 50, "never above 50");
}

#[test]
fn parity_falls_by_one_per_clean_window() {
    let mut fec = AdaptiveFec::new(10);
    let falling = (0..8).map(|_| fec.on_report(0)).collect::<Vec<_>>();
    assert_eq!(falling, [9, 8, 7, 6, 5, 5, 5, 5]);
}

#[test]
fn lost_frames_add_three_for_up_to_four_windows() {
    let mut fec = AdaptiveFec::new(10);
    fec.on_rfi();
    assert_eq!(fec.percent(), 13);
    let after = (0..5).map(|_| fec.on_report(0)).collect::<Vec<_>>();
    assert_eq!(after, [12, 11, 10, 6, 5]);
}

#[test]
fn a_report_beyond_reason_is_taken_as_everything_lost() {
    assert_eq!(AdaptiveFec::new(10).on_report(u32::MAX), 50);
}

#[test]
fn the_budget_takes_off_audio_then_headers_then_parity() {
    // (20000 − 300) × 1408 / 1472 × 100 / 110
    assert_eq!(video_budget_kbps(20_000, 300, 1408, 10), 17_130);
    assert_eq!(video_budget_kbps(100, 300, 1408, 10), 0);
    assert_eq!(video_budget_kbps(u32::MAX, 0, 9152, 0), 4_265_141_133);
}
