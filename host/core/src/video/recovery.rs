use super::UserFlags;
use crate::wire::Control;

const MS: u64 = 1_000_000;

/// What a client does about lost access units (punktfunk/1 §2.8): it asks the host to stop referring to them,
/// keeps the last good picture on the screen, and asks again until something comes that it can trust.
#[derive(Debug, Clone, Default)]
pub struct Recovery {
    /// What was lost since the last good picture.
    lost: Option<(u32, u32)>,
    /// There is a loss that the host has not been told of.
    untold: bool,
    points: u8,
    asked_ns: Option<u64>,
}

impl Recovery {
    /// How long it waits for an answer before it asks again, in ns.
    pub const REPEAT_NS: u64 = 500 * MS;
    /// How long it waits before it tells of another loss, in ns. Hosts drop what comes sooner.
    pub const PAUSE_NS: u64 = 100 * MS;
    const POINTS: u8 = 2;

    /// Nothing is lost.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the picture is frozen.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        self.lost.is_some()
    }

    /// These frame indexes, in order after all others, are lost.
    pub fn on_lost(&mut self, first: u32, last: u32) {
        self.untold = true;
        self.lost = Some((self.lost.map_or(first, |(first, _)| first), last));
        self.points = 0;
    }

    /// The next access unit has come. Whether it can be shown: after a loss only from an IDR on, from one
    /// that refers to nothing lost, or from the second recovery point.
    pub fn on_frame(&mut self, flags: UserFlags) -> bool {
        if self.lost.is_none() {
            return true;
        }
        self.points += u8::from(flags.contains(UserFlags::RECOVERY_POINT));
        let good = flags.is_key() || flags.contains(UserFlags::ANCHOR) || self.points >= Self::POINTS;
        if good {
            *self = Self { asked_ns: self.asked_ns, ..Self::default() };
        }
        good
    }

    /// What to ask the host for now.
    pub fn poll(&mut self, now_ns: u64) -> Option<Control> {
        let (first, last) = self.lost.filter(|_| self.wake_at().is_some_and(|at| now_ns >= at))?;
        self.asked_ns = Some(now_ns);
        self.untold = false;
        Some(Control::RfiRequest { first, last })
    }

    /// When to poll again; `None` while nothing is lost.
    #[must_use]
    pub fn wake_at(&self) -> Option<u64> {
        self.lost?;
        let Some(asked) = self.asked_ns else { return Some(0) };
        let pause = if self.untold { Self::PAUSE_NS } else { Self::REPEAT_NS };
        Some(asked.saturating_add(pause))
    }
}
