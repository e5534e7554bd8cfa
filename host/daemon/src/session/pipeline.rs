//! The thread of a session: pictures in, access units out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use punktfunk_media::{
    EncodeError, Encoded, Encoder, EncoderSpec, Picture, SourceSpec, Thumbnail, Want, heap, open_encoder,
};

use super::AccessUnit;
use super::screen::Screen;
use super::session::Session;
use crate::app::unix_ns;

/// How long the thread sleeps at a time while nobody looks.
const UNWATCHED_WAIT: Duration = Duration::from_millis(500);
/// How long a source may keep the thread without a picture, so that orders are seen in time.
const PICTURE_WAIT: Duration = Duration::from_millis(50);
/// The least time between two IDRs: requests from several viewers become one, and a hostile one cannot fill the link.
const IDR_GAP: Duration = Duration::from_millis(100);
/// How often a picture that stands still is sent again, at the most: it gets sharper, and a viewer that has lost its last
/// change learns of it.
const REPEAT_EVERY: Duration = Duration::from_millis(250);
/// How often the session's description of its source is brought up to date.
const DESCRIBE_EVERY: Duration = Duration::from_millis(500);
/// Failures in a row after which an encoder is given up and the session ends.
const MAX_FAILURES: u32 = 5;

/// Threads of sessions at work, of all hosts in this process: its heap is theirs together.
static AT_WORK: AtomicUsize = AtomicUsize::new(0);

/// Starts the thread. How opening the encoder went is told through the session.
pub(super) fn spawn(session: &Arc<Session>, source: SourceSpec) {
    let worker = Arc::clone(session);
    let name = format!("session-{}", session.id());
    let work = move || {
        let _at_work = AtWork::new();
        let worked = catch_unwind(AssertUnwindSafe(|| run(&worker, source)));
        if worked.is_err() {
            let failure = "the session broke down; the host's log says where";
            worker.set_ready(Err(failure.to_owned()));
            worker.end(Some(failure.to_owned()));
        }
    };
    if let Err(error) = thread::Builder::new().name(name).spawn(work) {
        session.set_ready(Err(format!("the session's thread could not start: {error}; end another session")));
    }
}

/// A thread of a session at work. What the last of them has freed goes back to the system.
pub(super) struct AtWork;

impl AtWork {
    pub(super) fn new() -> Self {
        AT_WORK.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        if AT_WORK.fetch_sub(1, Ordering::Relaxed) == 1 {
            heap::give_back();
        }
    }
}

fn run(session: &Session, source: SourceSpec) {
    let profile = session.profile();
    let mut spec = EncoderSpec {
        width: profile.width,
        height: profile.height,
        refresh_hz: profile.refresh_hz,
        bitrate_kbps: session.orders(Duration::ZERO).kbps,
        codec: profile.codec,
        max_slices: session.max_slices(),
    };
    let encoder = match open_encoder(&spec) {
        Ok(encoder) => encoder,
        Err(error) => return session.set_ready(Err(error.to_string())),
    };
    session.set_ready(Ok(encoder.describe()));
    let mut work = Work {
        encoder,
        screen: Screen::open(source, (profile.width, profile.height), session.film().clone()),
        pace: Pace::new(profile.refresh_hz),
        repeat_after: repeat_after(profile.refresh_hz),
        last_idr: None,
        last_unit: None,
        described: None,
        failures: 0,
    };
    loop {
        let orders = session.orders(UNWATCHED_WAIT);
        if orders.ended {
            break;
        }
        if !orders.watched {
            continue;
        }
        if orders.kbps != spec.bitrate_kbps {
            spec.bitrate_kbps = orders.kbps;
            work.encoder.set_bitrate(orders.kbps);
        }
        if orders.snapshot {
            let shown = work.encoder.last_picture();
            session.give_snapshot(shown.and_then(|picture| Thumbnail::of(&picture).ok()));
        }
        if let Err(error) = work.turn(session, orders.idr) {
            tracing::warn!(session = session.id(), %error, "encoding failed");
            if let Err(error) = work.recover(&spec, error) {
                session.end(Some(error.to_string()));
                break;
            }
        }
    }
    tracing::debug!(session = session.id(), "the session's source and encoder are closed");
}

struct Work {
    encoder: Box<dyn Encoder>,
    screen: Screen,
    pace: Pace,
    repeat_after: Duration,
    last_idr: Option<Instant>,
    last_unit: Option<Instant>,
    described: Option<Instant>,
    failures: u32,
}

impl Work {
    /// One picture from the source to the viewers, or none when nothing new came.
    fn turn(&mut self, session: &Session, idr_wanted: bool) -> Result<(), EncodeError> {
        let idr = idr_wanted && self.last_idr.is_none_or(|last| last.elapsed() >= IDR_GAP);
        let want = if idr { Want::Idr } else { Want::Any };
        let (encoder, pace) = (&mut self.encoder, &mut self.pace);
        let shown = self.screen.next(PICTURE_WAIT, |picture| {
            // a source faster than the client's rate: this picture is one too many
            if pace.take(Instant::now()) {
                encode(encoder.as_mut(), picture, want).map(Some)
            } else {
                Ok(None)
            }
        });
        if self.described.is_none_or(|at| at.elapsed() >= DESCRIBE_EVERY) {
            self.described = Some(Instant::now());
            session.show_source(self.screen.name(), self.screen.fault().cloned());
        }
        let unit = match shown {
            Some(outcome) => outcome?,
            // the screen stands still
            None if idr || self.last_unit.is_some_and(|at| at.elapsed() >= self.repeat_after) => {
                again(self.encoder.as_mut(), want)?
            }
            None => None,
        };
        if let Some(unit) = unit {
            self.failures = 0;
            self.last_unit = Some(Instant::now());
            if unit.idr {
                self.last_idr = self.last_unit;
            }
            session.publish(&Arc::new(unit));
        }
        Ok(())
    }

    /// Opens the encoder again, unless that has not helped before.
    fn recover(&mut self, spec: &EncoderSpec, error: EncodeError) -> Result<(), EncodeError> {
        self.failures += 1;
        if self.failures >= MAX_FAILURES {
            return Err(error);
        }
        thread::sleep(IDR_GAP);
        self.encoder = open_encoder(spec)?;
        Ok(())
    }
}

/// How long after a picture it is sent again. A source that gives as many pictures as were granted is never thought to stand
/// still, or more would be sent than that.
fn repeat_after(refresh_hz: u32) -> Duration {
    REPEAT_EVERY.max(Duration::from_secs(1) * 3 / 2 / refresh_hz.max(1))
}

fn encode(encoder: &mut dyn Encoder, picture: &Picture<'_>, want: Want) -> Result<AccessUnit, EncodeError> {
    encoder.encode(picture, want).map(|encoded| unit(&encoded, picture.captured_at_ns))
}

fn again(encoder: &mut dyn Encoder, want: Want) -> Result<Option<AccessUnit>, EncodeError> {
    Ok(encoder.encode_again(want)?.map(|encoded| unit(&encoded, unix_ns())))
}

fn unit(encoded: &Encoded<'_>, captured_at_ns: u64) -> AccessUnit {
    AccessUnit {
        bytes: encoded.data.to_vec(),
        idr: encoded.idr,
        captured_at_ns,
        encoded_at_ns: unix_ns(),
        encode_us: u32::try_from((encoded.convert + encoded.encode).as_micros()).unwrap_or(u32::MAX),
    }
}

/// Lets through at most as many pictures a second as the client shows.
struct Pace {
    interval: Duration,
    due: Option<Instant>,
}

impl Pace {
    fn new(refresh_hz: u32) -> Self {
        Self { interval: Duration::from_secs(1) / refresh_hz.max(1), due: None }
    }

    /// Whether a picture at `now` is within the rate; a little early is fine, or a source at the very same rate would
    /// lose pictures to jitter.
    fn take(&mut self, now: Instant) -> bool {
        let due = self.due.unwrap_or(now);
        if now + self.interval / 2 < due {
            return false;
        }
        let next = due + self.interval;
        self.due = Some(if next < now { now + self.interval } else { next });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(source_hz: u32, client_hz: u32) -> usize {
        let start = Instant::now();
        let mut pace = Pace::new(client_hz);
        (0..source_hz).filter(|n| pace.take(start + Duration::from_secs(1) / source_hz * *n)).count()
    }

    #[test]
    fn a_source_faster_than_the_client_is_thinned_out() {
        assert!((59..=61).contains(&taken(144, 60)), "{}", taken(144, 60));
        assert!((29..=31).contains(&taken(60, 30)), "{}", taken(60, 30));
    }

    #[test]
    fn nothing_is_sent_again_before_the_next_picture_is_due() {
        for refresh_hz in 1..=240 {
            assert!(repeat_after(refresh_hz) > Duration::from_secs(1) / refresh_hz);
        }
        assert_eq!((repeat_after(60), repeat_after(1)), (REPEAT_EVERY, Duration::from_millis(1500)));
    }

    #[test]
    fn a_source_at_the_clients_rate_or_below_loses_nothing() {
        assert_eq!(taken(60, 60), 60);
        assert_eq!(taken(30, 60), 30);
    }
}
