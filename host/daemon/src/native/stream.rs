//! The control stream: framed payloads in both directions (punktfunk/1 §2.1).

use std::time::Duration;

use punktfunk_core::wire::{FrameReader, frame};
use quinn::{RecvStream, SendStream};
use tokio::time::timeout;

use super::ending::Ending;

/// The longest message a client may send. A full Hello stays below 700 bytes, the longest control message (a clipboard
/// offer of 16 entries) below 2300.
pub(super) const MAX_MESSAGE: usize = 4096;
/// How long a peer may refuse to take what the host has to say.
const SEND_LIMIT: Duration = Duration::from_secs(10);

/// The reading half. [`next`](Self::next) may be cancelled at any time without losing bytes.
pub(super) struct ControlReader {
    stream: RecvStream,
    frames: FrameReader,
}

/// The writing half.
pub(super) struct ControlWriter {
    stream: SendStream,
}

impl ControlReader {
    pub(super) fn new(stream: RecvStream) -> Self {
        Self { stream, frames: FrameReader::with_limit(MAX_MESSAGE) }
    }

    /// The next payload. `Err(Gone)` when the peer finished or reset the stream.
    pub(super) async fn next(&mut self) -> Result<Vec<u8>, Ending> {
        loop {
            if let Some(payload) = self.frames.next() {
                return Ok(payload);
            }
            // one chunk at a time, so that a peer fills no more than the reader's bound
            let Some(chunk) = self.stream.read_chunk(MAX_MESSAGE, true).await? else {
                return Err(Ending::Gone);
            };
            self.push(&chunk.bytes)?;
        }
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), Ending> {
        self.frames.push(bytes).map_err(|error| Ending::set_up(format!("{error}")))
    }
}

impl ControlWriter {
    pub(super) fn new(stream: SendStream) -> Self {
        Self { stream }
    }

    /// Sends one payload. A peer that makes no room for it in time is as good as gone.
    pub(super) async fn send(&mut self, payload: &[u8]) -> Result<(), Ending> {
        timeout(SEND_LIMIT, self.stream.write_all(&frame(payload))).await.map_err(|_| Ending::Gone)??;
        Ok(())
    }

    /// Says that nothing more comes.
    pub(super) fn finish(&mut self) {
        // a stream that the peer has already stopped needs no end
        let _ = self.stream.finish();
    }
}
