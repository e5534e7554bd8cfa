//! What a session is measured by.

use std::time::Duration;

use punktfunk_core::clock::ClockEstimate;
use punktfunk_core::datagram::HostTiming;
use punktfunk_core::video::{AccessUnit, VideoStats};

use crate::Histogram;

/// A snapshot of a session's figures.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Stats {
    /// Since the session began.
    pub elapsed: Duration,
    /// From the start of the dial to the first whole frame, without the time the owner took to approve.
    pub first_frame: Option<Duration>,
    /// Access units received whole.
    pub frames: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Access units that never came whole.
    pub lost: u64,
    /// Access units that came whole only thanks to parity.
    pub recovered: u64,
    /// Access units thrown away here because nobody pulled them in time.
    pub dropped: u64,
    /// Datagrams that were accepted.
    pub datagrams: u64,
    /// Packets of sound that came.
    pub audio_packets: u64,
    /// Packets of sound that are missing between the first and the last that came.
    pub audio_lost: u64,
    /// Capture on the host to reassembled here, by the synchronised clock.
    pub latency: Histogram,
    /// Capture to fully sent, as the host measured it.
    pub host_time: Histogram,
    /// What the host added to the encoder's time: [`host_time`](Self::host_time) without conversion and encoding.
    pub host_added: Histogram,
    /// The host's clock minus ours, in nanoseconds; `None` while unknown, and latencies mean nothing then.
    pub clock_offset_ns: Option<i64>,
    /// The shortest round trip of the last clock sync, without the time inside the host.
    pub round_trip: Option<Duration>,
}

pub(crate) struct Meters {
    pub(crate) clock: Option<ClockEstimate>,
    pub(crate) receiver: VideoStats,
    pub(crate) dropped: u64,
    audio: AudioCount,
    first_frame: Option<Duration>,
    frames: u64,
    bytes: u64,
    latency: Histogram,
    host_time: Histogram,
    host_added: Histogram,
}

impl Meters {
    pub(crate) fn new(clock: Option<ClockEstimate>) -> Self {
        Self {
            clock,
            receiver: VideoStats::default(),
            dropped: 0,
            audio: AudioCount::default(),
            first_frame: None,
            frames: 0,
            bytes: 0,
            latency: Histogram::new(),
            host_time: Histogram::new(),
            host_added: Histogram::new(),
        }
    }

    /// Counts a frame and returns its latency, where the clocks are known well enough to say.
    pub(crate) fn on_frame(
        &mut self,
        unit: &AccessUnit,
        unix_now_ns: u64,
        since_dial: Duration,
    ) -> Option<Duration> {
        self.first_frame.get_or_insert(since_dial);
        self.frames += 1;
        self.bytes += unit.bytes.len() as u64;
        // Below zero is captured "after" it arrived: the clocks disagree by less than the sync can see.
        let latency = Duration::from_nanos(self.clock?.to_host(unix_now_ns).saturating_sub(unit.pts_ns));
        self.latency.record(latency);
        Some(latency)
    }

    pub(crate) fn on_audio(&mut self, seq: u32) {
        self.audio.on_packet(seq);
    }

    pub(crate) fn on_host_timing(&mut self, timing: &HostTiming) {
        self.host_time.record(Duration::from_micros(timing.host_us.into()));
        if let Some(split) = timing.split {
            let added = timing.host_us.saturating_sub(split.encode_us);
            self.host_added.record(Duration::from_micros(added.into()));
        }
    }

    pub(crate) fn stats(&self, elapsed: Duration) -> Stats {
        Stats {
            elapsed,
            first_frame: self.first_frame,
            frames: self.frames,
            bytes: self.bytes,
            lost: self.receiver.lost,
            recovered: self.receiver.recovered_frames,
            dropped: self.dropped,
            datagrams: self.receiver.datagrams,
            audio_packets: self.audio.packets,
            audio_lost: self.audio.lost(),
            latency: self.latency.clone(),
            host_time: self.host_time.clone(),
            host_added: self.host_added.clone(),
            clock_offset_ns: self.clock.map(|clock| clock.offset_ns),
            round_trip: self.clock.map(|clock| Duration::from_nanos(clock.round_trip_ns)),
        }
    }
}

/// Counts packets that are numbered one by one and may come in any order.
#[derive(Debug, Default)]
struct AudioCount {
    packets: u64,
    /// The first and the last number, the way around counted.
    range: Option<(u64, u64)>,
}

impl AudioCount {
    fn on_packet(&mut self, seq: u32) {
        self.packets += 1;
        let Some((first, last)) = &mut self.range else {
            // room below for what overtook it
            let seq = u64::from(seq) + (1 << 32);
            self.range = Some((seq, seq));
            return;
        };
        // a number is near the last one, on either side of it
        let seq = last.wrapping_add_signed(i64::from(seq.wrapping_sub(*last as u32) as i32));
        *first = seq.min(*first);
        *last = seq.max(*last);
    }

    fn lost(&self) -> u64 {
        self.range.map_or(0, |(first, last)| (last - first + 1).saturating_sub(self.packets))
    }
}

#[cfg(test)]
mod tests {
    use punktfunk_core::datagram::TimingSplit;

    use super::*;

    #[test]
    fn sound_that_is_missing_is_counted_whatever_the_order() {
        let lost = |seqs: &[u32]| {
            let mut meters = Meters::new(None);
            seqs.iter().for_each(|seq| meters.on_audio(*seq));
            let stats = meters.stats(Duration::from_secs(1));
            (stats.audio_packets, stats.audio_lost)
        };
        assert_eq!(lost(&[]), (0, 0));
        assert_eq!(lost(&[0, 1, 2]), (3, 0));
        assert_eq!(lost(&[1, 0, 5, 3]), (4, 2));
        assert_eq!(lost(&[u32::MAX - 1, 1, 0]), (3, 1), "numbers begin anew");
    }

    #[test]
    fn what_the_host_added_is_its_time_without_the_encoders() {
        let mut meters = Meters::new(None);
        let split = TimingSplit { queue_us: 300, encode_us: 5_000, pace_us: 700, legacy: None };
        meters.on_host_timing(&HostTiming { pts_ns: 1, host_us: 6_000, split: Some(split) });
        // older hosts tell no parts
        meters.on_host_timing(&HostTiming { pts_ns: 2, host_us: 6_000, split: None });
        let stats = meters.stats(Duration::from_secs(1));
        assert_eq!((stats.host_time.len(), stats.host_added.len()), (2, 1));
        let added = stats.host_added.percentile(50).expect("counted");
        assert!(added.abs_diff(Duration::from_millis(1)) < Duration::from_micros(40), "{added:?}");
    }
}
