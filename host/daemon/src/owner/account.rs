//! The account as a state machine. Whatever opens a way in is on disk before it is said; whatever closes one holds from
//! the moment it is asked for.

mod claim;
mod sessions;
mod tokens;
mod tries;

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use punktfunk_trust::{Actor, Now, Randomness, UnixSeconds};

use super::claim_code::ClaimCode;
use super::clock::Clock;
use super::record::{Deed, OwnerEvent, OwnerHappening, OwnerRecord, Record};
use super::secret::Secret;
use super::session::Session;
use super::state::{ShortId, Standing, State};

pub use claim::{ClaimError, Claiming};
pub use sessions::EndError;
pub use tokens::LimitError;
pub use tries::{Attempt, From, TryError};

/// Sessions and tokens that are over and whose names are known yet, for the record.
const GONE: usize = 128;
/// When browsers were last seen and tokens last used is saved at least this often.
const SAVE_SEEN_AFTER: Duration = Duration::from_secs(600);

/// Where the account is kept.
pub trait Keeper: Send {
    /// Puts `text` in the place of what was kept before, whole and durably or not at all.
    ///
    /// # Errors
    /// It is not certain what is kept now: this text or the one before.
    fn save(&mut self, text: &[u8]) -> io::Result<()>;
}

/// The account cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// What was kept is damaged, or of another version.
    #[error("{0}")]
    Damaged(String),
    /// A fresh account could not be saved.
    #[error(transparent)]
    Unsaved(#[from] Unsaved),
}

/// It could not be saved.
#[derive(Debug, thiserror::Error)]
#[error("it could not be saved: {0}. Free some space, or look at the disk, and try again")]
pub struct Unsaved(pub(crate) io::Error);

/// The password could not be forgotten.
#[derive(Debug, thiserror::Error)]
#[error(
    "everybody is signed out and every token revoked, but the password still holds, and after a restart all of them may be back: {0}"
)]
pub struct ResetError(#[from] Unsaved);

/// Too soon after a wrong try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many wrong tries: wait {} s and try again", whole_seconds(*.wait))]
pub struct SlowDown {
    /// How long to wait.
    pub wait: Duration,
}

/// Rounded up, so that whoever waits that long has waited long enough.
pub fn whole_seconds(wait: Duration) -> u64 {
    wait.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
}

/// A browser is signed in: what it has to keep.
#[derive(Debug)]
pub struct Entered {
    /// Its session.
    pub session: ShortId,
    /// The cookie that opens the session.
    pub cookie: Secret,
    /// The cookie that marks the browser as known from now on; none if it has one already.
    pub known: Option<Secret>,
}

/// The owner's account.
pub struct Account {
    state: State,
    keeper: Box<dyn Keeper>,
    random: Box<dyn Randomness>,
    clock: Clock,
    /// Changes with the claim code and with the password, so that a try that began before does not count after.
    generation: u64,
    record: Record,
    events: VecDeque<OwnerEvent>,
    /// What sessions and tokens were called that are over; the latest at the back.
    gone: VecDeque<(ShortId, String)>,
    /// Since when something is known that is not on disk.
    unsaved_since: Option<Duration>,
    /// Why the last saving failed, if it did.
    trouble: Option<String>,
}

impl Account {
    /// Opens the account that is kept as `kept`, or makes a fresh one when nothing is kept.
    ///
    /// # Errors
    /// What is kept is damaged; it is never replaced. Or a fresh account cannot be saved.
    pub fn open(
        kept: Option<&[u8]>,
        keeper: Box<dyn Keeper>,
        mut random: Box<dyn Randomness>,
        now: Now,
    ) -> Result<Self, OpenError> {
        let is_fresh = kept.is_none();
        let mut state = match kept {
            Some(bytes) => State::read(bytes).map_err(OpenError::Damaged)?,
            None => State::unclaimed(ClaimCode::new(random.as_mut()), now.wall),
        };
        state.begin(now);
        let clock = Clock::new(now, state.mark);
        let mut account = Self {
            state,
            keeper,
            random,
            clock,
            generation: 0,
            record: Record::default(),
            events: VecDeque::new(),
            gone: VecDeque::new(),
            unsaved_since: None,
            trouble: None,
        };
        if is_fresh {
            account.change(now, |_, _, _| ())?;
        }
        Ok(account)
    }

    /// Whether the box has an owner.
    pub fn is_claimed(&self) -> bool {
        matches!(self.state.standing, Standing::Claimed { .. })
    }

    /// The code that claims the box, as long as it has no owner.
    pub fn claim_code(&self) -> Option<&ClaimCode> {
        match &self.state.standing {
            Standing::Unclaimed { code } => Some(code),
            Standing::Claimed { .. } => None,
        }
    }

    /// Somebody at the box has the password forgotten: the box has no owner, nobody is signed in, no token works, and a
    /// new code claims it.
    ///
    /// # Errors
    /// It could not be saved; then the password stays, and all else holds.
    pub fn reset(&mut self, now: Now, by: Actor) -> Result<ClaimCode, ResetError> {
        let code = self.change(now, |state, random, time| {
            let code = ClaimCode::new(random);
            *state = State::unclaimed(code.clone(), time);
            code
        });
        let code = match code {
            Ok(code) => code,
            Err(unsaved) => {
                self.close_every_way_in(now, by);
                return Err(unsaved.into());
            }
        };
        self.generation += 1;
        self.tell(OwnerEvent::Reset);
        self.note(now, OwnerHappening::Reset, None, None, Some(by));
        Ok(code)
    }

    /// Signs everybody out and revokes every token; saved as soon as that is possible.
    fn close_every_way_in(&mut self, now: Now, by: Actor) {
        let sessions = self.sessions(now);
        let (tokens, _) = self.change_at_once(now, |state| {
            state.sessions.clear();
            state.known.clear();
            std::mem::take(&mut state.tokens)
        });
        self.generation += 1;
        for session in sessions {
            self.note(now, OwnerHappening::SessionRevoked, None, Some(session.label), Some(by));
        }
        for token in tokens {
            self.tell(OwnerEvent::TokenRevoked { token: token.id });
            self.note(now, OwnerHappening::TokenRevoked, None, Some(token.name), Some(by));
        }
    }

    /// Lets time pass: sessions end, and what is not on disk yet is saved. To be called about once a minute.
    pub fn tick(&mut self, now: Now) {
        let time = self.clock.read(now);
        if self.state.sessions.iter().any(|session| session.is_over(time)) {
            let mut next = self.state.clone();
            next.sessions.retain(|session| !session.is_over(time));
            self.adopt(next);
            self.unsaved_since = Some(Duration::ZERO);
        }
        let is_due =
            |since: Duration| since.is_zero() || now.monotonic.saturating_sub(since) >= SAVE_SEEN_AFTER;
        if self.unsaved_since.is_some_and(is_due) {
            // tried again at the next tick
            let _ = self.change(now, |_, _, _| ());
        }
    }

    /// Takes the wall clock for right although it was later before. Everything stays as old as it is: what was over stays
    /// so, and no proof of the password holds longer.
    ///
    /// # Errors
    /// It holds, but could not be saved.
    pub fn accept_clock(&mut self, now: Now) -> Result<(), Unsaved> {
        let ahead = self.clock.read(now).since(now.wall).as_secs();
        self.clock = Clock::new(now, UnixSeconds::default());
        let set_back = |time: &mut UnixSeconds| time.0 = time.0.saturating_sub(ahead);
        let ((), saved) = self.change_at_once(now, |state| {
            for session in &mut state.sessions {
                for time in [&mut session.created, &mut session.seen, &mut session.proven] {
                    set_back(time);
                }
            }
            state.known.iter_mut().for_each(|known| set_back(&mut known.since));
            for token in &mut state.tokens {
                set_back(&mut token.created);
                token.used.iter_mut().for_each(set_back);
            }
        });
        saved
    }

    /// Why what holds is not on disk, if it is not; that is tried again by itself.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// The latest happenings first.
    pub fn record(&self) -> Vec<OwnerRecord> {
        self.record.newest_first()
    }

    /// What the browser of a session, or a token, is called or was called lately.
    pub fn name_of(&self, id: u64) -> Option<&str> {
        let sessions = self.state.sessions.iter().map(|session| (session.id, &session.label));
        let tokens = self.state.tokens.iter().map(|token| (token.id, &token.name));
        let gone = self.gone.iter().map(|(id, name)| (*id, name));
        let mut all = sessions.chain(tokens).chain(gone);
        all.find(|(other, _)| other.get() == id).map(|(_, name)| name.as_str())
    }

    /// The next thing that those who watch should hear of.
    pub fn poll_event(&mut self) -> Option<OwnerEvent> {
        self.events.pop_front()
    }

    /// Changes the state, on disk first.
    fn change<R>(
        &mut self,
        now: Now,
        change: impl FnOnce(&mut State, &mut dyn Randomness, UnixSeconds) -> R,
    ) -> Result<R, Unsaved> {
        let mut next = self.state.clone();
        let time = self.clock.read(now);
        next.mark = time;
        let result = change(&mut next, self.random.as_mut(), time);
        match self.save(&next) {
            Ok(()) => {
                self.unsaved_since = None;
                self.trouble = None;
                self.adopt(next);
                Ok(result)
            }
            Err(error) => {
                // whichever of the two is on disk now, it has to be the one in memory again
                self.unsaved_since = Some(Duration::ZERO);
                self.trouble = Some(error.0.to_string());
                Err(error)
            }
        }
    }

    /// Changes the state in memory whatever the disk says, for what closes a way in.
    fn change_at_once<R>(
        &mut self,
        now: Now,
        change: impl FnOnce(&mut State) -> R,
    ) -> (R, Result<(), Unsaved>) {
        let mut next = self.state.clone();
        let result = change(&mut next);
        self.adopt(next);
        (result, self.change(now, |_, _, _| ()))
    }

    /// From here on `next` holds. Sessions that are not in it have ended.
    fn adopt(&mut self, next: State) {
        let before = std::mem::replace(&mut self.state, next);
        for Session { id: session, label, .. } in before.sessions {
            if !self.state.sessions.iter().any(|other| other.id == session) {
                self.events.push_back(OwnerEvent::SessionEnded { session });
                self.remember(session, label);
            }
        }
        for token in before.tokens {
            if !self.has_token(token.id) {
                self.remember(token.id, token.name);
            }
        }
    }

    fn remember(&mut self, id: ShortId, name: String) {
        if self.gone.len() == GONE {
            self.gone.pop_front();
        }
        self.gone.push_back((id, name));
    }

    fn save(&mut self, state: &State) -> Result<(), Unsaved> {
        let text = state.write().map_err(|why| Unsaved(why.into()))?;
        self.keeper.save(&text).map_err(Unsaved)
    }

    /// Something changed that may be saved later.
    fn save_soon(&mut self, now: Now) {
        // zero means at once
        self.unsaved_since.get_or_insert(now.monotonic.max(Duration::from_nanos(1)));
    }

    fn note(
        &mut self,
        now: Now,
        what: OwnerHappening,
        source: Option<IpAddr>,
        name: Option<String>,
        by: Option<Actor>,
    ) {
        self.record.add(now, Deed { what, source, name, by });
    }

    fn tell(&mut self, event: OwnerEvent) {
        self.events.push_back(event);
    }
}

impl State {
    /// A run begins: waits begin anew, and where the clock is behind what it was, no proof of the password holds.
    fn begin(&mut self, now: Now) {
        self.strangers.begin(now);
        self.known.iter_mut().for_each(|known| known.tries.begin(now));
        for session in &mut self.sessions {
            session.tries.begin(now);
            if now.wall < self.mark {
                session.proven = UnixSeconds::default();
            }
        }
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("is_claimed", &self.is_claimed()).finish_non_exhaustive()
    }
}
