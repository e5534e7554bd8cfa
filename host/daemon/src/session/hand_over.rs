//! The way from a session's threads to one viewer: a queue that either end may close, and that neither waits for.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a viewer found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken<T> {
    /// The next one to send.
    Next(Arc<T>),
    /// Nothing yet.
    Nothing,
    /// The session or the viewer has ended.
    Closed,
}

/// A queue of `T` whose ends agree on `R`.
#[derive(Debug)]
pub(super) struct HandOver<T, R = ()> {
    state: Mutex<State<T, R>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T, R> {
    line: Line<T, R>,
    woken: bool,
    closed: bool,
}

/// What waits for the viewer.
#[derive(Debug)]
pub(super) struct Line<T, R> {
    pub(super) queue: VecDeque<Arc<T>>,
    /// The viewer takes what comes.
    pub(super) open: bool,
    /// How many it never got.
    pub(super) skipped: u64,
    pub(super) rule: R,
}

impl<T, R: Default> Default for HandOver<T, R> {
    fn default() -> Self {
        let line = Line { queue: VecDeque::new(), open: false, skipped: 0, rule: R::default() };
        Self { state: Mutex::new(State { line, woken: false, closed: false }), changed: Condvar::new() }
    }
}

impl<T, R> HandOver<T, R> {
    /// Looks at the line, or changes it.
    pub(super) fn with<A>(&self, act: impl FnOnce(&mut Line<T, R>) -> A) -> A {
        act(&mut self.lock().line)
    }

    /// Has `place` put something into the line; `None` where nobody takes it.
    pub(super) fn offer<A>(&self, place: impl FnOnce(&mut Line<T, R>) -> A) -> Option<A> {
        let mut state = self.lock();
        if !state.line.open || state.closed {
            return None;
        }
        let outcome = place(&mut state.line);
        let waits = !state.line.queue.is_empty();
        drop(state);
        if waits {
            self.changed.notify_one();
        }
        Some(outcome)
    }

    /// Waits at most `wait` for the next one, for [`wake`](Self::wake) or for the end.
    pub(super) fn take(&self, wait: Duration) -> Taken<T> {
        let idle = |state: &mut State<T, R>| !state.closed && !state.woken && state.line.queue.is_empty();
        let (mut state, _) =
            self.changed.wait_timeout_while(self.lock(), wait, idle).unwrap_or_else(PoisonError::into_inner);
        state.woken = false;
        if state.closed {
            return Taken::Closed;
        }
        state.line.queue.pop_front().map_or(Taken::Nothing, Taken::Next)
    }

    /// Makes a waiting [`take`](Self::take) return, because there is something else to look at.
    pub(super) fn wake(&self) {
        self.lock().woken = true;
        self.changed.notify_one();
    }

    /// Nothing more goes in, and the viewer learns of it at once.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.line.queue.clear();
        drop(state);
        self.changed.notify_all();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Whether somebody takes what comes.
    pub(super) fn is_open(&self) -> bool {
        let state = self.lock();
        state.line.open && !state.closed
    }

    fn lock(&self) -> MutexGuard<'_, State<T, R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(hand_over: &HandOver<u8>, what: u8) -> Option<()> {
        hand_over.offer(|line| line.queue.push_back(Arc::new(what)))
    }

    #[test]
    fn what_nobody_takes_goes_nowhere() {
        let hand_over = HandOver::default();
        assert_eq!(offer(&hand_over, 1), None);
        hand_over.with(|line| line.open = true);
        assert_eq!(offer(&hand_over, 2), Some(()));
        assert_eq!(hand_over.take(Duration::ZERO), Taken::Next(Arc::new(2)));
        assert_eq!(hand_over.take(Duration::ZERO), Taken::Nothing);
    }

    #[test]
    fn closing_ends_a_waiting_viewer_and_takes_nothing_more() {
        let hand_over = Arc::new(HandOver::default());
        hand_over.with(|line| line.open = true);
        let waiting = {
            let hand_over = Arc::clone(&hand_over);
            std::thread::spawn(move || hand_over.take(Duration::from_secs(30)))
        };
        hand_over.close();
        assert_eq!(waiting.join().unwrap(), Taken::Closed);
        assert_eq!(offer(&hand_over, 1), None);
        assert!(hand_over.is_closed() && !hand_over.is_open());
    }

    #[test]
    fn waking_returns_with_nothing() {
        let hand_over = HandOver::<u8>::default();
        hand_over.wake();
        assert_eq!(hand_over.take(Duration::from_secs(30)), Taken::Nothing);
    }
}
