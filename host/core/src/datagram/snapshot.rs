use super::MAX_PADS;

/// Which of two controller states is the newer one, when datagrams overtake each other (punktfunk/1 §5.1).
///
/// Sequence numbers are 8 bits and wrap; one is newer if it is up to 127 ahead. The same rule orders rumble.
#[derive(Debug, Clone, Default)]
pub struct SnapshotOrder {
    last: [Option<u8>; MAX_PADS as usize],
}

impl SnapshotOrder {
    /// An order in which everything is new.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether this state is newer than all before it; if so it counts. A pad above 15 never is.
    pub fn accept(&mut self, pad: u8, seq: u8) -> bool {
        let Some(last) = self.last.get_mut(usize::from(pad)) else { return false };
        let newer = last.is_none_or(|last| seq.wrapping_sub(last).cast_signed() > 0);
        if newer {
            *last = Some(seq);
        }
        newer
    }

    /// A controller was plugged in: it counts from anywhere.
    pub fn forget(&mut self, pad: u8) {
        if let Some(last) = self.last.get_mut(usize::from(pad)) {
            *last = None;
        }
    }
}
