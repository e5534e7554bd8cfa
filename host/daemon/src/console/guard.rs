//! Who may. A handler gets at the host and its owner through a guard alone, which it names as an argument. So one without a
//! guard has nothing to act on and does not compile, and what a place demands can be read off its signature.

mod anyone;
mod right;

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::gate::Gate;
use super::limits::Limits;
use super::once::Once;
use super::preview::{self, Shot};
use super::problem::Problem;
use super::refusals::FORBIDDEN;
use super::slots::Slots;
use super::{caller::remote_address, doctor};
use crate::app::Host;
use crate::doctor::Check;
use crate::owner::{Browser, Desk, ShortId, TokenScope};
use crate::record::Kept;

pub use anyone::{Anyone, AnyoneOnceClaimed};
pub use right::Right;
use right::browser;
pub(super) use right::shown_id;

/// What the API answers from. It shows a handler nothing; that is what guards are for:
///
/// ```
/// use punktfunk_host::console::{Read, Scope};
///
/// async fn version(guard: Scope<Read>) -> String {
///     guard.host().status().version
/// }
/// ```
///
/// A handler without a guard, or with one that shows no rights, does not compile:
///
/// ```compile_fail,E0616
/// use axum::extract::State;
/// use punktfunk_host::console::Api;
///
/// async fn version(State(api): State<Api>) -> String {
///     api.host.status().version
/// }
/// ```
///
/// ```compile_fail,E0599
/// use punktfunk_host::console::Anyone;
///
/// async fn version(guard: Anyone) -> String {
///     guard.host().status().version
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Api {
    host: Arc<Host>,
    owner: Arc<Desk>,
    kept: Arc<Kept>,
    gate: Gate,
    limits: Limits,
    slots: Slots,
    checks: Once<Vec<Check>>,
    shots: Once<Shot>,
}

impl Api {
    /// The API of `host`; `owner` says who may ask over HTTPS, `kept` what happened before this run, `limits` how much may be
    /// asked.
    pub fn new(host: Arc<Host>, owner: Arc<Desk>, kept: Arc<Kept>, limits: Limits) -> Self {
        Self {
            gate: Gate::new(Arc::clone(&host), Arc::clone(&owner), limits),
            limits,
            slots: Slots::new(),
            host,
            owner,
            kept,
            checks: Once::new(doctor::FRESH),
            shots: Once::new(preview::FRESH),
        }
    }

    /// What every request has to pass.
    pub(super) fn gate(&self) -> Gate {
        self.gate.clone()
    }

    /// The record of the runs before this one.
    pub(super) fn kept(&self) -> &Kept {
        &self.kept
    }

    /// How much it lets itself be asked.
    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// The places of its connections.
    pub(super) fn slots(&self) -> Slots {
        self.slots.clone()
    }
}

/// A signed-in browser itself, for what is about its own session.
#[derive(Debug, Clone)]
pub struct OwnSession {
    right: Right,
    /// The session.
    pub(super) session: ShortId,
    /// The browser.
    pub(super) browser: Browser,
}

/// A signed-in browser, or the local operator.
#[derive(Debug, Clone)]
pub struct SignedIn(Right);

/// Whoever passes the guard `G`; a browser has proven the password lately (policy `console.reauth`) as well. Without a `G`,
/// whoever may say who streams.
#[derive(Debug, Clone)]
pub struct RecentlyProven<G = Scope<Devices>>(G);

/// A signed-in browser, the local operator, or an API token whose scope includes `S`.
#[derive(Debug, Clone)]
pub struct Scope<S> {
    right: Right,
    scope: PhantomData<S>,
}

/// Root or the host's own user, on the control socket.
#[derive(Debug, Clone)]
pub struct LocalOperator(Right);

/// [`TokenScope::Read`].
#[derive(Debug, Clone, Copy)]
pub struct Read;
/// [`TokenScope::Devices`].
#[derive(Debug, Clone, Copy)]
pub struct Devices;
/// [`TokenScope::All`].
#[derive(Debug, Clone, Copy)]
pub struct All;

/// A scope as a type.
pub trait Level {
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

impl Deref for OwnSession {
    type Target = Right;

    fn deref(&self) -> &Right {
        &self.right
    }
}

impl Deref for SignedIn {
    type Target = Right;

    fn deref(&self) -> &Right {
        &self.0
    }
}

impl<G: Deref<Target = Right>> Deref for RecentlyProven<G> {
    type Target = Right;

    fn deref(&self) -> &Right {
        &self.0
    }
}

impl<S> Deref for Scope<S> {
    type Target = Right;

    fn deref(&self) -> &Right {
        &self.right
    }
}

impl Deref for LocalOperator {
    type Target = Right;

    fn deref(&self) -> &Right {
        &self.0
    }
}

impl FromRequestParts<Api> for OwnSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let right = Right::shown_by(parts, api)?;
        match (right.session(), remote_address(&parts.extensions)) {
            (Some(session), Some(source)) => {
                Ok(Self { right, session, browser: browser(&parts.headers, source) })
            }
            _ => Err(forbidden("this is about a browser's own session, and this is no signed-in browser")),
        }
    }
}

impl FromRequestParts<Api> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let right = Right::shown_by(parts, api)?;
        if !right.is_a_persons() {
            return Err(forbidden(
                "no API token can do this; sign in, or use the command line on the box itself",
            ));
        }
        Ok(Self(right))
    }
}

impl<G> FromRequestParts<Api> for RecentlyProven<G>
where
    G: FromRequestParts<Api, Rejection = Problem> + Deref<Target = Right>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let guard = G::from_request_parts(parts, api).await?;
        guard.is_proven()?;
        Ok(Self(guard))
    }
}

impl<S: Level> FromRequestParts<Api> for Scope<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let right = Right::shown_by(parts, api)?;
        if !right.includes(S::SCOPE) {
            return Err(forbidden("this API token may do less than that; make one with a larger scope"));
        }
        Ok(Self { right, scope: PhantomData })
    }
}

impl FromRequestParts<Api> for LocalOperator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let right = Right::shown_by(parts, api)?;
        if !right.is_local() {
            return Err(forbidden("this is done on the box itself only: `punktfunk-host console --help`"));
        }
        Ok(Self(right))
    }
}

fn forbidden(why: &str) -> Problem {
    Problem::of(&FORBIDDEN, why)
}
