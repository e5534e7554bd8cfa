//! The sound of a media file, in step with its pictures and as often from the start.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Sample;
use ffmpeg_next::format::sample::Type;
use ffmpeg_next::software::resampling::Context as Resampler;
use ffmpeg_next::{codec, frame};

use super::{BLOCK_SAMPLES, BLOCK_TIME, Channels, SAMPLE_RATE, SoundError, SoundSource};
use crate::ffmpeg as glue;
use crate::file::demuxer::{DemuxError, Demuxer, Stream};
use crate::file::{FilmClock, FilmTime};
use crate::pace::{Cadence, Due};
use crate::testcard::unix_ns;

/// How far sound may be from its pictures, in seconds, before it is moved. Nobody notices less.
const TOLERANCE: f64 = 0.06;
/// A distance that is bridged by looking for the place in the file, in seconds; what is nearer is played through.
const FAR: f64 = 2.0;
/// Packets read for one block. More come only where a long way is to be gone, which then takes several blocks.
const MAX_PACKETS: usize = 64;
/// What is made of the sound, whatever the file has.
const FORMAT: Sample = Sample::F32(Type::Packed);
/// Room for what the resampler has kept back, in samples.
const KEPT_BACK: usize = 1024;
/// The least that a file may say it has, in samples a second: what a few of them would be made into must have a bound.
const LEAST_RATE: u32 = 1_000;

/// A film being listened to. Its clock moves with its pictures; while those stand still, so does the sound.
pub struct FilmSound {
    path: PathBuf,
    clock: FilmClock,
    channels: Channels,
    input: Demuxer,
    time_base: f64,
    decoder: codec::decoder::Audio,
    decoded: frame::Audio,
    resampler: Option<Resampler>,
    /// Decoded and not yet heard, interleaved.
    samples: VecDeque<f32>,
    /// Where in the film the first of the samples is, in seconds; unknown until one was decoded.
    position: Option<f64>,
    /// The pass that is being heard.
    pass: Option<u64>,
    reading: Reading,
    /// The place was looked for, and is not reached yet.
    on_its_way: bool,
    cadence: Cadence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Packets,
    /// The file is read, and the decoder gives what it still has.
    Rest,
    /// There is nothing more in this pass.
    Over,
}

impl FilmSound {
    /// Opens a film's sound; `None` when it has none.
    ///
    /// # Errors
    /// [`SoundError::Film`].
    pub fn open(path: &Path, most: Channels, clock: FilmClock) -> Result<Option<Self>, SoundError> {
        glue::init();
        let fail = |reason: String| SoundError::Film { path: path.to_owned(), reason };
        let input = match Demuxer::open(path, Stream::Sound) {
            Ok(input) => input,
            Err(DemuxError::NoStream(_)) => return Ok(None),
            Err(error) => return Err(fail(error.to_string())),
        };
        let parameters = input.parameters().map_err(|error| fail(error.to_string()))?;
        let decoder = codec::Context::from_parameters(parameters)
            .and_then(|context| context.decoder().audio())
            .map_err(|error| fail(error.to_string()))?;
        let channels = match decoder.channels() {
            0..=2 => Channels::Stereo,
            3..=6 => Channels::Surround51,
            _ => Channels::Surround71,
        };
        Ok(Some(Self {
            path: path.to_owned(),
            clock,
            channels: channels.min(most),
            time_base: input.time_base(),
            input,
            decoder,
            decoded: frame::Audio::empty(),
            resampler: None,
            samples: VecDeque::new(),
            position: None,
            pass: None,
            reading: Reading::Packets,
            on_its_way: false,
            cadence: Cadence::new(BLOCK_TIME),
        }))
    }

    /// Writes what is heard at this time of the film.
    fn play(&mut self, time: FilmTime, block: &mut [f32]) -> Result<(), SoundError> {
        let begins = self.pass.replace(time.pass) != Some(time.pass);
        let behind = self.position.is_some_and(|position| time.position - position > FAR);
        if begins || behind && !self.on_its_way && self.reading != Reading::Over {
            self.go_to(time.position)?;
        }
        self.read(time.position, block.len());
        block.fill(0.0);
        let Some(position) = self.position else { return Ok(()) };
        if (time.position - position).abs() > TOLERANCE {
            // what comes next has its time later, or not even what was read now reaches so far
            return Ok(());
        }
        self.on_its_way = false;
        let heard = self.samples.len().min(block.len());
        block.iter_mut().zip(self.samples.drain(..heard)).for_each(|(to, sample)| *to = sample);
        self.position = Some(position + BLOCK_TIME.as_secs_f64());
        Ok(())
    }

    /// Looks for this place in the file. What comes then may still be before it.
    fn go_to(&mut self, position: f64) -> Result<(), SoundError> {
        if self.input.go_to(position).is_err() {
            // formats that cannot seek are read from the start
            self.input = Demuxer::open(&self.path, Stream::Sound)
                .map_err(|error| SoundError::Film { path: self.path.clone(), reason: error.to_string() })?;
        }
        self.decoder.flush();
        self.resampler = None;
        self.samples.clear();
        self.position = None;
        self.reading = Reading::Packets;
        self.on_its_way = true;
        Ok(())
    }

    /// Decodes until `count` samples from `position` on are there.
    fn read(&mut self, position: f64, count: usize) {
        let mut packets = 0;
        while self.reading != Reading::Over {
            let off = self.position.map_or(0.0, |first| position - first);
            if off > TOLERANCE {
                self.skip(off);
            }
            if self.samples.len() >= count {
                return;
            }
            match self.decoder.receive_frame(&mut self.decoded) {
                Ok(()) => self.take_decoded(),
                Err(_) if self.reading == Reading::Rest => self.reading = Reading::Over,
                Err(_) if packets == MAX_PACKETS => return,
                Err(_) => {
                    packets += 1;
                    self.feed();
                }
            }
        }
    }

    /// Leaves out so many seconds of what is decoded.
    fn skip(&mut self, seconds: f64) {
        let count = self.channels.count();
        let wanted = (seconds * f64::from(SAMPLE_RATE)) as usize;
        let skipped = wanted.min(self.samples.len() / count);
        self.samples.drain(..skipped * count);
        if let Some(position) = &mut self.position {
            *position += skipped as f64 / f64::from(SAMPLE_RATE);
        }
    }

    /// Hands one packet to the decoder. Damaged ones are skipped.
    fn feed(&mut self) {
        let mut packet = ffmpeg::Packet::empty();
        match self.input.read(&mut packet) {
            Ok(true) => {
                if let Err(error) = self.decoder.send_packet(&packet) {
                    tracing::debug!(path = %self.path.display(), %error, "a damaged packet of sound was skipped");
                }
            }
            Ok(false) => {}
            Err(_) => {
                self.reading = Reading::Rest;
                self.decoder.send_eof().ok();
            }
        }
    }

    /// Adds the decoded samples to the others.
    fn take_decoded(&mut self) {
        let count = self.channels.count();
        let waiting = (self.samples.len() / count) as f64 / f64::from(SAMPLE_RATE);
        let begins = self.decoded.timestamp().map(|pts| pts as f64 * self.time_base);
        let follows = self.position.map(|position| position + waiting);
        match (begins, follows) {
            (Some(begins), Some(follows)) if (begins - follows).abs() > TOLERANCE => {
                // a gap, or timestamps that begin anew
                self.samples.clear();
                self.position = Some(begins);
            }
            (begins, None) => self.position = Some(begins.unwrap_or(0.0)),
            _ => {}
        }
        glue::name_channels(&mut self.decoded);
        let Some(converted) = self.convert() else { return };
        let bytes = &converted.data(0)[..converted.samples() * count * 4];
        let samples =
            bytes.chunks_exact(4).map(|four| f32::from_ne_bytes([four[0], four[1], four[2], four[3]]));
        self.samples.extend(samples);
    }

    /// The decoded samples in our rate, channels and format.
    fn convert(&mut self) -> Option<frame::Audio> {
        let (rate, layout) = (self.decoded.rate(), self.decoded.channel_layout());
        if rate < LEAST_RATE {
            return None;
        }
        let fits = self.resampler.as_ref().is_some_and(|resampler| {
            let input = resampler.input();
            (input.format, input.rate, input.channel_layout) == (self.decoded.format(), rate, layout)
        });
        if !fits {
            let made = Resampler::get(
                self.decoded.format(),
                layout,
                rate,
                FORMAT,
                self.channels.layout(),
                SAMPLE_RATE,
            );
            self.resampler = made.ok();
        }
        let samples = self.decoded.samples() * SAMPLE_RATE as usize / rate as usize;
        let mut out = frame::Audio::new(FORMAT, samples + KEPT_BACK, self.channels.layout());
        self.resampler.as_mut()?.run(&self.decoded, &mut out).ok()?;
        Some(out)
    }
}

impl SoundSource for FilmSound {
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
        let Some(time) = self.clock.at(Instant::now()) else { return Ok(None) };
        self.play(time, &mut block[..BLOCK_SAMPLES * self.channels.count()])?;
        Ok(Some(unix_ns()))
    }
}

#[cfg(test)]
mod tests;
