//! The gate: a new version stays only if a command says that the box does its work.

use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::Deserialize;

/// The file in the runtime directory that keeps the box up although its gate stayed shut: another start would change
/// nothing. `punktfunk-gate-shut.service` looks for it.
pub const STAY: &str = "stay";

/// The most output of the command that is kept, in bytes.
const MAX_OUTPUT: u64 = 64 * 1024;
/// How often the command is looked after.
const TICK: Duration = Duration::from_millis(100);
/// How long output is waited for once the command has ended; a child of its own may hold it open.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What the gate's command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The box does its work.
    Passed,
    /// It does not; the reason in a sentence.
    Failed(String),
}

/// Runs `command` for at most `patience`. Its reason is the `reason` of the JSON object that it prints, else the last line
/// that it wrote.
pub fn run(command: &[String], patience: Duration) -> Verdict {
    let Some((program, arguments)) = command.split_first() else {
        return Verdict::Failed("the gate has no command".to_owned());
    };
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // a group of its own, so that nothing that it starts outlives its time
        .process_group(0)
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(why) => return Verdict::Failed(format!("{program} cannot be started: {why}")),
    };
    let (out, err) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let ended = wait(&mut child, patience);
    let (out, err) = (words(&out), words(&err));
    match ended {
        Ok(Some(status)) if status.success() => Verdict::Passed,
        Ok(Some(status)) => {
            Verdict::Failed(reason(&out, &err).unwrap_or_else(|| format!("{program}: {status}")))
        }
        Ok(None) => Verdict::Failed(format!("{program} gave no verdict within {} s", patience.as_secs())),
        Err(why) => Verdict::Failed(format!("{program} cannot be waited for: {why}")),
    }
}

/// Waits until the command ends; `None` when it had to be killed.
fn wait(child: &mut Child, patience: Duration) -> io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() >= patience {
            let group = i32::try_from(child.id()).map_err(io::Error::other)?;
            killpg(Pid::from_raw(group), Signal::SIGKILL)?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(TICK);
    }
}

/// Reads a pipe to its end, keeping only so much, so that the command never waits for us.
fn collect(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (done, words) = mpsc::channel();
    if let Some(mut pipe) = pipe {
        thread::spawn(move || {
            let mut kept = Vec::new();
            // what was read before a fault is all there is to say
            let _ = pipe.by_ref().take(MAX_OUTPUT).read_to_end(&mut kept);
            let _ = done.send(kept);
            let _ = io::copy(&mut pipe, &mut io::sink());
        });
    }
    words
}

fn words(from: &mpsc::Receiver<Vec<u8>>) -> String {
    String::from_utf8_lossy(&from.recv_timeout(LAST_WORDS).unwrap_or_default()).into_owned()
}

fn reason(out: &str, err: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Said {
        reason: String,
    }
    let objects = [out].into_iter().chain(out.lines().rev());
    let mut said = objects.filter_map(|text| serde_json::from_str::<Said>(text).ok());
    let line =
        || [err, out].into_iter().flat_map(|text| text.lines().rev()).find(|line| !line.trim().is_empty());
    let text = said.next().map(|said| said.reason).or_else(|| line().map(str::to_owned))?;
    Some(text.trim().chars().filter(|c| !c.is_control()).take(crate::state::MAX_REASON).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, patience: Duration) -> Verdict {
        run(&["sh", "-c", script].map(str::to_owned), patience)
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn the_command_decides() {
        assert_eq!(shell("exit 0", LONG), Verdict::Passed);
        assert_eq!(shell("exit 3", LONG), Verdict::Failed("sh: exit status: 3".to_owned()));
    }

    #[test]
    fn its_reason_is_kept() {
        let failed = |script| match shell(script, LONG) {
            Verdict::Failed(reason) => reason,
            Verdict::Passed => panic!("passed"),
        };
        assert_eq!(
            failed(r#"echo log >&2; printf '{\n"fit": false, "reason": "no encoder"}'; exit 1"#),
            "no encoder"
        );
        assert_eq!(failed(r#"echo '{"x":1}'; echo '{"reason":"black"}'; exit 1"#), "black");
        assert_eq!(failed("echo out; echo cause >&2; echo >&2; exit 1"), "cause");
        assert_eq!(failed("yes x | head -c 1000000; exit 1"), "x");
    }

    #[test]
    fn a_command_without_an_end_fails_and_leaves_nothing_behind() {
        let place = tempfile::tempdir().unwrap();
        let pid = place.path().join("pid");
        let script = format!("sleep 1000 & echo $! > {}; wait", pid.display());
        let Verdict::Failed(reason) = shell(&script, Duration::from_millis(300)) else { panic!("passed") };
        assert!(reason.contains("no verdict"), "{reason}");
        // on a machine that is too busy to have begun, there is nothing to leave behind
        let Ok(pid) = std::fs::read_to_string(pid) else { return };
        let until = Instant::now() + LONG;
        loop {
            let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
            if state.is_empty() || state.contains(") Z") {
                return;
            }
            assert!(Instant::now() < until, "{state}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn a_command_that_is_missing_fails() {
        assert!(matches!(run(&["/nonexistent".to_owned()], LONG), Verdict::Failed(_)));
        assert!(matches!(run(&[], LONG), Verdict::Failed(_)));
    }
}
