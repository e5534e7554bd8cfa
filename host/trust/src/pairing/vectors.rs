//! The known answers of punktfunk/1 §3.7.

use super::exchange::{CeremonyError, Exchange, Side, check_message};
use super::*;
use crate::{DeviceId, PinCode, Randomness};

const SPAKE_A: &str = "41e09439b3d071122605f5f39a4695783d3412ba20cd459f7f17758009fdcdac24";
const SPAKE_B: &str = "423ed6825fb07853e236971335d161cb08f416e26294b4a41ec07b18afc4420a31";
const KEY: &str = "423976837abeceee4f93580a1eb8216a0642313fdae89c8ee0edb1e4e5664bcb";
const HOST_CONFIRM: &str = "8fb3cc603679652bb52cad13fbb3ade3640ce7306b0c7d4f9f97384153e63087";
const CLIENT_CONFIRM: &str = "43953543c84495b6b64226863dac37a1bb65550a0d31e3364201c8a7babe5bc6";

struct Fixed(u8);

impl Randomness for Fixed {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill(self.0);
    }
}

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text).unwrap().try_into().unwrap()
}

fn pin(digits: &str) -> PinCode {
    PinCode::parse(digits).unwrap()
}

const CLIENT: DeviceId = DeviceId::from_bytes([0x11; 32]);
const HOST: DeviceId = DeviceId::from_bytes([0x22; 32]);

/// The host's half alone: its answer to `spake_a`.
fn host_side(digits: &str, spake_a: &[u8; SPAKE_BYTES]) -> Result<(Challenge, [u8; 32]), CeremonyError> {
    let (exchange, spake_b) = Exchange::start(Side::Host, &pin(digits), CLIENT, HOST, &mut Fixed(2));
    let key = exchange.finish(spake_a)?;
    Ok((Challenge { spake_b, confirm: key.confirmation(Side::Host) }, key.confirmation(Side::Client)))
}

#[test]
fn both_sides_give_the_known_answers_of_the_spec() {
    let (client, spake_a) = ClientCeremony::start(&pin("1234"), CLIENT, HOST, &mut Fixed(1));
    assert_eq!(hex::encode(spake_a), SPAKE_A);
    let (challenge, expected) = host_side("1234", &spake_a).unwrap();
    assert_eq!(hex::encode(challenge.spake_b), SPAKE_B);
    assert_eq!(hex::encode(challenge.confirm), HOST_CONFIRM);
    assert_eq!(hex::encode(expected), CLIENT_CONFIRM);
    assert_eq!(client.answer(&challenge), Ok(Proof(bytes(CLIENT_CONFIRM))));
}

#[test]
fn the_confirmations_are_made_with_the_key_of_the_spec() {
    use aws_lc_rs::hmac;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes::<32>(KEY));
    let (challenge, expected) = host_side("1234", &bytes(SPAKE_A)).unwrap();
    for (label, confirm) in [("punktfunk-pair-host", challenge.confirm), ("punktfunk-pair-client", expected)]
    {
        let confirmed = [label.as_bytes(), CLIENT.as_bytes(), HOST.as_bytes()].concat();
        hmac::verify(&key, &confirmed, &confirm).unwrap();
    }
}

#[test]
fn a_client_never_answers_a_host_that_does_not_know_the_pin() {
    let (client, spake_a) = ClientCeremony::start(&pin("1234"), CLIENT, HOST, &mut Fixed(1));
    let (challenge, _) = host_side("1235", &spake_a).unwrap();
    assert_eq!(client.answer(&challenge), Err(CeremonyError::WrongPin(WrongPin)));
}

#[test]
fn somebody_in_the_middle_makes_the_confirmations_disagree() {
    let middle = DeviceId::from_bytes([0x33; 32]);
    for (client_sees, host_sees) in [((CLIENT, middle), (CLIENT, HOST)), ((CLIENT, HOST), (middle, HOST))] {
        let (client, spake_a) =
            ClientCeremony::start(&pin("1234"), client_sees.0, client_sees.1, &mut Fixed(1));
        let (exchange, spake_b) =
            Exchange::start(Side::Host, &pin("1234"), host_sees.0, host_sees.1, &mut Fixed(2));
        let key = exchange.finish(&spake_a).unwrap();
        let challenge = Challenge { spake_b, confirm: key.confirmation(Side::Host) };
        assert_eq!(client.answer(&challenge), Err(CeremonyError::WrongPin(WrongPin)));
    }
}

#[test]
fn one_flipped_bit_in_a_confirmation_is_a_wrong_pin() {
    let (_, spake_a) = ClientCeremony::start(&pin("1234"), CLIENT, HOST, &mut Fixed(1));
    let (challenge, _) = host_side("1234", &spake_a).unwrap();
    for bit in 0..256 {
        let (client, _) = ClientCeremony::start(&pin("1234"), CLIENT, HOST, &mut Fixed(1));
        let mut bent = challenge;
        bent.confirm[bit / 8] ^= 1 << (bit % 8);
        assert!(client.answer(&bent).is_err());
    }
}

/// Every encoding of a point of small order, canonical or not (the list of RFC 7748's authors' survey papers, which can be
/// checked: eight times each is the identity).
const SMALL_ORDER: [&str; 12] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

#[test]
fn points_of_small_order_are_refused_by_both_sides_before_use() {
    for point in SMALL_ORDER {
        let message = |side: &str| bytes::<33>(&format!("{side}{point}"));
        assert_eq!(host_side("1234", &message("41")), Err(CeremonyError::Malformed), "{point}");
        let (client, _) = ClientCeremony::start(&pin("1234"), CLIENT, HOST, &mut Fixed(1));
        let challenge = Challenge { spake_b: message("42"), confirm: [0; 32] };
        assert_eq!(client.answer(&challenge), Err(CeremonyError::Malformed), "{point}");
    }
}

#[test]
fn a_point_with_a_small_order_part_is_refused_too() {
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
    for torsion in &EIGHT_TORSION[1..] {
        let mut message = [0x41; 33];
        message[1..].copy_from_slice((ED25519_BASEPOINT_POINT + torsion).compress().as_bytes());
        assert_eq!(check_message(Side::Client, &message), Err(CeremonyError::Malformed));
    }
    let mut message = [0x41; 33];
    message[1..].copy_from_slice(ED25519_BASEPOINT_POINT.compress().as_bytes());
    assert_eq!(check_message(Side::Client, &message), Ok(()));
}

#[test]
fn a_message_reflected_to_its_sender_is_refused() {
    let (client, spake_a) = ClientCeremony::start(&pin("1234"), CLIENT, HOST, &mut Fixed(1));
    let challenge = Challenge { spake_b: spake_a, confirm: [0; 32] };
    assert_eq!(client.answer(&challenge), Err(CeremonyError::Malformed));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_exchange_panic(message: [u8; 32], side: u8) {
        let mut whole = [side; 33];
        whole[1..].copy_from_slice(&message);
        let _ = host_side("1234", &whole);
    }
}
