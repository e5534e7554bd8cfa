//! The hand-over of pictures to one viewer: bounded, and the latest picture wins.

use std::sync::Arc;
use std::time::Duration;

use super::AccessUnit;
use super::hand_over::{HandOver, Taken};

/// Access units that may wait for a viewer. A viewer further behind than this gets a fresh start instead.
pub const DEPTH: usize = 3;

/// What became of an access unit offered to a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// It waits for the viewer.
    Queued,
    /// The viewer cannot use it: only an IDR helps.
    WantsIdr,
    /// The viewer does not look yet, or not any more.
    NotLooking,
}

/// One viewer's place in a session.
#[derive(Debug, Default)]
pub struct Slot(HandOver<AccessUnit, Chain>);

#[derive(Debug, Default)]
struct Chain {
    /// The chain of references is whole: what comes next can be decoded.
    whole: bool,
}

impl Slot {
    /// The viewer is ready to send pictures on; it starts with an IDR.
    pub fn open(&self) {
        self.0.with(|line| {
            line.open = true;
            line.rule.whole = false;
            line.queue.clear();
        });
    }

    /// The viewer takes nothing for a while, until it is opened again.
    pub fn pause(&self) {
        self.0.with(|line| {
            line.open = false;
            line.queue.clear();
        });
    }

    /// Offers the next access unit.
    pub fn offer(&self, unit: &Arc<AccessUnit>) -> Offered {
        let offered = self.0.offer(|line| {
            if !unit.idr && !line.rule.whole {
                line.skipped += 1;
                return Offered::WantsIdr;
            }
            if unit.idr || line.queue.len() >= DEPTH {
                line.skipped += line.queue.len() as u64;
                line.queue.clear();
                line.rule.whole = unit.idr;
                if !unit.idr {
                    line.skipped += 1;
                    return Offered::WantsIdr;
                }
            }
            line.queue.push_back(Arc::clone(unit));
            Offered::Queued
        });
        offered.unwrap_or(Offered::NotLooking)
    }

    /// Waits at most `wait` for an access unit, for [`wake`](Self::wake) or for the end.
    pub fn take(&self, wait: Duration) -> Taken<AccessUnit> {
        self.0.take(wait)
    }

    /// Makes a waiting [`take`](Self::take) return, because there is something else to look at.
    pub fn wake(&self) {
        self.0.wake();
    }

    /// Ends the hand-over: nothing more goes in, and the viewer learns of it at once.
    pub fn close(&self) {
        self.0.close();
    }

    /// Whether the hand-over has ended.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Whether somebody is taking pictures out.
    pub fn is_looking(&self) -> bool {
        self.0.is_open()
    }

    /// Whether the viewer can only go on with an IDR.
    pub fn wants_idr(&self) -> bool {
        self.0.offer(|line| !line.rule.whole).unwrap_or(false)
    }

    /// Access units the viewer never got, because it was behind or waited for an IDR.
    pub fn skipped(&self) -> u64 {
        self.0.with(|line| line.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(idr: bool) -> Arc<AccessUnit> {
        Arc::new(AccessUnit { idr, ..AccessUnit::default() })
    }

    #[test]
    fn a_viewer_starts_with_an_idr() {
        let slot = Slot::default();
        assert_eq!(slot.offer(&unit(true)), Offered::NotLooking);
        slot.open();
        assert_eq!(slot.offer(&unit(false)), Offered::WantsIdr);
        assert_eq!(slot.offer(&unit(true)), Offered::Queued);
        assert_eq!(slot.offer(&unit(false)), Offered::Queued);
        assert!(matches!(slot.take(Duration::ZERO), Taken::Next(unit) if unit.idr));
    }

    #[test]
    fn a_viewer_that_fell_behind_goes_on_with_an_idr_and_nothing_before_it() {
        let slot = Slot::default();
        slot.open();
        slot.offer(&unit(true));
        for _ in 1..DEPTH {
            assert_eq!(slot.offer(&unit(false)), Offered::Queued);
        }
        assert_eq!(slot.offer(&unit(false)), Offered::WantsIdr);
        assert!(matches!(slot.take(Duration::ZERO), Taken::Nothing));
        assert_eq!(slot.offer(&unit(false)), Offered::WantsIdr);
        assert_eq!(slot.offer(&unit(true)), Offered::Queued);
        assert!(matches!(slot.take(Duration::ZERO), Taken::Next(unit) if unit.idr));
        assert_eq!(slot.skipped(), DEPTH as u64 + 2);
    }

    #[test]
    fn an_idr_replaces_everything_that_still_waits() {
        let slot = Slot::default();
        slot.open();
        slot.offer(&unit(true));
        slot.offer(&unit(false));
        assert_eq!(slot.offer(&unit(true)), Offered::Queued);
        assert!(matches!(slot.take(Duration::ZERO), Taken::Next(unit) if unit.idr));
        assert!(matches!(slot.take(Duration::ZERO), Taken::Nothing));
    }
}
