//! Frames as a stream has them: sixty bursts a second, each end on a thread of its own.
//!
//! The data plane (with its parity, and without, because QUIC datagrams have none) and QUIC datagrams carry the same
//! frames in turn, so that whatever else the machine does disturbs all of them alike. A frame's latency runs from the
//! moment its sender has it to the moment its receiver has the whole of it in one piece. Processor time is that of both threads, with all that they do in between: waiting,
//! acknowledging, timers.

mod clock;
mod plane;
mod quic;

use std::thread;
use std::time::{Duration, Instant};

use crate::sample::Sample;
use clock::{Meter, Schedule};

const PERIOD: Duration = Duration::from_nanos(1_000_000_000 / 60);
/// Frames that open windows and fill caches, and are not counted.
const WARM_UP: u32 = 60;
/// What sockets are asked for; a burst of the larger kind fits.
const SOCKET_BUFFER: usize = 4 << 20;
/// One frame of so many is compared with what was sent: all of them would be a cost of their own.
const COMPARE_EVERY: u32 = 60;
/// A frame that is not whole by then is lost.
const PATIENCE: Duration = Duration::from_secs(1);

/// What one way of sending did with all frames.
pub(crate) struct Burst {
    /// In ns.
    latency: Sample,
    /// Of both ends together, in ns a frame.
    cpu: f64,
    lost: usize,
}

/// Sends `frames` of `shards` full shards each every way, and prints how they compare.
pub(crate) fn compare(shards: usize, frames: u32) {
    let frame = crate::bytes(shards * crate::SHARD);
    let start = Instant::now() + Duration::from_millis(50);
    let schedule = |offset| Schedule::new(start + offset, PERIOD, WARM_UP + frames);
    let (mut guarded, mut bare, mut quic) = thread::scope(|scope| {
        let guarded = scope.spawn(|| plane::run(&frame, 10, &schedule(Duration::ZERO)));
        let bare = scope.spawn(|| plane::run(&frame, 0, &schedule(PERIOD / 4)));
        let quic = scope.spawn(|| quic::run(&frame, &schedule(PERIOD / 2)));
        (guarded.join().unwrap(), bare.join().unwrap(), quic.join().unwrap())
    });

    println!(
        "\n{shards} shards a frame, 60 frames a second, {frames} frames each way: latency and both ends' CPU in us"
    );
    println!("{:28} {:>8} {:>8} {:>8} {:>6}   QUIC beside it", "", "p50", "p99", "CPU", "lost");
    let quic_figures = quic.figures();
    for (name, way) in [
        ("data plane, 10 % parity", &mut guarded),
        ("data plane, no parity", &mut bare),
        ("QUIC datagrams", &mut quic),
    ] {
        let [p50, p99, cpu] = way.figures();
        let [longer, at_worst, dearer] = [0, 1, 2].map(|i| quic_figures[i] / way.figures()[i]);
        println!(
            "{name:28} {p50:8.0} {p99:8.0} {cpu:8.0} {:6}   {longer:.1} times as long, p99 {at_worst:.1}; CPU {dearer:.1} times",
            way.lost
        );
    }
}

impl Burst {
    fn new(sender: &Meter, receiver: &Meter, expected: u32) -> Self {
        let mut latency = Sample::new("latency");
        receiver.latencies().iter().for_each(|&ns| latency.add(ns, 1));
        let cpu = (sender.cpu() + receiver.cpu()) as f64 / f64::from(expected);
        Self { latency, cpu, lost: expected as usize - receiver.latencies().len() }
    }

    /// Latency's median and 99th percentile, and CPU time a frame: us.
    fn figures(&mut self) -> [f64; 3] {
        [self.latency.median(), self.latency.p99(), self.cpu].map(|ns| ns / 1e3)
    }
}

/// What came is what was sent.
fn check(index: u32, came: &[u8], sent: &[u8]) {
    assert_eq!(came.len(), sent.len(), "frame {index}");
    assert!(!index.is_multiple_of(COMPARE_EVERY) || came == sent, "frame {index} came as something else");
}
