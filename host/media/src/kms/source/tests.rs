//! The source against a broker of scripted answers, with plain memory files for the screen's buffers.

use std::ffi::CStr;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::thread::JoinHandle;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use tempfile::TempDir;

use super::*;
use crate::kms::protocol::{Area, LayerPlane, Reply, Request, Status, StatusCode};
use crate::kms::{look, socket};

const XR24: u32 = u32::from_le_bytes(*b"XR24");
const AR24: u32 = u32::from_le_bytes(*b"AR24");

struct Answer(Reply, Vec<OwnedFd>);

/// Serves one client the given answers, one to each request, and then hangs up. Returns the requests.
fn broker(path: &Path, answers: Vec<Answer>) -> JoinHandle<Vec<Request>> {
    serve(socket::listen(path, 0o600).unwrap(), answers)
}

fn serve(listener: OwnedFd, answers: Vec<Answer>) -> JoinHandle<Vec<Request>> {
    std::thread::spawn(move || {
        let client = socket::accept(&listener).unwrap();
        let answer = |Answer(reply, buffers): Answer| {
            let request = socket::receive_bytes(&client).unwrap().expect("a request");
            let buffers: Vec<_> = buffers.iter().map(AsFd::as_fd).collect();
            socket::send(&client, &reply.encode(), &buffers).unwrap();
            Request::decode(&request).unwrap()
        };
        answers.into_iter().map(answer).collect()
    })
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("screen.sock");
    (folder, path)
}

fn source(path: &Path) -> KmsSource {
    KmsSource::new(KmsSpec { socket: path.into(), output: None, memory: ScreenMemory::Mapped })
}

fn buffer(bytes: &[u8]) -> File {
    const NAME: &CStr = c"buffer";
    let file = File::from(memfd_create(NAME, MFdFlags::MFD_CLOEXEC).unwrap());
    file.write_all_at(bytes, 0).unwrap();
    file
}

fn layer(fourcc: u32, width: u32, height: u32, descriptor: u8) -> Layer {
    Layer {
        framebuffer: 40,
        width,
        height,
        fourcc,
        modifier: 0,
        planes: [Some(LayerPlane { pitch: width * 4, offset: 0, descriptor }), None, None, None],
        source: Area { x: 0, y: 0, width, height },
        position: (0, 0),
    }
}

fn frame(primary: Layer) -> Frame {
    let output = Output {
        connector: "Virtual-1".into(),
        driver: "virtio_gpu".into(),
        monitor: String::new(),
        connected: true,
        active: true,
        width: primary.width,
        height: primary.height,
        refresh_mhz: 59_940,
    };
    Frame { output, captured_at_ns: 77, same_buffers: false, primary, cursor: None }
}

fn answer(frame: Frame, buffers: &[&File]) -> Answer {
    let buffers = buffers.iter().map(|file| OwnedFd::from(file.try_clone().unwrap())).collect();
    Answer(Reply::Frame(Box::new(frame)), buffers)
}

/// The rows of the next picture without gaps, or the error's sentence.
fn next(source: &mut KmsSource) -> Result<Option<Vec<u8>>, String> {
    let picture = source.next(Duration::ZERO).map_err(|error| error.to_string())?;
    Ok(picture.map(|picture| {
        picture.check().expect("a picture that holds what it says");
        let Memory::Mapped { stride, data, .. } = picture.memory else { panic!("mapped was asked for") };
        let row = picture.width as usize * 4;
        data.chunks(stride).take(picture.height as usize).flat_map(|line| line[..row].to_vec()).collect()
    }))
}

#[test]
fn the_screen_is_handed_out_as_it_is() {
    let (_folder, path) = folder();
    let bytes: Vec<u8> = (0..64).collect();
    let served = broker(&path, vec![answer(frame(layer(XR24, 4, 4, 0)), &[&buffer(&bytes)])]);
    let mut source = source(&path);
    assert_eq!(next(&mut source), Ok(Some(bytes)));
    let info = source.describe();
    assert_eq!((info.name.as_str(), info.width, info.height), ("Virtual-1 (virtio_gpu)", 4, 4));
    assert!((info.refresh_hz - 59.94).abs() < 1e-9);
    let Request::Next { output, .. } = &served.join().unwrap()[0] else { panic!("a frame was asked for") };
    assert_eq!(output, "");
}

#[test]
fn a_broker_that_is_not_up_yet_answers_what_it_was_asked_before() {
    let (_folder, path) = folder();
    // As a service manager does it, the socket is there before anybody serves it.
    let listener = socket::listen(&path, 0o600).unwrap();
    let asking = std::thread::spawn(move || next(&mut source(&path)));
    poll(&mut [PollFd::new(listener.as_fd(), PollFlags::POLLIN)], PollTimeout::NONE).unwrap();
    serve(listener, vec![answer(frame(layer(XR24, 4, 4, 0)), &[&buffer(&[7; 64])])]);
    assert_eq!(asking.join().unwrap(), Ok(Some(vec![7; 64])));
}

#[test]
fn a_card_is_a_screen_when_it_has_outputs() {
    let found = |reply| {
        let (_folder, path) = folder();
        broker(&path, vec![Answer(reply, Vec::new())]);
        look(&path).map_err(|error| error.code())
    };
    let output = || frame(layer(XR24, 4, 4, 0)).output;
    assert_eq!(found(Reply::Outputs(vec![output()])), Ok(()));
    assert_eq!(found(Reply::Outputs(vec![Output { active: false, connected: false, ..output() }])), Ok(()));
    assert_eq!(found(Reply::Outputs(Vec::new())), Err("no_graphics_card"));
    assert_eq!(found(Reply::Status(Status::new(StatusCode::NoCard, ""))), Err("no_graphics_card"));
    assert_eq!(look(Path::new("/nonexistent/screen.sock")).unwrap_err().code(), "screen_service_missing");
}

#[test]
fn only_the_visible_part_of_a_larger_buffer_is_shown() {
    let (_folder, path) = folder();
    let bytes: Vec<u8> = (0..64).collect();
    let mut wide = layer(XR24, 4, 4, 0);
    wide.source = Area { x: 2, y: 2, width: 2, height: 2 };
    broker(&path, vec![answer(frame(wide), &[&buffer(&bytes)])]);
    let expected: Vec<u8> = (40..48).chain(56..64).collect();
    assert_eq!(next(&mut source(&path)), Ok(Some(expected)));
}

#[test]
fn a_buffer_is_shown_again_only_when_somebody_drew_into_it() {
    let (_folder, path) = folder();
    let file = buffer(&[1; 64]);
    let again = || answer(Frame { same_buffers: true, ..frame(layer(XR24, 4, 4, 0)) }, &[&file]);
    broker(&path, vec![answer(frame(layer(XR24, 4, 4, 0)), &[&file]), again(), again(), again()]);
    let mut source = source(&path);
    assert_eq!(next(&mut source), Ok(Some(vec![1; 64])));
    // The first look after a change of buffers has nothing to compare with.
    assert_eq!(next(&mut source), Ok(Some(vec![1; 64])));
    assert_eq!(next(&mut source), Ok(None));
    file.write_all_at(&[9], 33).unwrap();
    let mut changed = vec![1; 64];
    changed[33] = 9;
    assert_eq!(next(&mut source), Ok(Some(changed)));
}

#[test]
fn the_cursor_is_drawn_where_it_is() {
    let (_folder, path) = folder();
    let cursor = Layer { position: (3, -1), ..layer(AR24, 2, 2, 1) };
    let frame = Frame { cursor: Some(cursor), ..frame(layer(XR24, 4, 4, 0)) };
    broker(&path, vec![answer(frame, &[&buffer(&[7; 64]), &buffer(&[255; 16])])]);
    let mut expected = vec![7; 64];
    expected[12..15].fill(255);
    assert_eq!(next(&mut source(&path)), Ok(Some(expected)));
}

#[test]
fn a_tiled_picture_is_refused_with_the_way_out() {
    let (_folder, path) = folder();
    let tiled = Layer { modifier: 0x0100_0000_0000_0002, ..layer(XR24, 4, 4, 0) };
    broker(&path, vec![answer(frame(tiled), &[&buffer(&[0; 64])])]);
    let sentence = next(&mut source(&path)).unwrap_err();
    assert!(sentence.contains("tiled") && sentence.contains("capture.source"), "{sentence}");
}

#[test]
fn a_format_that_cannot_be_read_is_named() {
    let (_folder, path) = folder();
    let fourcc = u32::from_le_bytes(*b"RG16");
    broker(&path, vec![answer(frame(layer(fourcc, 4, 4, 0)), &[&buffer(&[0; 64])])]);
    let sentence = next(&mut source(&path)).unwrap_err();
    assert!(sentence.contains("RG16"), "{sentence}");
}

#[test]
fn a_buffer_smaller_than_its_picture_is_refused() {
    let (_folder, path) = folder();
    let beyond = Layer { source: Area { x: u32::MAX, y: 0, width: 4, height: 4 }, ..layer(XR24, 4, 4, 0) };
    let answers = vec![
        answer(frame(layer(XR24, 4, 4, 0)), &[&buffer(&[0; 63])]),
        answer(frame(beyond), &[&buffer(&[0; 64])]),
    ];
    broker(&path, answers);
    let mut source = source(&path);
    for _ in 0..2 {
        let sentence = next(&mut source).unwrap_err();
        assert!(sentence.contains("smaller than the picture"), "{sentence}");
    }
}

#[test]
fn every_status_becomes_a_sentence_with_a_next_step() {
    let (_folder, path) = folder();
    let cases = [
        (StatusCode::NoCard, "", "kernel driver"),
        (StatusCode::NoActiveOutput, "DP-1", "DP-1 is dark"),
        (StatusCode::NoActiveOutput, "", "none is connected"),
        (StatusCode::NoSuchOutput, "HDMI-A-9", "doctor"),
        (StatusCode::CapabilityMissing, "", "CAP_SYS_ADMIN"),
        (StatusCode::Device, "/dev/dri/card0", "group video"),
        (StatusCode::Busy, "4", "stop another"),
    ];
    let answers =
        cases.iter().map(|(code, detail, _)| Answer(Reply::Status(Status::new(*code, *detail)), vec![]));
    broker(&path, answers.collect());
    let mut source = source(&path);
    for (_, _, words) in cases {
        let sentence = next(&mut source).unwrap_err();
        assert!(sentence.contains(words), "{sentence} lacks {words}");
    }
}

#[test]
fn a_broker_that_comes_late_or_comes_back_is_found() {
    let (_folder, path) = folder();
    let mut source = source(&path);
    assert!(next(&mut source).unwrap_err().contains("systemctl start punktfunk-screen"));
    for shade in [3u8, 4] {
        let served = broker(&path, vec![answer(frame(layer(XR24, 4, 4, 0)), &[&buffer(&[shade; 64])])]);
        assert_eq!(next(&mut source), Ok(Some(vec![shade; 64])));
        served.join().unwrap();
        assert!(next(&mut source).unwrap_err().contains("broke off"));
    }
}

#[test]
fn a_broker_that_talks_nonsense_is_an_error_and_no_more() {
    let (_folder, path) = folder();
    let wild =
        Frame { primary: Layer { planes: [None; 4], ..layer(XR24, 4, 4, 0) }, ..frame(layer(XR24, 4, 4, 0)) };
    broker(&path, vec![answer(wild, &[]), Answer(Reply::Outputs(vec![]), vec![])]);
    let mut source = source(&path);
    assert!(next(&mut source).is_err());
    assert!(next(&mut source).is_err());
}

#[test]
fn a_picture_for_the_gpu_keeps_its_layout_and_descriptors() {
    let (_folder, path) = folder();
    let tiled = Layer { modifier: 0x0100_0000_0000_0002, ..layer(XR24, 4, 4, 0) };
    broker(&path, vec![answer(frame(tiled), &[&buffer(&[0; 64])])]);
    let mut source = KmsSource::new(KmsSpec { socket: path, output: None, memory: ScreenMemory::Gpu });
    let picture = source.next(Duration::ZERO).unwrap().expect("a picture");
    let Memory::DmaBuf(buffer) = picture.memory else { panic!("a GPU buffer was asked for") };
    assert_eq!((buffer.fourcc, buffer.modifier), (XR24, 0x0100_0000_0000_0002));
    assert_eq!(buffer.planes[0].expect("one plane").stride, 16);
    assert!(buffer.planes[1].is_none());
}

#[test]
fn a_still_screen_is_looked_at_less_and_less_often_and_a_change_wakes_it() {
    let mut pace = Pace::default();
    pace.set_rate(60_000);
    let frame = pace.frame;
    pace.flipped();
    assert_eq!(pace.repeat(), frame * 3 / 2);
    for _ in 0..10 {
        pace.unchanged();
    }
    assert_eq!(pace.repeat(), LONGEST_REPEAT);
    pace.redrawn();
    assert_eq!(pace.repeat(), frame);
}
