//! The account at work: clocks, the disk and the slow hash, for the console.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use punktfunk_trust::{Actor, Now, SystemRandomness};
use tokio::sync::{Semaphore, broadcast};

use super::account::{Account, Attempt, ClaimError, Entered, From, ResetError, TryError};
use super::claim_code::ClaimCode;
use super::file::{self, FileError};
use super::issue::Issue;
use super::password::{Checked, HashError, PasswordHash, Weak};
use super::record::{OwnerEvent, OwnerRecord};
use super::session::Browser;
use super::state::ShortId;
use crate::app::Clock;

/// Events that a slow watcher may be behind before it misses some.
const EVENT_BUFFER: usize = 64;
/// How often time passes for the account.
const TICK: Duration = Duration::from_secs(30);

/// Why something about the password was refused.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The new password.
    #[error(transparent)]
    Weak(#[from] Weak),
    /// Claiming.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// Giving the password.
    #[error(transparent)]
    Try(#[from] TryError),
    /// The machine.
    #[error(transparent)]
    Hash(#[from] HashError),
}

/// The account, shared by everybody who asks.
pub struct Desk {
    account: Mutex<Account>,
    clock: Clock,
    /// A hash takes 19 MiB and all of a core: there is one at a time.
    hashing: Arc<Semaphore>,
    events: broadcast::Sender<OwnerEvent>,
    issue: OnceLock<Issue>,
}

impl Desk {
    /// Opens the account that is kept in `state_dir`, or makes a fresh one there.
    ///
    /// # Errors
    /// The file cannot be used; it is never replaced then.
    pub fn open(state_dir: &Path, clock: Clock) -> Result<Self, FileError> {
        Ok(Self {
            account: Mutex::new(file::open(state_dir, clock.now())?),
            clock,
            hashing: Arc::new(Semaphore::new(1)),
            events: broadcast::Sender::new(EVENT_BUFFER),
            issue: OnceLock::new(),
        })
    }

    /// Has the machine's own screen show the code for as long as the box has no owner.
    pub fn show_code_on(&self, issue: Issue) {
        issue.show(self.claim_code().as_ref());
        // a second place is never given
        let _ = self.issue.set(issue);
    }

    /// Watches what happens from now on.
    pub fn watch(&self) -> broadcast::Receiver<OwnerEvent> {
        self.events.subscribe()
    }

    /// Whether the box has an owner.
    pub fn is_claimed(&self) -> bool {
        self.ask(|account, _| account.is_claimed())
    }

    /// The code that claims the box, as long as it has no owner.
    pub fn claim_code(&self) -> Option<ClaimCode> {
        self.ask(|account, _| account.claim_code().cloned())
    }

    /// The latest happenings first.
    pub fn record(&self) -> Vec<OwnerRecord> {
        self.ask(|account, _| account.record())
    }

    /// Asks something that needs no disk.
    pub fn ask<R>(&self, work: impl FnOnce(&mut Account, Now) -> R) -> R {
        let mut account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut account, self.clock.now());
        while let Some(event) = account.poll_event() {
            if matches!(event, OwnerEvent::Claimed | OwnerEvent::Reset)
                && let Some(issue) = self.issue.get()
            {
                issue.show(account.claim_code());
            }
            // nobody watching is fine
            let _ = self.events.send(event);
        }
        result
    }

    /// Changes something, which may wait for the disk, off the threads that answer others.
    ///
    /// # Panics
    /// If `work` does.
    pub async fn decide<R: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Account, Now) -> R + Send + 'static,
    ) -> R {
        let desk = Arc::clone(self);
        blocking(move || desk.ask(work)).await
    }

    /// Gives the box its owner.
    ///
    /// # Errors
    /// [`DeskError`]; then it has none.
    pub async fn claim(
        self: &Arc<Self>,
        code: String,
        password: String,
        box_name: &str,
        browser: Browser,
    ) -> Result<Entered, DeskError> {
        Weak::check(&password, box_name)?;
        let source = browser.source;
        let claiming = self.decide(move |account, now| account.present_code(now, &code, source)).await?;
        let password = self.hash(password).await?;
        Ok(self.decide(move |account, now| account.claim(now, &claiming, password, browser)).await?)
    }

    /// Signs a browser in; `before` is the session that it had.
    ///
    /// # Errors
    /// [`DeskError::Try`].
    pub async fn sign_in(
        self: &Arc<Self>,
        password: String,
        known: Option<String>,
        browser: Browser,
        before: Option<ShortId>,
    ) -> Result<Entered, DeskError> {
        let source = browser.source;
        let from = move |account: &mut Account, now| {
            account.attempt(now, From::Outside { source, known: known.as_deref() })
        };
        let attempt = self.decide(from).await?;
        let checked = self.check(attempt, password).await;
        Ok(self.decide(move |account, now| account.sign_in(now, &checked, browser, before)).await?)
    }

    /// A signed-in browser gives the password again.
    ///
    /// # Errors
    /// [`DeskError::Try`].
    pub async fn prove(
        self: &Arc<Self>,
        password: String,
        session: ShortId,
        browser: &Browser,
    ) -> Result<(), DeskError> {
        let source = browser.source;
        let from = From::Inside { source, session };
        let attempt = self.decide(move |account, now| account.attempt(now, from)).await?;
        let checked = self.check(attempt, password).await;
        Ok(self.decide(move |account, now| account.prove(now, &checked, session)).await?)
    }

    /// Puts another password in the place of the current one.
    ///
    /// # Errors
    /// [`DeskError`]; then the current one stays.
    pub async fn change_password(
        self: &Arc<Self>,
        current: String,
        new: String,
        box_name: &str,
        session: ShortId,
        browser: Browser,
    ) -> Result<Entered, DeskError> {
        Weak::check(&new, box_name)?;
        let source = browser.source;
        let from = From::Inside { source, session };
        let attempt = self.decide(move |account, now| account.attempt(now, from)).await?;
        let checked = self.check(attempt, current).await;
        // a wrong one is not worth the second hash
        let checked = self.decide(move |account, now| account.judge(now, &checked).map(|()| checked)).await?;
        let password = self.hash(new).await?;
        Ok(self.decide(move |account, now| account.change_password(now, &checked, password, browser)).await?)
    }

    /// Somebody at the box has the password forgotten.
    ///
    /// # Errors
    /// It could not be saved; then the password stays.
    pub async fn reset(self: &Arc<Self>, by: Actor) -> Result<ClaimCode, ResetError> {
        let code = self.decide(move |account, now| account.reset(now, by)).await?;
        tracing::warn!(
            "the console's password was reset on this machine: nobody owns this box until it is claimed again"
        );
        Ok(code)
    }

    /// Lets time pass for the account. Never returns.
    pub async fn keep_time(self: Arc<Self>) {
        loop {
            tokio::time::sleep(TICK).await;
            self.decide(Account::tick).await;
            let desk = Arc::clone(&self);
            blocking(move || desk.show_address()).await;
        }
    }

    /// Has the screen show the address that the box has now. While the account is held, so that no code comes back that has
    /// just been used up.
    fn show_address(&self) {
        if let Some(issue) = self.issue.get() {
            self.ask(|account, _| issue.show(account.claim_code()));
        }
    }

    async fn check(&self, attempt: Attempt, password: String) -> Checked {
        let turn = Arc::clone(&self.hashing).acquire_owned().await;
        blocking(move || {
            // kept until the hash is done, also when nobody waits for it any more
            let _turn = turn;
            attempt.check(&password)
        })
        .await
    }

    async fn hash(&self, password: String) -> Result<PasswordHash, HashError> {
        let turn = Arc::clone(&self.hashing).acquire_owned().await;
        blocking(move || {
            let _turn = turn;
            PasswordHash::of(&password, &mut SystemRandomness::default())
        })
        .await
    }
}

async fn blocking<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk(…)")
    }
}
