//! Any valid message.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use punktfunk_core::datagram::*;
use punktfunk_core::video::{Cipher, MediaKeys};
use punktfunk_core::wire::*;

fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

pub(crate) fn mode() -> impl Strategy<Value = Mode> {
    any::<(u32, u32, u32)>().prop_map(|(width, height, refresh_hz)| Mode { width, height, refresh_hz })
}

fn hdr() -> impl Strategy<Value = HdrMetadata> {
    any::<([(u16, u16); 3], (u16, u16), u32, u32, u16, u16)>().prop_map(
        |(primaries, white, max_luminance, min_luminance, max_cll, max_fall)| HdrMetadata {
            primaries,
            white,
            max_luminance,
            min_luminance,
            max_cll,
            max_fall,
        },
    )
}

fn codec() -> impl Strategy<Value = Codec> {
    one_of(&[Codec::H264, Codec::Hevc, Codec::Av1, Codec::PyroWave])
}

/// A text that is not empty and within its bound.
fn text(limit: usize) -> impl Strategy<Value = String> {
    "\\PC{1,40}".prop_filter("it is within its bound", move |text| text.len() <= limit)
}

pub(crate) fn hello() -> impl Strategy<Value = Hello> {
    let first = (
        any::<u32>(),
        mode(),
        one_of(Compositor::ALL),
        one_of(GamepadKind::ALL),
        any::<u32>(),
        option::of(text(64)),
        option::of(text(128)),
        any::<u8>(),
        one_of(AudioChannels::ALL),
    );
    let second = (
        any::<u8>(),
        option::of(codec()),
        option::of(hdr()),
        any::<u8>(),
        any::<u16>(),
        prop_oneof![Just(48_000), 1..=u32::MAX],
        one_of(&[16u8, 24]),
        one_of(SurroundLayout::ALL),
        one_of(VideoFit::ALL),
    );
    (first, second).prop_map(|(first, second)| {
        let (version, mode, compositor, gamepad, bitrate_kbps, name, launch, video, audio_channels) = first;
        let (codecs, preferred, hdr, client, max_shard, audio_rate, audio_bits, surround, fit) = second;
        Hello {
            version,
            mode,
            compositor,
            gamepad,
            bitrate_kbps,
            name,
            launch,
            video_caps: VideoCaps::from_bits_retain(video),
            audio_channels,
            codecs: Codecs::from_bits_retain(codecs),
            preferred,
            hdr,
            client_caps: ClientCaps::from_bits_retain(client),
            max_shard,
            audio_rate,
            audio_bits,
            surround,
            fit,
        }
    })
}

fn keys() -> impl Strategy<Value = [u8; 53]> {
    any::<([u8; 32], [u8; 21])>().prop_map(|(a, b)| {
        let mut all = [0; 53];
        all[..32].copy_from_slice(&a);
        all[32..].copy_from_slice(&b);
        all
    })
}

pub(crate) fn extensions() -> impl Strategy<Value = ExtensionBlock> {
    prop::collection::btree_map(any::<u16>(), vec(any::<u8>(), 0..40), 0..20).prop_map(|entries| {
        let mut block = ExtensionBlock::new();
        for (tag, value) in entries {
            block.insert(tag, &value).unwrap();
        }
        block
    })
}

/// Welcome cannot be cloned, so a strategy gives its bytes.
pub(crate) fn welcome() -> impl Strategy<Value = Vec<u8>> {
    let head = (any::<u16>(), mode(), keys(), any::<(u8, u16, u16, bool, u32)>());
    let middle = (
        one_of(Compositor::ALL),
        one_of(GamepadKind::ALL),
        any::<u32>(),
        one_of(&[8u8, 10]),
        any::<(u8, u8, u8, bool)>(),
        one_of(Chroma::ALL),
        one_of(AudioChannels::ALL),
        codec(),
        any::<u8>(),
    );
    let tail = (
        any::<(u16, u32, u32, u8)>(),
        one_of(&[44_100u32, 48_000, 88_200, 96_000, 176_400]),
        one_of(&[16u8, 24]),
        prop_oneof![Just(0u16), 1000..=u16::MAX],
        any::<u8>(),
        one_of(SurroundLayout::ALL),
        option::of(extensions()),
    );
    (head, middle, tail).prop_map(|(head, middle, tail)| {
        let (data_port, mode, random, (fec_percent, block_shards, shard_bytes, sealed, frames)) = head;
        let cipher = if random[52] & 1 == 0 { Cipher::Aes128Gcm } else { Cipher::ChaCha20Poly1305 };
        let keys = MediaKeys::from_random(cipher, random[..52].try_into().unwrap());
        let (compositor, gamepad, bitrate_kbps, bit_depth, colour, chroma, audio_channels, codec, caps) =
            middle;
        let ((management_port, grants, expires_in_secs, audio_codec), rate, bits, us, caps2, surround, ext) =
            tail;
        let welcome = Welcome {
            fec_percent,
            block_shards,
            shard_bytes,
            sealed,
            frames,
            compositor,
            gamepad,
            bitrate_kbps,
            bit_depth,
            colour: Colour {
                primaries: colour.0,
                transfer: colour.1,
                matrix: colour.2,
                full_range: colour.3,
            },
            chroma,
            audio_channels,
            codec,
            host_caps: HostCaps::from_bits_retain(caps),
            management_port,
            grants: Grants::from_bits_retain(grants),
            expires_in_secs,
            audio_codec: AudioCodec::from_wire(audio_codec),
            audio_rate: rate,
            audio_bits: bits,
            pcm_frame_us: us,
            host_caps2: HostCaps2::from_bits_retain(caps2),
            surround,
            extensions: ext,
            ..Welcome::new(data_port, mode, keys)
        };
        let bytes = welcome.encode();
        assert_eq!(Welcome::decode(&bytes).as_ref(), Ok(&welcome));
        bytes
    })
}

fn mime() -> impl Strategy<Value = String> {
    "[a-z/;=. ]{0,60}"
}

pub(crate) fn control() -> impl Strategy<Value = Control> {
    let numbers = prop_oneof![
        mode().prop_map(Control::Reconfigure),
        (any::<bool>(), mode()).prop_map(|(accepted, mode)| Control::Reconfigured { accepted, mode }),
        Just(Control::RequestKeyframe),
        any::<u32>().prop_map(|ppm| Control::LossReport { ppm }),
        any::<u32>().prop_map(|kbps| Control::SetBitrate { kbps }),
        (any::<u32>(), option::of(bitrate_reason()))
            .prop_map(|(kbps, reason)| Control::BitrateChanged { kbps, reason }),
        any::<(u32, u32)>().prop_map(|(first, last)| Control::RfiRequest { first, last }),
        any::<u16>().prop_map(Control::ShardPayloadChanged),
        any::<u16>().prop_map(Control::ShardPayloadAck),
        any::<u32>().prop_map(|ms| Control::PipelineGap { ms }),
        any::<u64>().prop_map(|packets| Control::DeliveryReport { packets }),
        any::<u32>().prop_map(|kbps| Control::LinkReport { kbps }),
        any::<u8>().prop_map(|profile| Control::SetDelivery { profile }),
        any::<(u8, bool)>().prop_map(|(profile, forced)| Control::DeliveryChanged { profile, forced }),
        any::<(u8, u32, u32, bool)>().prop_map(|(interface, link_mbps, send_buffer_kb, forced)| {
            Control::HostFacts { interface, link_mbps, send_buffer_kb, forced }
        }),
        any::<(u32, u32)>().prop_map(|(kbps, ms)| Control::ProbeRequest { kbps, ms }),
        any::<(u64, u32, u32, Option<(u32, u32)>)>().prop_map(|(bytes, packets, ms, delivery)| {
            let delivery = delivery.map(|(wire_packets, dropped)| ProbeDelivery { wire_packets, dropped });
            Control::ProbeResult { bytes, packets, ms, delivery }
        }),
        any::<(u32, u32, u16, u32, u32)>().prop_map(|(kbps, ms, burst_hz, group_bytes, group_rate)| {
            Control::ProbeShaped { kbps, ms, burst_hz, group_bytes, group_rate }
        }),
        any::<u64>().prop_map(|t1| Control::ClockProbe { t1 }),
        any::<(u64, u64, u64)>().prop_map(|(t1, t2, t3)| Control::ClockEcho { t1, t2, t3 }),
        any::<(u64, [u32; 3], Option<u16>)>().prop_map(|(a, b, c)| Control::PhaseReport { a, b, c }),
    ];
    let rest = prop_oneof![
        any::<(bool, u8)>().prop_map(|(enabled, flags)| Control::ClipControl { enabled, flags }),
        any::<(u32, u64)>().prop_map(|(_, total)| {
            Control::ClipFetchHeader(ClipFetchHeader { status: ClipStatus::Stale, total })
        }),
        any::<bool>().prop_map(|enabled| Control::ClipState {
            enabled,
            policy: ClipPolicy::Files,
            reason: ClipReason::Other(77),
        }),
        (any::<u32>(), vec((mime(), any::<u64>()), 0..=16)).prop_map(|(seq, entries)| {
            let entries = entries.into_iter().map(|(mime, size)| ClipEntry { mime, size }).collect();
            Control::ClipOffer(ClipOffer { seq, entries })
        }),
        (any::<u32>(), option::of(0..u32::MAX), mime())
            .prop_map(|(seq, file, mime)| Control::ClipFetch(ClipFetch { seq, file, mime })),
        (any::<u32>(), 0..20u16, 0..20u16, any::<(u16, u16, u8)>()).prop_map(
            |(serial, width, height, (hot_x, hot_y, fill))| {
                let rgba = vec![fill; usize::from(width) * usize::from(height) * 4];
                Control::CursorShape(CursorShape { serial, width, height, hot_x, hot_y, rgba })
            }
        ),
        any::<bool>().prop_map(|by_client| Control::CursorRender { by_client }),
        any::<(u32, u32)>().prop_map(|(grants, remaining_secs)| Control::AccessUpdate {
            grants: Grants::from_bits_retain(grants),
            remaining_secs
        }),
        any::<bool>().prop_map(|muted| Control::AudioState { muted }),
        (any::<u8>(), text(200)).prop_map(|(kind, message)| Control::LaunchOutcome { kind, message }),
        any::<u16>().prop_map(Control::PadSlots),
        input().prop_map(Control::InputEdge),
        (0x60..=0xffu8).prop_map(Control::Unknown),
    ];
    prop_oneof![numbers, rest]
}

fn bitrate_reason() -> impl Strategy<Value = BitrateReason> {
    prop_oneof![
        one_of(&[
            BitrateReason::Granted,
            BitrateReason::EncoderLimit,
            BitrateReason::Cadence,
            BitrateReason::Governor,
            BitrateReason::Pinned,
        ]),
        (5..=255u8).prop_map(BitrateReason::Other),
    ]
}

pub(crate) fn pairing() -> impl Strategy<Value = PairMessage> {
    let bytes33 = || {
        any::<([u8; 32], u8)>().prop_map(|(most, last)| {
            let mut all = [last; 33];
            all[..32].copy_from_slice(&most);
            all
        })
    };
    prop_oneof![
        (text(64), bytes33()).prop_map(|(name, spake_a)| PairMessage::Request(PairRequest { name, spake_a })),
        (bytes33(), any::<[u8; 32]>())
            .prop_map(|(spake_b, confirm)| PairMessage::Challenge(PairChallenge { spake_b, confirm })),
        any::<[u8; 32]>().prop_map(|confirm| PairMessage::Proof(PairProof { confirm })),
        any::<bool>().prop_map(|ok| PairMessage::Result(PairResult { ok })),
    ]
}

pub(crate) fn input() -> impl Strategy<Value = InputEvent> {
    use MouseButton::{Back, Forward, Left, Middle, Right};
    use PadAxis::{LeftTrigger, LeftX, LeftY, RightTrigger, RightX, RightY};
    let axis = || one_of(&[Axis::Vertical, Axis::Horizontal]);
    let side = || 1..=u16::MAX;
    prop_oneof![
        any::<(u16, bool)>().prop_map(|(vk, down)| InputEvent::Key { vk, down }),
        any::<(i32, i32)>().prop_map(|(dx, dy)| InputEvent::MouseMove { dx, dy }),
        (any::<i32>(), any::<i32>(), side(), side())
            .prop_map(|(x, y, width, height)| InputEvent::MouseMoveTo { x, y, width, height }),
        (one_of(&[Left, Middle, Right, Back, Forward]), any::<bool>())
            .prop_map(|(button, down)| InputEvent::MouseButton { button, down }),
        (axis(), any::<i32>(), any::<bool>()).prop_map(|(axis, amount, precise)| InputEvent::Scroll {
            axis,
            amount,
            precise
        }),
        (0..16u8, 0..32u32, any::<bool>()).prop_map(|(pad, bit, down)| InputEvent::PadButton {
            pad,
            button: GamepadButtons::from_bits_retain(1 << bit),
            down
        }),
        (0..16u8, one_of(&[LeftX, LeftY, RightX, RightY, LeftTrigger, RightTrigger]), any::<i32>())
            .prop_map(|(pad, axis, value)| InputEvent::PadAxis { pad, axis, value }),
        (
            one_of(&[TouchPhase::Down, TouchPhase::Move, TouchPhase::Up]),
            any::<(u32, i32, i32)>(),
            side(),
            side()
        )
            .prop_map(|(phase, (id, x, y), width, height)| InputEvent::Touch {
                phase,
                id,
                x,
                y,
                width,
                height
            }),
        (0..16u8, any::<(u8, u32, [i16; 4], u8, u8)>()).prop_map(
            |(pad, (seq, buttons, [left_x, left_y, right_x, right_y], left_trigger, right_trigger))| {
                InputEvent::PadState(GamepadState {
                    pad,
                    seq,
                    buttons: GamepadButtons::from_bits_retain(buttons),
                    left_x,
                    left_y,
                    right_x,
                    right_y,
                    left_trigger,
                    right_trigger,
                })
            }
        ),
        (0..16u8, any::<u8>()).prop_map(|(pad, seq)| InputEvent::PadRemoved { pad, seq }),
        (0..16u8, one_of(GamepadKind::ALL), any::<(bool, bool)>()).prop_map(
            |(pad, kind, (haptics, speaker))| InputEvent::PadArrived { pad, kind, haptics, speaker }
        ),
        any::<char>().prop_map(InputEvent::Text),
        (axis(), any::<(i32, u8, u8)>()).prop_map(|(axis, (amount_q8, source, phase))| {
            InputEvent::ScrollFine { axis, amount_q8, source, phase }
        }),
    ]
}
