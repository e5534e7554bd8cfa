//! Who may. Every handler names its guard as an argument, so a handler without one has no way to act, and what a place
//! demands can be read off its signature.

use std::marker::PhantomData;
use std::net::IpAddr;

use axum::extract::{FromRequestParts, connect_info::ConnectInfo};
use axum::http::{HeaderMap, header, request::Parts};
use punktfunk_trust::{Actor, Level as DeviceLevel, Now};

use super::Api;
use super::caller::{Caller, is_operator};
use super::cookies::{self, cookie};
use super::problem::Problem;
use super::refusals::{FORBIDDEN, PROOF_NEEDED, SIGN_IN_NEEDED, TOKEN_WRONG, UNCLAIMED};
use crate::app::HostEvent;
pub(super) use crate::owner::TokenScope;
use crate::owner::{Account, Browser, ShortId, browser_label};

/// Whoever asks, known or not, also on a box that has no owner.
#[derive(Debug, Clone)]
pub(super) struct Anyone {
    /// Who it is, if he has shown that.
    who: Option<Who>,
    /// The browser, when it asks over the network.
    pub(super) browser: Option<Browser>,
    /// The mark of a browser that has signed in before; not looked at yet.
    pub(super) known: Option<String>,
}

/// Whoever asks, on a box that has an owner.
#[derive(Debug, Clone, Copy)]
pub(super) struct AnyoneOnceClaimed;

/// A signed-in browser itself, for what is about its own session.
#[derive(Debug, Clone)]
pub(super) struct OwnSession {
    /// The session.
    pub(super) session: ShortId,
    /// The browser.
    pub(super) browser: Browser,
}

/// A signed-in browser, or the local operator.
#[derive(Debug, Clone, Copy)]
pub(super) struct SignedIn(Who);

/// Whoever may say who streams; a browser has proven the password lately (policy `console.reauth`) as well.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecentlyProven(Who);

/// A signed-in browser, the local operator, or an API token whose scope includes `S`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<S> {
    who: Who,
    scope: PhantomData<S>,
}

/// Root or the host's own user, on the control socket.
#[derive(Debug, Clone, Copy)]
pub(super) struct LocalOperator {
    uid: u32,
}

/// [`TokenScope::Read`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Read;
/// [`TokenScope::Devices`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Devices;
/// [`TokenScope::All`].
#[derive(Debug, Clone, Copy)]
pub(super) struct All;

/// A scope as a type.
pub(super) trait Level {
    /// The scope.
    const SCOPE: TokenScope;
}

impl Level for Read {
    const SCOPE: TokenScope = TokenScope::Read;
}

impl Level for Devices {
    const SCOPE: TokenScope = TokenScope::Devices;
}

impl Level for All {
    const SCOPE: TokenScope = TokenScope::All;
}

/// Somebody who has shown who he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Root or the host's own user, on the control socket.
    Local { uid: u32 },
    /// A browser that is signed in.
    Browser { session: ShortId },
    /// A script with a token.
    Token { token: ShortId, scope: TokenScope },
}

impl Who {
    /// On whose order something is done, for the record.
    fn actor(self) -> Actor {
        match self {
            Self::Local { uid } => Actor::Local { uid },
            Self::Browser { .. } | Self::Token { .. } => Actor::Console,
        }
    }

    fn may(self, wanted: TokenScope) -> bool {
        match self {
            Self::Local { .. } | Self::Browser { .. } => true,
            Self::Token { scope, .. } => scope >= wanted,
        }
    }

    /// Whether the right that was shown at the beginning still holds.
    fn still_holds(self, account: &mut Account, now: Now) -> bool {
        match self {
            Self::Local { .. } => true,
            Self::Browser { session } => account.has_session(now, session),
            Self::Token { token, .. } => account.has_token(token),
        }
    }

    fn is_proven(self, api: &Api) -> Result<(), Problem> {
        let Self::Browser { session } = self else { return Ok(()) };
        let reauth = api.host.policy().console.reauth;
        if api.owner.ask(|account, now| account.proven_for(now, session, reauth)).is_zero() {
            return Err(Problem::of(
                &PROOF_NEEDED,
                "this is weighty, and the password was last given some time ago: give it again",
            ));
        }
        Ok(())
    }

    fn may_give(self, level: Option<DeviceLevel>) -> Result<(), Problem> {
        if level == Some(DeviceLevel::Owner) && !self.may(TokenScope::All) {
            return Err(forbidden("only a token with the scope `all` makes a device an owner"));
        }
        Ok(())
    }

    fn session(self) -> Option<ShortId> {
        match self {
            Self::Browser { session } => Some(session),
            Self::Local { .. } | Self::Token { .. } => None,
        }
    }
}

impl Anyone {
    /// Whether it is the owner: a signed-in browser, or the local operator.
    pub(super) fn is_signed_in(&self) -> bool {
        matches!(self.who, Some(Who::Local { .. } | Who::Browser { .. }))
    }

    /// The session of a signed-in browser.
    pub(super) fn session(&self) -> Option<ShortId> {
        self.who.and_then(Who::session)
    }
}

impl SignedIn {
    /// Whether the right that was shown at the beginning still holds.
    pub(super) fn still_holds(self, account: &mut Account, now: Now) -> bool {
        self.0.still_holds(account, now)
    }

    /// On whose order something is done, for the record.
    pub(super) fn actor(self) -> Actor {
        self.0.actor()
    }
}

impl RecentlyProven {
    /// [`Scope::may_give`].
    pub(super) fn may_give(self, level: Option<DeviceLevel>) -> Result<(), Problem> {
        self.0.may_give(level)
    }

    /// On whose order something is done, for the record.
    pub(super) fn actor(self) -> Actor {
        self.0.actor()
    }
}

impl LocalOperator {
    /// On whose order something is done, for the record.
    pub(super) fn actor(self) -> Actor {
        Actor::Local { uid: self.uid }
    }
}

impl<S> Scope<S> {
    /// Whether the right that was shown at the beginning still holds.
    pub(super) fn still_holds(&self, api: &Api) -> bool {
        api.owner.ask(|account, now| self.who.still_holds(account, now))
    }

    /// Whether this event takes the right away that was shown at the beginning.
    pub(super) fn ends_with(&self, event: &HostEvent) -> bool {
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
    pub(super) fn actor(&self) -> Actor {
        self.who.actor()
    }

    /// What [`RecentlyProven`] demands beyond a scope, for places where that depends on what is asked for.
    ///
    /// # Errors
    /// It is a browser in which the password was not given lately.
    pub(super) fn is_proven(&self, api: &Api) -> Result<(), Problem> {
        self.who.is_proven(api)
    }

    /// Whether whoever asks may give a device this level. An owner lets others in, so a token that could make one could
    /// make what outlives its own revocation.
    ///
    /// # Errors
    /// The level is `owner`, and it is a token with less than everything.
    pub(super) fn may_give(&self, level: Option<DeviceLevel>) -> Result<(), Problem> {
        self.who.may_give(level)
    }

    /// Whether whoever asks may do more than this place demands.
    pub(super) fn includes(&self, scope: TokenScope) -> bool {
        self.who.may(scope)
    }

    /// The session of a signed-in browser.
    pub(super) fn session(&self) -> Option<ShortId> {
        self.who.session()
    }
}

impl FromRequestParts<Api> for Anyone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let browser = remote_address(parts).map(|source| browser(&parts.headers, source));
        let known = cookie(&parts.headers, cookies::KNOWN).map(str::to_owned);
        Ok(Self { who: who(parts, api).ok(), browser, known })
    }
}

impl FromRequestParts<Api> for AnyoneOnceClaimed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match remote_address(parts) {
            Some(_) => has_owner(api).map(|()| Self),
            None => Ok(Self),
        }
    }
}

impl FromRequestParts<Api> for OwnSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match (who(parts, api)?, remote_address(parts)) {
            (Who::Browser { session }, Some(source)) => {
                Ok(Self { session, browser: browser(&parts.headers, source) })
            }
            _ => Err(forbidden("this is about a browser's own session, and this is no signed-in browser")),
        }
    }
}

impl FromRequestParts<Api> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match who(parts, api)? {
            Who::Token { .. } => {
                Err(forbidden("no API token can do this; sign in, or use the command line on the box itself"))
            }
            who => Ok(Self(who)),
        }
    }
}

impl FromRequestParts<Api> for RecentlyProven {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let Scope::<Devices> { who, .. } = Scope::from_request_parts(parts, api).await?;
        who.is_proven(api)?;
        Ok(Self(who))
    }
}

impl<S: Level> FromRequestParts<Api> for Scope<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let who = who(parts, api)?;
        if !who.may(S::SCOPE) {
            return Err(forbidden("this API token may do less than that; make one with a larger scope"));
        }
        Ok(Self { who, scope: PhantomData })
    }
}

impl FromRequestParts<Api> for LocalOperator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match who(parts, api)? {
            Who::Local { uid } => Ok(Self { uid }),
            _ => Err(forbidden("this is done on the box itself only: `punktfunk-host console --help`")),
        }
    }
}

fn who(parts: &Parts, api: &Api) -> Result<Who, Problem> {
    match parts.extensions.get::<ConnectInfo<Caller>>() {
        Some(ConnectInfo(Caller::Local { uid: Some(uid) })) if is_operator(*uid) => {
            Ok(Who::Local { uid: *uid })
        }
        Some(ConnectInfo(Caller::Local { uid: Some(_) })) => {
            Err(forbidden("this host answers to root and to the user it runs as; try again with sudo"))
        }
        Some(ConnectInfo(Caller::Remote(address))) => {
            remote(&parts.headers, api, address.ip().to_canonical())
        }
        _ => Err(forbidden("the control socket did not say which user you are")),
    }
}

fn remote(headers: &HeaderMap, api: &Api, source: IpAddr) -> Result<Who, Problem> {
    has_owner(api)?;
    if let Some(presented) = headers.get(header::AUTHORIZATION) {
        let presented = presented.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
        let token = presented.and_then(|text| api.owner.ask(|account, now| account.token(now, text)));
        let wrong =
            || Problem::of(&TOKEN_WRONG, "this is none of this host's API tokens, or one that was revoked");
        return token.map(|(token, scope)| Who::Token { token, scope }).ok_or_else(wrong);
    }
    let cookie = cookie(headers, cookies::SESSION);
    let session =
        cookie.and_then(|cookie| api.owner.ask(|account, now| account.session(now, cookie, source)));
    session.map(|session| Who::Browser { session }).ok_or_else(|| {
        Problem::of(
            &SIGN_IN_NEEDED,
            "sign in first; a script sends its token as `Authorization: Bearer pf_…`",
        )
    })
}

fn has_owner(api: &Api) -> Result<(), Problem> {
    if api.owner.is_claimed() {
        return Ok(());
    }
    let where_it_is =
        "this box has no owner yet: claim it with the code that its own screen and its log show";
    Err(Problem::of(&UNCLAIMED, where_it_is))
}

fn remote_address(parts: &Parts) -> Option<IpAddr> {
    match parts.extensions.get::<ConnectInfo<Caller>>() {
        Some(ConnectInfo(Caller::Remote(address))) => Some(address.ip().to_canonical()),
        _ => None,
    }
}

fn browser(headers: &HeaderMap, source: IpAddr) -> Browser {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Browser { label: browser_label(user_agent.unwrap_or_default()), source }
}

fn forbidden(why: &str) -> Problem {
    Problem::of(&FORBIDDEN, why)
}
