use proptest::prelude::*;

use super::*;

fn any_output() -> impl Strategy<Value = Output> {
    ("[ -~]{0,32}", "[a-z_]{0,32}", "\\PC{0,16}", any::<(bool, bool)>(), any::<(u32, u32, u32)>()).prop_map(
        |(connector, driver, monitor, (connected, active), (width, height, refresh_mhz))| Output {
            connector,
            driver,
            monitor,
            connected,
            active,
            width,
            height,
            refresh_mhz,
        },
    )
}

fn any_layer() -> impl Strategy<Value = Layer> {
    let plane = proptest::option::of((any::<u32>(), any::<u32>(), 0..MAX_DESCRIPTORS as u8))
        .prop_map(|plane| plane.map(|(pitch, offset, descriptor)| LayerPlane { pitch, offset, descriptor }));
    (
        any::<[u32; 8]>(),
        any::<u64>(),
        [plane.clone(), plane.clone(), plane.clone(), plane],
        any::<(i32, i32)>(),
    )
        .prop_map(|(numbers, modifier, planes, position)| {
            let [framebuffer, width, height, fourcc, x, y, source_width, source_height] = numbers;
            let source = Area { x, y, width: source_width, height: source_height };
            Layer { framebuffer, width, height, fourcc, modifier, planes, source, position }
        })
}

fn any_reply() -> impl Strategy<Value = Reply> {
    prop_oneof![
        proptest::collection::vec(any_output(), 0..=MAX_OUTPUTS).prop_map(Reply::Outputs),
        (any_output(), any::<u64>(), any::<bool>(), any_layer(), proptest::option::of(any_layer())).prop_map(
            |(output, captured_at_ns, same_buffers, primary, cursor)| {
                Reply::Frame(Box::new(Frame { output, captured_at_ns, same_buffers, primary, cursor }))
            }
        ),
        Just(Reply::Unchanged),
        (1u16..=7, any::<u16>(), "[ -~]{0,64}").prop_map(|(code, errno, detail)| {
            Reply::Status(Status {
                code: StatusCode::from_number(code).expect("a known code"),
                errno,
                detail,
            })
        }),
    ]
}

#[test]
fn another_version_is_named_and_refused() {
    let mut message = Request::List.encode();
    message[0] = 2;
    assert_eq!(Request::decode(&message), Err(ProtocolError::Version(2)));
    assert_eq!(Reply::decode(&message, 0), Err(ProtocolError::Version(2)));
}

#[test]
fn a_wait_is_cut_to_what_a_broker_grants() {
    let request =
        Request::Next { output: String::new(), wait: Duration::from_secs(3600), repeat: Duration::ZERO };
    let Ok(Request::Next { wait, .. }) = Request::decode(&request.encode()) else {
        panic!("a valid request")
    };
    assert_eq!(wait, MAX_WAIT);
}

#[test]
fn a_name_with_control_characters_is_refused() {
    let request =
        Request::Next { output: "DP-1\u{1b}[2J".into(), wait: Duration::ZERO, repeat: Duration::ZERO };
    assert_eq!(Request::decode(&request.encode()), Err(ProtocolError::Malformed));
}

#[test]
fn a_plane_without_its_descriptor_is_refused() {
    let plane = LayerPlane { pitch: 4, offset: 0, descriptor: 1 };
    let layer = Layer {
        framebuffer: 1,
        width: 1,
        height: 1,
        fourcc: 0,
        modifier: 0,
        planes: [Some(plane), None, None, None],
        source: Area::default(),
        position: (0, 0),
    };
    let output = Output {
        connector: "DP-1".into(),
        driver: String::new(),
        monitor: String::new(),
        connected: true,
        active: true,
        width: 1,
        height: 1,
        refresh_mhz: 0,
    };
    let frame = Frame { output, captured_at_ns: 0, same_buffers: false, primary: layer, cursor: None };
    let message = Reply::Frame(Box::new(frame)).encode();
    assert_eq!(Reply::decode(&message, 1), Err(ProtocolError::Malformed));
    assert!(Reply::decode(&message, 2).is_ok());
}

proptest! {
    #[test]
    fn a_request_survives_the_socket(output in "[ -~]{0,64}", wait in 0u64..=1000, repeat in 0u64..=1000) {
        let (wait, repeat) = (Duration::from_millis(wait), Duration::from_millis(repeat));
        let request = Request::Next { output, wait, repeat };
        prop_assert_eq!(Request::decode(&request.encode()), Ok(request));
    }

    #[test]
    fn a_reply_survives_the_socket_and_fits_into_a_message(reply in any_reply()) {
        let message = reply.encode();
        prop_assert!(message.len() <= MAX_MESSAGE);
        prop_assert_eq!(Reply::decode(&message, MAX_DESCRIPTORS), Ok(reply));
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), kind in 0u16..140) {
        let _ = Request::decode(&bytes);
        let _ = Reply::decode(&bytes, 0);
        let mut message = Writer::message(VERSION, kind).finish();
        message.extend(bytes);
        let _ = Request::decode(&message);
        let _ = Reply::decode(&message, 8);
    }

    #[test]
    fn a_reply_cut_short_or_with_more_behind_it_is_refused(reply in any_reply(), cut: prop::sample::Index) {
        let mut message = reply.encode();
        let shorter = &message[..cut.index(message.len())];
        prop_assert!(Reply::decode(shorter, MAX_DESCRIPTORS).is_err());
        message.push(0);
        prop_assert!(Reply::decode(&message, MAX_DESCRIPTORS).is_err());
    }
}
