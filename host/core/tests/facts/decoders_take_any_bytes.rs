//! A short run of every fuzz target: noise, and valid messages that were cut, stretched and bent.

use proptest::collection::vec;
use proptest::prelude::*;
use punktfunk_core::fuzz;
use punktfunk_core::video::{PacketFlags, PacketHeader, UserFlags};
use punktfunk_core::wire::FecScheme;

use crate::strategies;

fn all(bytes: &[u8]) {
    for (_, target) in fuzz::TARGETS {
        target(bytes);
    }
}

/// One way to damage a message.
fn bend(bytes: &mut Vec<u8>, (kind, at, with): (u8, prop::sample::Index, u8)) {
    if bytes.is_empty() {
        return;
    }
    let at = at.index(bytes.len());
    match kind % 4 {
        0 => bytes.truncate(at),
        1 => bytes[at] = with,
        2 => bytes.insert(at, with),
        _ => bytes.extend(vec![with; at]),
    }
}

fn damage() -> impl Strategy<Value = Vec<(u8, prop::sample::Index, u8)>> {
    vec(any::<(u8, prop::sample::Index, u8)>(), 0..4)
}

/// Any valid message of any kind.
fn message() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        strategies::hello().prop_map(|hello| hello.encode()),
        strategies::welcome(),
        strategies::extensions()
            .prop_map(|block| { punktfunk_core::wire::Start { port: 1, extensions: Some(block) }.encode() }),
        strategies::control().prop_map(|message| message.encode()),
        strategies::pairing().prop_map(|message| message.encode()),
        strategies::input().prop_map(|event| event.encode().to_vec()),
    ]
}

/// A header that may be right in part.
fn header() -> impl Strategy<Value = Vec<u8>> {
    let small = || prop_oneof![0..6u16, 60..70u16, any::<u16>()];
    (
        prop_oneof![0..200u32, any::<u32>()],
        prop_oneof![0..100_000u32, any::<u32>()],
        (small(), small(), small(), small(), small()),
        prop_oneof![Just(512u16), Just(1408), any::<u16>()],
        any::<(u64, u8, u16)>(),
    )
        .prop_map(
            |(frame_index, frame_bytes, (block, count, k, m, index), shard_bytes, (pts_ns, flags, user))| {
                let header = PacketHeader {
                    pts_ns,
                    frame_index,
                    stream_seq: 0,
                    frame_bytes,
                    user_flags: UserFlags::from_bits_retain(user.into()),
                    block_index: block,
                    block_count: count,
                    data_shards: k,
                    recovery_shards: m,
                    shard_index: index,
                    shard_bytes,
                    scheme: FecScheme::Gf16,
                    flags: PacketFlags::from_bits_retain(flags & !8),
                };
                [&[40][..], &header.encode()].concat()
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn noise(bytes in vec(any::<u8>(), 0..300)) {
        all(&bytes);
    }

    #[test]
    fn noise_behind_a_plane_or_a_magic(first in any::<u8>(), kind in any::<u8>(), rest in vec(any::<u8>(), 0..200)) {
        all(&[&[first, kind][..], &rest].concat());
        all(&[&b"PKFc"[..], &[kind], &rest].concat());
        all(&[&b"PKF1"[..], &rest].concat());
    }

    #[test]
    fn damaged_messages(mut bytes in message(), damage in damage()) {
        for blow in damage {
            bend(&mut bytes, blow);
        }
        all(&bytes);
    }

    #[test]
    fn headers_of_a_hostile_host(headers in vec(header(), 0..40)) {
        fuzz::opened_packets(&headers.concat());
    }
}
