//! Slow answers that everybody may share: made at most once at a time, and not again while they are fresh.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::problem::Problem;
use super::refusals::WORKER_LOST;

/// The last answer.
#[derive(Debug)]
pub(super) struct Once<T> {
    last: Arc<Mutex<Option<(Instant, T)>>>,
    fresh: Duration,
}

impl<T> Clone for Once<T> {
    fn clone(&self) -> Self {
        Self { last: Arc::clone(&self.last), fresh: self.fresh }
    }
}

impl<T: Clone + Send + 'static> Once<T> {
    /// Whose answers are fresh for so long.
    pub(super) fn new(fresh: Duration) -> Self {
        Self { last: Arc::default(), fresh }
    }

    /// The last answer, or a new one, made off the threads that answer others.
    ///
    /// # Errors
    /// Making it broke down.
    pub(super) async fn get(&self, make: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let mut last = Arc::clone(&self.last).lock_owned().await;
        if let Some((at, answer)) = &*last
            && at.elapsed() < self.fresh
        {
            return Ok(answer.clone());
        }
        // the lock goes along, so that a caller who hangs up lets nobody begin a second one
        let made = tokio::task::spawn_blocking(move || {
            let answer = make();
            *last = Some((Instant::now(), answer.clone()));
            answer
        });
        made.await.map_err(|_| {
            Problem::of(
                &WORKER_LOST,
                "the host broke down at this; its log says where, and another try may help",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn many_who_ask_at_once_share_one_answer() {
        let (once, made) = (Once::new(Duration::from_secs(3600)), Arc::new(AtomicUsize::new(0)));
        let ask = || {
            let (once, made) = (once.clone(), Arc::clone(&made));
            tokio::spawn(async move { once.get(move || made.fetch_add(1, Ordering::SeqCst)).await.unwrap() })
        };
        for asking in (0..20).map(|_| ask()).collect::<Vec<_>>() {
            assert_eq!(asking.await.unwrap(), 0);
        }
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn an_answer_that_is_not_fresh_is_made_anew_and_a_breakdown_is_told_and_over() {
        let once = Once::new(Duration::ZERO);
        assert_eq!(once.get(|| 1).await.unwrap(), 1);
        assert_eq!(once.get(|| panic!("on purpose")).await.unwrap_err().code, "worker_lost");
        assert_eq!(once.get(|| 2).await.unwrap(), 2);
    }
}
