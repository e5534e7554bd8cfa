//! Browsers that are signed in.

use std::net::IpAddr;
use std::time::Duration;

use punktfunk_trust::{Actor, Now, Randomness, UnixSeconds};

use super::super::delay::Tries;
use super::super::record::OwnerHappening;
use super::super::secret::{Digest, Secret};
use super::super::session::{Browser, KNOWN, Known, SESSIONS, Session, SessionInfo};
use super::super::state::{ShortId, State};
use super::{Account, Entered, Unsaved};

/// A way in was to be closed.
#[derive(Debug, thiserror::Error)]
pub enum EndError {
    /// There is none of that id.
    #[error("there is no such entry any more; look at the list again")]
    NotFound,
    /// It is closed, but could not be saved as closed; that is tried again by itself.
    #[error("it is closed now, but after a restart it would be open again: {0}")]
    Unsaved(#[from] Unsaved),
}

impl Account {
    /// The session that a cookie opens. Whoever asks was seen by that.
    pub fn session(&mut self, now: Now, cookie: &str, source: IpAddr) -> Option<ShortId> {
        let time = self.clock.read(now);
        let digest = Digest::of(cookie);
        let session = self.state.sessions.iter_mut().find(|session| session.digest == digest)?;
        if session.is_over(time) {
            return None;
        }
        let id = session.id;
        if (session.seen, session.source) != (time, source) {
            (session.seen, session.source) = (time, source);
            self.save_soon(now);
        }
        Some(id)
    }

    /// Whether a session goes on.
    pub fn has_session(&mut self, now: Now, session: ShortId) -> bool {
        let time = self.clock.read(now);
        self.state.sessions.iter().any(|other| other.id == session && !other.is_over(time))
    }

    /// How long the last proof of the password holds yet in a session, when one holds for `reauth`.
    pub fn proven_for(&mut self, now: Now, session: ShortId, reauth: Duration) -> Duration {
        let time = self.clock.read(now);
        let session = self.state.sessions.iter().find(|other| other.id == session);
        session.map_or(Duration::ZERO, |session| reauth.saturating_sub(time.since(session.proven)))
    }

    /// Every browser that is signed in, the one that was seen last first.
    pub fn sessions(&mut self, now: Now) -> Vec<SessionInfo> {
        let time = self.clock.read(now);
        let running = self.state.sessions.iter().filter(|session| !session.is_over(time));
        let mut sessions: Vec<_> = running.map(Session::info).collect();
        sessions.sort_by_key(|session| std::cmp::Reverse(session.last_seen));
        sessions
    }

    /// A browser signs out.
    ///
    /// # Errors
    /// [`EndError::Unsaved`]; signing out twice is none.
    pub fn sign_out(&mut self, now: Now, session: ShortId, source: IpAddr) -> Result<(), EndError> {
        match self.end(now, session, OwnerHappening::SignedOut, Some(source), None) {
            Err(EndError::NotFound) => Ok(()),
            other => other,
        }
    }

    /// Somebody signs a browser out from elsewhere.
    ///
    /// # Errors
    /// [`EndError`].
    pub fn revoke_session(&mut self, now: Now, session: ShortId, by: Actor) -> Result<(), EndError> {
        self.end(now, session, OwnerHappening::SessionRevoked, None, Some(by))
    }

    fn end(
        &mut self,
        now: Now,
        session: ShortId,
        what: OwnerHappening,
        source: Option<IpAddr>,
        by: Option<Actor>,
    ) -> Result<(), EndError> {
        let (ended, saved) = self.change_at_once(now, |state| {
            let at = state.sessions.iter().position(|other| other.id == session)?;
            Some(state.sessions.remove(at))
        });
        let ended = ended.ok_or(EndError::NotFound)?;
        self.note(now, what, source, Some(ended.label), by);
        Ok(saved?)
    }
}

impl State {
    /// Signs a browser in. `known` is its mark, if it has one.
    pub(super) fn enter(
        &mut self,
        browser: Browser,
        known: Option<Digest>,
        random: &mut dyn Randomness,
        time: UnixSeconds,
    ) -> Entered {
        let session = ShortId::new(random);
        let cookie = Secret::new("", random);
        while self.sessions.len() >= SESSIONS {
            let stalest = self.sessions.iter().enumerate().min_by_key(|(_, session)| session.seen);
            stalest.map(|(at, _)| at).map(|at| self.sessions.remove(at));
        }
        self.sessions.push(Session {
            id: session,
            digest: cookie.digest(),
            label: browser.label,
            source: browser.source,
            created: time,
            seen: time,
            proven: time,
            tries: Tries::default(),
        });
        Entered { session, cookie, known: self.know(known, random, time) }
    }

    /// Remembers a browser; the new mark if it had none.
    fn know(
        &mut self,
        known: Option<Digest>,
        random: &mut dyn Randomness,
        time: UnixSeconds,
    ) -> Option<Secret> {
        if let Some(known) = self.known.iter_mut().find(|other| Some(other.digest) == known) {
            known.since = time;
            return None;
        }
        while self.known.len() >= KNOWN {
            let oldest = self.known.iter().enumerate().min_by_key(|(_, known)| known.since);
            oldest.map(|(at, _)| at).map(|at| self.known.remove(at));
        }
        let mark = Secret::new("", random);
        self.known.push(Known { digest: mark.digest(), since: time, tries: Tries::default() });
        Some(mark)
    }
}
