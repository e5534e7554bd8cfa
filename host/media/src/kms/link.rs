//! The client's end of the broker's socket.

use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::error::ScreenError;
use super::protocol::{Frame, Output, Reply, Request};
use super::socket;

/// How much longer than asked a broker may take before it counts as stuck.
const GRACE: Duration = Duration::from_secs(2);

/// The first pause after a failed connection; each further one is twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);

const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A connection that is made when needed and made again when lost.
pub(super) struct Link {
    path: PathBuf,
    stream: Option<OwnedFd>,
    pause: Duration,
    not_before: Option<Instant>,
}

impl Link {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, stream: None, pause: FIRST_PAUSE, not_before: None }
    }

    /// The outputs of the machine.
    pub(super) fn outputs(&mut self) -> Result<Vec<Output>, ScreenError> {
        match self.ask(&Request::List, Duration::ZERO)? {
            (Reply::Outputs(outputs), _) => Ok(outputs),
            (Reply::Status(status), _) => Err(status.into()),
            _ => Err(self.lost(io::ErrorKind::InvalidData.into())),
        }
    }

    /// The next frame with its descriptors, or `None` when there was none within `wait`.
    pub(super) fn next(
        &mut self,
        output: &str,
        wait: Duration,
        repeat: Duration,
    ) -> Result<Option<(Frame, Vec<OwnedFd>)>, ScreenError> {
        match self.ask(&Request::Next { output: output.to_owned(), wait, repeat }, wait)? {
            (Reply::Frame(frame), descriptors) => Ok(Some((*frame, descriptors))),
            (Reply::Unchanged, _) => Ok(None),
            (Reply::Status(status), _) => Err(status.into()),
            (Reply::Outputs(_), _) => Err(self.lost(io::ErrorKind::InvalidData.into())),
        }
    }

    fn ask(&mut self, request: &Request, wait: Duration) -> Result<(Reply, Vec<OwnedFd>), ScreenError> {
        self.connect(wait)?;
        let stream =
            self.stream.take().ok_or_else(|| ScreenError::Broken(io::ErrorKind::NotConnected.into()))?;
        let answer = socket::send(&stream, &request.encode(), &[])
            .and_then(|()| socket::receive(&stream, wait + GRACE))
            .and_then(|packet| packet.ok_or_else(|| io::ErrorKind::ConnectionReset.into()));
        let packet = answer.map_err(|error| self.lost(error))?;
        let reply = Reply::decode(&packet.bytes, packet.descriptors.len())?;
        self.stream = Some(stream);
        Ok((reply, packet.descriptors))
    }

    fn connect(&mut self, wait: Duration) -> Result<(), ScreenError> {
        if self.stream.is_some() {
            return Ok(());
        }
        if let Some(moment) = self.not_before {
            std::thread::sleep(moment.saturating_duration_since(Instant::now()).min(wait));
        }
        match socket::connect(&self.path) {
            Ok(stream) => {
                self.stream = Some(stream);
                self.pause = FIRST_PAUSE;
                self.not_before = None;
                Ok(())
            }
            Err(source) => {
                self.not_before = Some(Instant::now() + self.pause);
                self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                Err(ScreenError::NoBroker { path: self.path.clone(), source })
            }
        }
    }

    fn lost(&mut self, error: io::Error) -> ScreenError {
        self.stream = None;
        self.not_before = Some(Instant::now() + self.pause);
        ScreenError::Broken(error)
    }
}
