//! A right that somebody has shown, and what can be done with it.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::connect_info::ConnectInfo;
use axum::http::{HeaderMap, header, request::Parts};
use punktfunk_trust::{Actor, Level as DeviceLevel, Now, Trust};

use super::super::caller::{Caller, is_operator};
use super::super::cookies::{self, cookie};
use super::super::once::Once;
use super::super::preview::Shot;
use super::super::problem::Problem;
use super::super::refusals::{PROOF_NEEDED, SIGN_IN_NEEDED, TOKEN_WRONG, UNCLAIMED};
use super::{Api, forbidden};
use crate::app::{Host, HostEvent};
use crate::doctor::Check;
use crate::owner::{Account, Browser, Desk, ShortId, TokenScope, browser_label};

/// A right that somebody has shown. Only guards hold one, and each shows it to its handler.
#[derive(Debug, Clone)]
pub struct Right {
    api: Api,
    who: Who,
}

/// Somebody who has shown who he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Root or the host's own user, on the control socket.
    Local { uid: u32 },
    /// A browser that is signed in.
    Browser { session: ShortId },
    /// A script with a token.
    Token { token: ShortId, scope: TokenScope },
}

impl Right {
    /// The right that a request shows.
    pub(super) fn shown_by(parts: &Parts, api: &Api) -> Result<Self, Problem> {
        let who = Who::shown_by(parts, api)?;
        if let Some(ConnectInfo(Caller::Remote(peer))) = parts.extensions.get() {
            api.slots.keep(*peer);
        }
        Ok(Self { api: api.clone(), who })
    }

    /// The host, to look at it. Orders that wait for the disk go through `decide`.
    pub fn host(&self) -> &Arc<Host> {
        &self.api.host
    }

    /// The owner's account, to look at it. Orders go through `decide_account`.
    pub fn owner(&self) -> &Arc<Desk> {
        &self.api.owner
    }

    /// What was found when the machine was last examined.
    pub(in super::super) fn checks(&self) -> &Once<Vec<Check>> {
        &self.api.checks
    }

    /// The last picture of what the box shows.
    pub(in super::super) fn shots(&self) -> &Once<Shot> {
        &self.api.shots
    }

    /// Has trust do something on this right's order, off the threads that answer others. Orders queue for the disk, so the
    /// right is looked at again when its turn comes.
    ///
    /// # Errors
    /// The right has ended meanwhile; or what `work` refuses.
    ///
    /// # Panics
    /// If `work` does.
    pub(in super::super) async fn decide<R, E>(
        &self,
        work: impl FnOnce(&mut Trust, Now, Actor) -> Result<R, E> + Send + 'static,
    ) -> Result<R, Problem>
    where
        R: Send + 'static,
        Problem: From<E>,
    {
        let right = self.clone();
        let order = move || {
            right.api.host.trust(|trust, now| {
                // the account never waits for trust, so it may be asked from in here
                right.still_holds()?;
                Ok(work(trust, now, right.who.actor())?)
            })
        };
        match tokio::task::spawn_blocking(order).await {
            Ok(result) => result,
            Err(failed) => std::panic::resume_unwind(failed.into_panic()),
        }
    }

    /// The same for the owner's account.
    ///
    /// # Errors
    /// The right has ended meanwhile; or what `work` refuses.
    ///
    /// # Panics
    /// If `work` does.
    pub(in super::super) async fn decide_account<R, E>(
        &self,
        work: impl FnOnce(&mut Account, Now, Actor) -> Result<R, E> + Send + 'static,
    ) -> Result<R, Problem>
    where
        R: Send + 'static,
        Problem: From<E>,
    {
        let who = self.who;
        let order = move |account: &mut Account, now| {
            if !who.still_holds(account, now) {
                return Err(who.has_lost_it());
            }
            Ok(work(account, now, who.actor())?)
        };
        self.api.owner.decide(order).await
    }

    /// Whether the right that was shown at the beginning still holds.
    ///
    /// # Errors
    /// It does not.
    pub(in super::super) fn still_holds(&self) -> Result<(), Problem> {
        if self.api.owner.ask(|account, now| self.who.still_holds(account, now)) {
            Ok(())
        } else {
            Err(self.who.has_lost_it())
        }
    }

    /// Whether this event takes the right away that was shown at the beginning.
    pub(in super::super) fn ends_with(&self, event: &HostEvent) -> bool {
        match (self.who, event) {
            (Who::Browser { session }, HostEvent::SessionEnded { session: ended }) => {
                session.to_string() == *ended
            }
            (Who::Token { token, .. }, HostEvent::TokenRevoked { token: ended }) => {
                token.to_string() == *ended
            }
            (Who::Browser { .. } | Who::Token { .. }, HostEvent::OwnerReset) => true,
            _ => false,
        }
    }

    /// On whose order something is done, for the record.
    pub(in super::super) fn actor(&self) -> Actor {
        self.who.actor()
    }

    /// What [`RecentlyProven`](super::RecentlyProven) demands beyond another guard, for places where that depends on what
    /// is asked for.
    ///
    /// # Errors
    /// It is a browser in which the password was not given lately.
    pub(in super::super) fn is_proven(&self) -> Result<(), Problem> {
        let Some(session) = self.session() else { return Ok(()) };
        let reauth = self.api.host.policy().console.reauth;
        if self.api.owner.ask(|account, now| account.proven_for(now, session, reauth)).is_zero() {
            return Err(Problem::of(
                &PROOF_NEEDED,
                "this is weighty, and the password was last given some time ago: give it again",
            ));
        }
        Ok(())
    }

    /// Whether whoever asks may give a device this level. An owner lets others in, so a token that could make one could
    /// make what outlives its own revocation.
    ///
    /// # Errors
    /// The level is `owner`, and it is a token with less than everything.
    pub(in super::super) fn may_give(&self, level: Option<DeviceLevel>) -> Result<(), Problem> {
        if level == Some(DeviceLevel::Owner) && !self.includes(TokenScope::All) {
            return Err(forbidden("only a token with the scope `all` makes a device an owner"));
        }
        Ok(())
    }

    /// Whether it includes what a token of this scope may do.
    pub(in super::super) fn includes(&self, wanted: TokenScope) -> bool {
        match self.who {
            Who::Local { .. } | Who::Browser { .. } => true,
            Who::Token { scope, .. } => scope >= wanted,
        }
    }

    /// The session of a signed-in browser.
    pub(in super::super) fn session(&self) -> Option<ShortId> {
        match self.who {
            Who::Browser { session } => Some(session),
            Who::Local { .. } | Who::Token { .. } => None,
        }
    }

    /// Whether it is a person's and no script's.
    pub(super) fn is_a_persons(&self) -> bool {
        !matches!(self.who, Who::Token { .. })
    }

    /// Whether it is that of somebody at the box.
    pub(super) fn is_local(&self) -> bool {
        matches!(self.who, Who::Local { .. })
    }
}

impl Who {
    fn shown_by(parts: &Parts, api: &Api) -> Result<Self, Problem> {
        match parts.extensions.get::<ConnectInfo<Caller>>() {
            Some(ConnectInfo(Caller::Local { uid: Some(uid) })) if is_operator(*uid) => {
                Ok(Self::Local { uid: *uid })
            }
            Some(ConnectInfo(Caller::Local { uid: Some(_) })) => {
                Err(forbidden("this host answers to root and to the user it runs as; try again with sudo"))
            }
            Some(ConnectInfo(Caller::Remote(address))) => {
                Self::remote(&parts.headers, api, address.ip().to_canonical())
            }
            _ => Err(forbidden("the control socket did not say which user you are")),
        }
    }

    fn remote(headers: &HeaderMap, api: &Api, source: IpAddr) -> Result<Self, Problem> {
        has_owner(api)?;
        Self::found(headers, &api.owner, source).ok_or_else(|| match headers.get(header::AUTHORIZATION) {
            Some(_) => {
                Problem::of(&TOKEN_WRONG, "this is none of this host's API tokens, or one that was revoked")
            }
            None => Problem::of(
                &SIGN_IN_NEEDED,
                "sign in first; a script sends its token as `Authorization: Bearer pf_…`",
            ),
        })
    }

    /// Whose token or cookie a request carries. A token goes before.
    fn found(headers: &HeaderMap, owner: &Desk, source: IpAddr) -> Option<Self> {
        if let Some(presented) = headers.get(header::AUTHORIZATION) {
            let text = presented.to_str().ok()?.strip_prefix("Bearer ")?;
            let (token, scope) = owner.ask(|account, now| account.token(now, text))?;
            return Some(Self::Token { token, scope });
        }
        let cookie = cookie(headers, cookies::SESSION)?;
        let session = owner.ask(|account, now| account.session(now, cookie, source))?;
        Some(Self::Browser { session })
    }

    /// On whose order something is done, for the record.
    fn actor(self) -> Actor {
        match self {
            Self::Local { uid } => Actor::Local { uid },
            Self::Browser { session } => Actor::Browser(session.get()),
            Self::Token { token, .. } => Actor::Token(token.get()),
        }
    }

    fn still_holds(self, account: &mut Account, now: Now) -> bool {
        match self {
            Self::Local { .. } => true,
            Self::Browser { session } => account.has_session(now, session),
            Self::Token { token, .. } => account.has_token(token),
        }
    }

    fn has_lost_it(self) -> Problem {
        match self {
            Self::Token { .. } => Problem::of(&TOKEN_WRONG, "this API token has just been revoked"),
            Self::Local { .. } | Self::Browser { .. } => {
                Problem::of(&SIGN_IN_NEEDED, "you have just been signed out; sign in again")
            }
        }
    }
}

/// The session or token that a request from the network shows, if it works.
pub(in super::super) fn shown_id(headers: &HeaderMap, owner: &Desk, source: IpAddr) -> Option<ShortId> {
    match Who::found(headers, owner, source)? {
        Who::Browser { session } => Some(session),
        Who::Token { token, .. } => Some(token),
        Who::Local { .. } => None,
    }
}

pub(super) fn has_owner(api: &Api) -> Result<(), Problem> {
    if api.owner.is_claimed() {
        return Ok(());
    }
    let where_it_is =
        "this box has no owner yet: claim it with the code that its own screen and its log show";
    Err(Problem::of(&UNCLAIMED, where_it_is))
}

/// The browser that sent a request.
pub(super) fn browser(headers: &HeaderMap, source: IpAddr) -> Browser {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Browser { label: browser_label(user_agent.unwrap_or_default()), source }
}
