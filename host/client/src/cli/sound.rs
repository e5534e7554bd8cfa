//! `--audio-out`: the session's sound, decoded as it comes.

use std::time::Duration;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::{Packet, codec, decoder, frame};
use punktfunk_client::{AudioPacket, NativeClient};
use punktfunk_core::wire::{AudioChannels, AudioCodec};

use super::failure::Failure;
use super::wave::{RATE, WaveFile};

/// How long to wait at a time; the end of the session ends the wait.
const WAIT: Duration = Duration::from_millis(500);
/// Samples of every channel in a packet: 5 ms.
const PACKET_SAMPLES: usize = RATE as usize / 200;
const CHANNELS: usize = 2;
/// What is heard in the place of a packet that is missing.
const SILENCE: [i16; PACKET_SAMPLES * CHANNELS] = [0; PACKET_SAMPLES * CHANNELS];
/// A gap longer than this is not filled, in packets: whoever sends numbers like that means no harm that can be heard.
const MAX_GAP: u32 = 2_000;

/// Writes what is heard until the session ends.
pub(crate) fn record(client: &NativeClient, mut file: WaveFile) -> Result<(), Failure> {
    let terms = client.terms();
    if (terms.audio_codec, terms.audio_channels) != (AudioCodec::Opus, AudioChannels::Stereo) {
        let reason = "the host sends its sound in a form that is not read here. Leave --audio-out out.";
        return Err(Failure::new("no_decoder", reason));
    }
    let mut opus = Opus::open().map_err(|error| {
        let next = "Install FFmpeg with libopus, or leave --audio-out out.";
        Failure::new("no_decoder", format_args!("this machine cannot decode Opus ({error}). {next}"))
    })?;
    let mut next = None;
    while let Ok(packet) = client.next_audio(WAIT) {
        let Some(packet) = packet else { continue };
        let gap = next.map_or(0, |next: u32| packet.seq.wrapping_sub(next));
        if gap > u32::MAX / 2 {
            // its place was filled already
            continue;
        }
        next = Some(packet.seq.wrapping_add(1));
        if gap <= MAX_GAP {
            for _ in 0..gap {
                file.write(&SILENCE)?;
            }
        }
        file.write(opus.decode(&packet))?;
    }
    Ok(file.finish()?)
}

struct Opus {
    decoder: decoder::Audio,
    frame: frame::Audio,
    samples: Vec<i16>,
}

impl Opus {
    fn open() -> Result<Self, ffmpeg::Error> {
        ffmpeg::init()?;
        let found = decoder::find_by_name("libopus").ok_or(ffmpeg::Error::DecoderNotFound)?;
        let context = codec::Context::new_with_codec(found);
        let decoder = context.decoder().open_as(found).and_then(decoder::Opened::audio)?;
        Ok(Self { decoder, frame: frame::Audio::empty(), samples: Vec::new() })
    }

    /// The samples of a packet; silence in the place of what cannot be decoded.
    fn decode(&mut self, packet: &AudioPacket) -> &[i16] {
        self.samples.clear();
        if !packet.bytes.is_empty() && self.decoder.send_packet(&Packet::copy(&packet.bytes)).is_ok() {
            while self.decoder.receive_frame(&mut self.frame).is_ok() {
                let bytes = self.frame.data(0);
                let bytes = &bytes[..bytes.len().min(self.frame.samples() * CHANNELS * 2)];
                let samples = bytes.chunks_exact(2).map(|two| i16::from_ne_bytes([two[0], two[1]]));
                self.samples.extend(samples);
            }
        }
        if self.samples.is_empty() { &SILENCE } else { &self.samples }
    }
}
