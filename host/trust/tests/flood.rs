//! A million knocks.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use punktfunk_trust::{DeviceId, Knock, Now, Trust, TrustSettings, UnixSeconds};

const KNOCKS: u32 = 1_000_000;
const DEVICES: u32 = 100_000;

/// Resident memory of this process, in KiB.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_million_knocks_of_a_hundred_thousand_devices_take_constant_memory_and_no_disk() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("trust");
    let start = Now { monotonic: Duration::ZERO, wall: UnixSeconds(1_800_000_000) };
    let mut trust = Trust::open(&dir, TrustSettings::default(), start).unwrap();
    let files = || fs::read_dir(&dir).unwrap().count();
    let (files_before, witness) = (files(), fs::read(dir.join("allow-list.json")).unwrap());

    let mut warm = 0;
    for number in 0..KNOCKS {
        // Every device from an address of its own, 1000 knocks a second, nobody polling.
        let device = number % DEVICES;
        let mut bytes = [0xaa; 32];
        bytes[..4].copy_from_slice(&device.to_le_bytes());
        let knock = Knock {
            device: Some(DeviceId::from_bytes(bytes)),
            name: "\u{1b}[31mPhone of a very long name that is longer than any name may ever be, and then some",
            source: IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + device)),
        };
        let _ = trust.knock(start.later(Duration::from_millis(number.into())), knock);
        if number == KNOCKS / 20 {
            warm = resident();
        }
    }
    let grown = resident().saturating_sub(warm);
    println!("resident after {} knocks: {warm} KiB; grown by {grown} KiB until {KNOCKS}", KNOCKS / 20);
    assert!(grown < 1024, "{grown} KiB");
    assert_eq!(trust.pending(start.later(Duration::from_secs(1000))).len(), 32);
    assert!(trust.record().len() <= 320);
    assert_eq!(files(), files_before);
    assert_eq!(fs::read(dir.join("allow-list.json")).unwrap(), witness);
}
