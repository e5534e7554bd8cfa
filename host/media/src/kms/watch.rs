//! When a client gets its next frame.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::time::{ClockId, clock_gettime};

use super::card::{CaptureError, Captured, Card, Route, Scene};
use super::cards::{Cards, device_status};
use super::protocol::{Frame, Reply, Status, StatusCode};

/// How often a driver without vertical blanks is asked whether buffers have changed. A question costs microseconds.
const POLL: Duration = Duration::from_millis(1);

/// After how many of these questions everything else is looked at, too: the cursor, and the mode.
const POLLS: u32 = 8;

/// How often a screen without a picture is looked at again.
const DARK_POLL: Duration = Duration::from_millis(50);

/// How many framebuffers may vanish under the hand before that counts as an answer.
const MAX_CHASES: u32 = 8;

/// One client's view of one output.
#[derive(Default)]
pub(super) struct Watch {
    way: Option<Way>,
    last: Option<(Scene, Instant)>,
}

struct Way {
    card: Arc<Card>,
    route: Route,
    wanted: String,
    has_vblank: bool,
}

impl Watch {
    /// The next frame of the output `wanted`, or why there is none within `wait`. The same buffers again are a frame
    /// once they are `repeat` old.
    pub(super) fn next(
        &mut self,
        cards: &Cards,
        wanted: &str,
        wait: Duration,
        repeat: Duration,
    ) -> (Reply, Vec<OwnedFd>) {
        let deadline = Instant::now() + wait;
        let mut chases = 0;
        let mut blank = None;
        loop {
            let now = Instant::now();
            let status = match self.look(cards, wanted) {
                Ok(scene) => {
                    let same = self.last.as_ref().is_some_and(|(last, _)| *last == scene);
                    let due = self.last.as_ref().map_or(now, |(_, at)| *at + repeat);
                    if same && now < due {
                        if now >= deadline {
                            return (Reply::Unchanged, Vec::new());
                        }
                        blank = self.pause(due.min(deadline));
                        continue;
                    }
                    match self.take(scene, same, blank) {
                        Ok(frame) => return frame,
                        Err(CaptureError::Gone) if chases < MAX_CHASES => {
                            chases += 1;
                            continue;
                        }
                        Err(error) => capture_status(&error),
                    }
                }
                Err(status) => status,
            };
            self.way = None;
            self.last = None;
            // Only darkness may end by itself within the wait.
            if status.code != StatusCode::NoActiveOutput || Instant::now() >= deadline {
                return (Reply::Status(status), Vec::new());
            }
            std::thread::sleep(DARK_POLL.min(deadline.saturating_duration_since(Instant::now())));
        }
    }

    fn look(&mut self, cards: &Cards, wanted: &str) -> Result<Scene, Status> {
        if let Some(way) = self.way.take_if(|way| way.wanted == wanted)
            && let Ok(Some(scene)) = way.card.scene(&way.route)
        {
            self.way = Some(way);
            if self.last.is_none_or(|(last, _)| last.same_mode(&scene)) {
                return Ok(scene);
            }
        }
        // The way was lost, or its mode has changed and with it what is said of the output.
        let (card, route, scene) = cards.route(wanted)?;
        self.way = Some(Way { card, route, wanted: wanted.to_owned(), has_vblank: true });
        Ok(scene)
    }

    fn take(
        &mut self,
        scene: Scene,
        same_buffers: bool,
        blank: Option<Duration>,
    ) -> Result<(Reply, Vec<OwnedFd>), CaptureError> {
        let way = self.way.as_ref().ok_or(CaptureError::Gone)?;
        let captured_at_ns = blank.and_then(unix_time_of).unwrap_or_else(unix_now);
        let Captured { primary, cursor, descriptors } = way.card.capture(&scene)?;
        let frame = Frame { output: way.route.output.clone(), captured_at_ns, same_buffers, primary, cursor };
        self.last = Some((scene, Instant::now()));
        Ok((Reply::Frame(Box::new(frame)), descriptors))
    }

    /// Waits for the next vertical blank, or for a moment where there are none. Says when the blank was, on the
    /// monotonic clock.
    fn pause(&mut self, until: Instant) -> Option<Duration> {
        if let Some(way) = self.way.as_mut().filter(|way| way.has_vblank) {
            match way.card.await_vblank(&way.route) {
                Ok(time) => return time,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return None,
                Err(_) => way.has_vblank = false,
            }
        }
        let moment = || POLL.min(until.saturating_duration_since(Instant::now()));
        for _ in 0..POLLS {
            std::thread::sleep(moment());
            let flipped = match (&self.way, &self.last) {
                (Some(way), Some((scene, _))) => way.card.has_flipped(&way.route, scene),
                _ => true,
            };
            if flipped || Instant::now() >= until {
                break;
            }
        }
        None
    }
}

fn capture_status(error: &CaptureError) -> Status {
    match error {
        CaptureError::CapabilityMissing => Status::new(StatusCode::CapabilityMissing, ""),
        CaptureError::Gone => Status::new(StatusCode::NoActiveOutput, ""),
        CaptureError::Device(error) => device_status(error, "its framebuffer"),
    }
}

fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, as_nanos)
}

/// A moment of the monotonic clock on the wall clock, if it lies in the past.
fn unix_time_of(monotonic: Duration) -> Option<u64> {
    let now = Duration::from(clock_gettime(ClockId::CLOCK_MONOTONIC).ok()?);
    unix_now().checked_sub(as_nanos(now.checked_sub(monotonic)?))
}

fn as_nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
