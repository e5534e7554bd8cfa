use proptest::prelude::*;
use punktfunk_core::datagram::InputEvent;
use punktfunk_core::wire::*;

use crate::strategies;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_hello(hello in strategies::hello()) {
        let bytes = hello.encode();
        prop_assert!(bytes.len() >= 20);
        prop_assert_eq!(Hello::decode(&bytes), Ok(hello));
    }

    #[test]
    fn a_welcome(bytes in strategies::welcome()) {
        let welcome = Welcome::decode(&bytes).unwrap();
        prop_assert!(bytes.len() >= 68);
        prop_assert_eq!(welcome.encode(), bytes);
    }

    #[test]
    fn a_start(port in any::<u16>(), extensions in prop::option::of(strategies::extensions())) {
        let start = Start { port, extensions };
        prop_assert_eq!(Start::decode(&start.encode()), Ok(start));
    }

    #[test]
    fn a_control_message(message in strategies::control()) {
        prop_assert_eq!(Control::decode(&message.encode()), Ok(message));
    }

    #[test]
    fn a_pairing_message(message in strategies::pairing()) {
        prop_assert_eq!(PairMessage::decode(&message.encode()), Ok(Some(message)));
    }

    #[test]
    fn an_input_event(event in strategies::input()) {
        prop_assert_eq!(InputEvent::decode(&event.encode()), Some(event));
    }

    /// Adding a byte to a message of fixed length, or taking one off, never reads as that message.
    #[test]
    fn a_control_message_has_its_exact_length(message in strategies::control()) {
        let mut bytes = message.encode();
        if !matches!(message, Control::Unknown(_)) {
            bytes.push(0);
            prop_assert_ne!(Control::decode(&bytes), Ok(message.clone()));
            bytes.truncate(bytes.len() - 2);
            prop_assert_ne!(Control::decode(&bytes), Ok(message.clone()));
        }
    }
}

#[test]
fn an_unknown_control_message_is_named_and_not_an_error() {
    assert_eq!(Control::decode(b"PKFc\x77 and more"), Ok(Control::Unknown(0x77)));
    assert_eq!(Control::decode(b"PKFc\x10"), Ok(Control::Unknown(0x10)), "pairing has no place in a session");
    assert!(Control::decode(b"PKFc").is_err());
    assert!(Control::decode(b"").is_err());
}

#[test]
fn counts_in_control_messages_are_bounded() {
    let bounded = |bytes: &[u8]| {
        let error = Control::decode(&[b"PKFc", bytes].concat()).unwrap_err();
        assert!(matches!(error, punktfunk_core::DecodeError::TooLarge { .. }), "{error}");
    };
    bounded(&[0x42, 0, 0, 0, 0, 17]);
    bounded(&[0x42, 0, 0, 0, 0, 1, 129]);
    bounded(&[0x43, 0, 0, 0, 0, 0, 0, 0, 0, 129]);
    bounded(&[0x50, 0, 0, 0, 0, 121, 0, 1, 0, 0, 0, 0, 0]);
    bounded(&[0x50, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0]);
    bounded(&[0x5a, 0, 201]);
}
