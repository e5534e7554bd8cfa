//! A little H.264 with something to see in it.

use ffmpeg_next::format::Pixel;
use ffmpeg_next::util::color::{Range, Space};
use ffmpeg_next::{Dictionary, Packet, Rational, codec, encoder, frame};
use punktfunk_client::Mode;

/// Encodes `count` pictures of one colour (Y, U, V), the first of them an IDR, none of them delayed.
pub fn h264(mode: Mode, count: usize, [y, u, v]: [u8; 3]) -> Vec<Vec<u8>> {
    ffmpeg_next::init().expect("ffmpeg");
    ffmpeg_next::util::log::set_level(ffmpeg_next::util::log::Level::Error);
    let found = encoder::find_by_name("libx264").expect("libx264");
    let mut settings = codec::Context::new_with_codec(found).encoder().video().expect("settings");
    settings.set_width(mode.width);
    settings.set_height(mode.height);
    settings.set_format(Pixel::YUV420P);
    settings.set_time_base(Rational(1, 60));
    settings.set_colorspace(Space::BT709);
    settings.set_color_range(Range::MPEG);
    let mut options = Dictionary::new();
    options.set("preset", "ultrafast");
    options.set("tune", "zerolatency");
    let mut encoder = settings.open_as_with(found, options).expect("encoder");
    let mut units = Vec::new();
    for n in 0..count {
        let mut picture = frame::Video::new(Pixel::YUV420P, mode.width, mode.height);
        for (plane, value) in [y, u, v].into_iter().enumerate() {
            picture.data_mut(plane).fill(value);
        }
        picture.set_pts(Some(n as i64));
        encoder.send_frame(&picture).expect("sent");
        let mut packet = Packet::empty();
        encoder.receive_packet(&mut packet).expect("a packet for every picture");
        units.push(packet.data().expect("data").to_vec());
    }
    units
}
