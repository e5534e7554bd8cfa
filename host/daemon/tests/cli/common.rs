//! Running the program, and running a host with it.

use std::io::{BufRead as _, BufReader, Read};
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_punktfunk-host");
/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Stands before lines of standard output.
const PRINTED: &str = "out: ";

#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    /// The JSON document that was printed.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Refused with a sentence that contains each of `words`.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in {self:?}");
        }
    }
}

pub(crate) fn program() -> Command {
    let mut command = Command::new(PROGRAM);
    for variable in ["PUNKTFUNK_LOG", "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "NOTIFY_SOCKET"] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub(crate) fn run<A: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = A>) -> Ran {
    finish(program().args(args))
}

pub(crate) fn finish(command: &mut Command) -> Ran {
    ran(command.output().unwrap())
}

fn ran(output: std::process::Output) -> Ran {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs a host that is not to start.
#[track_caller]
pub(crate) fn refused(command: &mut Command) -> Ran {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("it started: {:?}", child.wait_with_output());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    ran(child.wait_with_output().unwrap())
}

/// Where a host keeps its things, and a policy with ports that are free.
pub(crate) struct Place {
    dir: TempDir,
    pub(crate) udp: u16,
    pub(crate) tcp: u16,
}

impl Place {
    pub(crate) fn new() -> Self {
        let udp = UdpSocket::bind("[::]:0").unwrap().local_addr().unwrap().port();
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let place = Self { dir: tempfile::tempdir().unwrap(), udp, tcp };
        place.write_policy("name: Den\n");
        place
    }

    /// A policy with `more` in it.
    pub(crate) fn write_policy(&self, more: &str) {
        self.write_policy_with(&format!("doors: {{ native: {{ port: {} }} }}\n{more}", self.udp));
    }

    /// The same, where `more` says which doors are open.
    pub(crate) fn write_policy_with(&self, more: &str) {
        let tcp = self.tcp;
        let text = format!(
            "schema: 1\n{more}console: {{ listen: local, port: {tcp} }}\n\
             capture: {{ source: test-card }}\ninput: {{ keyboard: false, pointer: false, touch: false, pen: false, gamepads: 0 }}\n"
        );
        std::fs::write(self.policy(), text).unwrap();
    }

    pub(crate) fn policy(&self) -> PathBuf {
        self.dir.path().join("policy.yaml")
    }

    /// Another file here.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    pub(crate) fn run(&self) -> PathBuf {
        self.dir.path().join("run")
    }

    /// `serve` here, to be started or finished.
    pub(crate) fn serve(&self) -> Command {
        self.serve_with(&self.state(), &self.run())
    }

    pub(crate) fn serve_with(&self, state: &Path, runtime: &Path) -> Command {
        let mut command = program();
        command.arg("serve").arg("--config").arg(self.policy()).arg("--state-dir").arg(state);
        command.arg("--runtime-dir").arg(runtime);
        command
    }

    pub(crate) fn start(&self) -> Serving {
        Serving::start(&mut self.serve())
    }

    /// A verb for the host that runs here.
    pub(crate) fn ask(&self, args: &[&str]) -> Ran {
        finish(program().args(args).arg("--runtime-dir").arg(self.run()))
    }
}

/// A host as a child process; dropped, it is killed.
pub(crate) struct Serving {
    child: Child,
    lines: Receiver<String>,
    pub(crate) banner: String,
}

impl Serving {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        read(child.stdout.take().unwrap(), PRINTED, &sender);
        read(child.stderr.take().unwrap(), "", &sender);
        drop(sender); // so that the end of the host is the end of its lines
        let mut serving = Self { child, lines, banner: String::new() };
        // one empty line is in it, and another ends it
        while serving.banner.matches("\n\n").count() < 2 {
            let line = serving.next_line();
            if let Some(line) = line.strip_prefix(PRINTED) {
                serving.banner += &format!("{line}\n");
            }
        }
        serving
    }

    /// Waits for a line that contains `wanted`.
    #[track_caller]
    pub(crate) fn wait_for_line(&self, wanted: &str) -> String {
        loop {
            let line = self.next_line();
            if line.contains(wanted) {
                return line;
            }
        }
    }

    /// The lines up to one that contains `wanted`.
    #[track_caller]
    pub(crate) fn lines_until(&self, wanted: &str) -> Vec<String> {
        let mut lines = vec![self.next_line()];
        while !lines.last().unwrap().contains(wanted) {
            lines.push(self.next_line());
        }
        lines
    }

    #[track_caller]
    fn next_line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("the host goes on and says something")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn stop(mut self) {
        self.signal(Signal::SIGTERM);
        assert_eq!(self.wait().code(), Some(0));
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(from: impl Read + Send + 'static, mark: &'static str, to: &std::sync::mpsc::Sender<String>) {
    let to = to.clone();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if to.send(format!("{mark}{line}")).is_err() {
                return;
            }
        }
    });
}

/// Asks again and again until there is an answer.
#[track_caller]
pub(crate) fn poll<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "{what} never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}
