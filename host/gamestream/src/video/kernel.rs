//! The inner loop of the code: up to four parity packets from all data packets in one pass.

use super::field::Products;

/// How the loop is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// Any processor.
    Portable,
    /// 32 bytes at a time by table look-up.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 64 bytes at a time by affine maps.
    #[cfg(target_arch = "x86_64")]
    Gfni,
}

impl Kernel {
    /// Parity packets made in one pass.
    pub(crate) const ROWS: usize = 4;

    /// The fastest on this processor.
    pub(crate) fn best() -> Self {
        Self::all().pop().unwrap_or(Self::Portable)
    }

    /// All that this processor can do, the fastest last.
    pub(crate) fn all() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        return [
            Some(Self::Portable),
            x86::has_avx2().then_some(Self::Avx2),
            x86::has_gfni().then_some(Self::Gfni),
        ]
        .into_iter()
        .flatten()
        .collect();
        #[cfg(not(target_arch = "x86_64"))]
        vec![Self::Portable]
    }

    /// Fills the packets of `parity` (at most [`ROWS`](Self::ROWS)) from `data`, whose factors are in `tables`, row by row.
    pub(crate) fn run(self, data: &[u8], parity: &mut [u8], shard: usize, tables: &[Products]) {
        let rows = parity.len() / shard;
        let columns = data.len() / shard;
        assert!(rows <= Self::ROWS && tables.len() == rows * columns && data.len() == columns * shard);
        let done = match self {
            Self::Portable => 0,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => x86::avx2(data, parity, shard, tables),
            #[cfg(target_arch = "x86_64")]
            Self::Gfni => x86::gfni(data, parity, shard, tables),
        };
        portable(data, parity, shard, tables, done);
    }
}

/// Fills the bytes from `from` on.
fn portable(data: &[u8], parity: &mut [u8], shard: usize, tables: &[Products], from: usize) {
    if from == shard {
        return;
    }
    let columns = data.len() / shard;
    for (row, out) in parity.chunks_exact_mut(shard).enumerate() {
        let out = &mut out[from..];
        out.fill(0);
        for (packet, products) in data.chunks_exact(shard).zip(&tables[row * columns..]) {
            for (sum, byte) in out.iter_mut().zip(&packet[from..]) {
                *sum ^= products.low[usize::from(byte & 15)] ^ products.high[usize::from(byte >> 4)];
            }
        }
    }
}

/// The kernels for x86-64. The one place of this crate with `unsafe`: the intrinsics need the processor's word that it has
/// them, and their loads and stores take pointers.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod x86 {
    use std::arch::x86_64::*;

    use super::Products;

    pub(super) fn has_avx2() -> bool {
        is_x86_feature_detected!("avx2")
    }

    pub(super) fn has_gfni() -> bool {
        is_x86_feature_detected!("gfni")
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
    }

    /// Fills whole vectors and says how many bytes of each packet that was.
    pub(super) fn avx2(data: &[u8], parity: &mut [u8], shard: usize, tables: &[Products]) -> usize {
        assert!(has_avx2());
        // SAFETY: the processor has AVX2, as was just asked.
        unsafe {
            match parity.len() / shard {
                1 => avx2_rows::<1>(data, parity, shard, tables),
                2 => avx2_rows::<2>(data, parity, shard, tables),
                3 => avx2_rows::<3>(data, parity, shard, tables),
                _ => avx2_rows::<4>(data, parity, shard, tables),
            }
        }
    }

    /// Fills whole vectors and says how many bytes of each packet that was.
    pub(super) fn gfni(data: &[u8], parity: &mut [u8], shard: usize, tables: &[Products]) -> usize {
        assert!(has_gfni());
        // SAFETY: the processor has GFNI and AVX-512, as was just asked.
        unsafe {
            match parity.len() / shard {
                1 => gfni_rows::<1>(data, parity, shard, tables),
                2 => gfni_rows::<2>(data, parity, shard, tables),
                3 => gfni_rows::<3>(data, parity, shard, tables),
                _ => gfni_rows::<4>(data, parity, shard, tables),
            }
        }
    }

    #[target_feature(enable = "avx2")]
    fn avx2_rows<const ROWS: usize>(
        data: &[u8],
        parity: &mut [u8],
        shard: usize,
        tables: &[Products],
    ) -> usize {
        const WIDTH: usize = 32;
        let columns = data.len() / shard;
        let nibble = _mm256_set1_epi8(15);
        let whole = shard - shard % WIDTH;
        for at in (0..whole).step_by(WIDTH) {
            let mut sums = [_mm256_setzero_si256(); ROWS];
            for column in 0..columns {
                let bytes: &[u8; WIDTH] = window(data, column * shard + at);
                // SAFETY: `bytes` is 32 readable bytes; the load needs no alignment.
                let bytes = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
                let low = _mm256_and_si256(bytes, nibble);
                let high = _mm256_and_si256(_mm256_srli_epi64::<4>(bytes), nibble);
                for (row, sum) in sums.iter_mut().enumerate() {
                    let products = &tables[row * columns + column];
                    // SAFETY: both halves are 16 readable bytes; the loads need no alignment.
                    let (low_table, high_table) = unsafe {
                        (
                            _mm_loadu_si128(products.low.as_ptr().cast()),
                            _mm_loadu_si128(products.high.as_ptr().cast()),
                        )
                    };
                    let one = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(low_table), low);
                    let other = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(high_table), high);
                    *sum = _mm256_xor_si256(*sum, _mm256_xor_si256(one, other));
                }
            }
            for (row, sum) in sums.into_iter().enumerate() {
                let out: &mut [u8; WIDTH] = window_mut(parity, row * shard + at);
                // SAFETY: `out` is 32 writable bytes; the store needs no alignment.
                unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), sum) };
            }
        }
        whole
    }

    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    fn gfni_rows<const ROWS: usize>(
        data: &[u8],
        parity: &mut [u8],
        shard: usize,
        tables: &[Products],
    ) -> usize {
        const WIDTH: usize = 64;
        let columns = data.len() / shard;
        let maps: Vec<i64> = tables.iter().map(affine).collect();
        let whole = shard - shard % WIDTH;
        for at in (0..whole).step_by(WIDTH) {
            let mut sums = [_mm512_setzero_si512(); ROWS];
            for column in 0..columns {
                let bytes: &[u8; WIDTH] = window(data, column * shard + at);
                // SAFETY: `bytes` is 64 readable bytes; the load needs no alignment.
                let bytes = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
                for (row, sum) in sums.iter_mut().enumerate() {
                    let map = _mm512_set1_epi64(maps[row * columns + column]);
                    *sum = _mm512_xor_si512(*sum, _mm512_gf2p8affine_epi64_epi8::<0>(bytes, map));
                }
            }
            for (row, sum) in sums.into_iter().enumerate() {
                let out: &mut [u8; WIDTH] = window_mut(parity, row * shard + at);
                // SAFETY: `out` is 64 writable bytes; the store needs no alignment.
                unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), sum) };
            }
        }
        whole
    }

    fn window<const N: usize>(bytes: &[u8], at: usize) -> &[u8; N] {
        bytes[at..].first_chunk().expect("a whole vector lies within its packet")
    }

    fn window_mut<const N: usize>(bytes: &mut [u8], at: usize) -> &mut [u8; N] {
        bytes[at..].first_chunk_mut().expect("a whole vector lies within its packet")
    }

    /// A factor as the bit matrix of `gf2p8affineqb`: byte 7−n says which bits of the input make bit n of the product.
    fn affine(products: &Products) -> i64 {
        let mut matrix = [0_u8; 8];
        for bit in 0..8 {
            let image = if bit < 4 { products.low[1 << bit] } else { products.high[1 << (bit - 4)] };
            for (n, row) in matrix.iter_mut().rev().enumerate() {
                *row |= (image >> n & 1) << bit;
            }
        }
        i64::from_le_bytes(matrix)
    }
}
