use std::io::{self, Read};
use std::time::{Duration, Instant};

use super::{Body, FeedError, Source, Throttle};
use crate::chunks::Chunk;
use crate::hash::Sha256;

/// How often and after which pauses a broken download is taken up again.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The most attempts without a new chunk.
    pub attempts: u32,
    /// The pause after the second failure in a row (the first is taken up at once); each further one is twice as long.
    pub pause: Duration,
}

impl Default for Patience {
    /// Six attempts within half a minute.
    fn default() -> Self {
        Self { attempts: 6, pause: Duration::from_secs(2) }
    }
}

/// How often a chunk that is not what it must be is asked for; something on the way may have garbled it.
const TAMPERED_ATTEMPTS: u32 = 2;
/// The most bytes that one request asks for.
pub const MAX_REQUEST: u64 = 64 << 20;
/// A gap between wanted chunks that is read and thrown away, because a new request costs more.
const SMALL_GAP: u64 = 64 << 10;

/// Fetches chunks of one file in order, taking broken connections up again where they broke.
pub struct Pull<'a> {
    source: &'a dyn Source,
    name: &'a str,
    patience: Patience,
    throttle: &'a mut Throttle,
    began: Instant,
    arriving: Option<Arriving>,
    /// Bytes that came over the network, also those that were thrown away.
    fetched: u64,
}

struct Arriving {
    bytes: Box<dyn Read>,
    at: u64,
    end: u64,
    /// Whether the server sends the whole file whatever it was asked for.
    whole: bool,
}

impl<'a> Pull<'a> {
    /// Prepares to fetch from the file `name`.
    pub fn new(
        source: &'a dyn Source,
        name: &'a str,
        patience: Patience,
        throttle: &'a mut Throttle,
    ) -> Self {
        Self { source, name, patience, throttle, began: Instant::now(), arriving: None, fetched: 0 }
    }

    /// How many bytes came so far.
    pub fn fetched(&self) -> u64 {
        self.fetched
    }

    /// The bytes of `chunk` into `buffer`, checked. `until` is how far the wanted chunks go on without a gap; that is what
    /// is asked for.
    ///
    /// # Errors
    /// [`FeedError`], after all attempts.
    pub fn chunk(&mut self, chunk: &Chunk, until: u64, buffer: &mut Vec<u8>) -> Result<(), FeedError> {
        buffer.resize(chunk.length as usize, 0);
        let mut pause = Duration::ZERO;
        let mut attempt = 1;
        loop {
            let failed = match self.try_chunk(chunk.offset, until, buffer) {
                Ok(()) if Sha256::of(buffer) == chunk.sha256 => return Ok(()),
                Ok(()) => FeedError::Tampered { name: self.name.to_owned() },
                // a refusal does not pass by itself
                Err(refused @ FeedError::Refused { .. }) => return Err(refused),
                Err(failed) => failed,
            };
            self.arriving = None;
            let tampered = matches!(failed, FeedError::Tampered { .. });
            if attempt >= self.patience.attempts || (tampered && attempt >= TAMPERED_ATTEMPTS) {
                return Err(failed);
            }
            tracing::warn!("{failed} (attempt {attempt} of {})", self.patience.attempts);
            std::thread::sleep(pause);
            (attempt, pause) = (attempt + 1, (pause * 2).max(self.patience.pause));
        }
    }

    fn try_chunk(&mut self, offset: u64, until: u64, buffer: &mut [u8]) -> Result<(), FeedError> {
        let near = |now: &Arriving| {
            let within = now.at <= offset && offset + buffer.len() as u64 <= now.end;
            within && (now.whole || offset - now.at <= SMALL_GAP)
        };
        if !self.arriving.as_ref().is_some_and(near) {
            let end = until.max(offset + buffer.len() as u64);
            let Body { start, bytes } = self.source.open(self.name, Some(offset..end))?;
            let whole = start != offset;
            self.arriving =
                Some(Arriving { bytes, at: start, end: if whole { u64::MAX } else { end }, whole });
        }
        self.read_to(offset, buffer).map_err(|why| FeedError::Unreachable {
            url: self.name.to_owned(),
            why: match why.kind() {
                io::ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
                _ => why.to_string(),
            },
        })
    }

    /// Throws away what comes before `offset`, then fills the buffer.
    fn read_to(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut filled = 0;
        let mut spare = [0; 16 * 1024];
        while filled < buffer.len() {
            let Some(arriving) = &mut self.arriving else { return Err(io::ErrorKind::UnexpectedEof.into()) };
            let before = usize::try_from(offset.saturating_sub(arriving.at)).unwrap_or(usize::MAX);
            let room = if before > 0 { &mut spare[..before.min(16 * 1024)] } else { &mut buffer[filled..] };
            let read = arriving.bytes.read(room)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            arriving.at += read as u64;
            self.fetched += read as u64;
            filled += if before > 0 { 0 } else { read };
            std::thread::sleep(self.throttle.after(read, self.began.elapsed()));
        }
        Ok(())
    }
}
