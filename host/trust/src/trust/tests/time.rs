use super::*;

const HOUR: u64 = 3600;

fn guest(house: &House, seconds: u64) -> Grant {
    let end = house.now.wall.plus(Duration::from_secs(seconds));
    Grant { lifetime: Lifetime::Until(end), ..Grant::FULL }
}

#[test]
fn a_guest_comes_in_until_its_time_is_over_and_then_has_to_ask() {
    let mut house = House::new();
    let pass = guest(&house, HOUR);
    house.let_in_as(1, pass);
    house.let_in(2);
    house.events();
    house.wait(HOUR - 1);
    assert!(matches!(house.knock(1), Admission::Admit(_)));
    assert_eq!(house.trust.next_wakeup(house.now), Some(house.now.monotonic + Duration::from_secs(1)));
    house.wait(1);
    assert_eq!(house.events(), [TrustEvent::Lapsed { device: id(1) }], "its streams end");
    let _ = house.wait_in_line(1);
    assert!(house.is_trusted(2));
    house.events();
    house.wait(HOUR);
    assert!(!house.events().contains(&TrustEvent::Lapsed { device: id(1) }), "told once");
}

#[test]
fn a_guest_whose_pass_is_renewed_comes_in_again() {
    let mut house = House::new();
    let pass = guest(&house, HOUR);
    house.let_in_as(1, pass);
    house.wait(HOUR);
    let pass = guest(&house, HOUR);
    house.trust.set_grant(house.now, &id(1), pass, Actor::Console).unwrap();
    assert!(matches!(house.knock(1), Admission::Admit(_)));
    house.events();
    house.wait(HOUR);
    assert!(house.events().contains(&TrustEvent::Lapsed { device: id(1) }), "and its end is told again");
}

#[test]
fn with_the_clock_set_back_over_a_restart_guests_wait_and_owners_do_not() {
    let mut house = House::new();
    let pass = guest(&house, HOUR);
    house.let_in_as(1, pass);
    house.let_in(2);
    house.wait(HOUR / 2);
    house.restart_at(UnixSeconds(0));
    assert!(!house.trust.clock_is_known());
    let waiting = house.wait_in_line(1);
    assert!(matches!(house.knock(2), Admission::Admit(_)));

    // A time server sets the clock.
    house.now.wall = START.wall.plus(Duration::from_secs(HOUR / 2 + 60));
    assert!(matches!(house.knock(1), Admission::Admit(_)), "it has half an hour left");
    assert!(!house.trust.is_waiting(waiting));
}

#[test]
fn setting_the_clock_back_does_not_stretch_a_guest_pass() {
    let mut house = House::new();
    let pass = guest(&house, HOUR);
    house.let_in_as(1, pass);
    for _ in 0..61 {
        house.now.wall = START.wall;
        house.wait(60);
    }
    assert!(!house.is_trusted(1));
    house.restart_at(START.wall);
    assert!(!house.is_trusted(1), "not by a restart either");
}

#[test]
fn the_clock_mark_is_saved_every_ten_minutes_and_no_more_often() {
    let mut house = House::new();
    house.let_in(1);
    let writes = house.disk.writes();
    for _ in 0..HOUR {
        house.wait(1);
    }
    assert_eq!(house.disk.writes() - writes, 6);
    assert_eq!(house.disk.saved().clock_mark, house.now.wall);
}

#[test]
fn no_pass_is_given_while_the_clock_is_unknown_or_into_the_past() {
    let mut house = House::new();
    let _ = house.wait_in_line(1);
    let pass = guest(&house, 0);
    let order = Approve { grant: Some(pass), ..house.order(1) };
    assert!(matches!(house.trust.approve(house.now, &order), Err(ApproveError::AlreadyOver)));
    house.wait(HOUR);
    house.restart_at(UnixSeconds(5));
    let _ = house.wait_in_line(1);
    let pass = guest(&house, HOUR);
    let order = Approve { grant: Some(pass), ..house.order(1) };
    assert!(matches!(house.trust.approve(house.now, &order), Err(ApproveError::ClockUnknown)));
    assert!(house.disk.saved().devices.is_empty());

    // Unless an operator says that the clock is right.
    house.trust.accept_clock(house.now, Actor::Local { uid: 0 }).unwrap();
    house.trust.approve(house.now, &order).unwrap();
}

#[test]
fn the_next_wakeup_is_the_first_thing_due() {
    let mut house = House::new();
    assert_eq!(house.trust.next_wakeup(house.now), None);
    let _ = house.wait_in_line(1);
    let in_seconds = |house: &House| house.trust.next_wakeup(house.now).unwrap() - house.now.monotonic;
    assert_eq!(in_seconds(&house), Duration::from_secs(180));
    house.trust.arm(house.now, &crate::ArmRequest::default(), Actor::Console).unwrap();
    assert_eq!(in_seconds(&house), Duration::from_secs(120));
    house.wait(181);
    assert_eq!(in_seconds(&house), Duration::from_secs(600 - 181));
}
