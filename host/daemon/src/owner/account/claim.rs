//! Claiming a box that has no owner.

use std::net::IpAddr;

use punktfunk_trust::Now;

use super::super::password::PasswordHash;
use super::super::record::{OwnerEvent, OwnerHappening};
use super::super::session::Browser;
use super::super::state::Standing;
use super::{Account, Entered, SlowDown, Unsaved, whole_seconds};
use std::time::Duration;

/// The right to claim the box: somebody has presented the code.
#[derive(Debug)]
pub struct Claiming {
    generation: u64,
}

/// Why the box is not claimed.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// It has an owner.
    #[error(
        "this box has an owner already: sign in; a forgotten password is reset on the box itself with `punktfunk-host console reset-password`"
    )]
    AlreadyClaimed,
    /// The code is another.
    #[error("this is not the claim code: read it again on the box's own screen or in its log, and try again in {} s", whole_seconds(*.wait))]
    WrongCode {
        /// How long the next try has to wait.
        wait: Duration,
    },
    /// Too soon.
    #[error(transparent)]
    SlowDown(#[from] SlowDown),
    /// It could not be saved; nobody owns the box.
    #[error(transparent)]
    Unsaved(#[from] Unsaved),
}

impl Account {
    /// Somebody at `source` presents a claim code.
    ///
    /// He waits for his own wrong codes alone. There are 6 * 10^11 codes: with a thousand tries a second, from however
    /// many sources, half of them take ten years, so a wait for all sources together would keep out the owner alone.
    ///
    /// # Errors
    /// [`ClaimError`], but for the last.
    pub fn present_code(&mut self, now: Now, code: &str, source: IpAddr) -> Result<Claiming, ClaimError> {
        let network = source.into();
        if self.is_claimed() {
            return Err(ClaimError::AlreadyClaimed);
        }
        let wait = self.state.strangers.own_wait(now, network);
        if !wait.is_zero() {
            return Err(SlowDown { wait }.into());
        }
        if self.claim_code().is_some_and(|right| right.is(code)) {
            return Ok(Claiming { generation: self.generation });
        }
        let (wait, saved) = self.change_at_once(now, |state| {
            state.strangers.charge_alone(now, network);
            state.strangers.own_wait(now, network)
        });
        if let Err(error) = saved {
            tracing::warn!("a wrong claim code is remembered until the next restart only: {error}");
        }
        self.note(now, OwnerHappening::WrongCode, Some(source), None, None);
        Err(ClaimError::WrongCode { wait })
    }

    /// Gives the box an owner, and signs the browser in that claimed it.
    ///
    /// # Errors
    /// Somebody else was faster, or it could not be saved.
    pub fn claim(
        &mut self,
        now: Now,
        claiming: &Claiming,
        password: PasswordHash,
        browser: Browser,
    ) -> Result<Entered, ClaimError> {
        if self.is_claimed() || claiming.generation != self.generation {
            return Err(ClaimError::AlreadyClaimed);
        }
        let source = browser.source;
        let label = browser.label.clone();
        let entered = self.change(now, |state, random, time| {
            state.standing = Standing::Claimed { password };
            state.strangers.forgive(source.into());
            state.enter(browser, None, random, time)
        })?;
        self.generation += 1;
        self.tell(OwnerEvent::Claimed);
        self.tell(OwnerEvent::SignedIn { session: entered.session });
        self.note(now, OwnerHappening::Claimed, Some(source), Some(label), None);
        Ok(entered)
    }
}
