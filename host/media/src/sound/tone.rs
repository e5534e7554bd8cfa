//! A tone, for trying things out: it tells whether sound arrives, and whether it arrives where it should.

use std::f64::consts::TAU;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{BLOCK_SAMPLES, BLOCK_TIME, Channels, SAMPLE_RATE, SoundError, SoundSource};
use crate::pace::{Cadence, Due};
use crate::testcard::unix_ns;

/// The tone of each channel, Hz: all fit whole into 50 ms, and none is a multiple of another's.
pub const TONE_HZ: [u32; 8] = [440, 660, 520, 100, 740, 860, 940, 1060];
/// Its amplitude: clearly heard, and nobody jumps.
const LEVEL: f64 = 0.05;
/// All tones begin anew together after so many samples.
const PERIOD: u32 = SAMPLE_RATE / 20;

/// Steady tones, another one in each channel.
#[derive(Debug)]
pub struct ToneSource {
    channels: Channels,
    cadence: Cadence,
    sample: u32,
}

impl ToneSource {
    /// Tones in these channels.
    #[must_use]
    pub fn new(channels: Channels) -> Self {
        Self { channels, cadence: Cadence::new(BLOCK_TIME), sample: 0 }
    }

    /// Writes the next block at once.
    pub fn write(&mut self, block: &mut [f32]) {
        let channels = self.channels.count();
        for sample in block.chunks_exact_mut(channels).take(BLOCK_SAMPLES) {
            let at = f64::from(self.sample) / f64::from(SAMPLE_RATE);
            for (value, hz) in sample.iter_mut().zip(TONE_HZ) {
                *value = (LEVEL * (TAU * f64::from(hz) * at).sin()) as f32;
            }
            self.sample = (self.sample + 1) % PERIOD;
        }
    }
}

impl SoundSource for ToneSource {
    fn channels(&self) -> Channels {
        self.channels
    }

    fn next(&mut self, block: &mut [f32], wait: Duration) -> Result<Option<u64>, SoundError> {
        let until = Instant::now() + wait;
        while let Due::In(due) = self.cadence.poll(Instant::now()) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            sleep(due.min(left));
        }
        self.write(block);
        Ok(Some(unix_ns()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::{loudness, tone_level};

    #[test]
    fn every_channel_has_its_own_tone_without_a_break() {
        for channels in [Channels::Stereo, Channels::Surround51, Channels::Surround71] {
            let count = channels.count();
            let mut tone = ToneSource::new(channels);
            let mut samples = Vec::new();
            for _ in 0..200 {
                let mut block = vec![9.0; BLOCK_SAMPLES * count];
                tone.write(&mut block);
                samples.extend(block);
            }
            for (channel, hz) in TONE_HZ.into_iter().take(count).enumerate() {
                let heard = |hz: u32| {
                    tone_level(samples.iter().skip(channel).step_by(count).copied(), SAMPLE_RATE, hz.into())
                };
                assert!((heard(hz) - LEVEL).abs() < 1e-4, "{channel}: {}", heard(hz));
                let others = TONE_HZ.into_iter().filter(|other| *other != hz);
                assert!(others.map(heard).all(|level| level < 1e-4), "{channel}");
            }
            assert!((loudness(samples) - LEVEL / 2_f64.sqrt()).abs() < 1e-4);
        }
    }

    #[test]
    fn blocks_come_at_their_time() {
        let mut tone = ToneSource::new(Channels::Stereo);
        let mut block = [0.0; BLOCK_SAMPLES * 2];
        let begun = Instant::now();
        for _ in 0..20 {
            while tone.next(&mut block, Duration::ZERO).unwrap().is_none() {}
        }
        assert!(begun.elapsed() >= BLOCK_TIME * 19, "{:?}", begun.elapsed());
    }
}
