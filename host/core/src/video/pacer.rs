/// What a sender may do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Send so many datagrams, then ask again at once.
    Send(usize),
    /// Ask again at this time, in ns of the same clock.
    Wait(u64),
    /// The access unit is out.
    Done,
}

/// Spreads the datagrams of an access unit (punktfunk/1 §4.12): a short burst at once, then a multiple of the
/// mean rate, and everything within two frame intervals however large it is.
///
/// A burst of a whole key frame overruns the queues of switches and access points; a small access unit gains
/// nothing from waiting. What is sent after the burst goes out in groups of half a millisecond, so that each
/// wake-up hands the kernel a batch.
#[derive(Debug, Clone)]
pub struct Pacer {
    mean_bytes_per_s: u64,
    interval_ns: u64,
    start_ns: u64,
    total: usize,
    sent: usize,
    /// How long one datagram takes, in ns.
    per_datagram_ns: u64,
    burst: usize,
}

impl Pacer {
    /// How many datagrams always go at once.
    pub const BURST: usize = 16;
    /// How much faster than the mean rate the rest goes; this host's own figure, no peer depends on it.
    pub const SPEED: u64 = 4;
    const GROUP_NS: u64 = 500_000;

    /// A pacer for a bitrate on the wire in kbit/s and a picture rate in Hz.
    #[must_use]
    pub fn new(wire_kbps: u32, refresh_hz: u32) -> Self {
        let mut pacer = Self {
            mean_bytes_per_s: 1,
            interval_ns: 1,
            start_ns: 0,
            total: 0,
            sent: 0,
            per_datagram_ns: 0,
            burst: 0,
        };
        pacer.set_rate(wire_kbps, refresh_hz);
        pacer
    }

    /// A new bitrate or picture rate, from the next access unit on.
    pub fn set_rate(&mut self, wire_kbps: u32, refresh_hz: u32) {
        self.mean_bytes_per_s = u64::from(wire_kbps.max(1)) * 125;
        self.interval_ns = 1_000_000_000 / u64::from(refresh_hz.max(1));
    }

    /// An access unit of `count` datagrams of `bytes` each is ready. What is left of the one before it counts
    /// as sent.
    pub fn begin(&mut self, now_ns: u64, count: usize, bytes: usize) {
        self.start_ns = now_ns;
        self.total = count;
        self.sent = 0;
        self.burst = Self::BURST.min(count);
        let rest = (count - self.burst) as u64;
        let steady = bytes as u64 * 1_000_000_000 / (Self::SPEED * self.mean_bytes_per_s);
        self.per_datagram_ns = steady.min((2 * self.interval_ns).checked_div(rest).unwrap_or(0));
    }

    /// What to do now. Whatever `Send` allows counts as sent.
    pub fn poll(&mut self, now_ns: u64) -> Pace {
        let left = self.total - self.sent;
        if left == 0 {
            return Pace::Done;
        }
        let may = self.allowed(now_ns).saturating_sub(self.sent).min(left);
        if may > 0 {
            self.sent += may;
            return Pace::Send(may);
        }
        let group = (Self::GROUP_NS.checked_div(self.per_datagram_ns).unwrap_or(1).max(1) as usize).min(left);
        let paced = (self.sent + group - self.burst) as u64;
        Pace::Wait(self.start_ns.saturating_add(paced * self.per_datagram_ns))
    }

    /// How many datagrams may have been sent by now.
    fn allowed(&self, now_ns: u64) -> usize {
        let elapsed = now_ns.saturating_sub(self.start_ns);
        let paced = elapsed.checked_div(self.per_datagram_ns).unwrap_or(u64::MAX);
        self.burst.saturating_add(usize::try_from(paced).unwrap_or(usize::MAX))
    }
}
