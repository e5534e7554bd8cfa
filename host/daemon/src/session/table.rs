//! Which sessions are running, and who watches which.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use punktfunk_media::{Codec, SourceSpec};

use super::pipeline;
use super::session::{Profile, Session, SessionView};
use super::slot::Slot;

/// Why a viewer got no session.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// As many devices as the policy allows are streaming.
    #[error(
        "this host already streams to {limit} devices; end one of those streams or raise limits.sessions in the policy"
    )]
    Busy {
        /// The policy's limit.
        limit: usize,
    },
    /// No encoder could be opened for the mode.
    #[error("{0}")]
    Encoder(String),
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
    /// Devices that may stream at once, over all sessions.
    pub limit: usize,
}

/// The sessions of the host.
#[derive(Debug, Default)]
pub struct SessionTable {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    sessions: Vec<Arc<Session>>,
    seats: usize,
    last_session: u64,
    last_viewer: u64,
}

/// One viewer's place in a session; leaving is dropping it. The last one out ends the session.
#[derive(Debug)]
pub struct Seat {
    table: Arc<SessionTable>,
    session: Arc<Session>,
    viewer: u64,
}

impl SessionTable {
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
        Ok(seat)
    }

    /// What is running now, oldest first.
    pub fn list(&self) -> Vec<SessionView> {
        self.lock().sessions.iter().map(|session| session.view()).collect()
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
        if inner.seats - usize::from(moving) >= wish.limit {
            return Err(JoinError::Busy { limit: wish.limit });
        }
        inner.seats += 1;
        inner.last_viewer += 1;
        let viewer = inner.last_viewer;
        let running = inner.sessions.iter().find(|session| session.fits(&wish.profile, wish.max_slices));
        let (session, fresh) = match running {
            Some(session) => (Arc::clone(session), false),
            None => {
                inner.last_session += 1;
                let session = Arc::new(Session::new(inner.last_session, wish.profile, wish.max_slices));
                inner.sessions.push(Arc::clone(&session));
                (session, true)
            }
        };
        session.add_viewer(viewer, Arc::clone(slot), wish.video_kbps);
        Ok((Seat { table: Arc::clone(self), session, viewer }, fresh))
    }

    fn leave(&self, session: &Arc<Session>, viewer: u64) {
        let mut inner = self.lock();
        inner.seats -= 1;
        if session.remove_viewer(viewer) == 0 {
            inner.sessions.retain(|other| !Arc::ptr_eq(other, session));
            session.end(None);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Changes what this viewer's link may carry; the session takes the lowest of all its viewers.
    pub fn set_video_kbps(&self, kbps: u32) {
        self.session.set_viewer_kbps(self.viewer, kbps);
    }

    /// The codec on the wire.
    pub fn codec(&self) -> Codec {
        self.session.profile().codec
    }

    /// Why the session ended by itself, once it has.
    pub fn failure(&self) -> Option<String> {
        self.session.failure()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.table.leave(&self.session, self.viewer);
    }
}
