use bitflags::bitflags;

use super::HEADER_BYTES;
use crate::bytes::Write;
use crate::wire::FecScheme;

bitflags! {
    /// What an access unit is (punktfunk/1 §4.6). Bits without a name are kept.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct UserFlags: u32 {
        /// It is a picture.
        const PICTURE = 0x1;
        /// It is a key frame.
        const START = 0x4;
        /// It is filler of a speed probe.
        const FILLER = 0x8;
        /// A wave of intra refresh ends here.
        const RECOVERY_POINT = 0x10;
        /// It refers only to frames that the client is known to have.
        const ANCHOR = 0x20;
        /// The payload is aligned to chunks (PyroWave).
        const CHUNK_ALIGNED = 0x40;
        /// It is sent slice by slice.
        const SLICES = 0x80;
        /// It repeats the picture before it.
        const REPEAT = 0x100;
        /// The recovery from a loss closes here.
        const RECOVERY_CLOSES = 0x200;
    }

    /// What a packet is (punktfunk/1 §4.4).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct PacketFlags: u8 {
        /// Picture data.
        const PICTURE = 0x01;
        /// The last packet of the access unit.
        const LAST = 0x02;
        /// The first packet of the access unit.
        const FIRST = 0x04;
        /// Filler of a speed probe.
        const FILLER = 0x08;
    }
}

impl UserFlags {
    /// An IDR.
    pub const KEY: Self = Self::PICTURE.union(Self::START);
    /// Any other picture.
    pub const DELTA: Self = Self::PICTURE;

    /// It is an IDR.
    #[must_use]
    pub fn is_key(self) -> bool {
        self.bits() & 0xf == Self::KEY.bits()
    }
}

/// What travels with an access unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrameMeta {
    /// When it was captured, in the host's Unix ns.
    pub pts_ns: u64,
    /// +1 per access unit, from 0, for the whole session.
    pub frame_index: u32,
    /// What it is.
    pub user_flags: UserFlags,
}

/// The 40 bytes in front of every shard (punktfunk/1 §4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketHeader {
    /// When the access unit was captured, in the host's Unix ns.
    pub pts_ns: u64,
    /// Which access unit.
    pub frame_index: u32,
    /// +1 per packet.
    pub stream_seq: u32,
    /// Bytes of the access unit.
    pub frame_bytes: u32,
    /// What the access unit is.
    pub user_flags: UserFlags,
    /// Which block of it.
    pub block_index: u16,
    /// How many blocks it has; 0 while that is not known.
    pub block_count: u16,
    /// k: data shards of this block.
    pub data_shards: u16,
    /// m: parity shards of this block.
    pub recovery_shards: u16,
    /// Which shard: 0…k−1 data, k…k+m−1 parity.
    pub shard_index: u16,
    /// S: bytes of a shard.
    pub shard_bytes: u16,
    /// The parity code.
    pub scheme: FecScheme,
    /// What the packet is.
    pub flags: PacketFlags,
}

impl PacketHeader {
    const MAGIC: u8 = 0xc9;
    const VERSION: u8 = 1;

    /// Reads the header at the start of a packet. `None` if it is short, has another magic byte or names a
    /// parity code that does not exist.
    #[must_use]
    pub fn decode(packet: &[u8]) -> Option<Self> {
        let bytes: &[u8; HEADER_BYTES] = packet.first_chunk()?;
        let &[.., magic, _version, scheme, flags] = bytes;
        let scheme = FecScheme::ALL.iter().copied().find(|known| known.to_wire() == scheme)?;
        (magic == Self::MAGIC).then(|| Self {
            pts_ns: u64::from_le_bytes(field(bytes, 0)),
            frame_index: u32::from_le_bytes(field(bytes, 8)),
            stream_seq: u32::from_le_bytes(field(bytes, 12)),
            frame_bytes: u32::from_le_bytes(field(bytes, 16)),
            user_flags: UserFlags::from_bits_retain(u32::from_le_bytes(field(bytes, 20))),
            block_index: u16::from_le_bytes(field(bytes, 24)),
            block_count: u16::from_le_bytes(field(bytes, 26)),
            data_shards: u16::from_le_bytes(field(bytes, 28)),
            recovery_shards: u16::from_le_bytes(field(bytes, 30)),
            shard_index: u16::from_le_bytes(field(bytes, 32)),
            shard_bytes: u16::from_le_bytes(field(bytes, 34)),
            scheme,
            flags: PacketFlags::from_bits_retain(flags),
        })
    }

    /// The 40 bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut out = [0; HEADER_BYTES];
        let mut cursor = Fill { out: &mut out, at: 0 };
        cursor.u64(self.pts_ns).u32(self.frame_index).u32(self.stream_seq).u32(self.frame_bytes);
        cursor.u32(self.user_flags.bits()).u16(self.block_index).u16(self.block_count);
        cursor.u16(self.data_shards).u16(self.recovery_shards).u16(self.shard_index).u16(self.shard_bytes);
        cursor.u8(Self::MAGIC).u8(Self::VERSION).u8(self.scheme.to_wire()).u8(self.flags.bits());
        out
    }
}

/// The bytes at a fixed place: every packet is read, so this has to cost no more than the loads.
#[inline(always)]
fn field<const N: usize>(bytes: &[u8; HEADER_BYTES], at: usize) -> [u8; N] {
    std::array::from_fn(|i| bytes[at + i])
}

/// Writes into an array, where a `Vec` would be an allocation per packet.
struct Fill<'a> {
    out: &'a mut [u8; HEADER_BYTES],
    at: usize,
}

impl Write for Fill<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.out[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }
}
