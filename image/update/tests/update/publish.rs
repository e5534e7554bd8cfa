//! A publisher's day: keys, a feed, its renewal.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Box, Done, Images};

fn client(arguments: &[&str], place: &Path) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_punktfunk-update"));
    Done(command.current_dir(place).args(arguments).output().expect("the client"))
}

/// A directory with keys and images.
fn desk(images: &Images) -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a directory");
    client(&["keygen", "publisher", "--no-password"], place.path()).good();
    for (name, bytes) in [("usr", &images.usr), ("verity", &images.verity), ("uki", &images.uki)] {
        fs::write(place.path().join(name), bytes).expect("an image");
    }
    place
}

const BUNDLE: [&str; 14] = [
    "bundle",
    "--out",
    "feed",
    "--key",
    "publisher.key",
    "--no-password",
    "--release",
    "1.2.4",
    "--usr",
    "usr",
    "--verity",
    "verity",
    "--uki",
    "uki",
];
const RENEW: [&str; 7] = ["bundle", "--out", "feed", "--key", "publisher.key", "--no-password", "--renew"];

fn box_that_trusts(place: &Path) -> Box {
    let public = fs::read_to_string(place.join("publisher.pub")).expect("a key");
    let key = public.lines().nth(1).expect("a key");
    Box::new(&Images::simple("1.2.3"), 8 << 20, &format!("schema: 1\nupdate: {{ keys: ['{key}'] }}\n"))
}

#[test]
fn a_feed_made_at_the_desk_is_taken_by_a_box() {
    let place = desk(&Images::simple("1.2.4"));
    client(&BUNDLE, place.path()).good();
    let the_box = box_that_trusts(place.path());
    let feed = place.path().join("feed");
    the_box.run(&["install", "--feed", feed.to_str().unwrap()]).good();
    assert_eq!(the_box.start(), "1.2.4");
}

#[test]
fn a_renewed_manifest_offers_the_same_for_longer() {
    let place = desk(&Images::simple("1.2.4"));
    let first =
        client(&[&BUNDLE[..], &["--json", "--notes", "Quieter"]].concat(), place.path()).good().json();
    let renewed = client(&[&RENEW[..], &["--json", "--valid", "300d"]].concat(), place.path()).good().json();
    assert_eq!(renewed["manifest"]["files"], first["manifest"]["files"]);
    assert_eq!(renewed["manifest"]["notes"], "Quieter");
    assert!(renewed["manifest"]["expires"].as_str() > first["manifest"]["expires"].as_str());
    let the_box = box_that_trusts(place.path());
    the_box.run(&["check", "--feed", place.path().join("feed").to_str().unwrap()]).good();
}

#[test]
fn images_that_do_not_belong_together_are_not_published() {
    let place = desk(&Images::simple("1.2.4"));
    fs::write(place.path().join("uki"), &Images::simple("1.2.5").uki).unwrap();
    let said = client(&[&BUNDLE[..], &["--json"]].concat(), place.path()).refused("bundle").err();
    assert!(said.contains("dm-verity"), "{said}");
    fs::write(place.path().join("uki"), b"no command line").unwrap();
    let said = client(&BUNDLE, place.path()).err();
    assert!(said.contains("usrhash"), "{said}");
    assert!(!place.path().join("feed/manifest.json").exists());
}

#[test]
fn keys_are_never_replaced_and_the_secret_one_is_the_publishers_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = desk(&Images::simple("1.2.4"));
    let secret = place.path().join("publisher.key");
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&secret).unwrap();
    assert_eq!(client(&["keygen", "publisher", "--no-password"], place.path()).code(), 2);
    assert_eq!(fs::read(&secret).unwrap(), before);
}

#[test]
fn a_password_protects_the_secret_key() {
    let place = desk(&Images::simple("1.2.4"));
    fs::write(place.path().join("password"), "correct horse\n").unwrap();
    fs::write(place.path().join("wrong"), "battery staple\n").unwrap();
    client(&["keygen", "safe", "--password-file", "password"], place.path()).good();
    let bundle = |password: &str| {
        let arguments = BUNDLE.map(|argument| match argument {
            "publisher.key" => "safe.key",
            other => other,
        });
        let with: Vec<&str> = arguments.into_iter().filter(|argument| *argument != "--no-password").collect();
        client(&[&with[..], &["--password-file", password]].concat(), place.path())
    };
    assert_eq!(bundle("wrong").code(), 2);
    bundle("password").good();
}

#[test]
fn a_validity_without_end_is_refused() {
    let place = desk(&Images::simple("1.2.4"));
    client(&[&BUNDLE[..], &["--json", "--valid", "400d"]].concat(), place.path()).refused("bundle");
}
