//! Random orders, and what must hold after each of them.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{ArmRequest, ClientCeremony, PairingAttempt, Proof};

#[derive(Clone, Debug)]
enum Op {
    Knock { device: u32, name: u8, source: u8 },
    Leave { device: u32 },
    Approve { device: u32, guest: bool, stale: bool },
    Deny { device: u32, ignore: bool },
    Unignore { device: u32 },
    Revoke { device: u32 },
    Arm { bound: Option<u32> },
    ArmByItself { device: u32 },
    Pair { device: u32, right: bool },
    Wait { seconds: u64 },
    Disk { full: bool },
    Restart { back: bool },
    Settings { open: bool, small: bool, declared: Option<u32> },
}

fn op() -> impl Strategy<Value = Op> {
    let device = || 0..12_u32;
    prop_oneof![
        8 => (device(), 0..4_u8, 0..4_u8).prop_map(|(device, name, source)| Op::Knock { device, name, source }),
        1 => device().prop_map(|device| Op::Leave { device }),
        4 => (device(), any::<bool>(), any::<bool>())
            .prop_map(|(device, guest, stale)| Op::Approve { device, guest, stale }),
        2 => (device(), any::<bool>()).prop_map(|(device, ignore)| Op::Deny { device, ignore }),
        1 => device().prop_map(|device| Op::Unignore { device }),
        2 => device().prop_map(|device| Op::Revoke { device }),
        2 => prop::option::of(device()).prop_map(|bound| Op::Arm { bound }),
        2 => device().prop_map(|device| Op::ArmByItself { device }),
        3 => (device(), any::<bool>()).prop_map(|(device, right)| Op::Pair { device, right }),
        4 => prop::sample::select(vec![1, 2, 30, 179, 700, 4000]).prop_map(|seconds| Op::Wait { seconds }),
        1 => any::<bool>().prop_map(|full| Op::Disk { full }),
        1 => any::<bool>().prop_map(|back| Op::Restart { back }),
        1 => (any::<bool>(), any::<bool>(), prop::option::of(device()))
            .prop_map(|(open, small, declared)| Op::Settings { open, small, declared }),
    ]
}

/// A host, and what its owner has really decided.
struct Watched {
    house: House,
    /// Devices that somebody let in and nobody revoked since, as far as was confirmed.
    let_in: BTreeSet<u32>,
    /// Tickets handed out that no event has ended yet.
    parked: BTreeSet<Ticket>,
}

impl Watched {
    fn new() -> Self {
        Self { house: House::new(), let_in: BTreeSet::new(), parked: BTreeSet::new() }
    }

    fn declared(&self) -> BTreeSet<DeviceId> {
        self.house.trust.settings.declared.iter().map(|device| device.id).collect()
    }

    fn run(&mut self, op: &Op) {
        let now = self.house.now;
        match *op {
            Op::Knock { device, name, source } => self.knock(device, name, source),
            Op::Leave { device } => {
                if let Some(ticket) = self.parked.iter().copied().find(|ticket| self.is_of(*ticket, device)) {
                    self.house.trust.leave(ticket);
                    self.parked.remove(&ticket);
                }
            }
            Op::Approve { device, guest, stale } if self.house.is_waiting(device) => {
                let end = now.wall.plus(Duration::from_secs(3000));
                let grant = guest.then_some(Grant { lifetime: Lifetime::Until(end), ..Grant::FULL });
                let revision = self.house.entry(device).revision + u64::from(stale);
                let order = Approve { grant, revision: Some(revision), ..self.house.order(device) };
                if self.house.trust.approve(now, &order).is_ok() {
                    assert!(!stale, "what was shown must be what is approved");
                    self.let_in.insert(device);
                }
            }
            Op::Deny { device, ignore } if self.house.is_waiting(device) => {
                let mode = if ignore { DenyMode::Ignore } else { DenyMode::NotNow };
                let _ = self.house.trust.deny(now, self.house.entry(device).id, mode, Actor::Console);
            }
            Op::Unignore { device } => {
                let _ = self.house.trust.unignore(now, &id(device), Actor::Console);
            }
            Op::Revoke { device } => {
                if self.house.trust.revoke(now, &id(device), Actor::Console).is_ok() {
                    self.let_in.remove(&device);
                }
            }
            Op::Arm { bound } => {
                let request = ArmRequest { window: None, fingerprint: bound.map(id) };
                self.house.trust.arm(now, &request, Actor::Console).unwrap();
            }
            Op::ArmByItself { device } => {
                if let Ok(armed) = self.house.trust.arm_by_itself(now, id(device)) {
                    assert!(
                        self.house.trust.pairing_status(now).failures < 3 && armed.pin.reveal().len() >= 6
                    );
                }
            }
            Op::Pair { device, right } => self.pair(device, right),
            Op::Wait { seconds } => self.house.wait(seconds),
            Op::Disk { full } => self.house.disk.set_full(full),
            Op::Restart { back } => self.restart(back),
            Op::Settings { open, small, declared } => {
                let declared =
                    declared.map(|device| DeclaredDevice { id: id(device), name: "Declared".into() });
                let settings = TrustSettings {
                    require: !open,
                    pending_cap: if small { 3 } else { 6 },
                    pending_per_source: 2,
                    declared: declared.into_iter().collect(),
                    ..TrustSettings::default()
                };
                self.house.trust.replace_settings(now, settings).unwrap();
            }
            Op::Approve { .. } | Op::Deny { .. } => {}
        }
    }

    fn is_of(&self, ticket: Ticket, device: u32) -> bool {
        self.house
            .trust
            .pending(self.house.now)
            .iter()
            .any(|it| it.id == ticket.pending && it.device == id(device))
    }

    fn knock(&mut self, device: u32, name: u8, source: u8) {
        let name = ["Phone", "Tablet", "\u{202e}", "TV"][usize::from(name)];
        match self.house.knock_as(device, name, &format!("192.168.1.{source}")) {
            Admission::Admit(admitted) => {
                let open = !self.house.trust.settings.require;
                let known = self.let_in.contains(&device) || self.declared().contains(&id(device));
                assert!(open || known, "{device} was let in by nobody");
                assert_eq!(admitted.id, id(device));
            }
            Admission::Wait(ticket) => {
                assert!(self.parked.insert(ticket), "a ticket is given once");
            }
            Admission::Refuse(_) => {}
        }
    }

    fn pair(&mut self, device: u32, right: bool) {
        let now = self.house.now;
        let attempt = PairingAttempt {
            device: Some(id(device)),
            host: HOST,
            name: "Phone",
            source: address(&format!("10.0.0.{}", 1 + device)),
        };
        let armed = self.house.trust.pairing_status(now).armed;
        let Ok(offered) = self.house.trust.begin_pairing(now, &attempt) else { return };
        let armed = armed.expect("a pairing begins only when armed");
        assert!(armed.fingerprint.is_none_or(|bound| bound == id(device)));
        let pin = if right { armed.pin } else { crate::PinCode::parse("00000000").unwrap() };
        let (client, spake_a) = ClientCeremony::start(&pin, id(device), HOST, &mut Dice(3));
        let Ok((challenged, challenge)) = self.house.trust.challenge(now, offered, &spake_a) else { return };
        assert!(self.house.trust.pairing_status(now).armed.is_none(), "one PIN, one guess");
        let proof = client.answer(&challenge).map_or([9; 32], |Proof(proof)| proof);
        if self.house.trust.prove(now, challenged, &proof).is_ok() {
            assert!(right);
            self.let_in.insert(device);
        }
    }

    fn restart(&mut self, back: bool) {
        let wall = if back { UnixSeconds(self.house.now.wall.0 - 100_000) } else { self.house.now.wall };
        self.house.restart_at(wall);
        self.parked.clear();
        // A revocation that could not be saved comes back; the operator was told.
        for device in 0..12 {
            if self.house.trust.state.devices.contains_key(&id(device)) {
                self.let_in.insert(device);
            }
        }
    }

    fn check(&mut self) {
        for event in self.house.events() {
            match event {
                TrustEvent::Superseded { ticket } | TrustEvent::HoldEnded { ticket } => self.end(ticket),
                TrustEvent::Approved { ticket, device, .. } => {
                    assert!(self.house.trust.grant_of(&device).is_some(), "woken, so trusted");
                    ticket.into_iter().for_each(|ticket| self.end(ticket));
                }
                TrustEvent::Denied { ticket, .. }
                | TrustEvent::Expired { ticket, .. }
                | TrustEvent::Evicted { ticket, .. } => {
                    ticket.into_iter().for_each(|ticket| self.end(ticket));
                }
                _ => {}
            }
        }
        let trust = &self.house.trust;
        let pending = trust.pending(self.house.now);
        let settings = &trust.settings;
        assert!(pending.len() <= settings.pending_cap);
        let devices: BTreeSet<_> = pending.iter().map(|entry| entry.device).collect();
        assert_eq!(devices.len(), pending.len(), "no fingerprint twice");
        for entry in &pending {
            assert!(entry.age <= settings.pending_ttl);
            assert!(trust.grant_of(&entry.device).is_none(), "nobody trusted has to wait");
            assert!(!trust.state.ignored.contains_key(&entry.device), "nobody ignored is shown");
        }
        let waiting: BTreeSet<_> =
            self.parked.iter().copied().filter(|ticket| trust.is_waiting(*ticket)).collect();
        assert_eq!(waiting, self.parked, "every parked connection is waiting, or was told");
        for device in trust.state.devices.values() {
            assert!(
                self.let_in.iter().any(|known| id(*known) == device.id),
                "only what was let in is stored"
            );
        }
        if trust.trouble().is_none() {
            let on_disk: BTreeSet<_> = self.house.disk.saved().devices.into_keys().collect();
            assert_eq!(on_disk, trust.state.devices.keys().copied().collect(), "the disk says the same");
        }
        assert!(trust.record().len() <= 320);
    }

    fn end(&mut self, ticket: Ticket) {
        assert!(self.parked.remove(&ticket), "{ticket:?} ends once");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_happens_nobody_is_admitted_whom_nobody_let_in(ops in prop::collection::vec(op(), 1..80)) {
        let mut watched = Watched::new();
        for op in &ops {
            watched.run(op);
            watched.check();
        }
    }
}
