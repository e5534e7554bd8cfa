//! A frame becomes datagrams: header, cutting, parity, encryption (GameStream §5.2 to §5.6).

use punktfunk_core::video::Protection;

use super::fec::{Fec, MAX_BLOCKS, Parity, Plan};
use super::start::without_settings;
use crate::crypto::{Gcm, NONCE_BYTES, SessionKey, TAG_BYTES};
use crate::house::Codec;

/// RTP header and the protocol's own in front of each payload.
pub(crate) const HEADER_BYTES: usize = 32;
/// What a datagram is longer than the negotiated packet size.
const BEYOND_PACKET_SIZE: usize = 16;
/// The header in front of the access unit.
const FRAME_HEADER_BYTES: usize = 8;
/// What encryption puts in front of each datagram.
pub(crate) const SEAL_BYTES: usize = NONCE_BYTES + 4 + TAG_BYTES;
/// Data packets of a block that the FEC info can tell.
const MAX_BLOCK_DATA: usize = 1023;

const PICTURE_DATA: u8 = 1;
const LAST_OF_BLOCK: u8 = 2;
const FIRST_OF_BLOCK: u8 = 4;

/// What is to be known about an access unit besides its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FrameMeta {
    /// Decoding can start here.
    pub(crate) idr: bool,
    /// When the picture was taken, in units of 1/90000 s.
    pub(crate) timestamp: u32,
    /// How long the host had it, in units of 0.1 ms; 0 for unknown.
    pub(crate) latency: u16,
}

/// The frame does not fit: four blocks of 1023 packets are the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a picture of {bytes} bytes is too large for this protocol; lower the bit rate or the size of the picture"
)]
pub(crate) struct TooLarge {
    bytes: usize,
}

/// Datagrams of one length, back to back.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    /// Bytes of each.
    pub(crate) segment: usize,
    /// How many of them carry data, not parity.
    pub(crate) data: u32,
}

impl Batch {
    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.bytes.len().checked_div(self.segment).unwrap_or(0)
    }
}

/// Makes the datagrams of one stream.
#[derive(Debug)]
pub(crate) struct Packetiser {
    codec: Codec,
    /// Bytes of a datagram before encryption.
    shard: usize,
    parity: Parity,
    fec: Fec,
    /// Index of the next frame; the first is 1.
    frame: u32,
    /// Packets so far: the RTP sequence and the stream packet index are its lower bits.
    packets: u32,
    sealer: Option<Sealer>,
    block: Vec<u8>,
    frame_bytes: Vec<u8>,
}

impl Packetiser {
    /// For packets of the negotiated size, which are sealed when there is a key.
    pub(crate) fn new(
        codec: Codec,
        packet_size: usize,
        percent: u8,
        least_parity: u8,
        key: Option<&SessionKey>,
    ) -> Self {
        Self {
            codec,
            shard: packet_size + BEYOND_PACKET_SIZE,
            parity: Parity { percent, least: least_parity, protection: Protection::none() },
            fec: Fec::best(),
            frame: 1,
            packets: 0,
            sealer: key.map(Sealer::new),
            block: Vec::new(),
            frame_bytes: Vec::new(),
        }
    }

    /// Makes parity for this loss from now on, parts per million; whether anything changes.
    pub(crate) fn follow_loss(&mut self, ppm: u32) -> bool {
        self.parity.protection.follow(ppm)
    }

    /// The parity of pictures as large as this rate makes them, in per cent of the data: what was asked for, and what the
    /// loss adds to it.
    pub(crate) fn percent_at(&self, kbps: u32, refresh_hz: u32) -> u8 {
        let bytes = u64::from(kbps) * 125 / u64::from(refresh_hz.max(1)) * 100
            / (100 + u64::from(self.parity.percent));
        let packets = usize::try_from(bytes).unwrap_or(usize::MAX).div_ceil(self.shard - HEADER_BYTES).max(1);
        let share = |parity: &Parity| {
            let data = Plan::new(packets, parity).packets;
            parity.of(data).0 * 100 / data
        };
        let without = Parity { protection: Protection::none(), ..self.parity.clone() };
        let added = share(&self.parity).saturating_sub(share(&without));
        u8::try_from(usize::from(self.parity.percent) + added).unwrap_or(u8::MAX)
    }

    /// Puts the datagrams of one access unit into `batch`, whose old content goes.
    pub(crate) fn packetise(
        &mut self,
        unit: &[u8],
        meta: FrameMeta,
        batch: &mut Batch,
    ) -> Result<(), TooLarge> {
        let payload = self.shard - HEADER_BYTES;
        self.collect(unit, meta, payload);
        let packets = self.frame_bytes.len().div_ceil(payload);
        let plan = Plan::new(packets, &self.parity);
        if plan.packets > MAX_BLOCK_DATA {
            return Err(TooLarge { bytes: unit.len() });
        }
        batch.bytes.clear();
        batch.data = 0;
        batch.segment = self.shard + if self.sealer.is_some() { SEAL_BYTES } else { 0 };
        let frame_bytes = std::mem::take(&mut self.frame_bytes);
        for (index, bytes) in frame_bytes.chunks(plan.packets * payload).enumerate() {
            let place = Place { block: index, blocks: plan.blocks, meta };
            self.block(bytes, place, batch);
        }
        self.frame_bytes = frame_bytes;
        self.frame = self.frame.wrapping_add(1);
        Ok(())
    }

    /// The frame header and the access unit, back to back.
    fn collect(&mut self, unit: &[u8], meta: FrameMeta, payload: usize) {
        let bytes = &mut self.frame_bytes;
        bytes.clear();
        bytes.extend([1, 0, 0, if meta.idr { 2 } else { 1 }, 0, 0, 0, 0]);
        bytes[1..3].copy_from_slice(&meta.latency.to_le_bytes());
        if meta.idr {
            for part in without_settings(self.codec, unit) {
                bytes.extend_from_slice(part);
            }
        } else {
            bytes.extend_from_slice(unit);
        }
        let last = match bytes.len() % payload {
            0 => payload,
            some => some,
        };
        bytes[4..6].copy_from_slice(&(last as u16).to_le_bytes());
    }

    fn block(&mut self, bytes: &[u8], place: Place, batch: &mut Batch) {
        let (shard, payload) = (self.shard, self.shard - HEADER_BYTES);
        let data = bytes.len().div_ceil(payload);
        let (parity, percent) = self.parity.of(data);
        batch.data += data as u32;
        self.block.clear();
        self.block.resize((data + parity) * shard, 0);
        for (n, (packet, piece)) in self.block.chunks_exact_mut(shard).zip(bytes.chunks(payload)).enumerate()
        {
            let index = self.packets.wrapping_add(n as u32);
            packet[16..20].copy_from_slice(&(index << 8).to_le_bytes());
            let first = if n == 0 { FIRST_OF_BLOCK } else { 0 };
            let last = if n + 1 == data { LAST_OF_BLOCK } else { 0 };
            packet[24] = PICTURE_DATA | first | last;
            packet[26] = 0x10;
            packet[HEADER_BYTES..HEADER_BYTES + piece.len()].copy_from_slice(piece);
        }
        let (covered, repair) = self.block.split_at_mut(data * shard);
        self.fec.encode(covered, repair, shard);
        let frame = self.frame;
        for (n, packet) in self.block.chunks_exact_mut(shard).enumerate() {
            let sequence = self.packets.wrapping_add(n as u32) as u16;
            packet[0] = 0x90;
            packet[1] = 0;
            packet[2..4].copy_from_slice(&sequence.to_be_bytes());
            packet[4..8].copy_from_slice(&place.meta.timestamp.to_be_bytes());
            packet[8..16].fill(0);
            packet[20..24].copy_from_slice(&frame.to_le_bytes());
            packet[27] = place.byte();
            packet[28..32].copy_from_slice(&fec_info(n, data, percent).to_le_bytes());
            match &mut self.sealer {
                Some(sealer) => sealer.seal(frame, packet, &mut batch.bytes),
                None => batch.bytes.extend_from_slice(packet),
            }
        }
        self.packets = self.packets.wrapping_add((data + parity) as u32);
    }
}

/// Which block of which frame.
#[derive(Clone, Copy)]
struct Place {
    block: usize,
    blocks: usize,
    meta: FrameMeta,
}

impl Place {
    fn byte(self) -> u8 {
        debug_assert!(self.block < self.blocks && self.blocks <= MAX_BLOCKS);
        (self.block << 4 | (self.blocks - 1) << 6) as u8
    }
}

/// Index within the block, data packets of the block, parity per cent.
fn fec_info(index: usize, data: usize, percent: u8) -> u32 {
    u32::from(percent) << 4 | (index as u32) << 12 | (data as u32) << 22
}

/// Encrypts datagrams one by one; its counter never goes back.
#[derive(Debug)]
struct Sealer {
    gcm: Gcm,
    counter: u64,
}

impl Sealer {
    fn new(key: &SessionKey) -> Self {
        Self { gcm: key.gcm(), counter: 0 }
    }

    fn seal(&mut self, frame: u32, packet: &[u8], out: &mut Vec<u8>) {
        let mut nonce = [0; NONCE_BYTES];
        nonce[..8].copy_from_slice(&self.counter.to_le_bytes());
        nonce[11] = b'V';
        self.counter += 1;
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&frame.to_le_bytes());
        let tag_at = out.len();
        out.extend_from_slice(&[0; TAG_BYTES]);
        let sealed_at = out.len();
        out.extend_from_slice(packet);
        let tag = self.gcm.seal(nonce, &mut out[sealed_at..]);
        out[tag_at..sealed_at].copy_from_slice(&tag);
    }
}

const _: () = assert!(FRAME_HEADER_BYTES == 8 && SEAL_BYTES == 32);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::tests::known_key;

    fn packets(packetiser: &mut Packetiser, unit: &[u8]) -> Vec<Vec<u8>> {
        let mut batch = Batch::default();
        packetiser.packetise(unit, FrameMeta::default(), &mut batch).unwrap();
        batch.bytes.chunks_exact(batch.segment).map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn a_datagram_is_sealed_as_the_known_answer_says() {
        let mut sealer = Sealer { counter: 5, ..Sealer::new(&known_key()) };
        let mut packet = vec![0; 16];
        packet[0] = 0x90;
        let mut out = Vec::new();
        sealer.seal(9, &packet, &mut out);
        assert_eq!(
            hex::encode(out),
            "050000000000000000000056090000007ae6035bd95c95f6456a973fe36be3a8fa9712dcf1b21573bd0acd031f23aa95"
        );
    }

    #[test]
    fn the_fec_info_is_as_the_known_answer_says() {
        assert_eq!(fec_info(2, 24, 20), 0x0600_2140);
        assert_eq!(fec_info(2, 24, 20).to_le_bytes(), [0x40, 0x21, 0, 6]);
    }

    #[test]
    fn frames_count_from_one_and_packets_from_zero_parity_included() {
        let mut packetiser = Packetiser::new(Codec::H264, 1024, 20, 2, None);
        let first = packets(&mut packetiser, &[7; 3000]);
        let second = packets(&mut packetiser, &[8; 10]);
        assert_eq!((first.len(), second.len()), (5, 3), "three with two, one with two");
        for (n, packet) in first.iter().chain(&second).enumerate() {
            assert_eq!(packet.len(), 1040);
            assert_eq!(packet[2..4], (n as u16).to_be_bytes());
            assert_eq!(packet[0], 0x90);
        }
        assert_eq!(first[0][20..24], 1_u32.to_le_bytes());
        assert_eq!(second[0][20..24], 2_u32.to_le_bytes());
        let flags: Vec<u8> = first[..3].iter().map(|packet| packet[24]).collect();
        assert_eq!(flags, [5, 1, 3]);
        assert_eq!(second[0][24], 7, "a packet alone is first and last");
        assert_eq!(second[0][16..20], (5_u32 << 8).to_le_bytes(), "the index counts parity too");
    }

    #[test]
    fn every_block_has_its_own_first_and_last_packet_and_tells_how_many_there_are() {
        let mut packetiser = Packetiser::new(Codec::H264, 1024, 20, 0, None);
        let packets = packets(&mut packetiser, &vec![1; 300 * 1008]);
        let data: Vec<&Vec<u8>> = packets
            .iter()
            .filter(|packet| {
                let info = u32::from_le_bytes(packet[28..32].try_into().unwrap());
                (info >> 12 & 0x3ff) < info >> 22
            })
            .collect();
        assert_eq!(data.len(), 301);
        let firsts = data.iter().filter(|packet| packet[24] & 4 != 0).count();
        let lasts = data.iter().filter(|packet| packet[24] & 2 != 0).count();
        assert_eq!((firsts, lasts), (2, 2));
        assert_eq!((packets[0][27], packets.last().unwrap()[27]), (1 << 6, 1 << 6 | 1 << 4));
    }

    #[test]
    fn a_sealed_datagram_is_longer_and_no_nonce_comes_twice() {
        let mut packetiser = Packetiser::new(Codec::H264, 992, 20, 2, Some(&known_key()));
        let mut seen = std::collections::HashSet::new();
        for _ in 0..20 {
            for packet in packets(&mut packetiser, &[3; 5000]) {
                assert_eq!(packet.len(), 992 + 16 + 32);
                assert!(seen.insert(packet[..12].to_vec()));
            }
        }
    }

    #[test]
    fn parity_covers_what_the_client_takes_from_it_and_the_rest_is_each_packets_own() {
        use super::super::fec::coefficient;
        use super::super::field::multiply;
        let mut packetiser = Packetiser::new(Codec::H264, 1024, 20, 2, None);
        let unit: Vec<u8> = (0..3000_u32).map(|n| (n * 31 + n / 7) as u8).collect();
        packets(&mut packetiser, &unit);
        let packets = packets(&mut packetiser, &unit);
        let (data, parity) = packets.split_at(3);
        for (row, repair) in parity.iter().enumerate() {
            for at in (16..20).chain(24..27).chain(32..repair.len()) {
                let sum = data.iter().enumerate().fold(0, |sum, (column, packet)| {
                    sum ^ multiply(coefficient(parity.len(), row, column), packet[at])
                });
                assert_eq!(repair[at], sum, "byte {at} of parity packet {row}");
            }
        }
        for (n, packet) in packets.iter().enumerate() {
            assert_eq!(packet[..2], [0x90, 0]);
            assert_eq!(packet[20..24], 2_u32.to_le_bytes(), "the frame");
            assert_eq!(packet[27], 0, "the first block of one");
            assert_eq!(u32::from_le_bytes(packet[28..32].try_into().unwrap()) >> 12 & 0x3ff, n as u32);
        }
    }

    #[test]
    fn loss_adds_parity_and_says_what_that_takes_of_the_wire() {
        let mut packetiser = Packetiser::new(Codec::H264, 1024, 20, 2, None);
        let mut batch = Batch::default();
        packetiser.packetise(&[7; 3000], FrameMeta::default(), &mut batch).unwrap();
        assert_eq!((batch.count(), batch.data), (5, 3));
        assert_eq!(packetiser.percent_at(5_000, 60), 20);
        assert!(packetiser.follow_loss(150_000) && !packetiser.follow_loss(150_000));
        packetiser.packetise(&[7; 3000], FrameMeta::default(), &mut batch).unwrap();
        assert_eq!((batch.count(), batch.data), (8, 3));
        let (small, large) = (packetiser.percent_at(5_000, 60), packetiser.percent_at(100_000, 60));
        assert!((60..110).contains(&small) && (25..50).contains(&large), "{small} {large}");
        packetiser.follow_loss(0);
        assert_eq!(packetiser.percent_at(5_000, 60), 20);
    }

    #[test]
    fn without_parity_none_is_added() {
        let mut packetiser = Packetiser::new(Codec::H264, 1024, 0, 2, None);
        packetiser.follow_loss(150_000);
        assert_eq!(packets(&mut packetiser, &[7; 3000]).len(), 3);
        assert_eq!(packetiser.percent_at(5_000, 60), 0);
    }

    #[test]
    fn a_picture_beyond_all_reason_is_refused() {
        let mut packetiser = Packetiser::new(Codec::H264, 1024, 20, 2, None);
        let unit = vec![0; 4 * 1024 * 1008];
        let refused = packetiser.packetise(&unit, FrameMeta::default(), &mut Batch::default());
        assert_eq!(refused, Err(TooLarge { bytes: unit.len() }));
    }
}
