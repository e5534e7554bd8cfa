//! The odd pixel formats that files come in (10 bits, 4:2:2, palettes, full range, …), brought to `Bgra`.
//!
//! This is FFmpeg's own scaler: slow, but it knows every format. Screens never take this way.
#![allow(unsafe_code, reason = "the scaler's colour matrices have no safe setter")]

use ffmpeg_next as ffmpeg;
use ffmpeg_next::ffi;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::software::scaling::{Context, Flags};
use ffmpeg_next::{color, frame};

/// Unity in the scaler's contrast and saturation, which are 16.16 fixed point.
const UNITY: i32 = 1 << 16;

/// A converter that is set up anew whenever the frames change.
#[derive(Default)]
pub(super) struct ToBgra {
    scaler: Option<(Layout, Scaler)>,
    out: Option<frame::Video>,
}

#[derive(PartialEq, Eq)]
struct Layout {
    format: Pixel,
    width: u32,
    height: u32,
    space: color::Space,
    range: color::Range,
}

struct Scaler(Context);

// SAFETY: a scaler context is plain memory without ties to the thread that made it; only one thread at a time has it.
unsafe impl Send for Scaler {}

impl ToBgra {
    pub(super) fn convert(&mut self, frame: &frame::Video) -> Result<&frame::Video, ffmpeg::Error> {
        let layout = Layout {
            format: frame.format(),
            width: frame.width(),
            height: frame.height(),
            space: frame.color_space(),
            range: frame.color_range(),
        };
        if self.scaler.as_ref().is_none_or(|(known, _)| *known != layout) {
            self.out = None;
            let scaler = set_up(&layout)?;
            self.scaler = Some((layout, scaler));
        }
        let Some((_, scaler)) = &mut self.scaler else { return Err(ffmpeg::Error::Bug) };
        let out = self.out.get_or_insert_with(frame::Video::empty);
        scaler.0.run(frame, out)?;
        Ok(out)
    }
}

fn set_up(layout: &Layout) -> Result<Scaler, ffmpeg::Error> {
    let Layout { format, width, height, .. } = *layout;
    let flags = Flags::BILINEAR | Flags::ACCURATE_RND;
    let mut scaler = Context::get(format, width, height, Pixel::BGRA, width, height, flags)?;
    let matrix = match layout.space {
        color::Space::BT709 => ffi::SWS_CS_ITU709,
        color::Space::Unspecified if height >= 720 => ffi::SWS_CS_ITU709,
        color::Space::BT2020NCL | color::Space::BT2020CL => ffi::SWS_CS_BT2020,
        color::Space::SMPTE240M => ffi::SWS_CS_SMPTE240M,
        _ => ffi::SWS_CS_ITU601,
    };
    let full_range = i32::from(layout.range == color::Range::JPEG);
    // SAFETY: the context is live and ours; the coefficient tables are constants inside FFmpeg. A format without a
    // matrix, such as RGB, makes the call fail without effect, which is right.
    unsafe {
        let (from, to) = (ffi::sws_getCoefficients(matrix), ffi::sws_getCoefficients(ffi::SWS_CS_ITU709));
        ffi::sws_setColorspaceDetails(scaler.as_mut_ptr(), from, full_range, to, 1, 0, UNITY, UNITY);
    }
    Ok(Scaler(scaler))
}
