//! What a flashed box makes of a faulty policy on its disk: the script of the image with the real program, and what the host
//! then puts on the screen.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::common::{PROGRAM, Place, Serving};

/// In place of a partition that is mounted, a folder.
const NO_PARTITION: &str = "say() { echo \"$*\" >&2; }\nfat_partition() { echo fat; }\n\
     mount_fat() { mkdir -p \"$1\" && cp \"$FAT\"/* \"$1\"; }\numount() { rm -r \"$1\"; }\n";

/// Runs `take-policy` for a disk with this file on it; gives the reason for which it was refused.
fn take_policy(place: &Place, policy: &str) -> PathBuf {
    let (fat, script, run, state) =
        (place.beside("fat"), place.beside("libexec"), place.beside("policy-run"), place.beside("policy"));
    for folder in [&fat, &script, &run, &state] {
        fs::create_dir(folder).unwrap();
    }
    fs::write(fat.join("punktfunk.yaml"), policy).unwrap();
    let image = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../image/bin/take-policy");
    fs::copy(image, script.join("take-policy")).unwrap();
    fs::write(script.join("boot-disk.sh"), NO_PARTITION).unwrap();
    let host = script.join("punktfunk-host");
    fs::write(&host, format!("#!/bin/sh\nexec {PROGRAM} \"$@\"\n")).unwrap();
    fs::set_permissions(&host, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", script.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.arg(script.join("take-policy")).env("PATH", path).env("FAT", &fat);
    command.env("RUNTIME_DIRECTORY", &run).env("STATE_DIRECTORY", &state);
    assert!(command.output().unwrap().status.success());
    assert_eq!(fs::read_to_string(state.join("punktfunk.yaml")).unwrap(), "schema: 1\n");
    run.join("refused.txt")
}

/// The card for the box's screen, as `punktfunk-host card` asks for it.
fn card(place: &Place) -> Value {
    let mut socket = UnixStream::connect(place.run().join("control.sock")).unwrap();
    let request = "GET /api/v1/box-card HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|_| panic!("no card: {answer}"))
}

#[test]
fn the_screen_of_a_box_without_an_owner_says_what_is_wrong_with_its_policy_and_where() {
    let place = Place::new();
    let faulty = "schema: 1\nname: Kitchen\npairing:\n  require: perhaps\ncolour: red\nflavour: mint\n";
    let refused = take_policy(&place, faulty);
    let host = Serving::start(place.serve().args(["--policy-refused", refused.to_str().unwrap()]));
    let card = card(&place);
    assert!(card["code"].is_string(), "{card}");
    let told: Vec<&str> = card["sentences"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(
        told[1..],
        [
            "Its policy file was refused:",
            "punktfunk.yaml:4:12: pairing.require: must be true or false, found `perhaps`",
            "punktfunk.yaml:5:1: colour: unknown key",
            "and 1 more"
        ]
    );
    let png = place.beside("card.png");
    place.ask(&["card", "--png", png.to_str().unwrap()]).ok();
    assert!(fs::read(png).unwrap().starts_with(b"\x89PNG"));
    host.stop();
}
