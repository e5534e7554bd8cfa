//! The hand-over between a session's encoder and one viewer: bounded, and the latest picture wins.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::AccessUnit;

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

/// What a viewer found in its slot.
#[derive(Debug)]
pub enum Taken {
    /// The next access unit to send.
    Unit(Arc<AccessUnit>),
    /// Nothing yet.
    Nothing,
    /// The session or the viewer has ended.
    Closed,
}

/// One viewer's place in a session.
#[derive(Debug, Default)]
pub struct Slot {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Arc<AccessUnit>>,
    looking: bool,
    /// The chain of references is whole: what comes next can be decoded.
    whole: bool,
    woken: bool,
    closed: bool,
    skipped: u64,
}

impl Slot {
    /// The viewer is ready to send pictures on; it starts with an IDR.
    pub fn open(&self) {
        let mut state = self.lock();
        state.looking = true;
        state.whole = false;
        state.queue.clear();
    }

    /// The viewer takes nothing for a while, until it is opened again.
    pub fn pause(&self) {
        let mut state = self.lock();
        state.looking = false;
        state.queue.clear();
    }

    /// Offers the next access unit.
    pub fn offer(&self, unit: &Arc<AccessUnit>) -> Offered {
        let mut state = self.lock();
        if !state.looking || state.closed {
            return Offered::NotLooking;
        }
        if !unit.idr && !state.whole {
            state.skipped += 1;
            return Offered::WantsIdr;
        }
        if unit.idr || state.queue.len() >= DEPTH {
            state.skipped += state.queue.len() as u64;
            state.queue.clear();
            state.whole = unit.idr;
            if !unit.idr {
                state.skipped += 1;
                return Offered::WantsIdr;
            }
        }
        state.queue.push_back(Arc::clone(unit));
        drop(state);
        self.changed.notify_one();
        Offered::Queued
    }

    /// Waits at most `wait` for an access unit, for [`wake`](Self::wake) or for the end.
    pub fn take(&self, wait: Duration) -> Taken {
        let state = self.lock();
        let (mut state, _) = self
            .changed
            .wait_timeout_while(state, wait, |state| !state.closed && !state.woken && state.queue.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        state.woken = false;
        if state.closed {
            return Taken::Closed;
        }
        state.queue.pop_front().map_or(Taken::Nothing, Taken::Unit)
    }

    /// Makes a waiting [`take`](Self::take) return, because there is something else to look at.
    pub fn wake(&self) {
        self.lock().woken = true;
        self.changed.notify_one();
    }

    /// Ends the hand-over: nothing more goes in, and the viewer learns of it at once.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.queue.clear();
        drop(state);
        self.changed.notify_all();
    }

    /// Whether the hand-over has ended.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Whether somebody is taking pictures out.
    pub fn is_looking(&self) -> bool {
        let state = self.lock();
        state.looking && !state.closed
    }

    /// Whether the viewer can only go on with an IDR.
    pub fn wants_idr(&self) -> bool {
        let state = self.lock();
        state.looking && !state.closed && !state.whole
    }

    /// Access units the viewer never got, because it was behind or waited for an IDR.
    pub fn skipped(&self) -> u64 {
        self.lock().skipped
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
        assert!(matches!(slot.take(Duration::ZERO), Taken::Unit(unit) if unit.idr));
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
        assert!(matches!(slot.take(Duration::ZERO), Taken::Unit(unit) if unit.idr));
        assert_eq!(slot.skipped(), DEPTH as u64 + 2);
    }

    #[test]
    fn an_idr_replaces_everything_that_still_waits() {
        let slot = Slot::default();
        slot.open();
        slot.offer(&unit(true));
        slot.offer(&unit(false));
        assert_eq!(slot.offer(&unit(true)), Offered::Queued);
        assert!(matches!(slot.take(Duration::ZERO), Taken::Unit(unit) if unit.idr));
        assert!(matches!(slot.take(Duration::ZERO), Taken::Nothing));
    }

    #[test]
    fn closing_ends_a_waiting_viewer() {
        let slot = Arc::new(Slot::default());
        let waiting = {
            let slot = Arc::clone(&slot);
            std::thread::spawn(move || matches!(slot.take(Duration::from_secs(30)), Taken::Closed))
        };
        slot.close();
        assert!(waiting.join().unwrap());
        assert_eq!(slot.offer(&unit(true)), Offered::NotLooking);
    }

    #[test]
    fn waking_returns_without_a_picture() {
        let slot = Slot::default();
        slot.wake();
        assert!(matches!(slot.take(Duration::from_secs(30)), Taken::Nothing));
    }
}
