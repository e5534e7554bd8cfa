//! Packets out of a media file: libavformat, loaded when the first file is opened.
//!
//! On Debian libavformat brings 38 more libraries, for network protocols and the like, and 9 MiB of resident memory. A
//! host that shows a screen never needs them, so the program does not link it.
#![allow(unsafe_code, reason = "FFmpeg is C, and its functions are looked up by name")]

use std::ffi::{CString, c_char, c_int};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr::{NonNull, null, null_mut};
use std::sync::OnceLock;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::codec;
use ffmpeg_next::ffi::{
    self, AVCodec, AVDictionary, AVDiscard, AVFormatContext, AVInputFormat, AVMediaType, AVPacket, AVStream,
};
use libloading::Library;

/// An open file, of which one stream is read.
pub(crate) struct Demuxer {
    library: &'static Libavformat,
    context: NonNull<AVFormatContext>,
    stream: usize,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum DemuxError {
    #[error("the FFmpeg library that reads files is missing ({0}); install it (Debian: libavformat59)")]
    Library(String),
    #[error("{0}")]
    File(#[from] ffmpeg::Error),
    #[error("it holds no {0}")]
    NoStream(Stream),
}

/// What is read of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Video,
    Sound,
}

impl std::fmt::Display for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Video => "video",
            Self::Sound => "sound",
        })
    }
}

// SAFETY: a format context belongs to no thread, and `&mut` keeps two from using it at once.
unsafe impl Send for Demuxer {}

impl Demuxer {
    /// Opens a file and finds its best stream of this kind.
    pub(crate) fn open(path: &Path, wanted: Stream) -> Result<Self, DemuxError> {
        let library = Libavformat::get()?;
        // a policy names a file: without the scheme FFmpeg would take "http:" and its like for an address
        let address = CString::new([b"file:", path.as_os_str().as_bytes()].concat())
            .map_err(|_| ffmpeg::Error::InvalidData)?;
        let mut context = null_mut();
        // SAFETY: the address ends in NUL, and the context is null for FFmpeg to make one; on failure it stays null.
        check(unsafe { (library.open_input)(&mut context, address.as_ptr(), null(), null_mut()) })?;
        let context = NonNull::new(context).ok_or(ffmpeg::Error::Bug)?;
        let mut demuxer = Self { library, context, stream: 0 };
        // SAFETY: the context was opened above and is alive until drop.
        check(unsafe { (library.find_stream_info)(demuxer.context.as_ptr(), null_mut()) })?;
        let kind = match wanted {
            Stream::Video => AVMediaType::AVMEDIA_TYPE_VIDEO,
            Stream::Sound => AVMediaType::AVMEDIA_TYPE_AUDIO,
        };
        // SAFETY: as above; no decoder is asked for.
        let stream = unsafe { (library.find_best_stream)(context.as_ptr(), kind, -1, -1, null_mut(), 0) };
        demuxer.stream = usize::try_from(stream).map_err(|_| DemuxError::NoStream(wanted))?;
        demuxer.leave_out_the_rest();
        Ok(demuxer)
    }

    /// Has FFmpeg skip what is not read.
    fn leave_out_the_rest(&mut self) {
        // SAFETY: the context holds as many streams as it says until it is closed, and `&mut` keeps others from them.
        unsafe {
            let context = self.context.as_mut();
            for n in (0..context.nb_streams as usize).filter(|n| *n != self.stream) {
                (**context.streams.add(n)).discard = AVDiscard::AVDISCARD_ALL;
            }
        }
    }

    /// Seconds per unit of the stream's timestamps.
    pub(crate) fn time_base(&self) -> f64 {
        ffmpeg::Rational::from(self.stream().time_base).into()
    }

    /// Pictures a second, as the file tells; possibly nonsense.
    pub(super) fn rate(&self) -> f64 {
        ffmpeg::Rational::from(self.stream().avg_frame_rate).into()
    }

    /// What the stream's decoder must know.
    pub(crate) fn parameters(&self) -> Result<codec::Parameters, DemuxError> {
        let mut copy = codec::Parameters::new();
        // SAFETY: both ends are live parameters, and the copy owns what it is given.
        check(unsafe { ffi::avcodec_parameters_copy(copy.as_mut_ptr(), self.stream().codecpar) })?;
        Ok(copy)
    }

    /// Reads the next packet of the file. `false` when it belongs to another stream.
    pub(crate) fn read(&mut self, packet: &mut ffmpeg::Packet) -> Result<bool, DemuxError> {
        use ffmpeg::packet::Mut as _;
        // SAFETY: the context is live, and the packet is the caller's own and empty.
        check(unsafe { (self.library.read_frame)(self.context.as_ptr(), packet.as_mut_ptr()) })?;
        Ok(packet.stream() == self.stream)
    }

    /// Goes back to the start, where the format can.
    pub(super) fn rewind(&mut self) -> Result<(), DemuxError> {
        self.seek(0, i64::MAX)
    }

    /// Goes to this second or before it, where the format can.
    pub(crate) fn go_to(&mut self, seconds: f64) -> Result<(), DemuxError> {
        // beyond all numbers it is cut off, and no format goes there
        let at = (seconds * f64::from(ffi::AV_TIME_BASE)) as i64;
        self.seek(at, at)
    }

    fn seek(&mut self, at: i64, most: i64) -> Result<(), DemuxError> {
        // SAFETY: the context is live; any range of times is allowed.
        check(unsafe { (self.library.seek_file)(self.context.as_ptr(), -1, i64::MIN, at, most, 0) })
    }

    fn stream(&self) -> &AVStream {
        // SAFETY: the context holds its streams until it is closed, and `stream` was found among them.
        unsafe { &**self.context.as_ref().streams.add(self.stream) }
    }
}

impl Drop for Demuxer {
    fn drop(&mut self) {
        let mut context = self.context.as_ptr();
        // SAFETY: the context is live and used by nobody after this.
        unsafe { (self.library.close_input)(&mut context) };
    }
}

fn check(code: c_int) -> Result<(), DemuxError> {
    if code < 0 { Err(ffmpeg::Error::from(code).into()) } else { Ok(()) }
}

type OpenInput = unsafe extern "C" fn(
    *mut *mut AVFormatContext,
    *const c_char,
    *const AVInputFormat,
    *mut *mut AVDictionary,
) -> c_int;
type FindStreamInfo = unsafe extern "C" fn(*mut AVFormatContext, *mut *mut AVDictionary) -> c_int;
type FindBestStream = unsafe extern "C" fn(
    *mut AVFormatContext,
    AVMediaType,
    c_int,
    c_int,
    *mut *const AVCodec,
    c_int,
) -> c_int;
type ReadFrame = unsafe extern "C" fn(*mut AVFormatContext, *mut AVPacket) -> c_int;
type SeekFile = unsafe extern "C" fn(*mut AVFormatContext, c_int, i64, i64, i64, c_int) -> c_int;
type CloseInput = unsafe extern "C" fn(*mut *mut AVFormatContext);

// The headers that this is compiled with must agree. Evaluated by the compiler only, so nothing is linked.
const _: OpenInput = ffi::avformat_open_input;
const _: FindStreamInfo = ffi::avformat_find_stream_info;
const _: FindBestStream = ffi::av_find_best_stream;
const _: ReadFrame = ffi::av_read_frame;
const _: SeekFile = ffi::avformat_seek_file;
const _: CloseInput = ffi::avformat_close_input;

/// The functions used of it.
struct Libavformat {
    open_input: OpenInput,
    find_stream_info: FindStreamInfo,
    find_best_stream: FindBestStream,
    read_frame: ReadFrame,
    seek_file: SeekFile,
    close_input: CloseInput,
    /// Keeps the functions in memory.
    _library: Library,
}

impl Libavformat {
    /// The library, loaded once and kept.
    fn get() -> Result<&'static Self, DemuxError> {
        static LOADED: OnceLock<Result<Libavformat, String>> = OnceLock::new();
        let loaded = LOADED.get_or_init(|| Self::load().map_err(|error| error.to_string()));
        loaded.as_ref().map_err(|reason| DemuxError::Library(reason.clone()))
    }

    fn load() -> Result<Self, libloading::Error> {
        // of the headers' major version, within which FFmpeg keeps signatures and structures
        let name = format!("libavformat.so.{}", ffi::LIBAVFORMAT_VERSION_MAJOR);
        // SAFETY: FFmpeg's libraries may be loaded at any time from any thread, and each name has the type that the
        // constants above hold against the headers.
        unsafe {
            let library = Library::new(name)?;
            Ok(Self {
                open_input: *library.get(b"avformat_open_input\0")?,
                find_stream_info: *library.get(b"avformat_find_stream_info\0")?,
                find_best_stream: *library.get(b"av_find_best_stream\0")?,
                read_frame: *library.get(b"av_read_frame\0")?,
                seek_file: *library.get(b"avformat_seek_file\0")?,
                close_input: *library.get(b"avformat_close_input\0")?,
                _library: library,
            })
        }
    }
}
