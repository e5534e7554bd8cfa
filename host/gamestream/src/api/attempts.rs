//! Pairing attempts between their phases.
//!
//! After the first phase a request no longer says which device it comes from: its address and an id that most clients share
//! are all there is. So of the devices that have these in common, one at a time is past the first phase; the others wait for
//! their turn with the PIN that was entered for them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::house::{Fingerprint, Knock};
use crate::pairing::{Answered, Challenged, Keyed};

/// Attempts at once whose PIN was entered. Each stands for one answer of the owner.
const MAX_ATTEMPTS: usize = 16;
/// How long a client may take between two phases; it gives up itself after five seconds.
const NEXT_PHASE: Duration = Duration::from_secs(10);
/// The longest id that is kept; those of clients have 16 characters.
const MAX_ID_BYTES: usize = 64;

/// Which attempt a request belongs to. The id identifies nobody: it only tells attempts of one address apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct AttemptKey {
    source: IpAddr,
    id: String,
}

impl AttemptKey {
    /// `None` when the id is too long to be one.
    pub(super) fn new(source: IpAddr, id: &str) -> Option<Self> {
        (id.len() <= MAX_ID_BYTES).then(|| Self { source, id: id.to_owned() })
    }
}

/// Where an attempt is.
pub(super) enum Stage {
    Keyed(Keyed),
    Challenged(Challenged),
    Answered(Answered),
}

/// A device's turn among those with its address and id, for as long as this is held.
pub(super) struct Turn {
    device: Fingerprint,
    _permit: OwnedSemaphorePermit,
}

impl Turn {
    pub(super) fn new(device: Fingerprint, permit: OwnedSemaphorePermit) -> Self {
        Self { device, _permit: permit }
    }
}

/// An attempt, and whom its owner answered.
pub(super) struct Attempt {
    pub(super) stage: Stage,
    pub(super) knock: Box<dyn Knock>,
    pub(super) turn: Turn,
}

/// The open attempts. Each request takes its own out, so that nothing is done twice.
#[derive(Default)]
pub(super) struct Attempts {
    open: HashMap<AttemptKey, (Attempt, Duration)>,
    turns: HashMap<AttemptKey, Weak<Semaphore>>,
}

impl Attempts {
    /// Takes the attempt out. It is over unless the request puts it back.
    pub(super) fn take(&mut self, now: Duration, key: &AttemptKey) -> Option<Attempt> {
        self.expire(now);
        self.open.remove(key).map(|(attempt, _)| attempt)
    }

    /// Ends an attempt of this very device, which begins anew.
    pub(super) fn begin_anew(&mut self, key: &AttemptKey, device: Fingerprint) {
        if self.open.get(key).is_some_and(|(attempt, _)| attempt.turn.device == device) {
            self.open.remove(key);
        }
    }

    /// What devices with this key take turns by. There are as many as requests that wait, and attempts.
    pub(super) fn turns(&mut self, key: &AttemptKey) -> Arc<Semaphore> {
        self.turns.retain(|_, turns| turns.strong_count() > 0);
        let known = self.turns.get(key).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let turns = Arc::new(Semaphore::new(1));
            self.turns.insert(key.clone(), Arc::downgrade(&turns));
            turns
        })
    }

    /// Keeps an attempt for its next phase; `false` when there are too many.
    pub(super) fn put(&mut self, now: Duration, key: AttemptKey, attempt: Attempt) -> bool {
        self.expire(now);
        let fits = self.open.len() < MAX_ATTEMPTS;
        if fits {
            self.open.insert(key, (attempt, now + NEXT_PHASE));
        }
        fits
    }

    /// Ends attempts whose device has taken too long.
    pub(super) fn expire(&mut self, now: Duration) {
        self.open.retain(|_, (_, until)| now < *until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{ClientCertificate, HostCertificate};
    use crate::house::Answer;

    struct Nobody;

    impl Knock for Nobody {
        fn pin(&mut self) -> Answer<'_, Option<String>> {
            Box::pin(async { None })
        }

        fn paired(self: Box<Self>) -> Answer<'static, Result<(), String>> {
            Box::pin(async { Ok(()) })
        }

        fn wrong_pin(self: Box<Self>) {}
    }

    fn key(n: u8) -> AttemptKey {
        AttemptKey::new([192, 0, 2, n].into(), "0123456789ABCDEF").unwrap()
    }

    fn client() -> ClientCertificate {
        let (certificate, _) = HostCertificate::generate().unwrap();
        ClientCertificate::from_hex_pem(&hex::encode(certificate.pem())).unwrap()
    }

    fn attempt(client: &ClientCertificate, turns: &Arc<Semaphore>) -> Attempt {
        Attempt {
            stage: Stage::Keyed(Keyed::new(client.clone(), &[0; 16], "1234")),
            knock: Box::new(Nobody),
            turn: Turn::new(client.fingerprint(), Arc::clone(turns).try_acquire_owned().unwrap()),
        }
    }

    #[test]
    fn attempts_are_taken_once_run_out_and_are_bounded() {
        let client = client();
        let attempt = || attempt(&client, &Arc::new(Semaphore::new(1)));
        let mut attempts = Attempts::default();
        assert!(attempts.put(Duration::ZERO, key(1), attempt()));
        assert!(attempts.take(Duration::ZERO, &key(2)).is_none(), "another address, the same id");
        assert!(attempts.take(Duration::ZERO, &key(1)).is_some());
        assert!(attempts.take(Duration::ZERO, &key(1)).is_none());
        assert!(attempts.put(Duration::ZERO, key(1), attempt()));
        assert!(attempts.take(NEXT_PHASE, &key(1)).is_none());
        let kept = (0..=255).filter(|n| attempts.put(NEXT_PHASE, key(*n), attempt())).count();
        assert_eq!(kept, MAX_ATTEMPTS);
        assert!(AttemptKey::new([192, 0, 2, 1].into(), &"x".repeat(65)).is_none());
    }

    #[test]
    fn a_device_that_dawdles_loses_its_turn_to_the_next_one() {
        let client = client();
        let mut attempts = Attempts::default();
        let turns = attempts.turns(&key(1));
        assert!(attempts.put(Duration::ZERO, key(1), attempt(&client, &turns)));
        assert!(attempts.turns(&key(1)).try_acquire().is_err());
        assert!(attempts.turns(&key(2)).try_acquire().is_ok(), "other addresses have turns of their own");
        attempts.expire(NEXT_PHASE);
        assert!(attempts.turns(&key(1)).try_acquire().is_ok());
    }

    #[test]
    fn a_device_that_begins_anew_ends_its_own_attempt_only() {
        let (one, other) = (client(), client());
        let mut attempts = Attempts::default();
        let turns = attempts.turns(&key(1));
        assert!(attempts.put(Duration::ZERO, key(1), attempt(&one, &turns)));
        attempts.begin_anew(&key(1), other.fingerprint());
        assert!(turns.try_acquire().is_err(), "the other is still at it");
        attempts.begin_anew(&key(1), one.fingerprint());
        assert!(turns.try_acquire().is_ok());
    }
}
