//! What is turned away at the door (punktfunk/1 §1.2, §2.1, §2.2, §3.6).

use punktfunk_core::wire::{ALPN, CloseCode, Hello, frame};

use crate::common::{MODE, TestHost, assert_code, identity, refusal};
use crate::raw::{Raw, Show};

fn hello() -> Hello {
    Hello::new(MODE)
}

#[test]
fn a_device_without_a_certificate_is_refused_and_leaves_nothing() {
    let host = TestHost::start();
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Nothing).await.unwrap();
        let _stream = raw.say(&hello().encode()).await;
        let (code, sentence) = raw.closed().await;
        assert_eq!(code, Some(CloseCode::CertificateRequired));
        assert!(sentence.contains("certificate"), "{sentence}");
    });
    assert!(host.pending().is_empty());
}

#[test]
fn even_in_open_mode_a_device_shows_who_it_is() {
    let host = TestHost::open();
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Nothing).await.unwrap();
        let _stream = raw.say(&hello().encode()).await;
        assert_eq!(raw.closed().await.0, Some(CloseCode::CertificateRequired));
    });
}

#[test]
fn another_wire_version_is_refused_before_anything_else() {
    let host = TestHost::start();
    host.runtime.block_on(async {
        for version in [0, 1, 3, u32::MAX] {
            let raw = Raw::dial(host.address(), Show::Nothing).await.unwrap();
            let _stream = raw.say(&Hello { version, ..hello() }.encode()).await;
            assert_eq!(raw.closed().await.0, Some(CloseCode::WireVersion), "version {version}");
        }
    });
    assert!(host.pending().is_empty());
}

#[test]
fn a_truncated_hello_is_refused() {
    let host = TestHost::start();
    let device = identity();
    let whole = hello().encode();
    host.runtime.block_on(async {
        for length in [0, 3, 4, 8, 19] {
            let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
            let _stream = raw.say(&whole[..length]).await;
            let (code, sentence) = raw.closed().await;
            assert_eq!(code, Some(CloseCode::SetupFailed), "{length} bytes: {sentence}");
        }
    });
    assert!(host.pending().is_empty());
}

#[test]
fn a_hello_that_ends_in_the_middle_of_its_frame_is_nothing() {
    let host = TestHost::start();
    let device = identity();
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
        let bytes = frame(&hello().encode());
        let (mut send, _recv) = raw.write(&bytes[..10]).await;
        send.finish().unwrap();
        assert_eq!(raw.closed().await.0, Some(CloseCode::Done));
    });
    assert!(host.pending().is_empty());
}

#[test]
fn an_oversized_hello_is_refused_as_soon_as_it_says_its_length() {
    let host = TestHost::start();
    let device = identity();
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
        let _stream = raw.write(&u16::MAX.to_le_bytes()).await;
        let (code, sentence) = raw.closed().await;
        assert_eq!(code, Some(CloseCode::SetupFailed));
        assert!(sentence.contains("65535"), "{sentence}");
    });
    assert!(host.pending().is_empty());
}

#[test]
fn a_first_message_that_is_neither_hello_nor_pairing_is_refused() {
    let host = TestHost::start();
    let device = identity();
    host.runtime.block_on(async {
        for payload in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"PKFc\x03", b"PKFc\x12", b"PKFs\x01"] {
            let raw = Raw::dial(host.address(), Show::Own(&device)).await.unwrap();
            let _stream = raw.say(payload).await;
            assert_eq!(raw.closed().await.0, Some(CloseCode::SetupFailed), "{payload:?}");
        }
    });
}

#[test]
fn a_copied_certificate_without_its_key_is_nobody() {
    let host = TestHost::start();
    let (owner, thief) = (identity(), identity());
    host.admit(&owner);
    host.runtime.block_on(async {
        let show = Show::Copied { certificate: &owner, key: &thief };
        // the client side of TLS 1.3 is done before the host has looked at its certificate
        let Ok(raw) = Raw::dial(host.address(), show).await else { return };
        let error = raw.connection.closed().await;
        assert!(
            matches!(error, quinn::ConnectionError::ConnectionClosed(_)),
            "the handshake itself must fail, not: {error}"
        );
    });
    assert!(host.host().streams().is_empty());
    assert!(host.pending().is_empty());
}

#[test]
fn a_probe_that_closes_at_once_is_no_knock() {
    let host = TestHost::start();
    let device = identity();
    host.runtime.block_on(async {
        for show in [Show::Own(&device), Show::Nothing] {
            Raw::dial(host.address(), show).await.unwrap().hang_up(0).await;
        }
    });
    let address = host.address().to_string().parse().unwrap();
    assert_eq!(punktfunk_client::probe(&address, &device).unwrap(), host.host().identity().id());
    assert!(host.pending().is_empty());
    assert!(host.host().trust(|trust, _| trust.record()).is_empty());
}

#[test]
fn one_source_cannot_hold_more_than_its_share_of_open_handshakes() {
    let host = TestHost::open();
    let device = identity();
    host.runtime.block_on(async {
        let mut held = Vec::new();
        let refused = loop {
            assert!(held.len() < 100, "there is a bound");
            // from the seventeenth on the host asks for proof of the address, which quinn gives
            match Raw::dial(host.address(), Show::Own(&device)).await {
                Ok(raw) => held.push(raw),
                Err(error) => break error,
            }
        };
        assert_eq!(held.len(), 24);
        assert!(refused.to_string().contains("refused"), "{refused}");

        // those that have said what they want, or have gone, count no more
        let _stream = held[0].say(b"nonsense").await;
        held[0].closed().await;
        let mut again = Raw::dial(host.address(), Show::Own(&device)).await;
        while again.is_err() {
            again = Raw::dial(host.address(), Show::Own(&device)).await;
        }
    });
}

#[test]
fn another_protocol_is_not_spoken() {
    assert_eq!(ALPN, b"pkf1");
    let host = TestHost::start();
    host.runtime.block_on(async {
        let error = Raw::dial_with_alpn(host.address(), b"pkf2").await.err().expect("no common protocol");
        assert!(error.to_string().contains("120"), "{error}");
    });
}

#[test]
fn a_device_that_no_codec_fits_is_told_what_there_is() {
    let host = TestHost::open();
    let mut options = host.options(&identity());
    options.codecs = punktfunk_client::Codecs::AV1;
    options.preferred_codec = None;
    let refusal = refusal(punktfunk_client::NativeClient::connect(options));
    assert_code(&refusal, CloseCode::SetupFailed);
    assert!(
        refusal.reason.starts_with("this host sends H.264 and the device takes none"),
        "{}",
        refusal.reason
    );
}
