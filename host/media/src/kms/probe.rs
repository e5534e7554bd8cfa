//! What a health check can say about the screens.

use std::path::Path;
use std::time::Duration;

use super::link::Link;
use super::protocol::Output;
use super::source::{KmsSource, KmsSpec, ScreenMemory};
use crate::{Memory, Source};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for it, for programs.
    pub code: &'static str,
    /// What was looked at, for example `screen service`.
    pub subject: String,
    /// Whether it is as it should be.
    pub good: bool,
    /// What was found; where it is not good, followed by `; ` and what to do about it.
    pub found: String,
}

/// Asks the broker at `socket` for its outputs and for one picture of `output` (`None`: the first that is on).
/// Takes about a second at most when there is no picture.
#[must_use]
pub fn probe(socket: &Path, output: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match Link::new(socket.to_owned()).outputs() {
        Ok(outputs) => {
            findings.push(finding(
                "screen_service_answers",
                "screen service",
                true,
                format!("answers at {}", socket.display()),
            ));
            findings.extend(outputs.iter().map(|output| {
                finding("output", format!("output {}", output.connector), true, state(output))
            }));
        }
        Err(error) => {
            findings.push(finding(error.code(), "screen service", false, error.to_string()));
            return findings;
        }
    }
    let spec = KmsSpec {
        socket: socket.to_owned(),
        output: output.map(str::to_owned),
        memory: ScreenMemory::Mapped,
    };
    let mut source = KmsSource::new(spec);
    let picture = source.next(Duration::from_secs(1)).map(|picture| {
        picture.map(|picture| match picture.memory {
            Memory::Mapped { format, .. } => format!("{}x{} as {format:?}", picture.width, picture.height),
            _ => format!("{}x{}", picture.width, picture.height),
        })
    });
    findings.push(match picture {
        Ok(Some(size)) => finding(
            "screen_gives_pictures",
            "picture",
            true,
            format!("{} gives {size}", source.describe().name),
        ),
        Ok(None) => finding(
            "screen_gives_none",
            "picture",
            false,
            "none came within a second; look at the machine's own screen",
        ),
        Err(error) => finding(error.code(), "picture", false, error.to_string()),
    });
    findings
}

fn finding(code: &'static str, subject: impl Into<String>, good: bool, found: impl Into<String>) -> Finding {
    Finding { code, subject: subject.into(), good, found: found.into() }
}

fn state(output: &Output) -> String {
    let Output { driver, monitor, connected, active, width, height, refresh_mhz, .. } = output;
    let plug = if *connected { "connected" } else { "nothing connected" };
    let monitor = if monitor.is_empty() { String::new() } else { format!(" ({monitor})") };
    let mode = if *active {
        format!("on at {width}x{height}@{:.2}", f64::from(*refresh_mhz) / 1000.0)
    } else {
        "off".into()
    };
    format!("{plug}{monitor}, {mode}, driver {driver}")
}
