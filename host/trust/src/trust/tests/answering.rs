use super::*;
use crate::trust::admission::Refusal;
use crate::{Door, PairError, PinAnswer, PinAnswerError};

impl House {
    fn show_pin(&mut self, device: u32, source: &str) -> Admission {
        let source = source.parse().unwrap();
        self.trust.knock_with_pin(self.now, Knock { device: Some(id(device)), name: "Moonlight", source })
    }

    fn pin_order(&self, device: u32) -> PinAnswer {
        let shown = self.entry(device);
        assert_eq!(shown.door, Door::GameStream);
        PinAnswer {
            id: shown.id,
            fingerprint: shown.device,
            revision: Some(shown.revision),
            by: Actor::Console,
        }
    }
}

#[test]
fn a_device_whose_pin_was_entered_is_on_disk_once_it_has_proven_it_and_keeps_its_door() {
    let mut house = House::new();
    let ticket = ticket(house.show_pin(1, "192.168.1.1"));
    let order = house.pin_order(1);
    let (answered_ticket, answered) = house.trust.answer(house.now, &order).unwrap();
    assert_eq!((answered_ticket, answered.device()), (ticket, id(1)));
    assert!(!house.is_trusted(1), "nothing is proven yet");
    let device = house.trust.pair_answered(house.now, answered).unwrap();
    assert_eq!((device.door, device.via, device.grant), (Door::GameStream, Via::Pin, Grant::FULL));
    house.restart();
    assert!(house.trust.is_let_in_at(Door::GameStream, &id(1)));
    assert!(!house.trust.is_let_in_at(Door::Native, &id(1)));
    let _ = house.trust.revoke(house.now, &id(1), Actor::Console).unwrap();
    assert!(!house.trust.is_let_in_at(Door::GameStream, &id(1)));
}

#[test]
fn a_device_of_another_door_is_not_let_in_at_this_one() {
    let mut house = House::new();
    house.let_in(1);
    assert!(house.trust.is_let_in_at(Door::Native, &id(1)));
    assert!(!house.trust.is_let_in_at(Door::GameStream, &id(1)));
}

#[test]
fn one_answer_makes_one_attempt_and_a_wrong_one_pairs_nobody() {
    let mut house = House::new();
    let _ = house.show_pin(1, "192.168.1.1");
    let order = house.pin_order(1);
    let (_, answered) = house.trust.answer(house.now, &order).unwrap();
    assert!(matches!(house.trust.answer(house.now, &order), Err(PinAnswerError::NotFound)));
    house.trust.wrong_answer(house.now, answered);
    assert!(!house.is_trusted(1));
    assert!(house.events().contains(&TrustEvent::WrongPin { device: id(1) }));
    let _ = ticket(house.show_pin(1, "192.168.1.1"));
    assert!(
        matches!(house.trust.answer(house.now, &order), Err(PinAnswerError::NotFound)),
        "the old number means nothing"
    );
}

#[test]
fn a_pin_reaches_exactly_the_request_that_was_shown() {
    let mut house = House::new();
    let _ = house.show_pin(1, "192.168.1.1");
    let _ = house.show_pin(2, "192.168.1.2");
    let _ = house.knock(3);
    let order = house.pin_order(1);
    let other = PinAnswer { fingerprint: id(2), ..order };
    assert!(matches!(house.trust.answer(house.now, &other), Err(PinAnswerError::OtherDevice)));
    let stale = PinAnswer { revision: Some(99), ..order };
    assert!(matches!(house.trust.answer(house.now, &stale), Err(PinAnswerError::Changed { current: 1 })));
    let native = house.entry(3);
    let by_pin = PinAnswer { id: native.id, fingerprint: native.device, revision: None, by: Actor::Console };
    assert!(matches!(house.trust.answer(house.now, &by_pin), Err(PinAnswerError::NotByPin)));
    let stranger = PinAnswer { by: Actor::Device(id(9)), ..order };
    assert!(matches!(house.trust.answer(house.now, &stranger), Err(PinAnswerError::NotAllowed)));
    assert!(house.is_waiting(1) && house.is_waiting(2) && house.is_waiting(3));
}

#[test]
fn a_device_that_shows_a_pin_cannot_be_approved_without_it() {
    let mut house = House::new();
    let _ = house.show_pin(1, "192.168.1.1");
    assert!(matches!(house.approve(1), Err(ApproveError::NeedsPin)));
    assert!(!house.is_trusted(1) && house.is_waiting(1));
}

#[test]
fn a_claim_from_another_address_or_door_pushes_nobody_out() {
    let mut house = House::new();
    let waiting = ticket(house.show_pin(1, "192.168.1.1"));
    assert_eq!(house.show_pin(1, "192.168.1.66"), Admission::Refuse(Refusal::RoomFull));
    assert!(house.trust.is_waiting(waiting));
    let parked = ticket(house.knock(2));
    assert_eq!(house.show_pin(2, "192.168.1.2"), Admission::Refuse(Refusal::RoomFull));
    assert!(house.trust.is_waiting(parked));
    let again = ticket(house.show_pin(1, "192.168.1.1"));
    assert!(!house.trust.is_waiting(waiting) && house.trust.is_waiting(again), "it may start anew itself");
}

#[test]
fn ten_claims_a_second_from_one_address_change_nothing_for_another() {
    let mut house = House::new();
    let honest = ticket(house.show_pin(1, "192.168.1.1"));
    for n in 0..600 {
        let _ = house.show_pin(1000 + n, "192.168.1.66");
        house.now = house.now.later(Duration::from_millis(100));
    }
    assert!(house.trust.is_waiting(honest));
    let order = house.pin_order(1);
    let (_, answered) = house.trust.answer(house.now, &order).unwrap();
    house.trust.pair_answered(house.now, answered).unwrap();
}

#[test]
fn a_request_ends_with_its_connection_and_after_five_minutes() {
    let mut house = House::new();
    let gone = ticket(house.show_pin(1, "192.168.1.1"));
    house.trust.leave(gone);
    assert!(!house.is_waiting(1));
    let _ = house.show_pin(2, "192.168.1.2");
    house.wait(299);
    assert!(house.is_waiting(2));
    house.wait(2);
    assert!(!house.is_waiting(2));
}

#[test]
fn an_attempt_that_takes_too_long_or_cannot_be_saved_pairs_nobody() {
    let mut house = House::new();
    let _ = house.show_pin(1, "192.168.1.1");
    let order = house.pin_order(1);
    let (_, answered) = house.trust.answer(house.now, &order).unwrap();
    house.wait(121);
    assert!(matches!(house.trust.pair_answered(house.now, answered), Err(PairError::TooLate)));
    let _ = house.show_pin(2, "192.168.1.2");
    let order = house.pin_order(2);
    let (_, answered) = house.trust.answer(house.now, &order).unwrap();
    house.disk.set_full(true);
    assert!(matches!(house.trust.pair_answered(house.now, answered), Err(PairError::Store(_))));
    assert!(!house.is_trusted(1) && !house.is_trusted(2));
}

#[test]
fn a_device_that_pairs_again_keeps_its_name_and_what_it_may_do() {
    let mut house = House::new();
    for _ in 0..2 {
        let _ = house.show_pin(1, "192.168.1.1");
        let order = house.pin_order(1);
        let (_, answered) = house.trust.answer(house.now, &order).unwrap();
        let device = house.trust.pair_answered(house.now, answered).unwrap();
        if device.name.as_str() == "Moonlight" {
            house.trust.rename(house.now, &id(1), "Television", Actor::Console).unwrap();
        } else {
            assert_eq!(device.name.as_str(), "Television");
        }
    }
}
