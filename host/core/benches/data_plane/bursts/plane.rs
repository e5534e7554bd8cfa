use std::thread;
use std::time::Instant;

use punktfunk_core::video::{DatagramBatch, FrameMeta, Packetiser, UserFlags, VideoEvent, VideoReceiver};

use super::clock::{Meter, Schedule};
use super::{Burst, SOCKET_BUFFER, check};
use crate::Ends;
use crate::loopback::{self, Receiving, Sending};

/// Sends `frame` over the data plane, with so much parity, as often as `schedule` says.
pub(crate) fn run(frame: &[u8], fec_percent: u8, schedule: &Schedule) -> Burst {
    let (sending, receiving) = loopback::pair(SOCKET_BUFFER);
    let Ends { packetiser, receiver, .. } = Ends::new(fec_percent);
    let (sender, receiver) = thread::scope(|scope| {
        let sender = scope.spawn(|| send(packetiser, &sending, frame, schedule));
        let receiver = scope.spawn(|| receive(receiver, receiving, frame, schedule));
        (sender.join().unwrap(), receiver.join().unwrap())
    });
    Burst::new(&sender, &receiver, schedule.counted())
}

fn send(mut packetiser: Packetiser, sending: &Sending, frame: &[u8], schedule: &Schedule) -> Meter {
    let (mut meter, mut batch) = (Meter::default(), DatagramBatch::new());
    for index in schedule.frames() {
        schedule.wait_for(index);
        meter.at(index);
        let meta = FrameMeta { pts_ns: schedule.now_ns(), frame_index: index, user_flags: UserFlags::DELTA };
        let handed = |batch: &DatagramBatch, range| sending.send(batch.range(range), batch.segment_size());
        packetiser.packetise_each(frame, meta, &mut batch, handed).unwrap();
    }
    meter.end()
}

fn receive(
    mut receiver: VideoReceiver,
    mut receiving: Receiving,
    frame: &[u8],
    schedule: &Schedule,
) -> Meter {
    let mut meter = Meter::default();
    let mut next = 0;
    while next < schedule.frames().end && Instant::now() < schedule.end() {
        receiving.wait();
        receiving
            .take_what_is_there(|bytes, stride| receiver.push_segments(schedule.now_ns(), bytes, stride));
        while let Some(event) = receiver.poll(schedule.now_ns()) {
            let VideoEvent::Frame(unit) = event else { continue };
            meter.seen(unit.frame_index, schedule.now_ns() - unit.pts_ns);
            check(unit.frame_index, &unit.bytes, frame);
            next = unit.frame_index + 1;
            receiver.recycle(unit.bytes);
        }
    }
    meter.end()
}
