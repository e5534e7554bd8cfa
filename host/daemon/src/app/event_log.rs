//! The events of the last while, numbered, so that a watcher who was away for a moment misses nothing.

use std::collections::VecDeque;
use std::sync::Mutex;

use tokio::sync::broadcast::{self, error::RecvError};

use super::{HostEvent, lock};

/// Events that are kept for those who come back, and that a slow watcher may be behind before it misses some.
pub const KEPT_EVENTS: usize = 256;

/// An event and its number; they count up from 1 with the start of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// The number.
    pub seq: u64,
    /// What happened.
    pub event: HostEvent,
}

/// What happened, and those who watch.
#[derive(Debug)]
pub(super) struct EventLog {
    kept: Mutex<Kept>,
    watchers: broadcast::Sender<Numbered>,
}

#[derive(Debug, Default)]
struct Kept {
    last: u64,
    events: VecDeque<Numbered>,
}

/// Watches what happens.
#[derive(Debug)]
pub struct Watcher(broadcast::Receiver<Numbered>);

/// Where a watcher goes on who was away.
#[derive(Debug)]
pub struct Resumed {
    /// The number of the last event before those that follow.
    pub after: u64,
    /// Whether others before them are lost.
    pub missed: bool,
    /// What happened meanwhile.
    pub meanwhile: Vec<Numbered>,
    /// What happens from now on.
    pub from_now: broadcast::Receiver<Numbered>,
}

impl Default for EventLog {
    fn default() -> Self {
        Self { kept: Mutex::default(), watchers: broadcast::Sender::new(KEPT_EVENTS) }
    }
}

impl EventLog {
    pub(super) fn tell(&self, event: HostEvent) {
        let mut kept = lock(&self.kept);
        kept.last += 1;
        let numbered = Numbered { seq: kept.last, event };
        if kept.events.len() == KEPT_EVENTS {
            kept.events.pop_front();
        }
        kept.events.push_back(numbered.clone());
        // under the lock, so that nobody who resumes sees it twice or not at all; nobody watching is fine
        let _ = self.watchers.send(numbered);
    }

    pub(super) fn watch(&self) -> Watcher {
        Watcher(self.watchers.subscribe())
    }

    /// Goes on after the event of number `seen`, or from now on.
    pub(super) fn resume(&self, seen: Option<u64>) -> Resumed {
        let kept = lock(&self.kept);
        let first_kept = kept.last - kept.events.len() as u64 + 1;
        let known = seen.filter(|seen| (first_kept..=kept.last + 1).contains(&seen.saturating_add(1)));
        let after = known.unwrap_or(kept.last);
        Resumed {
            after,
            missed: seen.is_some() && known.is_none(),
            meanwhile: kept.events.iter().filter(|numbered| numbered.seq > after).cloned().collect(),
            from_now: self.watchers.subscribe(),
        }
    }
}

impl Watcher {
    /// The next event. May be cancelled and asked again.
    ///
    /// # Errors
    /// Some were missed; the next call goes on after them.
    pub async fn recv(&mut self) -> Result<HostEvent, RecvError> {
        self.0.recv().await.map(|numbered| numbered.event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(events: u64) -> EventLog {
        let log = EventLog::default();
        for _ in 0..events {
            log.tell(HostEvent::Armed);
        }
        log
    }

    fn numbers(resumed: &Resumed) -> Vec<u64> {
        resumed.meanwhile.iter().map(|numbered| numbered.seq).collect()
    }

    #[test]
    fn whoever_comes_back_gets_what_happened_meanwhile_and_nothing_twice() {
        let log = log(5);
        let mut resumed = log.resume(Some(3));
        assert_eq!((resumed.after, resumed.missed, numbers(&resumed)), (3, false, vec![4, 5]));
        log.tell(HostEvent::Disarmed);
        assert_eq!(resumed.from_now.try_recv().unwrap().seq, 6);
        assert!(resumed.from_now.try_recv().is_err());
    }

    #[test]
    fn whoever_comes_for_the_first_time_or_is_up_to_date_has_missed_nothing() {
        for (events, seen) in [(0, None), (0, Some(0)), (5, None), (5, Some(5))] {
            let resumed = log(events).resume(seen);
            assert_eq!(
                (resumed.after, resumed.missed, numbers(&resumed)),
                (events, false, vec![]),
                "{seen:?}"
            );
        }
    }

    #[test]
    fn whoever_was_away_for_too_long_or_comes_from_nowhere_is_told_that_he_missed_something() {
        let kept = KEPT_EVENTS as u64;
        let log = log(kept + 10);
        assert_eq!(numbers(&log.resume(Some(10))).len(), KEPT_EVENTS);
        for seen in [0, 9, kept + 11, u64::MAX - 1, u64::MAX] {
            let resumed = log.resume(Some(seen));
            assert_eq!(
                (resumed.after, resumed.missed, numbers(&resumed)),
                (kept + 10, true, vec![]),
                "{seen}"
            );
        }
    }
}
