//! The inner loops of the code: up to four parity packets from all data packets in one pass, and fours of packets folded
//! and unfolded.

use super::field::PRODUCTS;
use super::fours::Turn;

/// The loops for x86-64.
#[cfg(target_arch = "x86_64")]
mod x86;

/// How the loops are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// Any processor.
    Portable,
    /// 32 and 64 bytes at a time by table look-up.
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

    /// Whether fewer products are worth the folding. An affine map costs half of what two look-ups do, and what folding
    /// would gain there is not measured.
    pub(crate) fn folds(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return self != Self::Gfni;
        #[cfg(not(target_arch = "x86_64"))]
        true
    }

    /// Fills the packets of `parity` (at most [`ROWS`](Self::ROWS)) from `data`, whose factors for each row are in
    /// `factors`, packet by packet.
    pub(crate) fn run(self, data: &[u8], parity: &mut [u8], shard: usize, factors: &[u8]) {
        let rows = parity.len() / shard;
        let columns = data.len() / shard;
        assert!(rows <= Self::ROWS && factors.len() == rows * columns && data.len() == columns * shard);
        let done = match self {
            Self::Portable => 0,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => x86::avx2(data, parity, shard, factors),
            #[cfg(target_arch = "x86_64")]
            Self::Gfni => x86::gfni(data, parity, shard, factors),
        };
        if done == shard {
            return;
        }
        for (row, out) in parity.chunks_exact_mut(shard).enumerate() {
            let out = &mut out[done..];
            out.fill(0);
            for (packet, factors) in data.chunks_exact(shard).zip(factors.chunks_exact(rows)) {
                add_products(out, &packet[done..], factors[row]);
            }
        }
    }

    /// The coefficients of the polynomial through four packets, one after the other in `lines`.
    pub(crate) fn fold(self, packets: [&[u8]; 4], lines: &mut [u8], turn: Turn) {
        let [a, b, c, d] = quarters(lines);
        let done = match self {
            Self::Portable => 0,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 | Self::Gfni => x86::fold(packets, [&mut *a, &mut *b, &mut *c, &mut *d], turn),
        };
        if done == a.len() {
            return;
        }
        let [a, b, c, d] = [a, b, c, d].map(|line| &mut line[done..]);
        for (line, packet) in [&mut *a, &mut *b, &mut *c, &mut *d].into_iter().zip(packets) {
            line.copy_from_slice(&packet[done..]);
        }
        add(b, a);
        add(d, c);
        add_products(a, b, turn.low);
        add_products(c, d, turn.high);
        add(c, a);
        add(d, b);
        add_products(a, c, turn.pair);
        add_products(b, d, turn.pair);
    }

    /// Undoes [`fold`](Self::fold), in place.
    pub(crate) fn unfold(self, lines: &mut [u8], turn: Turn) {
        let [a, b, c, d] = quarters(lines);
        let done = match self {
            Self::Portable => 0,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 | Self::Gfni => x86::unfold([&mut *a, &mut *b, &mut *c, &mut *d], turn),
        };
        if done == a.len() {
            return;
        }
        let [a, b, c, d] = [a, b, c, d].map(|line| &mut line[done..]);
        add_products(b, d, turn.pair);
        add_products(a, c, turn.pair);
        add(d, b);
        add(c, a);
        add_products(c, d, turn.high);
        add_products(a, b, turn.low);
        add(d, c);
        add(b, a);
    }
}

fn quarters(lines: &mut [u8]) -> [&mut [u8]; 4] {
    let width = lines.len() / 4;
    let (low, high) = lines.split_at_mut(2 * width);
    let ((a, b), (c, d)) = (low.split_at_mut(width), high.split_at_mut(width));
    [a, b, c, d]
}

fn add(sums: &mut [u8], bytes: &[u8]) {
    for (sum, byte) in sums.iter_mut().zip(bytes) {
        *sum ^= byte;
    }
}

fn add_products(sums: &mut [u8], bytes: &[u8], factor: u8) {
    let products = &PRODUCTS[usize::from(factor)];
    for (sum, byte) in sums.iter_mut().zip(bytes) {
        *sum ^= products.low[usize::from(byte & 15)] ^ products.high[usize::from(byte >> 4)];
    }
}
