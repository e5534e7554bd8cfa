//! Behaviour, as sentences, on a made-up clock and a made-up disk.

mod answering;
mod approving;
mod devices;
mod knocking;
mod machine;
mod pairing;
mod time;

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use super::*;
use crate::{DeviceName, PendingView, Ticket};

/// Any moment will do.
const START: Now = Now { monotonic: Duration::from_secs(1000), wall: UnixSeconds(1_800_000_000) };
const HOST: DeviceId = DeviceId::from_bytes([0x22; 32]);

/// A disk that can be full.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<DiskState>>);

#[derive(Default)]
struct DiskState {
    saved: State,
    full: bool,
    writes: usize,
}

impl Disk {
    fn set_full(&self, full: bool) {
        self.0.lock().unwrap().full = full;
    }

    fn saved(&self) -> State {
        self.0.lock().unwrap().saved.clone()
    }

    fn writes(&self) -> usize {
        self.0.lock().unwrap().writes
    }
}

impl Keeper for Disk {
    fn commit(&mut self, next: &State) -> Result<(), StoreError> {
        let mut disk = self.0.lock().unwrap();
        if disk.full {
            return Err(StoreError::unsaved(Path::new("allow-list"), std::io::ErrorKind::StorageFull.into()));
        }
        disk.saved = next.clone();
        disk.writes += 1;
        Ok(())
    }
}

/// Numbers that look random and repeat in every run.
struct Dice(u64);

impl Randomness for Dice {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 56) as u8;
        }
    }
}

/// A host with a clock and a disk that the test holds.
struct House {
    trust: Trust,
    disk: Disk,
    now: Now,
    starts: u64,
}

impl House {
    fn new() -> Self {
        Self::with(TrustSettings::default())
    }

    fn with(settings: TrustSettings) -> Self {
        settings.check().unwrap();
        let disk = Disk::default();
        let trust =
            Trust::start(Box::new(disk.clone()), State::default(), Box::new(Dice(1)), settings, START);
        Self { trust, disk, now: START, starts: 1 }
    }

    fn open() -> Self {
        Self::with(TrustSettings { require: false, ..TrustSettings::default() })
    }

    /// Power off and on; the wall clock goes on, monotonic time begins anew.
    fn restart(&mut self) {
        self.restart_at(self.now.wall);
    }

    fn restart_at(&mut self, wall: UnixSeconds) {
        self.starts += 1;
        self.now = Now { monotonic: Duration::from_secs(1), wall };
        let settings = self.trust.settings.clone();
        let dice = Box::new(Dice(self.starts));
        self.trust = Trust::start(Box::new(self.disk.clone()), self.disk.saved(), dice, settings, self.now);
    }

    fn wait(&mut self, seconds: u64) {
        self.now = self.now.later(Duration::from_secs(seconds));
        self.trust.tick(self.now);
    }

    fn knock(&mut self, device: u32) -> Admission {
        self.knock_as(device, "Phone", &format!("192.168.1.{}", device % 250))
    }

    fn knock_as(&mut self, device: u32, name: &str, source: &str) -> Admission {
        let source = source.parse().unwrap();
        self.trust.knock(self.now, Knock { device: Some(id(device)), name, source })
    }

    #[track_caller]
    fn wait_in_line(&mut self, device: u32) -> Ticket {
        ticket(self.knock(device))
    }

    #[track_caller]
    fn entry(&self, device: u32) -> PendingView {
        self.trust
            .pending(self.now)
            .into_iter()
            .find(|entry| entry.device == id(device))
            .expect("it is waiting")
    }

    fn is_waiting(&self, device: u32) -> bool {
        self.trust.pending(self.now).iter().any(|entry| entry.device == id(device))
    }

    fn is_trusted(&self, device: u32) -> bool {
        self.trust.grant_of(&id(device)).is_some()
    }

    /// The order to let in what is waiting, exactly as it is shown.
    #[track_caller]
    fn order(&self, device: u32) -> Approve<'static> {
        let shown = self.entry(device);
        Approve {
            id: shown.id,
            fingerprint: shown.device,
            revision: Some(shown.revision),
            name: None,
            grant: None,
            by: Actor::Console,
        }
    }

    fn approve(&mut self, device: u32) -> Result<Device, ApproveError> {
        let order = self.order(device);
        self.trust.approve(self.now, &order)
    }

    /// Knocks and lets in.
    #[track_caller]
    fn let_in(&mut self, device: u32) -> Device {
        let _ = self.knock(device);
        self.approve(device).unwrap()
    }

    #[track_caller]
    fn let_in_as(&mut self, device: u32, grant: Grant) -> Device {
        let _ = self.knock(device);
        let order = Approve { grant: Some(grant), ..self.order(device) };
        self.trust.approve(self.now, &order).unwrap()
    }

    fn events(&mut self) -> Vec<TrustEvent> {
        std::iter::from_fn(|| self.trust.poll_event()).collect()
    }

    fn happenings(&self) -> Vec<Happening> {
        self.trust.record().into_iter().map(|entry| entry.what).collect()
    }
}

use crate::Grant;

fn id(device: u32) -> DeviceId {
    let mut bytes = [0x5a; 32];
    bytes[..4].copy_from_slice(&device.to_be_bytes());
    DeviceId::from_bytes(bytes)
}

#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "takes what `knock` gives")]
fn ticket(admission: Admission) -> Ticket {
    let Admission::Wait(ticket) = admission else { panic!("not waiting: {admission:?}") };
    ticket
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn name(text: &str) -> DeviceName {
    DeviceName::sanitise(text, 64).unwrap()
}
