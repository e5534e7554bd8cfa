/// Remembers which of the last 131072 sequence numbers have come (punktfunk/1 §4.3).
pub struct ReplayWindow {
    /// One bit per number, at its remainder.
    seen: Box<[u64]>,
    /// One above the highest number that came.
    next: u64,
}

impl ReplayWindow {
    /// How many numbers it reaches back.
    pub const SIZE: u64 = 131_072;

    /// A window that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self { seen: vec![0; (Self::SIZE / 64) as usize].into_boxed_slice(), next: 0 }
    }

    /// Whether this number is new; if so it counts. Numbers that have fallen out of the window are not.
    pub fn accept(&mut self, seq: u64) -> bool {
        // The last number is never sent, so that `next` stays a number.
        if seq == u64::MAX || seq < self.next.saturating_sub(Self::SIZE) {
            return false;
        }
        if seq >= self.next {
            self.forget(seq);
            self.next = seq + 1;
        }
        let (word, bit) = Self::place(seq);
        let fresh = self.seen[word] & bit == 0;
        self.seen[word] |= bit;
        fresh
    }

    /// Clears the places of the numbers from `next` to `seq`, which still hold those of a window earlier.
    fn forget(&mut self, seq: u64) {
        if seq - self.next >= Self::SIZE {
            self.seen.fill(0);
            return;
        }
        let mut at = self.next;
        while at <= seq {
            let (word, bit) = Self::place(at);
            if at.is_multiple_of(64) && seq - at >= 63 {
                self.seen[word] = 0;
                at += 64;
            } else {
                self.seen[word] &= !bit;
                at += 1;
            }
        }
    }

    fn place(seq: u64) -> (usize, u64) {
        let at = seq % Self::SIZE;
        ((at / 64) as usize, 1 << (at % 64))
    }
}

impl Default for ReplayWindow {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for ReplayWindow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReplayWindow(next {})", self.next)
    }
}
