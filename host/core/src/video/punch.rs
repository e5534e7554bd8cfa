//! Opening the way for video through address translation (punktfunk/1 §4.1).

/// What a client sends to the host's data port, not sealed.
pub const PUNCH: &[u8; 8] = b"PFpunch1";

/// How long a host waits for the first punch before it uses the port named in Start, in ns.
pub const PUNCH_WAIT_NS: u64 = 2_500_000_000;

/// The datagram is a punch. A host ignores everything else on that socket, and everything that does not come
/// from the address of its QUIC peer.
#[must_use]
pub fn is_punch(datagram: &[u8]) -> bool {
    datagram == PUNCH
}

/// When a client punches: 15 times every 200 ms, then every 2 s for the whole session.
#[derive(Debug, Clone)]
pub struct PunchSchedule {
    sent: u32,
    next_ns: u64,
}

impl PunchSchedule {
    const QUICK: u32 = 15;
    const QUICK_NS: u64 = 200_000_000;
    const SLOW_NS: u64 = 2_000_000_000;

    /// A schedule whose first punch is due now.
    #[must_use]
    pub fn new(now_ns: u64) -> Self {
        Self { sent: 0, next_ns: now_ns }
    }

    /// Whether to punch now.
    pub fn poll(&mut self, now_ns: u64) -> bool {
        let due = now_ns >= self.next_ns;
        if due {
            self.sent = self.sent.saturating_add(1);
            let pause = if self.sent < Self::QUICK { Self::QUICK_NS } else { Self::SLOW_NS };
            self.next_ns = now_ns.saturating_add(pause);
        }
        due
    }

    /// When to poll again.
    #[must_use]
    pub fn wake_at(&self) -> u64 {
        self.next_ns
    }
}
