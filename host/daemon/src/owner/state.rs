//! What is kept on disk.

use std::fmt;
use std::str::FromStr;

use punktfunk_trust::{Randomness, UnixSeconds};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::claim_code::ClaimCode;
use super::delay::Strangers;
use super::password::PasswordHash;
use super::session::{KNOWN, Known, SESSIONS, Session};
use super::token::{TOKENS, Token};

/// The form of the file that this version writes.
const VERSION: u32 = 1;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    version: u32,
    /// The latest time that was seen.
    pub(crate) mark: UnixSeconds,
    pub(crate) standing: Standing,
    pub(crate) sessions: Vec<Session>,
    pub(crate) known: Vec<Known>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) strangers: Strangers,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Standing {
    Unclaimed { code: ClaimCode },
    Claimed { password: PasswordHash },
}

impl State {
    pub(crate) fn unclaimed(code: ClaimCode, mark: UnixSeconds) -> Self {
        Self {
            version: VERSION,
            mark,
            standing: Standing::Unclaimed { code },
            sessions: Vec::new(),
            known: Vec::new(),
            tokens: Vec::new(),
            strangers: Strangers::default(),
        }
    }

    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let state: Self = serde_json::from_slice(bytes).map_err(|why| why.to_string())?;
        let is_claimed = matches!(state.standing, Standing::Claimed { .. });
        let is_empty = state.sessions.is_empty() && state.known.is_empty() && state.tokens.is_empty();
        let fits =
            state.sessions.len() <= SESSIONS && state.known.len() <= KNOWN && state.tokens.len() <= TOKENS;
        match state.version {
            VERSION if fits && (is_claimed || is_empty) => Ok(state),
            VERSION => Err("what it says contradicts itself".to_owned()),
            other => Err(format!("it is of version {other}, and this host knows version {VERSION}")),
        }
    }

    pub(crate) fn write(&self) -> serde_json::Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        Ok(text)
    }
}

/// Names a session or a token in lists. It opens nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortId(u64);

impl ShortId {
    /// As a number, which means nothing.
    pub fn get(self) -> u64 {
        self.0
    }

    pub(crate) fn new(random: &mut dyn Randomness) -> Self {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        Self(u64::from_be_bytes(bytes))
    }
}

impl fmt::Display for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text names no session and no token.
#[derive(Debug, thiserror::Error)]
#[error("an id is 16 hex digits, as the list shows it")]
pub struct BadId;

impl FromStr for ShortId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        u64::from_str_radix(text, 16).ok().filter(|_| is_hex).map(Self).ok_or(BadId)
    }
}

impl Serialize for ShortId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ShortId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
