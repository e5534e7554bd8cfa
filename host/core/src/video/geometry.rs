/// m for a block of `k` data shards: none at 0 %, else `percent` of k rounded up and at least two
/// (punktfunk/1 §4.5). The caller clamps it by the receiver's bound.
#[must_use]
pub fn parity_shards(k: usize, percent: u8) -> usize {
    if percent == 0 { 0 } else { (k * usize::from(percent)).div_ceil(100).max(2) }
}

/// How an access unit is cut into shards and blocks (punktfunk/1 §4.5). Both sides must come to the same
/// answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    total: usize,
    per_block: usize,
}

impl Geometry {
    /// The cut of `frame_bytes` bytes into shards of S and blocks of K.
    ///
    /// # Panics
    /// If S or K is 0, which [`StreamParams`](super::StreamParams) rules out.
    #[must_use]
    pub fn new(frame_bytes: usize, shard_bytes: usize, block_shards: u16) -> Self {
        Self { total: frame_bytes.div_ceil(shard_bytes).max(1), per_block: block_shards.into() }
    }

    /// Data shards of all blocks, at least one.
    #[must_use]
    pub fn data_shards(&self) -> usize {
        self.total
    }

    /// How many blocks.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.total.div_ceil(self.per_block)
    }

    /// k of a block: K, or what is left for the last one; 0 behind it.
    #[must_use]
    pub fn block_shards(&self, block: usize) -> usize {
        self.total.saturating_sub(block * self.per_block).min(self.per_block)
    }

    /// Where a block begins, in shards.
    #[must_use]
    pub fn block_start(&self, block: usize) -> usize {
        block * self.per_block
    }
}
