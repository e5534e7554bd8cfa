//! What a session leaves in the log: nothing by which a person, a network or a secret could be known.
#![allow(missing_docs, clippy::unwrap_used)] // a test that cannot go on fails, and says where

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use punktfunk_client::{ConnectOptions, HostPin, NativeClient, pair};
use punktfunk_config::{Loaded, Source};
use punktfunk_host::appliance::BoxFiles;
use punktfunk_host::owner::{Account, Browser, Desk, TokenScope};
use punktfunk_host::serve::{Options, start};
use punktfunk_trust::{Actor, ArmRequest, Identity, PinCode, Role};

const NAME: &str = "Kitchen tablet of Ada";
const PASSWORD: &str = "grüne Wolken ziehen";

/// A log that is kept in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Claims the box and signs in, wrong once; returns a token and the cookie.
async fn sign_in(owner: &Arc<Desk>) -> (String, String) {
    let browser = || Browser { label: "Firefox on Linux".to_owned(), source: Ipv4Addr::LOCALHOST.into() };
    let code = owner.claim_code().unwrap().to_string();
    let entered = owner.claim(code, PASSWORD.to_owned(), "", browser()).await.unwrap();
    let wrong = owner.sign_in("not the password".to_owned(), None, browser(), None).await;
    wrong.unwrap_err();
    let make = |account: &mut Account, now| account.make_token(now, NAME, TokenScope::Read, Actor::Console);
    let (_, token) = owner.decide(make).await.unwrap();
    (token.reveal().to_owned(), entered.cookie.reveal().to_owned())
}

#[test]
fn no_name_address_pin_password_token_or_key_reaches_the_log() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_env_filter(
            "info,punktfunk_host=trace,punktfunk_trust=trace,punktfunk_media=trace,punktfunk_input=trace",
        )
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();

    let dir = tempfile::tempdir().unwrap();
    let mut policy = Loaded::default();
    policy.policy.capture.source = Source::TestCard;
    policy.policy.pairing.pin.cooldown = Duration::ZERO;
    let options = Options {
        policy,
        read_policy: Box::new(|| Ok(Loaded::default())),
        state_dir: dir.path().join("state"),
        runtime_dir: dir.path().join("run"),
        screen_socket: "/nonexistent/screen.sock".into(),
        apps_socket: "/nonexistent/apps.sock".into(),
        box_files: BoxFiles::default(),
        native_at: Some((Ipv4Addr::LOCALHOST, 0).into()),
        console_at: Some((Ipv4Addr::LOCALHOST, 0).into()),
        console_limits: punktfunk_host::console::Limits::default(),
        announce: false,
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let running = runtime.block_on(start(options)).unwrap();
    let host = Arc::clone(running.host());
    let device = Arc::new(Identity::generate(Role::Client).unwrap());
    let address = running.native_addr().unwrap().to_string().parse().unwrap();

    let (token, cookie) = runtime.block_on(sign_in(running.owner()));

    let arm = |host: &punktfunk_host::app::Host| {
        host.trust(|trust, now| trust.arm(now, &ArmRequest::default(), Actor::Console)).unwrap().pin
    };
    let spent = arm(&host);
    let guess = PinCode::parse(if spent.reveal() == "0000" { "0001" } else { "0000" }).unwrap();
    pair(&address, &device, NAME, &guess).unwrap_err();
    let pin = arm(&host);
    pair(&address, &device, NAME, &pin).unwrap();
    let mut options = ConnectOptions::new(address, Arc::clone(&device), HostPin::TrustOnFirstUse);
    options.name = Some(NAME.to_owned());
    let client = NativeClient::connect(options).unwrap();
    client.next_video(Duration::from_secs(20)).unwrap().unwrap();
    drop(client);
    runtime.block_on(running.shut_down());

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("a stream starts"), "the log was kept: {text}");
    let fingerprint = device.id().to_string();
    let secrets = [
        ("the device's name", NAME),
        ("an address", "127.0.0.1"),
        ("the whole fingerprint", fingerprint.as_str()),
        ("the owner's password", PASSWORD),
        ("an API token", token.as_str()),
        ("a cookie", cookie.as_str()),
    ];
    for (what, secret) in secrets {
        assert!(!text.contains(secret), "{what} is in the log:\n{text}");
    }
    // four digits may well stand in a time stamp; what counts is what follows it
    let said: Vec<&str> =
        text.lines().filter_map(|line| line.split_once("Z ")).map(|(_, rest)| rest).collect();
    for pin in [spent, pin] {
        let numbers = said.iter().flat_map(|line| line.split(|c: char| !c.is_ascii_digit()));
        assert!(numbers.into_iter().all(|number| number != pin.reveal()), "a PIN is in the log:\n{text}");
    }
}
