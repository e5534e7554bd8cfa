//! `connect`: stream, decode, show, sum up.

use std::io::{Write as _, stderr};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use punktfunk_client::{CancelToken, Codec, NativeClient, SessionEnd, VideoFrame};

use super::args::{CodecWish, ConnectArgs, Wish};
use super::decode::{Decoder, decodable};
use super::failure::Failure;
use super::open::{Request, open};
use super::output::{Kind, Output, OutputError};
use super::progress::ProgressLine;
use super::report::Done;
use super::sound;
use super::strokes::type_strokes;
use super::summary::{Agreement, Decoding, Summary};
use super::wave::WaveFile;

/// How often the loop looks at the clock and at Ctrl-C while no frame comes.
const LOOK_UP: Duration = Duration::from_millis(50);
/// A session that is to end by itself fails when no frame has come for this long.
const NO_VIDEO: Duration = Duration::from_secs(15);
/// After a frame that could not be decoded, an IDR is asked for at most this often.
const KEYFRAME_GAP: Duration = Duration::from_millis(500);

pub(crate) fn run(args: &ConnectArgs, stop: &CancelToken) -> Result<Done, Failure> {
    let (output, codec) = match &args.out {
        Some(path) => {
            let kind = Kind::of(path).map_err(|error| Failure::usage(format_args!("--out {error}")))?;
            let codec = codec_for(kind, args.wish.codec)?;
            (Some(Output::create(path, kind)?), codec)
        }
        None => (None, args.wish.codec),
    };
    let sound = args.audio_out.as_deref().map(WaveFile::create).transpose()?;
    let wish = Wish { codec, ..args.wish.clone() };
    let client =
        open(&Request { peer: &args.peer, trust: &args.trust, wish: &wish, decodable: decodable(), stop })?;
    let decoder = Decoder::open(client.terms().codec).map_err(|error| Failure::new("no_decoder", error))?;
    let mut show = Show {
        client: &client,
        decoder,
        output,
        decoding: Decoding::default(),
        first: None,
        keyframe_asked: None,
    };
    let listening = &client;
    let mut failure = std::thread::scope(|scope| {
        let recording = sound.map(|file| scope.spawn(move || sound::record(listening, file)));
        let mut failure = show.run(scope, args, stop).err();
        if let Some(recording) = recording {
            // the recording ends with the session
            client.quit();
            let heard = recording.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            failure = failure.or(heard.err());
        }
        failure
    });
    let streamed = show.first.map(|first| first.elapsed()).unwrap_or_default();
    let summary = Summary::new(&client.stats(), &Agreement::of(&client), streamed, Some(&show.decoding));
    if let Some(output) = show.output.take() {
        failure = failure.or(output.finish().err().map(Failure::from));
    }
    client.quit();
    Ok(Done::session(&summary, failure))
}

/// A session on its way through decoder and file.
struct Show<'a> {
    client: &'a NativeClient,
    decoder: Decoder,
    output: Option<Output>,
    decoding: Decoding,
    first: Option<Instant>,
    keyframe_asked: Option<Instant>,
}

impl<'a> Show<'a> {
    /// Until enough has been seen, the user stops, or the session ends.
    fn run<'s>(
        &mut self,
        scope: &'s Scope<'s, 'a>,
        args: &'a ConnectArgs,
        stop: &'a CancelToken,
    ) -> Result<(), Failure>
    where
        'a: 's,
    {
        let begun = Instant::now();
        let mut line = ProgressLine::new();
        let mut typist: Option<ScopedJoinHandle<'s, ()>> = None;
        let mut frames = 0;
        loop {
            if stop.is_cancelled() {
                return Ok(());
            }
            match self.client.next_video(LOOK_UP) {
                Ok(Some(unit)) => {
                    frames += 1;
                    if self.first.is_none() {
                        self.first = Some(Instant::now());
                        typist = start_typing(scope, self.client, args, stop);
                    }
                    self.take(&unit)?;
                }
                Ok(None) => {}
                Err(end) => return Self::ended(&end),
            }
            line.update(|| self.client.stats());
            let seen_enough = match (args.frames, args.seconds, self.first) {
                (Some(limit), _, _) => frames >= limit,
                (_, Some(limit), Some(first)) => first.elapsed() >= limit,
                _ => false,
            };
            if seen_enough && typist.as_ref().is_none_or(ScopedJoinHandle::is_finished) {
                return Ok(());
            }
            let limited = args.frames.is_some() || args.seconds.is_some();
            if limited && self.first.is_none() && begun.elapsed() > NO_VIDEO {
                return Err(no_video());
            }
        }
    }

    fn take(&mut self, unit: &VideoFrame) -> Result<(), Failure> {
        let mut failed = None;
        if let Some(output) = &mut self.output {
            output.access_unit(&unit.bytes)?;
        }
        let decoded = self.decoder.decode(unit, |picture| {
            self.decoding.pictures += 1;
            // What refers to a lost frame is decoded for those after it, and shown to nobody.
            if unit.presentable
                && let Some(output) = &mut self.output
            {
                failed = failed.take().or(output.picture(picture).err());
            }
        });
        match decoded {
            Ok(time) => self.decoding.time.record(time),
            Err(error) => self.on_undecodable(unit, error),
        }
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    fn on_undecodable(&mut self, unit: &VideoFrame, error: ffmpeg_next::Error) {
        tracing::debug!(frame = unit.frame_index, %error, "not decodable");
        if self.keyframe_asked.is_none_or(|asked| asked.elapsed() > KEYFRAME_GAP) {
            self.keyframe_asked = Some(Instant::now());
            self.client.request_keyframe();
        }
    }

    fn ended(end: &SessionEnd) -> Result<(), Failure> {
        match Failure::from_end(end) {
            Some(failure) => Err(failure),
            None => {
                let _ = writeln!(stderr(), "the host ended the session");
                Ok(())
            }
        }
    }
}

fn start_typing<'s, 'a: 's>(
    scope: &'s Scope<'s, 'a>,
    client: &'a NativeClient,
    args: &'a ConnectArgs,
    stop: &'a CancelToken,
) -> Option<ScopedJoinHandle<'s, ()>> {
    let strokes: Vec<_> =
        args.text.iter().chain(&args.press).flat_map(|strokes| strokes.0.iter().copied()).collect();
    (!strokes.is_empty()).then(|| scope.spawn(move || type_strokes(client, &strokes, stop)))
}

/// The stream is written as it comes, so the file's name decides what it must be.
fn codec_for(kind: Kind, wish: CodecWish) -> Result<CodecWish, Failure> {
    let needed = match kind {
        Kind::Stream(Codec::H264) => CodecWish::H264,
        Kind::Stream(_) => CodecWish::Hevc,
        Kind::Planes | Kind::Png | Kind::Ppm => return Ok(wish),
    };
    if wish == CodecWish::Auto || wish == needed {
        return Ok(needed);
    }
    Err(Failure::usage("--out and --codec name different codecs; leave --codec out"))
}

fn no_video() -> Failure {
    Failure::new(
        "no_video",
        format_args!(
            "the host let this device in, but no video came for {} s. Check that nothing between the two blocks UDP, \
             and look at the host's log.",
            NO_VIDEO.as_secs()
        ),
    )
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Self {
        Self::new("output", error)
    }
}
