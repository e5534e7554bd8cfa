use punktfunk_core::video::{Pace, Pacer, PunchSchedule, is_punch};

use crate::pair::MS;

/// When each datagram of an access unit may go, and how often the sender woke.
fn schedule(pacer: &mut Pacer, count: usize) -> (Vec<u64>, usize) {
    let start = 1_000_000 * MS;
    pacer.begin(start, count, 1472);
    let (mut now, mut sent, mut wakes) = (start, Vec::new(), 0);
    loop {
        match pacer.poll(now) {
            Pace::Send(n) => sent.extend(std::iter::repeat_n(now - start, n)),
            Pace::Wait(until) => {
                assert!(until > now, "time goes on");
                now = until;
                wakes += 1;
            }
            Pace::Done => return (sent, wakes),
        }
    }
}

#[test]
fn a_small_access_unit_goes_at_once() {
    let (sent, wakes) = schedule(&mut Pacer::new(20_000, 60), 16);
    assert_eq!((sent, wakes), (vec![0; 16], 0));
}

#[test]
fn a_usual_access_unit_is_out_in_a_fraction_of_its_interval() {
    // 20 Mbit/s at 60 Hz are 29 datagrams.
    let (sent, _) = schedule(&mut Pacer::new(20_000, 60), 29);
    assert_eq!(sent.iter().filter(|&&at| at == 0).count(), 16);
    assert!(sent[28] < 3 * MS, "{sent:?}");
}

#[test]
fn a_large_access_unit_is_spread_at_no_less_than_three_times_the_mean_rate() {
    let (sent, wakes) = schedule(&mut Pacer::new(20_000, 60), 100);
    assert_eq!(sent.len(), 100);
    let bytes_per_s = 84 * 1472 * 1_000_000_000 / sent[99];
    assert!(bytes_per_s >= 3 * 2_500_000, "{bytes_per_s}");
    assert!(bytes_per_s <= 5 * 2_500_000, "{bytes_per_s}");
    assert!(wakes <= 30, "{wakes} wake-ups");
}

#[test]
fn nothing_takes_longer_than_two_frame_intervals() {
    for count in [200, 1_000, 40_000] {
        let (sent, _) = schedule(&mut Pacer::new(20_000, 60), count);
        assert_eq!(sent.len(), count);
        assert!(sent[count - 1] <= 2 * 1_000_000_000 / 60, "{count}: {}", sent[count - 1]);
        assert!(sent.is_sorted());
    }
}

#[test]
fn a_sender_that_woke_late_catches_up() {
    let mut pacer = Pacer::new(20_000, 60);
    pacer.begin(0, 100, 1472);
    assert_eq!(pacer.poll(0), Pace::Send(16));
    assert_eq!(pacer.poll(1_000 * MS), Pace::Send(84));
    assert_eq!(pacer.poll(1_000 * MS), Pace::Done);
}

#[test]
fn odd_rates_do_not_stop_a_stream() {
    for (kbps, hz) in [(0, 0), (1, 1), (u32::MAX, u32::MAX), (0, 1000)] {
        let (sent, _) = schedule(&mut Pacer::new(kbps, hz), 500);
        assert_eq!(sent.len(), 500);
    }
}

#[test]
fn a_client_punches_fifteen_times_quickly_and_then_slowly() {
    let mut punches = PunchSchedule::new(0);
    let mut times = Vec::new();
    while times.len() < 18 {
        let now = punches.wake_at();
        assert!(punches.poll(now));
        assert!(!punches.poll(now));
        times.push(now / MS);
    }
    let quick = (0..15).map(|i| i * 200);
    assert_eq!(times, quick.chain([4_800, 6_800, 8_800]).collect::<Vec<_>>());
}

#[test]
fn only_eight_exact_bytes_are_a_punch() {
    assert!(is_punch(b"PFpunch1"));
    for other in [&b""[..], b"PFpunch", b"PFpunch2", b"PFpunch1 "] {
        assert!(!is_punch(other));
    }
}
