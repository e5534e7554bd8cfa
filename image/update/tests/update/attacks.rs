//! Whoever speaks for the feed, breaks the line or fills the disk: the box keeps what it has, and says why.

use std::fs;
use std::sync::atomic::Ordering;

use crate::support::server::Server;
use crate::support::{Box, Images, MIB, Publisher};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// A box, its publisher, and the feed that it listens to.
struct Scene {
    publisher: Publisher,
    feed: tempfile::TempDir,
    server: Server,
    the_box: Box,
}

impl Scene {
    fn new() -> Self {
        let feed = tempfile::tempdir().expect("a directory");
        let (publisher, server) = (Publisher::new(), Server::new(feed.path()));
        let the_box = Box::fed(&server.address, &publisher);
        Self { publisher, feed, server, the_box }
    }

    fn publish(&self, version: &str) {
        self.publisher.publish(&Images::simple(version), self.feed.path(), |_| {});
    }

    /// What an update may touch, as it is now.
    fn untouched(&self) -> (Vec<String>, Vec<String>, Vec<u8>) {
        (self.the_box.entry_names(), self.the_box.labels(), self.the_box.slot(1, 4_000_000))
    }

    /// The client refuses with this code, and has touched nothing.
    #[track_caller]
    fn refuses(&self, arguments: &[&str], code: &str) -> String {
        let before = self.untouched();
        let done = self.the_box.run(arguments).refused(code);
        assert!(self.untouched() == before, "{code}: something was touched");
        done.err()
    }

    #[track_caller]
    fn refuses_to_install(&self, code: &str) -> String {
        self.refuses(&["install", "--json"], code)
    }
}

#[test]
fn a_manifest_that_was_changed_is_not_believed() {
    let scene = Scene::new();
    scene.publish("1.2.4");
    let path = scene.feed.path().join("manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("1.2.4", "1.2.5")).unwrap();
    scene.refuses_to_install("untrusted");
}

#[test]
fn a_key_that_the_owner_does_not_trust_publishes_nothing() {
    let scene = Scene::new();
    Publisher::new().publish(&Images::simple("9.9.9"), scene.feed.path(), |_| {});
    scene.refuses_to_install("untrusted");
    assert_eq!(scene.the_box.run(&["status", "--json"]).good().json()["available"], json!(null));
}

#[test]
fn without_a_key_the_policy_is_at_fault() {
    let scene = Scene::new();
    scene.publish("1.2.4");
    let policy = format!("schema: 1\nupdate: {{ feed: '{}' }}\n", scene.server.address);
    fs::write(scene.the_box.path("etc/punktfunk/punktfunk.yaml"), policy).unwrap();
    let done = scene.the_box.run(&["check", "--json"]);
    assert_eq!((done.code(), done.json()["code"].as_str()), (2, Some("no_key")));
}

#[test]
fn an_image_that_was_changed_on_the_server_never_boots() {
    let scene = Scene::new();
    scene.publish("1.2.4");
    let path = scene.feed.path().join("punktfunk_1.2.4.usr");
    let mut image = fs::read(&path).unwrap();
    let middle = image.len() / 2;
    image[middle] ^= 1;
    fs::write(&path, image).unwrap();
    scene.the_box.run(&["install", "--json"]).refused("tampered");
    assert_eq!(scene.the_box.start(), "1.2.3");
    assert_eq!(scene.the_box.labels()[4], "_empty");

    // and once the server is right again, the rest is fetched
    let good = Images::simple("1.2.4");
    fs::write(&path, &good.usr).unwrap();
    scene.the_box.run(&["install"]).good();
    assert!(scene.the_box.slot(1, good.usr.len()) == good.usr);
    assert_eq!(scene.the_box.start(), "1.2.4");
}

#[test]
fn an_index_that_was_changed_is_refused() {
    let scene = Scene::new();
    scene.publish("1.2.4");
    let path = scene.feed.path().join("punktfunk_1.2.4.usr.chunks");
    let mut index = fs::read(&path).unwrap();
    index[20] ^= 1;
    fs::write(&path, index).unwrap();
    scene.the_box.run(&["install", "--json"]).refused("tampered");
    assert_eq!(scene.the_box.start(), "1.2.3");
}

#[test]
fn an_expired_manifest_is_not_believed() {
    let scene = Scene::new();
    scene.publisher.publish(&Images::simple("1.2.4"), scene.feed.path(), |ingredients| {
        ingredients.created = Timestamp::now() - SignedDuration::from_hours(48);
        ingredients.expires = Timestamp::now() - SignedDuration::from_hours(1);
    });
    let said = scene.refuses_to_install("expired");
    assert!(said.contains("timedatectl") && said.contains(" UTC") && !said.contains('.'), "{said}");
}

#[test]
fn a_manifest_from_the_future_says_that_the_clock_is_wrong() {
    let scene = Scene::new();
    scene.publisher.publish(&Images::simple("1.2.4"), scene.feed.path(), |ingredients| {
        ingredients.created = Timestamp::now() + SignedDuration::from_hours(48);
        ingredients.expires = Timestamp::now() + SignedDuration::from_hours(96);
    });
    scene.refuses_to_install("clock");
}

#[test]
fn a_clock_that_was_set_back_does_not_make_an_expired_manifest_good() {
    let scene = Scene::new();
    scene.publish("1.2.4");
    let later = Timestamp::now() + SignedDuration::from_hours(72);
    let state = json!({ "latest": later });
    fs::create_dir_all(scene.the_box.path("var/lib/punktfunk-update")).unwrap();
    fs::write(scene.the_box.path("var/lib/punktfunk-update/state.json"), state.to_string()).unwrap();
    scene.refuses_to_install("expired");
}

#[test]
fn an_older_manifest_that_is_played_again_is_refused() {
    let scene = Scene::new();
    let old = tempfile::tempdir().unwrap();
    scene.publisher.publish(&Images::simple("1.2.4"), old.path(), |ingredients| {
        ingredients.created = Timestamp::now() - SignedDuration::from_hours(1);
    });
    scene.publish("1.2.5");
    scene.the_box.run(&["check"]).good();
    let old = old.path().to_str().unwrap();
    scene.refuses(&["check", "--json", "--feed", old], "replayed");
    scene.refuses(&["install", "--json", "--feed", old], "replayed");
    assert_eq!(history(&scene), [""; 0]);
    scene.the_box.run(&["check", "--feed", old, "--allow-downgrade"]).good();
    assert_eq!(history(&scene), ["overridden"]);
    // that is no licence for the next time
    scene.refuses(&["check", "--json", "--feed", old], "replayed");
}

#[test]
fn an_older_version_is_installed_only_by_its_owners_word_which_is_written_down() {
    let scene = Scene::new();
    scene.publish("1.2.2");
    let said = scene.refuses_to_install("below_floor");
    assert!(said.contains("--allow-downgrade"), "{said}");
    scene.the_box.run(&["install", "--allow-downgrade"]).good();
    assert_eq!(history(&scene), ["overridden", "installed"]);
}

#[test]
fn what_the_publisher_calls_unsafe_is_not_gone_back_to() {
    let scene = Scene::new();
    scene.publisher.publish(&Images::simple("1.2.4"), scene.feed.path(), |ingredients| {
        ingredients.minimum_version = "1.2.4".parse().ok();
    });
    scene.the_box.run(&["install"]).good();
    assert_eq!(scene.the_box.start(), "1.2.4");
    scene.the_box.run(&["mark-good"]).good();
    scene.refuses(&["rollback", "--json"], "below_floor");
    scene.the_box.run(&["rollback", "--allow-downgrade"]).good();
    assert_eq!(scene.the_box.start(), "1.2.3");
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_was() {
    let scene = Scene::new();
    let images = Images::of("1.2.4", crate::support::noise(99, 24 * MIB as usize));
    let roomy = Box::new(&Images::simple("1.2.3"), 32 * MIB, &policy(&scene));
    scene.publisher.publish(&images, scene.feed.path(), |_| {});
    scene.server.behaviour.breaks_after.store(20 * MIB, Ordering::Relaxed);
    roomy.run(&["install", "--json", "--attempts", "1"]).refused("feed");
    assert_eq!(roomy.start(), "1.2.3");

    scene.server.behaviour.breaks_after.store(0, Ordering::Relaxed);
    let before = scene.server.sent();
    roomy.run(&["install", "--json"]).good();
    // 16 MiB were on the disk for certain
    let fetched = scene.server.sent() - before;
    assert!(fetched < 10 * MIB, "{fetched} bytes were fetched again");
    assert!(roomy.slot(1, images.usr.len()) == images.usr);
    assert_eq!(roomy.start(), "1.2.4");
}

#[test]
fn a_line_that_breaks_again_and_again_gets_there() {
    let scene = Scene::new();
    scene.publish("1.2.4");
    scene.server.behaviour.breaks_each_after.store(MIB, Ordering::Relaxed);
    scene.the_box.run(&["install"]).good();
    assert_eq!(scene.the_box.start(), "1.2.4");
}

#[test]
fn a_server_without_ranges_will_do() {
    let scene = Scene::new();
    scene.publish("1.2.4");
    scene.server.behaviour.without_ranges.store(true, Ordering::Relaxed);
    scene.the_box.run(&["install"]).good();
    assert_eq!(scene.the_box.start(), "1.2.4");
    assert!(scene.server.sent() < 5 * MIB, "{} bytes", scene.server.sent());
}

#[test]
fn what_was_saved_is_what_did_not_come_over_the_network() {
    let scene = Scene::new();
    let running = Images::of("1.2.3", crate::support::noise(3, 3 << 20));
    let mut usr = running.usr.clone();
    usr[..1 << 20].copy_from_slice(&crate::support::noise(4, 1 << 20));
    let roomy = Box::new(&running, 8 * MIB, &policy(&scene));
    let manifest = scene.publisher.publish(&Images::of("1.2.4", usr), scene.feed.path(), |_| {});
    let done = roomy.run(&["install", "--json"]).good().json();
    let (fetched, saved) = (done["fetched"].as_u64().unwrap(), done["saved"].as_u64().unwrap());
    assert!(fetched < 2 * MIB && fetched + saved == manifest.total_bytes(), "{done}");

    // the same from a server that sends every file whole
    let roomy = Box::new(&running, 8 * MIB, &policy(&scene));
    scene.server.behaviour.without_ranges.store(true, Ordering::Relaxed);
    let done = roomy.run(&["install", "--json"]).good().json();
    let (fetched, saved) = (done["fetched"].as_u64().unwrap(), done["saved"].as_u64().unwrap());
    assert!(saved < MIB / 2 && saved == manifest.total_bytes().saturating_sub(fetched), "{done}");
}

#[test]
fn what_does_not_fit_into_the_slot_is_refused_before_anything_is_touched() {
    let scene = Scene::new();
    let images = Images::of("1.2.4", crate::support::noise(5, 9 * MIB as usize));
    scene.publisher.publish(&images, scene.feed.path(), |_| {});
    let said = scene.refuses_to_install("no_room");
    assert!(said.contains("usr"), "{said}");
}

#[test]
fn a_signed_manifest_with_a_path_in_it_is_refused() {
    let scene = Scene::new();
    scene.publish("1.2.4");
    let text = fs::read_to_string(scene.feed.path().join("manifest.json")).unwrap();
    let hostile = text.replace("punktfunk_1.2.4.usr\"", "../../../../etc/shadow\"");
    assert_ne!(text, hostile);
    scene.publisher.sign(hostile.as_bytes(), scene.feed.path());
    scene.refuses_to_install("bad_manifest");
}

#[test]
fn a_manifest_without_end_is_not_read() {
    let scene = Scene::new();
    let endless = vec![b' '; 3 << 20];
    scene.publisher.sign(&endless, scene.feed.path());
    scene.refuses_to_install("too_large");
}

#[test]
fn a_new_key_is_trusted_once_the_old_one_has_announced_it() {
    let scene = Scene::new();
    let next = Publisher::new();
    scene.publisher.publish(&Images::simple("1.2.4"), scene.feed.path(), |ingredients| {
        ingredients.next_keys = vec![next.key()];
    });
    let by_next = tempfile::tempdir().unwrap();
    next.publish(&Images::simple("1.2.5"), by_next.path(), |_| {});
    let address = by_next.path().to_str().unwrap();
    scene.refuses(&["check", "--json", "--feed", address], "untrusted");
    scene.the_box.run(&["check"]).good();
    let found = scene.the_box.run(&["check", "--json", "--feed", address]).good().json();
    assert_eq!(
        (found["offered"].as_str(), found["key"].as_str()),
        (Some("1.2.5"), Some(next.key().as_str()))
    );

    // the owner takes the old key away, and the new one with it
    let policy = policy(&scene).replace(&scene.publisher.key(), &Publisher::new().key());
    fs::write(scene.the_box.path("etc/punktfunk/punktfunk.yaml"), policy).unwrap();
    scene.refuses(&["check", "--json", "--feed", address], "untrusted");
}

#[test]
fn a_version_on_trial_keeps_what_it_could_go_back_to() {
    let scene = Scene::new();
    scene.publish("1.2.4");
    scene.the_box.run(&["install"]).good();
    assert_eq!(scene.the_box.start(), "1.2.4");
    scene.publish("1.2.5");
    scene.refuses_to_install("on_trial");
}

#[test]
fn what_is_no_box_is_left_alone() {
    let scene = Scene::new();
    scene.publish("1.2.4");
    fs::write(scene.the_box.path("proc/cmdline"), "quiet root=/dev/sda1\n").unwrap();
    scene.refuses_to_install("not_a_box");
}

/// What happened to the box's versions, oldest first.
fn history(scene: &Scene) -> Vec<String> {
    let status = scene.the_box.run(&["status", "--history", "--json"]).good().json();
    let events = status["history"].as_array().expect("a history");
    events.iter().map(|event| event["outcome"].as_str().expect("an outcome").to_owned()).collect()
}

fn policy(scene: &Scene) -> String {
    format!(
        "schema: 1\nupdate: {{ feed: '{}', keys: ['{}'] }}\n",
        scene.server.address,
        scene.publisher.key()
    )
}
