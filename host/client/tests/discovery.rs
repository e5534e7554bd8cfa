//! Looking for hosts on a network of two machines that its owner gave one name.
#![allow(missing_docs, clippy::unwrap_used)] // a test that cannot go on fails, and says where

#[path = "../../trust/tests/namespaces/mod.rs"]
mod namespaces;

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use mdns_sd::{ServiceDaemon, ServiceInfo};
use punktfunk_client::{FoundHost, HostId, discover};

const HERE: [u8; 32] = [0xaa; 32];
const THERE: [u8; 32] = [0xbb; 32];
const PATIENCE: Duration = Duration::from_secs(40);

/// This machine and a neighbour, each a network of its own on one cable. The neighbour is there first, so that it is this one
/// that has to take another name, which it takes on the cable and not on its loopback.
const NETWORK: &str = r#"
set -e
ip link set lo up
ip link add cable type veth peer name neighbour
ip address add 192.168.77.1/24 dev cable
mkfifo "$FIFO" "$FIFO.there"
unshare -n sh -c 'echo > "$FIFO.there"; read -r _ < "$FIFO"
  ip link set lo up; ip address add 192.168.77.2/24 dev neighbour; ip link set neighbour up
  exec "$@"' sh "$@" as_the_neighbour &
read -r _ < "$FIFO.there"
ip link set neighbour netns $!
ip link set cable up
echo > "$FIFO"
exec "$@" as_one_of_two
"#;

#[test]
fn from_one_of_two_machines_of_one_name_each_is_found_once_at_its_own_address() {
    let cable = ["-rn", "ip", "link", "add", "cable", "type", "veth", "peer", "name", "neighbour"];
    if !namespaces::are_there(&cable) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new("unshare")
        .args(["-rn", "--kill-child", "--fork", "--pid", "--mount-proc", "sh", "-c", NETWORK, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--ignored", "--nocapture", "--exact"])
        .env("FIFO", dir.path().join("cable"))
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{out}\n{err}");
}

#[test]
#[ignore = "run by the test above, which makes the network"]
fn as_the_neighbour() {
    if std::env::var_os("FIFO").is_none() {
        return;
    }
    let _announced = announce(THERE);
    // until the other ends, and the network with it
    loop {
        std::thread::park();
    }
}

#[test]
#[ignore = "run by the test above, which makes the network"]
fn as_one_of_two() {
    if std::env::var_os("FIFO").is_none() {
        return;
    }
    let deadline = Instant::now() + PATIENCE;
    wait_for(deadline, |found| found.contains_key(&THERE));
    let _announced = announce(HERE);
    let found = wait_for(deadline, |found| found.contains_key(&HERE) && found.contains_key(&THERE));
    for (print, address) in [(HERE, "192.168.77.1:9777"), (THERE, "192.168.77.2:9777")] {
        let [host] = &found[&print][..] else { panic!("listed more than once: {found:?}") };
        assert_eq!(host.addresses, [address.parse().unwrap()], "{found:?}");
    }
    assert_ne!(found[&HERE][0].name, found[&THERE][0].name);
}

/// As a host announces itself, on a machine that is called as the other is.
fn announce(fingerprint: [u8; 32]) -> ServiceDaemon {
    let text = [("proto", "punktfunk/1".to_owned()), ("fp", HostId::from_bytes(fingerprint).to_string())];
    let info = ServiceInfo::new("_punktfunk._udp.local.", "Living Room", "guest.local.", "", 9777, &text[..]);
    let daemon = ServiceDaemon::new().unwrap();
    daemon.register(info.unwrap().enable_addr_auto()).unwrap();
    daemon
}

fn wait_for(deadline: Instant, there: impl Fn(&Found) -> bool) -> Found {
    loop {
        let mut found = Found::new();
        for host in discover(Duration::from_secs(3)).unwrap() {
            let print = host.unverified_fingerprint.expect("announced with one");
            found.entry(*print.as_bytes()).or_default().push(host);
        }
        if there(&found) {
            return found;
        }
        assert!(Instant::now() < deadline, "{found:?}");
    }
}

type Found = BTreeMap<[u8; 32], Vec<FoundHost>>;
