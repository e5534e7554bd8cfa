use super::fec::{self, ParityDecoder};
use super::geometry::Geometry;
use super::params::is_shard_size;
use super::partial::{Added, Partial, streamed};
use super::{FrameMeta, HEADER_BYTES, OpenError, PacketFlags, PacketHeader, StreamParams, UserFlags};
use crate::wire::FecScheme;

const MS: u64 = 1_000_000;

/// Why a packet was dropped (punktfunk/1 §4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// It could not be opened.
    #[error(transparent)]
    Seal(#[from] OpenError),
    /// Its header is not one of this stream, or its length is not what the header says.
    #[error("the packet's header or length is wrong; drop it")]
    Header,
    /// Blocks and shards are not what the length of the access unit gives.
    #[error("the packet's geometry is wrong; drop it")]
    Geometry,
    /// It says otherwise than the packets of the same access unit before it.
    #[error("the packet contradicts others of its access unit; drop it")]
    Contradiction,
    /// There is no memory left that it may take.
    #[error("too much is being reassembled already; drop it")]
    Full,
}

/// What became of a packet that was not dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It fills a place.
    Kept,
    /// Its place was filled already, or its access unit is delivered or given up.
    NotNeeded,
    /// It is filler of a speed probe, of so many payload bytes.
    Filler(usize),
}

/// What comes out, in the order of frame indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assembled {
    /// A whole access unit.
    Frame {
        /// What travelled with it.
        meta: FrameMeta,
        /// The access unit. Give it back by [`Reassembler::recycle`] to spare an allocation.
        bytes: Vec<u8>,
        /// How many of its shards came out of parity.
        recovered_shards: u32,
        /// When its first packet came, on the caller's clock.
        first_ns: u64,
        /// When it was whole.
        whole_ns: u64,
    },
    /// These will not come any more.
    Lost {
        /// The first frame index.
        first: u32,
        /// The last frame index.
        last: u32,
    },
}

/// Puts access units together out of opened packets (punktfunk/1 §4.5).
///
/// Holds at most 64 access units and four times the largest one. A gap is waited out for 5 ms once something
/// newer is whole, because packets overtake each other; after that, or when an access unit falls 120 ms or 64
/// indexes behind, or nothing of it has come for 120 ms, it is given up.
pub struct Reassembler {
    params: StreamParams,
    slots: Box<[Option<Partial>]>,
    /// The frame index that is to be delivered next.
    next: u32,
    /// The highest frame index that was seen, and its capture time.
    newest: Option<(u32, u64)>,
    held: usize,
    decoder: ParityDecoder,
    expected: Option<Expected>,
    /// A shard that came where another was expected.
    stray: Vec<u8>,
    idle: Vec<Partial>,
    spare: Vec<Vec<u8>>,
}

/// The shard after the last one that came, if that was data.
#[derive(Clone, Copy)]
struct Expected {
    frame_index: u32,
    /// Counted through all blocks.
    shard: usize,
    shard_bytes: usize,
}

impl Expected {
    fn after(header: &PacketHeader, block_shards: u16) -> Option<Self> {
        let shard =
            usize::from(header.block_index) * usize::from(block_shards) + usize::from(header.shard_index) + 1;
        (header.shard_index < header.data_shards).then_some(Self {
            frame_index: header.frame_index,
            shard,
            shard_bytes: header.shard_bytes.into(),
        })
    }
}

impl Reassembler {
    /// The most access units in flight.
    pub const WINDOW: u32 = 64;
    /// How far behind the newest one an unfinished access unit may be, in ns of capture time.
    pub const MAX_AGE_NS: u64 = 120 * MS;
    /// How long an overtaken access unit is waited for, in ns.
    pub const REORDER_NS: u64 = 5 * MS;
    const STALL_NS: u64 = 120 * MS;
    const KEPT_BUFFERS: usize = 4;
    const KEPT_BYTES: usize = 4 << 20;

    /// An empty one that waits for frame 0.
    #[must_use]
    pub fn new(params: StreamParams) -> Self {
        Self {
            params,
            slots: std::iter::repeat_with(|| None).take(Self::WINDOW as usize).collect(),
            next: 0,
            newest: None,
            held: 0,
            decoder: ParityDecoder::default(),
            expected: None,
            stray: Vec::new(),
            idle: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// Takes a packet: header and shard, after it was opened.
    ///
    /// # Errors
    /// See [`Rejection`]. The packet is dropped and nothing has changed.
    pub fn push(&mut self, now_ns: u64, packet: &[u8]) -> Result<Accepted, Rejection> {
        let (header, shard) = packet.split_first_chunk::<HEADER_BYTES>().ok_or(Rejection::Header)?;
        let header = Self::check(header, shard.len())?;
        self.accept(now_ns, &header, Some(shard))
    }

    /// Where a packet of so many bytes can be opened so that its shard need not be moved, if it is the one after the
    /// last. Only its shard belongs there: what is in front of it, as long as a header, is other data.
    pub(super) fn expected(&mut self, packet_bytes: usize) -> Option<&mut [u8]> {
        let Expected { frame_index, shard, shard_bytes } = self.expected?;
        let partial = self.slots[place(frame_index)].as_mut()?;
        let fits = partial.meta.frame_index == frame_index && packet_bytes == HEADER_BYTES + shard_bytes;
        if fits { partial.vacancy(shard, HEADER_BYTES) } else { None }
    }

    /// Takes a packet whose shard was opened where [`Reassembler::expected`] said.
    pub(super) fn push_expected(
        &mut self,
        now_ns: u64,
        header: &[u8; HEADER_BYTES],
    ) -> Result<Accepted, Rejection> {
        let Some(Expected { frame_index, shard, shard_bytes }) = self.expected else {
            return Err(Rejection::Header);
        };
        let header = Self::check(header, shard_bytes)?;
        let index = usize::from(header.shard_index);
        let at = usize::from(header.block_index) * usize::from(self.params.block_shards) + index;
        if index < header.data_shards.into() && (header.frame_index, at) == (frame_index, shard) {
            return self.accept(now_ns, &header, None);
        }
        let mut stray = std::mem::take(&mut self.stray);
        stray.clear();
        let vacancy = self.slots[place(frame_index)].as_mut().and_then(|partial| partial.vacancy(shard, 0));
        stray.extend_from_slice(vacancy.unwrap_or_default());
        let accepted = self.accept(now_ns, &header, Some(&stray));
        self.stray = stray;
        accepted
    }

    /// The header, if its packet is one of this stream.
    fn check(header: &[u8; HEADER_BYTES], shard_bytes: usize) -> Result<PacketHeader, Rejection> {
        let header = PacketHeader::decode(header).ok_or(Rejection::Header)?;
        if header.scheme != FecScheme::Gf16
            || !is_shard_size(header.shard_bytes)
            || usize::from(header.shard_bytes) != shard_bytes
        {
            return Err(Rejection::Header);
        }
        Ok(header)
    }

    /// Takes a shard, or leaves it where it lies already.
    fn accept(
        &mut self,
        now_ns: u64,
        header: &PacketHeader,
        shard: Option<&[u8]>,
    ) -> Result<Accepted, Rejection> {
        if header.flags.contains(PacketFlags::FILLER) {
            return Ok(Accepted::Filler(header.shard_bytes.into()));
        }
        let at = place(header.frame_index);
        if let Some(partial) = &mut self.slots[at]
            && partial.waits_for(header)
        {
            // the usual packet: all but its number was checked with another one of its block
            let added = partial.add(header, shard, &mut self.decoder);
            return self.added(now_ns, header, added);
        }
        self.check_geometry(header)?;
        if distance(header.frame_index, self.next) < 0 {
            return Ok(Accepted::NotNeeded);
        }
        if self.newest.is_none_or(|(newest, _)| distance(header.frame_index, newest) > 0) {
            self.newest = Some((header.frame_index, header.pts_ns));
        } else if distance(header.frame_index, self.bottom()) < 0 {
            return Ok(Accepted::NotNeeded);
        }
        self.open_slot(header, now_ns)?;
        let Some(partial) = &mut self.slots[at] else { return Err(Rejection::Full) };
        if partial.whole_ns.is_some() {
            return Ok(Accepted::NotNeeded);
        }
        let before = partial.held();
        let added = partial.add(header, shard, &mut self.decoder);
        self.held = self.held + partial.held() - before;
        self.added(now_ns, header, added)
    }

    fn added(&mut self, now_ns: u64, header: &PacketHeader, added: Added) -> Result<Accepted, Rejection> {
        match added {
            Added::Contradiction => Err(Rejection::Contradiction),
            Added::Duplicate => Ok(Accepted::NotNeeded),
            Added::Kept => {
                if let Some(partial) = &mut self.slots[place(header.frame_index)] {
                    partial.last_ns = now_ns;
                    if partial.is_whole() {
                        partial.whole_ns = Some(now_ns);
                    }
                }
                self.expected = Expected::after(header, self.params.block_shards);
                Ok(Accepted::Kept)
            }
        }
    }

    /// The next thing that is certain. Call until `None` after every push, and at
    /// [`Reassembler::wake_at`].
    pub fn poll(&mut self, now_ns: u64) -> Option<Assembled> {
        let (newest, _) = self.newest?;
        if distance(newest, self.next) < 0 {
            return None;
        }
        if let Some(whole_ns) = self.at(self.next).and_then(|partial| partial.whole_ns) {
            let mut partial = self.remove(self.next)?;
            self.next = self.next.wrapping_add(1);
            let frame = Assembled::Frame {
                meta: partial.meta,
                recovered_shards: partial.recovered,
                first_ns: partial.first_ns,
                whole_ns,
                bytes: partial.take(),
            };
            self.keep(partial);
            return Some(frame);
        }
        let until = self.given_up(now_ns)?;
        let first = self.next;
        for slot in 0..self.slots.len() {
            let index = self.slots[slot].as_ref().map(|partial| partial.meta.frame_index);
            if let Some(index) = index.filter(|&index| distance(index, until) < 0) {
                self.drop_frame(index);
            }
        }
        self.next = until;
        Some(Assembled::Lost { first, last: until.wrapping_sub(1) })
    }

    /// When [`Reassembler::poll`] will have something without another packet; `None` if never.
    #[must_use]
    pub fn wake_at(&self) -> Option<u64> {
        let mut wake = None::<u64>;
        for partial in self.ahead() {
            let at = match partial.whole_ns {
                Some(whole) => whole.saturating_add(Self::REORDER_NS),
                None => partial.last_ns.saturating_add(Self::STALL_NS),
            };
            wake = Some(wake.map_or(at, |wake| wake.min(at)));
            // What lies behind a whole one has to wait for that one first.
            if partial.whole_ns.is_some() {
                break;
            }
        }
        wake
    }

    /// Takes back the buffer of a delivered access unit.
    pub fn recycle(&mut self, buffer: Vec<u8>) {
        if self.spare.len() < Self::KEPT_BUFFERS && (1..=Self::KEPT_BYTES).contains(&buffer.capacity()) {
            self.spare.push(buffer);
        }
    }

    /// Bytes held for access units in flight.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.held
    }

    /// The most bytes that may be held: four times the largest access unit.
    #[must_use]
    pub fn held_bound(&self) -> usize {
        4 * self.params.frame_bound
    }

    /// Access units in flight.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.live().count()
    }

    fn check_geometry(&self, header: &PacketHeader) -> Result<(), Rejection> {
        let (k, m) = (usize::from(header.data_shards), usize::from(header.recovery_shards));
        let (size, block) = (usize::from(header.shard_bytes), usize::from(header.block_index));
        let per_block = self.params.block_shards;
        let shape_holds = if streamed(header) {
            let end = (block + 1) * usize::from(per_block) * size;
            header.frame_bytes == 0
                && !header.user_flags.contains(UserFlags::SLICES)
                && header.data_shards == per_block
                && end < self.params.frame_bound
        } else {
            let bytes = header.frame_bytes as usize;
            let shape = Geometry::new(bytes, size, per_block);
            bytes <= self.params.frame_bound
                && shape.blocks() == usize::from(header.block_count)
                && block < shape.blocks()
                && shape.block_shards(block) == k
        };
        let in_block = usize::from(header.shard_index) < k + m
            && k + m <= self.params.receive_bound()
            && fec::fits(k, m);
        if shape_holds && in_block { Ok(()) } else { Err(Rejection::Geometry) }
    }

    /// Makes sure that the packet's access unit has a slot and that there is memory for the packet.
    fn open_slot(&mut self, header: &PacketHeader, now_ns: u64) -> Result<(), Rejection> {
        let at = place(header.frame_index);
        if let Some(other) = self.slots[at].as_ref().map(|partial| partial.meta.frame_index)
            && other != header.frame_index
        {
            self.drop_frame(other);
        }
        if self.slots[at].is_none() {
            let mut partial = self.idle.pop().unwrap_or_default();
            let data = self.spare.pop().unwrap_or_default();
            partial.begin(header, self.params.block_shards, data, now_ns);
            self.held += partial.held();
            self.slots[at] = Some(partial);
        }
        let growth = self.slots[at].as_ref().map_or(0, |partial| partial.growth(header));
        while self.held + growth > self.held_bound() {
            let oldest = (self.live())
                .filter(|partial| partial.meta.frame_index != header.frame_index)
                .map(|partial| partial.meta.frame_index)
                .min_by_key(|&index| distance(index, self.next));
            match oldest {
                Some(index) => self.drop_frame(index),
                None => {
                    self.drop_frame(header.frame_index);
                    return Err(Rejection::Full);
                }
            }
        }
        Ok(())
    }

    /// The frame index up to which nothing is waited for any more.
    fn given_up(&self, now_ns: u64) -> Option<u32> {
        let (_, newest_pts) = self.newest?;
        let mut until = self.bottom();
        for partial in self.ahead() {
            let index = partial.meta.frame_index;
            if let Some(whole_ns) = partial.whole_ns {
                if now_ns >= whole_ns.saturating_add(Self::REORDER_NS) {
                    until = index;
                }
                break;
            }
            let old = newest_pts.saturating_sub(partial.meta.pts_ns) > Self::MAX_AGE_NS;
            let stalled = now_ns >= partial.last_ns.saturating_add(Self::STALL_NS);
            if old || stalled {
                until = index.wrapping_add(1);
            }
        }
        Some(until).filter(|&until| distance(until, self.next) > 0)
    }

    /// The access units within the window that are not delivered, in order.
    fn ahead(&self) -> impl Iterator<Item = &Partial> {
        let newest = self.newest.map_or(self.next.wrapping_sub(1), |(newest, _)| newest);
        let bottom = self.bottom();
        let start = if distance(bottom, self.next) > 0 { bottom } else { self.next };
        (0..Self::WINDOW)
            .map(move |step| start.wrapping_add(step))
            .take_while(move |&index| distance(index, newest) <= 0)
            .filter_map(|index| self.at(index))
    }

    /// The lowest frame index that is still within the window.
    fn bottom(&self) -> u32 {
        let newest = self.newest.map_or(self.next, |(newest, _)| newest);
        newest.wrapping_sub(Self::WINDOW - 1)
    }

    fn live(&self) -> impl Iterator<Item = &Partial> {
        self.slots.iter().flatten()
    }

    fn at(&self, index: u32) -> Option<&Partial> {
        self.slots[place(index)].as_ref().filter(|partial| partial.meta.frame_index == index)
    }

    fn remove(&mut self, index: u32) -> Option<Partial> {
        let partial = self.slots[place(index)].take()?;
        self.held -= partial.held();
        Some(partial)
    }

    fn drop_frame(&mut self, index: u32) {
        if let Some(mut partial) = self.remove(index) {
            self.recycle(partial.discard());
            self.keep(partial);
        }
    }

    fn keep(&mut self, partial: Partial) {
        if self.idle.len() < Self::KEPT_BUFFERS && partial.held() <= Self::KEPT_BYTES {
            self.idle.push(partial);
        }
    }
}

fn place(index: u32) -> usize {
    (index % Reassembler::WINDOW) as usize
}

/// How far `a` is ahead of `b`; frame indexes wrap.
fn distance(a: u32, b: u32) -> i32 {
    a.wrapping_sub(b).cast_signed()
}

impl std::fmt::Debug for Reassembler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { next, newest, held, .. } = self;
        write!(f, "Reassembler {{ next: {next}, newest: {newest:?}, held: {held} }}")
    }
}
