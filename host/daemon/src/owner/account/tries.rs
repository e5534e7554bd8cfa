//! Giving the password.

use std::net::IpAddr;
use std::time::Duration;

use punktfunk_trust::Now;

use super::super::neighbour::Neighbour;
use super::super::password::{Checked, PasswordHash};
use super::super::record::{OwnerEvent, OwnerHappening};
use super::super::secret::Digest;
use super::super::session::Browser;
use super::super::state::{ShortId, Standing, State};
use super::{Account, Entered, SlowDown, Unsaved, whole_seconds};

/// Who gives a password, and by that whose wrong tries count for him.
#[derive(Debug, Clone, Copy)]
pub enum From<'a> {
    /// A browser that is not signed in.
    Outside {
        /// Where it asks from.
        source: IpAddr,
        /// The cookie of a browser that signed in before, if it has one.
        known: Option<&'a str>,
    },
    /// A browser that is signed in.
    Inside {
        /// Where it asks from.
        source: IpAddr,
        /// Its session.
        session: ShortId,
    },
}

/// Why a password was of no use.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    /// The box has no owner.
    #[error("this box has no owner yet: claim it first")]
    Unclaimed,
    /// The session is over.
    #[error("this browser is signed in no more: sign in again")]
    SignedOut,
    /// Too soon after a wrong one.
    #[error(transparent)]
    SlowDown(#[from] SlowDown),
    /// It is wrong.
    #[error("this is not the password; the next try counts in {} s", whole_seconds(*.wait))]
    Wrong {
        /// How long the next try has to wait.
        wait: Duration,
    },
    /// It is right, but what it opens could not be saved.
    #[error(transparent)]
    Unsaved(#[from] Unsaved),
}

/// One try, paid for. It still has to be [checked](Self::check), which is slow.
#[derive(Debug)]
pub struct Attempt {
    hash: PasswordHash,
    lane: Lane,
    source: IpAddr,
    generation: u64,
}

/// Where tries are counted.
#[derive(Debug, Clone, Copy)]
enum Lane {
    Stranger(Neighbour),
    Known(Digest),
    Session(ShortId),
}

impl Attempt {
    /// Compares. Takes as long as hashing a password.
    #[must_use]
    pub fn check(self, password: &str) -> Checked {
        Checked { is_right: self.hash.is_of(password), attempt: self }
    }
}

impl Account {
    /// Somebody wants to give the password. It costs him a try, which a right one gives back.
    ///
    /// # Errors
    /// He has to wait, or there is nothing to try.
    pub fn attempt(&mut self, now: Now, from: From<'_>) -> Result<Attempt, TryError> {
        let Standing::Claimed { password } = &self.state.standing else { return Err(TryError::Unclaimed) };
        let hash = password.clone();
        let (lane, source) = self.state.lane(from)?;
        let wait = self.state.wait(now, lane);
        if !wait.is_zero() {
            return Err(SlowDown { wait }.into());
        }
        let ((), saved) = self.change_at_once(now, |state| state.charge(now, lane));
        if let Err(error) = saved {
            tracing::warn!(
                "how often a wrong password was given is remembered until the next restart only: {error}"
            );
        }
        Ok(Attempt { hash, lane, source, generation: self.generation })
    }

    /// Signs a browser in; the session that it had before ends.
    ///
    /// # Errors
    /// The password is wrong, or the session could not be saved.
    pub fn sign_in(
        &mut self,
        now: Now,
        checked: &Checked,
        browser: Browser,
        before: Option<ShortId>,
    ) -> Result<Entered, TryError> {
        self.judge(now, checked)?;
        let label = browser.label.clone();
        let (lane, source) = (checked.attempt.lane, checked.attempt.source);
        // it was right, whatever the disk says
        self.state.forgive(lane);
        let entered = self.change(now, |state, random, time| {
            state.sessions.retain(|session| Some(session.id) != before);
            let known = if let Lane::Known(digest) = lane { Some(digest) } else { None };
            state.enter(browser, known, random, time)
        })?;
        self.tell(OwnerEvent::SignedIn { session: entered.session });
        self.note(now, OwnerHappening::SignedIn, Some(source), Some(label), None);
        Ok(entered)
    }

    /// A signed-in browser has given the password again.
    ///
    /// # Errors
    /// It is wrong, or the browser is signed in no more.
    pub fn prove(&mut self, now: Now, checked: &Checked, session: ShortId) -> Result<(), TryError> {
        self.judge(now, checked)?;
        let time = self.clock.read(now);
        let lane = checked.attempt.lane;
        let session = self.state.sessions.iter_mut().find(|other| other.id == session);
        session.ok_or(TryError::SignedOut)?.proven = time;
        let ((), saved) = self.change_at_once(now, |state| state.forgive(lane));
        if let Err(error) = saved {
            tracing::warn!("that the password was proven is remembered until the next restart only: {error}");
        }
        Ok(())
    }

    /// Puts another password in the place of the one that was given; every other browser is signed out.
    ///
    /// # Errors
    /// The one that was given is wrong, or it could not be saved; then the password stays.
    pub fn change_password(
        &mut self,
        now: Now,
        checked: &Checked,
        password: PasswordHash,
        browser: Browser,
    ) -> Result<Entered, TryError> {
        self.judge(now, checked)?;
        let label = browser.label.clone();
        let source = browser.source;
        self.state.forgive(checked.attempt.lane);
        let entered = self.change(now, |state, random, time| {
            state.standing = Standing::Claimed { password };
            state.known.clear();
            state.sessions.clear();
            state.enter(browser, None, random, time)
        })?;
        self.generation += 1;
        self.tell(OwnerEvent::PasswordChanged);
        self.tell(OwnerEvent::SignedIn { session: entered.session });
        self.note(now, OwnerHappening::PasswordChanged, Some(source), Some(label), None);
        Ok(entered)
    }

    /// Whether a try was right; a wrong one is already paid for.
    pub(in crate::owner) fn judge(&mut self, now: Now, checked: &Checked) -> Result<(), TryError> {
        let attempt = &checked.attempt;
        if !self.is_claimed() {
            return Err(TryError::Unclaimed);
        }
        if let Lane::Session(session) = attempt.lane
            && !self.state.sessions.iter().any(|other| other.id == session)
        {
            return Err(TryError::SignedOut);
        }
        if checked.is_right && attempt.generation == self.generation {
            return Ok(());
        }
        self.note(now, OwnerHappening::WrongPassword, Some(attempt.source), None, None);
        Err(TryError::Wrong { wait: self.state.wait(now, attempt.lane) })
    }
}

impl State {
    fn lane(&self, from: From<'_>) -> Result<(Lane, IpAddr), TryError> {
        match from {
            From::Inside { source, session } => match self.sessions.iter().any(|other| other.id == session) {
                true => Ok((Lane::Session(session), source)),
                false => Err(TryError::SignedOut),
            },
            From::Outside { source, known } => {
                let digest = known.map(Digest::of);
                let known = digest.filter(|digest| self.known.iter().any(|known| known.digest == *digest));
                Ok((known.map_or(Lane::Stranger(source.into()), Lane::Known), source))
            }
        }
    }

    fn wait(&self, now: Now, lane: Lane) -> Duration {
        match lane {
            Lane::Stranger(neighbour) => self.strangers.wait(now, neighbour),
            Lane::Known(digest) => {
                let known = self.known.iter().find(|known| known.digest == digest);
                known.map_or(Duration::ZERO, |known| known.tries.wait(now))
            }
            Lane::Session(id) => {
                let session = self.sessions.iter().find(|session| session.id == id);
                session.map_or(Duration::ZERO, |session| session.tries.wait(now))
            }
        }
    }

    fn charge(&mut self, now: Now, lane: Lane) {
        match lane {
            Lane::Stranger(neighbour) => self.strangers.charge(now, neighbour),
            Lane::Known(digest) => {
                self.known
                    .iter_mut()
                    .filter(|known| known.digest == digest)
                    .for_each(|known| known.tries.charge(now));
            }
            Lane::Session(id) => {
                self.sessions
                    .iter_mut()
                    .filter(|session| session.id == id)
                    .for_each(|session| session.tries.charge(now));
            }
        }
    }

    fn forgive(&mut self, lane: Lane) {
        match lane {
            Lane::Stranger(neighbour) => self.strangers.forgive(neighbour),
            Lane::Known(digest) => {
                let known = self.known.iter_mut().filter(|known| known.digest == digest);
                known.for_each(|known| known.tries = Default::default());
            }
            Lane::Session(id) => {
                let session = self.sessions.iter_mut().filter(|session| session.id == id);
                session.for_each(|session| session.tries = Default::default());
            }
        }
    }
}
