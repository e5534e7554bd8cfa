use punktfunk_core::video::*;
use punktfunk_core::wire::Control;

use crate::pair::{MS, Pair, Seen, Weather};

const CALM: Weather = Weather { loss: 0, duplicate: 0, corrupt: 0, delay_ns: MS, jitter_ns: 0 };

#[test]
fn a_burst_beyond_parity_is_asked_about_and_ends_with_an_idr() {
    let mut pair = Pair::new(2, CALM);
    pair.blackout = 20..23;
    pair.stream(60);
    assert_eq!(pair.lost(), [(20, 22)]);
    let asked = pair.asked();
    assert_eq!(asked.len(), 1, "one question is enough: {asked:?}");
    assert_eq!((asked[0].1, asked[0].2), (20, 22));
    let shown = pair.shown();
    let resumed = *shown.iter().find(|&&index| index > 22).unwrap();
    assert_eq!(shown, (0..20).chain(resumed..60).collect::<Vec<_>>());
    assert!(resumed <= 26, "the picture was frozen until frame {resumed}");
    assert!(
        pair.seen
            .iter()
            .any(|(_, seen)| matches!(seen, Seen::Frame { index, key: true, .. } if *index == resumed))
    );
    let decoded = pair.frames();
    assert_eq!(decoded, (0..20).chain(23..60).collect::<Vec<_>>(), "frozen frames are decoded all the same");
}

#[test]
fn the_loss_of_the_very_first_frame_is_noticed() {
    let mut pair = Pair::new(4, CALM);
    pair.blackout = 0..1;
    pair.stream(20);
    assert_eq!(pair.lost(), [(0, 0)]);
    assert_eq!(pair.shown().last(), Some(&19));
}

#[test]
fn a_client_asks_again_every_half_second_until_it_is_heard() {
    let mut pair = Pair::new(6, CALM);
    pair.host_answers = false;
    pair.blackout = 10..11;
    pair.stream(120);
    let asked = pair.asked();
    assert!(asked.len() >= 3, "{asked:?}");
    assert!(asked.windows(2).all(|two| two[1].0 - two[0].0 == 500 * MS), "{asked:?}");
    assert!(asked.iter().all(|&(_, first, last)| (first, last) == (10, 10)));
    pair.host_answers = true;
    pair.stream(60);
    assert_eq!(pair.shown().last(), Some(&179));
}

#[test]
fn a_second_loss_while_frozen_is_told_after_a_tenth_of_a_second() {
    let mut recovery = Recovery::new();
    recovery.on_lost(10, 12);
    assert_eq!(recovery.poll(0), Some(Control::RfiRequest { first: 10, last: 12 }));
    recovery.on_lost(15, 15);
    assert_eq!(recovery.poll(50 * MS), None);
    assert_eq!(recovery.wake_at(), Some(100 * MS));
    assert_eq!(recovery.poll(100 * MS), Some(Control::RfiRequest { first: 10, last: 15 }));
    assert_eq!(recovery.poll(599 * MS), None);
    assert_eq!(recovery.poll(600 * MS), Some(Control::RfiRequest { first: 10, last: 15 }));
    assert!(recovery.on_frame(UserFlags::KEY));
    assert_eq!((recovery.wake_at(), recovery.poll(5000 * MS)), (None, None));
}

#[test]
fn an_anchor_thaws_the_picture() {
    let mut recovery = Recovery::new();
    assert!(recovery.on_frame(UserFlags::DELTA));
    recovery.on_lost(1, 1);
    assert!(!recovery.on_frame(UserFlags::DELTA));
    assert!(recovery.is_frozen());
    assert!(recovery.on_frame(UserFlags::DELTA | UserFlags::ANCHOR));
    assert!(recovery.on_frame(UserFlags::DELTA));
}

#[test]
fn two_recovery_points_thaw_the_picture_and_a_loss_between_them_starts_over() {
    let point = UserFlags::DELTA | UserFlags::RECOVERY_POINT;
    let mut recovery = Recovery::new();
    recovery.on_lost(1, 1);
    assert!(!recovery.on_frame(point));
    recovery.on_lost(3, 3);
    assert!(!recovery.on_frame(point));
    assert!(!recovery.on_frame(UserFlags::DELTA));
    assert!(recovery.on_frame(point));
}

#[test]
fn a_half_received_frame_before_a_still_screen_is_asked_about() {
    let mut pair = Pair::new(8, CALM).sized(|_| 60_000);
    pair.stream(5);
    pair.send(5, UserFlags::DELTA);
    pair.drop_some(20);
    pair.run_until(pair.now + 400 * MS);
    assert_eq!(pair.lost(), [(5, 5)]);
    assert_eq!(pair.asked().len(), 1);
    pair.send_frame();
    pair.run_until(pair.now + 40 * MS);
    assert_eq!(pair.shown(), [0, 1, 2, 3, 4, 6]);
}

#[test]
fn a_late_straggler_within_the_grace_loses_nothing() {
    let mut pair = Pair::new(10, CALM).sized(|_| 10_000);
    pair.send(0, UserFlags::KEY);
    pair.weather.delay_ns = 21 * MS;
    pair.send(1, UserFlags::DELTA);
    pair.run_until(17 * MS);
    pair.weather.delay_ns = MS;
    pair.send(2, UserFlags::DELTA);
    pair.run_until(60 * MS);
    assert_eq!(pair.shown(), [0, 1, 2]);
}

#[test]
fn loss_is_reported_every_three_quarters_of_a_second() {
    let mut pair = Pair::new(12, CALM).sized(|_| 50_000);
    pair.stream(46);
    pair.weather.loss = 100;
    pair.stream(44);
    let reports = pair.said().into_iter().filter_map(|(at, message)| match message {
        Control::LossReport { ppm } => Some((at, ppm)),
        _ => None,
    });
    let reports = reports.collect::<Vec<_>>();
    assert_eq!(reports.len(), 2, "{reports:?}");
    assert_eq!(reports[0], (751 * MS, 0));
    assert_eq!(reports[1].0, 1501 * MS);
    assert!((60_000..140_000).contains(&reports[1].1), "{reports:?}");
}

#[test]
fn a_window_in_which_nothing_came_reports_nothing() {
    let mut meter = LossMeter::new();
    meter.received(0, 0);
    assert_eq!(meter.poll(750 * MS), Some(0));
    assert_eq!(meter.poll(1500 * MS), None);
    meter.received(1600 * MS, 9);
    assert_eq!(meter.poll(2250 * MS), Some(888_888), "eight of nine are missing");
}
