//! What is told about a PIN once it is over.

use super::*;
use crate::PinOutcome::{self, Abandoned, Disarmed, Expired, Failed, Paired, Wrong};

impl House {
    fn last(&mut self) -> Option<(PinOutcome, Option<DeviceId>)> {
        self.trust.tick(self.now);
        self.trust.pairing_status(self.now).last.map(|last| (last.outcome, last.device))
    }
}

#[test]
fn whoever_armed_a_pin_learns_what_became_of_it() {
    let mut house = House::new();
    assert_eq!(house.last(), None);
    let armed = house.arm(None);
    assert_eq!(house.last(), None, "it is still armed");
    house.pair(1, &armed.pin);
    assert_eq!(house.last(), Some((Paired, Some(id(1)))));

    house.arm(None);
    assert_eq!(house.last(), None, "the next one is another story");
    house.trust.disarm(house.now, Actor::Console);
    assert_eq!(house.last(), Some((Disarmed, None)));
    house.trust.disarm(house.now, Actor::Console);
    assert_eq!(house.last(), Some((Disarmed, None)));

    let armed = house.arm(None);
    house.wait(armed.expires_in.as_secs());
    assert_eq!(house.last(), Some((Expired, None)));

    house.arm(None);
    house.guess(2, [7; 32]);
    assert_eq!(house.last(), Some((Wrong, Some(id(2)))));

    house.wait(10);
    house.arm(None);
    let challenged = house.challenge(3);
    assert_eq!(house.last(), None, "the device has not answered yet");
    house.trust.abandon(house.now, challenged);
    assert_eq!(house.last(), Some((Abandoned, Some(id(3)))));
}

#[test]
fn the_end_of_an_older_pin_is_not_the_end_of_the_one_that_is_armed_now() {
    let mut house = House::new();
    house.arm(None);
    let challenged = house.challenge(1);
    house.arm(None);
    house.trust.abandon(house.now, challenged);
    assert_eq!(house.last(), None);
}

#[test]
fn a_pin_that_was_right_and_could_not_be_stored_has_failed() {
    let mut house = House::new();
    let armed = house.arm(None);
    let offered = house.begin(1, LOCAL).unwrap();
    let (client, spake_a) = ClientCeremony::start(&armed.pin, id(1), HOST, &mut Dice(7));
    let (challenged, challenge) = house.trust.challenge(house.now, offered, &spake_a).unwrap();
    let Proof(proof) = client.answer(&challenge).unwrap();
    house.disk.set_full(true);
    assert!(house.trust.prove(house.now, challenged, &proof).is_err());
    assert_eq!(house.last(), Some((Failed, Some(id(1)))));
}

#[test]
fn the_record_says_where_a_knock_and_a_wrong_pin_came_from() {
    let mut house = House::new();
    house.wait_in_line(1);
    house.arm(None);
    house.guess(2, [7; 32]);
    let record = house.trust.record();
    let source = |what| record.iter().find(|entry| entry.what == what).unwrap().source;
    assert!(source(Happening::Knocked).is_some() && source(Happening::WrongPin).is_some());
    assert_eq!(source(Happening::Armed), None);
}
