//! What host and runner say to each other: one object of JSON a line.

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The longest line; a name has at most 64 bytes, a refusal is a sentence.
const MAX_LINE: u64 = 2048;

/// What the host asks for. The app ends with the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    /// The name of the app that is to be started.
    pub(super) start: String,
}

/// What the runner answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    /// It runs.
    Running,
    /// It does not, and why.
    Refused(String),
    /// It has ended by itself.
    Ended {
        /// It said that all went well.
        well: bool,
    },
}

/// The next line; `None` at the end, and for what is no such thing.
pub(super) async fn hear<T: for<'a> Deserialize<'a>>(from: &mut (impl AsyncBufRead + Unpin)) -> Option<T> {
    let mut line = Vec::new();
    from.take(MAX_LINE).read_until(b'\n', &mut line).await.ok()?;
    serde_json::from_slice(line.strip_suffix(b"\n")?).ok()
}

/// Says one thing.
pub(super) async fn say(to: &mut (impl AsyncWrite + Unpin), what: &impl Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    to.write_all(&line).await
}
