//! The host as a process: signals, the service manager, exit codes.
#![allow(missing_docs, clippy::unwrap_used)] // a test that cannot go on fails, and says where

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

/// A host process with a policy file of its own.
struct Process {
    dir: TempDir,
    policy: PathBuf,
    manager: UnixDatagram,
}

impl Process {
    fn prepare(native_port: u16) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let manager = UnixDatagram::bind(dir.path().join("notify")).unwrap();
        manager.set_read_timeout(Some(PATIENCE)).unwrap();
        let policy = dir.path().join("policy.yaml");
        let console = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let text = format!(
            "schema: 1\ndoors: {{ native: {{ port: {native_port} }} }}\nconsole: {{ listen: local, port: {console} }}\n"
        );
        std::fs::write(&policy, text).unwrap();
        Self { dir, policy, manager }
    }

    fn start(&self) -> Child {
        Command::new(env!("CARGO_BIN_EXE_punktfunk-host"))
            .args(["serve", "--log", "info", "--config"])
            .arg(&self.policy)
            .arg("--state-dir")
            .arg(self.path("state"))
            .arg("--runtime-dir")
            .arg(self.path("run"))
            .env("NOTIFY_SOCKET", self.path("notify"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(self.dir.path()).join(name)
    }

    /// What the host tells the service manager next, first line only.
    fn told(&self) -> String {
        let mut message = [0; 256];
        let length = self.manager.recv(&mut message).expect("the host tells its state");
        String::from_utf8_lossy(&message[..length]).lines().next().unwrap_or_default().to_owned()
    }
}

fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
}

#[test]
fn a_host_says_when_it_is_ready_reloads_all_or_nothing_and_stops_when_told() {
    let port = free_port();
    let process = Process::prepare(port);
    let mut child = process.start();
    assert_eq!(process.told(), "READY=1");
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut banner = String::new();
    while !banner.contains("pair arm") {
        assert!(output.read_line(&mut banner).unwrap() > 0, "the banner ends early: {banner}");
    }
    assert!(banner.contains(&port.to_string()) && banner.contains("--pin-host"), "{banner}");

    std::fs::write(&process.policy, "nmae: Den\n").unwrap();
    send(&child, Signal::SIGHUP);
    assert_eq!(process.told(), "RELOADING=1");
    assert_eq!(process.told(), "READY=1");
    std::fs::write(&process.policy, "name: Den\n").unwrap();
    send(&child, Signal::SIGHUP);
    assert_eq!(process.told(), "RELOADING=1");
    assert_eq!(process.told(), "READY=1");

    send(&child, Signal::SIGTERM);
    assert_eq!(process.told(), "STOPPING=1");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("did you mean") && log.contains("stays in force"), "{log}");
    assert!(log.contains("is in force"), "{log}");
}

#[test]
fn a_taken_port_ends_the_host_with_the_name_of_its_holder() {
    let taken = UdpSocket::bind("0.0.0.0:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let process = Process::prepare(port);
    let output = process.start().wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains(&format!("UDP port {port}")), "{error}");
    assert!(error.contains(&std::process::id().to_string()), "{error}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_bad_policy_ends_the_host_with_the_place_of_the_fault() {
    let process = Process::prepare(free_port());
    std::fs::write(&process.policy, "schema: 1\npairing: { requrie: true }\n").unwrap();
    let output = process.start().wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("policy.yaml:2:"), "{error}");
}
