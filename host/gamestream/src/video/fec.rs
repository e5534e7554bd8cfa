//! Parity of a block of packets: a Cauchy code over GF(2^8) (GameStream §5.5, §6.2).

use punktfunk_core::video::Protection;

use super::field::inverse;
use super::fours::{Turn, factor};
use super::kernel::Kernel;

/// Packets in a block, data and parity together.
pub(crate) const MAX_BLOCK: usize = 255;
/// Blocks in a frame.
pub(crate) const MAX_BLOCKS: usize = 4;
/// Parity packets, and products in all, from which folding gains more than it costs.
const FOLD_ROWS: usize = 6;
const FOLD_PRODUCTS: usize = 120;
/// Bytes of each packet that are folded and used at a time, so that they stay in the processor's nearest caches. With a
/// power of two they would evict each other there.
const TILE: usize = 480;

/// What data packet `column` counts for in parity packet `row` of `parity` ones.
pub(crate) fn coefficient(parity: usize, row: usize, column: usize) -> u8 {
    debug_assert!(parity + column <= MAX_BLOCK && row < parity);
    inverse(((parity + column) ^ row) as u8)
}

/// Makes parity with the fastest instructions of this processor.
#[derive(Clone, Debug)]
pub(crate) struct Fec {
    kernel: Kernel,
    factors: Vec<u8>,
    folded: Vec<u8>,
    sums: Vec<u8>,
}

impl Fec {
    /// With what this processor does best.
    pub(crate) fn best() -> Self {
        Self::with(Kernel::best())
    }

    /// With this kernel.
    pub(crate) fn with(kernel: Kernel) -> Self {
        Self { kernel, factors: Vec::new(), folded: Vec::new(), sums: Vec::new() }
    }

    /// Fills `parity` from `data`; both are packets of `shard` bytes back to back.
    pub(crate) fn encode(&mut self, data: &[u8], parity: &mut [u8], shard: usize) {
        if shard == 0 || parity.is_empty() {
            return;
        }
        let (columns, rows) = (data.len() / shard, parity.len() / shard);
        debug_assert!(columns + rows <= MAX_BLOCK);
        if self.kernel.folds() && rows >= FOLD_ROWS && rows * columns >= FOLD_PRODUCTS {
            // the places of the packets are counted from `rows` on; fours begin at multiples of four
            let head = (rows.next_multiple_of(4) - rows).min(columns);
            let (head, rest) = data.split_at(head * shard);
            self.encode_plainly(head, parity, shard);
            if !rest.is_empty() {
                self.add_folded(rest, parity, shard);
            }
        } else {
            self.encode_plainly(data, parity, shard);
        }
    }

    fn encode_plainly(&mut self, data: &[u8], parity: &mut [u8], shard: usize) {
        let (columns, rows) = (data.len() / shard, parity.len() / shard);
        let pass = rows_of_pass(rows);
        for (n, parity) in parity.chunks_mut(pass * shard).enumerate() {
            let pass = n * pass..n * pass + parity.len() / shard;
            self.factors.clear();
            for column in 0..columns {
                self.factors.extend(pass.clone().map(|row| coefficient(rows, row, column)));
            }
            self.kernel.run(data, parity, shard, &self.factors);
        }
    }

    /// Adds what `data`, whose first place is a multiple of four, counts for.
    fn add_folded(&mut self, data: &[u8], parity: &mut [u8], shard: usize) {
        const NOTHING: [u8; TILE] = [0; TILE];
        let rows = (parity.len() / shard).next_multiple_of(4);
        let fours = (data.len() / shard).div_ceil(4);
        let pass = rows_of_pass(rows / 4);
        self.folded.resize(fours * 4 * TILE, 0);
        self.sums.resize(rows * TILE, 0);
        self.factors.clear();
        for first in (0..rows / 4).step_by(pass) {
            let pass = first..(first + pass).min(rows / 4);
            for four in 0..fours {
                self.factors.extend(pass.clone().map(|row| factor(4 * row, rows + 4 * four)));
            }
        }
        for at in (0..shard).step_by(TILE) {
            let width = TILE.min(shard - at);
            let four_width = 4 * width;
            let folded = &mut self.folded[..fours * four_width];
            for ((n, lines), packets) in
                folded.chunks_exact_mut(four_width).enumerate().zip(data.chunks(4 * shard))
            {
                let packet = |n| packets.get(n * shard + at..n * shard + at + width);
                let packets = [0, 1, 2, 3].map(|n| packet(n).unwrap_or(&NOTHING[..width]));
                self.kernel.fold(packets, lines, Turn::at(rows + 4 * n));
            }
            let sums = &mut self.sums[..rows * width];
            for (sums, factors) in sums.chunks_mut(pass * four_width).zip(self.factors.chunks(pass * fours)) {
                self.kernel.run(folded, sums, four_width, factors);
            }
            for ((n, lines), parity) in
                sums.chunks_exact_mut(four_width).enumerate().zip(parity.chunks_mut(4 * shard))
            {
                self.kernel.unfold(lines, Turn::at(4 * n));
                for (packet, line) in parity.chunks_exact_mut(shard).zip(lines.chunks_exact(width)) {
                    for (sum, byte) in packet[at..at + width].iter_mut().zip(line) {
                        *sum ^= byte;
                    }
                }
            }
        }
    }
}

/// Rows made in one pass, so that all passes make about as many.
fn rows_of_pass(rows: usize) -> usize {
    rows.div_ceil(rows.div_ceil(Kernel::ROWS).max(1)).max(1)
}

/// How much parity blocks get.
#[derive(Clone, Debug)]
pub(crate) struct Parity {
    /// Per cent of the data; 0 for none at all.
    pub(crate) percent: u8,
    /// Packets that each block gets at least.
    pub(crate) least: u8,
    /// What blocks need under the loss that the client reports.
    pub(crate) protection: Protection,
}

impl Parity {
    /// The parity packets of a block of `data` packets, and the percentage from which the client makes the same number.
    pub(crate) fn of(&self, data: usize) -> (usize, u8) {
        let (percent, room) = (usize::from(self.percent), MAX_BLOCK.saturating_sub(data));
        let plain = (data * percent).div_ceil(100);
        if percent == 0 || data == 0 || plain > room {
            return (0, 0);
        }
        // the most that a percentage of one byte can tell
        let most = room.min((data * 255).div_ceil(100));
        let wished = plain.max(self.least.into()).max(self.protection.parity(data)).min(most);
        if wished > plain {
            // the least percentage that makes so many; of more than 100 packets it may make one or two more
            let told = 100 * (wished - 1) / data + 1;
            let made = (data * told).div_ceil(100);
            if made <= room {
                return (made, told as u8);
            }
        }
        (plain, self.percent)
    }
}

/// How a frame is cut into blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Blocks of the frame, 1 to 4.
    pub(crate) blocks: usize,
    /// Data packets of every block but the last.
    pub(crate) packets: usize,
}

impl Plan {
    /// A frame of `packets` data packets with this parity.
    pub(crate) fn new(packets: usize, parity: &Parity) -> Self {
        let most = (25_500 / (100 + usize::from(parity.percent))).min(MAX_BLOCK);
        // an even split leaves an empty block only where there are fewer packets than blocks
        let cut = |blocks| Self { blocks, packets: packets.div_ceil(blocks).max(1) };
        let needed = packets.div_ceil(most).max(1);
        let fits = |plan: &Self| {
            parity.percent == 0 || plan.packets + parity.protection.parity(plan.packets) <= MAX_BLOCK
        };
        (needed..=MAX_BLOCKS).map(cut).find(fits).unwrap_or_else(|| cut(MAX_BLOCKS))
    }
}

#[cfg(test)]
mod tests {
    use super::super::field::multiply;
    use super::*;
    use proptest::prelude::*;

    fn rows(count: u8) -> Vec<u8> {
        (0..count).flat_map(|row| (0..8).map(move |n| row * 16 + 1 + 3 * n)).collect()
    }

    fn encoded(kernel: Kernel, data: &[u8], parity: usize, shard: usize) -> Vec<u8> {
        let mut out = vec![0xee; parity * shard];
        Fec::with(kernel).encode(data, &mut out, shard);
        out
    }

    #[test]
    fn parity_matches_the_known_answers() {
        for kernel in Kernel::all() {
            let three = encoded(kernel, &rows(3), 2, 8);
            assert_eq!(hex::encode(three), "ce07407ccfefa8618c02785079106ae4", "{kernel:?}");
            assert_eq!(hex::encode(encoded(kernel, &rows(5), 1, 8)), "c60bbbda3c10a06d", "{kernel:?}");
            let one = encoded(kernel, &rows(1), 2, 8);
            assert_eq!(hex::encode(one), "8e028d058808870bf4f7f606f0fbfaf9", "{kernel:?}");
        }
        let row =
            |parity, row, columns| (0..columns).map(|i| coefficient(parity, row, i)).collect::<Vec<_>>();
        assert_eq!(row(2, 0, 3), [0x8e, 0xf4, 0x47]);
        assert_eq!(row(2, 1, 3), [0xf4, 0x8e, 0xa7]);
        assert_eq!(row(1, 0, 5), [0x01, 0x8e, 0xf4, 0x47, 0xa7]);
    }

    #[test]
    fn the_client_makes_the_same_number_of_parity_packets_from_the_percentage() {
        let (percents, leasts, losses) =
            ([1, 7, 20, 33, 50], [0, 2, 4, 16], [0, 2_000, 30_000, 150_000, 300_000]);
        for loss in losses {
            let protection = Protection::against(loss);
            for (percent, least) in percents.iter().flat_map(|percent| leasts.map(|least| (*percent, least)))
            {
                let wish = Parity { percent, least, protection: protection.clone() };
                for packets in 1..=850 {
                    let plan = Plan::new(packets, &wish);
                    assert!((1..=MAX_BLOCKS).contains(&plan.blocks));
                    let mut left = packets;
                    for block in 0..plan.blocks {
                        let data = if block + 1 == plan.blocks { left } else { plan.packets.min(left) };
                        let (parity, told) = wish.of(data);
                        assert_eq!((data * usize::from(told)).div_ceil(100), parity, "{data} at {told} %");
                        assert!(data + parity <= MAX_BLOCK || parity == 0);
                        left -= data;
                    }
                    assert_eq!(left, 0);
                }
            }
        }
    }

    #[test]
    fn small_blocks_get_what_the_loss_asks_for_and_others_their_percentage() {
        let parity = |loss| Parity { percent: 20, least: 2, protection: Protection::against(loss) };
        assert_eq!(parity(0).of(3), (2, 34));
        assert_eq!(parity(0).of(1), (2, 101));
        assert_eq!(parity(0).of(50), (10, 20));
        assert_eq!(parity(150_000).of(3), (5, 134));
        assert_eq!(parity(150_000).of(1), (3, 201), "a percentage has one byte");
        assert_eq!(parity(20_000).of(50), (10, 20), "what it has is enough");
        assert_eq!(parity(150_000).of(50), (22, 43));
    }

    #[test]
    fn a_frame_whose_parity_needs_room_is_cut_into_more_blocks() {
        let parity = Parity { percent: 20, least: 2, protection: Protection::against(150_000) };
        let plan = Plan::new(212, &parity);
        assert_eq!((plan.blocks, plan.packets), (2, 106));
        assert!(parity.of(106).0 >= parity.protection.parity(106));
    }

    #[test]
    fn a_frame_that_is_too_large_for_parity_is_sent_in_four_blocks_without() {
        let parity = Parity { percent: 20, least: 2, protection: Protection::none() };
        let plan = Plan::new(2_000, &parity);
        assert_eq!((plan.blocks, plan.packets, parity.of(500)), (4, 500, (0, 0)));
        assert_eq!(Plan::new(212, &parity).blocks, 1);
        assert_eq!(Plan::new(213, &parity).blocks, 2);
    }

    /// Parity by its definition, byte by byte.
    fn defined(data: &[u8], parity: usize, shard: usize) -> Vec<u8> {
        let mut out = vec![0; parity * shard];
        for (row, out) in out.chunks_exact_mut(shard).enumerate() {
            for (column, packet) in data.chunks_exact(shard).enumerate() {
                for (sum, byte) in out.iter_mut().zip(packet) {
                    *sum ^= multiply(coefficient(parity, row, column), *byte);
                }
            }
        }
        out
    }

    fn noise(bytes: usize, mut state: u64) -> Vec<u8> {
        let byte = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        };
        (0..bytes).map(byte).collect()
    }

    #[test]
    fn blocks_as_streams_have_them_get_their_parity() {
        for (columns, parity, shard) in
            [(1, 2, 1376), (10, 2, 1376), (50, 10, 1376), (77, 16, 1041), (212, 43, 1376), (101, 154, 96)]
        {
            let data = noise(columns * shard, 7);
            let expected = defined(&data, parity, shard);
            for kernel in Kernel::all() {
                let made = encoded(kernel, &data, parity, shard);
                assert!(made == expected, "{columns}+{parity} packets of {shard} bytes by {kernel:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_kernel_makes_the_parity_that_is_defined(
            columns in 1_usize..60, parity in 1_usize..24, shard in 1_usize..200, seed in any::<u64>(),
        ) {
            let data = noise(columns * shard, seed);
            let expected = defined(&data, parity, shard);
            for kernel in Kernel::all() {
                prop_assert_eq!(&encoded(kernel, &data, parity, shard), &expected, "{:?}", kernel);
            }
        }
    }
}
