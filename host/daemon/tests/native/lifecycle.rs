//! Starting, reloading and going down.

use std::net::UdpSocket;

use punktfunk_client::SessionEnd;
use punktfunk_config::Loaded;
use punktfunk_core::wire::CloseCode;
use punktfunk_host::appliance::BoxFiles;
use punktfunk_host::serve::{Options, start};

use crate::common::{PATIENCE, TestHost, assert_code, decode, identity};

fn options(dir: &std::path::Path, native_at: std::net::SocketAddr) -> Options {
    Options {
        policy: Loaded::default(),
        read_policy: Box::new(|| Ok(Loaded::default())),
        state_dir: dir.join("state"),
        runtime_dir: dir.join("run"),
        screen_socket: "/nonexistent/screen.sock".into(),
        apps_socket: "/nonexistent/apps.sock".into(),
        box_files: BoxFiles::default(),
        native_at: Some(native_at),
        console_at: Some(([127, 0, 0, 1], 0).into()),
        console_limits: punktfunk_host::console::Limits::default(),
        announce: false,
    }
}

fn start_error(options: Options) -> String {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(start(options)).expect_err("the host must not start").to_string()
}

#[test]
fn a_port_that_is_taken_is_named_with_its_holder() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let error = start_error(options(dir.path(), taken.local_addr().unwrap()));
    let port = taken.local_addr().unwrap().port().to_string();
    assert!(error.contains(&port) && error.contains(&std::process::id().to_string()), "{error}");
    assert!(error.contains("doors.native.port"), "{error}");
}

#[test]
fn a_second_host_on_the_same_allow_list_does_not_start() {
    let host = TestHost::start();
    let error = start_error(options(host.dir(), "127.0.0.1:0".parse().unwrap()));
    assert!(!error.is_empty());
}

#[test]
fn a_damaged_allow_list_keeps_the_host_from_starting() {
    let mut host = TestHost::start();
    host.admit(&identity());
    host.shut_down();
    let db = host.dir().join("state/trust");
    for entry in walk(&db) {
        std::fs::write(&entry, b"not what it was").unwrap();
    }
    start_error(options(host.dir(), "127.0.0.1:0".parse().unwrap()));
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn going_down_ends_streams_and_waiting_with_the_reason() {
    let mut host = TestHost::start();
    let (streaming, waiting) = (identity(), identity());
    host.admit(&streaming);
    let client = host.stream(&streaming);
    decode(&client, 1);
    let mut events = host.host().watch();
    let parked = host.connect(&waiting);
    host.wait_for_knock(&mut events, waiting.id());
    host.shut_down();
    let end = loop {
        if let Err(end) = client.next_video(PATIENCE) {
            break end;
        }
    };
    let SessionEnd::ByHost(refusal) = end else { panic!("ended in another way: {end}") };
    assert_code(&refusal, CloseCode::HostGoingDown);
    assert_code(&crate::common::refusal(parked.join().unwrap()), CloseCode::HostGoingDown);
}

#[test]
fn closing_open_mode_by_a_reload_ends_the_streams_of_strangers() {
    let closed = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let flag = std::sync::Arc::clone(&closed);
    let policy = move || {
        let mut loaded = Loaded::default();
        loaded.policy.pairing.require = flag.load(std::sync::atomic::Ordering::Relaxed);
        loaded
    };
    let options = Options {
        policy: policy(),
        read_policy: Box::new(move || Ok(policy())),
        ..options(dir.path(), "127.0.0.1:0".parse().unwrap())
    };
    let running = runtime.block_on(start(options)).unwrap();
    let pin = punktfunk_client::HostPin::TrustOnFirstUse;
    let address = running.native_addr().unwrap().to_string().parse().unwrap();
    let client = punktfunk_client::NativeClient::connect(punktfunk_client::ConnectOptions::new(
        address,
        identity(),
        pin,
    ))
    .unwrap();
    client.next_video(PATIENCE).unwrap();
    closed.store(true, std::sync::atomic::Ordering::Relaxed);
    running.host().reload().unwrap();
    assert!(running.host().policy().pairing.require);
    let end = loop {
        if let Err(end) = client.next_video(PATIENCE) {
            break end;
        }
    };
    let SessionEnd::ByHost(refusal) = end else { panic!("ended in another way: {end}") };
    assert_code(&refusal, CloseCode::AccessEnded);
    runtime.block_on(running.shut_down());
}

#[test]
fn a_policy_that_cannot_be_read_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = Options {
        read_policy: Box::new(|| punktfunk_config::parse("name: [", "policy.yaml")),
        ..options(dir.path(), "127.0.0.1:0".parse().unwrap())
    };
    let running = runtime.block_on(start(options)).unwrap();
    let error = running.host().reload().unwrap_err().to_string();
    assert!(error.contains("policy.yaml"), "{error}");
    assert_eq!(running.host().policy().name, Loaded::default().policy.name);
    runtime.block_on(running.shut_down());
}
