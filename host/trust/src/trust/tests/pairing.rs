mod outcome;

use super::*;
use crate::{
    ArmError, ArmRequest, Armed, AutoArmError, Challenged, ClientCeremony, PROOF_WAIT, PairError,
    PairRefusal, PairingAttempt, PinCode, Proof,
};

const LOCAL: &str = "192.168.1.50";

/// What became of one whole attempt.
#[derive(Debug)]
enum Outcome {
    Paired(Device),
    /// The client saw that the host has another PIN, and sent nothing more.
    ClientGaveUp,
    Host(PairError),
}

impl House {
    fn arm(&mut self, fingerprint: Option<DeviceId>) -> Armed {
        self.trust.arm(self.now, &ArmRequest { window: None, fingerprint }, Actor::Console).unwrap()
    }

    fn begin(&mut self, device: u32, source: &str) -> Result<crate::Offered, PairRefusal> {
        let attempt =
            PairingAttempt { device: Some(id(device)), host: HOST, name: "Phone", source: address(source) };
        self.trust.begin_pairing(self.now, &attempt)
    }

    /// The whole ceremony with a client that types `pin`.
    fn pair(&mut self, device: u32, pin: &PinCode) -> Outcome {
        let offered = match self.begin(device, LOCAL) {
            Ok(offered) => offered,
            Err(refusal) => return Outcome::Host(refusal.into()),
        };
        let (client, spake_a) = ClientCeremony::start(pin, id(device), HOST, &mut Dice(7));
        let (challenged, challenge) = match self.trust.challenge(self.now, offered, &spake_a) {
            Ok(challenge) => challenge,
            Err(error) => return Outcome::Host(error),
        };
        let Ok(Proof(proof)) = client.answer(&challenge) else { return Outcome::ClientGaveUp };
        match self.trust.prove(self.now, challenged, &proof) {
            Ok(device) => Outcome::Paired(device),
            Err(error) => Outcome::Host(error),
        }
    }

    /// A client that guesses, and sends a proof whatever the host says.
    fn guess(&mut self, device: u32, proof: [u8; 32]) -> PairError {
        let challenged = self.challenge(device);
        self.trust.prove(self.now, challenged, &proof).unwrap_err()
    }

    fn challenge(&mut self, device: u32) -> Challenged {
        let offered = self.begin(device, LOCAL).unwrap();
        let (_, spake_a) = ClientCeremony::start(&other_pin(), id(device), HOST, &mut Dice(7));
        self.trust.challenge(self.now, offered, &spake_a).unwrap().0
    }
}

fn other_pin() -> PinCode {
    PinCode::parse("00000000").unwrap()
}

#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "takes what `pair` gives")]
fn refused(outcome: Outcome) -> PairRefusal {
    let Outcome::Host(PairError::Refused(refusal)) = outcome else { panic!("{outcome:?}") };
    refusal
}

#[test]
fn a_device_that_knows_the_pin_is_paired_and_on_disk() {
    let mut house = House::new();
    let armed = house.arm(None);
    assert_eq!((armed.usable_in, armed.expires_in), (Duration::ZERO, Duration::from_secs(120)));
    house.events();
    let Outcome::Paired(device) = house.pair(1, &armed.pin) else { panic!("the PIN is right") };
    assert_eq!((device.id, device.via, device.name.as_str()), (id(1), Via::Pin, "Phone"));
    assert_eq!(house.disk.saved().devices[&id(1)], device);
    assert_eq!(house.events(), [TrustEvent::Disarmed, TrustEvent::Paired { device: id(1), via: Via::Pin }]);
    house.restart();
    assert!(matches!(house.knock(1), Admission::Admit(_)));
}

#[test]
fn a_device_that_does_not_know_the_pin_learns_nothing_and_is_not_paired() {
    let mut house = House::new();
    house.arm(None);
    assert!(matches!(house.pair(1, &other_pin()), Outcome::ClientGaveUp));
    house.wait(10);
    house.arm(None);
    let error = house.guess(1, [7; 32]);
    assert!(matches!(error, PairError::WrongPin(_)), "{error}");
    assert!(house.disk.saved().devices.is_empty());
    assert!(house.events().contains(&TrustEvent::WrongPin { device: id(1) }));
    assert_eq!(house.happenings()[0], Happening::WrongPin);
}

#[test]
fn one_pin_is_one_guess_spent_as_soon_as_the_challenge_is_sent() {
    let mut house = House::new();
    let armed = house.arm(None);
    let _challenged = house.challenge(1);
    assert_eq!(house.trust.pairing_status(house.now).armed, None, "before any proof is read");
    house.wait(10);
    assert_eq!(refused(house.pair(2, &armed.pin)), PairRefusal::NotArmed, "not even for who knows it");
}

#[test]
fn the_gates_are_passed_in_the_order_of_the_specification() {
    let mut house = House::new();
    house.arm(Some(id(1)));
    let attempt = |device| PairingAttempt { device, host: HOST, name: "", source: address(LOCAL) };
    let begin = |house: &mut House, device| house.trust.begin_pairing(house.now, &attempt(device)).err();
    assert_eq!(begin(&mut house, None), Some(PairRefusal::NoCertificate));
    assert_eq!(begin(&mut house, None), Some(PairRefusal::NoCertificate), "which charges no cooldown");
    assert_eq!(begin(&mut house, Some(id(2))), Some(PairRefusal::OtherDevice));
    assert!(
        matches!(begin(&mut house, Some(id(2))), Some(PairRefusal::TooSoon(_))),
        "cooldown before all else"
    );
    house.wait(2);
    assert_eq!(begin(&mut house, Some(id(1))), None);
    house.wait(2);
    assert!(house.trust.disarm(house.now, Actor::Console));
    assert_eq!(begin(&mut house, Some(id(2))), Some(PairRefusal::NotArmed), "armed before fingerprint");
}

#[test]
fn the_cooldown_is_charged_before_the_arming_is_looked_at() {
    let mut house = House::new();
    assert_eq!(house.begin(1, LOCAL).unwrap_err(), PairRefusal::NotArmed);
    let armed = house.arm(None);
    let PairRefusal::TooSoon(wait) = refused(house.pair(2, &armed.pin)) else { panic!("of whomever") };
    assert_eq!(wait, Duration::from_secs(2));
    house.now = house.now.later(Duration::from_millis(1999));
    assert!(matches!(refused(house.pair(2, &armed.pin)), PairRefusal::TooSoon(_)));
    house.now = house.now.later(Duration::from_millis(1));
    assert!(
        matches!(house.pair(2, &armed.pin), Outcome::Paired(_)),
        "attempts that came too soon cost nothing"
    );
}

#[test]
fn a_window_bound_to_one_device_cannot_be_burnt_by_another() {
    let mut house = House::new();
    let armed = house.arm(Some(id(1)));
    for source in ["192.168.1.2", "192.168.1.3", "192.168.1.4", "192.168.1.5"] {
        assert_eq!(house.begin(2, source).unwrap_err(), PairRefusal::OtherDevice);
        house.wait(2);
    }
    assert!(matches!(house.pair(1, &armed.pin), Outcome::Paired(_)));
}

#[test]
fn neighbours_that_ask_in_a_loop_do_not_delay_the_device_that_a_window_is_bound_to() {
    let mut house = House::new();
    let armed = house.arm(Some(id(1)));
    for neighbour in 2..200 {
        let _ = house.begin(neighbour, &format!("192.168.1.{neighbour}"));
        house.now = house.now.later(Duration::from_millis(100));
    }
    assert!(matches!(house.begin(1, LOCAL), Ok(_offered)), "whatever the others do");
    assert!(matches!(house.begin(1, LOCAL), Err(PairRefusal::TooSoon(_))), "it waits for itself");
    house.wait(2);
    let _ = house.begin(3, "192.168.1.3");
    assert!(matches!(house.pair(1, &armed.pin), Outcome::Paired(_)));
}

#[test]
fn a_neighbour_that_asks_in_a_loop_leaves_slots_to_others() {
    let mut house = House::new();
    // It knows no PIN, and breaks off before the key exchange, so that the window stays armed.
    let neighbour = |house: &mut House| house.begin(2, "192.168.1.2").is_ok();
    let armed = house.arm(None);
    let (mut taken, mut waited) = (0, 0);
    for _ in 0..30_000 / 50 {
        taken += u32::from(neighbour(&mut house));
        house.now = house.now.later(Duration::from_millis(50));
    }
    assert_eq!(taken, 4, "at 0, 2, 6 and 14 seconds");
    // Somebody honest tries every three seconds, always just after the neighbour.
    let device = loop {
        let _ = neighbour(&mut house);
        match house.pair(1, &armed.pin) {
            Outcome::Paired(device) => break device,
            outcome => assert!(matches!(refused(outcome), PairRefusal::TooSoon(_))),
        }
        waited += 1;
        house.wait(3);
    };
    assert!(device.id == id(1) && waited <= 1, "{waited}");
}

#[test]
fn whoever_tried_in_vain_can_use_the_pin_that_an_owner_makes_then() {
    let mut house = House::new();
    for _ in 0..6 {
        let _ = house.begin(1, LOCAL);
        house.wait(70);
    }
    assert_eq!(house.begin(1, LOCAL).unwrap_err(), PairRefusal::NotArmed);
    house.wait(2);
    assert!(matches!(house.begin(1, LOCAL), Err(PairRefusal::TooSoon(_))), "it has asked too often");
    let armed = house.arm(None);
    assert!(matches!(house.pair(1, &armed.pin), Outcome::Paired(_)));
}

#[test]
fn a_box_without_an_owner_makes_three_pins_and_then_wants_one() {
    let mut house = House::new();
    for device in 1..=3 {
        let armed = house.trust.arm_by_itself(house.now, id(device)).unwrap();
        assert_eq!((armed.fingerprint, armed.pin.reveal().len()), (Some(id(device)), 6));
        let again = house.trust.arm_by_itself(house.now, id(9));
        assert_eq!(again.unwrap_err(), AutoArmError::Armed, "an armed PIN is not replaced");
        house.wait(120);
    }
    house.events();
    assert!(house.trust.auto_arm_has_stopped(house.now));
    for device in 1..=9 {
        let refused = house.trust.arm_by_itself(house.now, id(device));
        assert_eq!(refused.unwrap_err(), AutoArmError::Stopped);
        house.wait(3600);
    }
    assert_eq!(house.events(), [TrustEvent::AutoArmStopped], "which is told once");

    house.arm(None);
    assert!(!house.trust.auto_arm_has_stopped(house.now), "an owner is there");
    house.wait(120);
    let armed = house.trust.arm_by_itself(house.now, id(1)).unwrap();
    house.wait(1);
    assert!(matches!(house.pair(1, &armed.pin), Outcome::Paired(_)));
    for device in 4..=6 {
        house.trust.arm_by_itself(house.now, id(device)).expect("a pairing begins the count anew");
        house.wait(120);
    }
}

#[test]
fn a_device_gets_one_pin_by_itself_for_each_window() {
    let mut house = House::new();
    house.trust.arm_by_itself(house.now, id(1)).unwrap();
    drop(house.challenge(1));
    house.wait(30);
    assert_eq!(house.trust.arm_by_itself(house.now, id(1)).unwrap_err(), AutoArmError::HadOne);
    house.wait(90);
    house.trust.arm_by_itself(house.now, id(1)).unwrap();
}

#[test]
fn after_three_wrong_pins_none_is_made_by_itself_not_even_after_a_restart() {
    let mut house = House::new();
    for device in 1..=3 {
        let armed = house.arm(Some(id(device)));
        house.wait(armed.usable_in.as_secs());
        house.guess(device, [7; 32]);
    }
    assert_eq!(house.trust.arm_by_itself(house.now, id(4)).unwrap_err(), AutoArmError::Stopped);
    house.restart();
    assert_eq!(house.trust.arm_by_itself(house.now, id(4)).unwrap_err(), AutoArmError::Stopped);
}

#[test]
fn a_guess_that_is_broken_off_leaves_a_trace() {
    let mut house = House::new();
    for late in [false, true] {
        house.arm(None);
        let challenged = house.challenge(1);
        house.events();
        if late {
            house.wait(PROOF_WAIT.as_secs());
            let error = house.trust.prove(house.now, challenged, &[0; 32]).unwrap_err();
            assert!(matches!(error, PairError::TooLate), "{error}");
        } else {
            house.trust.abandon(house.now, challenged);
        }
        assert_eq!(house.events(), [TrustEvent::WrongPin { device: id(1) }]);
        let entry = house.trust.record().remove(0);
        assert_eq!((entry.what, entry.device), (Happening::Abandoned, Some(id(1))));
        house.wait(10);
    }
}

#[test]
fn an_unbound_window_does_not_exist_for_strangers_beyond_the_local_network() {
    let mut house = House::new();
    house.arm(None);
    for source in ["8.8.8.8", "2001:db8::1", "::ffff:8.8.8.8", "100.64.0.1"] {
        assert_eq!(house.begin(1, source).unwrap_err(), PairRefusal::NotArmed, "{source}");
        house.wait(2);
    }
    for source in
        ["127.0.0.1", "10.1.2.3", "172.31.0.1", "169.254.1.1", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1"]
    {
        assert!(house.begin(1, source).is_ok(), "{source}");
        house.wait(2);
    }
    house.arm(Some(id(1)));
    assert!(house.begin(1, "8.8.8.8").is_ok(), "a window for this very device does");
}

#[test]
fn a_malformed_key_exchange_does_not_burn_the_pin() {
    let mut house = House::new();
    let armed = house.arm(None);
    let mut small_order = [0; 33];
    small_order[..2].copy_from_slice(&[0x41, 0x01]);
    for bad in [[0; 33], [0x41; 33], [0xff; 33], small_order] {
        let offered = house.begin(1, LOCAL).unwrap();
        let error = house.trust.challenge(house.now, offered, &bad).unwrap_err();
        assert!(matches!(error, PairError::Malformed), "{error}");
        house.wait(16);
    }
    assert_eq!(house.trust.pairing_status(house.now).failures, 0);
    assert!(matches!(house.pair(1, &armed.pin), Outcome::Paired(_)));
}

#[test]
fn wrong_pins_delay_the_next_guess_and_a_restart_does_not_reset_that() {
    let mut house = House::new();
    let mut delays = Vec::new();
    for guess in 0..12 {
        let armed = house.arm(None);
        delays.push(armed.usable_in.as_secs());
        assert_eq!(
            armed.expires_in,
            armed.usable_in + Duration::from_secs(120),
            "the window begins after the delay"
        );
        house.wait(armed.usable_in.as_secs());
        house.guess(guess, [7; 32]);
        house.wait(2);
    }
    // Two seconds of each delay have been waited for already.
    assert_eq!(delays, [0, 0, 0, 2, 6, 14, 30, 62, 126, 254, 298, 298]);
    assert!(house.trust.pairing_status(house.now).alert);

    house.restart();
    let status = house.trust.pairing_status(house.now);
    assert_eq!((status.failures, status.alert), (12, true));
    let armed = house.arm(None);
    assert_eq!(armed.usable_in, Duration::from_secs(300), "the whole delay counts again");
    assert!(matches!(refused(house.pair(1, &armed.pin)), PairRefusal::TooSoon(_)));
    house.wait(300);
    assert!(matches!(house.pair(1, &armed.pin), Outcome::Paired(_)));
    assert_eq!(house.disk.saved().pin_failures, 0);
    assert_eq!(house.arm(None).usable_in, Duration::ZERO, "a pairing wipes the slate");
}

#[test]
fn a_guess_that_is_broken_off_counts_as_wrong_on_disk_before_the_challenge_is_sent() {
    let mut house = House::new();
    house.arm(None);
    drop(house.challenge(1));
    assert_eq!(house.disk.saved().pin_failures, 1);
    house.restart();
    assert_eq!(house.trust.pairing_status(house.now).failures, 1);
}

#[test]
fn a_guess_that_cannot_be_counted_is_not_allowed() {
    let mut house = House::new();
    let armed = house.arm(None);
    house.disk.set_full(true);
    assert!(matches!(house.pair(1, &armed.pin), Outcome::Host(PairError::Store(_))));
    house.disk.set_full(false);
    house.wait(2);
    assert!(
        matches!(house.pair(1, &armed.pin), Outcome::Paired(_)),
        "nothing was revealed, so the PIN is still good"
    );
}

#[test]
fn a_right_pin_that_cannot_be_saved_pairs_nothing() {
    let mut house = House::new();
    let armed = house.arm(None);
    let offered = house.begin(1, LOCAL).unwrap();
    let (client, spake_a) = ClientCeremony::start(&armed.pin, id(1), HOST, &mut Dice(7));
    let (challenged, challenge) = house.trust.challenge(house.now, offered, &spake_a).unwrap();
    let Proof(proof) = client.answer(&challenge).unwrap();
    house.disk.set_full(true);
    let error = house.trust.prove(house.now, challenged, &proof).unwrap_err();
    assert!(matches!(error, PairError::Store(_)), "{error}");
    assert!(!house.is_trusted(1));
}

#[test]
fn a_proof_that_comes_too_late_pairs_nothing() {
    let mut house = House::new();
    let armed = house.arm(None);
    let offered = house.begin(1, LOCAL).unwrap();
    let (client, spake_a) = ClientCeremony::start(&armed.pin, id(1), HOST, &mut Dice(7));
    let (challenged, challenge) = house.trust.challenge(house.now, offered, &spake_a).unwrap();
    let Proof(proof) = client.answer(&challenge).unwrap();
    house.wait(PROOF_WAIT.as_secs());
    assert!(matches!(house.trust.prove(house.now, challenged, &proof), Err(PairError::TooLate)));
    assert!(!house.is_trusted(1));
}

#[test]
fn a_window_closes_by_itself_and_when_it_is_taken_back() {
    let mut house = House::new();
    let armed = house.arm(None);
    house.events();
    house.wait(120);
    assert_eq!(house.events(), [TrustEvent::Disarmed]);
    assert_eq!(refused(house.pair(1, &armed.pin)), PairRefusal::NotArmed);
    house.wait(2);
    let armed = house.arm(None);
    assert!(house.trust.disarm(house.now, Actor::Console));
    assert!(!house.trust.disarm(house.now, Actor::Console));
    assert_eq!(refused(house.pair(1, &armed.pin)), PairRefusal::NotArmed);
}

#[test]
fn a_ceremony_begun_under_one_arming_does_not_use_the_next() {
    let mut house = House::new();
    house.arm(None);
    let offered = house.begin(1, LOCAL).unwrap();
    let armed = house.arm(Some(id(2)));
    let (_, spake_a) = ClientCeremony::start(&armed.pin, id(1), HOST, &mut Dice(7));
    let error = house.trust.challenge(house.now, offered, &spake_a).unwrap_err();
    assert!(matches!(error, PairError::Refused(PairRefusal::NotArmed)), "{error}");
    assert!(house.trust.pairing_status(house.now).armed.is_some());
}

#[test]
fn a_window_is_15_to_600_seconds_long() {
    let mut house = House::new();
    for (seconds, fits) in [(0, false), (14, false), (15, true), (600, true), (601, false)] {
        let request = ArmRequest { window: Some(Duration::from_secs(seconds)), fingerprint: None };
        let result = house.trust.arm(house.now, &request, Actor::Console);
        assert_eq!(result.err(), (!fits).then_some(ArmError::Window), "{seconds} s");
    }
}

#[test]
fn pairing_clears_the_knock_of_that_device_and_its_connection_goes_on() {
    let mut house = House::new();
    let ticket = house.wait_in_line(1);
    let other = house.wait_in_line(2);
    let armed = house.arm(Some(id(1)));
    house.events();
    let Outcome::Paired(_) = house.pair(1, &armed.pin) else { panic!("the PIN is right") };
    let approved = TrustEvent::Approved { id: ticket.pending, device: id(1), ticket: Some(ticket) };
    assert!(house.events().contains(&approved));
    assert!(!house.is_waiting(1) && house.trust.is_waiting(other));
}

#[test]
fn pairing_again_keeps_what_the_owner_gave() {
    let mut house = House::new();
    let watch = Grant { level: crate::Level::Watch, ..Grant::FULL };
    house.let_in_as(1, watch);
    house.trust.rename(house.now, &id(1), "Anna", Actor::Console).unwrap();
    let armed = house.arm(None);
    let Outcome::Paired(device) = house.pair(1, &armed.pin) else { panic!("the PIN is right") };
    assert_eq!((device.grant, device.name.as_str()), (watch, "Anna"));
}

#[test]
fn a_pin_reaches_no_debug_output() {
    let mut house = House::with(TrustSettings { pin_digits: 8, ..TrustSettings::default() });
    let armed = house.arm(None);
    let pin = armed.pin.reveal().to_owned();
    let challenged = house.challenge(1);
    let shown =
        format!("{armed:?} {challenged:?} {:?} {:?}", house.trust, house.trust.pairing_status(house.now));
    let recorded = serde_json::to_string(&house.trust.record()).unwrap();
    assert!(!shown.contains(&pin) && !recorded.contains(&pin), "{shown} {recorded}");
}
