//! The thread of a session's sound: blocks in, packets out. Whatever happens to it, pictures go on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use punktfunk_media::sound::{
    BLOCK_SAMPLES, BLOCK_TIME, Channels, OpusEncoder, OpusSpec, SoundError, SoundSource, SoundSpec,
    open_sound,
};

use super::fan::Orders;
use super::{SoundPacket, SoundShown};
use crate::app::Fault;
use crate::session::pipeline::AtWork;
use crate::session::session::Session;

/// How long the thread sleeps at a time while nobody listens.
const UNHEARD_WAIT: Duration = Duration::from_millis(500);
/// How long a source may keep the thread without a sound, so that orders are seen in time.
const BLOCK_WAIT: Duration = Duration::from_millis(50);
/// How often what failed is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(2);
/// Samples of the longest block.
const LONGEST_BLOCK: usize = BLOCK_SAMPLES * 8;

/// Starts the thread.
pub(in crate::session) fn spawn(session: &Arc<Session>, spec: SoundSpec) {
    let worker = Arc::clone(session);
    let work = move || {
        let _at_work = AtWork::new();
        if catch_unwind(AssertUnwindSafe(|| run(&worker, spec))).is_err() {
            tracing::error!(session = worker.id(), "the sound broke down; pictures go on without it");
        }
    };
    if let Err(error) = thread::Builder::new().name(format!("sound-{}", session.id())).spawn(work) {
        tracing::warn!(%error, "the thread for sound could not start; there are pictures only");
    }
}

fn run(session: &Session, spec: SoundSpec) {
    let mut studio = Studio {
        spec,
        source: None,
        encoders: Vec::new(),
        next_try: None,
        told: None,
        block: [0.0; LONGEST_BLOCK],
    };
    let (mut known, mut formats) = (0, Vec::new());
    loop {
        match session.sound().orders(&mut known, &mut formats, UNHEARD_WAIT) {
            Orders::End => break,
            Orders::Rest => studio.rest(),
            Orders::Play => studio.play(session, &formats),
        }
    }
    tracing::debug!(session = session.id(), "the session's sound is closed");
}

struct Studio {
    spec: SoundSpec,
    /// With the channels that it was asked for; a film may have no sound.
    source: Option<(Channels, Option<Box<dyn SoundSource>>)>,
    /// Each by the format that was asked for.
    encoders: Vec<(OpusSpec, OpusEncoder)>,
    next_try: Option<Instant>,
    /// What was complained about last.
    told: Option<SoundError>,
    block: [f32; LONGEST_BLOCK],
}

impl Studio {
    /// Nobody listens: nothing is kept open.
    fn rest(&mut self) {
        self.source = None;
        self.encoders.clear();
    }

    /// One block from the source to the viewers, or none when nothing came.
    fn play(&mut self, session: &Session, formats: &[OpusSpec]) {
        if let Some(left) = self.next_try.map(|at| at.saturating_duration_since(Instant::now())) {
            if !left.is_zero() {
                return thread::sleep(left.min(BLOCK_WAIT));
            }
            self.next_try = None;
        }
        if let Err(error) = self.turn(session, formats) {
            self.next_try = Some(Instant::now() + RETRY_EVERY);
            self.rest();
            if self.told.as_ref() != Some(&error) {
                tracing::warn!(%error, "there is no sound; pictures go on");
                let fault = Fault::new(error.code(), error.params(), &error.to_string());
                session.sound().show(None, Some(fault));
                self.told = Some(error);
            }
        }
    }

    fn turn(&mut self, session: &Session, formats: &[OpusSpec]) -> Result<(), SoundError> {
        self.encoders.retain(|(format, _)| formats.contains(format));
        for format in formats {
            if !self.encoders.iter().any(|(known, _)| known == format) {
                self.encoders.push((*format, OpusEncoder::open(*format)?));
            }
        }
        let most = formats.iter().map(|format| format.channels).max().unwrap_or_default();
        if self.source.as_ref().is_none_or(|(asked, _)| *asked != most) {
            self.source = None;
            let source = open_sound(&self.spec, most, session.film())?;
            session.sound().show(source.as_ref().map(|_| SoundShown::from(&self.spec)), None);
            self.source = Some((most, source));
        }
        let Some((_, Some(source))) = &mut self.source else {
            thread::sleep(BLOCK_WAIT);
            return Ok(());
        };
        let channels = source.channels();
        let block = &mut self.block[..BLOCK_SAMPLES * channels.count()];
        // nothing is sent in the place of what does not come: clients bridge a gap by themselves
        let Some(heard_at_ns) = source.next(block, BLOCK_WAIT)? else { return Ok(()) };
        self.told = None;
        for (format, encoder) in &mut self.encoders {
            if let Some(opus) = encoder.encode(block, channels)? {
                let before = u64::from(format.length.ms() - BLOCK_TIME.as_millis() as u32) * 1_000_000;
                let captured_at_ns = heard_at_ns.saturating_sub(before);
                session
                    .sound()
                    .publish(format, &Arc::new(SoundPacket { opus: opus.to_vec(), captured_at_ns }));
            }
        }
        Ok(())
    }
}
