//! How often a peer may ask for expensive things (punktfunk/1 §2.8 and §4.9). All times are monotonic
//! nanoseconds.

use super::Mode;

const MS: u64 = 1_000_000;

/// Lets one thing through per interval.
#[derive(Debug, Clone)]
pub struct Throttle {
    interval_ns: u64,
    last_ns: Option<u64>,
}

impl Throttle {
    /// A throttle that lets the first one through at once.
    #[must_use]
    pub fn new(interval_ns: u64) -> Self {
        Self { interval_ns, last_ns: None }
    }

    /// Whether this one may pass; if so it counts.
    pub fn allow(&mut self, now_ns: u64) -> bool {
        let open = self.last_ns.is_none_or(|last| now_ns.saturating_sub(last) >= self.interval_ns);
        if open {
            self.last_ns = Some(now_ns);
        }
        open
    }

    /// When the next one may pass; `None` if it may already.
    #[must_use]
    pub fn opens_at(&self, now_ns: u64) -> Option<u64> {
        self.last_ns.map(|last| last.saturating_add(self.interval_ns)).filter(|&at| at > now_ns)
    }
}

/// Lets a few things through at once, and from then on one per interval.
#[derive(Debug, Clone)]
pub struct Allowance {
    most: u64,
    interval_ns: u64,
    left: u64,
    counted_ns: Option<u64>,
}

impl Allowance {
    /// A full allowance: `most` at once, then one per interval, which must not be 0.
    #[must_use]
    pub fn new(most: u32, interval_ns: u64) -> Self {
        Self { most: most.into(), interval_ns: interval_ns.max(1), left: most.into(), counted_ns: None }
    }

    /// Whether this one may pass; if so it counts.
    pub fn allow(&mut self, now_ns: u64) -> bool {
        let counted = self.counted_ns.get_or_insert(now_ns);
        let earned = now_ns.saturating_sub(*counted) / self.interval_ns;
        *counted += earned * self.interval_ns;
        self.left = self.left.saturating_add(earned).min(self.most);
        let open = self.left > 0;
        self.left -= u64::from(open);
        open
    }

    /// When the next one may pass; `None` if it may already.
    #[must_use]
    pub fn opens_at(&self, now_ns: u64) -> Option<u64> {
        let at = self.counted_ns?.saturating_add(self.interval_ns);
        (self.left == 0 && at > now_ns).then_some(at)
    }
}

/// What to tell the encoder after a client has lost frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recover {
    /// Stop referring to these frames. An IDR does that too.
    Invalidate {
        /// The first lost frame index.
        first: u32,
        /// The last lost frame index.
        last: u32,
    },
    /// Make the next picture an IDR.
    Idr,
}

/// Lets one invalidation through per 100 ms and turns hopelessly wide ones into an IDR.
#[derive(Debug, Clone)]
pub struct RfiGate(Throttle);

impl RfiGate {
    /// Ranges above this many frames become an IDR.
    pub const MAX_RANGE: u32 = 256;

    /// A gate that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self(Throttle::new(100 * MS))
    }

    /// What to do about a request; `None` if it comes too soon after the last.
    pub fn request(&mut self, now_ns: u64, first: u32, last: u32) -> Option<Recover> {
        if !self.0.allow(now_ns) {
            return None;
        }
        let width = last.wrapping_sub(first);
        Some(if width < Self::MAX_RANGE { Recover::Invalidate { first, last } } else { Recover::Idr })
    }
}

impl Default for RfiGate {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes one IDR out of many requests, and keeps a minimum distance between IDRs so that one viewer's requests
/// cannot spoil a picture that others see. A wish is never lost, only put off.
#[derive(Debug, Clone)]
pub struct IdrGate {
    distance: Throttle,
    wanted: bool,
}

impl IdrGate {
    /// A gate without a wish, with the least time between two IDRs.
    #[must_use]
    pub fn new(distance_ns: u64) -> Self {
        Self { distance: Throttle::new(distance_ns), wanted: false }
    }

    /// Somebody needs an IDR.
    pub fn request(&mut self) {
        self.wanted = true;
    }

    /// Whether the picture that is about to be encoded shall be an IDR.
    pub fn take(&mut self, now_ns: u64) -> bool {
        let idr = self.wanted && self.distance.allow(now_ns);
        if idr {
            self.wanted = false;
        }
        idr
    }
}

/// Lets one mode change through per 500 ms; of those that come sooner the newest waits its turn.
#[derive(Debug, Clone)]
pub struct ReconfigureGate {
    throttle: Throttle,
    waiting: Option<Mode>,
}

impl ReconfigureGate {
    /// A gate that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self { throttle: Throttle::new(500 * MS), waiting: None }
    }

    /// A client wishes for a mode. Follow with [`ReconfigureGate::poll`]. What is returned is an older wish
    /// that will not be looked at any more and wants a refusal.
    pub fn request(&mut self, mode: Mode) -> Option<Mode> {
        self.waiting.replace(mode)
    }

    /// The wish whose turn has come.
    pub fn poll(&mut self, now_ns: u64) -> Option<Mode> {
        if self.waiting.is_some() && self.throttle.allow(now_ns) { self.waiting.take() } else { None }
    }

    /// When to poll again; `None` if nothing waits.
    #[must_use]
    pub fn wake_at(&self, now_ns: u64) -> Option<u64> {
        self.waiting.map(|_| self.throttle.opens_at(now_ns).unwrap_or(now_ns))
    }
}

impl Default for ReconfigureGate {
    fn default() -> Self {
        Self::new()
    }
}

/// Lets one speed probe through per 10 s, clamped to 10 Gbit/s and 5 s.
#[derive(Debug, Clone)]
pub struct ProbeGate(Throttle);

impl ProbeGate {
    /// The fastest probe, in kbit/s.
    pub const MAX_KBPS: u32 = 10_000_000;
    /// The longest probe, in ms.
    pub const MAX_MS: u32 = 5_000;

    /// A gate that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self(Throttle::new(10_000 * MS))
    }

    /// The rate in kbit/s and the duration in ms to probe with; `None` declines.
    pub fn request(&mut self, now_ns: u64, kbps: u32, ms: u32) -> Option<(u32, u32)> {
        self.0.allow(now_ns).then(|| (kbps.min(Self::MAX_KBPS), ms.min(Self::MAX_MS)))
    }
}

impl Default for ProbeGate {
    fn default() -> Self {
        Self::new()
    }
}
