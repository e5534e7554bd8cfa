use super::geometry::{Geometry, parity_shards};
use super::{MAX_SHARD_BYTES, MIN_SHARD_BYTES, fec};
use crate::wire::{FecScheme, Welcome, WelcomeFault};

/// The geometry of a stream, out of a Welcome that has been looked over (punktfunk/1 §2.3 and §4.5). Host and
/// client both make theirs from the same Welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamParams {
    pub(super) block_shards: u16,
    pub(super) shard_bytes: u16,
    pub(super) fec_percent: u8,
    pub(super) frame_bound: usize,
}

impl StreamParams {
    const MIB: u64 = 1 << 20;

    /// Checks what a client must check before it believes a Welcome.
    ///
    /// # Errors
    /// See [`WelcomeFault`]; the client then gives up and shows the sentence.
    pub fn from_welcome(welcome: &Welcome) -> Result<Self, WelcomeFault> {
        let Welcome { block_shards, shard_bytes, fec_percent, .. } = *welcome;
        if !welcome.sealed {
            return Err(WelcomeFault::NotSealed);
        }
        if welcome.keys.is_zero() {
            return Err(WelcomeFault::ZeroKey);
        }
        if welcome.fec_scheme != FecScheme::Gf16 {
            return Err(WelcomeFault::Scheme);
        }
        if !is_shard_size(shard_bytes) {
            return Err(WelcomeFault::ShardBytes(shard_bytes));
        }
        let k = usize::from(block_shards);
        let m = parity_shards(k, fec_percent);
        if k == 0 || !fec::fits(k, m) {
            return Err(WelcomeFault::Block(block_shards, fec_percent));
        }
        let frame_bound = frame_bound(welcome.bitrate_kbps, welcome.mode.refresh_hz);
        // A session may shrink its shards, so the smallest ones must do.
        let blocks = Geometry::new(frame_bound, MIN_SHARD_BYTES.into(), block_shards).blocks();
        if blocks > u16::MAX.into() {
            return Err(WelcomeFault::TooManyBlocks(block_shards));
        }
        Ok(Self { block_shards, shard_bytes, fec_percent, frame_bound })
    }

    /// K: data shards in a full block.
    #[must_use]
    pub fn block_shards(&self) -> u16 {
        self.block_shards
    }

    /// S at the start, in bytes.
    #[must_use]
    pub fn shard_bytes(&self) -> u16 {
        self.shard_bytes
    }

    /// The parity at the start, in percent.
    #[must_use]
    pub fn fec_percent(&self) -> u8 {
        self.fec_percent
    }

    /// The largest access unit a client takes, in bytes.
    #[must_use]
    pub fn frame_bound(&self) -> usize {
        self.frame_bound
    }

    /// How many shards of one block a sender may make: what even older clients take.
    pub(super) fn send_bound(&self) -> usize {
        let k = usize::from(self.block_shards);
        k + parity_shards(k, self.fec_percent)
    }

    /// How many shards of one block a receiver takes: what even newer hosts make.
    pub(super) fn receive_bound(&self) -> usize {
        let k = usize::from(self.block_shards);
        (k + (9 * k).div_ceil(10)).max(self.send_bound()).min(u16::MAX.into())
    }
}

/// S may have this value.
pub(super) fn is_shard_size(bytes: u16) -> bool {
    bytes.is_multiple_of(2) && (MIN_SHARD_BYTES..=MAX_SHARD_BYTES).contains(&bytes)
}

/// Four times a mean frame, at least 8 MiB and at most 64 MiB; 64 MiB when the bitrate is not known.
fn frame_bound(bitrate_kbps: u32, refresh_hz: u32) -> usize {
    let mean = u64::from(bitrate_kbps) * 125 / u64::from(refresh_hz.max(1));
    let (least, most) = (8 * StreamParams::MIB, 64 * StreamParams::MIB);
    let bound = if bitrate_kbps == 0 { most } else { (4 * mean).clamp(least, most) };
    bound as usize
}
