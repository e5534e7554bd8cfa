//! Where secrets come from. Injected, so that known-answer tests can fix it.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use rand_core::{CryptoRng, RngCore};

/// A source of cryptographically secure bytes.
pub trait Randomness: Send {
    /// Fills `out` entirely.
    fn fill(&mut self, out: &mut [u8]);

    /// A uniform number below `bound`, by rejection.
    ///
    /// # Panics
    /// When `bound` is zero.
    fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "there is no number below zero");
        let mask = u64::MAX >> (bound - 1).leading_zeros().min(63);
        loop {
            let mut bytes = [0; 8];
            self.fill(&mut bytes);
            let candidate = u64::from_le_bytes(bytes) & mask;
            if candidate < bound {
                return candidate;
            }
        }
    }
}

/// The operating system's generator.
#[derive(Debug, Default)]
pub struct SystemRandomness(SystemRandom);

impl Randomness for SystemRandomness {
    /// # Panics
    /// When the operating system cannot give randomness: there is nothing safe left to do then.
    fn fill(&mut self, out: &mut [u8]) {
        self.0.fill(out).expect("the operating system's random generator works");
    }
}

/// Lets the spake2 crate draw from a [`Randomness`].
pub(crate) struct ForSpake<'a>(pub(crate) &'a mut dyn Randomness);

impl CryptoRng for ForSpake<'_> {}

impl RngCore for ForSpake<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rand_core::Error> {
        self.0.fill(out);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_below_a_bound_reach_every_value_and_none_beyond() {
        let mut random = SystemRandomness::default();
        for bound in [1, 2, 3, 10, 1000] {
            let mut seen = std::collections::BTreeSet::new();
            for _ in 0..bound * 20 {
                seen.insert(random.below(bound));
            }
            assert!(seen.iter().all(|n| *n < bound));
            assert!(seen.len() as u64 > bound / 2, "{bound}: {} values", seen.len());
        }
        assert!(random.below(u64::MAX) < u64::MAX);
    }
}
