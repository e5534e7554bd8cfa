//! Random sequences of what can happen to a receiver, with its promises checked after every step.

use proptest::collection::vec;
use proptest::prelude::*;
use punktfunk_core::video::*;
use punktfunk_core::wire::{FecScheme, Welcome};

use crate::pair::{EPOCH, HD, MS, welcome_with};

#[derive(Debug, Clone)]
enum Op {
    /// The next frame's packets go on the pile, of so many bytes.
    Send(u32),
    /// A packet of the pile arrives.
    Arrive(prop::sample::Index),
    /// A packet of the pile is lost.
    Lose(prop::sample::Index),
    /// Time goes by, in ms.
    Wait(u64),
    /// Frames are skipped by the host.
    Skip(u32),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        2 => prop_oneof![0..60_000u32, 0..3_000_000u32].prop_map(Op::Send),
        20 => any::<prop::sample::Index>().prop_map(Op::Arrive),
        3 => any::<prop::sample::Index>().prop_map(Op::Lose),
        3 => (0..40u64).prop_map(Op::Wait),
        1 => prop_oneof![1..5u32, Just(200)].prop_map(Op::Skip),
    ]
}

fn params() -> StreamParams {
    let welcome = Welcome { block_shards: 200, bitrate_kbps: 1, ..welcome_with(HD, [1; 52]) };
    StreamParams::from_welcome(&welcome).unwrap()
}

fn picture(index: u32, bytes: u32) -> Vec<u8> {
    (0..bytes).map(|i| (i.wrapping_mul(7) ^ index) as u8).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn memory_is_bounded_and_frames_come_in_order_or_not_at_all(ops in vec(op(), 1..300)) {
        let welcome = welcome_with(HD, [1; 52]);
        let mut packetiser = Packetiser::new(params(), welcome.keys.into_host().0);
        let mut receiver = VideoReceiver::new(params(), welcome_with(HD, [1; 52]).keys.into_client().1);
        let mut reassembler = Reassembler::new(params());
        let (_, mut opener) = welcome_with(HD, [1; 52]).keys.into_client();
        let (mut now, mut index, mut next) = (0, 0, 0);
        let mut sizes = std::collections::HashMap::new();
        let mut pile = Vec::new();
        let mut batch = DatagramBatch::new();
        for op in ops {
            match op {
                Op::Send(bytes) => {
                    let meta = FrameMeta { pts_ns: EPOCH + now, frame_index: index, user_flags: UserFlags::KEY };
                    packetiser.packetise(&picture(index, bytes), meta, &mut batch).unwrap();
                    pile.extend(batch.bytes().chunks(batch.segment_size()).map(<[u8]>::to_vec));
                    sizes.insert(index, bytes);
                    index += 1;
                }
                Op::Skip(frames) => index += frames,
                Op::Wait(ms) => now += ms * MS,
                Op::Lose(at) if !pile.is_empty() => {
                    pile.swap_remove(at.index(pile.len()));
                }
                Op::Arrive(at) if !pile.is_empty() => {
                    // A run of packets in order, as networks mostly deliver them.
                    let at = at.index(pile.len());
                    for mut datagram in pile.drain(at..(at + 40).min(pile.len())) {
                        let _ = receiver.push(now, &mut datagram.clone());
                        let _ = reassembler.push(now, opener.open(&mut datagram).unwrap().plaintext);
                    }
                }
                Op::Lose(_) | Op::Arrive(_) => {}
            }
            while let Some(event) = receiver.poll(now) {
                match event {
                    VideoEvent::Frame(unit) => {
                        prop_assert_eq!(unit.frame_index, next);
                        next += 1;
                        prop_assert_eq!(&unit.bytes, &picture(unit.frame_index, sizes[&unit.frame_index]));
                        receiver.recycle(unit.bytes);
                    }
                    VideoEvent::Lost { first, last } => {
                        prop_assert_eq!(first, next);
                        prop_assert!(last >= first);
                        next = last + 1;
                    }
                    VideoEvent::Send(_) => {}
                }
            }
            // The second one is never polled: it must keep its bounds all the same.
            for held in [receiver.held_bytes(), reassembler.held_bytes()] {
                prop_assert!(held <= reassembler.held_bound() + (64 << 10), "{}", held);
            }
            prop_assert!(reassembler.in_flight() <= 64);
        }
    }
}

fn header(index: u32, frame_bytes: u32) -> PacketHeader {
    let shape = Geometry::new(frame_bytes as usize, 1408, 200);
    PacketHeader {
        pts_ns: EPOCH,
        frame_index: index,
        stream_seq: 0,
        frame_bytes,
        user_flags: UserFlags::DELTA,
        block_index: 0,
        block_count: shape.blocks() as u16,
        data_shards: shape.block_shards(0) as u16,
        recovery_shards: 2,
        shard_index: 0,
        shard_bytes: 1408,
        scheme: FecScheme::Gf16,
        flags: PacketFlags::PICTURE,
    }
}

fn packet(header: &PacketHeader) -> Vec<u8> {
    [&header.encode()[..], &vec![0; header.shard_bytes.into()]].concat()
}

#[test]
fn frames_that_only_begin_do_not_pile_up() {
    let mut reassembler = Reassembler::new(params());
    for index in 0..1000 {
        let _ = reassembler.push(0, &packet(&header(index, 8 << 20)));
        assert!(reassembler.held_bytes() <= reassembler.held_bound());
        assert!(reassembler.in_flight() <= 4);
    }
}

#[test]
fn an_unfinished_frame_120_ms_behind_is_given_up() {
    let mut reassembler = Reassembler::new(params());
    reassembler.push(0, &packet(&header(0, 9000))).unwrap();
    let at = |ms| PacketHeader { pts_ns: EPOCH + ms * MS, ..header(1, 9000) };
    reassembler.push(1, &packet(&at(120))).unwrap();
    assert_eq!(reassembler.poll(1), None);
    reassembler.push(1, &packet(&PacketHeader { frame_index: 2, ..at(121) })).unwrap();
    assert_eq!(reassembler.poll(1), Some(Assembled::Lost { first: 0, last: 0 }));
    assert_eq!(reassembler.poll(1), None);
}

#[test]
fn an_unfinished_frame_64_indexes_behind_is_given_up() {
    let mut reassembler = Reassembler::new(params());
    reassembler.push(0, &packet(&header(0, 9000))).unwrap();
    reassembler.push(0, &packet(&header(63, 9000))).unwrap();
    assert_eq!(reassembler.poll(0), None);
    reassembler.push(0, &packet(&header(64, 9000))).unwrap();
    assert_eq!(reassembler.poll(0), Some(Assembled::Lost { first: 0, last: 0 }));
    assert_eq!(reassembler.push(0, &packet(&header(0, 9000))), Ok(Accepted::NotNeeded));
}

#[test]
fn packets_against_the_rules_are_dropped() {
    let good = header(0, 500 * 1408 + 1);
    let mut reassembler = Reassembler::new(params());
    let verdict = |reassembler: &mut Reassembler, header: PacketHeader| reassembler.push(0, &packet(&header));
    let mut refuse = |what: &str, header: PacketHeader, why: Rejection| {
        assert_eq!(verdict(&mut reassembler, header), Err(why), "{what}");
    };
    use Rejection::{Geometry, Header};
    refuse("another parity code", PacketHeader { scheme: FecScheme::Gf8, ..good }, Header);
    refuse("odd S", PacketHeader { shard_bytes: 1407, ..good }, Header);
    refuse("small S", PacketHeader { shard_bytes: 510, ..good }, Header);
    refuse("large S", PacketHeader { shard_bytes: 9154, ..good }, Header);
    refuse("too large a frame", PacketHeader { frame_bytes: (8 << 20) + 1, ..good }, Geometry);
    refuse("too many blocks", PacketHeader { block_count: 4, ..good }, Geometry);
    refuse("too few blocks", PacketHeader { block_count: 2, ..good }, Geometry);
    refuse("a block behind the last", PacketHeader { block_index: 3, ..good }, Geometry);
    refuse("another k", PacketHeader { data_shards: 199, ..good }, Geometry);
    refuse("k of the last block", PacketHeader { block_index: 2, ..good }, Geometry);
    refuse("a shard behind the last", PacketHeader { shard_index: 202, ..good }, Geometry);
    refuse("too much parity", PacketHeader { recovery_shards: 181, ..good }, Geometry);
    assert_eq!(verdict(&mut reassembler, PacketHeader { recovery_shards: 180, ..good }), Ok(Accepted::Kept));
    let mut refuse = |what: &str, header: PacketHeader| {
        assert_eq!(verdict(&mut reassembler, header), Err(Rejection::Contradiction), "{what}");
    };
    refuse("another m in the block", PacketHeader { shard_index: 1, ..good });
    let shorter = header(0, 500 * 1408);
    refuse("another length", PacketHeader { block_index: 1, ..shorter });
    let mut narrow = PacketHeader { shard_bytes: 1406, block_index: 1, ..good };
    narrow.frame_bytes = 500 * 1406 + 1;
    refuse("another S in the frame", narrow);

    let mut cut = packet(&good);
    cut.pop();
    assert_eq!(reassembler.push(0, &cut), Err(Header), "a byte short");
    let mut magic = packet(&good);
    magic[36] = 0xc8;
    assert_eq!(reassembler.push(0, &magic), Err(Header), "another magic");
}

#[test]
fn the_index_may_wrap_around() {
    let mut reassembler = Reassembler::new(params());
    let whole = |index| packet(&PacketHeader { frame_index: index, ..header(0, 100) });
    let mut index = 0u32;
    // Half of the number space in one leap is behind; a quarter is ahead.
    for _ in 0..5 {
        index = index.wrapping_add(1 << 30);
        reassembler.push(0, &whole(index)).unwrap();
        while reassembler.poll(Reassembler::REORDER_NS).is_some() {}
        assert_eq!(reassembler.in_flight(), 0);
    }
}
