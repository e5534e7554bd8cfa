//! One connection to the sound server and the stream that comes over it. Nothing here blocks longer than it is told to, and
//! nothing is called back: whoever has the connection asks it how it stands.
#![allow(unsafe_code, reason = "libpulse is C")]

use std::ffi::{CStr, CString, c_int};
use std::ptr::{NonNull, null};
use std::time::Duration;

use super::library::{
    ADJUST_LATENCY, ANY, BufferAttr, CONTEXT_FAILED, CONTEXT_READY, ChannelMap, Context, FLOAT_LE, Libpulse,
    MAX_CHANNELS, MainLoop, NO_AUTOSPAWN, STREAM_FAILED, STREAM_READY, SampleSpec, Stream,
};
use crate::sound::{Channels, SAMPLE_RATE, SoundError};

/// What the server calls us.
const NAME: &CStr = c"punktfunk";
/// The places of our channels, in their order, by libpulse's numbers: fronts, centre, low frequencies, rears, sides.
const PLACES: [c_int; 8] = [1, 2, 3, 7, 5, 6, 10, 11];

/// How things stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// The server has not answered yet.
    Busy,
    /// It has, and nothing is recorded yet.
    Connected,
    /// Sound comes.
    Recording,
    /// It is over, for this reason.
    Failed(String),
}

/// A connection.
pub(super) struct Client {
    library: &'static Libpulse,
    main_loop: NonNull<MainLoop>,
    context: NonNull<Context>,
    stream: Option<NonNull<Stream>>,
}

// SAFETY: a loop of libpulse and what is in it belong to no thread, and `&mut` keeps two from using it at once.
unsafe impl Send for Client {}

impl Client {
    /// Begins to connect to the server at this address, or to the one that the environment names, else to the usual ones.
    pub(super) fn connect(server: Option<&str>) -> Result<Self, SoundError> {
        let library = Libpulse::get()?;
        let server = server.map(|server| CString::new(server).unwrap_or_default());
        let server = server.as_deref();
        let server = server.map_or(null(), CStr::as_ptr);
        let failed = |reason: &str| SoundError::Server { reason: reason.to_owned() };
        // SAFETY: the functions may be called in this order; what is null is not used, and what was made before is freed.
        unsafe {
            let main_loop = NonNull::new((library.loop_new)()).ok_or_else(|| failed("no memory"))?;
            let api = (library.loop_api)(main_loop.as_ptr());
            let Some(context) = NonNull::new((library.context_new)(api, NAME.as_ptr())) else {
                (library.loop_free)(main_loop.as_ptr());
                return Err(failed("no memory"));
            };
            let client = Self { library, main_loop, context, stream: None };
            // a server that is not there is not started by us
            if (library.context_connect)(context.as_ptr(), server, NO_AUTOSPAWN, null()) < 0 {
                return Err(SoundError::Server { reason: client.reason() });
            }
            Ok(client)
        }
    }

    /// Begins to record from this source, in pieces of one block.
    pub(super) fn record(&mut self, from: &CStr, channels: Channels) -> Result<(), SoundError> {
        let count = channels.count();
        let spec = SampleSpec { format: FLOAT_LE, rate: SAMPLE_RATE, channels: count as u8 };
        let mut map = ChannelMap { channels: count as u8, places: [0; MAX_CHANNELS] };
        map.places[..count].copy_from_slice(&PLACES[..count]);
        let fragment = super::block_bytes(channels);
        let attr =
            BufferAttr { max_length: ANY, target_length: ANY, prebuffer: ANY, min_request: ANY, fragment };
        // SAFETY: the context is live and connected; spec, map and attributes are copied before the calls return.
        let outcome = unsafe {
            let stream = (self.library.stream_new)(self.context.as_ptr(), NAME.as_ptr(), &spec, &map);
            self.stream = NonNull::new(stream);
            self.stream.map_or(-1, |stream| {
                (self.library.stream_record)(stream.as_ptr(), from.as_ptr(), &attr, ADJUST_LATENCY)
            })
        };
        if outcome < 0 { Err(SoundError::Server { reason: self.reason() }) } else { Ok(()) }
    }

    pub(super) fn state(&self) -> State {
        // SAFETY: context and stream are live.
        let (context, stream) = unsafe {
            let stream = self.stream.map(|stream| (self.library.stream_state)(stream.as_ptr()));
            ((self.library.context_state)(self.context.as_ptr()), stream)
        };
        match (context, stream) {
            (CONTEXT_FAILED.., _) | (_, Some(STREAM_FAILED..)) => State::Failed(self.reason()),
            (CONTEXT_READY, None) => State::Connected,
            (CONTEXT_READY, Some(STREAM_READY)) => State::Recording,
            _ => State::Busy,
        }
    }

    /// Lets things happen, waiting for the first at most so long.
    pub(super) fn turn(&mut self, wait: Duration) {
        let us = c_int::try_from(wait.as_micros()).unwrap_or(c_int::MAX);
        let main_loop = self.main_loop.as_ptr();
        // SAFETY: the loop is live; each step is taken only after the one before has succeeded, as libpulse demands.
        unsafe {
            if (self.library.loop_prepare)(main_loop, us) >= 0 && (self.library.loop_poll)(main_loop) >= 0 {
                (self.library.loop_dispatch)(main_loop);
            }
        }
    }

    /// Hands over what has come since.
    pub(super) fn drain(&mut self, mut take: impl FnMut(&mut dyn Iterator<Item = f32>)) {
        let Some(stream) = self.stream else { return };
        loop {
            let (mut data, mut bytes) = (null(), 0);
            // SAFETY: the stream is live, and both are written before the call returns.
            let outcome = unsafe { (self.library.stream_peek)(stream.as_ptr(), &mut data, &mut bytes) };
            if outcome < 0 || bytes == 0 {
                return;
            }
            if data.is_null() {
                // a hole is silence
                take(&mut std::iter::repeat_n(0.0, bytes / size_of::<f32>()));
            } else {
                // SAFETY: libpulse says that so many bytes are there until the piece is dropped below.
                let piece = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), bytes) };
                let samples = piece.chunks_exact(4);
                take(&mut samples.map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])));
            }
            // SAFETY: a piece was peeked at just now.
            unsafe { (self.library.stream_drop)(stream.as_ptr()) };
        }
    }

    /// What the server said last.
    fn reason(&self) -> String {
        // SAFETY: the context is live, and the text is a constant of the library.
        unsafe {
            let text = (self.library.error_text)((self.library.context_errno)(self.context.as_ptr()));
            if text.is_null() {
                "unknown".to_owned()
            } else {
                CStr::from_ptr(text).to_string_lossy().into_owned()
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // SAFETY: all three are live and used by nobody after this; the loop outlives what is in it.
        unsafe {
            if let Some(stream) = self.stream {
                (self.library.stream_disconnect)(stream.as_ptr());
                (self.library.stream_unref)(stream.as_ptr());
            }
            (self.library.context_disconnect)(self.context.as_ptr());
            (self.library.context_unref)(self.context.as_ptr());
            (self.library.loop_free)(self.main_loop.as_ptr());
        }
    }
}
