//! What an update costs: memory, and bytes over the network.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use crate::support::server::Server;
use crate::support::{Box, Images, MIB, Publisher, noise};

/// A system in which a twentieth is new: twelve places anew, and something longer in between that moves the rest.
fn changed(old: &[u8]) -> Vec<u8> {
    let (mut new, part) = (old.to_vec(), old.len() / 20 / 12);
    for place in 0..12 {
        let at = old.len() / 12 * place + 1234;
        new[at..at + part].copy_from_slice(&noise(1000 + place as u64, part));
    }
    let half = new.len() / 2;
    drop(new.splice(half..half, noise(2000, 777)));
    new.truncate(old.len());
    new
}

/// Installs, and gives the most memory that the client had, in KiB.
fn peak_of_install(the_box: &Box) -> u64 {
    let mut client =
        the_box.command(&["install", "--json"]).stdout(Stdio::null()).spawn().expect("the client");
    let status = format!("/proc/{}/status", client.id());
    let mut peak = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0).max(peak);
        if let Some(status) = client.try_wait().expect("the client") {
            assert!(status.success());
            return peak;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[allow(clippy::print_stdout)] // the figures are what the test is for
fn measure(size: u64) {
    let (feed, publisher) = (tempfile::tempdir().expect("a directory"), Publisher::new());
    let server = Server::new(feed.path());
    let old = Images::of("1.2.3", noise(1, size as usize));
    let policy =
        format!("schema: 1\nupdate: {{ feed: '{}', keys: ['{}'] }}\n", server.address, publisher.key());
    let the_box = Box::new(&old, size + MIB, &policy);
    let new = Images::of("1.2.4", changed(&old.usr));
    drop(old);
    publisher.publish(&new, feed.path(), |_| {});
    drop(new);
    let peak = peak_of_install(&the_box);
    let share = server.sent() as f64 / size as f64 * 100.0;
    println!(
        "slot {} MiB, a twentieth new: {share:.1} % of it fetched, at most {} MiB resident",
        size / MIB,
        peak / 1024
    );
    assert!(share < 15.0, "{share:.1} % of the slot was fetched");
    assert!(peak < 30 * 1024, "{peak} KiB were resident");
    assert_eq!(the_box.start(), "1.2.4");
}

#[test]
fn a_twentieth_of_change_costs_less_than_a_seventh_and_little_memory() {
    measure(64 * MIB);
}

#[test]
#[ignore = "writes 4 GiB; run it with: cargo test -p punktfunk-update --test update -- --ignored --nocapture"]
fn a_slot_of_one_gibibyte_is_filled_with_less_than_30_mib() {
    measure(1024 * MIB);
}

#[test]
fn a_limit_on_bandwidth_is_kept() {
    let (feed, publisher) = (tempfile::tempdir().expect("a directory"), Publisher::new());
    publisher.publish(&Images::simple("1.2.4"), feed.path(), |_| {});
    let server = Server::new(feed.path());
    let keys = publisher.key();
    let policy = format!(
        "schema: 1\nupdate: {{ feed: '{}', keys: ['{keys}'], bandwidth: 16Mbit/s }}\n",
        server.address
    );
    let the_box = Box::new(&Images::simple("1.2.3"), 8 * MIB, &policy);
    let began = std::time::Instant::now();
    the_box.run(&["install"]).good();
    // 3.7 MB at 2 MB/s; that it takes longer on a busy machine is no fault
    assert!(began.elapsed() > Duration::from_millis(1500), "{:?}", began.elapsed());
}
