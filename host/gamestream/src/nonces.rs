//! Proof that no nonce comes twice under one key, whatever is sent in which order.

use std::collections::HashSet;

use proptest::prelude::*;

use crate::control::envelope::{Sealing, Sender};
use crate::crypto::SessionKey;
use crate::house::Codec;
use crate::rtsp::RtspSeal;
use crate::video::packetiser::{Batch, FrameMeta, Packetiser};

#[derive(Clone, Debug)]
enum Sent {
    Rtsp(usize),
    Control(usize),
    ByClient(usize),
    Picture(usize),
    Loss(u32),
}

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        (0..200_usize).prop_map(Sent::Rtsp),
        (0..200_usize).prop_map(Sent::Control),
        (0..200_usize).prop_map(Sent::ByClient),
        (0..40_000_usize).prop_map(Sent::Picture),
        (0..400_000_u32).prop_map(Sent::Loss),
    ]
}

/// The nonce of a message that carries its number in four bytes.
fn numbered(bytes: [u8; 4], letters: [u8; 2]) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[..4].copy_from_slice(&bytes);
    nonce[10..].copy_from_slice(&letters);
    nonce
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_nonce_comes_twice_under_one_key_in_either_direction(all in proptest::collection::vec(sent(), 1..80)) {
        let key = SessionKey::new([1; 16]);
        let mut rtsp = RtspSeal::new(&key);
        let (mut host, mut client) = (Sealing::new(&key, Sender::Host), Sealing::new(&key, Sender::Client));
        let mut video = Packetiser::new(Codec::H264, 992, 20, 2, Some(&key));
        let (mut batch, mut seen) = (Batch::default(), HashSet::new());
        for one in all {
            let mut nonces = Vec::new();
            match one {
                Sent::Rtsp(length) => {
                    let message = rtsp.seal(&vec![0; length]).expect("numbers are left");
                    let number = u32::from_be_bytes(message[4..8].try_into().expect("4 bytes"));
                    nonces.push(numbered(number.to_le_bytes(), *b"HR"));
                }
                Sent::Control(length) => {
                    let message = host.seal(1, &vec![0; length]).expect("numbers are left");
                    nonces.push(numbered(message[4..8].try_into().expect("4 bytes"), *b"HC"));
                }
                Sent::ByClient(length) => {
                    let message = client.seal(1, &vec![0; length]).expect("numbers are left");
                    nonces.push(numbered(message[4..8].try_into().expect("4 bytes"), *b"CC"));
                }
                Sent::Picture(length) => {
                    video.packetise(&vec![0; length], FrameMeta::default(), &mut batch).expect("it fits");
                    let datagrams = batch.bytes.chunks_exact(batch.segment);
                    nonces.extend(datagrams.map(|datagram| <[u8; 12]>::try_from(&datagram[..12]).expect("12 bytes")));
                }
                Sent::Loss(ppm) => {
                    video.follow_loss(ppm);
                }
            }
            for nonce in nonces {
                prop_assert!(seen.insert(nonce), "{nonce:?} came twice");
            }
        }
    }
}
