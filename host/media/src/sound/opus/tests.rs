use super::super::{OpusDecoder, TONE_HZ, ToneSource, loudness, tone_level};
use super::*;

const ALL: [(Channels, Coupling, u32); 7] = [
    (Channels::Stereo, Coupling::Pairs, 128),
    (Channels::Surround51, Coupling::Pairs, 256),
    (Channels::Surround51, Coupling::Neighbours, 256),
    (Channels::Surround51, Coupling::Nothing, 1536),
    (Channels::Surround71, Coupling::Pairs, 450),
    (Channels::Surround71, Coupling::Neighbours, 450),
    (Channels::Surround71, Coupling::Nothing, 2048),
];

/// What is heard of `blocks` after encoding and decoding, the beginning left out.
fn heard(spec: OpusSpec, blocks: impl Iterator<Item = Vec<f32>>, from: Channels) -> Vec<f32> {
    let mut encoder = OpusEncoder::open(spec).unwrap();
    let mut decoder = OpusDecoder::open(spec.channels, spec.coupling).unwrap();
    let mut samples = Vec::new();
    for block in blocks {
        if let Some(packet) = encoder.encode(&block, from).unwrap() {
            assert_eq!(packet.len(), spec.packet_bytes(), "every packet is equally long");
            samples.extend_from_slice(decoder.decode(packet).unwrap());
        }
    }
    samples.split_off(SAMPLE_RATE as usize / 10 * spec.channels.count())
}

fn tone(channels: Channels) -> impl Iterator<Item = Vec<f32>> {
    let mut tone = ToneSource::new(channels);
    (0..220).map(move |_| {
        let mut block = vec![0.0; BLOCK_SAMPLES * channels.count()];
        tone.write(&mut block);
        block
    })
}

#[test]
fn each_channel_is_heard_where_it_was_sent_and_nowhere_else() {
    for (channels, coupling, kbps) in ALL {
        for length in [FrameLength::Ms5, FrameLength::Ms10] {
            let spec = OpusSpec { channels, coupling, length, kbps };
            let (samples, count) = (heard(spec, tone(channels), channels), channels.count());
            for (channel, hz) in TONE_HZ.into_iter().take(count).enumerate() {
                let level = |hz: u32| {
                    tone_level(samples.iter().skip(channel).step_by(count).copied(), SAMPLE_RATE, hz.into())
                };
                assert!((0.04..0.06).contains(&level(hz)), "{spec:?} {channel}: {}", level(hz));
                // the two of a pair leak a tenth into each other at these rates
                for other in TONE_HZ.into_iter().filter(|other| *other != hz) {
                    assert!(level(other) < 0.0125, "{spec:?} {channel}, {other} Hz: {}", level(other));
                }
            }
        }
    }
}

#[test]
fn silence_stays_silence_in_packets_of_the_same_length() {
    for (channels, coupling, kbps) in ALL {
        let spec = OpusSpec { channels, coupling, length: FrameLength::Ms5, kbps };
        let silence = std::iter::repeat_n(vec![0.0; BLOCK_SAMPLES * channels.count()], 60);
        assert!(loudness(heard(spec, silence, channels)) < 1e-4, "{spec:?}");
    }
}

#[test]
fn a_stereo_client_hears_the_fronts_of_a_surround_sound() {
    let spec = OpusSpec {
        channels: Channels::Stereo,
        coupling: Coupling::Pairs,
        length: FrameLength::Ms5,
        kbps: 256,
    };
    let samples = heard(spec, tone(Channels::Surround71), Channels::Surround71);
    let level = |channel, hz: u32| {
        tone_level(samples.iter().skip(channel).step_by(2).copied(), SAMPLE_RATE, hz.into())
    };
    assert!(level(0, TONE_HZ[0]) > 0.04 && level(1, TONE_HZ[1]) > 0.04);
    assert!(level(0, TONE_HZ[1]) < 0.005 && level(0, TONE_HZ[3]) < 0.005);
    assert!((0.025..0.045).contains(&level(0, TONE_HZ[2])), "{}", level(0, TONE_HZ[2]));
}

#[test]
fn a_bit_rate_beyond_what_libopus_takes_becomes_the_nearest() {
    let spec = |kbps| OpusSpec {
        channels: Channels::Stereo,
        coupling: Coupling::Pairs,
        length: FrameLength::Ms5,
        kbps,
    };
    assert_eq!(OpusEncoder::open(spec(100_000)).unwrap().spec().kbps, 512);
    assert_eq!(OpusEncoder::open(spec(0)).unwrap().spec().kbps, 12);
}
