use std::ops::Range;

use super::fec::{self, ParityEncoder};
use super::geometry::{Geometry, parity_shards};
use super::params::is_shard_size;
use super::{
    DatagramBatch, FrameMeta, HEADER_BYTES, OVERHEAD_BYTES, PacketFlags, PacketHeader, Protection, SealError,
    Sealer, StreamParams, UserFlags,
};
use crate::wire::FecScheme;

/// Where the shard lies in a datagram: behind sequence number and header.
const SHARD_AT: usize = 8 + HEADER_BYTES;
const STREAM_SEQ_AT: usize = 12;
const SHARD_INDEX_AT: usize = 32;
const FLAGS_AT: usize = 39;

/// Makes sealed datagrams out of access units (punktfunk/1 §4.5). Once it has seen the largest one of a
/// stream it does not allocate any more.
pub struct Packetiser {
    params: StreamParams,
    sealer: Sealer,
    parity: ParityEncoder,
    percent: u8,
    protection: Protection,
    shard_bytes: u16,
    stream_seq: u32,
    filler_index: u32,
}

/// Why an access unit was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PacketiseError {
    /// The client would drop it.
    #[error("the access unit has {got} bytes and the client takes {limit}; lower the bitrate")]
    TooLarge {
        /// Its bytes.
        got: usize,
        /// The most a client takes.
        limit: usize,
    },
    /// The session is used up.
    #[error(transparent)]
    Sealed(#[from] SealError),
}

impl Packetiser {
    /// A packetiser for one viewer, with the geometry and parity of its Welcome.
    #[must_use]
    pub fn new(params: StreamParams, sealer: Sealer) -> Self {
        Self {
            params,
            sealer,
            parity: ParityEncoder::default(),
            percent: params.fec_percent,
            protection: Protection::none(),
            shard_bytes: params.shard_bytes,
            stream_seq: 0,
            filler_index: 0,
        }
    }

    /// The parity from the next access unit on, in percent. In a full block it stays within what Welcome has
    /// promised, because older clients drop more.
    pub fn set_fec_percent(&mut self, percent: u8) {
        self.percent = percent;
    }

    /// From the next access unit on, small blocks get as much more parity as this loss (in parts per million) asks for.
    /// Without parity by percentage there is none of this either.
    pub fn set_loss(&mut self, ppm: u32) {
        self.protection.follow(ppm);
    }

    /// The parity in use, in percent.
    #[must_use]
    pub fn fec_percent(&self) -> u8 {
        self.percent
    }

    /// S from the next access unit on, in bytes. Whether the client agrees is the business of
    /// [`ShardSize`](super::ShardSize). An illegal size is ignored and `false`.
    pub fn set_shard_bytes(&mut self, bytes: u16) -> bool {
        let legal = is_shard_size(bytes);
        if legal {
            self.shard_bytes = bytes;
        }
        legal
    }

    /// How many datagrams have been made in this session.
    #[must_use]
    pub fn datagrams(&self) -> u64 {
        self.sealer.sealed()
    }

    /// Fills `out` with the datagrams of an access unit: all data, then all parity.
    ///
    /// # Errors
    /// When the access unit is larger than the client takes, or the sequence numbers are used up. `out` then
    /// holds nothing to be sent.
    pub fn packetise(
        &mut self,
        au: &[u8],
        meta: FrameMeta,
        out: &mut DatagramBatch,
    ) -> Result<(), PacketiseError> {
        self.emit(Payload::Unit(au), meta, out, &mut |_, _| ())
    }

    /// As [`Packetiser::packetise`], but hands every part over as soon as it is sealed, in pieces that fit
    /// into one segmented send: the client has the first of a large access unit before the last is sealed,
    /// and all of its data before the parity is even made.
    ///
    /// # Errors
    /// As [`Packetiser::packetise`]; an access unit that is too large is refused before the first piece.
    pub fn packetise_each(
        &mut self,
        au: &[u8],
        meta: FrameMeta,
        out: &mut DatagramBatch,
        mut each: impl FnMut(&DatagramBatch, Range<usize>),
    ) -> Result<(), PacketiseError> {
        self.emit(Payload::Unit(au), meta, out, &mut each)
    }

    /// Fills `out` with filler for a speed probe (punktfunk/1 §4.9), `bytes` of payload in an index space of
    /// its own and without parity.
    ///
    /// # Errors
    /// As [`Packetiser::packetise`].
    pub fn filler(
        &mut self,
        bytes: usize,
        pts_ns: u64,
        out: &mut DatagramBatch,
    ) -> Result<(), PacketiseError> {
        let meta = FrameMeta { pts_ns, frame_index: self.filler_index, user_flags: UserFlags::FILLER };
        self.filler_index = self.filler_index.wrapping_add(1);
        self.emit(Payload::Filler(bytes), meta, out, &mut |_, _| ())
    }

    fn emit(
        &mut self,
        payload: Payload<'_>,
        meta: FrameMeta,
        out: &mut DatagramBatch,
        each: &mut Each<'_>,
    ) -> Result<(), PacketiseError> {
        let bytes = payload.len();
        out.reset(0, 0);
        if bytes > self.params.frame_bound {
            return Err(PacketiseError::TooLarge { got: bytes, limit: self.params.frame_bound });
        }
        let shard_bytes = usize::from(self.shard_bytes);
        let shape = Geometry::new(bytes, shard_bytes, self.params.block_shards);
        let percent = if payload.is_filler() { 0 } else { self.percent };
        let data = shape.data_shards();
        let parity =
            (0..shape.blocks()).map(|b| self.parity_of(shape.block_shards(b), percent)).sum::<usize>();
        out.reset(shard_bytes + OVERHEAD_BYTES, data + parity);

        let picture = if payload.is_filler() { PacketFlags::FILLER } else { PacketFlags::PICTURE };
        let mut at = Slots { data: 0, parity: data, last: data + parity - 1, picture, handed: 0, each };
        for block in 0..shape.blocks() {
            let k = shape.block_shards(block);
            let m = self.parity_of(k, percent);
            let header = PacketHeader {
                pts_ns: meta.pts_ns,
                frame_index: meta.frame_index,
                stream_seq: 0,
                frame_bytes: bytes as u32,
                user_flags: meta.user_flags,
                block_index: block as u16,
                block_count: shape.blocks() as u16,
                data_shards: k as u16,
                recovery_shards: m as u16,
                shard_index: 0,
                shard_bytes: self.shard_bytes,
                scheme: FecScheme::Gf16,
                flags: PacketFlags::empty(),
            };
            self.block(payload, shape.block_start(block), &header.encode(), (k, m), &mut at, out)?;
        }
        // Parity waits for the data of all blocks, and so does its place in the sequence.
        for slot in data..data + parity {
            self.sealer.seal(out.slot(slot)).inspect_err(|_| out.reset(0, 0))?;
            at.sealed(slot + 1, out);
        }
        at.hand_over(data + parity, out);
        self.stream_seq = self.stream_seq.wrapping_add((data + parity) as u32);
        Ok(())
    }

    /// Lays out one block and seals its data while that is still in the cache.
    fn block(
        &mut self,
        payload: Payload<'_>,
        first_shard: usize,
        header: &[u8; HEADER_BYTES],
        (k, m): (usize, usize),
        at: &mut Slots<'_, '_>,
        out: &mut DatagramBatch,
    ) -> Result<(), PacketiseError> {
        let shard_bytes = usize::from(self.shard_bytes);
        let base = self.stream_seq;
        self.parity.begin(k, m, shard_bytes);
        for i in 0..k {
            let datagram = out.slot(at.data);
            put_header(datagram, header, base, at.data, i, at);
            let shard = &mut datagram[SHARD_AT..SHARD_AT + shard_bytes];
            payload.copy((first_shard + i) * shard_bytes, shard);
            self.parity.add(shard);
            self.sealer.seal(datagram).inspect_err(|_| out.reset(0, 0))?;
            at.data += 1;
            at.sealed(at.data, out);
        }
        at.hand_over(at.data, out);
        self.parity.finish(|j, shard| {
            let datagram = out.slot(at.parity);
            put_header(datagram, header, base, at.parity, k + j, at);
            datagram[SHARD_AT..SHARD_AT + shard_bytes].copy_from_slice(shard);
            at.parity += 1;
        });
        Ok(())
    }

    fn parity_of(&self, k: usize, percent: u8) -> usize {
        let least = if percent == 0 { 0 } else { self.protection.parity(k) };
        let m = parity_shards(k, percent).max(least).min(self.params.send_bound() - k);
        if fec::fits(k, m) { m } else { parity_shards(k, self.params.fec_percent) }
    }
}

type Each<'a> = dyn FnMut(&DatagramBatch, Range<usize>) + 'a;

/// Where the next shards go, which place is the last, and what has been handed over.
struct Slots<'a, 'b> {
    data: usize,
    parity: usize,
    last: usize,
    picture: PacketFlags,
    handed: usize,
    each: &'a mut Each<'b>,
}

impl Slots<'_, '_> {
    /// So many datagrams are sealed: another piece may be full.
    fn sealed(&mut self, count: usize, out: &DatagramBatch) {
        if count - self.handed == out.segments_per_send() {
            self.hand_over(count, out);
        }
    }

    fn hand_over(&mut self, count: usize, out: &DatagramBatch) {
        if count > self.handed {
            (self.each)(out, self.handed..count);
            self.handed = count;
        }
    }
}

#[derive(Clone, Copy)]
enum Payload<'a> {
    Unit(&'a [u8]),
    Filler(usize),
}

impl Payload<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Unit(au) => au.len(),
            Self::Filler(bytes) => *bytes,
        }
    }

    fn is_filler(&self) -> bool {
        matches!(self, Self::Filler(_))
    }

    /// Copies what belongs into one shard and pads it with zeros.
    fn copy(&self, from: usize, shard: &mut [u8]) {
        let piece = match self {
            Self::Unit(au) => &au[from.min(au.len())..(from + shard.len()).min(au.len())],
            Self::Filler(_) => &[],
        };
        shard[..piece.len()].copy_from_slice(piece);
        shard[piece.len()..].fill(0);
    }
}

fn put_header(
    datagram: &mut [u8],
    header: &[u8; HEADER_BYTES],
    base: u32,
    slot: usize,
    index: usize,
    at: &Slots<'_, '_>,
) {
    let place = &mut datagram[8..SHARD_AT];
    place.copy_from_slice(header);
    place[STREAM_SEQ_AT..STREAM_SEQ_AT + 4].copy_from_slice(&base.wrapping_add(slot as u32).to_le_bytes());
    place[SHARD_INDEX_AT..SHARD_INDEX_AT + 2].copy_from_slice(&(index as u16).to_le_bytes());
    let mut flags = at.picture;
    flags.set(PacketFlags::FIRST, slot == 0);
    flags.set(PacketFlags::LAST, slot == at.last);
    place[FLAGS_AT] = flags.bits();
}

impl std::fmt::Debug for Packetiser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { percent, shard_bytes, sealer, .. } = self;
        write!(f, "Packetiser {{ percent: {percent}, shard_bytes: {shard_bytes}, {sealer:?} }}")
    }
}
