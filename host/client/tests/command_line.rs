//! The binary as scripts and people use it.

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use punktfunk_client::InputEvent;
use punktfunk_core::datagram::{AudioPacket, ClientDatagram};
use support::{FakeHost, MODE, Visit, stream};

const SOON: Duration = Duration::from_secs(60);
/// Pure red in limited-range BT.709.
const RED: [u8; 3] = [63, 102, 240];

fn client(dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_punktfunk-client"));
    let (verb, rest) = words.split_first().expect("a verb");
    command.arg(verb).arg("--identity").arg(dir).args(rest).env("RUST_LOG", "warn").stdin(Stdio::null());
    command
}

fn run(dir: &Path, words: &[&str]) -> Output {
    client(dir, words).output().expect("started")
}

/// The last line of standard output; everything a test wants to know when it fails.
fn json(output: &Output) -> serde_json::Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last)
        .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)))
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Streams the same second of video to everybody, over and over.
fn streaming_host() -> FakeHost {
    let units = Arc::new(stream::h264(MODE, 30, RED));
    FakeHost::start(move |mut visit| {
        let units = Arc::clone(&units);
        async move { stream_to(&mut visit, &units, usize::MAX).await }
    })
}

async fn stream_to(visit: &mut Visit, units: &[Vec<u8>], limit: usize) {
    let mut video = visit.let_in().await;
    video.punched().await;
    for (n, unit) in (0..units.len()).cycle().map(|n| (n, &units[n])).take(limit) {
        if visit.connection.close_reason().is_some() {
            return;
        }
        video.frame(unit, n == 0).await;
        tokio::time::sleep(Duration::from_millis(8)).await;
    }
}

#[test]
fn a_stream_is_decoded_summed_up_and_its_last_picture_saved() {
    let (host, dir) = (streaming_host(), tempfile::tempdir().expect("dir"));
    let address = host.address.to_string();
    let picture = dir.path().join("last.ppm");
    let words = ["connect", &address, "--tofu", "--mode", "640x360", "--frames", "40", "--json", "--out"];
    let output = client(dir.path(), &words).arg(&picture).output().expect("started");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let summary = json(&output);
    assert_eq!(
        (&summary["width"], &summary["height"], &summary["codec"]),
        (&640.into(), &360.into(), &"h264".into())
    );
    assert_eq!(summary["host_fingerprint"], host.id.to_string());
    let number = |key: &str| summary[key].as_f64().unwrap_or_else(|| panic!("{key} in {summary}"));
    assert!(number("frames") >= 40.0 && number("decoded") >= 38.0 && number("first_frame_ms") > 0.0);
    assert!(summary["latency_ms"]["p50"].as_f64() <= summary["latency_ms"]["p99"].as_f64());
    assert!(summary["latency_ms"]["p50"].is_number() && summary["decode_ms"]["p50"].is_number());

    let file = fs::read(picture).expect("written");
    let pixels = file.strip_prefix(b"P6\n640 360\n255\n").expect("a PPM of that size");
    assert_eq!(pixels.len(), 640 * 360 * 3);
    let red = |pixel: &[u8]| pixel[0] >= 250 && pixel[1] <= 5 && pixel[2] <= 5;
    assert!(pixels.chunks_exact(3).all(red), "{:?} is not red", &pixels[..3]);
}

#[test]
fn a_host_is_remembered_from_its_first_use_and_unknown_before() {
    let (host, dir) = (streaming_host(), tempfile::tempdir().expect("dir"));
    let address = host.address.to_string();
    let unknown = run(dir.path(), &["connect", &address, "--frames", "1", "--json"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert_eq!(json(&unknown)["error"]["code"], "unknown_host");
    assert!(stderr(&unknown).contains("--tofu") && stderr(&unknown).contains("punktfunk-client pair"));

    assert_eq!(run(dir.path(), &["connect", &address, "--tofu", "--frames", "1"]).status.code(), Some(0));
    assert_eq!(run(dir.path(), &["connect", &address, "--frames", "1"]).status.code(), Some(0));
}

#[test]
fn a_known_host_with_another_certificate_is_refused_whatever_is_allowed() {
    let (host, dir) = (streaming_host(), tempfile::tempdir().expect("dir"));
    let address = host.address.to_string();
    let other = "ab".repeat(32);
    fs::write(dir.path().join("known_hosts"), format!("{address} {other} first-use\n")).expect("written");
    for trust in [&["--tofu"][..], &[], &["--pin-host", &other]] {
        let words = [&["connect", &address, "--frames", "1", "--json"], trust].concat();
        let output = run(dir.path(), &words);
        assert_eq!((output.status.code(), &json(&output)["error"]["code"]), (Some(1), &"wrong_host".into()));
    }
    let pinned = run(dir.path(), &["connect", &address, "--pin-host", &host.id.to_string(), "--frames", "1"]);
    assert_eq!(pinned.status.code(), Some(0), "{}", stderr(&pinned));
}

#[test]
fn a_refusal_is_exit_1_with_the_hosts_code_and_sentence() {
    let host = FakeHost::start(|mut visit| async move {
        visit.hello().await;
        visit.close(0x64, "Not tonight.");
    });
    let dir = tempfile::tempdir().expect("dir");
    let output = run(dir.path(), &["connect", &host.address.to_string(), "--tofu", "--json"]);
    let error = &json(&output)["error"];
    assert_eq!(
        (output.status.code(), &error["code"], &error["close_code"]),
        (Some(1), &"denied".into(), &0x64.into())
    );
    assert!(
        error["sentence"].as_str().is_some_and(|s| s.contains("Not tonight.") && s.contains("0x64")),
        "{error}"
    );
    assert!(stderr(&output).contains("Not tonight."));
    assert!(!dir.path().join("known_hosts").exists(), "a host that refused is not remembered");
}

#[test]
fn bad_usage_is_exit_2_and_connects_nowhere() {
    let dir = tempfile::tempdir().expect("dir");
    for words in [
        &["connect", "box", "--out", "picture.bmp"][..],
        &["connect", "box", "--out", "a.h264", "--codec", "hevc"],
        &["connect", "box", "--mode", "wide"],
        &["connect", "box", "--press", "any key"],
        &["pair", "box", "--pin", "12"],
        &["pair", "box"],
    ] {
        let output = run(dir.path(), words);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", stderr(&output));
    }
    assert_eq!(fs::read_dir(dir.path()).expect("dir").count(), 0);
}

#[test]
fn a_session_cut_short_by_the_host_keeps_its_figures_and_fails() {
    let units = Arc::new(stream::h264(MODE, 10, RED));
    let host = FakeHost::start(move |mut visit| {
        let units = Arc::clone(&units);
        async move {
            stream_to(&mut visit, &units, 10).await;
            visit.close(0x69, "");
        }
    });
    let dir = tempfile::tempdir().expect("dir");
    let output =
        run(dir.path(), &["connect", &host.address.to_string(), "--tofu", "--seconds", "60", "--json"]);
    let summary = json(&output);
    assert_eq!((output.status.code(), &summary["error"]["code"]), (Some(1), &"access_ended".into()));
    assert_eq!(summary["frames"], 10, "{summary}");
}

#[test]
fn ctrl_c_ends_the_session_in_order_and_still_sums_up() {
    let (told, heard) = mpsc::channel();
    let units = Arc::new(stream::h264(MODE, 30, RED));
    let host = FakeHost::start(move |mut visit| {
        let (told, units) = (told.clone(), Arc::clone(&units));
        async move {
            let connection = visit.connection.clone();
            let listening = async { told.send(connection.read_datagram().await.is_ok()).expect("told") };
            tokio::join!(listening, stream_to(&mut visit, &units, usize::MAX));
        }
    });
    let dir = tempfile::tempdir().expect("dir");
    // The client types when it has its first picture.
    let words = ["connect", &host.address.to_string(), "--tofu", "--press", "a", "--json"];
    let child =
        client(dir.path(), &words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    assert_eq!(heard.recv_timeout(SOON), Ok(true));
    kill(Pid::from_raw(child.id() as i32), Signal::SIGINT).expect("sent");
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(0));
    assert!(json(&output)["frames"].as_u64() > Some(0));
    assert_eq!(host.close_code(), Some(0x51));
}

#[test]
fn text_and_keys_are_typed_after_the_first_frame() {
    let (told, heard) = mpsc::channel();
    let units = Arc::new(stream::h264(MODE, 5, RED));
    let host = FakeHost::start(move |mut visit| {
        let (told, units) = (told.clone(), Arc::clone(&units));
        async move {
            stream_to(&mut visit, &units, 1).await;
            while let Ok(datagram) = visit.connection.read_datagram().await {
                let Some(ClientDatagram::Input(event)) = ClientDatagram::decode(&datagram) else {
                    panic!("no input")
                };
                told.send(event).expect("told");
            }
        }
    });
    let dir = tempfile::tempdir().expect("dir");
    let words =
        ["connect", &host.address.to_string(), "--tofu", "--frames", "1", "--type", "aB", "--press", "enter"];
    let output = run(dir.path(), &words);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let key = |vk, down| InputEvent::Key { vk, down };
    let strokes: Vec<_> = (0..8).map(|_| heard.recv_timeout(SOON).expect("a key")).collect();
    assert_eq!(
        strokes,
        [
            key(0x41, true),
            key(0x41, false),
            key(0xa0, true),
            key(0x42, true),
            key(0x42, false),
            key(0xa0, false),
            key(0x0d, true),
            key(0x0d, false)
        ]
    );
}

#[test]
fn the_stream_is_saved_byte_for_byte() {
    let units = Arc::new(stream::h264(MODE, 20, RED));
    let sent = units.concat();
    let host = FakeHost::start(move |mut visit| {
        let units = Arc::clone(&units);
        async move {
            stream_to(&mut visit, &units, 20).await;
            visit.connection.closed().await;
        }
    });
    let dir = tempfile::tempdir().expect("dir");
    let file = dir.path().join("stream.h264");
    let words = ["connect", &host.address.to_string(), "--tofu", "--frames", "20", "--out"];
    let output = client(dir.path(), &words).arg(&file).output().expect("started");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(fs::read(file).expect("written") == sent);
}

/// How strong a tone is in samples.
fn strength(samples: &[f64], hz: f64) -> f64 {
    let turn = |n: usize| std::f64::consts::TAU * hz * n as f64 / stream::SOUND_RATE as f64;
    let (sine, cosine) = samples
        .iter()
        .enumerate()
        .fold((0.0, 0.0), |(sine, cosine), (n, s)| (sine + s * turn(n).sin(), cosine + s * turn(n).cos()));
    2.0 * f64::hypot(sine, cosine) / samples.len() as f64
}

#[test]
fn the_sound_is_saved_as_a_wave_file_with_silence_where_a_packet_is_missing() {
    const MISSING: usize = 100;
    let (packets, units) = (Arc::new(stream::opus(200, 1000.0)), Arc::new(stream::h264(MODE, 5, RED)));
    let sent = packets.len();
    let host = FakeHost::start(move |mut visit| {
        let (packets, units) = (Arc::clone(&packets), Arc::clone(&units));
        async move {
            let mut video = visit.let_in().await;
            video.punched().await;
            let mut bytes = Vec::new();
            for (seq, opus) in (0_u32..).zip(packets.iter()).filter(|(seq, _)| *seq != MISSING as u32) {
                AudioPacket { seq, pts_ns: u64::from(seq) * 5_000_000, opus }.encode_into(&mut bytes);
                let datagram = std::mem::take(&mut bytes);
                visit.connection.send_datagram_wait(datagram.into()).await.expect("sent");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            // the client ends with its pictures, and all that was to be heard is there by then
            tokio::time::sleep(Duration::from_millis(500)).await;
            for (n, unit) in units.iter().enumerate() {
                video.frame(unit, n == 0).await;
            }
            visit.connection.closed().await;
        }
    });
    let dir = tempfile::tempdir().expect("dir");
    let file = dir.path().join("sound.wav");
    let words = ["connect", &host.address.to_string(), "--tofu", "--frames", "5", "--json", "--audio-out"];
    let output = client(dir.path(), &words).arg(&file).output().expect("started");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));

    let wave = fs::read(file).expect("written");
    let word = |at: usize| u32::from_le_bytes(wave[at..at + 4].try_into().expect("4 bytes"));
    assert_eq!((&wave[..4], &wave[8..16], &wave[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
    assert_eq!((word(4) as usize, word(40) as usize), (wave.len() - 8, wave.len() - 44));
    assert_eq!((word(22) & 0xffff, word(24)), (2, 48_000));
    let samples: Vec<f64> = wave[44..]
        .chunks_exact(2)
        .map(|two| f64::from(i16::from_le_bytes([two[0], two[1]])) / f64::from(i16::MAX))
        .collect();
    let channel = |at: usize| samples.iter().skip(at).step_by(2).copied().collect::<Vec<f64>>();
    let (left, right) = (channel(0), channel(1));
    assert_eq!(left.len(), sent * stream::PACKET_SAMPLES, "the missing packet has its place");
    let gap = MISSING * stream::PACKET_SAMPLES..(MISSING + 1) * stream::PACKET_SAMPLES;
    assert!(left[gap.clone()].iter().all(|sample| *sample == 0.0));
    let before = &left[gap.start / 2..gap.start];
    assert!((0.4..0.6).contains(&strength(before, 1000.0)), "{}", strength(before, 1000.0));
    assert!(strength(&right[gap.start / 2..gap.start], 1000.0) < 0.05);
}

#[test]
fn a_session_without_sound_leaves_no_empty_wave_file_and_says_so() {
    let (host, dir) = (streaming_host(), tempfile::tempdir().expect("dir"));
    let file = dir.path().join("sound.wav");
    let words = ["connect", &host.address.to_string(), "--tofu", "--frames", "5", "--json", "--audio-out"];
    let output = client(dir.path(), &words).arg(&file).output().expect("started");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("sound"), "{}", stderr(&output));
    assert!(!file.exists());
}

#[test]
fn help_shows_examples_for_every_command_that_needs_them() {
    for words in [&["--help"][..], &["connect", "--help"]] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_punktfunk-client")).args(words).output().expect("started");
        assert_eq!(output.status.code(), Some(0));
        assert!(String::from_utf8_lossy(&output.stdout).contains("Examples:"));
    }
}
