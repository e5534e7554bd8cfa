//! One access unit on its way to being whole.

use super::fec::{self, ParityDecoder};
use super::{FrameMeta, PacketHeader};

/// What a shard did to its access unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Added {
    /// It was here before, or its block did not need it.
    Duplicate,
    /// It fills a place.
    Kept,
    /// It does not agree with the shards before it.
    Contradiction,
}

/// An access unit under assembly. Data shards lie where they belong, so that the last one makes it whole
/// without another copy; parity is kept aside. All its memory is used again for a later one.
#[derive(Default)]
pub(super) struct Partial {
    pub(super) meta: FrameMeta,
    pub(super) first_ns: u64,
    pub(super) last_ns: u64,
    /// When it became whole.
    pub(super) whole_ns: Option<u64>,
    pub(super) recovered: u32,
    shard_bytes: usize,
    /// Bytes and blocks, known from the start unless it is streamed.
    total: Option<(usize, usize)>,
    per_block: usize,
    data: Vec<u8>,
    blocks: Vec<Block>,
    blocks_done: usize,
    /// Which shards have come: k + m bits per block that has begun.
    seen: Vec<u64>,
    parity: Vec<u8>,
    parity_of: Vec<(u16, u16)>,
}

#[derive(Clone, Copy, Default)]
struct Block {
    begun: bool,
    done: bool,
    k: u16,
    m: u16,
    data: u16,
    parity: u16,
    seen_at: u32,
}

impl Partial {
    /// Begins a new access unit in the memory of an old one.
    pub(super) fn begin(&mut self, header: &PacketHeader, per_block: u16, data: Vec<u8>, now_ns: u64) {
        self.meta = FrameMeta {
            pts_ns: header.pts_ns,
            frame_index: header.frame_index,
            user_flags: header.user_flags,
        };
        (self.first_ns, self.last_ns, self.whole_ns, self.recovered) = (now_ns, now_ns, None, 0);
        self.shard_bytes = header.shard_bytes.into();
        self.total = None;
        self.per_block = per_block.into();
        self.data = data;
        self.blocks.clear();
        self.blocks_done = 0;
        self.seen.clear();
        self.parity.clear();
        self.parity_of.clear();
    }

    /// Bytes that adding this packet would newly take, before the rounding up of the allocator.
    pub(super) fn growth(&self, header: &PacketHeader) -> usize {
        let (data, blocks) = self.needs(header);
        let is_parity = header.shard_index >= header.data_shards;
        let parity = if is_parity { self.parity.len() + self.shard_bytes } else { 0 };
        data.saturating_sub(self.data.capacity())
            + blocks.saturating_sub(self.blocks.capacity()) * size_of::<Block>()
            + parity.saturating_sub(self.parity.capacity())
    }

    /// Bytes held, used or not.
    pub(super) fn held(&self) -> usize {
        self.data.capacity()
            + self.parity.capacity()
            + self.blocks.capacity() * size_of::<Block>()
            + self.parity_of.capacity() * size_of::<(u16, u16)>()
            + self.seen.capacity() * size_of::<u64>()
    }

    pub(super) fn is_whole(&self) -> bool {
        self.total.is_some_and(|(_, blocks)| self.blocks_done == blocks)
    }

    /// The place of a data shard that has not come, counted through all blocks, with so many bytes in front of it.
    pub(super) fn vacancy(&mut self, shard: usize, front: usize) -> Option<&mut [u8]> {
        let block = *self.blocks.get(shard / self.per_block)?;
        let index = shard % self.per_block;
        let (total, _) = self.total?;
        let is_data = shard * self.shard_bytes < total && (!block.begun || index < usize::from(block.k));
        if !is_data || block.done || (block.begun && self.has(block, index)) {
            return None;
        }
        let at = shard * self.shard_bytes;
        self.data.get_mut(at.checked_sub(front)?..at + self.shard_bytes)
    }

    /// A packet is data of a block that has begun, and says the same as those before it, so that nothing more can be
    /// wrong with it and nothing grows.
    pub(super) fn waits_for(&self, header: &PacketHeader) -> bool {
        self.meta.frame_index == header.frame_index
            && self.whole_ns.is_none()
            && self.shard_bytes == usize::from(header.shard_bytes)
            && self.total == Some(claimed(header))
            && header.shard_index < header.data_shards
            && self.blocks.get(usize::from(header.block_index)).is_some_and(|block| {
                block.begun && (block.k, block.m) == (header.data_shards, header.recovery_shards)
            })
    }

    /// Adds a shard whose header agrees with the geometry of the stream; without its bytes if they lie in its
    /// [`vacancy`](Self::vacancy) already.
    pub(super) fn add(
        &mut self,
        header: &PacketHeader,
        shard: Option<&[u8]>,
        decoder: &mut ParityDecoder,
    ) -> Added {
        if !self.waits_for(header) {
            if self.contradicts(header) {
                return Added::Contradiction;
            }
            self.make_room(header);
        }
        let index = usize::from(header.block_index);
        let block = self.blocks[index];
        if block.done || !self.mark(block, header.shard_index) {
            return Added::Duplicate;
        }
        let block = &mut self.blocks[index];
        if header.shard_index < block.k {
            block.data += 1;
            let at = (index * self.per_block + usize::from(header.shard_index)) * self.shard_bytes;
            if let Some(shard) = shard {
                self.data[at..at + self.shard_bytes].copy_from_slice(shard);
            }
        } else if let Some(shard) = shard {
            block.parity += 1;
            self.parity.extend_from_slice(shard);
            self.parity_of.push((header.block_index, header.shard_index - header.data_shards));
        }
        let block = *block;
        if block.data + block.parity >= block.k && (block.data == block.k || self.restore(index, decoder)) {
            self.blocks[index].done = true;
            self.blocks_done += 1;
        }
        Added::Kept
    }

    /// The access unit, cut to its length. Its buffer leaves with it.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.data);
        bytes.truncate(self.total.map_or(0, |(bytes, _)| bytes));
        bytes
    }

    /// The buffer alone, for another access unit.
    pub(super) fn discard(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.data)
    }

    /// All packets of an access unit have one S and one length, all packets of a block one k and one m.
    fn contradicts(&self, header: &PacketHeader) -> bool {
        let index = usize::from(header.block_index);
        let block = self.blocks.get(index).copied().unwrap_or_default();
        let shape = block.begun && (block.k != header.data_shards || block.m != header.recovery_shards);
        let length = match (self.total, streamed(header)) {
            (Some((_, blocks)), true) => index + 1 >= blocks,
            (Some(total), false) => total != claimed(header),
            (None, true) => false,
            (None, false) => self.blocks.len() > claimed(header).1,
        };
        usize::from(header.shard_bytes) != self.shard_bytes || shape || length
    }

    fn make_room(&mut self, header: &PacketHeader) {
        let (data, blocks) = self.needs(header);
        if self.data.len() < data {
            self.data.reserve_exact(data - self.data.len());
            self.data.resize(data, 0);
        }
        if self.blocks.len() < blocks {
            self.blocks.resize(blocks, Block::default());
        }
        if !streamed(header) {
            self.total = Some(claimed(header));
        }
        let block = &mut self.blocks[usize::from(header.block_index)];
        if !block.begun {
            block.begun = true;
            (block.k, block.m) = (header.data_shards, header.recovery_shards);
            block.seen_at = self.seen.len() as u32;
            let words = (usize::from(block.k) + usize::from(block.m)).div_ceil(64);
            self.seen.resize(self.seen.len() + words, 0);
        }
    }

    /// Data bytes and blocks that this packet shows the access unit to have at least.
    fn needs(&self, header: &PacketHeader) -> (usize, usize) {
        let at = usize::from(header.block_index);
        let last = if streamed(header) { at } else { usize::from(header.block_count) - 1 };
        let full = self.per_block * self.shard_bytes;
        let data = if streamed(header) {
            (at + 1) * full
        } else {
            (header.frame_bytes as usize).div_ceil(self.shard_bytes).max(1) * self.shard_bytes
        };
        (data, last + 1)
    }

    fn mark(&mut self, block: Block, shard: u16) -> bool {
        let word = &mut self.seen[block.seen_at as usize + usize::from(shard) / 64];
        let bit = 1 << (shard % 64);
        let fresh = *word & bit == 0;
        *word |= bit;
        fresh
    }

    fn has(&self, block: Block, shard: usize) -> bool {
        self.seen[block.seen_at as usize + shard / 64] & (1 << (shard % 64)) != 0
    }

    /// Fills in the data that has not come, from the parity that has.
    fn restore(&mut self, index: usize, decoder: &mut ParityDecoder) -> bool {
        let block = self.blocks[index];
        let (k, m, size) = (usize::from(block.k), usize::from(block.m), self.shard_bytes);
        let start = index * self.per_block * size;
        let mut parity = (self.parity_of.iter().zip(self.parity.chunks_exact(size)))
            .filter(|((of, _), _)| usize::from(*of) == index)
            .map(|((_, shard), bytes)| (usize::from(*shard), bytes));
        if fec::is_copy(k, m) {
            let Some((_, shard)) = parity.next() else { return false };
            self.data[start..start + size].copy_from_slice(shard);
        } else {
            let data = (0..k).filter(|&shard| self.has(block, shard));
            let data = data.map(|shard| (shard, &self.data[start + shard * size..][..size]));
            let Ok(restored) = decoder.restore((k, m, size), data, parity) else { return false };
            for (shard, bytes) in restored.restored_original_iter() {
                self.data[start + shard * size..][..size].copy_from_slice(bytes);
            }
        }
        self.recovered += u32::from(block.k - block.data);
        true
    }
}

/// The packet was made before the length of its access unit was known (punktfunk/1 §4.7).
pub(super) fn streamed(header: &PacketHeader) -> bool {
    header.block_count == 0
}

fn claimed(header: &PacketHeader) -> (usize, usize) {
    (header.frame_bytes as usize, header.block_count.into())
}
