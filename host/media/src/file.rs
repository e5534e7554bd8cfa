//! A media file as a source: any video that FFmpeg reads, in a loop, at its own pace.

mod clock;
pub(crate) mod demuxer;
mod timeline;
mod to_bgra;

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use ffmpeg_next as ffmpeg;
use ffmpeg_next::{codec, format::Pixel, frame};

use crate::ffmpeg as glue;
use crate::picture::{Memory, Picture, PixelFormat, Plane, Yuv};
use crate::source::{Source, SourceError, SourceInfo};
use crate::testcard::unix_ns;
pub use clock::FilmClock;
pub(crate) use clock::FilmTime;
use demuxer::{Demuxer, Stream};
use timeline::Timeline;
use to_bgra::ToBgra;

/// Rate assumed for files that do not tell theirs, in pictures a second.
const DEFAULT_RATE: f64 = 25.0;

/// A file being played. One is made by [`FileSource::open`].
pub struct FileSource {
    path: PathBuf,
    input: Demuxer,
    time_base: f64,
    rate: f64,
    decoder: codec::decoder::Video,
    timeline: Timeline,
    decoded: frame::Video,
    /// When the decoded picture is to be shown; `None` once it has been.
    due: Option<Instant>,
    draining: bool,
    pictures_in_pass: u64,
    /// Whether this pass began with a seek and not with a fresh open.
    sought: bool,
    /// Whether a seek to the start has not yet proven useless.
    seekable: bool,
    to_bgra: ToBgra,
    clock: FilmClock,
    /// Counts passes, over all sources that share the clock.
    pass: u64,
    /// Where in the file the decoded picture is, in seconds.
    position: f64,
}

impl FileSource {
    /// Opens a file and decodes its first picture, so that a file without any is refused here.
    ///
    /// # Errors
    /// [`SourceError::File`] with the path and what is wrong.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        Self::open_with(path, FilmClock::default())
    }

    /// The same, with a clock by which its sound can follow.
    ///
    /// # Errors
    /// [`SourceError::File`] with the path and what is wrong.
    pub fn open_with(path: &Path, clock: FilmClock) -> Result<Self, SourceError> {
        glue::init();
        let fail = |reason: String| SourceError::File { path: path.to_owned(), reason };
        let kind = std::fs::metadata(path).map_err(|error| fail(error.to_string()))?;
        if !kind.is_file() {
            return Err(fail("it is not a file".to_owned()));
        }
        let input = Demuxer::open(path, Stream::Video).map_err(|error| fail(error.to_string()))?;
        let rate = Some(input.rate()).filter(|rate| rate.is_normal() && *rate > 0.0);
        let rate = rate.unwrap_or(DEFAULT_RATE);
        let parameters = input.parameters().map_err(|error| fail(error.to_string()))?;
        let decoder = codec::Context::from_parameters(parameters)
            .and_then(|context| context.decoder().video())
            .map_err(|error| fail(format!("its video cannot be decoded ({error})")))?;
        let mut source = Self {
            path: path.to_owned(),
            time_base: input.time_base(),
            rate,
            decoder,
            timeline: Timeline::new(Duration::from_secs_f64(1.0 / rate)),
            decoded: frame::Video::empty(),
            due: None,
            draining: false,
            pictures_in_pass: 0,
            sought: false,
            seekable: true,
            to_bgra: ToBgra::default(),
            pass: clock.next_pass(),
            clock,
            position: 0.0,
            input,
        };
        source.decode_next()?;
        Ok(source)
    }

    fn fail(&self, reason: impl Into<String>) -> SourceError {
        SourceError::File { path: self.path.clone(), reason: reason.into() }
    }

    /// Decodes one more picture, starting over at the end of the file.
    fn decode_next(&mut self) -> Result<(), SourceError> {
        loop {
            match self.decoder.receive_frame(&mut self.decoded) {
                Ok(()) => {
                    self.pictures_in_pass += 1;
                    let pts = self.decoded.timestamp().map(|pts| pts as f64 * self.time_base);
                    self.position = pts.unwrap_or((self.pictures_in_pass - 1) as f64 / self.rate);
                    self.due = Some(self.timeline.due(pts, Instant::now()));
                    return Ok(());
                }
                Err(_) if self.draining => self.start_over()?,
                Err(_) => self.feed(),
            }
        }
    }

    /// Hands one packet to the decoder. Damaged ones are skipped; the end of the file ends the pass.
    fn feed(&mut self) {
        let mut packet = ffmpeg::Packet::empty();
        match self.input.read(&mut packet) {
            Ok(true) => {
                if let Err(error) = self.decoder.send_packet(&packet) {
                    tracing::debug!(path = %self.path.display(), %error, "a damaged packet was skipped");
                }
            }
            Ok(false) => {}
            Err(_) => {
                self.draining = true;
                self.decoder.send_eof().ok();
            }
        }
    }

    fn start_over(&mut self) -> Result<(), SourceError> {
        let nothing_came = self.pictures_in_pass == 0;
        if nothing_came && !self.sought {
            return Err(self.fail("it holds no picture that can be decoded"));
        }
        // some formats claim to seek and then stand at their end: those are opened anew for every pass
        self.seekable &= !nothing_came;
        self.sought = self.seekable && self.input.rewind().is_ok();
        if !self.sought {
            self.input =
                Demuxer::open(&self.path, Stream::Video).map_err(|error| self.fail(error.to_string()))?;
        }
        self.pictures_in_pass = 0;
        self.pass = self.clock.next_pass();
        self.draining = false;
        self.timeline.start_over();
        self.decoder.flush();
        Ok(())
    }

    fn picture(&mut self) -> Result<Picture<'_>, SourceError> {
        let captured_at_ns = unix_ns();
        let (width, height) = (self.decoded.width(), self.decoded.height());
        if let Some(yuv) = as_streamable_yuv(&self.decoded) {
            return Ok(Picture { width, height, captured_at_ns, memory: Memory::Yuv(yuv) });
        }
        let converted = self.to_bgra.convert(&self.decoded);
        let bgra = converted.map_err(|error| SourceError::File {
            path: self.path.clone(),
            reason: format!("its pixel format {:?} cannot be read ({error})", self.decoded.format()),
        })?;
        let memory = Memory::Mapped { format: PixelFormat::Bgra, stride: bgra.stride(0), data: bgra.data(0) };
        Ok(Picture { width, height, captured_at_ns, memory })
    }
}

impl Source for FileSource {
    fn describe(&self) -> SourceInfo {
        SourceInfo {
            name: self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned(),
            width: self.decoded.width(),
            height: self.decoded.height(),
            refresh_hz: self.rate,
        }
    }

    fn next(&mut self, wait: Duration) -> Result<Option<Picture<'_>>, SourceError> {
        let until = Instant::now() + wait;
        if self.due.is_none() {
            self.decode_next()?;
        }
        let due = self.due.unwrap_or(until).saturating_duration_since(Instant::now());
        let left = until.saturating_duration_since(Instant::now());
        sleep(due.min(left));
        if due > left {
            return Ok(None);
        }
        let shown_at = self.due.take().unwrap_or(until);
        self.clock.beat(shown_at, FilmTime { pass: self.pass, position: self.position });
        self.picture().map(Some)
    }
}

/// The frame's planes, if they are what encoders take: 8-bit 4:2:0, BT.709, limited range.
fn as_streamable_yuv(frame: &frame::Video) -> Option<Yuv<'_>> {
    use ffmpeg_next::color::{Range, Space};
    let high = frame.height() >= 720;
    let bt709 = frame.color_space() == Space::BT709 || (frame.color_space() == Space::Unspecified && high);
    if !bt709 || frame.color_range() == Range::JPEG || !glue::is_top_down(frame) {
        return None;
    }
    let plane = |index| Plane { stride: frame.stride(index), data: frame.data(index) };
    match frame.format() {
        Pixel::YUV420P => Some(Yuv::I420 { y: plane(0), u: plane(1), v: plane(2) }),
        Pixel::NV12 => Some(Yuv::Nv12 { y: plane(0), uv: plane(1) }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
