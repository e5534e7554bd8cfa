//! Tokens for scripts.

use punktfunk_trust::{Actor, Now};

use super::super::record::{OwnerEvent, OwnerHappening};
use super::super::secret::{Digest, Secret};
use super::super::state::ShortId;
use super::super::token::{PREFIX, TOKENS, Token, TokenInfo, TokenScope, name};
use super::{Account, EndError, Unsaved};

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    /// The box has no owner.
    #[error("this box has no owner yet: claim it first, then make tokens")]
    Unclaimed,
    /// Nothing that can be shown is in the name.
    #[error("a token needs a name by which you know it again")]
    Name,
    /// There are too many.
    #[error("there are {TOKENS} tokens already: revoke those that are not used any more")]
    Full,
    /// It could not be saved; there is no token.
    #[error(transparent)]
    Unsaved(#[from] Unsaved),
}

impl Account {
    /// Makes a token. Its text is told once, here.
    ///
    /// # Errors
    /// [`LimitError`].
    pub fn make_token(
        &mut self,
        now: Now,
        raw_name: &str,
        scope: TokenScope,
        by: Actor,
    ) -> Result<(TokenInfo, Secret), LimitError> {
        if !self.is_claimed() {
            return Err(LimitError::Unclaimed);
        }
        let name = name(raw_name).ok_or(LimitError::Name)?;
        if self.state.tokens.len() >= TOKENS {
            return Err(LimitError::Full);
        }
        let (info, secret) = self.change(now, |state, random, time| {
            let secret = Secret::new(PREFIX, random);
            let (id, digest) = (ShortId::new(random), secret.digest());
            let token = Token { id, digest, name, scope, created: time, used: None };
            let info = token.info();
            state.tokens.push(token);
            (info, secret)
        })?;
        self.tell(OwnerEvent::TokenMade { token: info.id });
        self.note(now, OwnerHappening::TokenMade, None, Some(info.name.clone()), Some(by));
        Ok((info, secret))
    }

    /// The token whose text was presented, and what it may do.
    pub fn token(&mut self, now: Now, presented: &str) -> Option<(ShortId, TokenScope)> {
        let time = self.clock.read(now);
        let digest = Digest::of(presented);
        let token = self.state.tokens.iter_mut().find(|token| token.digest == digest)?;
        let found = (token.id, token.scope);
        if token.used != Some(time) {
            token.used = Some(time);
            self.save_soon(now);
        }
        Some(found)
    }

    /// Whether a token works.
    pub fn has_token(&self, token: ShortId) -> bool {
        self.state.tokens.iter().any(|other| other.id == token)
    }

    /// Every token, the newest first.
    pub fn tokens(&self) -> Vec<TokenInfo> {
        self.state.tokens.iter().rev().map(Token::info).collect()
    }

    /// Makes a token work no more.
    ///
    /// # Errors
    /// [`EndError`].
    pub fn revoke_token(&mut self, now: Now, token: ShortId, by: Actor) -> Result<(), EndError> {
        let (ended, saved) = self.change_at_once(now, |state| {
            let at = state.tokens.iter().position(|other| other.id == token)?;
            Some(state.tokens.remove(at))
        });
        let ended = ended.ok_or(EndError::NotFound)?;
        self.tell(OwnerEvent::TokenRevoked { token });
        self.note(now, OwnerHappening::TokenRevoked, None, Some(ended.name), Some(by));
        Ok(saved?)
    }
}
