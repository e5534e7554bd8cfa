//! What the box plays: the monitor of its default output, from the sound server. PulseAudio's protocol is what both PulseAudio
//! and PipeWire speak.

mod client;
mod library;

use std::collections::VecDeque;
use std::ffi::CStr;
use std::time::{Duration, Instant};

use super::{BLOCK_SAMPLES, BLOCK_TIME, Channels, SoundError, SoundSource};
use crate::testcard::unix_ns;
use client::{Client, State};

/// What the server calls what its default output plays, whichever that is.
const MONITOR: &CStr = c"@DEFAULT_MONITOR@";
/// How long the server may take until it sends sound.
const OPEN_WITHIN: Duration = Duration::from_secs(3);
/// Blocks that are kept when the server sends many at once; older ones would only be late.
const MAX_BLOCKS: usize = 4;

/// The box's own sound. One is made by [`SystemSource::open`].
pub struct SystemSource {
    client: Client,
    channels: Channels,
    samples: VecDeque<f32>,
}

impl SystemSource {
    /// Begins to listen, in up to these channels, to the server at this address (`unix:/run/pulse/native`), or to the one
    /// that the environment names or that runs in the usual places. Blocks until it has answered.
    ///
    /// # Errors
    /// There is no server, or it does not let us listen.
    pub fn open(channels: Channels, server: Option<&str>) -> Result<Self, SoundError> {
        let until = Instant::now() + OPEN_WITHIN;
        let mut client = Client::connect(server)?;
        loop {
            match client.state() {
                State::Connected => client.record(MONITOR, channels)?,
                State::Recording => break,
                State::Failed(reason) => return Err(SoundError::Server { reason }),
                State::Busy if Instant::now() >= until => {
                    return Err(SoundError::Server { reason: "it does not answer".to_owned() });
                }
                State::Busy => {}
            }
            client.turn(until.saturating_duration_since(Instant::now()));
        }
        let room = (MAX_BLOCKS + 1) * BLOCK_SAMPLES * channels.count();
        Ok(Self { client, channels, samples: VecDeque::with_capacity(room) })
    }

    fn collect(&mut self) {
        let (block, samples) = (BLOCK_SAMPLES * self.channels.count(), &mut self.samples);
        self.client.drain(|piece| {
            for sample in piece {
                if samples.len() >= MAX_BLOCKS * block {
                    samples.drain(..block);
                }
                samples.push_back(sample);
            }
        });
    }
}

impl SoundSource for SystemSource {
    fn channels(&self) -> Channels {
        self.channels
    }

    fn next(&mut self, block: &mut [f32], wait: Duration) -> Result<Option<u64>, SoundError> {
        let until = Instant::now() + wait;
        let wanted = BLOCK_SAMPLES * self.channels.count();
        loop {
            self.collect();
            if self.samples.len() >= wanted {
                let waited = BLOCK_TIME * u32::try_from(self.samples.len() / wanted).unwrap_or(1);
                for (to, sample) in block.iter_mut().zip(self.samples.drain(..wanted)) {
                    *to = sample;
                }
                let waited = u64::try_from(waited.as_nanos()).unwrap_or_default();
                return Ok(Some(unix_ns().saturating_sub(waited)));
            }
            if let State::Failed(reason) = self.client.state() {
                return Err(SoundError::Server { reason });
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.client.turn(left);
        }
    }
}

/// Bytes of a block of these channels, as the server counts.
fn block_bytes(channels: Channels) -> u32 {
    (BLOCK_SAMPLES * channels.count() * size_of::<f32>()) as u32
}
