//! libpulse, loaded when sound is first listened to: a host without a sound server never needs it and its dozen libraries.
//!
//! Its functions and structures have been the same since its version 0.9.11 of 2008.
#![allow(unsafe_code, reason = "libpulse is C, and its functions are looked up by name")]

use std::ffi::{c_char, c_int, c_void};
use std::sync::OnceLock;

use libloading::Library;

use crate::sound::SoundError;

pub(super) const CONTEXT_READY: c_int = 4;
pub(super) const CONTEXT_FAILED: c_int = 5;
pub(super) const NO_AUTOSPAWN: u32 = 1;
pub(super) const STREAM_READY: c_int = 2;
pub(super) const STREAM_FAILED: c_int = 3;
pub(super) const ADJUST_LATENCY: u32 = 0x2000;
pub(super) const FLOAT_LE: c_int = 5;
pub(super) const MAX_CHANNELS: usize = 32;
/// Whatever the server likes.
pub(super) const ANY: u32 = u32::MAX;

macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        $($(#[$doc])* #[repr(C)] pub(super) struct $name { _private: [u8; 0] })+
    };
}

opaque! {
    /// The loop that everything happens in.
    MainLoop,
    /// How a context reaches its loop.
    Api,
    /// A connection to the server.
    Context,
    /// Sound on its way.
    Stream,
}

/// The form of samples.
#[repr(C)]
pub(super) struct SampleSpec {
    pub(super) format: c_int,
    pub(super) rate: u32,
    pub(super) channels: u8,
}

/// The places of channels.
#[repr(C)]
pub(super) struct ChannelMap {
    pub(super) channels: u8,
    pub(super) places: [c_int; MAX_CHANNELS],
}

/// How much the server collects, bytes.
#[repr(C)]
pub(super) struct BufferAttr {
    pub(super) max_length: u32,
    pub(super) target_length: u32,
    pub(super) prebuffer: u32,
    pub(super) min_request: u32,
    pub(super) fragment: u32,
}

macro_rules! functions {
    ($($field:ident = $symbol:literal: fn($($argument:ty),*) $(-> $result:ty)?;)+) => {
        /// The functions used of it.
        pub(super) struct Libpulse {
            $(pub(super) $field: unsafe extern "C" fn($($argument),*) $(-> $result)?,)+
            /// Keeps the functions in memory.
            _library: Library,
        }

        impl Libpulse {
            fn load() -> Result<Self, libloading::Error> {
                // SAFETY: libpulse may be loaded at any time from any thread, and each name has the type that its headers
                // have given it since the version named above.
                unsafe {
                    let library = Library::new("libpulse.so.0")?;
                    Ok(Self { $($field: *library.get($symbol)?,)+ _library: library })
                }
            }
        }
    };
}

functions! {
    loop_new = b"pa_mainloop_new\0": fn() -> *mut MainLoop;
    loop_free = b"pa_mainloop_free\0": fn(*mut MainLoop);
    loop_api = b"pa_mainloop_get_api\0": fn(*mut MainLoop) -> *mut Api;
    loop_prepare = b"pa_mainloop_prepare\0": fn(*mut MainLoop, c_int) -> c_int;
    loop_poll = b"pa_mainloop_poll\0": fn(*mut MainLoop) -> c_int;
    loop_dispatch = b"pa_mainloop_dispatch\0": fn(*mut MainLoop) -> c_int;
    context_new = b"pa_context_new\0": fn(*mut Api, *const c_char) -> *mut Context;
    context_connect = b"pa_context_connect\0": fn(*mut Context, *const c_char, u32, *const c_void) -> c_int;
    context_state = b"pa_context_get_state\0": fn(*const Context) -> c_int;
    context_errno = b"pa_context_errno\0": fn(*const Context) -> c_int;
    context_disconnect = b"pa_context_disconnect\0": fn(*mut Context);
    context_unref = b"pa_context_unref\0": fn(*mut Context);
    stream_new = b"pa_stream_new\0": fn(*mut Context, *const c_char, *const SampleSpec, *const ChannelMap) -> *mut Stream;
    stream_record = b"pa_stream_connect_record\0": fn(*mut Stream, *const c_char, *const BufferAttr, u32) -> c_int;
    stream_state = b"pa_stream_get_state\0": fn(*const Stream) -> c_int;
    stream_peek = b"pa_stream_peek\0": fn(*mut Stream, *mut *const c_void, *mut usize) -> c_int;
    stream_drop = b"pa_stream_drop\0": fn(*mut Stream) -> c_int;
    stream_disconnect = b"pa_stream_disconnect\0": fn(*mut Stream) -> c_int;
    stream_unref = b"pa_stream_unref\0": fn(*mut Stream);
    error_text = b"pa_strerror\0": fn(c_int) -> *const c_char;
}

impl Libpulse {
    /// The library, loaded once and kept.
    pub(super) fn get() -> Result<&'static Self, SoundError> {
        static LOADED: OnceLock<Result<Libpulse, String>> = OnceLock::new();
        let loaded = LOADED.get_or_init(|| Self::load().map_err(|error| error.to_string()));
        loaded.as_ref().map_err(|reason| SoundError::Library { reason: reason.clone() })
    }
}
