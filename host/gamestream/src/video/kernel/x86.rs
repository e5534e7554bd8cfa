//! The one place of this crate with `unsafe`: the intrinsics need the processor's word that it has them, and their loads
//! and stores take pointers.
#![allow(unsafe_code)]
#![allow(
    clippy::needless_range_loop,
    reason = "with iterators over arrays of vectors these do not stay in registers"
)]

use std::arch::x86_64::*;

use super::Turn;
use crate::video::field::{PRODUCTS, Products};

/// Bytes of a vector of AVX2.
const WIDTH: usize = 32;

pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
}

pub(super) fn has_gfni() -> bool {
    has_avx2()
        && is_x86_feature_detected!("gfni")
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
}

/// Fills whole vectors and says how many bytes of each packet that was.
pub(super) fn avx2(data: &[u8], parity: &mut [u8], shard: usize, factors: &[u8]) -> usize {
    assert!(has_avx2());
    // SAFETY: the processor has AVX2, as was just asked.
    unsafe {
        match parity.len() / shard {
            1 => avx2_rows::<1>(data, parity, shard, factors),
            2 => avx2_rows::<2>(data, parity, shard, factors),
            3 => avx2_rows::<3>(data, parity, shard, factors),
            _ => avx2_rows::<4>(data, parity, shard, factors),
        }
    }
}

/// Fills whole vectors and says how many bytes of each packet that was.
pub(super) fn gfni(data: &[u8], parity: &mut [u8], shard: usize, factors: &[u8]) -> usize {
    assert!(has_gfni());
    // SAFETY: the processor has GFNI and AVX-512, as was just asked.
    unsafe {
        match parity.len() / shard {
            1 => gfni_rows::<1>(data, parity, shard, factors),
            2 => gfni_rows::<2>(data, parity, shard, factors),
            3 => gfni_rows::<3>(data, parity, shard, factors),
            _ => gfni_rows::<4>(data, parity, shard, factors),
        }
    }
}

/// Folds whole vectors and says how many bytes of each packet that was.
pub(super) fn fold(packets: [&[u8]; 4], lines: [&mut [u8]; 4], turn: Turn) -> usize {
    assert!(has_avx2());
    // SAFETY: the processor has AVX2, as was just asked.
    unsafe { avx2_fold(packets, lines, turn) }
}

/// Unfolds whole vectors and says how many bytes of each line that was.
pub(super) fn unfold(lines: [&mut [u8]; 4], turn: Turn) -> usize {
    assert!(has_avx2());
    // SAFETY: the processor has AVX2, as was just asked.
    unsafe { avx2_unfold(lines, turn) }
}

#[target_feature(enable = "avx2")]
fn avx2_rows<const ROWS: usize>(data: &[u8], parity: &mut [u8], shard: usize, factors: &[u8]) -> usize {
    let (factors, _) = factors.as_chunks::<ROWS>();
    let mut at = 0;
    // two vectors share each look-up of tables
    while at + 2 * WIDTH <= shard {
        avx2_columns::<ROWS, 2>(data, parity, shard, factors, at);
        at += 2 * WIDTH;
    }
    if at + WIDTH <= shard {
        avx2_columns::<ROWS, 1>(data, parity, shard, factors, at);
        at += WIDTH;
    }
    at
}

/// Fills `VECTORS` vectors of each parity packet.
#[inline]
#[target_feature(enable = "avx2")]
fn avx2_columns<const ROWS: usize, const VECTORS: usize>(
    data: &[u8],
    parity: &mut [u8],
    shard: usize,
    factors: &[[u8; ROWS]],
    at: usize,
) {
    let nibble = _mm256_set1_epi8(15);
    let mut sums = [[_mm256_setzero_si256(); VECTORS]; ROWS];
    let mut start = at;
    for factors in factors {
        let (vectors, _) = data[start..start + VECTORS * WIDTH].as_chunks::<WIDTH>();
        start += shard;
        let (mut low, mut high) = ([_mm256_setzero_si256(); VECTORS], [_mm256_setzero_si256(); VECTORS]);
        for n in 0..VECTORS {
            let bytes = load(&vectors[n]);
            low[n] = _mm256_and_si256(bytes, nibble);
            high[n] = _mm256_and_si256(_mm256_srli_epi64::<4>(bytes), nibble);
        }
        for row in 0..ROWS {
            let tables = tables(factors[row]);
            for n in 0..VECTORS {
                sums[row][n] = _mm256_xor_si256(sums[row][n], _mm256_shuffle_epi8(tables.0, low[n]));
                sums[row][n] = _mm256_xor_si256(sums[row][n], _mm256_shuffle_epi8(tables.1, high[n]));
            }
        }
    }
    for (row, sums) in sums.iter().enumerate() {
        let start = row * shard + at;
        let (vectors, _) = parity[start..start + VECTORS * WIDTH].as_chunks_mut::<WIDTH>();
        for n in 0..VECTORS {
            store(&mut vectors[n], sums[n]);
        }
    }
}

#[target_feature(enable = "avx2")]
fn avx2_fold(packets: [&[u8]; 4], lines: [&mut [u8]; 4], turn: Turn) -> usize {
    let (pair, low, high) = (tables(turn.pair), tables(turn.low), tables(turn.high));
    let [p, q, r, s] = packets;
    let [a, b, c, d] = lines;
    let count = a.len() / WIDTH;
    let (p, q, r, s) = (whole(p, count), whole(q, count), whole(r, count), whole(s, count));
    let (a, b, c, d) = (whole_mut(a, count), whole_mut(b, count), whole_mut(c, count), whole_mut(d, count));
    for n in 0..count {
        let (w, x, y, z) = (load(&p[n]), load(&q[n]), load(&r[n]), load(&s[n]));
        let (x, z) = (_mm256_xor_si256(w, x), _mm256_xor_si256(y, z));
        let w = _mm256_xor_si256(w, product(x, low));
        let y = _mm256_xor_si256(y, product(z, high));
        let (y, z) = (_mm256_xor_si256(w, y), _mm256_xor_si256(x, z));
        store(&mut a[n], _mm256_xor_si256(w, product(y, pair)));
        store(&mut b[n], _mm256_xor_si256(x, product(z, pair)));
        store(&mut c[n], y);
        store(&mut d[n], z);
    }
    count * WIDTH
}

#[target_feature(enable = "avx2")]
fn avx2_unfold(lines: [&mut [u8]; 4], turn: Turn) -> usize {
    let (pair, low, high) = (tables(turn.pair), tables(turn.low), tables(turn.high));
    let [a, b, c, d] = lines;
    let count = a.len() / WIDTH;
    let (a, b, c, d) = (whole_mut(a, count), whole_mut(b, count), whole_mut(c, count), whole_mut(d, count));
    for n in 0..count {
        let (y, z) = (load(&c[n]), load(&d[n]));
        let w = _mm256_xor_si256(load(&a[n]), product(y, pair));
        let x = _mm256_xor_si256(load(&b[n]), product(z, pair));
        let (y, z) = (_mm256_xor_si256(w, y), _mm256_xor_si256(x, z));
        let w = _mm256_xor_si256(w, product(x, low));
        let y = _mm256_xor_si256(y, product(z, high));
        store(&mut a[n], w);
        store(&mut b[n], _mm256_xor_si256(w, x));
        store(&mut c[n], y);
        store(&mut d[n], _mm256_xor_si256(y, z));
    }
    count * WIDTH
}

/// The first `count` vectors.
fn whole(bytes: &[u8], count: usize) -> &[[u8; WIDTH]] {
    &bytes.as_chunks().0[..count]
}

/// The first `count` vectors.
fn whole_mut(bytes: &mut [u8], count: usize) -> &mut [[u8; WIDTH]] {
    &mut bytes.as_chunks_mut().0[..count]
}

/// The products of each byte with the factor of `tables`.
#[inline]
#[target_feature(enable = "avx2")]
fn product(bytes: __m256i, tables: (__m256i, __m256i)) -> __m256i {
    let nibble = _mm256_set1_epi8(15);
    let low = _mm256_and_si256(bytes, nibble);
    let high = _mm256_and_si256(_mm256_srli_epi64::<4>(bytes), nibble);
    _mm256_xor_si256(_mm256_shuffle_epi8(tables.0, low), _mm256_shuffle_epi8(tables.1, high))
}

/// The products of a factor with both halves of a byte.
#[inline]
#[target_feature(enable = "avx2")]
fn tables(factor: u8) -> (__m256i, __m256i) {
    let Products { low, high } = &PRODUCTS[usize::from(factor)];
    // SAFETY: both halves are 16 readable bytes; the loads need no alignment.
    let (low, high) =
        unsafe { (_mm_loadu_si128(low.as_ptr().cast()), _mm_loadu_si128(high.as_ptr().cast())) };
    (_mm256_broadcastsi128_si256(low), _mm256_broadcastsi128_si256(high))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; WIDTH]) -> __m256i {
    // SAFETY: `bytes` is 32 readable bytes; the load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(bytes: &mut [u8; WIDTH], vector: __m256i) {
    // SAFETY: `bytes` is 32 writable bytes; the store needs no alignment.
    unsafe { _mm256_storeu_si256(bytes.as_mut_ptr().cast(), vector) };
}

#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn gfni_rows<const ROWS: usize>(data: &[u8], parity: &mut [u8], shard: usize, factors: &[u8]) -> usize {
    const WIDTH: usize = 64;
    let columns = data.len() / shard;
    let maps: Vec<i64> = factors.iter().map(|factor| affine(&PRODUCTS[usize::from(*factor)])).collect();
    let whole = shard - shard % WIDTH;
    for at in (0..whole).step_by(WIDTH) {
        let mut sums = [_mm512_setzero_si512(); ROWS];
        for column in 0..columns {
            let bytes: &[u8; WIDTH] = window(data, column * shard + at);
            // SAFETY: `bytes` is 64 readable bytes; the load needs no alignment.
            let bytes = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
            for (row, sum) in sums.iter_mut().enumerate() {
                let map = _mm512_set1_epi64(maps[column * ROWS + row]);
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
