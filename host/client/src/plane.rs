//! The hand-over between the session and whoever pulls a plane: bounded, blocking with a limit, never stale.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What one pull of a plane gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pulled<T> {
    Item(T),
    Nothing,
    Ended,
}

/// A queue for one producer and any number of pullers.
///
/// It holds at most `max_items` items and at most `max_bytes` bytes of them, except that a single item may always be
/// held, however heavy.
#[derive(Debug)]
pub(crate) struct Plane<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
    max_items: usize,
    max_bytes: usize,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<(T, usize)>,
    bytes: usize,
    ended: bool,
}

impl<T> Plane<T> {
    pub(crate) fn new(max_items: usize, max_bytes: usize) -> Self {
        let items = VecDeque::with_capacity(max_items);
        Self {
            state: Mutex::new(State { items, bytes: 0, ended: false }),
            ready: Condvar::new(),
            max_items: max_items.max(1),
            max_bytes,
        }
    }

    /// Adds an item and throws out the oldest ones that no longer fit; returns how many those were.
    pub(crate) fn push_latest(&self, item: T, bytes: usize) -> usize {
        let mut state = self.lock();
        let mut thrown = 0;
        while self.full(&state, bytes) {
            if let Some((_, weight)) = state.items.pop_front() {
                state.bytes -= weight;
                thrown += 1;
            }
        }
        self.add(state, item, bytes);
        thrown
    }

    /// Adds an item, or when it does not fit, empties the queue and returns how many items went with this one.
    ///
    /// For a plane whose items build on each other, where losing one makes those behind it worthless.
    pub(crate) fn push_or_clear(&self, item: T, bytes: usize) -> Result<(), usize> {
        let mut state = self.lock();
        if self.full(&state, bytes) {
            let thrown = state.items.len() + 1;
            state.items.clear();
            state.bytes = 0;
            return Err(thrown);
        }
        self.add(state, item, bytes);
        Ok(())
    }

    /// Takes the oldest item, waiting up to `wait` for one. What is queued is still handed out after the end.
    pub(crate) fn pull(&self, wait: Duration) -> Pulled<T> {
        let deadline = Instant::now().checked_add(wait);
        let mut state = self.lock();
        loop {
            if let Some((item, weight)) = state.items.pop_front() {
                state.bytes -= weight;
                return Pulled::Item(item);
            }
            if state.ended {
                return Pulled::Ended;
            }
            let left = deadline.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Pulled::Nothing;
            }
            state = if left == Duration::MAX {
                self.ready.wait(state).unwrap_or_else(PoisonError::into_inner)
            } else {
                self.ready.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
            };
        }
    }

    /// Nothing more will come: wakes everybody who waits.
    pub(crate) fn end(&self) {
        self.lock().ended = true;
        self.ready.notify_all();
    }

    fn add(&self, mut state: MutexGuard<'_, State<T>>, item: T, bytes: usize) {
        state.items.push_back((item, bytes));
        state.bytes += bytes;
        drop(state);
        self.ready.notify_one();
    }

    fn full(&self, state: &State<T>, bytes: usize) -> bool {
        let heavy = state.bytes.saturating_add(bytes) > self.max_bytes;
        state.items.len() >= self.max_items || (heavy && !state.items.is_empty())
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // A puller that panicked cannot have left the queue half-changed: every change is made by whole calls here.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_item_makes_room_for_the_latest() {
        let plane = Plane::new(2, usize::MAX);
        assert_eq!([plane.push_latest(1, 1), plane.push_latest(2, 1), plane.push_latest(3, 1)], [0, 0, 1]);
        assert_eq!(plane.pull(Duration::ZERO), Pulled::Item(2));
        assert_eq!(plane.pull(Duration::ZERO), Pulled::Item(3));
        assert_eq!(plane.pull(Duration::ZERO), Pulled::Nothing);
    }

    #[test]
    fn a_plane_is_bounded_in_bytes_but_always_holds_one_item() {
        let plane = Plane::new(10, 100);
        assert_eq!(plane.push_latest("heavy", 1000), 0);
        assert_eq!(plane.push_latest("light", 10), 1);
        assert_eq!(plane.push_latest("light too", 90), 0);
        assert_eq!(plane.push_latest("one more", 1), 1);
    }

    #[test]
    fn items_that_build_on_each_other_are_dropped_together() {
        let plane = Plane::new(2, usize::MAX);
        assert_eq!(plane.push_or_clear(1, 1), Ok(()));
        assert_eq!(plane.push_or_clear(2, 1), Ok(()));
        assert_eq!(plane.push_or_clear(3, 1), Err(3));
        assert_eq!(plane.pull(Duration::ZERO), Pulled::Nothing);
    }

    #[test]
    fn what_is_queued_is_handed_out_before_the_end_is_told() {
        let plane = Plane::new(2, usize::MAX);
        plane.push_latest(7, 1);
        plane.end();
        assert_eq!(plane.pull(Duration::MAX), Pulled::Item(7));
        assert_eq!(plane.pull(Duration::MAX), Pulled::Ended);
    }

    #[test]
    fn a_waiting_puller_is_woken_by_an_item_and_by_the_end() {
        let plane = Plane::new(2, usize::MAX);
        std::thread::scope(|scope| {
            let puller = scope.spawn(|| [plane.pull(Duration::MAX), plane.pull(Duration::MAX)]);
            plane.push_latest(1, 1);
            plane.end();
            assert_eq!(puller.join().expect("puller"), [Pulled::Item(1), Pulled::Ended]);
        });
    }
}
