//! The real binary, started and looked at from outside.

use std::fmt;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, SysconfVar, sysconf};
use tempfile::TempDir;

/// A host that is not ready by then never will be.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// A running host with a policy and a state folder of its own; dropping it tells it to go down and waits.
pub(crate) struct HostProcess {
    child: Child,
    native: u16,
    dir: TempDir,
}

/// Memory of the process, in MiB.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) resident: f64,
    anonymous: f64,
    file: f64,
}

impl HostProcess {
    /// Starts it; when this returns, its doors are open.
    pub(crate) fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (native, console) = (free_udp_port(), free_tcp_port());
        let policy = dir.path().join("policy.yaml");
        let text = format!(
            "schema: 1\nname: Bench\npairing: {{ require: false }}\ndoors: {{ native: {{ port: {native} }} }}\n\
             console: {{ listen: local, port: {console} }}\ncapture: {{ source: test-card }}\n\
             encode: {{ backend: software }}\n"
        );
        fs::write(&policy, text).unwrap();
        let ready = UnixDatagram::bind(dir.path().join("notify")).unwrap();
        ready.set_read_timeout(Some(READY_WITHIN)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_punktfunk-host"))
            .args(["--log", "warn", "serve", "--config"])
            .arg(policy)
            .arg("--state-dir")
            .arg(dir.path().join("state"))
            .arg("--runtime-dir")
            .arg(dir.path().join("run"))
            .env("NOTIFY_SOCKET", dir.path().join("notify"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let host = Self { child, native, dir };
        let mut message = [0; 64];
        let length = ready.recv(&mut message).expect("the host says that it is ready");
        assert_eq!(&message[..length], b"READY=1");
        host
    }

    /// Where clients connect.
    pub(crate) fn native(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.native).into()
    }

    /// A folder that goes away with the host.
    pub(crate) fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub(crate) fn memory(&self) -> Memory {
        Memory::of(&self.child.id().to_string())
    }

    /// Processor time used so far, by the program and by the kernel for it.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // the name, in parentheses, may hold anything; user and system time are the 12th and 13th field after it
        let fields = stat.rsplit_once(") ").unwrap().1.split(' ').collect::<Vec<_>>();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        let a_second = sysconf(SysconfVar::CLK_TCK).unwrap().unwrap();
        Duration::from_secs_f64(ticks as f64 / a_second as f64)
    }
}

impl Drop for HostProcess {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.child.id() as i32), Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

impl Memory {
    /// Of a process by its number, or of `self`.
    pub(crate) fn of(process: &str) -> Self {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let mib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1024.0
        };
        Self { resident: mib("VmRSS:"), anonymous: mib("RssAnon:"), file: mib("RssFile:") }
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resident, anonymous, file } = self;
        write!(f, "{resident:.1} MiB resident: {anonymous:.1} of its own, {file:.1} of files")
    }
}

// Between this and the host's bind another program may take the port; then the host says so and the bench stops.
fn free_udp_port() -> u16 {
    UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap().local_addr().unwrap().port()
}

fn free_tcp_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}
