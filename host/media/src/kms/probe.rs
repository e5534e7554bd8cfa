//! What a health check can say about the screens.

use std::path::Path;
use std::time::Duration;

use super::error::ScreenError;
use super::link::Link;
use super::protocol::Output;
use super::source::{KmsSource, KmsSpec, ScreenMemory};
use crate::{Memory, Source, SourceError};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for it, for programs.
    pub code: &'static str,
    /// What `found` is about, by name.
    pub params: Vec<(&'static str, String)>,
    /// What was looked at, for example `screen service`.
    pub subject: String,
    /// Whether it is as it should be.
    pub good: bool,
    /// What was found; where it is not good, followed by `; ` and what to do about it.
    pub found: String,
}

/// Whether the broker at `socket` finds a card with outputs, lit or not. Asks once, and waits for the answer of one that is
/// only just starting for two seconds.
///
/// # Errors
/// Why it finds none.
pub fn look(socket: &Path) -> Result<(), ScreenError> {
    match Link::new(socket.to_owned()).outputs()?.is_empty() {
        true => Err(ScreenError::NoCard),
        false => Ok(()),
    }
}

/// Asks the broker at `socket` for its outputs and for one picture of `output` (`None`: the first that is on).
/// Takes about a second at most when there is no picture.
#[must_use]
pub fn probe(socket: &Path, output: Option<&str>) -> Vec<Finding> {
    const SERVICE: &str = "screen service";
    let outputs = match Link::new(socket.to_owned()).outputs() {
        Ok(outputs) => outputs,
        Err(error) => return vec![Finding::error(SERVICE, &error)],
    };
    let path = socket.display().to_string();
    let mut findings = vec![
        Finding::good("screen_service_answers", SERVICE, format!("answers at {path}")).with("path", path),
    ];
    findings.extend(outputs.iter().map(state));
    let spec = KmsSpec {
        socket: socket.to_owned(),
        output: output.map(str::to_owned),
        memory: ScreenMemory::Mapped,
    };
    findings.push(picture(&mut KmsSource::new(spec)));
    findings
}

fn picture(source: &mut KmsSource) -> Finding {
    const SUBJECT: &str = "picture";
    let size = source.next(Duration::from_secs(1)).map(|picture| {
        picture.map(|picture| match picture.memory {
            Memory::Mapped { format, .. } => format!("{}x{} as {format:?}", picture.width, picture.height),
            _ => format!("{}x{}", picture.width, picture.height),
        })
    });
    match size {
        Ok(Some(size)) => {
            let name = source.describe().name;
            Finding::good("screen_gives_pictures", SUBJECT, format!("{name} gives {size}"))
                .with("output", name)
                .with("size", size)
        }
        Ok(None) => {
            let found = "none came within a second; look at the machine's own screen";
            Finding { good: false, ..Finding::good("screen_gives_none", SUBJECT, found) }
        }
        Err(SourceError::Screen(error)) => Finding::error(SUBJECT, &error),
        Err(error) => Finding { good: false, ..Finding::good(error.code(), SUBJECT, error.to_string()) },
    }
}

impl Finding {
    fn good(code: &'static str, subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self { code, params: Vec::new(), subject: subject.into(), good: true, found: found.into() }
    }

    fn error(subject: &str, error: &ScreenError) -> Self {
        let params = error.params();
        Self { good: false, params, ..Self::good(error.code(), subject, error.to_string()) }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.params.push((name, value.into()));
        self
    }
}

fn state(output: &Output) -> Finding {
    let Output { connector, driver, monitor, connected, active, width, height, refresh_mhz, .. } = output;
    let plug = if *connected { "connected" } else { "nothing connected" };
    let shown = if monitor.is_empty() { String::new() } else { format!(" ({monitor})") };
    let mode = format!("{width}x{height}@{:.2}", f64::from(*refresh_mhz) / 1000.0);
    let (code, what) = match (active, connected) {
        (true, _) => ("output_on", format!("on at {mode}")),
        (false, true) => ("output_off", "off".to_owned()),
        (false, false) => ("output_unplugged", "off".to_owned()),
    };
    Finding::good(code, format!("output {connector}"), format!("{plug}{shown}, {what}, driver {driver}"))
        .with("monitor", monitor)
        .with("mode", mode)
        .with("driver", driver)
}
