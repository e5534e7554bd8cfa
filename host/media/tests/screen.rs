//! The real thing: what a painter draws on a card is what the source hands out, pixel for pixel, although neither the
//! broker nor the source is master of the card. Needs a card that nobody uses, `CAP_SYS_ADMIN`, and the programs
//! `punktfunk-painter` and `punktfunk-screen` in the folder that `PUNKTFUNK_PROGRAMS` names: run it in a virtual
//! machine, with `--ignored --test-threads=1`.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use punktfunk_media::kms::{KmsSource, KmsSpec, ScreenMemory, probe};
use punktfunk_media::{Memory, PixelFormat, Source};
use tempfile::TempDir;

/// Long enough for a machine that is emulated in software.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that is stopped at the end.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program(name: &str) -> Command {
    let folder =
        std::env::var_os("PUNKTFUNK_PROGRAMS").expect("PUNKTFUNK_PROGRAMS names the folder of the programs");
    Command::new(PathBuf::from(folder).join(name))
}

/// Starts a painter and waits until its picture is on the screen. Returns what it said.
fn paint(arguments: &[&str]) -> (Program, String) {
    let child = program("punktfunk-painter").args(arguments).stdout(Stdio::piped()).spawn();
    let mut painter = Program(child.expect("a painter"));
    let mut said = String::new();
    BufReader::new(painter.0.stdout.take().expect("its output")).read_line(&mut said).expect("a line");
    assert!(said.contains("is on the screen"), "the painter said {said:?}");
    (painter, said)
}

/// A broker that listens in a folder of its own.
struct Broker {
    socket: PathBuf,
    program: Program,
    _folder: TempDir,
}

fn broker(wrapper: &[&str]) -> Broker {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("screen.sock");
    let screen = program("punktfunk-screen");
    let mut words = wrapper.iter().map(Into::into).chain([screen.get_program().to_owned()]);
    let mut command = Command::new(words.next().expect("a program"));
    let command = command.args(words).arg("--socket").arg(&socket).args(["--allow-user", "12345"]);
    let child = command.stderr(Stdio::piped()).spawn();
    let mut program = Program(child.expect("a broker"));
    // It speaks when it listens and has given up what it does not need.
    let mut said = String::new();
    let mut errors = BufReader::new(program.0.stderr.take().expect("its errors"));
    errors.read_line(&mut said).expect("a line");
    assert!(said.starts_with("punktfunk-screen: "), "{said}");
    Broker { socket, program, _folder: folder }
}

fn source(broker: &Broker) -> KmsSource {
    KmsSource::new(KmsSpec { socket: broker.socket.clone(), output: None, memory: ScreenMemory::Mapped })
}

/// One picture as gapless red, green, blue, or the reason why there is none.
fn shot(source: &mut KmsSource) -> Result<(u32, u32, Vec<u8>), String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match source.next(Duration::from_secs(1)) {
            Ok(Some(picture)) => {
                let Memory::Mapped { format, stride, data } = picture.memory else {
                    panic!("mapped was asked for")
                };
                assert_eq!(format, PixelFormat::Bgrx);
                let rows = data.chunks(stride).take(picture.height as usize);
                let pixels = rows.flat_map(|row| row[..picture.width as usize * 4].as_chunks::<4>().0);
                let rgb = pixels.flat_map(|&[blue, green, red, _]| [red, green, blue]).collect();
                return Ok((picture.width, picture.height, rgb));
            }
            Ok(None) if Instant::now() < deadline => {}
            Ok(None) => return Err("nothing new came".into()),
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Width, height and pixels of a PPM as the painter writes it.
fn drawn(path: &Path) -> (u32, u32, Vec<u8>) {
    let bytes = std::fs::read(path).expect("a picture file");
    let mut lines = bytes.splitn(4, |&byte| byte == b'\n');
    assert_eq!(lines.next(), Some(&b"P6"[..]));
    let size = String::from_utf8(lines.next().expect("a size").to_vec()).expect("text");
    let (width, height) = size.split_once(' ').expect("two numbers");
    let number = |text: &str| text.parse().expect("a number");
    (number(width), number(height), lines.nth(1).expect("pixels").to_vec())
}

fn assert_same(seen: &(u32, u32, Vec<u8>), drawn: &(u32, u32, Vec<u8>)) {
    assert_eq!((seen.0, seen.1), (drawn.0, drawn.1));
    let differing = seen.2.iter().zip(&drawn.2).filter(|(seen, drawn)| seen != drawn).count();
    assert_eq!(differing, 0, "of {} bytes", drawn.2.len());
}

#[test]
#[ignore = "needs a graphics card"]
fn what_is_drawn_is_what_is_seen() {
    let broker = broker(&[]);
    let mut source = source(&broker);
    let folder = tempfile::tempdir().unwrap();
    let ppm = folder.path().join("drawn.ppm");
    let ppm_name = ppm.to_str().unwrap();
    for arguments in [
        &["--picture", "1", "--write-ppm", ppm_name][..],
        &["--picture", "2", "--flip", "--write-ppm", ppm_name],
    ] {
        let (_painter, _) = paint(arguments);
        assert_same(&shot(&mut source).unwrap(), &drawn(&ppm));
    }
    let (_painter, _) = paint(&["--picture", "3"]);
    for finding in probe(&broker.socket, None) {
        println!("{finding:?}");
        assert!(finding.good, "{finding:?}");
    }
}

#[test]
#[ignore = "needs a graphics card"]
fn the_source_follows_a_change_of_mode_and_darkness_in_between() {
    let broker = broker(&[]);
    let mut source = source(&broker);
    let folder = tempfile::tempdir().unwrap();
    let ppm = folder.path().join("drawn.ppm");
    for mode in ["640x480", "1024x768"] {
        let (painter, _) = paint(&["--picture", "3", "--mode", mode, "--write-ppm", ppm.to_str().unwrap()]);
        assert_same(&shot(&mut source).unwrap(), &drawn(&ppm));
        let info = source.describe();
        assert_eq!(format!("{}x{}", info.width, info.height), mode);
        drop(painter);
        // The kernel's console comes back where there is one; else the source says why there is nothing.
        let after: Vec<_> =
            (0..3).map(|_| shot(&mut source).map(|(width, height, _)| (width, height))).collect();
        println!("{after:?}");
        for reason in after.into_iter().filter_map(Result::err) {
            assert!(reason.contains("no screen is on") || reason.contains("nothing new"), "{reason}");
        }
    }
}

#[test]
#[ignore = "needs a graphics card whose driver can be unbound"]
fn a_card_that_goes_and_comes_back_is_found_again() {
    let broker = broker(&[]);
    let mut source = source(&broker);
    let (painter, _) = paint(&["--picture", "8"]);
    shot(&mut source).unwrap();
    drop(painter);
    let device = std::fs::canonicalize("/sys/class/drm/card0/device").unwrap();
    let driver = std::fs::canonicalize(device.join("driver")).unwrap();
    let name = device.file_name().unwrap().to_str().unwrap();
    std::fs::write(driver.join("unbind"), name).unwrap();
    let reasons: Vec<_> = (0..3).map(|_| shot(&mut source).map(|_| ()).unwrap_err()).collect();
    println!("{reasons:?}");
    assert!(reasons[2].contains("no graphics card"), "{reasons:?}");

    std::fs::write(driver.join("bind"), name).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ppm = folder.path().join("drawn.ppm");
    let (_painter, _) = paint(&["--picture", "9", "--write-ppm", ppm.to_str().unwrap()]);
    // The console may have been on the screen a moment before.
    let deadline = Instant::now() + PATIENCE;
    while shot(&mut source).ok().as_ref() != Some(&drawn(&ppm)) {
        assert!(Instant::now() < deadline, "the new picture never came: {:?}", shot(&mut source).map(|_| ()));
    }
}

#[test]
#[ignore = "needs a graphics card"]
fn every_flip_is_seen_while_it_is_on_the_screen() {
    let broker = broker(&[]);
    let mut source = source(&broker);
    let (_painter, _) = paint(&["--picture", "4", "--flip", "--counter", "--mode", "640x480"]);
    let mut count = || {
        let (width, _, rgb) = shot(&mut source).unwrap();
        let bit = |bit: usize| u32::from(rgb[(8 * width as usize + bit * 16 + 8) * 3] > 127);
        (0..32).map(bit).fold(0, |count, bit| count << 1 | bit)
    };
    // The console may have been on the screen a moment before, whose pixels are no count.
    let deadline = Instant::now() + PATIENCE;
    let mut first = count();
    while first > 1000 {
        assert!(Instant::now() < deadline, "the counter never came: {first}");
        first = count();
    }
    let counts: Vec<u32> = std::iter::once(first).chain(std::iter::repeat_with(count).take(19)).collect();
    assert!(counts.windows(2).all(|pair| pair[0] <= pair[1]), "{counts:?}");
    assert!(counts[19] > counts[0] + 4, "{counts:?}");
    println!("{counts:?}");
}

#[test]
#[ignore = "needs a graphics card"]
fn the_hardware_cursor_is_in_the_picture() {
    let broker = broker(&[]);
    let mut source = source(&broker);
    let folder = tempfile::tempdir().unwrap();
    let ppm = folder.path().join("drawn.ppm");
    let (_painter, _) =
        paint(&["--picture", "5", "--cursor", "100,50", "--write-ppm", ppm.to_str().unwrap()]);
    let seen = shot(&mut source).unwrap();
    let mut expected = drawn(&ppm);
    for y in 50..66 {
        let start = (y * expected.0 as usize + 100) * 3;
        expected.2[start..start + 16 * 3].fill(255);
    }
    assert_same(&seen, &expected);
}

#[test]
#[ignore = "needs a graphics card"]
fn without_the_capability_the_reason_is_told() {
    let broker = broker(&["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]);
    let (_painter, _) = paint(&["--picture", "6"]);
    let reason = shot(&mut source(&broker)).unwrap_err();
    assert!(reason.contains("CAP_SYS_ADMIN"), "{reason}");
}

#[test]
#[ignore = "needs a graphics card"]
fn the_broker_keeps_one_capability_and_no_network() {
    let broker = broker(&[]);
    let _ = shot(&mut source(&broker));
    let process = PathBuf::from(format!("/proc/{}", broker.program.0.id()));
    let status = std::fs::read_to_string(process.join("status")).unwrap();
    let field = |name: &str| {
        status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim).unwrap().to_owned()
    };
    assert_eq!(field("CapEff:"), "0000000000200000");
    assert_eq!(field("CapPrm:"), "0000000000200000");
    assert_eq!(field("CapAmb:"), "0000000000000000");
    assert_eq!(field("NoNewPrivs:"), "1");
    assert_ne!(
        std::fs::read_link(process.join("ns/net")).unwrap(),
        std::fs::read_link("/proc/self/ns/net").unwrap()
    );
}

#[test]
#[ignore = "needs a graphics card"]
fn a_stranger_is_turned_away_and_the_allowed_user_is_not() {
    let broker = broker(&[]);
    let (_painter, _) = paint(&["--picture", "7"]);
    let folder = broker.socket.parent().unwrap();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    for (user, welcome) in [(12345, true), (12346, false)] {
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "one_shot_of_a_given_socket"])
            .env("SCREEN_SOCKET", &broker.socket)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .uid(user)
            .status()
            .unwrap();
        assert_eq!(status.success(), welcome, "user {user}");
    }
}

/// The other process of [`a_stranger_is_turned_away_and_the_allowed_user_is_not`]; by itself it has nothing to look at.
#[test]
#[ignore = "needs a graphics card"]
fn one_shot_of_a_given_socket() {
    if let Some(socket) = std::env::var_os("SCREEN_SOCKET") {
        let spec = KmsSpec { socket: socket.into(), output: None, memory: ScreenMemory::Mapped };
        shot(&mut KmsSource::new(spec)).unwrap();
    }
}
