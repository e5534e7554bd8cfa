//! How client and host agree on the time (punktfunk/1 §2.8). Wall clock times are Unix nanoseconds.

use crate::wire::Control;

/// The client's side: eight probes, one at a time, and the offset of the one that came back fastest.
///
/// Start it right after Start, before the data socket is bound: until it is done the host says nothing else
/// on the control stream. Later rounds run beside everything else.
#[derive(Debug, Clone)]
pub struct ClockSync {
    rounds_left: u8,
    /// The probe that is under way: its `t1` on the wall clock, and when it is given up.
    under_way: Option<(u64, u64)>,
    best: Option<ClockEstimate>,
}

/// What a client knows about the host's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockEstimate {
    /// Host time minus client time, in ns.
    pub offset_ns: i64,
    /// The round trip of the probe it comes from, in ns, without the time inside the host. The offset is
    /// wrong by at most half of it.
    pub round_trip_ns: u64,
}

impl ClockEstimate {
    /// A time of the host's clock as the client's clock shows it, in Unix ns.
    #[must_use]
    pub fn to_client(&self, host_ns: u64) -> u64 {
        host_ns.saturating_sub_signed(self.offset_ns)
    }

    /// A time of the client's clock as the host's clock shows it, in Unix ns.
    #[must_use]
    pub fn to_host(&self, client_ns: u64) -> u64 {
        client_ns.saturating_add_signed(self.offset_ns)
    }
}

impl ClockSync {
    /// How many probes a client sends at the start of a session.
    pub const ROUNDS: u8 = 8;
    /// How long one answer is waited for, in ns.
    pub const TIMEOUT_NS: u64 = 2_000_000_000;
    /// How often a running session asks again, in ns.
    pub const REPEAT_NS: u64 = 60_000_000_000;

    /// The start of a session.
    #[must_use]
    pub fn new() -> Self {
        Self::with_rounds(Self::ROUNDS)
    }

    /// Another number of probes, for a running session.
    #[must_use]
    pub fn with_rounds(rounds: u8) -> Self {
        Self { rounds_left: rounds, under_way: None, best: None }
    }

    /// The probe to send now. `now_ns` is monotonic, `wall_ns` the wall clock at this moment. A probe without
    /// an answer for 2 s ends the whole thing with what is known.
    pub fn poll(&mut self, now_ns: u64, wall_ns: u64) -> Option<Control> {
        if let Some((_, until)) = self.under_way {
            if now_ns >= until {
                self.abandon();
            }
            return None;
        }
        self.rounds_left = self.rounds_left.checked_sub(1)?;
        self.under_way = Some((wall_ns, now_ns.saturating_add(Self::TIMEOUT_NS)));
        Some(Control::ClockProbe { t1: wall_ns })
    }

    /// An answer has come; `wall_ns` is the wall clock at this moment. `false` if it is not the one that is
    /// waited for.
    pub fn on_echo(&mut self, (t1, t2, t3): (u64, u64, u64), wall_ns: u64) -> bool {
        if self.under_way.is_none_or(|(sent, _)| sent != t1) {
            return false;
        }
        self.under_way = None;
        let [t1, t2, t3, t4] = [t1, t2, t3, wall_ns].map(i128::from);
        let offset = i64::try_from(((t2 - t1) + (t3 - t4)) / 2);
        let round_trip = u64::try_from((t4 - t1) - (t3 - t2));
        // A clock that was set in between gives a round trip below zero: that round says nothing.
        if let (Ok(offset_ns), Ok(round_trip_ns)) = (offset, round_trip)
            && self.best.is_none_or(|best| round_trip_ns < best.round_trip_ns)
        {
            self.best = Some(ClockEstimate { offset_ns, round_trip_ns });
        }
        true
    }

    /// Something else came where an answer was due, or the stream broke: go on with what is known.
    pub fn abandon(&mut self) {
        self.rounds_left = 0;
        self.under_way = None;
    }

    /// There is nothing left to send or to wait for.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.rounds_left == 0 && self.under_way.is_none()
    }

    /// When the probe under way is given up, on the monotonic clock.
    #[must_use]
    pub fn wake_at(&self) -> Option<u64> {
        self.under_way.map(|(_, until)| until)
    }

    /// What is known so far; `None` means taking both clocks for equal.
    #[must_use]
    pub fn estimate(&self) -> Option<ClockEstimate> {
        self.best
    }
}

impl Default for ClockSync {
    fn default() -> Self {
        Self::new()
    }
}

/// The host's side: it answers, and holds everything else back until the client has its time.
///
/// A client in its eight rounds takes any other message for the end of them. It punches when they are over,
/// so the first punch (or the start of the stream without one) opens the control stream.
#[derive(Debug, Clone)]
pub struct ClockHost<T> {
    held: Option<Vec<T>>,
}

impl<T> ClockHost<T> {
    /// The most messages that are held back. What is beyond is dropped; nothing that is said this early
    /// cannot be said again.
    pub const MAX_HELD: usize = 32;

    /// Right after Start.
    #[must_use]
    pub fn new() -> Self {
        Self { held: Some(Vec::new()) }
    }

    /// The answer to a probe: `received_ns` is the wall clock when it came, `wall_ns` the wall clock now.
    #[must_use]
    pub fn answer(t1: u64, received_ns: u64, wall_ns: u64) -> Control {
        Control::ClockEcho { t1, t2: received_ns, t3: wall_ns }
    }

    /// A message that is no answer to a probe wants to be sent. Returned if it may be, else held back.
    pub fn offer(&mut self, message: T) -> Option<T> {
        match &mut self.held {
            None => Some(message),
            Some(held) => {
                if held.len() < Self::MAX_HELD {
                    held.push(message);
                }
                None
            }
        }
    }

    /// The client has punched, or the host streams without a punch. Returns what was held back, in order.
    pub fn open(&mut self) -> Vec<T> {
        self.held.take().unwrap_or_default()
    }
}

impl<T> Default for ClockHost<T> {
    fn default() -> Self {
        Self::new()
    }
}
