//! A short run of every fuzz target: noise, and valid messages that were cut, stretched and bent.
#![allow(missing_docs, clippy::unwrap_used)] // a test that cannot go on fails, and says where

use proptest::collection::vec;
use proptest::prelude::*;
use punktfunk_gamestream::fuzz;

fn all(bytes: &[u8]) {
    for (_, target) in fuzz::TARGETS {
        target(bytes);
    }
}

/// Valid messages of every kind, as clients send them.
fn messages() -> Vec<Vec<u8>> {
    let input = [
        "0000000a03000000004180000000",
        "0000000617000000c3a9",
        "0000000807000000fffb012c",
        "0000000e0500000002800168000004ff02cf",
        "000000050800000001",
        "0000000a0a000000ff88ff880000",
        "000000060100005500f0",
        "0000001e0c0000001a00010003001400001011ee0080ff7f0100feff9c0021005500",
        "0000000c040000550102a20000301000",
        "000000200200005501005a00070000000000803e0000403f0000003f0ad7233c0ad7a33c",
    ];
    let attributes = "a=x-nv-general.useReliableUdp:13 \r\na=x-ss-general.encryptionEnabled:7 \r\n\
         a=x-nv-video[0].clientViewportWd:1280 \r\na=x-nv-video[0].clientViewportHt:720 \r\n\
         a=x-nv-video[0].maxFPS:60 \r\na=x-nv-video[0].packetSize:1360 \r\n\
         a=x-ml-video.configuredBitrateKbps:20000 \r\na=x-nv-vqos[0].fec.minRequiredFecPackets:2 \r\n";
    let texts = [
        attributes.to_owned(),
        format!(
            "ANNOUNCE streamid=control/13/0 RTSP/1.0\r\nCSeq: 6\r\nContent-length: {}\r\n\r\n{attributes}",
            attributes.len()
        ),
        "SETUP streamid=audio/0/0 RTSP/1.0\r\nCSeq: 3\r\nTransport: unicast;X-GS-ClientPort=50000-50001\r\n\r\n".to_owned(),
        "uniqueid=0123456789ABCDEF&uuid=1&rikey=000102030405060708090a0b0c0d0e0f&rikeyid=-5&corever=1".to_owned(),
        "-----BEGIN CERTIFICATE-----\nMIIBAA==\n-----END CERTIFICATE-----\n".to_owned(),
    ];
    let commands = [
        "01ff000100010000", // an acknowledgement
        "86000001000401020304",
        "07000001000100020102",
        "490000010001000101",
        "85ff0002",
        "88000001000100000001000000010000000000000000000000",
        "84ff000300000000",
    ];
    let pairing = [vec![16; 17], vec![32; 33], vec![255; 256], vec![17; 18]].concat();
    input
        .iter()
        .chain(&commands)
        .map(|text| hex::decode(text).unwrap())
        .chain(texts.map(String::into_bytes))
        .chain([pairing, fuzz::connect(), b"0123456789abcdef\0\0\0\x01".to_vec()])
        .collect()
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

#[test]
fn messages_as_they_are() {
    for message in messages() {
        all(&message);
        all(&[&[message.len() as u8][..], &message].concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn noise(bytes in vec(any::<u8>(), 0..400)) {
        all(&bytes);
    }

    #[test]
    fn damaged_messages(
        message in prop::sample::select(messages()),
        damage in vec(any::<(u8, prop::sample::Index, u8)>(), 0..4),
    ) {
        let mut bytes = message;
        for blow in damage {
            bend(&mut bytes, blow);
        }
        all(&bytes);
    }

    #[test]
    fn commands_of_a_peer_that_has_connected(
        commands in vec((0..16_u8, any::<u8>(), vec(any::<u8>(), 0..60)), 1..20),
    ) {
        let datagrams: Vec<u8> = commands
            .into_iter()
            .flat_map(|(command, channel, rest)| {
                let body = [&[command | 0x80, channel, 0, 1][..], &rest].concat();
                [&[body.len() as u8][..], &body].concat()
            })
            .collect();
        fuzz::enet(&datagrams);
    }
}
