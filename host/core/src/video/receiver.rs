use super::params::is_shard_size;
use super::{
    Accepted, Assembled, HEADER_BYTES, LossMeter, OpenError, Opener, Reassembler, Recovery, Rejection,
    SEAL_BYTES, StreamParams, UserFlags,
};
use crate::wire::Control;

/// A whole access unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessUnit {
    /// Its index; without gaps except where [`VideoEvent::Lost`] said so.
    pub frame_index: u32,
    /// When it was captured, in the host's Unix ns.
    pub pts_ns: u64,
    /// What it is.
    pub user_flags: UserFlags,
    /// The bit stream. Give it back by [`VideoReceiver::recycle`] to spare an allocation.
    pub bytes: Vec<u8>,
    /// How many of its shards came out of parity.
    pub recovered_shards: u32,
    /// It may be shown. If not, it must still be decoded: later pictures refer to it.
    pub presentable: bool,
    /// When its first datagram came, on the caller's clock.
    pub first_ns: u64,
    /// When it was whole.
    pub whole_ns: u64,
}

/// What a receiver has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VideoEvent {
    /// The next access unit.
    Frame(AccessUnit),
    /// These will never come. The picture freezes until an access unit is presentable again.
    Lost {
        /// The first frame index.
        first: u32,
        /// The last frame index.
        last: u32,
    },
    /// Send this on the control stream.
    Send(Control),
}

/// What a receiver has seen so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VideoStats {
    /// Genuine datagrams.
    pub datagrams: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Datagrams that could not be opened.
    pub forged: u64,
    /// Datagrams that came twice or far too late.
    pub replayed: u64,
    /// Genuine datagrams that break a rule of the stream.
    pub malformed: u64,
    /// Genuine datagrams for which there was no memory.
    pub overflowed: u64,
    /// Access units given out.
    pub frames: u64,
    /// Access units given up.
    pub lost: u64,
    /// Access units given out that needed parity.
    pub recovered_frames: u64,
    /// Shards that came out of parity.
    pub recovered_shards: u64,
    /// Filler packets of speed probes.
    pub filler_packets: u64,
    /// Their payload, in bytes.
    pub filler_bytes: u64,
}

/// The client's end of the data plane: sealed datagrams in, access units and requests out.
///
/// Push every datagram, then poll until `None`; poll again at [`VideoReceiver::wake_at`]. All times are
/// monotonic nanoseconds of the caller's clock.
#[derive(Debug)]
pub struct VideoReceiver {
    opener: Opener,
    reassembler: Reassembler,
    recovery: Recovery,
    loss: LossMeter,
    stats: VideoStats,
}

impl VideoReceiver {
    /// A receiver that waits for frame 0.
    #[must_use]
    pub fn new(params: StreamParams, opener: Opener) -> Self {
        Self {
            opener,
            reassembler: Reassembler::new(params),
            recovery: Recovery::new(),
            loss: LossMeter::new(),
            stats: VideoStats::default(),
        }
    }

    /// Takes a datagram from the socket and uses its buffer up.
    ///
    /// # Errors
    /// Why it was dropped, for the curious: it is counted already and nothing needs to be done.
    pub fn push(&mut self, now_ns: u64, datagram: &mut [u8]) -> Result<Accepted, Rejection> {
        let result = self.take(now_ns, datagram);
        let stats = &mut self.stats;
        match result {
            Ok(Accepted::Filler(bytes)) => {
                stats.filler_packets += 1;
                stats.filler_bytes += bytes as u64;
                self.loss.probed();
            }
            Ok(_) => {}
            Err(Rejection::Seal(OpenError::Replayed)) => stats.replayed += 1,
            Err(Rejection::Seal(_)) => stats.forged += 1,
            Err(Rejection::Full) => stats.overflowed += 1,
            Err(_) => stats.malformed += 1,
        }
        result
    }

    /// Takes several datagrams that lie one behind the other, as the kernel hands them over: all of
    /// `segment` bytes except perhaps the last. Whatever is wrong with them is counted.
    pub fn push_segments(&mut self, now_ns: u64, datagrams: &mut [u8], segment: usize) {
        for datagram in datagrams.chunks_mut(segment.max(1)) {
            let _ = self.push(now_ns, datagram);
        }
    }

    /// The next event.
    pub fn poll(&mut self, now_ns: u64) -> Option<VideoEvent> {
        match self.reassembler.poll(now_ns) {
            Some(Assembled::Frame { meta, bytes, recovered_shards, first_ns, whole_ns }) => {
                self.stats.frames += 1;
                self.stats.recovered_frames += u64::from(recovered_shards > 0);
                self.stats.recovered_shards += u64::from(recovered_shards);
                Some(VideoEvent::Frame(AccessUnit {
                    frame_index: meta.frame_index,
                    pts_ns: meta.pts_ns,
                    user_flags: meta.user_flags,
                    bytes,
                    recovered_shards,
                    presentable: self.recovery.on_frame(meta.user_flags),
                    first_ns,
                    whole_ns,
                }))
            }
            Some(Assembled::Lost { first, last }) => {
                self.stats.lost += u64::from(last.wrapping_sub(first)) + 1;
                self.recovery.on_lost(first, last);
                Some(VideoEvent::Lost { first, last })
            }
            None => {
                let report = || self.loss.poll(now_ns).map(|ppm| Control::LossReport { ppm });
                self.recovery.poll(now_ns).or_else(report).map(VideoEvent::Send)
            }
        }
    }

    /// When [`VideoReceiver::poll`] will have something without another datagram; `None` if never.
    #[must_use]
    pub fn wake_at(&self) -> Option<u64> {
        [self.reassembler.wake_at(), self.recovery.wake_at(), self.loss.wake_at()].into_iter().flatten().min()
    }

    /// Takes back the buffer of an access unit.
    pub fn recycle(&mut self, buffer: Vec<u8>) {
        self.reassembler.recycle(buffer);
    }

    /// What has been seen so far.
    #[must_use]
    pub fn stats(&self) -> VideoStats {
        self.stats
    }

    /// The picture is frozen after a loss.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        self.recovery.is_frozen()
    }

    /// Bytes held for access units in flight.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.reassembler.held_bytes()
    }

    /// The answer to a host that wants to change S (punktfunk/1 §4.10): yes if it is a legal size and no more
    /// than this client's Hello allowed, else nothing.
    #[must_use]
    pub fn agree_to_shard_bytes(bytes: u16, max_shard: u16) -> Option<Control> {
        (is_shard_size(bytes) && bytes <= max_shard).then_some(Control::ShardPayloadAck(bytes))
    }

    fn take(&mut self, now_ns: u64, datagram: &mut [u8]) -> Result<Accepted, Rejection> {
        let bytes = datagram.len() as u64;
        let Some(place) = self.reassembler.expected(datagram.len().saturating_sub(SEAL_BYTES)) else {
            let opened = self.opener.open(datagram)?;
            self.genuine(now_ns, bytes, opened.seq);
            return self.reassembler.push(now_ns, opened.plaintext);
        };
        // Straight to where its shard belongs, if it is the one that is expected. Its header comes to lie on the
        // end of the shard before, which gets its bytes back whatever has come.
        let Some(&before) = place.first_chunk::<HEADER_BYTES>() else { return Err(Rejection::Header) };
        let outcome = self.opener.open_into(datagram, place);
        let Some(front) = place.first_chunk_mut() else { return Err(Rejection::Header) };
        let header = std::mem::replace(front, before);
        self.genuine(now_ns, bytes, outcome?);
        self.reassembler.push_expected(now_ns, &header)
    }

    fn genuine(&mut self, now_ns: u64, bytes: u64, seq: u64) {
        self.stats.datagrams += 1;
        self.stats.bytes += bytes;
        self.loss.received(now_ns, seq);
    }
}
