//! Parity over GF(2^16) (punktfunk/1 §4.8), with coders that are used again and again: they keep their
//! memory.

use reed_solomon_simd::{DecoderResult, Error, ReedSolomonDecoder, ReedSolomonEncoder};

/// The code can carry a block of this shape. No parity always fits.
pub(super) fn fits(k: usize, m: usize) -> bool {
    k + m <= u16::MAX.into() && (m == 0 || ReedSolomonEncoder::supports(k, m))
}

/// With one data shard every parity shard is its copy, and the coder's fixed cost can be spared.
pub(super) fn is_copy(k: usize, m: usize) -> bool {
    k == 1 && m <= 2
}

/// Makes the parity of one block after another.
#[derive(Default)]
pub(super) struct ParityEncoder {
    coder: Option<ReedSolomonEncoder>,
    copy: Vec<u8>,
    shape: (usize, usize),
}

impl ParityEncoder {
    /// Begins a block. The shape must [`fit`](fits), the shard size be even.
    pub(super) fn begin(&mut self, k: usize, m: usize, shard_bytes: usize) {
        self.shape = (k, m);
        if m == 0 || is_copy(k, m) {
            return;
        }
        match &mut self.coder {
            Some(coder) => coder.reset(k, m, shard_bytes).expect(SHAPE),
            none => *none = Some(ReedSolomonEncoder::new(k, m, shard_bytes).expect(SHAPE)),
        }
    }

    /// Adds the next data shard.
    pub(super) fn add(&mut self, shard: &[u8]) {
        let (k, m) = self.shape;
        if is_copy(k, m) {
            self.copy.clear();
            self.copy.extend_from_slice(shard);
        } else if let (1.., Some(coder)) = (m, &mut self.coder) {
            coder.add_original_shard(shard).expect(SHAPE);
        }
    }

    /// Hands out the parity shards with their number, after the last data shard.
    pub(super) fn finish(&mut self, mut each: impl FnMut(usize, &[u8])) {
        let (k, m) = self.shape;
        if is_copy(k, m) {
            (0..m).for_each(|j| each(j, &self.copy));
        } else if let (1.., Some(coder)) = (m, &mut self.coder) {
            let parity = coder.encode().expect(SHAPE);
            parity.recovery_iter().enumerate().for_each(|(j, shard)| each(j, shard));
        }
    }
}

/// Restores the data of one block after another. Decoding costs 0.25 to 0.35 ms whatever the block, so it is
/// called only when data is really missing.
#[derive(Default)]
pub(super) struct ParityDecoder(Option<ReedSolomonDecoder>);

impl ParityDecoder {
    /// Restores the missing data shards of a block. `data` and `parity` are shards with their numbers, each
    /// once and together at least k; the shape [`fits`], the shard size is even.
    pub(super) fn restore<'a>(
        &mut self,
        (k, m, shard_bytes): (usize, usize, usize),
        data: impl Iterator<Item = (usize, &'a [u8])>,
        parity: impl Iterator<Item = (usize, &'a [u8])>,
    ) -> Result<DecoderResult<'_>, Error> {
        let coder = match &mut self.0 {
            Some(coder) => {
                coder.reset(k, m, shard_bytes)?;
                coder
            }
            none => none.insert(ReedSolomonDecoder::new(k, m, shard_bytes)?),
        };
        for (index, shard) in data {
            coder.add_original_shard(index, shard)?;
        }
        for (index, shard) in parity {
            coder.add_recovery_shard(index, shard)?;
        }
        coder.decode()
    }
}

const SHAPE: &str = "the shape of the block was checked before";
