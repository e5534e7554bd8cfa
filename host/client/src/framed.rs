//! The control stream as whole messages (punktfunk/1 §2.1).

use punktfunk_core::DecodeError;
use punktfunk_core::wire::{FrameReader, frame};
use quinn::{ReadError, RecvStream, SendStream, WriteError};

/// Most bytes taken from the stream at once.
const CHUNK: usize = 16 * 1024;

/// Why no further message can be had or sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamFailure {
    #[error("the host finished the control stream")]
    Finished,
    #[error(transparent)]
    Frame(#[from] DecodeError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The half that reads.
pub(crate) struct MessageReader {
    stream: RecvStream,
    frames: FrameReader,
}

impl MessageReader {
    pub(crate) fn new(stream: RecvStream) -> Self {
        Self { stream, frames: FrameReader::new() }
    }

    /// The next message. Dropping the future loses nothing: what was read stays in the reader.
    pub(crate) async fn next(&mut self) -> Result<Vec<u8>, StreamFailure> {
        loop {
            if let Some(message) = self.frames.next() {
                return Ok(message);
            }
            match self.stream.read_chunk(CHUNK, true).await? {
                Some(chunk) => self.frames.push(&chunk.bytes)?,
                None => return Err(StreamFailure::Finished),
            }
        }
    }
}

/// Sends one message.
pub(crate) async fn send(stream: &mut SendStream, payload: &[u8]) -> Result<(), StreamFailure> {
    stream.write_all(&frame(payload)).await?;
    Ok(())
}
