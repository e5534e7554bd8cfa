use punktfunk_core::video::*;
use punktfunk_core::wire::{Control, Welcome};

use crate::pair::{EPOCH, HD, MS, Pair, Weather, welcome_with};

#[test]
fn without_loss_every_frame_arrives_and_is_shown() {
    let mut pair = Pair::new(1, Weather { delay_ns: MS, ..Weather::default() });
    pair.stream(200);
    assert_eq!(pair.shown(), (0..200).collect::<Vec<_>>());
    assert_eq!(pair.lost(), []);
    assert_eq!(pair.asked(), []);
    let stats = pair.receiver.stats();
    assert_eq!((stats.frames, stats.lost, stats.recovered_shards), (200, 0, 0));
    assert_eq!((stats.forged, stats.malformed, stats.replayed), (0, 0, 0));
    assert_eq!(pair.receiver.held_bytes(), 0);
}

#[test]
fn five_percent_loss_is_made_good_by_ten_percent_parity_of_large_frames() {
    // 300 data and 30 parity shards: losing 31 of 330 at one in twenty is a rare day.
    let weather = Weather { loss: 50, delay_ns: MS, ..Weather::default() };
    let mut pair = Pair::new(3, weather).sized(|_| 300 * 1408);
    pair.stream(100);
    let stats = pair.receiver.stats();
    assert!(stats.frames >= 98, "{stats:?}");
    assert!(stats.recovered_frames >= 98, "{stats:?}");
    assert_eq!(stats.frames + stats.lost, 100);
}

#[test]
fn five_percent_loss_of_small_frames_keeps_the_stream_alive() {
    let weather = Weather { loss: 50, delay_ns: MS, ..Weather::default() };
    let mut pair = Pair::with(3, weather, |welcome| Welcome { fec_percent: 20, ..welcome });
    pair.stream(300);
    let stats = pair.receiver.stats();
    assert!(stats.frames >= 290, "{stats:?}");
    assert!(stats.recovered_frames >= 100, "{stats:?}");
    assert_eq!(stats.frames + stats.lost, 300);
}

#[test]
fn scattered_loss_below_the_parity_loses_no_frame() {
    let weather = Weather { delay_ns: MS, ..Weather::default() };
    let mut pair = Pair::new(5, weather).sized(|_| 56_320);
    for index in 0..100 {
        let flags = if index == 0 { UserFlags::KEY } else { UserFlags::DELTA };
        pair.weather.loss = 0;
        pair.send(index, flags);
        // 40 data shards have 4 parity shards; of these 44 datagrams any four may go missing.
        pair.drop_some(4);
        pair.run_until(pair.now + 16 * MS);
    }
    pair.run_until(pair.now + 40 * MS);
    assert_eq!(pair.shown(), (0..100).collect::<Vec<_>>());
    let stats = pair.receiver.stats();
    assert_eq!(stats.lost, 0);
    assert!(stats.recovered_frames > 80, "{stats:?}");
}

#[test]
fn datagrams_may_overtake_each_other() {
    let weather = Weather { delay_ns: MS, jitter_ns: 4 * MS, ..Weather::default() };
    let mut pair = Pair::new(7, weather);
    pair.stream(200);
    assert_eq!(pair.shown(), (0..200).collect::<Vec<_>>());
    assert_eq!(pair.lost(), []);
}

#[test]
fn datagrams_may_come_twice() {
    let weather = Weather { duplicate: 500, delay_ns: MS, jitter_ns: 2 * MS, ..Weather::default() };
    let mut pair = Pair::new(9, weather);
    pair.stream(100);
    assert_eq!(pair.shown(), (0..100).collect::<Vec<_>>());
    assert!(pair.receiver.stats().replayed > 1000);
}

#[test]
fn damaged_datagrams_count_as_lost_and_never_reach_a_picture() {
    let weather = Weather { corrupt: 20, delay_ns: MS, ..Weather::default() };
    let mut pair = Pair::new(11, weather);
    // The fixture compares every picture that comes out.
    pair.stream(200);
    let stats = pair.receiver.stats();
    assert!(stats.forged > 50, "{stats:?}");
    assert!(stats.frames > 180, "{stats:?}");
}

#[test]
fn everything_at_once_still_ends_with_a_live_picture() {
    for seed in 0..6 {
        let weather = Weather { loss: 30, duplicate: 50, corrupt: 5, delay_ns: 5 * MS, jitter_ns: 8 * MS };
        let mut pair = Pair::new(100 + seed, weather);
        pair.stream(300);
        pair.weather = Weather { delay_ns: MS, ..Weather::default() };
        pair.stream(60);
        assert_eq!(pair.shown().last(), Some(&359), "seed {seed}");
        let mut frames = pair.frames();
        let before = frames.clone();
        frames.sort_unstable();
        frames.dedup();
        assert_eq!(frames, before, "in order and each once, seed {seed}");
        let stats = pair.receiver.stats();
        assert_eq!(stats.frames + stats.lost, 360, "every frame is accounted for, seed {seed}");
    }
}

#[test]
fn large_frames_of_many_blocks_arrive() {
    let change = |welcome| Welcome { block_shards: 32, shard_bytes: 512, ..welcome };
    let weather = Weather { loss: 20, delay_ns: MS, ..Weather::default() };
    let mut pair = Pair::with(13, weather, change).sized(|_| 300_000);
    pair.packetiser.set_fec_percent(10);
    pair.stream(20);
    let stats = pair.receiver.stats();
    assert!(stats.frames > 8, "{stats:?}");
    assert!(stats.recovered_shards > 100, "{stats:?}");
}

#[test]
fn the_shard_size_may_change_between_frames() {
    let mut pair = Pair::new(15, Weather { delay_ns: MS, ..Weather::default() });
    pair.stream(10);
    assert!(pair.packetiser.set_shard_bytes(1200));
    pair.stream(10);
    assert!(pair.packetiser.set_shard_bytes(8800));
    pair.stream(10);
    for illegal in [0, 511, 1201, 9154] {
        assert!(!pair.packetiser.set_shard_bytes(illegal));
    }
    assert_eq!(pair.shown(), (0..30).collect::<Vec<_>>());
}

#[test]
fn a_host_shrinks_shards_at_once_and_grows_them_when_the_client_agrees() {
    let mut size = ShardSize::new(1408, 9152);
    assert_eq!(size.change(1200), Some(Control::ShardPayloadChanged(1200)));
    assert_eq!(size.current(), 1200);
    assert_eq!(size.change(8000), Some(Control::ShardPayloadChanged(8000)));
    assert_eq!(size.current(), 1200);
    assert!(!size.acknowledged(7000));
    let answer = VideoReceiver::agree_to_shard_bytes(8000, 9152);
    assert_eq!(answer, Some(Control::ShardPayloadAck(8000)));
    assert!(size.acknowledged(8000));
    assert_eq!(size.current(), 8000);
    assert_eq!(size.change(9154), None);
    assert_eq!(ShardSize::new(1408, 0).change(1200), None, "Hello said that it must not change");
    assert_eq!(VideoReceiver::agree_to_shard_bytes(8001, 9152), None);
    assert_eq!(VideoReceiver::agree_to_shard_bytes(9152, 8000), None);
}

#[test]
fn both_ciphers_carry_a_stream() {
    let chacha =
        |welcome| Welcome { keys: MediaKeys::from_random(Cipher::ChaCha20Poly1305, [7; 52]), ..welcome };
    let mut pair = Pair::with(17, Weather::default(), chacha);
    pair.stream(20);
    assert_eq!(pair.shown(), (0..20).collect::<Vec<_>>());
}

#[test]
fn probe_filler_is_counted_apart_and_reports_no_loss() {
    let mut pair = Pair::new(19, Weather { delay_ns: MS, ..Weather::default() });
    pair.stream(5);
    let mut batch = DatagramBatch::new();
    pair.packetiser.filler(100_000, EPOCH, &mut batch).unwrap();
    for (i, datagram) in batch.bytes().chunks(batch.segment_size()).enumerate() {
        if i.is_multiple_of(2) {
            pair.launch(pair.now, datagram.to_vec());
        }
    }
    pair.stream(5);
    let stats = pair.receiver.stats();
    assert_eq!(pair.shown(), (0..10).collect::<Vec<_>>());
    assert_eq!(stats.filler_packets, (batch.count() as u64).div_ceil(2));
    assert_eq!(stats.filler_bytes, stats.filler_packets * 1408);
    pair.run_until(750 * MS);
    assert_eq!(pair.said(), [], "the window with the probe says nothing");
}

#[test]
fn a_streamed_access_unit_is_put_together_when_its_end_is_known() {
    let change = |welcome| Welcome { block_shards: 4, shard_bytes: 512, bitrate_kbps: 1, ..welcome };
    let params = StreamParams::from_welcome(&change(welcome_with(HD, [1; 52]))).unwrap();
    let whole = (0..5000u32).map(|i| (i * 31) as u8).collect::<Vec<u8>>();
    let packet = |block: usize, index: usize, streamed: bool| {
        let header = PacketHeader {
            pts_ns: EPOCH,
            frame_index: 0,
            stream_seq: 0,
            frame_bytes: if streamed { 0 } else { 5000 },
            user_flags: UserFlags::KEY,
            block_index: block as u16,
            block_count: if streamed { 0 } else { 3 },
            data_shards: if streamed { 4 } else { 2 },
            recovery_shards: 0,
            shard_index: index as u16,
            shard_bytes: 512,
            scheme: punktfunk_core::wire::FecScheme::Gf16,
            flags: PacketFlags::PICTURE,
        };
        let at = (block * 4 + index) * 512;
        let mut shard = whole[at..(at + 512).min(5000)].to_vec();
        shard.resize(512, 0);
        [header.encode().to_vec(), shard].concat()
    };
    let mut packets = (0..8).map(|i| packet(i / 4, i % 4, true)).collect::<Vec<_>>();
    packets.extend((0..2).map(|i| packet(2, i, false)));
    // In order, and with the end first.
    for turn in 0..2 {
        let mut reassembler = Reassembler::new(params);
        packets.rotate_right(turn * 2);
        for packet in &packets {
            assert_eq!(reassembler.poll(0), None);
            assert_eq!(reassembler.push(0, packet), Ok(Accepted::Kept));
        }
        let Some(Assembled::Frame { bytes, .. }) = reassembler.poll(0) else { panic!("it is whole") };
        assert_eq!(bytes, whole);
    }
}

#[test]
fn an_empty_access_unit_is_one_zero_shard() {
    let mut pair = Pair::new(21, Weather::default()).sized(|_| 0);
    pair.stream(3);
    assert_eq!(pair.shown(), [0, 1, 2]);
    assert_eq!(pair.receiver.stats().datagrams, 9, "one shard and two of parity each");
}
