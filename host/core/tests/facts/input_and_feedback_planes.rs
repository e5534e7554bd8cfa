//! The vectors of punktfunk/1 §5.1 and the rules of §5.

use punktfunk_core::datagram::*;
use punktfunk_core::wire::GamepadKind;

use crate::hex;

fn input(event: InputEvent, vector: &str) {
    let vector = hex(vector);
    assert_eq!(event.encode().to_vec(), vector);
    assert_eq!(InputEvent::decode(&vector), Some(event));
    assert_eq!(ClientDatagram::decode(&vector), Some(ClientDatagram::Input(event)));
}

#[test]
fn input_events_have_these_bytes() {
    input(InputEvent::Key { vk: 0x41, down: true }, "c800410000000000000000000000 00000000");
    input(InputEvent::MouseMove { dx: -5, dy: 3 }, "c8 02 00000000 fbffffff 03000000 00000000");
    input(
        InputEvent::MouseMoveTo { x: 960, y: 540, width: 1920, height: 1080 },
        "c8 03 00000000 c0030000 1c020000 38048007",
    );
    input(
        InputEvent::Scroll { axis: Axis::Vertical, amount: 120, precise: false },
        "c8 06 00000000 78000000 00000000 00000000",
    );
    input(
        InputEvent::PadState(GamepadState {
            pad: 3,
            seq: 0xfe,
            buttons: GamepadButtons::A | GamepadButtons::UP,
            left_x: -32768,
            left_y: 32767,
            right_x: 1,
            right_y: -1,
            left_trigger: 0x11,
            right_trigger: 0x22,
        }),
        "c8 0c 01100000 ff7f0080 ffff0100 032211fe",
    );
    input(
        InputEvent::PadArrived { pad: 2, kind: GamepadKind::DualSense, haptics: true, speaker: false },
        "c8 0e 02000000 00000000 00000000 02010000",
    );
    input(InputEvent::PadRemoved { pad: 1, seq: 9 }, "c8 0d 00000000 00000000 00000000 01000009");
    input(InputEvent::Text('€'), "c8 0f ac200000 00000000 00000000 00000000");
}

#[test]
fn events_that_could_not_be_carried_out_are_dropped() {
    let nonsense = [
        ("no surface", "c8 03 00000000 c0030000 1c020000 00000000"),
        ("a surface without height", "c8 03 00000000 c0030000 1c020000 00008007"),
        ("mouse button 6", "c8 04 06000000 00000000 00000000 00000000"),
        ("mouse button 0", "c8 05 00000000 00000000 00000000 00000000"),
        ("a third axis", "c8 06 02000000 78000000 00000000 00000000"),
        ("two buttons at once", "c8 07 03000000 01000000 00000000 00000000"),
        ("pad 16", "c8 07 01000000 01000000 00000000 10000000"),
        ("pad 256", "c8 08 01000000 01000000 00000000 00010000"),
        ("pad 255", "c8 0c 00000000 00000000 00000000 ff000000"),
        ("half a surrogate", "c8 0f 00d80000 00000000 00000000 00000000"),
        ("a key beyond 16 bits", "c8 00 00000100 00000000 00000000 00000000"),
        ("kind 17", "c8 11 00000000 00000000 00000000 00000000"),
        ("17 bytes", "c8 00 41000000 00000000 00000000 000000"),
    ];
    for (what, bytes) in nonsense {
        assert_eq!(InputEvent::decode(&hex(bytes)), None, "{what}");
    }
}

#[test]
fn unknown_planes_and_planes_of_the_other_side_are_dropped() {
    for first in 0..=255u8 {
        let bytes = [&[first][..], &[0; 60]].concat();
        assert_eq!(ClientDatagram::decode(&bytes).is_some(), matches!(first, 0xc8 | 0xcb), "{first:x}");
        let from_host = matches!(first, 0xc9 | 0xca | 0xce | 0xcf | 0xd0 | 0xd1 | 0xd2 | 0xd3);
        assert_eq!(HostDatagram::decode(&bytes).is_some(), from_host, "{first:x}");
    }
    assert_eq!(ClientDatagram::decode(&[]), None);
    assert_eq!(HostDatagram::decode(&[]), None);
}

#[test]
fn an_overtaken_controller_state_is_dropped() {
    let mut order = SnapshotOrder::new();
    assert!(order.accept(0, 250));
    assert!(!order.accept(0, 250), "the same again");
    assert!(order.accept(0, 3), "it wraps");
    assert!(!order.accept(0, 255));
    assert!(order.accept(1, 255), "pads count for themselves");
    assert!(order.accept(0, 3 + 127));
    assert!(!order.accept(0, 2), "128 ahead is behind");
    assert!(!order.accept(16, 1));
    order.forget(0);
    assert!(order.accept(0, 2));
    order.forget(200);
}

#[test]
fn rumble_is_read_in_the_longest_form_that_fits() {
    let full = hex("ca 0100 ff00 00ff 07 f401 3412 7856");
    let triggers = Some(TriggerMotors { left: 0x1234, right: 0x5678 });
    let lease = |triggers| Some(Lease { seq: 7, ttl_ms: 500, triggers });
    let rumble = |lease| Rumble { pad: 1, low: 0xff, high: 0xff00, lease };
    for (lengths, lease) in [(7..10, None), (10..14, lease(None)), (14..15, lease(triggers))] {
        for length in lengths {
            assert_eq!(Rumble::decode(&full[..length]), Some(rumble(lease)), "{length}");
        }
    }
    assert_eq!(Rumble::decode(&full[..6]), None);
    assert_eq!(rumble(lease(triggers)).encode(), full);
    assert_eq!(rumble(lease(None)).encode(), full[..10]);
    assert_eq!(rumble(None).encode(), full[..7]);
}

#[test]
fn host_timing_has_three_lengths() {
    let split = |legacy| Some(TimingSplit { queue_us: 1, encode_us: 2, pace_us: 3, legacy });
    for (length, split) in [(13, None), (25, split(None)), (29, split(Some(-4)))] {
        let timing = HostTiming { pts_ns: 5, host_us: 6, split };
        let bytes = timing.encode();
        assert_eq!(bytes.len(), length);
        assert_eq!(HostTiming::decode(&bytes), Some(timing));
        assert_eq!(HostDatagram::decode(&bytes), Some(HostDatagram::Timing(timing)));
    }
    assert_eq!(HostTiming::decode(&hex("cf 0500000000000000 060000")), None);
}

#[test]
fn small_planes_have_their_lengths() {
    let hdr = HdrMetadata { primaries: [(1, 2), (3, 4), (5, 6)], white: (7, 8), ..Default::default() };
    assert_eq!(hdr.encode().len(), 29);
    assert_eq!(HdrMetadata::decode(&hdr.encode()), Some(hdr));
    let cursor = CursorPosition { serial: 1, visible: true, relative_wanted: false, x: -1, y: 2 };
    assert_eq!(cursor.encode(), hex("d0 01000000 01 ffffffff 02000000"));
    assert_eq!(CursorPosition::decode(&cursor.encode()), Some(cursor));
    let touch = RichInput::Touchpad { pad: 1, finger: 0, active: true, x: 9, y: 8 };
    assert_eq!(touch.encode().len(), 9);
    let motion = RichInput::Motion { pad: 1, gyro: [1, 2, 3], accel: [-1, -2, -3] };
    assert_eq!(motion.encode().len(), 15);
    let pulse = HidOutput::TrackpadPulse { pad: 0, left: true, amplitude: 1, period_us: 2, count: 3 };
    assert_eq!(pulse.encode().len(), 10);
}

#[test]
fn audio_keeps_its_place_and_its_bytes() {
    let mut buffer = Vec::new();
    let packet = AudioPacket { seq: 1, pts_ns: 2, opus: b"opus" };
    packet.encode_into(&mut buffer);
    assert_eq!(buffer, hex("c9 01000000 0200000000000000 6f707573"));
    assert_eq!(HostDatagram::decode(&buffer), Some(HostDatagram::Audio(packet)));
    packet.encode_microphone_into(&mut buffer);
    assert_eq!(ClientDatagram::decode(&buffer), Some(ClientDatagram::Microphone(packet)));
    let both = RedundantAudio { seq: 1, pts_ns: 2, opus: b"new", previous: b"old" };
    both.encode_into(&mut buffer);
    assert_eq!(buffer, hex("d2 01000000 0200000000000000 0300 6e6577 6f6c64"));
    assert_eq!(HostDatagram::decode(&buffer), Some(HostDatagram::RedundantAudio(both)));
    buffer[13] = 7;
    assert_eq!(HostDatagram::decode(&buffer), None, "a primary that is longer than the datagram");
}

#[test]
fn pcm_frames_are_the_longest_that_fit() {
    assert_eq!(PcmPacket::frame_us(48_000, 16, 2, 1200), Some(5000));
    assert_eq!(PcmPacket::frame_us(96_000, 24, 2, 1200), Some(2000));
    assert_eq!(PcmPacket::frame_us(176_400, 24, 8, 1200), None);
}

#[test]
fn pens_outside_their_surface_are_dropped() {
    let sample = |x| PenSample {
        state: 1,
        tool: 0,
        x,
        y: 0.5,
        pressure: 0,
        distance: 0,
        tilt: 0,
        azimuth: 0,
        roll: 0,
        dt: 0,
    };
    let pen = |x| RichInput::Pen { flags: 0, seq: 1, samples: vec![sample(x)] };
    assert_eq!(RichInput::decode(&pen(0.25).encode()), Some(pen(0.25)));
    for x in [f32::NAN, f32::INFINITY, -0.1, 1.1] {
        assert_eq!(RichInput::decode(&pen(x).encode()), None, "{x}");
    }
    let mut many = pen(0.5).encode();
    many[3] = 9;
    many.extend([0; 400]);
    assert_eq!(RichInput::decode(&many), None, "more than eight samples");
}
