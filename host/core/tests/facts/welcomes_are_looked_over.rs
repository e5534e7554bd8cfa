use punktfunk_core::video::{Cipher, MediaKeys, StreamParams};
use punktfunk_core::wire::*;

use crate::pair::{HD, welcome_with};

fn verdict(change: impl Fn(&mut Welcome)) -> Result<StreamParams, WelcomeFault> {
    let mut welcome = welcome_with(HD, [1; 52]);
    change(&mut welcome);
    StreamParams::from_welcome(&welcome)
}

#[test]
fn a_usual_welcome_is_believed() {
    let params = verdict(|_| ()).unwrap();
    assert_eq!((params.block_shards(), params.shard_bytes(), params.fec_percent()), (4096, 1408, 10));
}

#[test]
fn a_stream_in_the_clear_is_refused() {
    assert_eq!(verdict(|w| w.sealed = false), Err(WelcomeFault::NotSealed));
}

#[test]
fn a_zero_key_is_refused() {
    let zero = |cipher, aes, chacha| MediaKeys::new(cipher, aes, chacha, [1; 4]);
    let fault = Err(WelcomeFault::ZeroKey);
    assert_eq!(verdict(|w| w.keys = zero(Cipher::Aes128Gcm, [0; 16], [1; 32])), fault);
    assert_eq!(verdict(|w| w.keys = zero(Cipher::ChaCha20Poly1305, [1; 16], [0; 32])), fault);
}

#[test]
fn impossible_geometry_is_refused() {
    for bytes in [0, 510, 513, 9153, 9154, 65_535] {
        assert_eq!(verdict(|w| w.shard_bytes = bytes), Err(WelcomeFault::ShardBytes(bytes)));
    }
    for bytes in [512, 1388, 9152] {
        assert!(verdict(|w| w.shard_bytes = bytes).is_ok());
    }
    assert_eq!(verdict(|w| w.block_shards = 0), Err(WelcomeFault::Block(0, 10)));
    assert_eq!(verdict(|w| w.block_shards = 65_000), Err(WelcomeFault::Block(65_000, 10)));
    assert_eq!(verdict(|w| w.fec_scheme = FecScheme::Gf8), Err(WelcomeFault::Scheme));
    let tiny = |w: &mut Welcome| (w.block_shards, w.bitrate_kbps) = (1, 0);
    assert_eq!(verdict(tiny), Err(WelcomeFault::TooManyBlocks(1)));
}

#[test]
fn the_frame_bound_is_four_mean_frames_between_8_and_64_mib() {
    let bound = |kbps| verdict(|w| w.bitrate_kbps = kbps).unwrap().frame_bound();
    assert_eq!(bound(0), 64 << 20);
    assert_eq!(bound(20_000), 8 << 20);
    assert_eq!(bound(2_000_000), 4 * 2_000_000 * 125 / 60 / 4 * 4);
    assert_eq!(bound(u32::MAX), 64 << 20);
    assert!(verdict(|w| w.mode.refresh_hz = 0).is_ok());
}

#[test]
fn a_welcome_is_53_bytes_at_least() {
    let bytes = welcome_with(HD, [1; 52]).encode();
    for length in 0..53 {
        assert!(Welcome::decode(&bytes[..length]).is_err(), "{length}");
    }
    let short = Welcome::decode(&bytes[..53]).unwrap();
    assert_eq!((short.bitrate_kbps, short.bit_depth, short.codec), (0, 8, Codec::Hevc));
    assert_eq!((short.grants, short.audio_rate), (Grants::ALL, 48_000));
}

#[test]
fn an_unknown_cipher_and_a_cut_key_are_refused() {
    let mut bytes = welcome_with(HD, [1; 52]).encode();
    bytes.push(2);
    assert_eq!(Welcome::decode(&bytes), Err(DecodeErrorFor::cipher(2)));
    bytes[68] = 1;
    bytes.extend([7; 31]);
    assert!(Welcome::decode(&bytes).is_err());
    bytes.push(7);
    assert_eq!(Welcome::decode(&bytes).unwrap().keys.cipher(), Cipher::ChaCha20Poly1305);
}

struct DecodeErrorFor;

impl DecodeErrorFor {
    fn cipher(got: u64) -> punktfunk_core::DecodeError {
        punktfunk_core::DecodeError::Value { what: "the cipher in Welcome", got }
    }
}

#[test]
fn odd_audio_fields_of_welcome_read_as_usual_ones() {
    let welcome = Welcome { audio_rate: 22_050, pcm_frame_us: 300, ..welcome_with(HD, [1; 52]) };
    let read = Welcome::decode(&welcome.encode()).unwrap();
    assert_eq!((read.audio_rate, read.pcm_frame_us), (48_000, 1_000));
}

#[test]
fn odd_names_of_hello_do_not_move_what_follows() {
    let mut hello = Hello::new(HD).encode();
    hello.extend([0, 2, 1, 0, 0, 0]);
    hello.push(70);
    hello.extend([b'n'; 70]);
    hello.push(2);
    hello.extend([0xff, 0xfe]);
    hello.extend([0x38, 6, 0x03]);
    let hello = Hello::decode(&hello).unwrap();
    assert_eq!((hello.name, hello.launch), (None, None), "too long, and no text");
    assert_eq!((hello.gamepad, hello.bitrate_kbps), (GamepadKind::DualSense, 1));
    assert_eq!(hello.video_caps.bits(), 0x38);
    assert_eq!(hello.audio_channels, AudioChannels::Surround51);
    assert_eq!(hello.codecs, Codecs::H264 | Codecs::HEVC);
}

#[test]
fn names_are_cut_on_a_character_boundary() {
    let hello = Hello { name: Some("ä".repeat(40)), launch: Some("x".repeat(300)), ..Hello::new(HD) };
    let read = Hello::decode(&hello.encode()).unwrap();
    assert_eq!(read.name, Some("ä".repeat(32)));
    assert_eq!(read.launch, Some("x".repeat(128)));
    let odd = Hello { name: Some("x".to_owned() + &"ä".repeat(40)), ..Hello::new(HD) };
    assert_eq!(Hello::decode(&odd.encode()).unwrap().name.unwrap().len(), 63);
}

#[test]
fn a_hello_of_another_version_is_read_so_that_it_can_be_answered() {
    let hello = Hello { version: 1, ..Hello::new(HD) };
    assert_eq!(Hello::decode(&hello.encode()).unwrap().version, 1);
}

#[test]
fn a_truncated_hello_is_read_as_far_as_it_goes() {
    let whole = Hello {
        name: Some("TV".into()),
        codecs: Codecs::H264,
        hdr: Some(Default::default()),
        max_shard: 9152,
        fit: VideoFit::Stretch,
        ..Hello::new(HD)
    };
    let bytes = whole.encode();
    assert_eq!(Hello::decode(&bytes).as_ref(), Ok(&whole));
    for length in 0..20 {
        assert!(Hello::decode(&bytes[..length]).is_err(), "{length}");
    }
    for length in 20..bytes.len() {
        let cut = Hello::decode(&bytes[..length]).unwrap();
        assert_eq!(cut.fit, VideoFit::Fit, "{length}");
        assert!(cut.name.is_none() || length >= 29, "{length}");
    }
    let mut long = bytes.clone();
    long.extend([1; 100]);
    assert_eq!(Hello::decode(&long).as_ref(), Ok(&whole), "what comes later is ignored");
}

#[test]
fn extension_blocks_fail_closed() {
    let start = |block: &[u8]| Start::decode(&[b"PKF1\x01\x00", block].concat());
    assert!(start(&[0, 0]).is_ok());
    assert!(start(&[0]).is_err(), "half a length");
    assert!(start(&[4, 0, 9, 0]).is_err(), "cut");
    assert!(start(&[5, 0, 9, 0, 2, 0, 1]).is_err(), "an entry beyond its block");
    let twice = [10, 0, 9, 0, 1, 0, 7, 9, 0, 1, 0, 7];
    assert_eq!(start(&twice), Err(punktfunk_core::DecodeError::DuplicateTag { tag: 9 }));
    let big = [&[0xff, 0x0f][..], &[0; 5000]].concat();
    assert!(start(&big).is_err(), "more than 4096 bytes");
    let many = (0..65u8).flat_map(|tag| [tag, 0, 0, 0]).collect::<Vec<u8>>();
    assert!(start(&[&[4, 1][..], &many].concat()).is_err(), "more than 64 entries");
    assert!(start(&[&[0, 1][..], &many].concat()).is_ok(), "64 entries, and what follows is ignored");
    let mut block = ExtensionBlock::new();
    assert!(block.insert(1, &[0; 4090]).is_ok());
    assert!(block.insert(2, &[0; 1]).is_err());
}

#[test]
fn malformed_extension_values_read_as_absent() {
    let facts = |tag: u16, value: &[u8]| {
        let mut block = ExtensionBlock::new();
        block.insert(tag, value).unwrap();
        Start { port: 1, extensions: Some(block) }.facts()
    };
    assert_eq!(facts(2, &[b'x'; 97]).label, None);
    assert_eq!(facts(2, &[0xff]).label, None);
    assert_eq!(facts(3, &[]), StartExtensions::default());
    assert!(!facts(3, &[2]).reads_bitrate_reason);
    assert_eq!(facts(4, &[200, 1]).preset, None);
    assert_eq!(facts(4, b"\x02\x1b[\x01x").preset, None, "an id is printable");
    let preset = Preset { id: "tv".into(), name: "Téle".into() };
    let block = StartExtensions { preset: Some(preset.clone()), ..Default::default() }.to_block();
    assert_eq!(Start { port: 1, extensions: Some(block) }.facts().preset, Some(preset));
}

#[test]
fn only_a_hello_or_a_pair_request_may_come_first() {
    assert!(FirstMessage::decode(&[]).is_err());
    assert!(FirstMessage::decode(b"PKFs\x01").is_err());
    for kind in 0..=255u8 {
        let payload = [b"PKFc".as_slice(), &[kind]].concat();
        assert!(FirstMessage::decode(&payload).is_err(), "{kind:#x}");
    }
    let proof = PairProof { confirm: [0; 32] }.encode();
    assert_eq!(FirstMessage::decode(&proof), Err(punktfunk_core::DecodeError::NotFirst { kind: 0x12 }));
}

#[test]
fn frames_come_out_of_a_stream_cut_anywhere() {
    let payloads = [&b"one"[..], b"", b"three", &[7; 700]];
    let stream = payloads.iter().flat_map(|payload| frame(payload)).collect::<Vec<u8>>();
    for size in 1..=stream.len() {
        let mut reader = FrameReader::new();
        let mut out = Vec::new();
        for piece in stream.chunks(size) {
            reader.push(piece).unwrap();
            out.extend(reader.by_ref());
        }
        assert_eq!(out, payloads);
        assert_eq!(reader.buffered(), 0);
    }
}

#[test]
fn a_frame_above_the_limit_is_refused_before_its_bytes_come() {
    let mut reader = FrameReader::with_limit(300);
    assert!(reader.push(&[44, 1]).is_ok());
    assert_eq!(reader.next(), None);
    assert!(FrameReader::with_limit(300).push(&[45, 1]).is_err());
    assert!(FrameReader::with_limit(300).push(&[1, 0, 9, 45, 1]).is_err(), "also behind another");
}

#[test]
fn payloads_left_lying_in_a_reader_are_bounded() {
    let mut reader = FrameReader::with_limit(300);
    let refused = (0..100_000).find(|_| reader.push(&frame(b"abc")).is_err()).unwrap();
    assert!(refused < 2000, "{refused}");
    assert!(reader.buffered() <= 8200);
}
