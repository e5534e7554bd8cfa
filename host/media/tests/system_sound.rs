//! What a box plays is heard: a real PipeWire of the test's own, an output that leads nowhere, and a player.
#![allow(missing_docs, clippy::unwrap_used)] // a test that cannot go on fails, and says where

use std::f64::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use punktfunk_media::sound::{
    BLOCK_SAMPLES, Channels, SAMPLE_RATE, SoundError, SoundSource, SystemSource, loudness, tone_level,
};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// What is played left and right, Hz.
const PLAYED: [u32; 2] = [500, 700];

/// PipeWire with its PulseAudio socket, and a bus of its own; they go with it.
struct Server {
    dir: TempDir,
    children: Vec<Child>,
}

impl Server {
    fn start() -> Self {
        let mut server = Self { dir: tempfile::tempdir().unwrap(), children: Vec::new() };
        server.add_the_second_door();
        let bus = server.dir.path().join("bus");
        let address = format!("--address=unix:path={}", bus.display());
        server.spawn(&["dbus-daemon", "--session", "--nofork", "--nopidfile", &address]);
        eventually("the bus", || bus.exists());
        server.spawn(&["pipewire"]);
        let socket = server.dir.path().join("pipewire-0");
        eventually("PipeWire", || socket.exists());
        server.spawn(&["wireplumber"]);
        server.spawn(&["pipewire-pulse"]);
        let socket = server.socket();
        eventually("its PulseAudio socket", || socket.exists());
        eventually("an output that leads nowhere", || {
            server.run(&["pactl", "load-module", "module-null-sink", "sink_name=box"])
        });
        eventually("the default output", || server.run(&["pactl", "set-default-sink", "box"]));
        server
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("pulse/native")
    }

    /// By the words with which the book lets the host listen to a session, but for the place.
    fn add_the_second_door(&self) {
        let book = include_str!("../../../docs/moonlight.md");
        let (_, from) = book.split_once("echo 'pulse.properties").unwrap();
        let (words, _) = from.split_once('\'').unwrap();
        let folder = self.dir.path().join("door");
        fs::create_dir(&folder).unwrap();
        let words = words.replace("/run/pulse", folder.to_str().unwrap());
        let place = self.dir.path().join("config/pipewire/pipewire-pulse.conf.d");
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("50-punktfunk.conf"), format!("pulse.properties{words}")).unwrap();
    }

    fn command(&self, words: &[&str]) -> Command {
        let dir = self.dir.path();
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .env("XDG_RUNTIME_DIR", dir)
            .env("XDG_CONFIG_HOME", dir.join("config"))
            .env("HOME", dir)
            .env("PULSE_SERVER", format!("unix:{}", self.socket().display()))
            .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", dir.join("bus").display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn spawn(&mut self, words: &[&str]) {
        let child = self.command(words).spawn();
        self.children
            .push(child.unwrap_or_else(|error| panic!("{}: {error}; ./dev setup installs it", words[0])));
    }

    fn run(&self, words: &[&str]) -> bool {
        self.command(words).status().is_ok_and(|status| status.success())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[track_caller]
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "{what} does not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A minute of the tones, as a WAVE file.
fn wave(path: &Path) {
    let samples = (0..SAMPLE_RATE * 60).flat_map(|n| {
        PLAYED
            .map(|hz| (8_000.0 * (TAU * f64::from(hz) * f64::from(n) / f64::from(SAMPLE_RATE)).sin()) as i16)
    });
    let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let mut file = b"RIFF".to_vec();
    file.extend((data.len() as u32 + 36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    file.extend(SAMPLE_RATE.to_le_bytes());
    file.extend((SAMPLE_RATE * 4).to_le_bytes());
    file.extend(b"\x04\0\x10\0data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    fs::write(path, file).unwrap();
}

/// The next second.
fn second(source: &mut SystemSource) -> Vec<f32> {
    let (mut heard, mut block) = (Vec::new(), [0.0; BLOCK_SAMPLES * 2]);
    while heard.len() < 2 * SAMPLE_RATE as usize {
        if source.next(&mut block, PATIENCE).unwrap().is_some() {
            heard.extend_from_slice(&block);
        }
    }
    heard
}

fn level(heard: &[f32], channel: usize, hz: u32) -> f64 {
    tone_level(heard.iter().skip(channel).step_by(2).copied(), SAMPLE_RATE, hz.into())
}

#[test]
fn what_the_box_plays_is_heard_silence_is_silence_and_a_server_that_goes_is_noticed() {
    let mut server = Server::start();
    // as the host does, which is another user
    let door = server.dir.path().join("door/native");
    eventually("the door for the host", || door.exists());
    let address = format!("unix:{}", door.display());
    let mut source = SystemSource::open(Channels::Stereo, Some(&address)).unwrap();
    assert!(loudness(second(&mut source)) < 1e-6, "nothing is played yet");

    let film = server.dir.path().join("tones.wav");
    wave(&film);
    server.spawn(&["pw-play", film.to_str().unwrap()]);
    let until = Instant::now() + PATIENCE;
    let heard = loop {
        let heard = second(&mut source);
        if level(&heard, 0, PLAYED[0]) > 0.2 {
            break heard;
        }
        assert!(Instant::now() < until, "the tone is not heard");
    };
    assert!(level(&heard, 1, PLAYED[1]) > 0.2, "{}", level(&heard, 1, PLAYED[1]));
    assert!(level(&heard, 0, PLAYED[1]) < 0.01 && level(&heard, 1, PLAYED[0]) < 0.01);

    let mut block = [0.0; BLOCK_SAMPLES * 2];
    drop(server);
    let until = Instant::now() + PATIENCE;
    let error = loop {
        match source.next(&mut block, Duration::from_millis(50)) {
            Ok(_) => assert!(Instant::now() < until, "the server's end is not noticed"),
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, SoundError::Server { .. }), "{error}");
    assert!(matches!(SystemSource::open(Channels::Stereo, Some(&address)), Err(SoundError::Server { .. })));
}
