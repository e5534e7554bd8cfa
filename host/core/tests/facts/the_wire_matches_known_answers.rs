//! The example encodings of punktfunk/1 §2.7, §3.7 and §8.1.

use punktfunk_core::video::{Cipher, MediaKeys};
use punktfunk_core::wire::*;

use crate::hex;

const FULL_HD: Mode = Mode { width: 1920, height: 1080, refresh_hz: 60 };

fn framed_control(message: &Control, vector: &str) {
    let vector = hex(vector);
    assert_eq!(frame(&message.encode()), vector, "{message:?}");
    assert_eq!(Control::decode(&vector[2..]).as_ref(), Ok(message));
}

#[test]
fn control_messages_have_these_bytes() {
    framed_control(&Control::RequestKeyframe, "05 00 | 50 4b 46 63 03");
    framed_control(
        &Control::Reconfigure(Mode { refresh_hz: 120, ..FULL_HD }),
        "11 00 | 50 4b 46 63 01 80 07 00 00 38 04 00 00 78 00 00 00",
    );
    framed_control(&Control::SetBitrate { kbps: 50_000 }, "09 00 | 50 4b 46 63 05 50 c3 00 00");
    framed_control(&Control::LossReport { ppm: 12_500 }, "09 00 | 50 4b 46 63 04 d4 30 00 00");
    framed_control(
        &Control::RfiRequest { first: 100, last: 104 },
        "0d 00 | 50 4b 46 63 07 64 00 00 00 68 00 00 00",
    );
    framed_control(
        &Control::BitrateChanged { kbps: 15_000, reason: None },
        "09 00 | 50 4b 46 63 06 98 3a 00 00",
    );
    framed_control(
        &Control::ClockProbe { t1: 1_700_000_000_000_000_000 },
        "0d 00 50 4b 46 63 30 00 00 2a 36 fe 9c 97 17",
    );
    framed_control(
        &Control::ClockEcho {
            t1: 1_700_000_000_000_000_000,
            t2: 1_700_000_000_001_500_000,
            t3: 1_700_000_000_001_520_000,
        },
        "1d 00 50 4b 46 63 31 | 00002a36fe9c9717 | 60e34036fe9c9717 | 80314136fe9c9717",
    );
}

#[test]
fn pairing_messages_have_these_bytes() {
    let array = |text: &str| <[u8; 33]>::try_from(hex(text)).unwrap();
    let confirm = |text: &str| <[u8; 32]>::try_from(hex(text)).unwrap();
    let a = "41e09439b3d071122605f5f39a4695783d3412ba20cd459f7f17758009fdcdac24";
    let b = "423ed6825fb07853e236971335d161cb08f416e26294b4a41ec07b18afc4420a31";
    let host = "8fb3cc603679652bb52cad13fbb3ade3640ce7306b0c7d4f9f97384153e63087";
    let client = "43953543c84495b6b64226863dac37a1bb65550a0d31e3364201c8a7babe5bc6";

    let request = PairRequest { name: "Phone".into(), spake_a: array(a) };
    let bytes = frame(&request.encode());
    assert_eq!(bytes, hex(&format!("2e 00 50 4b 46 63 10 05 50 68 6f 6e 65 21 00 | {a}")));
    assert_eq!(bytes.len(), 48);
    assert_eq!(FirstMessage::decode(&bytes[2..]), Ok(FirstMessage::PairRequest(request)));

    let challenge = PairChallenge { spake_b: array(b), confirm: confirm(host) };
    let bytes = frame(&challenge.encode());
    assert_eq!(bytes, hex(&format!("48 00 50 4b 46 63 11 21 00 | {b} | {host}")));
    assert_eq!(bytes.len(), 74);
    assert_eq!(PairChallenge::decode(&bytes[2..]), Ok(challenge));

    let proof = PairProof { confirm: confirm(client) };
    let bytes = frame(&proof.encode());
    assert_eq!(bytes, hex(&format!("25 00 50 4b 46 63 12 | {client}")));
    assert_eq!(PairProof::decode(&bytes[2..]), Ok(proof));

    let result = PairResult { ok: true };
    assert_eq!(frame(&result.encode()), hex("06 00 50 4b 46 63 13 01"));
    assert_eq!(PairResult::decode(&result.encode()), Ok(result));
}

#[test]
fn a_usual_hello_has_these_bytes() {
    let hello = Hello {
        gamepad: GamepadKind::DualSense,
        name: Some("Living Room TV".into()),
        video_caps: VideoCaps::from_bits_retain(0x38),
        codecs: Codecs::H264 | Codecs::HEVC,
        client_caps: ClientCaps::WELCOME_EXTENSIONS,
        max_shard: 9152,
        ..Hello::new(FULL_HD)
    };
    let bytes = hex("31 00 50 4b 46 31 02 00 00 00 80 07 00 00 38 04
        00 00 3c 00 00 00 00 02 00 00 00 00 0e 4c 69 76
        69 6e 67 20 52 6f 6f 6d 20 54 56 00 38 02 03 00
        40 c0 23");
    assert_eq!(frame(&hello.encode()), bytes);
    assert_eq!(FirstMessage::decode(&bytes[2..]), Ok(FirstMessage::Hello(Box::new(hello))));
}

#[test]
fn the_smallest_hello_has_these_bytes() {
    let hello = Hello::new(Mode { width: 1280, height: 720, refresh_hz: 60 });
    let bytes = hex("14 00 50 4b 46 31 02 00 00 00 00 05 00 00 d0 02 00 00 3c 00 00 00");
    assert_eq!(frame(&hello.encode()), bytes);
    assert_eq!(Hello::decode(&bytes[2..]), Ok(hello));
}

fn welcome() -> Welcome {
    let aes = std::array::from_fn(|i| i as u8);
    let keys = MediaKeys::new(Cipher::Aes128Gcm, aes, [0; 32], [0xde, 0xad, 0xbe, 0xef]);
    Welcome {
        bitrate_kbps: 20_000,
        host_caps: HostCaps::GAMEPAD_STATE,
        ..Welcome::new(50_123, FULL_HD, keys)
    }
}

const WELCOME: &str = "50 4b 46 31 02 00 00 00 cb c3 80 07 00 00
    38 04 00 00 3c 00 00 00 01 0a 00 10 80 05 01 00
    01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f de
    ad be ef 00 00 00 00 00 01 20 4e 00 00 08 01 01
    01 00 01 02 02 01";

fn framed_welcome(welcome: &Welcome, vector: &str) {
    let vector = hex(vector);
    assert_eq!(frame(&welcome.encode()), vector);
    assert_eq!(Welcome::decode(&vector[2..]).as_ref(), Ok(welcome));
}

#[test]
fn the_short_welcome_has_these_bytes() {
    framed_welcome(&welcome(), &format!("44 00 {WELCOME}"));
}

#[test]
fn a_management_port_puts_the_cipher_in_front_of_itself() {
    let welcome = Welcome { management_port: 47_990, ..welcome() };
    framed_welcome(&welcome, &format!("47 00 {WELCOME} 00 76 bb"));
}

#[test]
fn a_late_field_of_welcome_forces_placeholders_before_it() {
    let welcome = Welcome { management_port: 47_990, host_caps2: HostCaps2::START_EXTENSIONS, ..welcome() };
    let tail = "00 76bb ff000000 00000000 00 80bb0000 10 0000 04";
    framed_welcome(&welcome, &format!("58 00 {WELCOME} {tail}"));
}

#[test]
fn a_start_has_these_bytes() {
    let start = Start::new(50_000);
    assert_eq!(frame(&start.encode()), hex("06 00 50 4b 46 31 50 c3"));
    assert_eq!(Start::decode(&start.encode()), Ok(start));
}

#[test]
fn a_start_with_extensions_has_these_bytes() {
    let facts =
        StartExtensions { label: Some("probe 0.41".into()), reads_bitrate_reason: true, preset: None };
    let start = Start { port: 50_000, extensions: Some(facts.to_block()) };
    let label = hex::encode("probe 0.41");
    let vector = format!("1b 00 50 4b 46 31 50 c3 13 00 | 02 00 0a 00 {label} | 03 00 01 00 01");
    assert_eq!(frame(&start.encode()), hex(&vector));
    let again = Start::decode(&start.encode()).unwrap();
    assert_eq!(again.facts(), facts);
    assert_eq!(again, start);
}
