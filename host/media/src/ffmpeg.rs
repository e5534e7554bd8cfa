//! The little that is used of FFmpeg beyond its safe wrapper.
#![allow(unsafe_code, reason = "FFmpeg is C: fields without setters, frame planes, and its log hook")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::Once;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::ffi;

/// Longest line taken from FFmpeg's log, in bytes.
const LOG_LINE: usize = 512;

/// Starts FFmpeg once a process, and sends its log to `tracing` in place of standard error.
pub(crate) fn init() {
    static INIT: Once = Once::new();
    INIT.call_once(|| {
        // registering codecs cannot fail in any FFmpeg that this wrapper knows
        ffmpeg::init().ok();
        redirect_log();
    });
}

/// Changes what an open encoder aims at. The buffer holds `buffer_kbits`.
pub(crate) fn set_rate(context: &mut ffmpeg::codec::Context, kbps: u32, buffer_kbits: u32) {
    // SAFETY: the wrapper owns a live context, and `&mut` makes this the only access to it. libx264's wrapper in
    // FFmpeg reads these fields before every frame and hands changes to the encoder.
    unsafe {
        let context = &mut *context.as_mut_ptr();
        context.bit_rate = i64::from(kbps) * 1000;
        context.rc_max_rate = context.bit_rate;
        context.rc_buffer_size = c_int::try_from(u64::from(buffer_kbits) * 1000).unwrap_or(c_int::MAX);
    }
}

/// Sets how many slices, each on its own thread, one picture is cut into.
pub(crate) fn set_slices(context: &mut ffmpeg::codec::Context, slices: u8) {
    // SAFETY: as in `set_rate`; called before the context is opened.
    unsafe {
        let context = &mut *context.as_mut_ptr();
        context.slices = c_int::from(slices);
        context.thread_count = c_int::from(slices);
    }
}

/// Gives a frame of sound whose channels nobody has named the usual names for so many.
pub(crate) fn name_channels(frame: &mut ffmpeg::frame::Audio) {
    // SAFETY: the wrapper owns a live frame, and `&mut` makes this the only access to it. A layout without names owns no
    // memory that would be lost.
    let count = unsafe {
        let layout = &mut (*frame.as_mut_ptr()).ch_layout;
        if layout.order != ffi::AVChannelOrder::AV_CHANNEL_ORDER_UNSPEC {
            return;
        }
        ffi::av_channel_layout_default(layout, layout.nb_channels);
        layout.nb_channels
    };
    // FFmpeg up to 6 has it in another place too
    frame.set_channel_layout(ffmpeg::ChannelLayout::default(count));
}

/// Makes the frame's memory ours alone, in case the encoder still holds it.
pub(crate) fn make_writable(frame: &mut ffmpeg::Frame) -> Result<(), ffmpeg::Error> {
    // SAFETY: the wrapper owns a live frame with buffers of its own.
    match unsafe { ffi::av_frame_make_writable(frame.as_mut_ptr()) } {
        code if code < 0 => Err(code.into()),
        _ => Ok(()),
    }
}

/// Gives a decoder what stands in front of its stream.
pub(crate) fn set_extradata(context: &mut ffmpeg::codec::Context, bytes: &[u8]) -> Result<(), ffmpeg::Error> {
    let length = c_int::try_from(bytes.len()).map_err(|_| ffmpeg::Error::InvalidData)?;
    // SAFETY: the context is live and not opened yet, and frees what it is given, which FFmpeg's own allocator has made
    // with the padding that it demands.
    unsafe {
        let copy = ffi::av_mallocz(bytes.len() + ffi::AV_INPUT_BUFFER_PADDING_SIZE as usize).cast::<u8>();
        if copy.is_null() {
            return Err(ffmpeg::Error::Other { errno: ffmpeg::error::ENOMEM });
        }
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), copy, bytes.len());
        let context = &mut *context.as_mut_ptr();
        ffi::av_freep((&raw mut context.extradata).cast());
        context.extradata = copy;
        context.extradata_size = length;
    }
    Ok(())
}

/// All three planes of an I420 frame at once, with their strides.
///
/// # Panics
/// When the frame is not I420 with memory of its own.
pub(crate) fn i420_planes(frame: &mut ffmpeg::frame::Video) -> [(usize, &mut [u8]); 3] {
    assert_eq!(frame.format(), ffmpeg::format::Pixel::YUV420P);
    [0, 1, 2].map(|index| {
        let (stride, rows) = (frame.stride(index), frame.plane_height(index) as usize);
        // SAFETY: `av_frame_get_buffer` gave each plane `linesize × rows` bytes that do not overlap, and the three
        // slices borrow the frame mutably for as long as they live.
        let plane = unsafe {
            let data = (*frame.as_mut_ptr()).data[index];
            assert!(!data.is_null());
            std::slice::from_raw_parts_mut(data, stride * rows)
        };
        (stride, plane)
    })
}

/// Whether every plane's rows go downwards in memory. FFmpeg allows bottom-up frames, which slices cannot show.
pub(crate) fn is_top_down(frame: &ffmpeg::frame::Video) -> bool {
    // SAFETY: the wrapper owns a live frame.
    unsafe { (*frame.as_ptr()).linesize.iter().all(|stride| *stride >= 0) }
}

#[cfg(target_arch = "x86_64")]
type VaList = *mut ffi::__va_list_tag;

#[cfg(target_arch = "x86_64")]
fn redirect_log() {
    // SAFETY: the hook is thread-safe, as FFmpeg demands, and lives as long as the process.
    unsafe { ffi::av_log_set_callback(Some(log_line)) };
}

/// Other machines pass variable arguments in ways that have no stable Rust type: there FFmpeg stays silent.
#[cfg(not(target_arch = "x86_64"))]
fn redirect_log() {
    ffmpeg::log::set_level(ffmpeg::log::Level::Quiet);
}

#[cfg(target_arch = "x86_64")]
unsafe extern "C" fn log_line(from: *mut c_void, level: c_int, format: *const c_char, arguments: VaList) {
    if level > ffi::AV_LOG_WARNING {
        return;
    }
    let mut line = [0 as c_char; LOG_LINE];
    let mut print_prefix: c_int = 1;
    // SAFETY: FFmpeg passes a live object (or null), a format and its arguments; the line is cut at the buffer's
    // length and always ends in a zero byte.
    let text = unsafe {
        ffi::av_log_format_line2(
            from,
            level,
            format,
            arguments,
            line.as_mut_ptr(),
            LOG_LINE as c_int,
            &mut print_prefix,
        );
        CStr::from_ptr(line.as_ptr())
    };
    let text = text.to_string_lossy();
    let text = text.trim_end();
    if level <= ffi::AV_LOG_ERROR {
        tracing::warn!(target: "ffmpeg", "{text}");
    } else {
        tracing::debug!(target: "ffmpeg", "{text}");
    }
}

#[cfg(test)]
#[cfg(target_arch = "x86_64")]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use crate::decode::Decoder;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_ffmpeg_complains_about_reaches_the_log_and_not_standard_error() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            // a slice without its parameter sets
            let _ = Decoder::h264().unwrap().decode(&[0, 0, 0, 1, 0x65, 0x88, 0x84, 0x00, 0x10]);
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("ffmpeg: [h264") && text.contains("PPS"), "{text}");
    }
}
