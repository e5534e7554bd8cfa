//! Which sessions are running, and who watches which.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use punktfunk_media::{SourceSpec, Thumbnail};
use punktfunk_trust::DeviceId;

use super::pipeline;
use super::session::{Profile, Session};
use super::slot::Slot;
use super::sound::{self, SoundWish};
use super::view::SessionView;
use crate::app::Clock;

/// Why a viewer got no session.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// As many devices as the policy allows are streaming.
    #[error(
        "this host already streams to {}; end one of those streams or raise limits.sessions in the policy",
        devices(*.limit)
    )]
    Busy {
        /// The policy's limit.
        limit: usize,
    },
    /// The device streams already, and no place would be left for another.
    #[error(
        "this device already streams, and the last of the {limit} places is kept for another device; end one of its streams or raise limits.sessions in the policy"
    )]
    KeptForOthers {
        /// The policy's limit.
        limit: usize,
    },
    /// No encoder could be opened for the mode.
    #[error("{0}")]
    Encoder(String),
}

fn devices(count: usize) -> String {
    match count {
        1 => "one device".to_owned(),
        more => format!("{more} devices"),
    }
}

/// What a viewer asks of a session.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Mode and codec.
    pub profile: Profile,
    /// Bits that this viewer's link may carry for the video alone, kbit/s.
    pub video_kbps: u32,
    /// Slices per picture that this viewer's decoder takes.
    pub max_slices: u8,
    /// Where the pictures come from.
    pub source: SourceSpec,
    /// Whose viewer it is.
    pub device: DeviceId,
    /// Viewers that there may be at once, over all sessions. A device that has one gets another only while a place stays
    /// free for somebody else.
    pub limit: usize,
    /// What it wants to hear, if anything.
    pub sound: Option<SoundWish>,
}

/// The sessions of the host.
#[derive(Debug)]
pub struct SessionTable {
    clock: Clock,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    sessions: Vec<Arc<Session>>,
    /// Who sits there, one entry for each viewer.
    seats: Vec<DeviceId>,
    last_session: u64,
    last_viewer: u64,
}

/// One viewer's place in a session; leaving is dropping it. The last one out ends the session.
#[derive(Debug)]
pub struct Seat {
    table: Arc<SessionTable>,
    session: Arc<Session>,
    viewer: u64,
    device: DeviceId,
}

impl SessionTable {
    /// Without any session.
    pub fn new(clock: Clock) -> Self {
        Self { clock, inner: Mutex::default() }
    }

    /// Joins the session of this profile, or starts it. Blocks for as long as opening an encoder takes.
    ///
    /// With `moving`, the viewer has a seat that it will give up for this one, and which does not count then.
    ///
    /// # Errors
    /// No free seat, or no encoder for the profile. Nothing is left behind then.
    pub fn join(self: &Arc<Self>, wish: &Wish, slot: &Arc<Slot>, moving: bool) -> Result<Seat, JoinError> {
        let (seat, fresh) = self.take_seat(wish, slot, moving)?;
        if fresh {
            pipeline::spawn(&seat.session, wish.source.clone());
        }
        // dropping the seat on failure empties the table again
        seat.session.wait_until_ready().map_err(JoinError::Encoder)?;
        if let Some(spec) = wish.sound.as_ref().and_then(|wish| seat.session.sound().add(seat.viewer, wish)) {
            sound::spawn(&seat.session, spec);
        }
        Ok(seat)
    }

    /// What is running now, oldest first.
    pub fn list(&self) -> Vec<SessionView> {
        self.lock().sessions.iter().map(|session| session.view()).collect()
    }

    /// A copy of what the oldest session's viewers see; waits up to `wait` for it. `None` without a session that shows its
    /// source.
    pub fn snapshot(&self, wait: Duration) -> Option<Thumbnail> {
        let session = self.lock().sessions.first().cloned()?;
        session.snapshot(wait)
    }

    /// Sessions running.
    pub fn len(&self) -> usize {
        self.lock().sessions.len()
    }

    /// Whether the host is idle.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn take_seat(
        self: &Arc<Self>,
        wish: &Wish,
        slot: &Arc<Slot>,
        moving: bool,
    ) -> Result<(Seat, bool), JoinError> {
        let mut inner = self.lock();
        inner.check_room(wish, moving)?;
        inner.seats.push(wish.device);
        inner.last_viewer += 1;
        let viewer = inner.last_viewer;
        let running = inner.sessions.iter().find(|session| session.fits(wish));
        let (session, fresh) = match running {
            Some(session) => (Arc::clone(session), false),
            None => {
                inner.last_session += 1;
                let session =
                    Arc::new(Session::new(inner.last_session, wish.profile, wish.max_slices, self.clock));
                inner.sessions.push(Arc::clone(&session));
                (session, true)
            }
        };
        session.add_viewer(viewer, Arc::clone(slot), wish.video_kbps);
        Ok((Seat { table: Arc::clone(self), session, viewer, device: wish.device }, fresh))
    }

    fn leave(&self, session: &Arc<Session>, viewer: u64, device: DeviceId) {
        let mut inner = self.lock();
        if let Some(at) = inner.seats.iter().position(|holder| *holder == device) {
            inner.seats.swap_remove(at);
        }
        if session.remove_viewer(viewer) == 0 {
            inner.sessions.retain(|other| !Arc::ptr_eq(other, session));
            session.end(None);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn check_room(&self, wish: &Wish, moving: bool) -> Result<(), JoinError> {
        let limit = wish.limit;
        let taken = self.seats.len() - usize::from(moving);
        if taken >= limit {
            return Err(JoinError::Busy { limit });
        }
        if !moving && self.seats.contains(&wish.device) && taken + 1 >= limit {
            return Err(JoinError::KeptForOthers { limit });
        }
        Ok(())
    }
}

impl Seat {
    /// The session's number, unique while the host runs.
    pub fn session_id(&self) -> u64 {
        self.session.id()
    }

    /// Asks for a picture to start decoding from; several requests within a frame become one.
    pub fn request_idr(&self) {
        self.session.request_idr();
    }

    /// The viewer has opened its slot for sound: it is filled from now on.
    pub fn listen(&self) {
        self.session.sound().wake();
    }

    /// Changes what this viewer's link may carry, kbit/s. `false` when that is too far from what the session's other
    /// viewers wish for: then it counts for no less than half of what it joined with, and the viewer should move.
    pub fn set_video_kbps(&self, kbps: u32) -> bool {
        self.session.set_viewer_kbps(self.viewer, kbps)
    }

    /// Mode and codec.
    pub fn profile(&self) -> Profile {
        self.session.profile()
    }

    /// Why the session ended by itself, once it has.
    pub fn failure(&self) -> Option<String> {
        self.session.failure()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.table.leave(&self.session, self.viewer, self.device);
    }
}

#[cfg(test)]
mod tests {
    use punktfunk_media::Codec;

    use super::*;

    fn device(n: u8) -> DeviceId {
        DeviceId::from_certificate(&[n])
    }

    fn wish(n: u8, limit: usize) -> Wish {
        let profile = Profile { width: 640, height: 360, refresh_hz: 30, codec: Codec::H264 };
        let source = SourceSpec::File("film.mkv".into());
        Wish { profile, video_kbps: 5_000, max_slices: 1, source, device: device(n), limit, sound: None }
    }

    #[test]
    fn a_device_with_a_seat_leaves_the_last_one_to_others() {
        let room = |seats: &[u8], n| {
            let seats = seats.iter().map(|n| device(*n)).collect();
            Inner { seats, ..Inner::default() }.check_room(&wish(n, 3), false)
        };
        assert!(room(&[], 1).is_ok());
        assert!(room(&[1], 1).is_ok());
        assert!(matches!(room(&[1, 1], 1), Err(JoinError::KeptForOthers { limit: 3 })));
        assert!(room(&[1, 1], 2).is_ok());
        assert!(matches!(room(&[1, 1, 2], 3), Err(JoinError::Busy { limit: 3 })));
        let said = |limit| JoinError::Busy { limit }.to_string();
        assert!(said(1).contains("to one device;") && said(3).contains("to 3 devices;"));
    }

    #[test]
    fn a_viewer_that_moves_needs_no_second_seat() {
        for seats in [vec![1], vec![1, 2], vec![1, 1, 2]] {
            let limit = seats.len();
            let seats = seats.into_iter().map(device).collect();
            let inner = Inner { seats, ..Inner::default() };
            assert!(inner.check_room(&wish(1, limit), true).is_ok(), "{limit} of {limit}");
        }
    }
}
