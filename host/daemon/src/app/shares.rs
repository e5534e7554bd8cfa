//! What all clients of all doors share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// How many gamepads all clients together have plugged in.
#[derive(Debug, Clone, Default)]
pub struct PadBudget(Arc<AtomicU8>);

impl PadBudget {
    /// Takes a pad, unless `most` are taken.
    pub fn claim(&self, most: u8) -> bool {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| (used < most).then_some(used + 1))
            .is_ok()
    }

    /// Gives a pad back.
    pub fn release(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Pads that are taken.
    pub fn taken(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The right to probe the speed of a link, of which a host has one: all streams share what it measures.
#[derive(Debug, Clone, Default)]
pub struct ProbeTurn(Arc<AtomicBool>);

/// A probe under way; dropping this lets the next one begin.
#[derive(Debug)]
pub struct Probing(Arc<AtomicBool>);

impl ProbeTurn {
    /// Begins a probe, unless one is under way.
    pub fn take(&self) -> Option<Probing> {
        (!self.0.swap(true, Ordering::AcqRel)).then(|| Probing(Arc::clone(&self.0)))
    }
}

impl Drop for Probing {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_devices_do_not_probe_at_the_same_time() {
        let (one, other) = {
            let turn = ProbeTurn::default();
            (turn.clone(), turn)
        };
        let probing = one.take();
        assert!(probing.is_some());
        assert!(other.take().is_none());
        drop(probing);
        assert!(other.take().is_some());
    }
}
