//! Those who have shown nothing yet: they learn how they stand with the box, and may become its owner or show that they
//! are.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::super::account::SessionState;
use super::super::caller::remote_address;
use super::super::cookies::{self, cookie};
use super::super::problem::Problem;
use super::right::{browser, has_owner};
use super::{Api, Right, forbidden};
use crate::owner::{Browser, Entered};

/// Whoever asks, known or not, also on a box that has no owner.
#[derive(Debug, Clone)]
pub struct Anyone {
    api: Api,
    /// What it has shown, if anything.
    right: Option<Right>,
    /// The browser, when it asks over the network.
    browser: Option<Browser>,
    /// The mark of a browser that has signed in before; not looked at yet.
    known: Option<String>,
}

/// Whoever asks, on a box that has an owner.
#[derive(Debug, Clone, Copy)]
pub struct AnyoneOnceClaimed(());

impl Anyone {
    /// How it stands with the box.
    pub(in super::super) fn state(&self) -> SessionState {
        let persons = self.right.as_ref().filter(|right| right.is_a_persons());
        let session = persons.and_then(Right::session);
        SessionState::of(&self.api.host, &self.api.owner, persons.is_some(), session)
    }

    /// Gives the box its owner.
    ///
    /// # Errors
    /// The box has one, the code is wrong, or the password is no good; or it asks too soon.
    pub(in super::super) async fn claim(
        self,
        code: String,
        password: String,
    ) -> Result<(Entered, SessionState), Problem> {
        let name = self.api.host.policy().name.clone();
        let browser = over_the_network(self.browser)?;
        let entered = self.api.owner.claim(code, password, &name, browser).await?;
        Ok(entered_into(&self.api, entered))
    }

    /// Signs it in; a session that it had before ends.
    ///
    /// # Errors
    /// The password is wrong; or it asks too soon.
    pub(in super::super) async fn sign_in(
        self,
        password: String,
    ) -> Result<(Entered, SessionState), Problem> {
        let before = self.right.as_ref().and_then(Right::session);
        let browser = over_the_network(self.browser)?;
        let entered = self.api.owner.sign_in(password, self.known, browser, before).await?;
        Ok(entered_into(&self.api, entered))
    }
}

impl FromRequestParts<Api> for Anyone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let browser = remote_address(&parts.extensions).map(|source| browser(&parts.headers, source));
        let known = cookie(&parts.headers, cookies::KNOWN).map(str::to_owned);
        Ok(Self { api: api.clone(), right: Right::shown_by(parts, api).ok(), browser, known })
    }
}

impl FromRequestParts<Api> for AnyoneOnceClaimed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match remote_address(&parts.extensions) {
            Some(_) => has_owner(api).map(|()| Self(())),
            None => Ok(Self(())),
        }
    }
}

fn entered_into(api: &Api, entered: Entered) -> (Entered, SessionState) {
    let state = SessionState::of(&api.host, &api.owner, true, Some(entered.session));
    (entered, state)
}

fn over_the_network(browser: Option<Browser>) -> Result<Browser, Problem> {
    browser.ok_or_else(|| forbidden("a browser does this over HTTPS; the control socket needs no session"))
}
