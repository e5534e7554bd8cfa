//! Session keys that were used. Counters begin anew with each stream, so that no key may come a second time.

use std::collections::VecDeque;

use aws_lc_rs::digest::{SHA256, digest};

/// Keys that are remembered; the oldest are forgotten.
const REMEMBERED: usize = 1024;

/// What was used lately, as hashes.
#[derive(Debug, Default)]
pub(super) struct UsedKeys(VecDeque<[u8; 32]>);

impl UsedKeys {
    /// Whether this key is new. It is not the next time.
    pub(super) fn take(&mut self, key: &[u8]) -> bool {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, key).as_ref());
        let fresh = !self.0.contains(&hash);
        if fresh {
            self.0.truncate(REMEMBERED - 1);
            self.0.push_front(hash);
        }
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_good_once_and_memory_is_bounded() {
        let mut used = UsedKeys::default();
        assert!(used.take(&[1; 16]));
        assert!(!used.take(&[1; 16]));
        for n in 0..5_000_u32 {
            assert!(used.take(&n.to_be_bytes()));
        }
        assert!(!used.take(&4_999_u32.to_be_bytes()));
        assert_eq!(used.0.len(), REMEMBERED);
    }
}
