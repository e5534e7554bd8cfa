//! The cards of this machine, as they come and go.

use std::io;
use std::os::linux::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::card::{Card, Route, Scene};
use super::protocol::{MAX_OUTPUTS, Output, Status, StatusCode};

/// Where the kernel lists graphics cards.
const CARDS: &str = "/dev/dri";

/// The most cards that are opened.
const MAX_CARDS: usize = 8;

/// How often the folder of cards is read again while there is nothing to show.
const RESCAN: Duration = Duration::from_millis(500);

/// All cards, shared by the clients of a broker.
#[derive(Default)]
pub(super) struct Cards(Mutex<State>);

#[derive(Default)]
struct State {
    open: Vec<Arc<Card>>,
    scanned: Option<Instant>,
    refusal: Option<Status>,
    dark: bool,
}

impl Cards {
    /// All connectors of all cards.
    pub(super) fn outputs(&self) -> Result<Vec<Output>, Status> {
        let outputs = self.each(Card::outputs)?;
        Ok(outputs.into_iter().flatten().take(MAX_OUTPUTS).collect())
    }

    /// The way to an output that shows something, and what it shows: to the one that is called `wanted`, or for an
    /// empty name to the first.
    pub(super) fn route(&self, wanted: &str) -> Result<(Arc<Card>, Route, Scene), Status> {
        let cards = self.cards();
        let mut failure = None;
        for card in &cards {
            match card.route(|output| is_called(output, wanted)) {
                Ok(Some((route, scene))) => {
                    self.state().dark = false;
                    return Ok((Arc::clone(card), route, scene));
                }
                Ok(None) => {}
                Err(error) => failure = Some(self.give_up(card, &error)),
            }
        }
        self.rescan();
        if let Some(failure) = failure {
            return Err(failure);
        }
        let outputs = self.outputs()?;
        if !wanted.is_empty() && !outputs.iter().any(|output| is_called(output, wanted)) {
            return Err(Status::new(StatusCode::NoSuchOutput, wanted));
        }
        self.state().darken();
        let connected: Vec<_> = outputs
            .iter()
            .filter(|output| output.connected)
            .map(|output| output.connector.as_str())
            .collect();
        Err(Status::new(StatusCode::NoActiveOutput, connected.join(", ")))
    }

    /// Closes every card, so that the kernel's console can come back when its last user leaves.
    pub(super) fn close(&self) {
        *self.state() = State::default();
    }

    fn each<T>(&self, mut ask: impl FnMut(&Card) -> io::Result<T>) -> Result<Vec<T>, Status> {
        let cards = self.cards();
        let mut answers = Vec::with_capacity(cards.len());
        let mut failure = None;
        for card in &cards {
            match ask(card) {
                Ok(answer) => answers.push(answer),
                Err(error) => failure = Some(self.give_up(card, &error)),
            }
        }
        if !answers.is_empty() {
            return Ok(answers);
        }
        let refusal = self.state().refusal.clone();
        Err(failure.or(refusal).unwrap_or_else(|| Status::new(StatusCode::NoCard, CARDS)))
    }

    fn cards(&self) -> Vec<Arc<Card>> {
        let mut state = self.state();
        if state.open.is_empty() {
            state.rescan();
        }
        state.open.clone()
    }

    fn rescan(&self) {
        self.state().rescan();
    }

    /// Closes a card that no longer answers; it is opened again when it is still there.
    fn give_up(&self, card: &Arc<Card>, error: &io::Error) -> Status {
        self.state().open.retain(|other| !Arc::ptr_eq(other, card));
        device_status(error, "its outputs")
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // The list stays whole whatever panicked beside it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The kernel brings its console back when the last user of a card leaves, and that must not be kept from it by
    /// somebody who only looks: once in each darkness all cards are closed, to be opened again by the next question.
    fn darken(&mut self) {
        if !std::mem::replace(&mut self.dark, true) {
            self.open.clear();
            self.scanned = None;
        }
    }

    fn rescan(&mut self) {
        if self.scanned.is_some_and(|at| at.elapsed() < RESCAN) {
            return;
        }
        self.scanned = Some(Instant::now());
        self.refusal = None;
        let nodes = nodes();
        self.open.retain(|card| nodes.iter().any(|(_, device)| *device == card.device()));
        for (path, device) in nodes {
            if self.open.iter().any(|card| card.device() == device) || self.open.len() >= MAX_CARDS {
                continue;
            }
            match Card::open(&path).and_then(|card| card.outputs().map(|outputs| (card, outputs))) {
                // A card without connectors only renders.
                Ok((card, outputs)) if !outputs.is_empty() => self.open.push(Arc::new(card)),
                Ok(_) => {}
                // Likewise for a card whose driver knows no displays at all.
                Err(error) if error.raw_os_error() == Some(nix::libc::EOPNOTSUPP) => {}
                Err(error) => self.refusal = Some(device_status(&error, &path.to_string_lossy())),
            }
        }
    }
}

/// A failed call as the client learns of it.
pub(super) fn device_status(error: &io::Error, detail: &str) -> Status {
    let errno = error.raw_os_error().and_then(|errno| u16::try_from(errno).ok()).unwrap_or(0);
    Status { code: StatusCode::Device, errno, detail: detail.to_owned() }
}

/// Whether an output is the one that goes by a name: its connector, or its monitor with or without the monitor's name.
fn is_called(output: &Output, wanted: &str) -> bool {
    let identity = output.monitor.split(' ').next().unwrap_or_default();
    wanted.is_empty() || [output.connector.as_str(), output.monitor.as_str(), identity].contains(&wanted)
}

/// Card nodes with their device numbers, in the order of their numbers.
fn nodes() -> Vec<(PathBuf, u64)> {
    let entries = Path::new(CARDS).read_dir().into_iter().flatten().flatten();
    let mut nodes: Vec<(u32, PathBuf, u64)> = entries
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.strip_prefix("card")?.parse().ok()?;
            Some((number, entry.path(), entry.metadata().ok()?.st_rdev()))
        })
        .collect();
    nodes.sort_unstable();
    nodes.into_iter().map(|(_, path, device)| (path, device)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(connector: &str, monitor: &str) -> Output {
        Output {
            connector: connector.into(),
            driver: "vkms".into(),
            monitor: monitor.into(),
            connected: true,
            active: true,
            width: 1,
            height: 1,
            refresh_mhz: 60_000,
        }
    }

    #[test]
    fn an_output_answers_to_its_connector_and_to_its_monitor() {
        let output = output("HDMI-A-1", "DEL-A0C4-3030304C DELL U2415");
        for name in ["", "HDMI-A-1", "DEL-A0C4-3030304C", "DEL-A0C4-3030304C DELL U2415"] {
            assert!(is_called(&output, name), "{name}");
        }
        for name in ["HDMI-A-2", "HDMI-A", "DEL", "DELL U2415"] {
            assert!(!is_called(&output, name), "{name}");
        }
    }

    #[test]
    fn an_output_without_a_monitor_answers_to_its_connector_only() {
        assert!(!is_called(&output("DP-1", ""), "DP"));
        assert!(is_called(&output("DP-1", ""), "DP-1"));
    }
}
