//! Tokens by which scripts ask.

use std::fmt;

use punktfunk_trust::{DeviceName, UnixSeconds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::secret::Digest;
use super::state::ShortId;

/// Tokens at once.
pub(crate) const TOKENS: usize = 64;
/// How the text of a token starts, so that one that lies around is recognised.
pub(crate) const PREFIX: &str = "pf_";

/// What a token may do; each includes those before it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// Look, but see no PIN and no picture.
    Read,
    /// Say who may stream, too.
    Devices,
    /// Everything but what makes new ways in: those take a person who has signed in.
    All,
}

impl fmt::Display for TokenScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Devices => "devices",
            Self::All => "all",
        })
    }
}

/// A token, for the list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInfo {
    /// Names it.
    pub id: ShortId,
    /// What the owner calls it.
    pub name: String,
    /// What it may do.
    pub scope: TokenScope,
    /// When it was made.
    pub created_at: UnixSeconds,
    /// When somebody last asked with it. Saved with the next change, so a power cut may set it back.
    pub last_used: Option<UnixSeconds>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    pub(crate) id: ShortId,
    pub(crate) digest: Digest,
    pub(crate) name: String,
    pub(crate) scope: TokenScope,
    pub(crate) created: UnixSeconds,
    pub(crate) used: Option<UnixSeconds>,
}

impl Token {
    pub(crate) fn info(&self) -> TokenInfo {
        TokenInfo {
            id: self.id,
            name: self.name.clone(),
            scope: self.scope,
            created_at: self.created,
            last_used: self.used,
        }
    }
}

/// The showable rest of a name, if there is any.
pub(crate) fn name(raw: &str) -> Option<String> {
    DeviceName::sanitise(raw, punktfunk_trust::MAX_NAME_BYTES).map(|name| name.to_string())
}
