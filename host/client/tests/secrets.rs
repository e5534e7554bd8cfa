//! What must not reach a log. Alone in its process, because it listens to all of it.

mod support;

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use punktfunk_client::{NativeClient, PinCode, pair};
use support::FakeHost;
use tracing_subscriber::EnvFilter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn neither_pin_nor_name_nor_key_nor_address_reaches_a_log() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(
            "punktfunk_client=trace,punktfunk_core=trace,punktfunk_trust=trace,quinn=warn",
        ))
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();

    let host = FakeHost::start(|mut visit| async move {
        let first = visit.receive().await.expect("a first message");
        if first.starts_with(b"PKFc") {
            visit.close(0x60, "Secret reason");
            return;
        }
        let mut video = visit.welcome(|_| ()).await;
        video.punched().await;
        video.frame(b"a picture", true).await;
        visit.send(b"PKFcrubbish").await;
        visit.connection.closed().await;
    });
    let mut options = host.options();
    options.name = Some("Secret name".to_owned());
    let identity = Arc::clone(&options.identity);
    pair(&host.address, &identity, "Secret name", &PinCode::parse("86420975").expect("a PIN"))
        .expect_err("not armed");
    let shown = format!("{options:?}");
    let client = NativeClient::connect(options).expect("connected");
    client.next_video(Duration::from_secs(10)).expect("running").expect("a frame");
    let shown = format!("{shown}{client:?}{:?}", client.stats());
    client.quit();

    let log = String::from_utf8(log.0.lock().expect("log").clone()).expect("text");
    assert!(log.contains("video socket"), "nothing was logged, so nothing was tested: {log:?}");
    let key = identity.key_der().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for secret in ["86420975", "Secret", "127.0.0.1", &key, &"07".repeat(16), &"7, ".repeat(16)] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    for secret in ["86420975", &key] {
        assert!(!shown.contains(secret), "{secret} is printable: {shown}");
    }
}
