use std::thread;
use std::time::Instant;

use punktfunk_core::video::{DatagramBatch, FrameMeta, Packetiser, UserFlags, VideoEvent, VideoReceiver};

use super::SOCKET_BUFFER;
use super::meter::{Meter, Tally, Window};
use crate::loopback::{self, Receiving, Sending};
use crate::{DATA, Ends, SHARD, bytes};

/// Datagrams that may be on their way.
const AHEAD: u64 = 500;

/// Sends frames with so much parity as fast as they go: what the sender did, and the receiver.
pub(super) fn run(fec_percent: u8) -> (Tally, Tally) {
    let (sending, receiving) = loopback::pair(SOCKET_BUFFER);
    let Ends { packetiser, receiver, .. } = Ends::new(fec_percent);
    let window = Window::default();
    thread::scope(|scope| {
        let sender = scope.spawn(|| send(packetiser, &sending, &window));
        let receiver = scope.spawn(|| receive(receiver, receiving, &window));
        (sender.join().unwrap(), receiver.join().unwrap())
    })
}

fn send(mut packetiser: Packetiser, sending: &Sending, window: &Window) -> Tally {
    let (frame, mut batch) = (bytes(DATA * SHARD), DatagramBatch::new());
    let (mut meter, mut frame_index, mut sent) = (Meter::new(), 0, 0);
    loop {
        let meta = FrameMeta { pts_ns: 0, frame_index, user_flags: UserFlags::DELTA };
        packetiser
            .packetise_each(&frame, meta, &mut batch, |batch, range| {
                sent += range.len() as u64;
                window.wait(sent, AHEAD);
                sending.send(batch.range(range), batch.segment_size());
            })
            .unwrap();
        frame_index += 1;
        if !meter.add(DATA as u64) {
            window.end();
            return meter.end();
        }
    }
}

fn receive(mut receiver: VideoReceiver, mut receiving: Receiving, window: &Window) -> Tally {
    let (mut meter, start) = (Meter::new(), Instant::now());
    loop {
        let ended = window.has_ended();
        receiving.wait();
        receiving.take_what_is_there(|bytes, stride| {
            let now = start.elapsed().as_nanos() as u64;
            receiver.push_segments(now, bytes, stride);
            window.arrived(receiver.stats().datagrams);
            while let Some(event) = receiver.poll(now) {
                let VideoEvent::Frame(unit) = event else { continue };
                meter.add((unit.bytes.len() / SHARD) as u64);
                receiver.recycle(unit.bytes);
            }
        });
        if ended {
            return meter.end();
        }
    }
}
