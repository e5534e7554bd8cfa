//! Pairing attempts between their phases.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use crate::house::Knock;
use crate::pairing::{Answered, Challenged, Keyed};

/// Attempts at once whose PIN was entered. Each stands for one answer of the owner.
const MAX_ATTEMPTS: usize = 16;
/// How long a client may take between two phases; it gives up itself after five seconds.
const NEXT_PHASE: Duration = Duration::from_secs(30);
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

/// An attempt, and whom its owner answered.
pub(super) struct Attempt {
    pub(super) stage: Stage,
    pub(super) knock: Box<dyn Knock>,
}

/// The open attempts. Each request takes its own out, so that nothing is done twice.
#[derive(Default)]
pub(super) struct Attempts(HashMap<AttemptKey, (Attempt, Duration)>);

impl Attempts {
    /// Takes the attempt out. It is over unless the request puts it back.
    pub(super) fn take(&mut self, now: Duration, key: &AttemptKey) -> Option<Attempt> {
        self.expire(now);
        self.0.remove(key).map(|(attempt, _)| attempt)
    }

    /// Keeps an attempt for its next phase; `false` when there are too many.
    pub(super) fn put(&mut self, now: Duration, key: AttemptKey, attempt: Attempt) -> bool {
        self.expire(now);
        let fits = self.0.len() < MAX_ATTEMPTS;
        if fits {
            self.0.insert(key, (attempt, now + NEXT_PHASE));
        }
        fits
    }

    fn expire(&mut self, now: Duration) {
        self.0.retain(|_, (_, until)| now < *until);
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

    #[test]
    fn attempts_are_taken_once_run_out_and_are_bounded() {
        let (certificate, _) = HostCertificate::generate().unwrap();
        let client = ClientCertificate::from_hex_pem(&hex::encode(certificate.pem())).unwrap();
        let attempt = || Attempt {
            stage: Stage::Keyed(Keyed::new(client.clone(), &[0; 16], "1234")),
            knock: Box::new(Nobody),
        };
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
}
