//! A flood of knocks from a hundred thousand devices.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use punktfunk_trust::{DeviceId, Knock, Now, Trust, TrustSettings, UnixSeconds};

use crate::process::Memory;

/// Devices, each with a fingerprint and an address of its own.
const DEVICES: u32 = 100_000;

/// What the flood did.
pub(crate) struct Flood {
    /// MiB that this process grew by after every device had knocked once.
    pub(crate) grown: f64,
    first: f64,
    knocks: u32,
    took: Duration,
}

/// Lets every device knock `rounds` times, a thousand knocks a second on a clock that is made up.
pub(crate) fn flood(rounds: u32) -> Flood {
    let dir = tempfile::tempdir().unwrap();
    let begin = Now { monotonic: Duration::ZERO, wall: UnixSeconds(1_800_000_000) };
    let mut trust = Trust::open(&dir.path().join("trust"), TrustSettings::default(), begin).unwrap();
    let resident = || Memory::of("self").resident;
    let (start, empty, mut once) = (Instant::now(), resident(), 0.0);
    let knocks = DEVICES * rounds;
    for number in 0..knocks {
        let _ = trust.knock(begin.later(Duration::from_millis(number.into())), knock(number % DEVICES));
        if number + 1 == DEVICES {
            once = resident();
        }
    }
    assert!(!trust.pending(begin.later(Duration::from_millis(knocks.into()))).is_empty(), "nobody was heard");
    Flood { grown: (resident() - once).max(0.0), first: once - empty, knocks, took: start.elapsed() }
}

fn knock(device: u32) -> Knock<'static> {
    let mut fingerprint = [0xaa; 32];
    fingerprint[..4].copy_from_slice(&device.to_le_bytes());
    Knock {
        device: Some(DeviceId::from_bytes(fingerprint)),
        name: "A telephone with a name that is longer than any name may be in the list of those who wait",
        source: IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + device)),
    }
}

impl fmt::Display for Flood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, knocks, took, .. } = self;
        let each = took.as_secs_f64() * 1e6 / f64::from(*knocks);
        write!(f, "the first 10^5 took {first:.2} MiB; {each:.2} us each")
    }
}
