//! Whether this box can stream: what an update must prove before it stays.
//!
//! A known picture goes the whole way to a device and is compared; the running host, its console and its native door
//! answer; the screen can be read. None of that needs a television that is on, a network, or a device.

mod doors;
mod pinned;
mod screen;
mod video;

use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use punktfunk_config::Policy;
use serde::Serialize;

use super::{Check, Report};
use crate::app::Status;

/// How often what is not there yet is looked for again.
const AGAIN_AFTER: Duration = Duration::from_millis(500);

/// What is to be proven of.
#[derive(Debug)]
pub struct Gate {
    /// The policy of this machine, for as long as no host says which is in force.
    pub policy: Policy,
    /// Where the screen broker listens.
    pub screen_socket: PathBuf,
    /// How long the host and the screen broker may take to be there.
    pub wait: Duration,
}

/// What a host says that runs.
#[derive(Debug)]
pub struct Running {
    /// How it is doing.
    pub status: Status,
    /// What it may do.
    pub policy: Policy,
}

/// Whether the box can stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// It can.
    pub fit: bool,
    /// The first thing that it cannot, and what to do about it.
    pub reason: Option<String>,
    /// The version of this program.
    pub version: String,
    /// Everything that was looked at.
    pub checks: Vec<Check>,
}

/// Looks at everything, and again until all is well or the wait is over. `ask` asks the running host.
pub fn examine(gate: &Gate, ask: impl Fn() -> Result<Running, String>) -> Verdict {
    let until = Instant::now() + gate.wait;
    let mut policy = gate.policy.clone();
    let mut running = ask();
    let mut walked: Option<Check> = None;
    loop {
        if let Ok(running) = &running
            && running.policy != policy
        {
            policy = running.policy.clone();
            walked = None;
        }
        let video = walked.get_or_insert_with(|| video::check(&policy)).clone();
        let mut checks = vec![video];
        checks.extend(doors::check(&running));
        checks.extend(screen::check(&policy, &gate.screen_socket, "/dev/dri".as_ref()));
        // an encoder does not get better by waiting
        let is_final = !checks[0].good || checks.iter().all(|check| check.good);
        let left = until.saturating_duration_since(Instant::now());
        if is_final || left.is_zero() {
            return Verdict::of(checks);
        }
        sleep(AGAIN_AFTER.min(left));
        running = ask();
    }
}

impl Verdict {
    fn of(checks: Vec<Check>) -> Self {
        let reason = checks.iter().find(|check| !check.good);
        let reason = reason.map(|check| format!("{}: {}", check.subject, check.told().trim_end()));
        Self { fit: reason.is_none(), reason, version: env!("CARGO_PKG_VERSION").to_owned(), checks }
    }

    /// One line for each check, and one for all of them.
    pub fn text(&self) -> String {
        let report = Report { checks: self.checks.clone() };
        let last = match self.fit {
            true => "This box can stream.\n",
            false => {
                "This box cannot stream; the lines above say what to do. Begin with the first that is wrong.\n"
            }
        };
        format!("{}\n{last}", report.lines())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(wait: Duration) -> Gate {
        let mut policy = Policy::default();
        policy.capture.source = punktfunk_config::Source::TestCard;
        Gate { policy, screen_socket: "/nonexistent/screen.sock".into(), wait }
    }

    #[test]
    fn a_box_without_a_host_cannot_stream_and_says_why() {
        let verdict = examine(&gate(Duration::ZERO), || {
            Err("no host answers; start it with `punktfunk-host serve`".to_owned())
        });
        assert!(!verdict.fit, "{verdict:?}");
        let reason = verdict.reason.clone().unwrap();
        assert!(reason.contains("running host: no host answers; start it"), "{reason}");
        assert!(verdict.text().ends_with("Begin with the first that is wrong.\n"), "{}", verdict.text());
    }

    #[test]
    fn what_no_wait_mends_is_not_waited_for() {
        let mut gate = gate(Duration::from_secs(3600));
        gate.policy.encode.codecs = vec![punktfunk_config::Codec::Av1];
        let verdict = examine(&gate, || Err("no host answers".to_owned()));
        assert!(verdict.reason.unwrap().contains("encode.codecs"));
    }
}
