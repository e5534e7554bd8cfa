//! A little H.264 with something to see in it, and a little Opus with something to hear.

use ffmpeg_next::format::sample::Type;
use ffmpeg_next::format::{Pixel, Sample};
use ffmpeg_next::util::color::{Range, Space};
use ffmpeg_next::{ChannelLayout, Dictionary, Packet, Rational, codec, encoder, frame};
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

/// Samples a second of the Opus.
pub const SOUND_RATE: usize = 48_000;
/// Samples of every channel in a packet: 5 ms.
pub const PACKET_SAMPLES: usize = SOUND_RATE / 200;

/// Encodes `count` packets of a tone of `hz` to the left; to the right there is nothing.
pub fn opus(count: usize, hz: f64) -> Vec<Vec<u8>> {
    ffmpeg_next::init().expect("ffmpeg");
    let found = encoder::find_by_name("libopus").expect("libopus");
    let mut settings = codec::Context::new_with_codec(found).encoder().audio().expect("settings");
    settings.set_rate(SOUND_RATE as i32);
    settings.set_format(Sample::F32(Type::Packed));
    settings.set_channel_layout(ChannelLayout::STEREO);
    settings.set_bit_rate(128_000);
    settings.set_time_base((1, SOUND_RATE as i32));
    let mut options = Dictionary::new();
    options.set("application", "lowdelay");
    options.set("frame_duration", "5");
    let mut encoder = settings.open_as_with(found, options).expect("encoder");
    let mut packets = Vec::new();
    for n in 0..count {
        let mut sound = frame::Audio::new(Sample::F32(Type::Packed), PACKET_SAMPLES, ChannelLayout::STEREO);
        sound.set_rate(SOUND_RATE as u32);
        sound.set_pts(Some((n * PACKET_SAMPLES) as i64));
        for (at, sample) in
            (n * PACKET_SAMPLES..).zip(sound.data_mut(0).chunks_exact_mut(8)).take(PACKET_SAMPLES)
        {
            let left = 0.5 * (std::f64::consts::TAU * hz * at as f64 / SOUND_RATE as f64).sin();
            sample[..4].copy_from_slice(&(left as f32).to_ne_bytes());
            sample[4..].copy_from_slice(&0_f32.to_ne_bytes());
        }
        encoder.send_frame(&sound).expect("sent");
        let mut packet = Packet::empty();
        if encoder.receive_packet(&mut packet).is_ok() {
            packets.push(packet.data().expect("data").to_vec());
        }
    }
    packets
}
