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

fn public_key(place: &Path, name: &str) -> String {
    let public = fs::read_to_string(place.join(name).with_extension("pub")).expect("a key");
    public.lines().nth(1).expect("a key").to_owned()
}

fn box_that_trusts(place: &Path) -> Box {
    let key = public_key(place, "publisher");
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
fn a_system_that_is_not_the_one_under_the_tree_is_not_published() {
    let images = Images::simple("1.2.4");
    let place = desk(&images);
    let refused = |usr: &[u8], verity: &[u8]| {
        fs::write(place.path().join("usr"), usr).unwrap();
        fs::write(place.path().join("verity"), verity).unwrap();
        client(&[&BUNDLE[..], &["--json"]].concat(), place.path()).refused("bundle").err()
    };
    let mut changed = images.usr.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    for usr in [&changed, &images.usr[..images.usr.len() - 4096]] {
        let said = refused(usr, &images.verity);
        assert!(said.contains("not the system"), "{said}");
    }
    // a leaf of the tree, below what the root hash alone covers
    let mut tree = images.verity.clone();
    let last = tree.len() - 4096;
    tree[last] ^= 1;
    let said = refused(&images.usr, &tree);
    assert!(said.contains("not the dm-verity tree"), "{said}");
    assert!(!place.path().join("feed/manifest.json").exists());
    fs::write(place.path().join("verity"), &images.verity).unwrap();
    client(&BUNDLE, place.path()).good();
}

#[test]
fn a_renewal_announces_what_was_announced_until_it_is_told_otherwise() {
    let place = desk(&Images::simple("1.2.4"));
    let key = |name: &str| {
        client(&["keygen", name, "--no-password"], place.path()).good();
        public_key(place.path(), name)
    };
    let (next, other) = (key("next"), key("other"));
    client(&[&BUNDLE[..], &["--next-key", &next]].concat(), place.path()).good();
    let renewed = |more: &[&str]| {
        let done = client(&[&RENEW[..], &["--json"], more].concat(), place.path()).good().json();
        let keys = done["manifest"]["next_keys"].as_array().cloned().unwrap_or_default();
        keys.iter().map(|key| key.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(renewed(&[]), [next.as_str()]);
    assert_eq!(renewed(&["--next-key", &other]), [other.as_str()]);
    assert_eq!(renewed(&["--no-next-key"]), [""; 0]);
}

#[test]
fn only_what_the_publisher_signed_is_signed_again() {
    let place = desk(&Images::simple("1.2.4"));
    client(&[&BUNDLE[..], &["--notes", "Quieter"]].concat(), place.path()).good();
    let manifest = place.path().join("feed/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("Quieter", "EVIL")).unwrap();
    let renew = [&RENEW[..], &["--json"]].concat();
    let said = client(&renew, place.path()).refused("bundle").err();
    assert!(said.contains("changed since"), "{said}");
    assert!(fs::read_to_string(&manifest).unwrap().contains("EVIL"));
    fs::remove_file(place.path().join("feed/manifest.json.minisig")).unwrap();
    client(&renew, place.path()).refused("bundle");
    fs::remove_file(&manifest).unwrap();
    let said = client(&renew, place.path()).refused("bundle").err();
    assert!(said.contains("--release"), "{said}");
}

#[test]
fn a_new_key_renews_what_the_old_one_signed_when_the_publisher_names_that_one() {
    let place = desk(&Images::simple("1.2.4"));
    client(&["keygen", "next", "--no-password"], place.path()).good();
    let (old, next) = (public_key(place.path(), "publisher"), public_key(place.path(), "next"));
    client(&[&BUNDLE[..], &["--next-key", &next]].concat(), place.path()).good();
    let by_next = RENEW.map(|argument| if argument == "publisher.key" { "next.key" } else { argument });
    // that it is announced proves nothing: whoever changes the manifest can announce it too
    let said = client(&[&by_next[..], &["--json"]].concat(), place.path()).refused("bundle").err();
    assert!(said.contains("--signed-by"), "{said}");
    let with_old = [&by_next[..], &["--json", "--signed-by", &old]].concat();
    let renewed = client(&with_old, place.path()).good().json();
    assert_eq!(renewed["manifest"]["next_keys"], serde_json::Value::Null, "a key need not announce itself");
    let the_box = box_that_trusts(place.path());
    let feed = place.path().join("feed");
    the_box.run(&["check", "--json", "--feed", feed.to_str().unwrap()]).refused("untrusted");
    client(&[&by_next[..], &["--json"]].concat(), place.path()).good();
}

#[test]
fn a_key_that_does_not_serve_is_told_with_what_to_do() {
    let place = desk(&Images::simple("1.2.4"));
    fs::write(place.path().join("password"), "correct horse\n").unwrap();
    client(&["keygen", "safe", "--password-file", "password"], place.path()).good();
    let said = |key: &str, password: &[&str]| {
        let done =
            client(&[&["bundle", "--out", "feed", "--renew", "--key", key], password].concat(), place.path());
        assert_eq!(done.code(), 2);
        done.err()
    };
    for (key, password, words) in [
        ("publisher.key", &["--password-file", "password"][..], "say --no-password"),
        ("safe.key", &["--no-password"], "leave out --no-password"),
        ("nope.key", &["--no-password"], "punktfunk-update keygen"),
        ("publisher.pub", &["--no-password"], "is not a secret key"),
        ("publisher.pub", &["--password-file", "password"], "is not a secret key"),
    ] {
        let said = said(key, password);
        assert!(said.contains(words) && said.contains(key), "{words}: {said}");
    }
}

#[test]
fn an_image_that_is_not_there_is_named_by_its_option() {
    let place = desk(&Images::simple("1.2.4"));
    fs::remove_file(place.path().join("uki")).unwrap();
    let said = client(&[&BUNDLE[..], &["--json"]].concat(), place.path()).refused("bundle").err();
    assert!(said.contains("--uki, uki:"), "{said}");
}

#[test]
fn until_when_a_manifest_holds_is_told_to_the_second() {
    let place = desk(&Images::simple("1.2.4"));
    let said = client(&BUNDLE, place.path()).good().out();
    assert!(said.trim_end().ends_with("UTC"), "{said}");
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
