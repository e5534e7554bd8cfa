//! What an update costs: memory, and bytes over the network.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use super::server::Server;
use super::{Box, Images, MIB, Publisher, noise};

/// The bounds: MiB of memory that the client has at the most, and percent of a slot that it fetches of a twentieth's change.
pub(crate) const MOST_MIB: f64 = 30.0;
pub(crate) const MOST_PERCENT: f64 = 15.0;

/// The figures of one update.
pub(crate) struct Cost {
    /// The most memory that the client had, in MiB.
    pub(crate) resident: f64,
    /// What came over the network, in percent of the slot.
    pub(crate) fetched: f64,
}

/// Puts a version in which a twentieth is new into a slot of `size` bytes.
pub(crate) fn of_a_slot(size: u64) -> Cost {
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
    let resident = peak_of_install(&the_box) as f64 / 1024.0;
    assert_eq!(the_box.start(), "1.2.4");
    Cost { resident, fetched: server.sent() as f64 / size as f64 * 100.0 }
}

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
