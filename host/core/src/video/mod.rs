//! The video data plane (punktfunk/1 §4): access units in, sealed datagrams out, and the way back.
//!
//! A host owns a [`Packetiser`] (which owns the one [`Sealer`]), a [`Pacer`], an [`AdaptiveFec`], a
//! [`LossLevel`] and a [`ShardSize`]. A client owns a [`VideoReceiver`].
//!
//! ```
//! use punktfunk_core::video::{Cipher, DatagramBatch, FrameMeta, MediaKeys, Packetiser, StreamParams, UserFlags};
//! use punktfunk_core::video::{VideoEvent, VideoReceiver};
//! use punktfunk_core::wire::{Mode, Welcome};
//!
//! let mode = Mode { width: 1280, height: 720, refresh_hz: 60 };
//! let keys = |random| MediaKeys::from_random(Cipher::Aes128Gcm, random);
//! let welcome = Welcome::new(50_000, mode, keys([7; 52]));
//! let params = StreamParams::from_welcome(&welcome)?;
//! let received = Welcome::decode(&welcome.encode())?;
//!
//! let (sealer, _) = welcome.keys.into_host();
//! let mut packetiser = Packetiser::new(params, sealer);
//! let mut batch = DatagramBatch::new();
//! let meta = FrameMeta { pts_ns: 1, frame_index: 0, user_flags: UserFlags::KEY };
//! packetiser.packetise(b"an access unit", meta, &mut batch)?;
//!
//! let (_, opener) = received.keys.into_client();
//! let mut receiver = VideoReceiver::new(params, opener);
//! for datagram in batch.bytes().chunks(batch.segment_size()) {
//!     let _ = receiver.push(0, &mut datagram.to_vec());
//! }
//! let Some(VideoEvent::Frame(unit)) = receiver.poll(0) else { panic!("a whole frame came") };
//! assert_eq!(unit.bytes, b"an access unit");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adaptive;
mod batch;
mod fec;
mod geometry;
mod header;
mod keys;
mod loss;
mod pacer;
mod packetiser;
mod params;
mod partial;
mod protection;
mod punch;
mod reassembler;
mod receiver;
mod recovery;
mod replay;
mod seal;
mod shard_size;

pub use adaptive::{AdaptiveFec, video_budget_kbps};
pub use batch::DatagramBatch;
pub use geometry::{Geometry, parity_shards};
pub use header::{FrameMeta, PacketFlags, PacketHeader, UserFlags};
pub use keys::{Cipher, MediaKeys};
pub use loss::LossMeter;
pub use pacer::{Pace, Pacer};
pub use packetiser::{PacketiseError, Packetiser};
pub use params::StreamParams;
pub use protection::{LossLevel, Protection};
pub use punch::{PUNCH, PUNCH_WAIT_NS, PunchSchedule, is_punch};
pub use reassembler::{Accepted, Assembled, Reassembler, Rejection};
pub use receiver::{AccessUnit, VideoEvent, VideoReceiver, VideoStats};
pub use recovery::Recovery;
pub use replay::ReplayWindow;
pub use seal::{OpenError, Opened, Opener, SealError, Sealer};
pub use shard_size::ShardSize;

/// Bytes of the packet header (punktfunk/1 §4.4).
pub const HEADER_BYTES: usize = 40;
/// Bytes that sealing adds: sequence number in front, tag behind (punktfunk/1 §4.3).
pub const SEAL_BYTES: usize = 24;
/// What a datagram has more than its shard (punktfunk/1 §4.3).
pub const OVERHEAD_BYTES: usize = HEADER_BYTES + SEAL_BYTES;
/// The smallest shard, in bytes.
pub const MIN_SHARD_BYTES: u16 = 512;
/// The largest shard, in bytes: a datagram has at most 9216.
pub const MAX_SHARD_BYTES: u16 = 9152;
