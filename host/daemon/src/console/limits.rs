//! How much the console lets itself be asked.

use std::time::Duration;

/// How much the console lets itself be asked. Tests have smaller ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a request may take to arrive and to be decided, event streams excepted once they have begun.
    pub request: Duration,
    /// Requests that may be sent at once, after a pause: in one session, with one token, or from one source that shows
    /// neither.
    pub burst: u32,
    /// Requests a second after that.
    pub per_second: u32,
    /// This machine asks itself this many times as much: what runs here has other ways to waste its time.
    pub from_here: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { request: Duration::from_secs(30), burst: 128, per_second: 32, from_here: 32 }
    }
}
