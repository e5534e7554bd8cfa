//! Who may. Every handler names its guard as an argument, so a handler without one has no way to act, and what a place
//! demands can be read off its signature.

use std::marker::PhantomData;

use axum::extract::{FromRequestParts, connect_info::ConnectInfo};
use axum::http::{HeaderMap, header, request::Parts};
use punktfunk_trust::Actor;

use super::Api;
use super::caller::{Caller, is_operator};
use super::problem::Problem;
use super::refusals::{FORBIDDEN, TOKEN_MISSING, TOKEN_WRONG};
use super::token::Token;

/// Whoever asks, known or not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anyone;

/// A signed-in browser, or the local operator.
#[derive(Debug, Clone)]
pub(super) struct SignedIn(Who);

/// Whoever may say who streams; a browser has proven the password lately (policy `console.reauth`) as well.
#[derive(Debug, Clone)]
pub(super) struct RecentlyProven(Who);

/// A signed-in browser, the local operator, or an API token whose scope includes `S`.
#[derive(Debug, Clone)]
pub(super) struct Scope<S> {
    who: Who,
    scope: PhantomData<S>,
}

/// Root or the host's own user, on the control socket.
#[derive(Debug, Clone, Copy)]
pub(super) struct LocalOperator {
    uid: u32,
}

/// Looking.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read;
/// Saying who may stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Devices;
/// Everything that a token can do.
#[derive(Debug, Clone, Copy)]
pub(super) struct All;

/// What an API token may do at most; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TokenScope {
    /// Looking.
    Read,
    /// Saying who may stream.
    Devices,
    /// Everything that a token can do.
    All,
}

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
pub(super) enum Who {
    /// Root or the host's own user, on the control socket.
    Local {
        /// The user.
        uid: u32,
    },
    /// A script with a token.
    Token {
        /// What it may do.
        scope: TokenScope,
    },
}

impl Who {
    /// On whose order something is done, for the record.
    fn actor(self) -> Actor {
        match self {
            Self::Local { uid } => Actor::Local { uid },
            Self::Token { .. } => Actor::Console,
        }
    }

    fn may(self, wanted: TokenScope) -> bool {
        match self {
            Self::Local { .. } => true,
            Self::Token { scope } => scope >= wanted,
        }
    }
}

impl RecentlyProven {
    /// On whose order something is done, for the record.
    pub(super) fn actor(&self) -> Actor {
        self.0.actor()
    }
}

impl<S> Scope<S> {
    /// On whose order something is done, for the record.
    pub(super) fn actor(&self) -> Actor {
        self.who.actor()
    }

    /// Whether whoever asks may do more than this place demands.
    pub(super) fn includes(&self, scope: TokenScope) -> bool {
        self.who.may(scope)
    }
}

impl FromRequestParts<Api> for Anyone {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, _: &Api) -> Result<Self, Problem> {
        Ok(Self)
    }
}

impl FromRequestParts<Api> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match who(parts, api)? {
            Who::Token { .. } => {
                Err(forbidden("an API token cannot do this; sign in, or ask on the box itself"))
            }
            who => Ok(Self(who)),
        }
    }
}

impl FromRequestParts<Api> for RecentlyProven {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let Scope::<Devices> { who, .. } = Scope::from_request_parts(parts, api).await?;
        Ok(Self(who))
    }
}

impl<S: Level> FromRequestParts<Api> for Scope<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let who = who(parts, api)?;
        if !who.may(S::SCOPE) {
            return Err(forbidden(
                "this API token may do less than that; make another one with a larger scope",
            ));
        }
        Ok(Self { who, scope: PhantomData })
    }
}

impl FromRequestParts<Api> for LocalOperator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match who(parts, api)? {
            Who::Local { uid } => Ok(Self { uid }),
            Who::Token { .. } => {
                Err(forbidden("this is answered on the box itself only, on its control socket"))
            }
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
            // looked at before the token is compared, so that nobody on the network can find out whether a guess was right
            remote(&parts.headers, &api.token, address.ip().to_canonical().is_loopback())
        }
        _ => Err(forbidden("the control socket did not say which user you are")),
    }
}

fn remote(headers: &HeaderMap, token: &Token, is_here: bool) -> Result<Who, Problem> {
    let presented = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let Some(presented) = presented else {
        return Err(Problem::of(
            &TOKEN_MISSING,
            "this needs the API token: send it as `Authorization: Bearer …`",
        ));
    };
    if !is_here {
        return Err(forbidden("the API token works on the box itself only"));
    }
    if !token.matches(presented) {
        return Err(Problem::of(&TOKEN_WRONG, "this is not this host's API token"));
    }
    Ok(Who::Token { scope: TokenScope::All })
}

fn forbidden(why: &str) -> Problem {
    Problem::of(&FORBIDDEN, why)
}
