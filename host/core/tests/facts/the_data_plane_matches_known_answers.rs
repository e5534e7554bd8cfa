//! The vectors of punktfunk/1 §4.3 and §4.8.

use punktfunk_core::video::*;
use punktfunk_core::wire::Welcome;

use crate::pair::{HD, welcome_with};
use crate::{hex, sha256};

const SALT: [u8; 4] = [0xde, 0xad, 0xbe, 0xef];

fn keys(cipher: Cipher) -> MediaKeys {
    MediaKeys::new(cipher, std::array::from_fn(|i| i as u8), std::array::from_fn(|i| i as u8), SALT)
}

/// The datagram with this sequence number around the plaintext a0…af.
fn sealed(mut sealer: Sealer, seq: u64) -> Vec<u8> {
    for _ in 0..seq {
        sealer.seal(&mut [0; 24]).unwrap();
    }
    let mut datagram = [0; 8].into_iter().chain(0xa0..=0xaf).chain([0; 16]).collect::<Vec<u8>>();
    assert_eq!(sealer.seal(&mut datagram), Ok(seq));
    datagram
}

fn check(sealer: Sealer, mut opener: Opener, seq: u64, vector: &str) {
    let mut datagram = sealed(sealer, seq);
    assert_eq!(datagram, hex(vector));
    let opened = opener.open(&mut datagram).unwrap();
    assert_eq!(opened.seq, seq);
    assert_eq!(opened.plaintext, (0xa0..=0xaf).collect::<Vec<u8>>());
}

#[test]
fn sealed_datagrams_have_these_bytes() {
    let first = "0000000000000000 1770e0eae2f8ddbcd05873ef33a2a50e 948289d7fc8f61f59ed786ef9cb1da29";
    let later = "0000000000000102 89d8714189ccff5640b7a711e35f0188 2c1c4a4b0e34c5fa6a56e90d8f7a5b6d";
    let back = "0000000000000102 1f030f651ffa72ac201e8aaf4e7a2aa5 2f8f2b2b21d212f8b4881e42ed2d6f75";
    let chacha = "0000000000000102 2bffab50bd90f5e99711edf0d84e9def eabc06c8a04e7edcbc03b3a769a0bd1d";
    let host = |cipher| keys(cipher).into_host();
    let client = |cipher| keys(cipher).into_client();
    check(host(Cipher::Aes128Gcm).0, client(Cipher::Aes128Gcm).1, 0, first);
    check(host(Cipher::Aes128Gcm).0, client(Cipher::Aes128Gcm).1, 258, later);
    check(client(Cipher::Aes128Gcm).0, host(Cipher::Aes128Gcm).1, 258, back);
    check(host(Cipher::ChaCha20Poly1305).0, client(Cipher::ChaCha20Poly1305).1, 258, chacha);
}

#[test]
fn a_sealer_never_counts_a_number_twice() {
    let (mut sealer, _) = keys(Cipher::Aes128Gcm).into_host();
    let mut numbers = (0..1000).map(|_| sealer.seal(&mut [0; 24]).unwrap());
    assert!((0..1000).all(|expected| numbers.next() == Some(expected)));
}

#[test]
fn keys_are_not_printed() {
    let text = format!("{:?}", keys(Cipher::ChaCha20Poly1305));
    assert!(!text.contains("01, 02") && !text.contains("1, 2") && !text.contains("222"), "{text}");
}

/// Parity shards of a block whose data shard i has byte j = 31·i + 7·j + (j >> 8), through the packetiser.
fn parity(k: usize, shard_bytes: u16, percent: u8) -> Vec<Vec<u8>> {
    let size = usize::from(shard_bytes);
    let shard = |i: usize| (0..size).map(move |j| (31 * i + 7 * j + (j >> 8)) as u8);
    let au = (0..k).flat_map(shard).collect::<Vec<u8>>();
    let welcome = Welcome { shard_bytes, ..welcome_with(HD, [3; 52]) };
    let params = StreamParams::from_welcome(&welcome).unwrap();
    let mut packetiser = Packetiser::new(params, welcome.keys.into_host().0);
    packetiser.set_fec_percent(percent);
    let mut batch = DatagramBatch::new();
    packetiser.packetise(&au, FrameMeta::default(), &mut batch).unwrap();
    let (_, mut opener) = welcome_with(HD, [3; 52]).keys.into_client();
    let mut shards = Vec::new();
    for datagram in batch.bytes().chunks(batch.segment_size()) {
        let mut datagram = datagram.to_vec();
        let packet = opener.open(&mut datagram).unwrap().plaintext;
        let header = PacketHeader::decode(packet).unwrap();
        if header.shard_index >= header.data_shards {
            shards.push(packet[HEADER_BYTES..].to_vec());
        }
    }
    shards
}

#[test]
fn parity_shards_have_these_bytes() {
    let check = |shard: &[u8], begin: &str, hash: &str| {
        assert_eq!(hex::encode(&shard[..16]), begin);
        assert_eq!(sha256(shard), hash);
    };
    let p = parity(4, 1408, 10);
    assert_eq!(p.len(), 2);
    check(
        &p[0],
        "03dc14d88c87979baf87834f1b4bd591",
        "f543c8cf934d0357f726c4958ff6f48e100131413f521d0cd0e155891e2eb58a",
    );
    check(
        &p[1],
        "7fdc10d888071b1b2307874f1f4b2911",
        "3c44942c7150c49a7b3ece7207b6d7e1b362661118a5d60c7892856e3921b70d",
    );
    let p = parity(20, 1388, 10);
    assert_eq!(p.len(), 2);
    check(
        &p[0],
        "570795c6bd89c653703d5dc91de470ee",
        "749f557cc347788346d326912dec533edd5a696436a584b00ad580cdc901818c",
    );
    check(
        &p[1],
        "3b8721c6a909ba13ecbde98909e49c2e",
        "eef4389bc38252f42c0ce9e7ef9c0fc83c22b606c24bba2bc744c75289f5a31a",
    );
    let p = parity(100, 1408, 10);
    assert_eq!(p.len(), 10);
    check(
        &p[0],
        "be4664f0cbd920e2a8943001194b881d",
        "b1485fdf979f4018726fb68ad3b11026cbd2e719991cf5e39e5c0cb999a5f2c0",
    );
    check(
        &p[9],
        "5688d3ef3d9adba5d42ea368a0565981",
        "c38248a9bfdda5f3f2233c9d8e35f4c6314a1104c1b2a779f9633b48467836fd",
    );
    let p = parity(2, 512, 10);
    assert_eq!(p.len(), 2);
    check(
        &p[0],
        "c4148106a79e0b8c5d8220b706a1a433",
        "5995c5054b69d90e5a3296e252e8f096c762ecb804a7bda7043ed93f34b675d8",
    );
    let p = parity(3, 512, 160);
    assert_eq!(p.len(), 5);
    check(
        &p[0],
        "1b09de0d02f324a12858faaf26efcb8f",
        "6e4ede64377687ed7b110c37a81839f75ed85c17b7ba3cc3062e2e103d734975",
    );
}

#[test]
fn the_parity_of_one_shard_is_its_copy() {
    let data = (0..512usize).map(|j| (7 * j + (j >> 8)) as u8).collect::<Vec<u8>>();
    assert_eq!(parity(1, 512, 10), [data.clone(), data]);
}

#[test]
fn a_worked_frame_comes_out_byte_for_byte() {
    let host = Welcome { keys: keys(Cipher::Aes128Gcm), ..welcome_with(HD, [0; 52]) };
    let params = StreamParams::from_welcome(&host).unwrap();
    let mut packetiser = Packetiser::new(params, host.keys.into_host().0);
    let au = (0..2000usize).map(|i| (13 * i + 5) as u8).collect::<Vec<u8>>();
    let meta = FrameMeta { pts_ns: 1_700_000_000_000_000_000, frame_index: 7, user_flags: UserFlags::KEY };
    let mut batch = DatagramBatch::new();
    packetiser.packetise(&au, meta, &mut batch).unwrap();
    assert_eq!((batch.count(), batch.segment_size()), (4, 1472));

    let headers = [
        "00002a36fe9c9717 07000000 00000000 d0070000 05000000 0000 0100 0200 0200 0000 8005 c9 01 01 05",
        "00002a36fe9c9717 07000000 01000000 d0070000 05000000 0000 0100 0200 0200 0100 8005 c9 01 01 01",
        "00002a36fe9c9717 07000000 02000000 d0070000 05000000 0000 0100 0200 0200 0200 8005 c9 01 01 01",
        "00002a36fe9c9717 07000000 03000000 d0070000 05000000 0000 0100 0200 0200 0300 8005 c9 01 01 03",
    ];
    let hashes = [
        "b119f240fb21fcf0d3024f84bc8e4afebf4afc4f693291fff3d55f377e19dab8",
        "d8da8fd48a8d8a4af85a8f0194dda9ed5b2c5999d5099dad1151a0b253288929",
        "5bdf2baff0230b4241d32dbdb06bcffcad6c7f1ce40787c0006dc54fd8007cba",
        "d9204fff2034b65a781a5f6a9fa9ff86532d0d6ea9e8e625168d7ca79d5106c8",
    ];
    let tags = [
        "7c8170706f492897fe6ff16c19fbee2e",
        "b826eb074b0aac6094edf2faabb2154b",
        "61a66271fede3caa9ef093e172cfa9f1",
        "e1ee56bfa63853632c16b8bc83f12e89",
    ];
    let (_, mut opener) = keys(Cipher::Aes128Gcm).into_client();
    for (i, datagram) in batch.sends().flat_map(|send| send.chunks(1472)).enumerate() {
        assert_eq!(sha256(datagram), hashes[i]);
        assert_eq!(hex::encode(&datagram[1456..]), tags[i]);
        let mut datagram = datagram.to_vec();
        let opened = opener.open(&mut datagram).unwrap();
        assert_eq!(opened.seq, i as u64);
        assert_eq!(opened.plaintext[..40], hex(headers[i]));
    }
}

#[test]
fn all_data_goes_before_all_parity_and_ends_are_marked() {
    let welcome = Welcome { block_shards: 8, shard_bytes: 512, ..welcome_with(HD, [5; 52]) };
    let params = StreamParams::from_welcome(&Welcome { bitrate_kbps: 1, ..welcome }).unwrap();
    let mut packetiser = Packetiser::new(params, welcome_with(HD, [5; 52]).keys.into_host().0);
    let mut batch = DatagramBatch::new();
    packetiser.packetise(&vec![1; 512 * 20 - 1], FrameMeta::default(), &mut batch).unwrap();
    let (_, mut opener) = welcome_with(HD, [5; 52]).keys.into_client();
    let headers = (0..batch.count()).map(|i| {
        let mut datagram = batch.range(i..i + 1).to_vec();
        PacketHeader::decode(opener.open(&mut datagram).unwrap().plaintext).unwrap()
    });
    let headers = headers.collect::<Vec<_>>();
    let places = headers.iter().map(|h| (h.block_index, h.shard_index)).collect::<Vec<_>>();
    let data = [(0, 8), (1, 8), (2, 4)].into_iter().flat_map(|(block, k)| (0..k).map(move |i| (block, i)));
    let parity = [(0, 8), (1, 8), (2, 4)].into_iter().flat_map(|(block, k)| [(block, k), (block, k + 1)]);
    assert_eq!(places, data.chain(parity).collect::<Vec<_>>());
    assert!(headers.iter().enumerate().all(|(i, h)| h.stream_seq == i as u32 && h.block_count == 3));
    let mut flags = vec![PacketFlags::PICTURE; 26];
    flags[0] |= PacketFlags::FIRST;
    flags[25] |= PacketFlags::LAST;
    assert_eq!(headers.iter().map(|h| h.flags).collect::<Vec<_>>(), flags);
}

#[test]
fn pieces_handed_over_early_make_up_the_same_datagrams() {
    for bytes in [0, 1408 * 5, 1408 * 44, 1408 * 300, 1408 * 5000] {
        let ends = || {
            let welcome = welcome_with(HD, [5; 52]);
            Packetiser::new(StreamParams::from_welcome(&welcome).unwrap(), welcome.keys.into_host().0)
        };
        let (au, meta) = (vec![9; bytes], FrameMeta::default());
        let (mut whole, mut out) = (DatagramBatch::new(), DatagramBatch::new());
        ends().packetise(&au, meta, &mut whole).unwrap();
        let (mut pieces, mut next) = (Vec::new(), 0);
        let each = |batch: &DatagramBatch, range: std::ops::Range<usize>| {
            assert_eq!(range.start, next);
            assert!((1..=batch.segments_per_send()).contains(&range.len()));
            next = range.end;
            pieces.extend_from_slice(batch.range(range));
        };
        ends().packetise_each(&au, meta, &mut out, each).unwrap();
        assert_eq!(next, whole.count());
        assert!(pieces == whole.bytes(), "{bytes} bytes");
    }
}

#[test]
fn parity_has_a_floor_of_two_and_keeps_within_what_older_clients_take() {
    assert_eq!([0, 1, 10, 20, 21, 4096].map(|k| parity_shards(k, 10)), [2, 2, 2, 2, 3, 410]);
    assert_eq!(parity_shards(50, 0), 0);
    let welcome =
        Welcome { block_shards: 10, shard_bytes: 512, bitrate_kbps: 1, ..welcome_with(HD, [5; 52]) };
    let params = StreamParams::from_welcome(&welcome).unwrap();
    let mut packetiser = Packetiser::new(params, welcome.keys.into_host().0);
    packetiser.set_fec_percent(50);
    let mut batch = DatagramBatch::new();
    packetiser.packetise(&[0; 5120], FrameMeta::default(), &mut batch).unwrap();
    assert_eq!(batch.count(), 12, "a full block has the parity of Welcome at most");
    packetiser.packetise(&[0; 512 * 4], FrameMeta::default(), &mut batch).unwrap();
    assert_eq!(batch.count(), 6, "a small block has what was asked for");
}

#[test]
fn an_access_unit_above_the_clients_bound_is_not_sent() {
    let welcome = Welcome { bitrate_kbps: 1, ..welcome_with(HD, [5; 52]) };
    let params = StreamParams::from_welcome(&welcome).unwrap();
    let mut packetiser = Packetiser::new(params, welcome.keys.into_host().0);
    let mut batch = DatagramBatch::new();
    let error = packetiser.packetise(&vec![0; (8 << 20) + 1], FrameMeta::default(), &mut batch).unwrap_err();
    assert_eq!(error, PacketiseError::TooLarge { got: (8 << 20) + 1, limit: 8 << 20 });
    assert!(batch.is_empty());
}
